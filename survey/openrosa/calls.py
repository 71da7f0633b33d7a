"""One call at the OpenRosa door: who asks, in which language, and by which address."""

from dataclasses import dataclass

from starlette.requests import Request

from survey.domain.people import Actor
from survey.wiring import Settings, Survey

KEY = "survey.key"  # where the outermost middleware puts the token that the path had
WHO = "survey.who"  # where it finds who sends the request, once that is known
_LANGUAGES = ("vi", "en")


@dataclass(frozen=True)
class Call:
    """What a route of this door works with; *base* is the address under which this phone reaches it, its token included."""

    survey: Survey
    actor: Actor
    request: Request
    base: str
    language: str

    def link(self, path: str) -> str:
        """The absolute address of *path* of this door, for this phone."""
        return f"{self.base}/{path}"


def base_of(request: Request, settings: Settings) -> str:
    """The address of this door as the client uses it: the public one where there is one, and behind the client's token where it came so."""
    root = settings.public_url or f"{request.scope['scheme']}://{request.headers.get('host', '')}"
    key = request.scope.get(KEY)
    return f"{root}/key/{key}/openrosa" if key else f"{root}/openrosa"


def is_private(request: Request, settings: Settings) -> bool:
    """Whether nobody on the way can read along: TLS up to us, or up to the proxy that serves our public https address."""
    return request.scope["scheme"] == "https" or (
        settings.secure and request.headers.get("host", "") == (settings.public_url or "").removeprefix("https://")
    )


def language_of(request: Request) -> str:
    """The first of our languages that the client asks for; Vietnamese where it asks for neither."""
    wanted = (part.strip()[:2].lower() for part in request.headers.get("accept-language", "").split(","))
    return next((language for language in wanted if language in _LANGUAGES), _LANGUAGES[0])
