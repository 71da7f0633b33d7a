"""GET /field/…: the field client's own files without their comments, asked for again each time, and its texts from the catalogue."""

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import brotli
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from survey.domain.problems import PATH_UNKNOWN, Problem
from survey.web import text
from survey.wiring import ROOT

FOLDER = ROOT / "field"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
_FIRST = re.compile(r'href="([^"]+)"')  # what the page itself names
_RELEASE = "// Which release of the client this server has: a hash over its files, and their names as the page asks for them.\n\n"
_WORKER = "service.mjs"  # the browser keeps it itself, outside the release that it keeps for the page
_ICONS = ".png"  # fetched by the browser when the page is installed, never by the page
# A comment that has its lines for itself: written for who reads the code, a sixth of the bytes on a slow line.
_COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*.*?\*/[ \t]*)$", re.MULTILINE | re.DOTALL)
# Nothing from anywhere else, no inline script or style; photos are shown from blobs that the page made itself.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; worker-src 'self'; "
    "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# A phone that opens the page must never mix modules of two releases: it asks each time and mostly hears 304.
_HEADERS = {"Cache-Control": "no-cache", "Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}
_MESSAGE = re.compile(r"""\bt\(\s*"((?:[^"\\]|\\.)*)\"""")


@dataclass(frozen=True)
class Page:
    """One file of the client as it is sent: plain, and packed both ways once."""

    media_type: str
    etag: str
    packed: dict[str, bytes]


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [
        Route("/field", lambda _request: RedirectResponse("/field/"), methods=["GET"]),
        Route("/field/", show_file, methods=["GET"]),
        Route("/field/texts/{language}.json", show_texts, methods=["GET"]),
        Route(f"/field/{_WORKER}", show_worker, methods=["GET"]),
        Route("/field/release.mjs", show_release, methods=["GET"]),
        Route("/field/rest.json", show_rest, methods=["GET"]),
        Route("/field/{name}", show_file, methods=["GET"]),
    ]


def show_file(request: Request) -> Response:
    """Answer a file of the client by its *name*, compressed where the browser can; unknown names are 404."""
    name = request.path_params.get("name") or "index.html"
    path = FOLDER / name
    if path.parent != FOLDER or path.suffix not in _TYPES or not path.is_file():
        raise Problem(PATH_UNKNOWN, path=request.url.path)
    page = _page(path, path.stat().st_mtime_ns)
    return _answer(request, page)


def show_texts(request: Request) -> Response:
    """Answer the client's texts in a language as `{English: translation}`; English is the empty catalogue."""
    language = request.path_params["language"]
    if language not in text.LOCALES:
        raise Problem(PATH_UNKNOWN, path=request.url.path)
    return _answer(request, _packed(_texts(language), "application/json"))


def show_release(request: Request) -> Response:
    """Answer the module that names the release and its files: what a phone keeps to open without a connection."""
    name, files = release()
    listed = "".join(f'  "{file}",\n' for file in files)
    module = f'{_RELEASE}export const RELEASE = "{name}";\nexport const FILES = [\n{listed}];\n'
    return _answer(request, _packed(module.encode(), _TYPES[".mjs"]))


def show_rest(request: Request) -> Response:
    """Answer `{file: content}` of all files that the first screen does not ask for: one packed answer instead of sixty small ones."""
    return _answer(request, _packed(_rest(release()[0]), "application/json"))


def show_worker(request: Request) -> Response:
    """Answer the service worker, which names the release in its last line: Chromium fails to start one of which only an import differs."""
    source = _content(FOLDER / _WORKER) + f"// Release {release()[0]}\n".encode()
    return _answer(request, _packed(source, _TYPES[".mjs"]))


def release() -> tuple[str, list[str]]:
    """Return the release's name and its files.

    The name is the SHA-256 (32 hex digits) over a line `<file> <SHA-256 of its content, 32 hex digits>` for each file, in their order:
    a phone that has fetched them computes the same name, or it has a mixture of two releases (field/service.mjs).
    """
    digests = {"texts/en.json": _digest(_texts("en")), "texts/vi.json": _digest(_texts("vi"))}
    for path in FOLDER.iterdir():
        if path.suffix in _TYPES and path.suffix != _ICONS and path.name != _WORKER:
            digests["./" if path.name == "index.html" else path.name] = _digest_of(path, path.stat().st_mtime_ns)
    files = sorted(digests)
    return _digest("".join(f"{file} {digests[file]}\n" for file in files).encode()), files


@lru_cache(maxsize=2)
def _rest(_release: str) -> bytes:
    files = release()[1]
    first = {"./", *_FIRST.findall((FOLDER / "index.html").read_text("utf-8"))}
    contents = {file: _content(FOLDER / file).decode() for file in files if file not in first and not file.startswith("texts/")}
    return json.dumps(contents, ensure_ascii=False, separators=(",", ":")).encode()


def translated() -> dict[str, str]:
    """Return the Vietnamese of every text that the client's modules say."""
    catalogue = text.translations()
    return {message: catalogue.ugettext(message) for message in messages()}


def messages() -> list[str]:
    """Return the English texts in the client's modules, `t("…")`, each once and sorted."""
    sources = (path.read_text("utf-8") for path in sorted(FOLDER.glob("*.mjs")))
    return sorted({found.replace('\\"', '"') for source in sources for found in _MESSAGE.findall(source)})


def _texts(language: str) -> bytes:
    return bytes(JSONResponse(translated() if language == "vi" else {}).body)


@lru_cache(maxsize=256)
def _digest_of(path: Path, _changed_ns: int) -> str:
    return _digest(_content(path))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _answer(request: Request, page: Page) -> Response:
    headers = {**_HEADERS, "ETag": page.etag}
    if request.headers.get("if-none-match", "").removeprefix("W/") == page.etag:
        return Response(status_code=304, headers=headers)
    accepted = {part.split(";")[0].strip() for part in request.headers.get("accept-encoding", "").split(",")}
    coding = next((coding for coding in ("br", "gzip") if coding in accepted), "identity")
    if coding != "identity":
        headers["Content-Encoding"] = coding
    return Response(page.packed[coding], media_type=page.media_type, headers=headers)


@lru_cache(maxsize=256)
def _page(path: Path, _changed_ns: int) -> Page:
    return _packed(_content(path), _TYPES[path.suffix])


def _content(path: Path) -> bytes:
    if path.suffix not in {".mjs", ".css"}:
        return path.read_bytes()
    # Their lines stay, so that an error names the same line as the file.
    return _COMMENT.sub(lambda comment: "\n" * comment.group().count("\n"), path.read_text("utf-8")).encode()


@lru_cache(maxsize=8)
def _packed(content: bytes, media_type: str) -> Page:
    etag = f'"{_digest(content)}"'
    packed = {"identity": content, "gzip": gzip.compress(content, 9, mtime=0), "br": brotli.compress(content, quality=11)}
    return Page(media_type, etag, packed)
