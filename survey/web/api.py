"""/api/…: JSON for the field client and integrations: who is here, what there is to do, and receiving what was captured."""

from collections.abc import Callable
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from survey.domain.forms import FormHead
from survey.domain.notice import notice_version, notice_words
from survey.domain.people import Ability, Actor
from survey.domain.ports import Reader, Survey
from survey.domain.privacy import Retention
from survey.domain.problems import FORM_UNKNOWN, QUERY_UNUSABLE, SUBMISSION_UNKNOWN, Problem
from survey.domain.sites import Site, SiteKind
from survey.domain.submissions import State, Submission
from survey.domain.times import local_date, to_text
from survey.personal import noticing
from survey.sight import sight_of, use_of
from survey.store.attachments import select_attachments, select_missing
from survey.store.devices import select_device
from survey.store.forms import select_forms, select_tree
from survey.store.places import select_commune, select_hamlets
from survey.store.reviews import select_last_review
from survey.store.settings import select_settings
from survey.store.sites import SiteFilter, select_nearest, select_site, select_sites_page
from survey.store.submissions import select_instance, select_own, select_returned, select_submission
from survey.web import offline, session, text
from survey.web.endpoints import answer, json_endpoint, upload_endpoint
from survey.web.uploads import take_photo, take_submission

_MOST_SITES = 1000
_MOST_SUBMISSIONS = 100


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    submission = "/api/submissions/{submission}"
    return [
        Route("/api/me", json_endpoint(show_me), methods=["GET"]),
        Route("/api/work", json_endpoint(show_work), methods=["GET"]),
        Route("/api/sites", json_endpoint(show_sites), methods=["GET"]),
        Route("/api/forms/{form}/{version}", json_endpoint(show_form), methods=["GET"]),
        Route("/api/submissions", json_endpoint(show_submissions), methods=["GET"]),
        Route(submission, json_endpoint(show_submission), methods=["GET"]),
        Route(submission + "/instance", json_endpoint(show_instance), methods=["GET"]),
        Route(submission, upload_endpoint(take_submission), methods=["PUT"]),
        Route(submission + "/photos/{name}", upload_endpoint(take_photo), methods=["PUT"]),
    ]


def show_me(_request: Request, actor: Actor) -> Response:
    """Answer who is signed in, and where."""
    with session.open().reading() as reader:
        commune = _commune(reader, actor.commune)
        device = _device(reader, actor)
    person = {"person": actor.person, "name": actor.name, "role": actor.role.value, "locale": actor.locale}
    return answer({**person, "commune": commune, "device": device})


def show_work(_request: Request, actor: Actor) -> Response:
    """Answer the hamlets in the actor's reach and the forms in use."""
    actor.require(Ability.CAPTURE)
    survey = session.open()
    now = survey.now()
    with survey.reading() as reader:
        hamlets = [
            {"id": hamlet.id, "name": hamlet.name}
            for hamlet in select_hamlets(reader, actor.commune, local_date(now))
            if actor.reaches(hamlet.id)
        ]
        forms = [_form(head) for head in select_forms(reader, actor.commune) if not head.desk_only]
        commune = _commune(reader, actor.commune)
        present = offline.present_round(reader, actor)
        kept = Retention.of(select_settings(reader, actor.commune))
    with suppress(Problem):  # a full disk must not keep the work from a phone: the next that asks brings it again
        _keep_notice(survey, commune, kept)
    privacy = {"retention_years": kept.years, "contact": kept.contact}
    work = {"person": actor.person, "commune": commune, "hamlets": hamlets, "forms": forms, "privacy": privacy}
    return answer({**work, "round": present, "tiles": offline.tiles(), "server_time": to_text(now)})


def show_sites(request: Request, actor: Actor) -> Response:
    """Answer sites of the register within the actor's hamlets: nearest first where `lat` and `lon` are given, else by name.

    Sites without a position follow the nearest ones.
    """
    actor.require(Ability.CAPTURE)
    query = request.query_params
    wanted = SiteFilter(_kind(query.get("kind")), query.get("hamlet") or None, query.get("q", "")[:200], actor.hamlets)
    limit = int(_number(query.get("limit") or "50", 1, _MOST_SITES))
    place = None
    if query.get("lat") and query.get("lon"):
        place = _number(query["lat"], -90, 90), _number(query["lon"], -180, 180)
    with session.open().reading() as reader:
        sites = _sites(reader, actor, wanted, place, limit)
    return answer({"sites": sites})


def show_form(request: Request, actor: Actor) -> Response:
    """Answer the JSON tree of a form's version; a version never changes, so phones keep it."""
    actor.require(Ability.CAPTURE)
    form, version = request.path_params["form"], request.path_params["version"]
    with session.open().reading() as reader:
        tree = select_tree(reader, actor.commune, form, version)
    if tree is None:
        raise Problem(FORM_UNKNOWN, form=form, version=version)
    return answer(tree, cache="private, max-age=86400")


