"""`demo`: a believable demonstration commune in an empty data folder."""

import argparse
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from survey import accounts
from survey.commands import address, operator
from survey.demonstration.making import COMMUNE, Wish, make
from survey.domain.times import local_date
from survey.store.people import select_people
from survey.wiring import Settings, Survey, open_survey

SUMMARY = "a demonstration commune: invented hamlets, register, people, visits and drawn photos; same seed, same data"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How large, from which photos, of which day."""
    wish = Wish()
    parser.add_argument("--households", type=_positive, default=wish.households, metavar="N", help=f"default {wish.households}")
    parser.add_argument("--submissions", type=_positive, default=wish.submissions, metavar="N", help=f"default {wish.submissions}")
    parser.add_argument("--photos-from", type=Path, metavar="DIR", help="use the photos in this folder, unchanged, instead of drawn ones")
    parser.add_argument("--seed", type=int, default=wish.seed, metavar="N", help="another seed, another commune")
    parser.add_argument("--today", type=date.fromisoformat, metavar="DATE", help="the day that the visits lead up to (default: today)")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Make it and print everyone's one-time sign-in link."""
    survey = open_survey(settings)
    today = arguments.today or local_date(datetime.now(UTC))
    wish = Wish(arguments.households, arguments.submissions, arguments.seed, today, arguments.photos_from)
    make(survey, settings.schema, wish, show_progress)
    links = _links(survey, settings)
    if arguments.json:
        print(json.dumps({"commune": COMMUNE, "today": today.isoformat(), "sign_in": links}))
    else:
        print(f"{COMMUNE}: BẢN TRÌNH DIỄN / DEMONSTRATION, {settings.data}")
        for login, link in links.items():
            print(f"  {login:<12} {link}")
    return 0


def _links(survey: Survey, settings: Settings) -> dict[str, str]:
    with survey.reading() as reader:
        people = select_people(reader, COMMUNE)
    by = operator(COMMUNE)
    return {person.login: address(settings) + accounts.make_sign_in_link(survey, COMMUNE, person.id, by=by) for person in people}


def show_progress(done: int, of: int) -> None:
    """Tell the terminal how far the making of a demonstration is."""
    if done % 20 == 0 or done == of:
        print(f"\r{done}/{of} submissions", end="\n" if done == of else "", file=sys.stderr, flush=True)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number
