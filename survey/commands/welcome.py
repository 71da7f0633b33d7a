"""`welcome`: what `make run` prints: where the app is, a one-time link for a coordinator, a QR code for phones."""

import argparse
import sys

import segno

from survey import accounts
from survey.commands import address, demo
from survey.demonstration.making import Wish, make
from survey.domain.problems import DEPLOYMENT_EMPTY, Problem
from survey.domain.times import local_date
from survey.store.people import select_open_coordinators
from survey.store.places import select_communes
from survey.wiring import Settings, Survey, open_survey

SUMMARY = "print the app's address, a coordinator's one-time sign-in link and a QR code for phones"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--prepare` makes a demonstration commune where there is no data."""
    parser.add_argument("--prepare", action="store_true", help="make a demonstration commune where the data folder is empty")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print the welcome. Raises DEPLOYMENT_EMPTY where there is no commune and none may be made."""
    survey = open_survey(settings)
    if not _communes(survey):
        if not arguments.prepare:
            raise Problem(DEPLOYMENT_EMPTY)
        print("The data folder is empty: making a demonstration commune.", file=sys.stderr)
        make(survey, settings.schema, Wish(today=local_date(survey.now())), demo.show_progress)
    for code, name, demonstration in _communes(survey):
        mark = " — BẢN TRÌNH DIỄN / DEMONSTRATION" if demonstration else ""
        print(f"\n  {name} ({code}){mark}")
        print(f"  App:     {address(settings)}/\n  Phone:   {address(settings)}/field/")
        print(f"  Sign in as coordinator, once, within three days:\n           {address(settings)}{_link(survey, code)}")
    _phone(settings)
    return 0


def _communes(survey: Survey) -> list[tuple[str, str, bool]]:
    with survey.reading() as reader:
        return [(commune.code, commune.name, commune.demonstration) for commune in select_communes(reader)]


def _link(survey: Survey, commune: str) -> str:
    with survey.reading() as reader:
        coordinator = min(select_open_coordinators(reader, commune))
    return accounts.make_sign_in_link(survey, commune, coordinator, by=None)


def _phone(settings: Settings) -> None:
    """Phones give their position and camera over TLS only: a QR code that cannot work is not shown."""
    if settings.secure:
        print("\n  For phones:\n")
        segno.make(f"{address(settings)}/field/").terminal(compact=True)
    else:
        print("\n  Phones need TLS: set SURVEY_PUBLIC_URL=https://… (docs/operations.md). With a USB cable:")
        print("           adb reverse tcp:8501 tcp:8501, then open http://localhost:8501/field/ on the phone.\n")
