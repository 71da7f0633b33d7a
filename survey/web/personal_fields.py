"""The fields and values of a report for a person, in the reader's language: no code or id where there is a word for it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from survey.domain.columns import CHOICE_NAMES, COLUMN_NAMES, choice_label, field_label
from survey.domain.community import ReportState
from survey.domain.people import Role
from survey.domain.personal import RequestKind, RequestState, Said
from survey.domain.submissions import Consent, FileState, State
from survey.domain.tasks import Origin, TaskState
from survey.domain.times import from_text
from survey.web import text
from survey.web.layout import role_name
from survey.web.logs_words import act_words, change_words, subject_words
from survey.web.personal_words import kind_title, state_title
from survey.web.review_arrival import consent_words
from survey.web.review_history import state_name
from survey.web.tasks_words import origin_words, state_words
from survey.web.text import _

HIDDEN = frozenset({"about", "commune", "submission", "quarantine", "media_type", "form_version", "seq", "vi", "en", "received"})
"""What stands in the zip only: ids and figures that help programs and tell a person nothing."""
_ROLES = frozenset({"role", "visited_by", "decided_by"})
_DAYS = frozenset({"due_on", "received_on", "said_on"})
_LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}


def field_names() -> dict[str, str]:
    """What each field of a report is called."""
    return {**_of_homes(), **_of_visits(), **_of_people(), **_of_files()}


def say_field(name: str) -> str:
    """The name of a field of a report."""
    return field_names().get(name, name.replace("_", " "))


def say_value(part: str, name: str, value: Any, names: Mapping[str, str]) -> str:
    """A value of a report's *part* in words; *names* are those of checklists, rounds, hamlets and submissions by their ids."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return " · ".join(f"{_attribute(key)}: {_choice(key, one)}" for key, one in value.items())
    return _of_kind(name, value) or _of_code(part, name, value) or names.get(str(value)) or _figure(name, value)


def _of_kind(name: str, value: Any) -> str:
    """A role, a day or a moment; empty for anything else."""
    if name in _ROLES:
        return role_name(Role(value)) if value in tuple(Role) else _("Operator of the server")
    if name in _DAYS:
        return text.format_date(date.fromisoformat(value))
    if name.endswith("_at") or name in ("at", "known_from"):
        return text.format_datetime(from_text(str(value)))
    return ""


def _of_code(part: str, name: str, value: Any) -> str:
    """The word for a code that stands in one kind of part only; empty where there is none."""
    words: dict[tuple[str, str], Mapping[str, str]] = {
        ("files", "state"): _file_states(), ("tasks", "state"): {one.value: state_words(one) for one in TaskState},
        ("residents_reports", "state"): _report_states(), ("requests", "state"): {one.value: state_title(one) for one in RequestState},
        ("requests", "kind"): {one.value: kind_title(one) for one in RequestKind},
        ("tasks", "origin"): {one.value: origin_words(one) for one in Origin},
        ("said_at_office", "said"): {Said.WITHDRAWN.value: _("withdrawn"), Said.GIVEN.value: _("given")},
    }  # fmt: skip
    everywhere: dict[str, Mapping[str, str]] = {
        "state": {one.value: state_name(one) for one in State}, "to_state": {one.value: state_name(one) for one in State},
        "consent": {one.value: " ".join(consent_words(one)) for one in Consent}, "language": _LANGUAGES,
        "notice_known": {"told": _("as the phone said"), "derived": _("derived: the one in force on that day")},
        "way": {"password": _("with a password"), "link": _("by a one-time link"), "oidc": _("with an outside identity")},
    }  # fmt: skip
    known = words.get((part, name), everywhere.get(name, {})).get(str(value), "")
    if name == "act":
        return act_words(str(value))
    if name == "kind" and not known:
        return change_words(str(value)) if part == "log" else subject_words(str(value))
    return known


def _figure(name: str, value: Any) -> str:
    if name == "size":
        return text.format_size(int(value))
    if name == "accuracy_m":
        return text.format_distance(float(value))
    return str(value)


def _attribute(name: str) -> str:
    return field_label(name, text.locale()) if name in COLUMN_NAMES else name


def _choice(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    known = value in CHOICE_NAMES.get(name, {})
    return choice_label(name, str(value), text.locale()) if known else str(value)


def _file_states() -> dict[str, str]:
    return {
        FileState.MISSING.value: _("not received"), FileState.STORED.value: _("kept"), FileState.REFUSED.value: _("no photo"),
        FileState.UNREFERENCED.value: _("kept, named by no answer"),
    }  # fmt: skip


def _report_states() -> dict[str, str]:
    return {ReportState.WAITING.value: _("waits"), ReportState.TAKEN.value: _("taken"), ReportState.DISMISSED.value: _("put aside")}


def _of_homes() -> dict[str, str]:
    return {
        "name": _("Name"), "code": _("Code"), "hamlet": _("Hamlet"), "id": "ID", "made_at": _("Made"), "known_from": _("Known from"),
        "latitude": _("Latitude"), "longitude": _("Longitude"), "attributes": _("Details"), "closed": _("Closed"),
        "said": _("What they said"), "said_on": _("On"), "note": _("Note"), "paper": _("Paper (SHA-256)"), "origin": _("Found by"),
        "finding": _("Rule"), "title": _("Title"), "missing": _("What is missing"), "unit": _("Unit"), "due_on": _("Due"),
        "opened_at": _("Opened"), "closed_at": _("Closed"), "text": _("Words"), "decided_at": _("Decided"), "bundle": _("Bundle"),
        "fetched": _("Fetched by"),
    }  # fmt: skip


def _of_visits() -> dict[str, str]:
    return {
        "captured_at": _("Captured"), "received_at": _("Received"), "state": _("State"), "consent": _("Said to photos"),
        "form": _("Checklist"), "round": _("Round"), "accuracy_m": _("Accuracy"), "instance_sha256": _("Form as received (SHA-256)"),
        "erased_at": _("Erased"), "files": _("File"), "notes": _("Note"), "reason": _("Reason"), "at": _("When"), "to_state": _("State"),
        "visited_by": _("Visited by"), "decided_by": _("Decided by"), "notice": _("Notice that was shown"),
        "notice_version": _("Version of the notice"), "notice_known": _("How that is known"), "version": _("Version of the notice"),
    }  # fmt: skip


def _of_people() -> dict[str, str]:
    return {
        "role": _("Role"), "act": _("What was done"), "kind": _("Kind"), "first_at": _("First"), "last_at": _("Last"),
        "times": _("How often"), "words": _("Words"), "outcome": _("Outcome"), "received_on": _("Received"), "language": _("Language"),
        "created_at": _("Made"), "expires_at": _("Ends"), "ended_at": _("Ended"), "browser": _("Browser"), "way": _("Way"),
        "username": _("Login"), "enrolled_at": _("Enrolled"), "seen_at": _("Last seen"), "revoked_at": _("Revoked"),
        "issuer": _("Issued by"), "subject": _("Known there as"), "linked_at": _("Linked"), "device": _("Phone"),
        "edition": _("Edition"), "criterion": _("Criterion"), "agency": _("Agency"), "person_name": _("Name"), "brought_at": _("Brought"),
    }  # fmt: skip


def _of_files() -> dict[str, str]:
    return {"question": _("Question"), "sha256": "SHA-256", "size": _("Size"), "number": _("Number")}
