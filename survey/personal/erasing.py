"""Erasing a home or an account: one transaction makes the tombstones, then bytes go, which a worker may finish at any time.

What stays, and what cannot be reached, is listed in docs/privacy.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from survey.catalogue.findings import stored_findings
from survey.domain.canonical import sha256_hex
from survey.domain.people import Ability, Actor
from survey.domain.personal import erasable, kept_value, tomb_name
from survey.domain.ports import PartKey, Reader, Row, Survey, Transaction
from survey.domain.problems import ACCOUNT_STILL_OPEN, HOME_UNKNOWN, NOT_ALLOWED, PERSON_UNKNOWN, SOURCE_NEEDED, Problem
from survey.domain.reasons import checked_reason
from survey.domain.sites import Site
from survey.store import tombstones
from survey.store.account_tombstones import update_account_buried
from survey.store.bundle_requests import lock_made
from survey.store.burying import update_buried
from survey.store.editions import select_question_kinds
from survey.store.erasures import delete_bytes
from survey.store.finding_rules import select_finding_rules
from survey.store.forms import select_tree
from survey.store.holdings import select_bundles_with, select_is_named, update_bundles_dropped
from survey.store.jobs import upsert_job
from survey.store.measures import insert_measures
from survey.store.people import select_open_coordinators, select_person
from survey.store.reviews import lock_decisions
from survey.store.sites import select_site
from survey.store.submissions import select_submission

HOME_JOB = "erase_home"


@dataclass(frozen=True)
class ErasedHome:
    """What erasing a home did: visits and photos buried, photos that another place has too, bundles that were given away before."""

    name: str
    visits: int
    photos: int
    shared: tuple[str, ...]
    bundles: tuple[str, ...]


def visible_home(reader: Reader, actor: Actor, site_id: str) -> Site:
    """The home that *actor* answers for. Raises NOT_ALLOWED, HOME_UNKNOWN."""
    actor.require(Ability.PROTECT_DATA)
    site = select_site(reader, actor.commune, site_id)
    if site is None or not erasable(site) or not actor.reaches(site.hamlet):
        raise Problem(HOME_UNKNOWN)
    return site


def erase_home(survey: Survey, actor: Actor, site_id: str, reason: str) -> ErasedHome:
    """Erase all that says who lives where and what was seen there; ids, hashes, days and the numbers of the figures stay.

    May be done again for what came since. Raises NOT_ALLOWED, HOME_UNKNOWN, SOURCE_NEEDED, REASON_TOO_LONG.
    """
    reason = checked_reason(reason, lacking=SOURCE_NEEDED)
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        lock_made(tx)
        site = visible_home(tx, actor, site_id)
        erased, photos = _bury_home(tx, survey, actor, site, reason)
    for sha256 in photos:
        _free(survey, sha256)
    return erased


def erase_account(survey: Survey, actor: Actor, person_id: str, reason: str) -> str:
    """Erase who a closed account's holder is; returns the name that stands for it from now on.

    Raises NOT_ALLOWED, PERSON_UNKNOWN, ACCOUNT_STILL_OPEN, SOURCE_NEEDED, REASON_TOO_LONG.
    """
    actor.require(Ability.PROTECT_DATA)
    if actor.hamlets is not None:
        raise Problem(NOT_ALLOWED, ability=Ability.PROTECT_DATA.value)
    reason = checked_reason(reason, lacking=SOURCE_NEEDED)
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        person = select_person(tx, actor.commune, person_id)
        if person is None:
            raise Problem(PERSON_UNKNOWN)
        if person.disabled_at is None or person_id in select_open_coordinators(tx, actor.commune):
            raise Problem(ACCOUNT_STILL_OPEN)
        gone = update_account_buried(tx, actor.commune, person_id, survey.now())
        name = tomb_name(person_id)
        tombstones.update_briefings_buried(tx, actor.commune, gone, name)
        tombstones.insert_erasure(tx, actor.commune, "person", person_id, reason=reason, person=actor.person, at=survey.now())
        tx.log(actor.commune, "account.erased", {"account": person_id, "reason_sha256": sha256_hex(reason), "person": actor.person})
        upsert_job(tx, actor.commune, HOME_JOB, person_id, {}, survey.now())
    return name


def finish(survey: Survey, commune: str, payload: Mapping[str, object]) -> None:
    """What the worker's job does after a home or account was erased, as often as it likes.

    Unfinished uploads, residents' photos and papers of consent go, then what the database's own log still has.
    """
    parts, photos = payload.get("parts"), payload.get("photos")
    for owner, upload in parts if isinstance(parts, list) else ():
        survey.blobs.drop_parts(PartKey(str(owner), str(upload)))
    for sha256 in photos if isinstance(photos, list) else ():
        with survey.transaction() as tx:
            lock_decisions(tx, commune)
            if not select_is_named(tx, str(sha256)):
                survey.blobs.erase(str(sha256))
    survey.empty_log()


def _bury_home(tx: Transaction, survey: Survey, actor: Actor, site: Site, reason: str) -> tuple[ErasedHome, list[str]]:
    commune, now = actor.commune, survey.now()
    submissions = tombstones.select_home_submissions(tx, commune, site.id)
    ids = [row["submission"] for row in submissions]
    bundles = select_bundles_with(tx, commune, site)
    parts = tombstones.select_part_keys(tx, commune, ids)
    photos, shared = tombstones.select_home_photos(tx, commune, site.id)
    for sha256 in photos:
        update_buried(tx, commune, sha256, person=actor.person, reason=reason, at=now)
    for row in submissions:
        _bury_submission(tx, commune, row, survey)
    gone = tombstones.update_site_buried(tx, commune, site.id)
    residents = tombstones.update_words_buried(tx, commune, site.id)
    tombstones.update_briefings_buried(tx, commune, gone, tomb_name(site.id))
    update_bundles_dropped(tx, commune, site.hamlet, now)
    tombstones.insert_erasure(tx, commune, "site", site.id, reason=reason, person=actor.person, at=now)
    body: dict[str, object] = {"site": site.id, "submissions": ids, "files": residents, "reason_sha256": sha256_hex(reason)}
    tx.log(commune, "home.erased", {**body, "person": actor.person})
    keys = [[key.owner, key.upload] for key in parts]
    upsert_job(tx, commune, HOME_JOB, site.id, {"site": site.id, "parts": keys, "photos": residents}, now)
    return ErasedHome(tomb_name(site.id), len(ids), len(photos), tuple(shared), tuple(bundles)), photos


def _bury_submission(tx: Transaction, commune: str, row: Row, survey: Survey) -> None:
    found = select_submission(tx, commune, row["submission"])
    if found is None:  # pragma: no cover - it was read in this transaction
        return
    kept = _kept_answers(tx, commune, row, found.answers)
    tombstones.update_submission_buried(tx, commune, found.id, kept, survey.now())
    insert_measures(tx, replace(found, answers=kept))


def _kept_answers(reader: Reader, commune: str, row: Row, answers: Mapping[str, object]) -> dict[str, object]:
    """The answers that editions and the rules of tasks use, as numbers, codes of the checklist's own lists, or the fact alone."""
    kinds = dict(select_question_kinds(reader, commune, row["form"]))
    for name, kind in stored_findings(select_finding_rules(reader, commune)).kinds.items():
        form, _, question = name.partition(".")
        if form == row["form"]:
            kinds.setdefault(question, kind)
    codes = _codes(select_tree(reader, commune, row["form"], row["form_version"]) or {})
    kept: dict[str, object] = {}
    for path, value in answers.items():
        question = path.rsplit("/", 1)[-1].partition("[")[0]
        known = kept_value(value, kinds[question], codes.get(question, frozenset())) if question in kinds else None
        if known not in (None, "", []):
            kept[path] = known
    return kept


def _codes(tree: Mapping[str, object]) -> dict[str, frozenset[str]]:
    """The codes that each question's list offers."""
    lists, found = tree.get("choices"), {}
    nodes = list(tree.get("children", ()))  # type: ignore[call-overload]
    while nodes:
        node = nodes.pop()
        nodes += node.get("children", ())
        if isinstance(lists, Mapping) and node.get("choices") in lists:
            found[str(node["name"])] = frozenset(str(item["name"]) for item in lists[node["choices"]])
    return found


def _free(survey: Survey, sha256: str) -> None:
    """Remove the bytes at once where that can be done: the rows are committed, and the worker's job stands by."""
    try:
        with survey.transaction() as tx:
            delete_bytes(tx, survey.blobs, sha256)
    except Problem:  # the object store is away
        return
