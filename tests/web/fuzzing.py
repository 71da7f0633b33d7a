"""The fuzzer of the doors that take XML and multipart: valid requests, changed at random, sent in the same process.

    python -m tests.web.fuzzing --cases 20000 --seed 1

Doors: OpenRosa's submission, `PUT /api/submissions/…`, the residents' form, and the reading of XLSForms. A finding is an answer of 500
and more, an exception, or more than ten seconds; it is printed with the seed that makes it
again (`--seed N --cases 1`); the exit code is then 1.
The growth of the process over the run is printed too: a body that stays in memory would show there.
"""

import argparse
import io
import resource
import subprocess
import sys
import tempfile
import time
import uuid
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import quote

from starlette.testclient import TestClient

from survey import community
from survey.domain.people import Actor, Role
from survey.domain.problems import Problem
from survey.forms.compile import compile_xlsform
from survey.store.forms import select_forms, select_tree
from survey.wiring import ROOT, Survey
from tests.web import broken
from tests.web.strange import application, headers_of, served

HANG_S = 10.0
_ID = b"3f0c0d2e-4f3a-4b1e-9a52-0c4c2f6b7a10"
_COMMUNE = "18844"
_FORM = (ROOT / "schema" / "forms" / "household_fence.xlsx").read_bytes()


@dataclass
class Report:
    """What became of the cases, the slowest of them, what was found, and how much the process grew."""

    outcomes: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    slowest_s: float = 0
    slowest_seed: int = 0
    grown_mb: float = 0

    def __str__(self) -> str:
        rows = [f"{count:>7} {outcome}" for outcome, count in sorted(self.outcomes.items())]
        last = f"slowest {self.slowest_s:.2f} s (seed {self.slowest_seed}), grown by {self.grown_mb:.0f} MB"
        return "\n".join([*rows, f"{self.outcomes.total()} cases, {last}, {len(self.findings)} findings", *self.findings])


