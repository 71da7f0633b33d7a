"""What happens to every request before and after our routes and Streamlit's; docs/security-http.md tells it from outside.

Secrets leave the path, closed doors, sign-in first, headers, small static files.
"""

from starlette.middleware import Middleware

from survey.web.compressed import Compressed
from survey.web.middleware.bodies import Bodies
from survey.web.middleware.cookies import PrefixedCookies
from survey.web.middleware.defects import Defects
from survey.web.middleware.doors import ClosedDoors, SignInFirst, SmallStaticFiles
from survey.web.middleware.headers import STATIC, SecurityHeaders, security_headers
from survey.web.middleware.hidden import HiddenSecrets, PromptAnswers
from survey.web.middleware.hosts import KnownHosts
from survey.web.middleware.limits import Limits
from survey.web.middleware.measured import Measured
from survey.web.middleware.origins import OwnOrigin
from survey.web.middleware.paths import OWN_PREFIXES, is_page
from survey.web.middleware.sockets import GuardedSockets

__all__ = ["OWN_PREFIXES", "STATIC", "PromptAnswers", "is_page", "security_headers", "stack"]


def stack(compressed: Compressed) -> list[Middleware]:
    """Return our middleware, the outermost first: what is cheap refuses before what asks the database."""
    return [
        Middleware(HiddenSecrets),
        Middleware(PromptAnswers),
        Middleware(PrefixedCookies),
        Middleware(Measured),
        Middleware(SecurityHeaders),
        Middleware(Defects),
        Middleware(KnownHosts),
        Middleware(Limits),
        Middleware(OwnOrigin),
        Middleware(Bodies),
        Middleware(GuardedSockets),
        Middleware(ClosedDoors),
        Middleware(SmallStaticFiles, compressed=compressed),
        Middleware(SignInFirst),
    ]
