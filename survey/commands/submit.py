"""`submit`: hand in a filled form and its photos through the same verb as a phone."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from survey import receive
from survey.commands import open_deployment, operator
from survey.domain.people import Actor
from survey.domain.problems import FILE_UNKNOWN, PERSON_UNKNOWN, Problem
from survey.store.deployment import select_first_commune
from survey.store.people import select_people
from survey.wiring import Settings, Survey

SUMMARY = "hand in an instance XML and its photos, as a phone does"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The instance, its photos, and who hands them in."""
    parser.add_argument("instance", type=Path, metavar="INSTANCE.xml")
    parser.add_argument("photos", type=Path, nargs="*", metavar="PHOTO")
    parser.add_argument("--as", dest="login", metavar="USER", help="login of the person who hands it in (default: the operator)")
    parser.add_argument("--commune", help="official code (default: the deployment's first)")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Send it and print the receipt."""
    survey = open_deployment(settings)
    actor = actor_called(survey, arguments.login, arguments.commune)
    for path in (arguments.instance, *arguments.photos):
        if not path.is_file():
            raise Problem(FILE_UNKNOWN, name=path.name)
    xml = arguments.instance.read_bytes()
    staged = [(path.name, survey.blobs.stage(chunks_of(path), name=path.name, limit=receive.PHOTO_LIMIT)) for path in arguments.photos]
    try:
        receipt = receive.submission(survey, actor, xml, door="command", files=staged)
    finally:
        for _, bytes_ in staged:
            survey.blobs.discard(bytes_)
    if arguments.json:
        print(json.dumps({"id": receipt.id, "code": receipt.code, "missing": receipt.missing, "head": receipt.head}))
    else:
        print(f"{receipt.code} {receipt.id} missing: {', '.join(receipt.missing) or '–'} head: {receipt.head}")
    return 0


def actor_called(survey: Survey, login: str | None, commune: str | None = None) -> Actor:
    """The open account with that *login* in *commune* (None: the deployment's first); the operator without one. Raises PERSON_UNKNOWN."""
    with survey.reading() as reader:
        commune = commune or select_first_commune(reader)
        people = {person.login: person for person in select_people(reader, commune) if person.disabled_at is None}
    if login is None:
        return operator(commune)
    if login not in people:
        raise Problem(PERSON_UNKNOWN)
    return people[login].actor


def chunks_of(path: Path) -> Iterator[bytes]:
    """A file's bytes, a MiB at a time."""
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            yield chunk