class Doors:
    """The doors of one deployment, each as a function that sends one request and says what became of it."""

    def __init__(self, client: TestClient, survey: Survey) -> None:
        self._client = client
        self._phone = headers_of(survey, "phone")
        self._xml = _instance(survey)

    def openrosa(self, dice: Random) -> str:
        """A submission as ODK Collect sends it."""
        xml = broken.xml(dice, self._valid(dice))
        parts = [("xml_submission_file", "instance.xml", xml), ("1.jpg", "1.jpg", b"\xff\xd8\xff" + dice.randbytes(50))]
        kind, body = broken.multipart(dice, parts)
        headers = [*self._phone.items(), ("Content-Type", kind), ("X-OpenRosa-Version", "1.0"), *broken.headers(dice)]
        return f"openrosa {self._client.post('/openrosa/submission', content=body, headers=_octets(headers)).status_code}"

    def instance(self, dice: Random) -> str:
        """A submission as the field client sends it."""
        valid = self._valid(dice)
        key = dice.choice((broken.name_of(valid), broken.name_of(valid), "uuid:1", quote(broken.text(dice), safe="")))
        headers = [*self._phone.items(), ("Phone-Time", broken.header(dice)), *broken.headers(dice)]
        answer = self._client.put(f"/api/submissions/{key}", content=broken.xml(dice, valid), headers=_octets(headers))
        return f"instance {answer.status_code}"

    def resident(self, dice: Random) -> str:
        """A report of somebody without an account."""
        fields = [("text", "", broken.text(dice).encode("utf-8", "replace")), ("hamlet", "", b""), ("website", "", b""),
                  ("photo", broken.text(dice)[:20], b"\xff\xd8\xff" + dice.randbytes(80))]  # fmt: skip
        kind, body = broken.multipart(dice, dice.sample(fields, dice.randrange(1, 5)))
        headers = [("Content-Type", kind), ("Sec-Fetch-Site", "same-origin"), ("Accept", "text/html"), *broken.headers(dice)]
        sender = TestClient(self._client.app, base_url="http://localhost", client=(f"10.{dice.randrange(256)}.{dice.randrange(256)}.9", 1))
        return f"resident {sender.post(f'/public/{_COMMUNE}/report', content=body, headers=_octets(headers)).status_code}"

    def _valid(self, dice: Random) -> bytes:
        """A valid instance, mostly one that is not here yet."""
        fresh = str(uuid.UUID(int=dice.getrandbits(128), version=4)).encode()
        return self._xml.replace(_ID, fresh) if dice.random() < 0.9 else self._xml

    def checklist(self, dice: Random) -> str:
        """An XLSForm as an operator loads it: its sheets' XML, or the file around them."""
        content = broken.octets(dice, bytearray(_FORM)) if dice.random() < 0.5 else _rezipped(dice)
        try:
            compile_xlsform(bytes(content), "checklist.xlsx")
        except Problem as problem:
            return f"checklist {problem.kind.code}"
        return "checklist compiled"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as many cases as asked for; 1 where something was found."""
    parser = argparse.ArgumentParser(description="changes valid requests at random and sends them")
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        make_commune(Path(folder))
        report = fuzz(Path(folder), given.seed, given.cases)
    print(report)  # noqa: T201 - it is its output
    return 1 if report.findings else 0


def make_commune(folder: Path) -> None:
    """A small demonstration commune whose public page is open."""
    made = [sys.executable, "-m", "survey", "--data", str(folder), "demo", "--households", "10", "--submissions", "2"]
    subprocess.run(made, cwd=ROOT, check=True, capture_output=True)


def fuzz(folder: Path, first: int, cases: int) -> Report:
    """Send *cases* changed requests to the deployment in *folder*, the first one made by the seed *first*, the next by its successor."""
    report = Report()
    with served(folder) as (opened, survey):
        coordinator = Actor(_COMMUNE, _anybody(survey), "", Role.COORDINATOR)
        community.open_page(survey, coordinator, is_open=True, reason="thử")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        client = TestClient(opened, base_url="http://localhost", raise_server_exceptions=True, follow_redirects=False)
        doors = Doors(client, survey)
        usual: tuple[Callable[[Random], str], ...] = (doors.openrosa, doors.instance)
        kinds = (*usual, *usual, doors.resident, doors.checklist)
        for seed in range(first, first + cases):
            _try(report, seed, kinds[seed % len(kinds)])
            if seed % 1000 == 0:  # the gate counts requests of one address: a fresh one every so often
                doors._client = TestClient(application(folder), base_url="http://localhost", follow_redirects=False)
        report.grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1000
    return report


def _try(report: Report, seed: int, ask: Callable[[Random], str]) -> None:
    began = time.process_time()
    try:
        outcome = ask(Random(seed))  # noqa: S311 - the same seed makes the same request
    except Exception as error:  # noqa: BLE001 - that is what we look for
        outcome = f"{ask.__name__} ! {type(error).__name__}: {error!s:.200}"
    took = time.process_time() - began
    report.outcomes[outcome.partition(":")[0]] += 1
    if took > report.slowest_s:
        report.slowest_s, report.slowest_seed = took, seed
    if "!" in outcome or outcome.split()[-1].startswith("5") or took > HANG_S:
        report.findings.append(f"seed {seed}, {took:.1f} s: {outcome}")


def _octets(headers: Sequence[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Headers as they go over the line."""
    return [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers]


def _instance(survey: Survey) -> bytes:
    """A filled fence checklist of the deployment's own version."""
    with survey.reading() as reader:
        version = next(head.version for head in select_forms(reader, _COMMUNE) if head.form == "household_fence")
        assert select_tree(reader, _COMMUNE, "household_fence", version) is not None
    meta = '<meta xmlns="http://openrosa.org/xforms"><instanceID>uuid:' + _ID.decode() + "</instanceID></meta>"
    block = '<survey xmlns="urn:ntm-survey:capture:1"><hamlet>18844-h01</hamlet></survey>'
    answers = "<fence><photo_1>1.jpg</photo_1><total_m>40</total_m></fence>"
    return f'<data id="household_fence" version="{version}">{answers}{meta}{block}</data>'.encode()


def _rezipped(dice: Random) -> bytes:
    """The checklist with one of the files inside it changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_FORM)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        names = before.namelist()
        chosen = dice.choice(names)
        for name in names:
            content = before.read(name)
            after.writestr(name, broken.xml(dice, content) if name == chosen else content)
    return out.getvalue()


def _anybody(survey: Survey) -> str:
    with survey.reading() as reader:
        row = reader.row("SELECT person FROM person WHERE commune = :commune AND role = 'coordinator'", commune=_COMMUNE)
    assert row is not None
    return str(row["person"])


if __name__ == "__main__":
    sys.exit(main())
