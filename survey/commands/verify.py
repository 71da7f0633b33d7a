"""`verify FILE.zip …`: is this bundle whole, unchanged, and whose? Needs no deployment."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from survey.bundle.chain import read_head
from survey.bundle.faults import Fault
from survey.bundle.group import check_group
from survey.bundle.opening import MEANINGS, PROVED, Result, check_openings
from survey.bundle.trust import Trust
from survey.bundle.verify import Verification, verify
from survey.domain.problems import BUNDLE_FAULTY, OPENING_REFUSED, Problem
from survey.wiring import Settings

SUMMARY = "check an evidence bundle; names each fault, needs no deployment"
_TELL_EVERY_S = 0.5
_MOST_SIGNERS = 1 << 20
_WHOLE = {
    Trust.KNOWN: ("nguyên vẹn, đúng chữ ký của xã", "whole and unchanged, signed with the commune's key"),
    Trust.UNKNOWN: ("nguyên vẹn; chưa so khóa ký", "whole and unchanged; the signer's key was not compared"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the files, and what the reader knows of their signer and log."""
    parser.add_argument("file", type=Path, metavar="FILE.zip", nargs="+", help="one bundle: its single zip, or all of its zips")
    parser.add_argument("--fingerprint", metavar="SHA256:…", help="the commune's key, as on the paper that it handed over")
    parser.add_argument(
        "--allowed-signers", "--signers", dest="allowed", type=_signers, metavar="FILE", default=(), help="keys in ssh-keygen's format"
    )
    parser.add_argument("--head", type=_head, metavar='"SEQ HASH"', help="a head of the log, as on a receipt; the hash alone will do")
    parser.add_argument("--opening", type=Path, metavar="FILE", help="what the commune opens of a public bundle: which values it proves")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print every fault and what is known of the bundle, in both languages. Raises BUNDLE_FAULTY where there is a fault."""
    del settings
    checked = [(path, _check(path, arguments)) for path in arguments.file]
    together = check_group([(path.name, one) for path, one in checked]) if len(checked) > 1 else ()
    count = sum(len(one.faults) for _, one in checked) + len(together)
    # Values are held against a bundle that is whole, never against any other.
    opened = check_openings(_first(checked), arguments.opening) if arguments.opening and not count else []
    if arguments.json:
        said = {"openings": [{"path": one.path, "value": one.value, "verdict": one.verdict} for one in opened]} if arguments.opening else {}
        print(json.dumps({**_document(checked, together), **said}, ensure_ascii=False))
    else:
        for path, one in checked:
            _tell(path.name, one, alone=len(checked) == 1)
        _tell_faults(together)
        _tell_openings(opened)
    if count:
        raise Problem(BUNDLE_FAULTY, name=arguments.file[0].name, count=count)
    if wrong := sum(one.verdict != PROVED for one in opened):
        raise Problem(OPENING_REFUSED, count=wrong)
    return 0


def _check(path: Path, arguments: argparse.Namespace) -> Verification:
    return verify(path, allowed=arguments.allowed, fingerprint=arguments.fingerprint, head=arguments.head, progress=_Teller())


def _first(checked: Sequence[tuple[Path, Verification]]) -> Path:
    """The zip that holds what was made: number 1 of a bundle in several."""
    return next((path for path, one in checked if one.facts.bag[0] == 1), checked[0][0])


def _tell_openings(opened: Sequence[Result]) -> None:
    for one in opened:
        vi, en = MEANINGS[one.verdict]
        print(f"{one.path} = {json.dumps(one.value, ensure_ascii=False)}: {vi} / {en}")


def _document(checked: Sequence[tuple[Path, Verification]], together: Sequence[Fault]) -> dict[str, object]:
    """The one file's keys; with several, all faults in one list and each file under `files`."""
    files: list[dict[str, object]] = [
        {
            "file": str(path), "faults": [fault.as_json() for fault in one.faults], "notices": [notice.as_json() for notice in one.notices],
            "facts": one.facts.as_json(),
        }
        for path, one in checked
    ]  # fmt: skip
    if len(checked) == 1:
        return files[0]
    every = [{**fault.as_json(), "file": str(path)} for path, one in checked for fault in one.faults]
    return {"files": files, "faults": [*every, *(fault.as_json() for fault in together)]}


def _tell(name: str, one: Verification, *, alone: bool) -> None:
    _tell_faults(one.faults)
    facts, seal = one.facts, one.facts.seal
    lines = (
        ("Xã / Commune", facts.source), ("Phạm vi / Scope", facts.description), ("Ngày / Date", facts.date),
        ("Mã cuối của nhật ký / Head of the log", facts.head), ("Phần / Part", f"{facts.bag[0]} / {facts.bag[1]}"),
        ("Tệp / Files", f"{facts.files} ({facts.octets} bytes)"),
        ("Khóa ký / Signed with", f"{seal.fingerprint} ({seal.principal})" if seal.fingerprint else ""),
    )  # fmt: skip
    for label, value in lines:
        if value:
            print(f"  {label}: {value}")
    for notice in one.notices:
        if alone or notice.code != "ONE_OF_SEVERAL":
            print(f"! {notice.code}: {notice.vi} / {notice.en}")
    if not one.faults:
        vi, en = _WHOLE[seal.trust]
        print(f"{name}: {vi} / {en}")


def _tell_faults(faults: Sequence[Fault]) -> None:
    for fault in faults:
        print(f"{fault.code} {fault.place}: {fault.vi} / {fault.en}")


def _signers(name: str) -> list[str]:
    try:
        with Path(name).open(encoding="utf-8") as file:
            return file.read(_MOST_SIGNERS).splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise argparse.ArgumentTypeError(f"{name}: {error}") from error


def _head(text: str) -> tuple[int, str]:
    try:
        return read_head(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("a number and a hash, or a hash") from error


class _Teller:
    """Tells stderr how far the check is, where a person is watching."""

    def __init__(self) -> None:
        self._told_at = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        if sys.stderr.isatty() and time.monotonic() - self._told_at > _TELL_EVERY_S:
            self._told_at = time.monotonic()
            print(f"\r{100 * done // max(total, 1)} % ", end="\r", file=sys.stderr, flush=True)
