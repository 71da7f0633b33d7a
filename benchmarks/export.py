"""Export a bundle, beside `zip -0 -r` of the very same files and beside merely reading and hashing them.

    python benchmarks/export.py [--photos 2000] [--kilobytes 400]

Photos come in through the verbs, two a submission, all accepted. The export runs in a process of its own, so that its peak memory is
its own; *begins* is when the first byte of the zip is there, after all tables and pages have been written. Files are in the page cache
for all three, and what is written is not synced.
"""

import argparse
import hashlib
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from survey import deliver, receive, review
from survey.assess import assess
from survey.domain.evidence import Scope
from survey.domain.people import Actor, Role
from survey.domain.places import Hamlet
from survey.domain.sites import Site, SiteKind
from survey.domain.submissions import State
from survey.domain.times import local_date
from survey.establish import establish
from survey.store.attachments import update_views
from survey.store.forms import select_forms
from survey.store.places import insert_hamlet
from survey.store.sites import insert_sites
from survey.wiring import Settings, Survey, open_survey

COMMUNE = "18844"
ACTOR = Actor(COMMUNE, "benchmark", "benchmark", Role.COORDINATOR)
_CHUNK = 1 << 20


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=2000)
    parser.add_argument("--kilobytes", type=int, default=400)
    parser.add_argument("--export", type=Path, help=argparse.SUPPRESS)  # the child's part: the data folder
    arguments = parser.parse_args()
    if arguments.export:
        print(json.dumps(_export(arguments.export)))
        return
    with tempfile.TemporaryDirectory() as name:
        _compare(Path(name), arguments.photos, arguments.kilobytes * 1000)


def _compare(folder: Path, photos: int, size: int) -> None:
    survey = open_survey(Settings(data=folder / "data"))
    _fill(survey, photos, size)
    survey.store.close()
    _warm(folder / "data")
    command = [sys.executable, str(Path(__file__)), "--export", str(folder / "data")]
    done = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    bundle = folder / "data" / "bundle.zip"
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder / "files")
    started = time.perf_counter()
    subprocess.run(["zip", "-0", "-q", "-r", str(folder / "peer.zip"), "."], cwd=folder / "files", check=True)
    zipped = time.perf_counter() - started
    started = time.perf_counter()
    _warm(folder / "files")
    hashed = time.perf_counter() - started
    megabytes = done["size"] / 1e6
    print(f"{photos} photos of {size // 1000} kB, bundle of {megabytes:,.0f} MB, {done['files']} files")
    print(f"{'':<26}{'s':>8}{'MB/s':>8}{'of zip -0':>11}")
    for title, seconds in (("export", done["seconds"]), ("zip -0 -r", zipped), ("read and hash only", hashed)):
        print(f"{title:<26}{seconds:>8.2f}{megabytes / seconds:>8.0f}{zipped / seconds:>11.2f}")
    print(f"export: first byte after {done['begins']:.2f} s; memory {done['before']:.0f} MB before, {done['peak']:.0f} MB at its peak")


def _export(data: Path) -> dict[str, float]:
    survey = open_survey(Settings(data=data))
    scope = Scope(local_date(survey.now()))
    plan = deliver.plan(survey, ACTOR, scope, assess(survey, ACTOR))
    verdicts = assess(survey, ACTOR)
    before = _peak()
    started = time.perf_counter()
    begins = size = 0.0
    with (data / "bundle.zip").open("wb") as file:
        for chunk in deliver.write(survey, ACTOR, plan.basis, verdicts):
            begins = begins or time.perf_counter() - started
            size += file.write(chunk)
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "begins": begins, "size": size, "before": before, "peak": _peak(), "files": plan.files}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def _fill(survey: Survey, photos: int, size: int) -> None:
    establish(survey, survey.settings.schema, COMMUNE)
    hamlets = [f"{COMMUNE}-h{number:02d}" for number in range(1, 11)]
    sites = [_site(number, hamlets[number % 10]) for number in range((photos + 1) // 2)]
    with survey.transaction() as tx:
        for number, hamlet in enumerate(hamlets, 1):
            insert_hamlet(tx, Hamlet(COMMUNE, hamlet, f"Thôn {number}", date(2025, 7, 1)))
        insert_sites(tx, [(site, "") for site in sites], at=survey.now())
        version = next(form.version for form in select_forms(tx, COMMUNE) if form.form == "household_fence")
    keys = [_hand_in(survey, version, site, number, size) for number, site in enumerate(sites)]
    outcomes = review.decide_many(survey, ACTOR, [(key, 1) for key in keys], State.ACCEPTED)
    if any(outcome.problem for outcome in outcomes):
        raise SystemExit(f"not accepted: {next(outcome.problem for outcome in outcomes if outcome.problem)}")


def _site(number: int, hamlet: str) -> Site:
    code = f"HO-{number:05d}"
    latitude, longitude = 18.0 + number % 100 / 1000, 106.05 + number % 97 / 1000
    return Site(COMMUNE, f"site-{number}", SiteKind.HOUSEHOLD, code, f"Hộ {number}", hamlet, latitude, longitude)


def _hand_in(survey: Survey, version: str, site: Site, number: int, size: int) -> str:
    key = f"uuid:{number:08x}-0000-4000-8000-000000000000"
    at = datetime(2026, 11, 20, 3, tzinfo=UTC).isoformat()
    xml = f"""<data id="household_fence" version="{version}"><site>{site.code}</site><fence><photo_1>a.jpg</photo_1><photo_2>b.jpg</photo_2>
<total_m>100</total_m><green_m>{number % 101}</green_m><kind>hedge</kind></fence><meta xmlns="http://openrosa.org/xforms">
<instanceID>{key}</instanceID><timeStart>{at}</timeStart><timeEnd>{at}</timeEnd></meta></data>""".encode()
    staged = [(name, survey.blobs.stage([content], name=name, limit=size + _CHUNK)) for name, content in _photos(number, size)]
    receive.submission(survey, ACTOR, xml, door="command", files=staged)
    for _, one in staged:
        survey.blobs.save_view(one.sha256, "thumb", _jpeg()[:2000])
        with survey.transaction() as tx:
            update_views(tx, COMMUNE, one.sha256, "ready")
    return key


def _photos(number: int, size: int) -> Iterator[tuple[str, bytes]]:
    for name in ("a.jpg", "b.jpg"):
        # A true JPEG, and behind its end bytes that make it unique and as large as a phone's.
        yield name, _jpeg() + random.Random(f"{number}{name}").randbytes(max(0, size - len(_jpeg())))


def _jpeg() -> bytes:
    if not _drawn:
        import io

        from PIL import Image

        content = io.BytesIO()
        Image.effect_noise((800, 600), 40).convert("RGB").save(content, "JPEG")
        _drawn.append(content.getvalue())
    return _drawn[0]


_drawn: list[bytes] = []


def _warm(folder: Path) -> None:
    """Read and hash every file."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest = hashlib.sha256()
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)


if __name__ == "__main__":
    main()
