"""Make a bundle and send it, beside `zip -0 -r` of the very same files and beside merely reading and hashing them.

    python benchmarks/export.py [--photos 2000] [--kilobytes 400]

Photos come in through the verbs, two a submission, all accepted. Reports (tables, pages, manifests, seal) and container (the zip as a
download gives it) are timed apart, each in a process of its own, so that its peak memory is its own. *first byte* is when the
container's first byte is there. At last a client fetches the zip by ranges, is cut off twice, and must end with the same bytes.
Files are in the page cache for all of them, and what is written is not synced.
"""

# ruff: noqa: E402 - what is imported first decides how much memory is there before
import argparse
import hashlib
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.modules["pandas"] = None  # type: ignore[assignment] # as `python -m survey` does

from survey import deliver, receive, review
from survey.commands.work import Worker
from survey.domain.evidence import Scope
from survey.domain.people import Actor, Role
from survey.domain.places import Hamlet
from survey.domain.sites import Site, SiteKind
from survey.domain.submissions import State
from survey.domain.times import local_date
from survey.establish import establish
from survey.store.attachments import update_developed
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
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)  # what the child does, the data folder, the bundle
    arguments = parser.parse_args()
    if arguments.child:
        step, folder, *rest = arguments.child
        print(json.dumps({"make": _make, "send": _send, "resume": _resume}[step](Path(folder), *rest)))
        return
    with tempfile.TemporaryDirectory() as name:
        _compare(Path(name), arguments.photos, arguments.kilobytes * 1000)


def _compare(folder: Path, photos: int, size: int) -> None:
    data = folder / "data"
    survey = open_survey(Settings(data=data))
    _fill(survey, photos, size)
    survey.store.close()
    made = _child("make", data)
    _warm(data)
    sent = _child("send", data, made["bundle"])
    bundle = data / "bundle.zip"
    whole = _hash(bundle)
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder / "files")
    bundle.unlink()
    zipped = _timed(["zip", "-0", "-q", "-r", str(folder / "peer.zip"), "."], folder / "files")
    (folder / "peer.zip").unlink()
    started = time.perf_counter()
    _warm(folder / "files")
    hashed = time.perf_counter() - started
    shutil.rmtree(folder / "files")
    resumed = _child("resume", data, made["bundle"])
    megabytes = sent["size"] / 1e6
    print(f"{photos} photos of {size // 1000} kB, bundle of {megabytes:,.0f} MB, {made['files']} files")
    print(f"{'':<26}{'s':>8}{'MB/s':>8}{'of zip -0':>11}")
    for title, seconds in (("container", sent["seconds"]), ("zip -0 -r", zipped), ("read and hash only", hashed)):
        print(f"{title:<26}{seconds:>8.2f}{megabytes / seconds:>8.0f}{zipped / seconds:>11.2f}")
    print(f"reports and seal: {made['seconds']:.2f} s; memory {made['before']:.0f} MB before, {made['peak']:.0f} MB at its peak")
    print(f"container: first byte after {sent['begins']:.2f} s; memory {sent['before']:.0f} MB before, {sent['peak']:.0f} MB at its peak")
    same = "the same bytes" if resumed["sha256"] == whole else "OTHER BYTES"
    print(f"cut twice and resumed: {resumed['seconds']:.2f} s, {same}, {resumed['downloads']} further download in the log")


def _child(step: str, data: Path, *rest: str) -> dict[str, object]:
    command = [sys.executable, str(Path(__file__)), "--child", step, str(data), *rest]
    done: dict[str, object] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
    return done


def _make(data: Path) -> dict[str, object]:
    survey = open_survey(Settings(data=data))
    before, started = _peak(), time.perf_counter()
    asked = deliver.order(survey, ACTOR, Scope(local_date(survey.now())))
    worker = Worker(survey)
    while worker.take():
        pass
    ended = deliver.find_request(survey, ACTOR, asked.id)
    if ended.bundle is None:
        raise SystemExit(f"not made: {ended.problem}")
    seconds = time.perf_counter() - started
    made = deliver.find_bundle(survey, ACTOR, ended.bundle)
    return {"bundle": made.id, "files": made.files, "seconds": seconds, "before": before, "peak": _peak()}


def _send(data: Path, bundle: str) -> dict[str, object]:
    survey = open_survey(Settings(data=data))
    before, started = _peak(), time.perf_counter()
    begins = size = 0.0
    with (data / "bundle.zip").open("wb") as file:
        for chunk in deliver.read(survey, ACTOR, deliver.find_bag(survey, ACTOR, bundle)):
            begins = begins or time.perf_counter() - started
            size += file.write(chunk)
    return {"seconds": time.perf_counter() - started, "begins": begins, "size": size, "before": before, "peak": _peak()}


def _resume(data: Path, bundle: str) -> dict[str, object]:
    survey = open_survey(Settings(data=data))
    started, digest, got = time.perf_counter(), hashlib.sha256(), 0
    bag = deliver.find_bag(survey, ACTOR, bundle)
    for cut in (bag.size // 3 + 12_345, bag.size * 2 // 3 + 54_321, bag.size):
        for chunk in deliver.read(survey, ACTOR, bag, got):
            taken = chunk[: cut - got]
            digest.update(taken)
            got += len(taken)
            if got == cut:
                break
    with survey.reading() as reader:
        row = reader.row("SELECT COUNT(*) AS many FROM event WHERE body LIKE :body", body='%"bundle.downloaded"%')
    downloads = row["many"] - 1 if row else 0  # the one before was the container's own
    return {"seconds": time.perf_counter() - started, "sha256": digest.hexdigest(), "downloads": downloads}


def _timed(command: list[str], folder: Path) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True)
    return time.perf_counter() - started


def _peak() -> float:
    # Not getrusage: what it gives a child begins with the peak of the process that started it.
    (line,) = (line for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1000


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
    with survey.transaction() as tx:
        tx.execute("DELETE FROM job")  # views are there, and no check of photos belongs to what is measured


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
        survey.blobs.save_view(one.sha256, "thumb", _jpeg(160))
        survey.blobs.save_view(one.sha256, "preview", _jpeg(640))
        with survey.transaction() as tx:
            update_developed(tx, COMMUNE, one.sha256, "ready", "{}")
    return key


def _photos(number: int, size: int) -> Iterator[tuple[str, bytes]]:
    for name in ("a.jpg", "b.jpg"):
        # A true JPEG, and behind its end bytes that make it unique and as large as a phone's.
        yield name, _jpeg(800) + random.Random(f"{number}{name}").randbytes(max(0, size - len(_jpeg(800))))


def _jpeg(width: int) -> bytes:
    if width not in _drawn:
        import io

        from PIL import Image

        content = io.BytesIO()
        Image.effect_noise((width, width * 3 // 4), 40).convert("RGB").save(content, "JPEG")
        _drawn[width] = content.getvalue()
    return _drawn[width]


_drawn: dict[int, bytes] = {}


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _warm(folder: Path) -> None:
    """Read and hash every file."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            _hash(path)


if __name__ == "__main__":
    main()
