"""Log lines: one record a line, plain or as JSON, whoever wrote it; no record can pretend to be two, and none holds a secret.

Tokens, one-time links, cookies and passwords do not get as far as a log; what looks like one is blotted out all the same.
"""

import json
import logging
import re
import sys
import threading
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType

# What is known of the request or job in hand; each line that is written meanwhile carries it.
about: ContextVar[Mapping[str, object] | None] = ContextVar("about", default=None)
FIELDS = "fields"  # the attribute of a record that holds its own fields: `log.info("…", extra={FIELDS: {…}})`
_SECRETS = (
    re.compile(r"(?<=/key/)[^/?\s\"']+|(?<=/sign-in/)(?!once\b)[^/?\s\"']+"),
    re.compile(r"\b[0-9]{5}\.[A-Za-z0-9_-]{20,}"),
    re.compile(r"(?i)(?<=bearer )\S+|(?<=basic )\S+|(?<=digest )\S[^\n]*"),
    re.compile(r"(?i)((?:password|passwd|secret|token|totp|otp|cookie|authorization|api_?key)[\"']?\s*[=:]\s*[\"']?)[^\s\"'&;,)}\]]+"),
    re.compile(r"(?<=://)[^/\s:@\"']+:[^@\s\"']+(?=@)"),
)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LONGEST = 20_000  # letters of one record


def configure(form: str) -> None:
    """Send every record of this process to stderr in *form* (`plain` or `json`), warnings and uncaught exceptions included."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else PlainLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("survey", "uvicorn"):
        logging.getLogger(name).setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread


class JsonLines(logging.Formatter):
    """One JSON object a line: `time level logger message`, the fields of the moment and the record's own, `trace`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return *record* as JSON; what a line may not hold is escaped by JSON itself."""
        line = {
            "time": _time(record), "level": record.levelname.lower(), "logger": record.name, "message": blot(_message(record)),
            **_fields(record),
        }  # fmt: skip
        if trace := self._trace(record):
            line["trace"] = blot(trace)
        return json.dumps(line, ensure_ascii=True, default=str)

    def _trace(self, record: logging.LogRecord) -> str:
        parts = [self.formatException(record.exc_info)] if record.exc_info and record.exc_info[0] else []
        return "\n".join([*parts, *([record.stack_info] if record.stack_info else [])])


class PlainLines(JsonLines):
    """`time LEVEL logger: message (field=value …)`; the lines of a trace follow, each behind a bar."""

    def format(self, record: logging.LogRecord) -> str:
        """Return *record* as text; control characters and marks that turn the direction of writing are escaped."""
        fields = " ".join(f"{name}={value}" for name, value in _fields(record).items())
        line = f"{_time(record)} {record.levelname} {record.name}: {blot(_message(record))}" + (f" ({fields})" if fields else "")
        trace = blot(self._trace(record)).splitlines()
        return "\n".join([escape(line), *(f"  | {escape(part)}" for part in trace)])


def blot(text: str) -> str:
    """Return *text* with whatever looks like a token, a one-time link or a password replaced by `***`."""
    for pattern in _SECRETS:
        text = pattern.sub(lambda found: (found[1] if found.re.groups else "") + "***", text)
    return text[:_LONGEST]


def escape(text: str) -> str:
    """Return *text* on one line, without anything that a terminal would obey."""
    return _UNSAFE.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):  # a library that counts its arguments wrong must not lose the line
        return str(record.msg)


def _fields(record: logging.LogRecord) -> Mapping[str, object]:
    return {**(about.get() or {}), **getattr(record, FIELDS, {})}


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger("survey").critical("uncaught", exc_info=(kind, error, trace))


def _log_uncaught_in_thread(found: threading.ExceptHookArgs) -> None:
    if found.exc_value is not None and not isinstance(found.exc_value, SystemExit):
        _log_uncaught(found.exc_type, found.exc_value, found.exc_traceback)
