"""People, passwords, one-time sign-in links and sessions: who may come in, and as whom.

Secrets are made here and stored as hashes: passwords with argon2id (RFC 9106, second recommended option), cookies and links with SHA-256,
as they are 256 random bits. Log events hold ids only. Lifetimes are our own choice, written down in docs/operations.md:
an inspector's browser stays signed in while it is used once in 30 days, a desk while it is used once in 12 hours, both 90 days at most.
An enrolled phone (`survey.devices`) keeps its door while it is used once in 180 days, 400 days at most: no browser keeps a cookie
longer (RFC 6265bis, 5.5). Its door closes at once when the phone is revoked.
"""

from survey.accounts.granting import change_grant
from survey.accounts.passwords import LONGEST_PASSWORD, PASSWORD_LENGTH, change_password, verify_password, without_old_password
from survey.accounts.people import create_person, disable_person, make_sign_in_link, set_locale
from survey.accounts.sessions import (
    SignedIn,
    end_other_sessions,
    end_session,
    end_sessions,
    find_link,
    find_session,
    finish_sign_in,
    open_sessions,
    sign_in,
    sign_in_by_link,
    sign_out,
    start_session,
)
from survey.domain.problems import Problem

__all__ = [
    "LONGEST_PASSWORD",
    "PASSWORD_LENGTH",
    "Problem",
    "SignedIn",
    "change_grant",
    "change_password",
    "create_person",
    "disable_person",
    "end_other_sessions",
    "end_session",
    "end_sessions",
    "find_link",
    "find_session",
    "finish_sign_in",
    "make_sign_in_link",
    "open_sessions",
    "set_locale",
    "sign_in",
    "sign_in_by_link",
    "sign_out",
    "start_session",
    "verify_password",
    "without_old_password",
]
