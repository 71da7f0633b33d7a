"""The report for a person: everything held about one home, or about one account; other people stand in it by their roles."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from survey.bundle.answers import answered, questions
from survey.domain.documents import ENDINGS
from survey.domain.notice import Notice, shown_notice
from survey.domain.people import Ability, Actor
from survey.domain.ports import Reader, Row, Survey
from survey.domain.problems import NOT_ALLOWED, PERSON_UNKNOWN, Problem
from survey.domain.times import from_text, to_text
from survey.forms.instance import read_notice
from survey.personal.erasing import visible_home
from survey.store import told
from survey.store.documents import select_document
from survey.store.forms import select_tree
from survey.store.holdings import select_bundles_with, select_takers
from survey.store.notices import select_notices
from survey.store.people import select_person
from survey.store.personal_rows import select_data_requests, select_notes, select_said
from survey.store.places import select_hamlets
from survey.store.sites import select_site_history
from survey.store.submissions import select_instance


@dataclass(frozen=True)
class Told:
    """A report as JSON values, and the files that belong to it: hash, name in the zip, whether its bytes lie in quarantine."""

    document: Mapping[str, Any]
    files: Sequence[tuple[str, str, bool]] = ()


def tell_home(survey: Survey, actor: Actor, site_id: str) -> Told:
    """What is held about a home. Raises NOT_ALLOWED, HOME_UNKNOWN."""
    with survey.reading() as reader:
        home = visible_home(reader, actor, site_id)
        files = told.select_told_files(reader, actor.commune, site_id)
        hamlets = {hamlet.id: hamlet.name for hamlet in select_hamlets(reader, actor.commune)}
        said = select_said(reader, actor.commune, site_id)
        document = {
            "about": "home", "made_at": to_text(survey.now()), "commune": actor.commune, "id": home.id,
            "code": home.code, "name": home.name, "hamlet": hamlets.get(home.hamlet or "", ""),
            "register": [_version(one, hamlets) for one in select_site_history(reader, actor.commune, site_id)],
            "visits": list(_visits(reader, actor.commune, site_id, files)),
            "notices": [
                {"notice": one.number, "version": one.version, "known_from": to_text(one.at), **one.words}
                for one in select_notices(reader, actor.commune)
            ],
            "decisions": _rows(told.select_told_reviews(reader, actor.commune, site_id)),
            "said_at_office": [
                {"said": one.said.value, "said_on": one.said_on.isoformat(), "note": one.note, "paper": one.document}
                for one in said
            ],
            "tasks": _rows(told.select_told_tasks(reader, actor.commune, site_id)),
            "residents_reports": _rows(told.select_told_reports(reader, actor.commune, site_id)),
            "looks": _rows(told.select_told_looks(reader, actor.commune, site_id)),
            "bundles": [_bundle(reader, actor.commune, one) for one in select_bundles_with(reader, actor.commune, home)],
            "requests": [_request(one) for one in select_data_requests(reader, actor.commune, subject=site_id)],
        }  # fmt: skip
        papers = [_paper(reader, actor.commune, one.document) for one in said if one.document]
    return Told(document, [*_own_files(files), *papers])


def tell_account(survey: Survey, actor: Actor, person_id: str) -> Told:
    """What is held about an account's holder. Raises NOT_ALLOWED, PERSON_UNKNOWN."""
    actor.require(Ability.PROTECT_DATA)
    if actor.hamlets is not None:
        raise Problem(NOT_ALLOWED, ability=Ability.PROTECT_DATA.value)
    with survey.reading() as reader:
        person = select_person(reader, actor.commune, person_id)
        if person is None:
            raise Problem(PERSON_UNKNOWN)
        kinds = told.select_told_account(reader, actor.commune, person_id)
        requests = [_request(one) for one in select_data_requests(reader, actor.commune, subject=person_id)]
    document = {
        "about": "account", "made_at": to_text(survey.now()), "commune": actor.commune, "id": person.id, "code": person.login,
        "name": person.name, "role": person.role.value, "language": person.locale, "created_at": to_text(person.created_at),
        "closed_at": to_text(person.disabled_at) if person.disabled_at else None, "requests": requests,
        **{name: _rows(rows) for name, rows in kinds.items()},
    }  # fmt: skip
    return Told(document)


def _visits(reader: Reader, commune: str, site: str, files: Sequence[Row]) -> Iterator[dict[str, Any]]:
    asked: dict[tuple[str, str], Any] = {}
    notices = select_notices(reader, commune)
    for row in told.select_told_visits(reader, commune, site):
        key = row["form"], row["form_version"]
        if key not in asked:
            asked[key] = questions(select_tree(reader, commune, *key) or {})
        own = [file for file in files if file["submission"] == row["submission"]]
        said = answered(asked[key], json.loads(row["answers"]))
        yield {
            **{name: value for name, value in row.items() if name != "answers"},
            **_notice(reader, commune, row, notices),
            "answers": [{"question": one.question.label, "repeat": one.repeat, "answer": one.text} for one in said],
            "files": _rows(own), "notes": _rows(select_notes(reader, commune, row["submission"]), ("person",)),
        }  # fmt: skip


def _notice(reader: Reader, commune: str, row: Row, notices: Sequence[Notice]) -> dict[str, Any]:
    """Which notice stood on the phone at a visit; a client that asks nothing, such as ODK Collect, showed none."""
    if row["consent"] is None:
        return {}
    told = read_notice(select_instance(reader, commune, row["submission"]) or b"")
    found, by_phone = shown_notice(notices, told, from_text(row["captured_at"]))
    known = {"notice": found.number if found else None, "notice_version": told if by_phone else found and found.version}
    return {**known, "notice_known": "told" if by_phone else "derived"}


def _version(site: Any, hamlets: Mapping[str, str]) -> dict[str, Any]:
    return {
        "known_from": to_text(site.known_from) if site.known_from else None, "code": site.code, "name": site.name,
        "hamlet": hamlets.get(site.hamlet or "", ""), "latitude": site.latitude, "longitude": site.longitude,
        "attributes": dict(site.attributes), "closed": site.closed,
    }  # fmt: skip


def _bundle(reader: Reader, commune: str, bundle: str) -> dict[str, Any]:
    takers = select_takers(reader, commune, bundle)
    return {"bundle": bundle, "fetched": [{"role": row["role"] or "operator", "at": row["begun_at"]} for row in takers]}


def _paper(reader: Reader, commune: str, sha256: str) -> tuple[str, str, bool]:
    kept = select_document(reader, commune, sha256)
    return sha256, f"papers/{sha256[:16]}.{ENDINGS[kept.media_type] if kept else 'bin'}", False


def _request(one: Any) -> dict[str, Any]:
    return {
        "kind": one.kind.value, "words": one.words, "received_on": one.received_on.isoformat(), "due_on": one.due_on.isoformat(),
        "state": one.state.value, "outcome": one.outcome,
    }  # fmt: skip


def _rows(rows: Sequence[Row], without: Sequence[str] = ()) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in without} for row in rows]


def _own_files(files: Sequence[Row]) -> list[tuple[str, str, bool]]:
    found: dict[str, tuple[str, str, bool]] = {}
    for row in files:
        if row["sha256"] and row["erased_at"] is None and row["size"] is not None:
            ending = "jpg" if row["media_type"] == "image/jpeg" else "bin" if row["quarantine"] else row["media_type"].rsplit("/", 1)[-1]
            found[row["sha256"]] = row["sha256"], f"photos/{row['sha256'][:16]}.{ending}", bool(row["quarantine"])
    return list(found.values())
