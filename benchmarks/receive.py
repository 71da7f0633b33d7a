"""Submissions with three photos of 400 kB over HTTP, by 1, 4 and 16 clients, beside the same bytes merely hashed and written with fsync.

    python benchmarks/receive.py [--seconds 10] [--clients 1 4 16]

The server is the real application on a temporary deployment; each client is a thread with one connection, as a phone has.
"""

import argparse
import contextlib
import hashlib
import http.client
import io
import os
import random
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PIL import Image

from survey.establish import establish
from survey.wiring import Settings, open_survey
from tests.live import LiveServer

_PHOTO_BYTES = 400_000
_INSTANCE = """<?xml version="1.0"?>
<data id="household_fence" version="{version}"><photo_1>a.jpg</photo_1><total_m>20</total_m><green_m>15</green_m><photo_2>b.jpg</photo_2>
<meta xmlns="http://openrosa.org/xforms"><instanceID>{id}</instanceID></meta></data>"""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 4, 16])
    arguments = parser.parse_args()
    base = _photo()
    print(f"3 photos of {len(base) / 1000:.0f} kB a submission, {os.cpu_count()} cores")
    print(f"{'clients':>8} {'received/s':>11} {'written/s':>10} {'ratio':>6} {'p95 ms':>7}")
    with tempfile.TemporaryDirectory() as folder:
        survey = open_survey(Settings(data=Path(folder) / "data"))
        establish(survey, survey.settings.schema, "18844")
        with survey.reading() as reader:
            version = str(_version(reader))
        with LiveServer(Path(folder) / "data") as server:
            cookie = server.cookie("inspector")
            for clients in arguments.clients:
                received, p95 = _receive(server.url, cookie, version, base, clients, arguments.seconds)
                written = _write(Path(folder), base, clients, arguments.seconds / 2)
                print(f"{clients:>8} {received:>11.1f} {written:>10.1f} {received / written:>6.2f} {p95:>7.0f}", flush=True)


def _version(reader: object) -> object:
    from survey.store.forms import select_forms

    return next(form.version for form in select_forms(reader, "18844") if form.form == "household_fence")


def _photo() -> bytes:
    """A JPEG of about 400 kB: noise, which does not compress further."""
    side, content = 400, b""
    while len(content) < _PHOTO_BYTES:
        side += 40
        buffer = io.BytesIO()
        Image.frombytes("RGB", (side, side), random.Random(1).randbytes(side * side * 3)).save(buffer, "JPEG", quality=80)
        content = buffer.getvalue()
    return content


def _unique(base: bytes) -> bytes:
    """The photo with a comment of its own, hence with a hash of its own."""
    return base[:2] + b"\xff\xfe\x00\x12" + os.urandom(16) + base[2:]


def _body(version: str, base: bytes) -> tuple[bytes, str]:
    boundary = uuid.uuid4().hex
    xml = _INSTANCE.format(version=version, id=f"uuid:{uuid.uuid4()}").encode()
    parts = [("xml_submission_file", "s.xml", "text/xml", xml)]
    parts += [(name, name, "image/jpeg", _unique(base)) for name in ("a.jpg", "b.jpg", "c.jpg")]
    out = io.BytesIO()
    for field, name, kind, content in parts:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'
        out.write(head.encode() + content + b"\r\n")
    out.write(f"--{boundary}--\r\n".encode())
    return out.getvalue(), f"multipart/form-data; boundary={boundary}"


def _receive(url: str, cookie: str, version: str, base: bytes, clients: int, seconds: float) -> tuple[float, float]:
    times: list[float] = []
    end = time.monotonic() + seconds

    def client() -> None:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        while time.monotonic() < end:
            body, kind = _body(version, base)
            begin = time.monotonic()
            connection.request(
                "POST", "/openrosa/submission", body, {"Content-Type": kind, "Cookie": f"survey_session={cookie}", "Origin": url}
            )
            answer = connection.getresponse()
            content = answer.read()
            if answer.status != http.HTTPStatus.CREATED:
                raise RuntimeError(f"{answer.status}: {content[:300]!r}")
            times.append(time.monotonic() - begin)

    spent = _run(client, clients)
    return len(times) / spent, sorted(times)[int(len(times) * 0.95)] * 1000


def _write(folder: Path, base: bytes, clients: int, seconds: float) -> float:
    """The physical limit: the same bytes hashed and written with fsync, nothing else."""
    count: list[int] = []
    end = time.monotonic() + seconds

    def client() -> None:
        while time.monotonic() < end:
            for _ in range(3):
                content = _unique(base)
                path = folder / hashlib.sha256(content).hexdigest()
                with path.open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                path.unlink()
            count.append(1)

    spent = _run(client, clients)
    return len(count) / spent


def _run(client: object, clients: int) -> float:
    failed: list[BaseException] = []

    def guarded() -> None:
        with contextlib.ExitStack() as stack:
            stack.push(lambda _kind, error, _trace: failed.append(error) if error else None)
            client()  # type: ignore[operator]

    begin = time.monotonic()
    threads = [threading.Thread(target=guarded) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return time.monotonic() - begin


if __name__ == "__main__":
    main()
