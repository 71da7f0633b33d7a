"""ODK Collect as a server sees it: its headers, its multipart bodies, its way of splitting a submission over several requests."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from lxml import etree

XFORMS = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"
RESPONSE = "{http://openrosa.org/http/response}"
DEFAULT_LIMIT = 10_000_000  # what Collect assumes where a server tells none
MOST_FILES = 100
# Collect formats the date with a 12-hour clock in the phone's language: a server that checked it would shut Vietnamese phones out.
HEADERS = {
    "User-Agent": "org.odk.collect.android/v2026.2.1 Dalvik/2.1.0 (Linux; U; Android 11; Vsmart Joy 4 Build/RKQ1)",
    "X-OpenRosa-Version": "1.0",
    "Date": "Th 2, 23 thg 11 2026 04:11:28 GMT",
    "Accept-Encoding": "gzip",
}


class Http(Protocol):
    """What a client of httpx2 and Starlette's test client have in common."""

    def request(self, method: str, url: str, **options: Any) -> Any:
        """Send one request."""


@dataclass
class Collect:
    """A phone set up with the server's *address* (`server_url` of its settings); *options* go with every request (auth)."""

    http: Http
    address: str
    headers: Mapping[str, str] = field(default_factory=lambda: HEADERS)
    options: Mapping[str, Any] = field(default_factory=dict)

    def get(self, url: str) -> Any:
        """Fetch what a list or manifest names."""
        return self.http.request("GET", url, headers=dict(self.headers), **self.options)

    def forms(self, query: str = "") -> list[dict[str, str]]:
        """The form list as Collect reads it; it drops the whole list where a form lacks what it needs."""
        answer = self.get(f"{self.address}/formList{query}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8"), answer.text
        assert answer.headers["x-openrosa-version"] == "1.0"
        forms = [{child.tag.removeprefix(XFORMS): child.text or "" for child in form} for form in etree.fromstring(answer.content)]
        assert all({"formID", "name", "version", "hash", "downloadUrl"} <= form.keys() for form in forms)
        return forms

    def files(self, form: Mapping[str, str]) -> list[dict[str, str]]:
        """What the form's manifest names, with the type of each."""
        root = etree.fromstring(self.get(form["manifestUrl"]).content)
        return [dict(one.attrib) | {child.tag.removeprefix(MANIFEST): child.text or "" for child in one} for one in root]

    def head(self) -> int:
        """Ask before sending: the largest body that the server takes."""
        answer = self.http.request(
            "HEAD", f"{self.address}/submission?deviceID=collect%3Ak7m29qxd", headers=dict(self.headers), **self.options
        )
        assert (answer.status_code, answer.headers["x-openrosa-version"]) == (204, "1.0"), answer.status_code
        return int(answer.headers.get("x-openrosa-accept-content-length", DEFAULT_LIMIT))

    def send(self, xml: bytes, files: Mapping[str, bytes], *, limit: int | None = None) -> list[Any]:
        """HEAD, then as many posts as the limit makes necessary; their answers. *limit* splits as for a server that takes less."""
        told = self.head()
        return [self.post(xml, part, incomplete=more) for part, more in split(files, len(xml), limit or told)]

    def post(self, xml: bytes, files: Mapping[str, bytes], *, incomplete: bool = False) -> Any:
        """One post of the XML with some of its files."""
        boundary = str(uuid.uuid4())
        headers = dict(self.headers) | {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        content = body(boundary, xml, files, incomplete=incomplete)
        return self.http.request(
            "POST", f"{self.address}/submission?deviceID=collect%3Ak7m29qxd", headers=headers, content=content, **self.options
        )


def split(files: Mapping[str, bytes], xml_size: int, limit: int) -> Iterator[tuple[dict[str, bytes], bool]]:
    """The files of each post, and whether more follow: as many as fit, a hundred at most, one that fits nowhere alone."""
    waiting = list(files.items())
    while True:
        part: dict[str, bytes] = {}
        size = xml_size
        while waiting and len(part) < MOST_FILES and (not part or size + len(waiting[0][1]) <= limit):
            name, content = waiting.pop(0)
            part[name] = content
            size += len(content)
        yield part, bool(waiting)
        if not waiting:
            return


def body(boundary: str, xml: bytes, files: Mapping[str, bytes], *, incomplete: bool) -> bytes:
    """A multipart body as OkHttp writes it: names in raw UTF-8, a length for each part."""
    parts = [_part("xml_submission_file", "Hàng rào của hộ_2026-11-23_16-11-28.xml", "text/xml; charset=utf-8", xml)]
    parts += [_part(name, name, "image/jpeg", content) for name, content in files.items()]
    if incomplete:
        parts.append(b'Content-Disposition: form-data; name="*isIncomplete*"\r\nContent-Length: 3\r\n\r\nyes\r\n')
    mark = f"--{boundary}\r\n".encode()
    return b"".join(mark + part for part in parts) + f"--{boundary}--\r\n".encode()


def message(answer: Any) -> tuple[str, str]:
    """The nature and text that Collect shows of an answer."""
    assert answer.headers["content-type"] == "text/xml; charset=utf-8", answer.text
    root = etree.fromstring(answer.content)
    assert root.tag == f"{RESPONSE}OpenRosaResponse"
    return root[0].attrib["nature"], root[0].text or ""


def _part(name: str, file_name: str, kind: str, content: bytes) -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"; filename="{file_name}"\r\nContent-Type: {kind}\r\n'
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content + b"\r\n"
