"""`log`: the chained log of changes or the log of looks, searched at the server; asking is noted as the operator's."""

import argparse
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from survey import access, logs
from survey.commands import open_deployment, operator
from survey.domain.access import Act, Subject
from survey.domain.chained import read_body
from survey.domain.people import Actor
from survey.domain.times import VIETNAM, end_of, from_text, start_of
from survey.store.deployment import select_first_commune
from survey.store.event_index import ChangeFilters
from survey.store.event_index import Place as ChangePlace
from survey.store.log_names import select_id_of
from survey.store.looks import LookFilters
from survey.wiring import Settings, Survey

SUMMARY = "what was changed, or who looked at and exported what"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which log, and what to search for."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--changes", action="store_true", help="the hash-chained log of changes (default), newest first")
    which.add_argument("--looks", action="store_true", help="who looked at and exported what, oldest first")
    which.add_argument("--reindex", action="store_true", help="make anew what finds the changes, after a LOG_INDEX fault of check-store")
    parser.add_argument("--from", dest="since", type=date.fromisoformat, metavar="DATE", help="from this day in Viet Nam on, 2026-06-30")
    parser.add_argument("--to", dest="until", type=date.fromisoformat, metavar="DATE", help="until this day, included")
    parser.add_argument("--person", metavar="ID", help="id of an account; `operator` at the server")
    parser.add_argument("--kind", metavar="KIND", help="of event (submission.accepted) or of thing (photo)")
    parser.add_argument("--about", metavar="CODE", help="code of a submission, site or task, or any id or hash")
    parser.add_argument("--commune", metavar="CODE", help="official code (default: the deployment's first)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print the entries. Raises DEPLOYMENT_EMPTY, STORAGE_UNUSABLE: what cannot be noted is not shown."""
    survey = open_deployment(settings)
    if arguments.reindex:
        print(f"{logs.reindex(survey):,} sự kiện tìm được lại / events can be found again")
        return 0
    with survey.reading() as reader:
        actor = operator(arguments.commune or select_first_commune(reader))
        about = select_id_of(reader, actor.commune, arguments.about) if arguments.about else None
    access.note_now(survey, actor, Act.SEARCHED, Subject.LOOKS if arguments.looks else Subject.CHANGES, about or arguments.person or "")
    for row in _looks(survey, actor, arguments, about) if arguments.looks else _changes(survey, actor, arguments, about):
        print(json.dumps(row, ensure_ascii=False) if arguments.json else "  ".join(str(value) for value in row.values() if value != ""))
    return 0


def _changes(survey: Survey, actor: Actor, arguments: argparse.Namespace, about: str | None) -> Iterator[Mapping[str, object]]:
    logs.index_old(survey)  # what an older release wrote is found at once, too
    since, before = _days(arguments)
    filters = ChangeFilters(person=arguments.person, kind=arguments.kind, subject=about, since=since, before=before)
    after: ChangePlace | None = None
    while rows := logs.find_changes(survey, actor, filters, after):
        for row in rows:
            said = {name: value for name, value in read_body(row["body"]).items() if name not in {"at", "kind"}}
            body = said if arguments.json else json.dumps(said, ensure_ascii=False)
            shown = {name: row[name] for name in ("seq", "kind", "person", "hash")}
            yield {"at": _local(row["at"]), **shown, "body": body}
        after = rows[-1]["at"], rows[-1]["seq"]


def _looks(survey: Survey, actor: Actor, arguments: argparse.Namespace, about: str | None) -> Iterator[Mapping[str, object]]:
    since, before = _days(arguments)
    filters = LookFilters(person=arguments.person, kind=arguments.kind, subject=about, since=since, before=before)
    names = ("person", "device", "act", "kind", "subject", "times")
    for row in logs.all_looks(survey, actor, filters):
        yield {"first": _local(row["first_at"]), "last": _local(row["last_at"]), **{name: row[name] for name in names}}


def _days(arguments: argparse.Namespace) -> tuple[datetime | None, datetime | None]:
    return start_of(arguments.since) if arguments.since else None, end_of(arguments.until) if arguments.until else None


def _local(moment: str) -> str:
    return from_text(moment).astimezone(VIETNAM).isoformat(timespec="seconds") if moment else ""
