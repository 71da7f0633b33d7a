"""One photo of 5 MB over a line that drops every 200 kB, beside one PUT over the same line uncut: time, and bytes sent for bytes needed.

    python benchmarks/resume.py [--line 1000000] [--drop 200000]

The line carries *line* bytes a second and resets the connection after every *drop* bytes from the phone. The least that can be sent is
the photo itself; the rest is the heads of the requests and what was on its way when the line broke.
"""

import argparse
import hashlib
import http.client
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from survey.wiring import Settings
from tests.journey.test_photo_to_bundle import commune
from tests.journey.test_resume import Uploader, check_arrived
from tests.line import Line
from tests.live import LiveServer


def main() -> None:
    """Print both ways; ends with 1 where a byte differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--line", type=float, default=1_000_000, help="bytes a second")
    parser.add_argument("--drop", type=int, default=200_000, help="bytes between two cuts")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        survey = commune(Settings(data=Path(folder)))
        with LiveServer(Path(folder)) as server:
            cookie = server.cookie("inspector")
            with Line(server.port, bytes_per_s=arguments.line) as line:
                _print("one PUT, uncut", *_put(line, cookie), 0)
            with Line(server.port, bytes_per_s=arguments.line, drop_every=arguments.drop) as line:
                phone = Uploader([line.url], cookie)
                begun = time.monotonic()
                phone.send()
                _print(f"PATCH, cut every {arguments.drop // 1000} kB", time.monotonic() - begun, line.sent, len(phone.photo), phone.cuts)
        with survey.transaction() as tx:
            tx.execute("DELETE FROM attachment WHERE submission <> :kept", kept=phone.submission)
        check_arrived(survey, phone)
    print("the photo is there, byte for byte, once")


def _put(line: Line, cookie: str) -> tuple[float, int, int]:
    """Seconds, bytes that left the phone, and the photo's size."""
    phone = Uploader([line.url], cookie)
    begun = time.monotonic()
    connection = http.client.HTTPConnection(urlsplit(line.url).netloc, timeout=300)
    headers = {"Cookie": f"survey_session={cookie}", "Sec-Fetch-Site": "same-origin"}
    connection.request("PUT", f"/api/submissions/{phone.submission}/photos/1.jpg", phone.photo, headers)
    answer = connection.getresponse().read().decode()
    if hashlib.sha256(phone.photo).hexdigest() not in answer:
        sys.exit(f"the photo did not arrive: {answer}")
    return time.monotonic() - begun, line.sent, len(phone.photo)


def _print(name: str, seconds: float, sent: int, needed: int, cuts: int) -> None:
    print(f"{name:28} {cuts:3d} cuts  {seconds:6.1f} s  {sent / 1e6:6.2f} MB sent = {sent / needed:.3f} x the photo")


if __name__ == "__main__":
    main()
