"""The providers of identities (OpenID Connect) that Streamlit's secrets name, and the words of the buttons that lead to them."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from streamlit.auth_util import get_secrets_auth_section, validate_auth_credentials
from streamlit.errors import StreamlitAuthError
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from survey.web.text import _

DEFAULT = "default"


def providers() -> dict[str, str]:
    """The providers that `[auth]` names completely, by their name there, each with the words of its button."""
    section = get_secrets_auth_section()
    named = {name: value for name, value in section.items() if isinstance(value, Mapping) and "client_id" in value}
    if "client_id" in section:
        named.setdefault(DEFAULT, section)
    return {name: _words(str(values.get("title", ""))) for name, values in named.items() if _is_complete(name)}


def forget_streamlits(request: Request, response: Response) -> None:
    """Delete what Streamlit may have put into this browser about an identity; nothing of ours reads it."""
    for name in request.cookies:
        if name.startswith(USER_COOKIE_NAME):
            response.delete_cookie(name, path="/")


def _words(title: str) -> str:
    return _("Sign in with {provider}", provider=title) if title else _("Sign in with the organisation's account")


def _is_complete(name: str) -> bool:
    try:
        validate_auth_credentials(name)
    except StreamlitAuthError:
        return False
    return True
