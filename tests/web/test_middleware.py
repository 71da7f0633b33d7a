"""What surrounds every answer: headers, closed doors, sign-in first, small static files, 404 under our own prefixes."""

import socket
import tomllib

import brotli
import pytest

from survey.web import middleware
from survey.web.compressed import Compressed
from survey.wiring import ROOT
from tests.web.conftest import run_apart


@pytest.mark.parametrize("path", ["/", "/sign-in", "/healthz", "/api/nothing", "/static/nothing.js"])
def test_every_answer_carries_the_headers(client, path):
    """Pages, routes, refusals and static files alike."""
    headers = client("reviewer").get(path).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "base-uri 'none'" in headers["content-security-policy"]
    assert "unsafe-eval'" not in headers["content-security-policy"].replace("'wasm-unsafe-eval'", "")
    assert "camera=(self)" in headers["permissions-policy"]


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/agent/interact"])
def test_closed_doors(client, path):
    """Streamlit's numbers and its door for automatons answer nobody, coordinators included."""
    assert client("coordinator").get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/review", "/people", "/1_review", "/pages/review.py", "/survey_app.py", "/?x=1"])
def test_signed_out_pages_lead_to_the_sign_in_page(client, path):
    """No Streamlit page is opened without a session; the way back is kept."""
    answer = client().get(path)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert "streamlit" not in answer.text


@pytest.mark.parametrize(
    "path",
    ["/api", "/api/", "/api/nothing", "/field/no/such", "/openrosa/nothing", "/key/x", "/key/x/api/me", "/photos/x", "/bundles/no/such",
     "/sign-in/a/b", "/sign-out/x", "/healthz/x", "/formList", "/submission"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_unknown_addresses_under_our_prefixes_are_404(client, path, method):
    """Streamlit would answer a mistyped API address 200 with its page."""
    answer = client("reviewer").request(method, path, headers={"accept": "application/json"})

    assert answer.status_code in {404, 405}
    assert "streamlit" not in answer.text


def test_field_without_slash_is_redirected(client):
    """`/field` is what people type."""
    answer = client().get("/field")

    assert (answer.status_code, answer.headers["location"]) == (307, "/field/")


def test_the_first_page_has_one_address(client):
    """Streamlit serves it at `/` alone; `/home`, as the lists of pages call it, leads there."""
    answer = client("reviewer").get("/home")

    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_health_says_nothing_but_health(client):
    """A probe needs no account and learns nothing."""
    answer = client().get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_static_files_travel_compressed(client, tmp_path):
    """A browser that takes brotli gets the file made once; another gets Streamlit's own."""
    source = tmp_path / "streamlit" / "static" / "js"
    source.mkdir(parents=True)
    script = b"console.log('xin chao');" * 100
    (source / "index.abc.js").write_bytes(script)
    compressed = Compressed(tmp_path / "streamlit", tmp_path / "cache2")

    assert compressed.find("/static/js/index.abc.js") is None
    compressed.make()
    small = compressed.find("/static/js/index.abc.js")
    assert (brotli.decompress(small.path.read_bytes()), small.media_type) == (script, "text/javascript")
    assert small.path.stat().st_size < len(script) / 10
    assert compressed.find("/static/../survey.db") is None


def test_a_full_disk_does_not_stop_the_server(tmp_path):
    """What cannot be written stays uncompressed."""
    (tmp_path / "cache").write_text("a file where a folder should be")
    compressed = Compressed(middleware.STATIC, tmp_path / "cache")
    compressed.make()

    assert compressed.find("/static/js/index.js") is None


def contrast(one, other):
    """The contrast ratio of two `#rrggbb` colours (WCAG 2.2, relative luminance)."""

    def luminance(colour):
        parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_theme_has_aa_contrast(scheme):
    """Text 4.5 : 1 on both grounds, borders of controls 3 : 1 (WCAG 2.2, 1.4.3 and 1.4.11)."""
    theme = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"][scheme]

    for ground in (theme["backgroundColor"], theme["secondaryBackgroundColor"]):
        for ink in ("textColor", "linkColor", "primaryColor"):
            assert contrast(theme[ink], ground) >= 4.5, (ink, ground)
        assert contrast(theme["borderColor"], ground) >= 3, ground


def test_main_button_has_aa_contrast():
    """White on our green, in both schemes."""
    assert contrast("#ffffff", "#17603a") >= 4.5


def test_the_end_of_an_answer_is_sent_at_once() -> None:
    """Nagle's algorithm is off on the connection of a request, as uvicorn hands it over."""
    ours = socket.create_server(("127.0.0.1", 0))
    theirs = socket.create_connection(ours.getsockname())
    accepted = ours.accept()[0]

    class Transport:
        def get_extra_info(self, name: str) -> socket.socket | None:
            return accepted if name == "socket" else None

    class Cycle:
        transport = Transport()

        async def receive(self) -> dict[str, str]:
            return {"type": "http.disconnect"}

    async def app(scope: object, receive: object, send: object) -> None: ...

    async def send(message: object) -> None: ...

    run_apart(middleware.PromptAnswers(app), {"type": "http"}, Cycle().receive, send)

    assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
    for one in (ours, theirs, accepted):
        one.close()
