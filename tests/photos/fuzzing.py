"""The fuzzer: valid photos of all four kinds, changed at random, through intake and development.

    python -m tests.photos.fuzzing --files 20000 --seed 1 [--from DIR]

What the intake lets in is developed in the same process or in a darkroom, in turn. Anything but a verdict, views or a Problem is a
finding: an exception, a process that dies, more than ten seconds (CPU), facts that do not survive the store, views that are no bare JPEG. A
finding is printed with the seed that makes its file again (`--seed N --files 1`); the exit code is then 1. All of it runs in a process of
its own, so that a crash or a hang in a decoder's C code is a finding, too, and the next file follows.
"""

import argparse
import io
import json
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from PIL import Image

from survey.domain.looks import look_from_json, look_to_json
from survey.domain.photos import REFUSALS, PhotoFacts, facts_from_json, facts_to_json
from survey.domain.problems import PHOTO_BROKEN, Problem
from survey.photos import Darkroom, Developed, develop, inspect
from survey.photos.darkroom_wire import UnusableAnswerError, framed, read_answer
from survey.wiring import ROOT
from tests.photos.changes import changed, sources_of
from tests.photos.pictures import SHARED

HANG_S = 10
_ALARM_S = 120
_IN_DARKROOM = 2  # every so manyth file is developed in a darkroom, the others in this process, where an exception has a trace


@dataclass
class Report:
    """What became of the files, how long the slowest took, what was found, and the seed in hand."""

    seed: int
    outcomes: dict[str, int] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    slowest_s: float = 0
    slowest_seed: int = 0

    def __str__(self) -> str:
        rows = [f"{count:>7} {outcome}" for outcome, count in sorted(self.outcomes.items(), key=lambda each: -each[1])]
        total, found = sum(self.outcomes.values()), len(self.findings)
        return "\n".join([*rows, f"{total} files, slowest {self.slowest_s:.1f} s (seed {self.slowest_seed}), {found} findings"])

    def add(self, outcome: str, took: float) -> None:
        """Count the file in hand."""
        first = outcome.partition("\n")[0]
        self.outcomes[first] = self.outcomes.get(first, 0) + 1
        if took > self.slowest_s:
            self.slowest_s, self.slowest_seed = took, self.seed
        if outcome.startswith("!") or took > HANG_S:
            self.findings.append(f"seed {self.seed}, {took:.1f} s: {outcome}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as many files as asked for; 1 where something was found."""
    parser = argparse.ArgumentParser(description="changes valid photos at random and tries intake and development on them")
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1e9, help="stop after so long")
    parser.add_argument("--from", dest="folder", type=Path, default=SHARED, help="photos to start from, beside those made in code")
    parser.add_argument("--state", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.state:
        _run(given.state, given.seed + given.files, given.folder, given.seconds)
        return 0
    report = fuzz(given.seed, given.files, folder=given.folder, seconds=given.seconds)
    print("\n".join([*report.findings, str(report)]))  # noqa: T201 - it is its output
    return 1 if report.findings else 0


def fuzz(seed: int, files: int, *, folder: Path = SHARED, seconds: float = 1e9) -> Report:
    """Try *files* changed files, the first one made by *seed*, the next by its successor; *seconds* ends it earlier."""
    until = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as temporary:
        state = Path(temporary) / "state.json"
        _keep(state, Report(seed))
        while True:
            left = until - time.monotonic()
            command = ["--state", str(state), "--seed", str(seed), "--files", str(files), "--from", str(folder), "--seconds", str(left)]
            ended = subprocess.run([sys.executable, "-m", "tests.photos.fuzzing", *command], cwd=ROOT, check=False).returncode
            report = _kept(state)
            if ended == 0:
                return report
            how = signal.Signals(-ended).name if ended < 0 else f"exit {ended}"
            report.add(f"! the process ended with {how}", 0)
            report.seed += 1
            _keep(state, report)


def _keep(state: Path, report: Report) -> None:
    state.write_text(json.dumps(asdict(report)))


def _kept(state: Path) -> Report:
    return Report(**json.loads(state.read_text()))


def _run(state: Path, stop: int, folder: Path, seconds: float) -> None:
    """Go on from where *state* is, to the file before *stop*."""
    report, sources, until = _kept(state), sources_of(folder), time.monotonic() + seconds
    path = state.with_name("file")
    with Darkroom() as room:
        while report.seed < stop and time.monotonic() < until:
            path.write_bytes(changed(report.seed, sources))
            # Processor time: the machine may have more to do. A darkroom sees to its own time.
            before = time.process_time()
            outcome = _try(path, room if report.seed % _IN_DARKROOM == 0 else None)
            report.add(outcome, time.process_time() - before)
            report.seed += 1
            _keep(state, report)


def _try(path: Path, room: Darkroom | None) -> str:
    """What becomes of one file; a finding begins with `!`."""
    signal.alarm(_ALARM_S)  # no handler: the kernel ends a hang in C
    try:
        intake = inspect(path, path.stat().st_size)
        if facts_from_json(facts_to_json(intake.facts)) != intake.facts:
            return "! facts do not survive the store"
        if not intake.accepted:
            return intake.code if intake.code in REFUSALS else f"! unknown refusal {intake.code}"
        return _develop(path, intake.facts, room)
    except Exception:  # noqa: BLE001 - that is what we look for
        return f"! exception\n{traceback.format_exc()}"
    finally:
        signal.alarm(0)


def _develop(path: Path, facts: PhotoFacts, room: Darkroom | None) -> str:
    try:
        developed = develop(path, facts) if room is None else room.develop(path, facts)
    except Problem as problem:
        return "broken_pixels" if problem.kind is PHOTO_BROKEN else f"! {problem}"
    return _fault(developed) or ("views, damaged" if developed.look.damaged else "views")


def _fault(developed: Developed) -> str:
    """What is wrong with views and look, if anything: they must pass the check of a darkroom's answers, wherever they were made."""
    header = {"preview": len(developed.preview), "thumb": len(developed.thumb), "width": developed.width, "height": developed.height}
    message = framed({**header, "look": json.loads(look_to_json(developed.look))}, developed.preview, developed.thumb)
    try:
        answer = read_answer(io.BytesIO(message).read)
    except UnusableAnswerError as error:
        return f"! {error}"
    for view in (developed.preview, developed.thumb):
        with Image.open(io.BytesIO(view), formats=["JPEG"]) as picture:
            picture.load()
    survives = answer.developed == developed and look_from_json(look_to_json(developed.look)) == developed.look
    return "" if survives else "! the look does not survive the store"


if __name__ == "__main__":
    sys.exit(main())
