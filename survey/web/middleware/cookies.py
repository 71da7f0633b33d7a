"""Our cookies bear `__Host-` or `__Secure-` behind TLS, so that no other name of the domain and no line without TLS can plant one.

Inside they keep their plain names: this takes the prefix off what comes and puts it on what goes. A plain cookie of an older release still
opens its session, since a phone's may be 400 days old; it counts for nothing beside a prefixed one, and goes when that is given.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from survey.web import session

# `__Host-` needs the path `/`; what is sent to the sign-in page alone has the weaker mark.
_PREFIXES = {
    b"survey_session": b"__Host-", b"survey_locale": b"__Host-", b"survey_step": b"__Host-", b"survey_identity": b"__Host-",
    b"survey_known": b"__Secure-",
}  # fmt: skip
_PLAIN = {prefix + name: name for name, prefix in _PREFIXES.items()}
_FORGET = b'=""; Max-Age=0; Path=%b; HttpOnly; SameSite=lax; Secure'
_ONLY_AT = {b"survey_known": b"/sign-in"}
Header = tuple[bytes, bytes]


class PrefixedCookies:
    """Names our cookies as browsers guard them; whatever else sets one behind TLS, Streamlit included, has it marked `Secure`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI's own signature
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        # In place, as the server writes its log from this scope.
        scope["headers"], old = take_off(scope["headers"])

        async def send_prefixed(message: Message) -> None:
            if message["type"] == "http.response.start" and session.open().settings.secure:
                message["headers"] = put_on(message.get("headers", ()), old)
            await send(message)

        await self._app(scope, receive, send_prefixed)


def take_off(headers: list[Header]) -> tuple[list[Header], set[bytes]]:
    """Return *headers* with our cookies under their plain names, and which of them came under these alone or besides."""
    if not any(name == b"cookie" for name, _ in headers):
        return headers, set()
    shown = [part.strip() for name, value in headers if name == b"cookie" for part in value.split(b";") if part.strip()]
    named = [(part.partition(b"=")[0], part) for part in shown]
    guarded = {_PLAIN[name] for name, _ in named if name in _PLAIN}
    kept = [part.replace(name, _PLAIN.get(name, name), 1) for name, part in named if name not in guarded]
    others = [(name, value) for name, value in headers if name != b"cookie"]
    return [*others, (b"cookie", b"; ".join(kept))], {name for name, _ in named if name in _PREFIXES}


def put_on(headers: list[Header], old: set[bytes]) -> list[Header]:
    """Return an answer's *headers* with our cookies prefixed, every cookie `Secure`, and the plain ones of *old* that are replaced gone."""
    made: list[Header] = []
    for header, value in headers:
        if header != b"set-cookie":
            made.append((header, value))
            continue
        name = value.partition(b"=")[0]
        secure = value if b"; secure" in value.lower() else value + b"; Secure"
        made.append((header, _PREFIXES.get(name, b"") + secure))
        if name in old:
            made.append((header, name + _FORGET % _ONLY_AT.get(name, b"/")))
    return made