def show_submissions(request: Request, actor: Actor) -> Response:
    """Answer the actor's own newest submissions with their states, and all that came back and waits, with the reviewer's reason."""
    actor.require(Ability.SEE_OWN)
    limit = int(_number(request.query_params.get("limit") or "20", 1, _MOST_SUBMISSIONS))
    with session.open().reading() as reader:
        titles = {head.form: head.title for head in select_forms(reader, actor.commune)}
        newest, returned = (
            [_state(reader, actor, one) | {"title": titles.get(one.form, {"vi": one.form})} for one in found]
            for found in (
                select_own(reader, actor.commune, actor.person, limit=limit),
                select_returned(reader, actor.commune, actor.person, limit=_MOST_SUBMISSIONS),
            )
        )
    return answer({"submissions": newest, "returned": returned})


def show_submission(request: Request, actor: Actor) -> Response:
    """Answer where one submission stands; another person's is unknown to who may not see it."""
    with session.open().reading() as reader:
        state = _state(reader, actor, _seen(reader, request, actor))
    return answer(state)


def show_instance(request: Request, actor: Actor) -> Response:
    """Answer a submission as it was handed in, and which of its files are here: what a correction starts from."""
    with session.open().reading() as reader:
        found = _seen(reader, request, actor)
        xml = select_instance(reader, actor.commune, found.id) or b""
        files = select_attachments(reader, actor.commune, found.id)
    listed = [{"name": file.name, "state": file.state.value, "sha256": file.sha256} for file in files]
    return answer({"xml": xml.decode("utf-8", "replace"), "files": listed})


def _seen(reader: Reader, request: Request, actor: Actor) -> Submission:
    wanted = request.path_params["submission"]
    found = select_submission(reader, actor.commune, wanted)
    if found is None or not sight_of(reader, actor).covers(use_of(found)):
        raise Problem(SUBMISSION_UNKNOWN, id=wanted)
    return found


def _commune(reader: Reader, code: str) -> dict[str, object]:
    commune = select_commune(reader, code)
    if commune is None:  # pragma: no cover - accounts belong to communes that exist
        raise AssertionError(code)
    return {"code": commune.code, "name": commune.name, "center": list(commune.border.center), "demonstration": commune.demonstration}


def _keep_notice(survey: Survey, commune: dict[str, object], kept: Retention) -> None:
    """Write down what phones show before the first photo, where that is not what they showed before."""
    says: dict[str, Callable[[str], str]] = {"vi": text.translations().gettext, "en": str}
    words = {language: notice_words(str(commune["name"]), kept, say) for language, say in says.items()}
    noticing.keep_notice(survey, str(commune["code"]), notice_version(kept), words)


def _device(reader: Reader, actor: Actor) -> dict[str, object] | None:
    found = select_device(reader, actor.commune, actor.device) if actor.device else None
    return None if found is None else {"id": found.id, "name": found.name}


def _form(head: FormHead) -> dict[str, object]:
    return {"form": head.form, "version": head.version, "title": head.title, "site_kind": head.site_kind}


def _sites(reader: Reader, actor: Actor, wanted: SiteFilter, place: tuple[float, float] | None, limit: int) -> list[dict[str, object]]:
    if place is None:
        return [_site(site, None) for site in select_sites_page(reader, actor.commune, wanted, limit=limit).sites]
    near = select_nearest(reader, actor.commune, *place, wanted, limit=limit)
    listed = [_site(site, distance) for site, distance in near]
    if len(listed) < limit:
        known = {site.id for site, _ in near}
        others = select_sites_page(reader, actor.commune, wanted, limit=limit).sites
        listed += [_site(site, None) for site in others if site.id not in known][: limit - len(listed)]
    return listed


def _site(site: Site, distance: float | None) -> dict[str, object]:
    return {
        "site": site.id,
        "code": site.code,
        "name": site.name,
        "kind": site.kind.value,
        "hamlet": site.hamlet,
        "latitude": site.latitude,
        "longitude": site.longitude,
        "distance_m": None if distance is None else round(distance, 1),
    }


def _state(reader: Reader, actor: Actor, submission: Submission) -> dict[str, object]:
    site = None if submission.site is None else select_site(reader, submission.commune, submission.site)
    review = None if submission.state is State.RECEIVED else select_last_review(reader, submission.commune, submission.id)
    return {
        "id": submission.id,
        "code": submission.code,
        "form": submission.form,
        "version": submission.form_version,
        "state": submission.state.value,
        "reason": review.reason if review else None,
        "missing": select_missing(reader, submission.commune, submission.id) if submission.missing_files else [],
        # Naming any code in an instance must not tell who lives there in another hamlet.
        "site": None if site is None else {"site": site.id, "code": site.code, "name": site.name if actor.reaches(site.hamlet) else ""},
        "received_at": to_text(submission.received_at),
    }


def _kind(name: str | None) -> SiteKind | None:
    if not name:
        return None
    if name not in set(SiteKind):
        raise Problem(QUERY_UNUSABLE, name="kind", value=name[:40])
    return SiteKind(name)


def _number(value: str, least: float, most: float) -> float:
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not least <= number <= most:
        raise Problem(QUERY_UNUSABLE, name="number", value=value[:40])
    return number
