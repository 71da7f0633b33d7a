"""The field client's files as they are served: small, asked for again, closed to everything foreign, in both languages."""

import hashlib
import io
import re
from pathlib import Path

import brotli
import pytest
from PIL import Image

from survey.web import field, text
from tests.web.conftest import Client

MODULES = sorted(field.FOLDER.glob("*.mjs"))
ALL_LIMIT, FIRST_LIMIT = 100_000, 40_000  # compressed bytes: the page is for slow 3G
# HTTP/1.1 has six connections: with style, texts and the two first questions these come in three waves, each a round trip.
MOST_MODULES = 14
AREAS = ("camera", "field", "forms", "map", "outbox", "shell")  # the catalogues of what the client says


def test_page_is_small(client: Client) -> None:
    """What the first visit fetches, compressed, the whole client for a day offline with it, is what slow 3G carries in two seconds."""
    browser = client()
    first = {"index.html", "style.css", "icon.svg", "texts/vi.json", *_first_modules()}
    behind = {"keeping.mjs", "rest.json", "release.mjs", "texts/en.json", *_modules_of("service.mjs")} - first
    sizes = {}
    for name in first | behind:
        with browser.stream("GET", f"/field/{name}", headers={"accept-encoding": "br"}) as answer:
            assert answer.status_code == 200
            sizes[name] = sum(len(part) for part in answer.iter_raw())

    assert sum(sizes.values()) < ALL_LIMIT
    assert sum(size for name, size in sizes.items() if name in first) < FIRST_LIMIT


def test_one_answer_holds_the_rest(client: Client) -> None:
    """What the first screen does not ask for comes in one answer, each file as it is served by itself."""
    browser = client()
    rest = browser.get("/field/rest.json").json()
    files = set(re.findall(r'^  "([^"]+)",$', browser.get("/field/release.mjs").text, re.MULTILINE))

    assert files - rest.keys() == {"./", "style.css", "icon.svg", "texts/vi.json", "texts/en.json", *_first_modules()}
    assert all(browser.get(f"/field/{file}").text == content for file, content in rest.items())


def test_first_screen_asks_for_its_modules_at_once() -> None:
    """The page names every module of the first screen: found one behind the other, each costs a round trip of seconds."""
    named = re.findall(r'modulepreload" href="([^"]+)"', (field.FOLDER / "index.html").read_text())

    assert set(named) == _first_modules()
    assert len(named) <= MOST_MODULES


def _first_modules() -> set[str]:
    return _modules_of("boot.mjs", "app.mjs")  # the one begins while the other comes


def _modules_of(*names: str) -> set[str]:
    found: set[str] = set()
    waiting = [*names]
    while waiting:
        name = waiting.pop()
        if name not in found and name != "release.mjs":  # which the server writes
            found.add(name)
            waiting += re.findall(r'^(?:import|export)[^;]*? from "\./([^"]+)"', (field.FOLDER / name).read_text(), re.MULTILINE)
    return found


def test_unchanged_files_are_not_sent_again(client: Client) -> None:
    """A second visit asks and hears 304; compressed and plain say the same."""
    browser = client()
    first = browser.get("/field/app.mjs", headers={"accept-encoding": "br"})
    plain = browser.get("/field/app.mjs", headers={"accept-encoding": "identity"})
    again = browser.get("/field/app.mjs", headers={"if-none-match": first.headers["etag"]})

    assert first.headers["content-encoding"] == "br"
    assert first.text == plain.text
    assert first.headers["cache-control"] == "no-cache"
    assert again.status_code == 304
    assert not again.content


def test_page_allows_nothing_foreign(client: Client) -> None:
    """The page's policy names no other host and no inline script."""
    answer = client().get("/field/")
    policy = answer.headers["content-security-policy"]

    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "default-src 'none'" in policy


def test_release_names_every_file_and_its_content(client: Client) -> None:
    """What the phone computes over the files that it has fetched is the name of the release; another content has another name."""
    browser = client()
    module = browser.get("/field/release.mjs").text
    files = re.findall(r'^  "([^"]+)",$', module, re.MULTILINE)
    contents = {file: browser.get(f"/field/{file.removeprefix('./')}").content for file in files}

    def name(of: dict[str, bytes]) -> str:
        lines = "".join(f"{file} {hashlib.sha256(of[file]).hexdigest()[:32]}\n" for file in files)
        return hashlib.sha256(lines.encode()).hexdigest()[:32]

    assert {"./", "app.mjs", "texts/vi.json", "texts/en.json", "manifest.webmanifest"} <= set(files)
    assert {path.name for path in MODULES} - set(files) == {"service.mjs"}
    assert f'RELEASE = "{name(contents)}"' in module
    assert browser.get("/field/service.mjs").text.endswith(f"// Release {name(contents)}\n")
    assert name(contents) != name({**contents, "app.mjs": b"another"})


