"""The door for scripts: one file per command of `python -m survey`.

A command file offers `SUMMARY: str`, `add_arguments(parser)` and `run(settings, arguments) -> int`. Its file name is the command's
name with underscores. It prints results on stdout and progress on stderr. Exit codes: 0 success, 1 a `Problem` (one line on
stderr with its code), 2 wrong usage.
"""

import argparse
import dataclasses
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from survey import access
from survey.domain.access import Act, Subject
from survey.domain.people import Actor, Role
from survey.domain.problems import DEPLOYMENT_EMPTY, Problem
from survey.store.province import select_commune_names
from survey.wiring import Settings, Survey, open_survey


class Command(Protocol):
    """What a command's module offers."""

    SUMMARY: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's own arguments."""

    def run(self, settings: Settings, arguments: argparse.Namespace) -> int:
        """Do it; returns the exit code."""


def names() -> list[str]:
    """Every command, as typed."""
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__))


def main(arguments: Sequence[str]) -> int:
    """Run the command that *arguments* name."""
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        settings = Settings.from_env()
        if given.data:
            settings = dataclasses.replace(settings, data=given.data.absolute())
        command: Command = given.command
        return command.run(settings, given)
    except Problem as problem:
        print(f"{problem.kind.code}: {problem.sentence(os.environ.get('SURVEY_LOCALE', 'vi'))}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1


def operator(commune: str) -> Actor:
    """The person at the server's own terminal: whoever can start this command can read the files anyway."""
    return Actor(commune, "operator", "operator", Role.COORDINATOR)


def note_taken(survey: Survey, kind: Subject, subject: str = "", *, commune: str | None = None) -> None:
    """Note that the operator takes data out of *commune*, or of every one, before it is written. Raises STORAGE_UNUSABLE."""
    if commune is None:
        with survey.reading() as reader:
            communes = [code for code, *_ in select_commune_names(reader)]
    for code in [commune] if commune is not None else communes:
        access.note_now(survey, operator(code), Act.EXPORTED, kind, subject)


def open_deployment(settings: Settings) -> Survey:
    """The survey that is there already: a mistyped folder is told, not filled with an empty database. Raises DEPLOYMENT_EMPTY."""
    if settings.database == "sqlite" and not (settings.data / "survey.db").exists():
        raise Problem(DEPLOYMENT_EMPTY)
    return open_survey(settings)


def address(settings: Settings) -> str:
    """Where people reach the app: the public address, else this machine's."""
    return settings.public_url or "http://localhost:8501"


def options_of_actions(parser: argparse.ArgumentParser, *, commune: bool = True) -> argparse.ArgumentParser:
    """Let *parser* take `--json` and, where *commune*, `--commune`; returns the parent by which its actions take them, and `--data`."""
    actions = argparse.ArgumentParser(add_help=False)
    _take_data_folder(actions, default=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="machine-readable output")
    actions.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="machine-readable output")
    if commune:
        words = "official code (default: the deployment's first)"
        parser.add_argument("--commune", help=words)
        actions.add_argument("--commune", default=argparse.SUPPRESS, help=words)
    return actions


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m survey")
    _take_data_folder(parser, default=None)
    common = argparse.ArgumentParser(add_help=False)
    _take_data_folder(common, default=argparse.SUPPRESS)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in names():
        module = importlib.import_module(f"survey.commands.{name.replace('-', '_')}")
        child = commands.add_parser(name, help=module.SUMMARY, description=module.SUMMARY, parents=[common])
        module.add_arguments(child)
        child.set_defaults(command=module)
    return parser


def _take_data_folder(parser: argparse.ArgumentParser, *, default: str | None) -> None:
    """`--data`, before and after the command's name: an argument for each place, as a shared one's default would undo what came before."""
    parser.add_argument("--data", type=Path, default=default, help="data folder (default: SURVEY_DATA or uploads/)")
