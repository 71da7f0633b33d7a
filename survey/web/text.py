"""What a person reads: texts, dates and numbers in the person's language, Vietnamese first (DESIGN 2.15).

Code holds English texts, `_("Accept")`; `schema/locale/vi/*.po` hold the Vietnamese, one file for each area, merged when first used.
The language of the moment is set by `speak` (sessions and routes do it); a Streamlit rerun that skips the page (a fragment, a callback)
finds it in `st.session_state`, because each rerun is a new thread with an empty context.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import babel.dates
import babel.numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from streamlit.runtime.scriptrunner import get_script_run_ctx

from survey.domain.problems import Problem

LOCALES = {"vi": "Tiếng Việt", "en": "English"}
DEFAULT_LOCALE = "vi"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LOCALE_FOLDER = Path(__file__).parents[2] / "schema" / "locale"
_KILO, _MEGA = 1000, 1_000_000
STATE_KEY = "survey_locale"

_spoken: ContextVar[str | None] = ContextVar("survey_locale", default=None)


def known_locale(name: str | None) -> str:
    """*name* where it is a language of ours, else Vietnamese."""
    return name if name in LOCALES else DEFAULT_LOCALE


def speak(name: str) -> None:
    """Use language *name* from here on, in this request or script run."""
    _spoken.set(known_locale(name))
    if get_script_run_ctx(suppress_warning=True) is not None:
        import streamlit as st

        st.session_state[STATE_KEY] = known_locale(name)


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Use language *name* within the block only: for texts that are kept in both."""
    before = _spoken.set(known_locale(name))
    try:
        yield
    finally:
        _spoken.reset(before)


def locale() -> str:
    """The language of the moment, `vi` or `en`."""
    spoken = _spoken.get()
    if spoken is None and get_script_run_ctx(suppress_warning=True) is not None:
        import streamlit as st

        spoken = st.session_state.get(STATE_KEY)
    return known_locale(spoken)


def _(msgid: str, /, **values: object) -> str:
    """The text *msgid* (English) in the language of the moment, with `{name}` filled from *values*."""
    text = translations().ugettext(msgid) if locale() == "vi" else msgid
    return text.format(**values) if values else text


def ngettext(singular: str, plural: str, n: int, /, **values: object) -> str:
    """`_` for a text that depends on the number *n*, which the text may use as `{n}`."""
    english = singular if n == 1 else plural
    text = translations().ungettext(singular, plural, n) if locale() == "vi" else english
    return text.format(n=format_number(n), **values)


def plain(value: str) -> str:
    """*value*, typed by somebody, fit for `st.markdown`: every character that Markdown, HTML or LaTeX reads is escaped."""
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|$~:&])", r"\\\1", value)


def problem_text(problem: Problem) -> str:
    """What went wrong and what to do about it, in the language of the moment."""
    return problem.sentence(locale())


def problem_json(problem: Problem) -> dict[str, str]:
    """The answer of our JSON routes to a problem: `code`, `message`, `remedy`, in the language of the moment."""
    kind, english = problem.kind, locale() == "en"
    message, remedy = (kind.en, kind.remedy_en) if english else (kind.vi, kind.remedy_vi)
    return {"code": kind.code, "message": message.format(**problem.details), "remedy": remedy.format(**problem.details)}


@cache
def translations() -> Translations:
    """All Vietnamese catalogues in one; read once in a process."""
    first, *others = sorted((LOCALE_FOLDER / "vi").glob("*.po"))
    merged = _read_catalogue(first)  # not an empty one: that would count plurals the English way
    for path in others:
        merged.merge(_read_catalogue(path))
    return merged


def _read_catalogue(path: Path) -> Translations:
    with path.open("rb") as file:
        catalogue = read_po(file, locale="vi", abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def format_date(day: date | datetime, style: str = "medium") -> str:
    """*day* as a date in Vietnam; an aware time is moved to Asia/Ho_Chi_Minh first."""
    if isinstance(day, datetime):
        day = day.astimezone(ZONE).date()
    if locale() == "vi" and style in ("short", "medium"):
        return f"{day:%d/%m/%Y}"  # Babel writes "23 thg 11, 2026"; people and offices here write 23/11/2026
    return babel.dates.format_date(day, style, locale=locale())


def format_time(moment: datetime) -> str:
    """The time of day of an aware *moment* in Vietnam, 24 hours, minutes."""
    return f"{moment.astimezone(ZONE):%H:%M}"


def format_datetime(moment: datetime) -> str:
    """Date and time of day of an aware *moment* in Vietnam."""
    return f"{format_time(moment)} {format_date(moment)}" if locale() == "vi" else f"{format_date(moment)}, {format_time(moment)}"


def format_number(value: float, decimals: int | None = None) -> str:
    """*value* with the language's separators; *decimals* fixes the digits after the point, None keeps at most three."""
    if decimals is None:
        return babel.numbers.format_decimal(value, locale=locale())
    return babel.numbers.format_decimal(value, format="#,##0" + ("." + "0" * decimals if decimals else ""), locale=locale())


def format_share(share: float, decimals: int = 0) -> str:
    """A share of 0 to 1 as per cent."""
    return f"{format_number(share * 100, decimals)}%"  # no space in either language: decisions here write 70%


def format_distance(metres: float) -> str:
    """*metres* for people: `12 m`, from 1,000 m on `1,2 km`."""
    if round(metres) < _KILO:
        return f"{format_number(metres, 0)}\N{NO-BREAK SPACE}m"
    return f"{format_number(metres / 1000, 1)}\N{NO-BREAK SPACE}km"


def format_size(size: int) -> str:
    """*size* bytes for people: kB below a million, else MB (powers of ten)."""
    if size < _MEGA:
        return f"{format_number(max(1, round(size / 1000)), 0)}\N{NO-BREAK SPACE}kB"
    return f"{format_number(size / 1_000_000, 1)}\N{NO-BREAK SPACE}MB"
