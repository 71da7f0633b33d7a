"""What every answer tells the browser: what may run, who may frame it, what is kept; stricter where a route is ours."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from survey.web import session
from survey.web.middleware.paths import is_own

STATIC = Path(streamlit.__file__).parent / "static"
_UNUSED = (
    "accelerometer", "autoplay", "bluetooth", "browsing-topics", "display-capture", "encrypted-media", "gyroscope", "hid",
    "identity-credentials-get", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment",
    "publickey-credentials-get", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
# What our own routes need where they say nothing else: an answer is data, not a document that could do anything.
_OWN_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


class SecurityHeaders:
    """Adds what browsers need to know to protect the person; a route's own header of the same name stays."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI's own signature
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _headers_of(scope["path"]).items():
                    headers.setdefault(name, value)
                if scope["path"] == "/sign-out" and scope["method"] == "POST":
                    # Views of photos that the browser has kept; not `storage`, which would take unsent visits with it, nor `cookies`,
                    # which would sign out of the office's other applications on this domain.
                    headers["Clear-Site-Data"] = '"cache"'
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def _headers_of(path: str) -> dict[str, str]:
    return _own_headers() if is_own(path) else security_headers()


@cache
def _own_headers() -> dict[str, str]:
    return {**security_headers(), "Content-Security-Policy": _OWN_POLICY, "Cache-Control": "no-store"}


@cache
def security_headers() -> dict[str, str]:
    """Return the headers of Streamlit's answers; the policy is what Streamlit, its maps and our components were seen to need."""
    headers = {
        "Content-Security-Policy": (
            f"default-src 'self'; script-src 'self' blob: 'wasm-unsafe-eval' {_inline_scripts()}; style-src 'self' 'unsafe-inline'; "
            "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; worker-src 'self' blob:; "
            "object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
        ),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        # Not `no-referrer`: it makes browsers send `Origin: null` with our own forms.
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), geolocation=(self), " + ", ".join(f"{name}=()" for name in _UNUSED),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Origin-Agent-Cluster": "?1",
    }
    if session.open().settings.secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


def _inline_scripts() -> str:
    """The hashes of the scripts inside Streamlit's index.html, so that these alone may run inline."""
    scripts = re.findall(r"<script>(.*?)</script>", (STATIC / "index.html").read_text(), re.DOTALL)
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts)