def test_manifest_lets_a_phone_install_the_page(client: Client) -> None:
    """Name, start, display and icons stand as browsers want them, and every icon has the size that is said."""
    browser = client()
    answer = browser.get("/field/manifest.webmanifest")
    manifest = answer.json()

    assert answer.headers["content-type"] == "application/manifest+json"
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("./", "./", "standalone")
    assert {"any", "maskable"} == {icon["purpose"] for icon in manifest["icons"]}
    for icon in manifest["icons"]:
        if icon["type"] == "image/png":
            picture = Image.open(io.BytesIO(browser.get(f"/field/{icon['src']}").content))
            assert icon["sizes"] == f"{picture.width}x{picture.height}"


@pytest.mark.parametrize("path", ["/field/none.mjs", "/field/..%2fpyproject.toml", "/field/texts/xx.json", "/field/a/b", "/field/%2e%2e"])
def test_other_paths_are_unknown(client: Client, path: str) -> None:
    """What is not a file of the client is 404, and never Streamlit's page."""
    answer = client().get(path)

    assert answer.status_code == 404
    assert "streamlit" not in answer.text


def test_address_without_slash_leads_there(client: Client) -> None:
    """/field is what people type."""
    answer = client().get("/field")

    assert answer.status_code in {302, 307}
    assert answer.headers["location"] == "/field/"


def test_every_text_has_its_vietnamese() -> None:
    """Each t("…") of the client has a Vietnamese one, with the same places to fill."""
    catalogue = field.translated()
    missing = [message for message, translation in catalogue.items() if translation == message]
    differing = [message for message, translation in catalogue.items() if _places(message) != _places(translation)]

    assert len(catalogue) > 50
    assert missing == []
    assert differing == []


def _places(message: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", message))


def test_catalogue_has_no_leftovers() -> None:
    """A Vietnamese text that nothing says any more goes."""
    said = "\n".join(path.read_text() for path in [*MODULES, field.FOLDER.parent / "pages" / "capture.py"])
    catalogues = [path.read_text() for path in sorted((text.LOCALE_FOLDER / "vi").glob("*.po")) if path.stem in AREAS]
    known = re.findall(r'^msgid "(.+)"$', "\n".join(catalogues), re.MULTILINE)

    assert len(known) > 50
    assert [message for message in known if f'"{message}"' not in said] == []


def test_texts_are_served(client: Client) -> None:
    """The catalogue comes as JSON; English is the empty one."""
    browser = client()

    assert browser.get("/field/texts/vi.json").json()["Send"] == "Gửi"
    assert browser.get("/field/texts/en.json").json() == {}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_comments_are_not_sent(path: Path, client: Client) -> None:
    """What is for readers of the code does not go over the line; every other line is where it was."""
    sent = re.sub(r"// Release \w+\n$", "", client().get(f"/field/{path.name}").text).split("\n")
    written = path.read_text().split("\n")

    assert len(sent) == len(written)
    differing = [(line, here.lstrip()) for line, here in zip(sent, written, strict=True) if line != here]
    assert all(line == "" and here.startswith(("//", "/*", "*")) for line, here in differing)
    assert not [line for line in sent if line.lstrip().startswith(("//", "/**", "* "))]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_modules_keep_the_house_style(path: Path) -> None:
    """Short files that say in their first line what they hold, import only each other, and never make markup from text."""
    source = path.read_text()
    imported = re.findall(r'from "([^"]+)"', source.replace('"./release.mjs"', '"./app.mjs"'))  # that one the server writes

    assert source.startswith("// ")
    assert source.count("\n") <= 300
    assert all(name.startswith("./") and (path.parent / name).is_file() for name in imported)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", source)
    assert max(len(line) for line in source.splitlines()) <= 140


def test_packing_is_lossless() -> None:
    """What is sent compressed is what stands on the disk."""
    page = field._packed(b"abc" * 100, "text/plain")

    assert brotli.decompress(page.packed["br"]) == b"abc" * 100
