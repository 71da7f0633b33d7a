"""Texts: every English text of the pages has its Vietnamese, catalogues agree, dates and numbers are written as people write them."""

import re
import string
from datetime import UTC, date, datetime

import pytest
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po

from survey.domain.photos import REFUSALS
from survey.domain.problems import CATALOGUE
from survey.web import text
from survey.wiring import ROOT

KEYWORDS = {"_": None, "ngettext": (1, 2)}
PO_FILES = sorted((text.LOCALE_FOLDER / "vi").glob("*.po"))


def python_messages():
    """Every text in `_("…")` and `ngettext("…", "…", n)` of the web layer and the pages, with its place."""
    for folder in ("survey/web", "pages"):
        for name, line, message, _comments, _context in extract_from_dir(str(ROOT / folder), [("**.py", "python")], keywords=KEYWORDS):
            yield message, f"{folder}/{name}:{line}"
    for line, message, _comments, _context in extract_from_file("python", str(ROOT / "survey_app.py"), keywords=KEYWORDS):
        yield message, f"survey_app.py:{line}"


def singular(message):
    """The English under which the catalogue keeps *message*."""
    return message[0] if isinstance(message, tuple) else message


def template_messages():
    """Every text in `_('…')` of our own HTML pages."""
    for path in (ROOT / "survey/web/templates").glob("*.html"):
        for double, single in re.findall(r"""_\((?:"([^"]*)"|'([^']*)')""", path.read_text()):
            yield double or single, path.name


def catalogue():
    """Vietnamese by English, from all files; plural forms under the singular's English."""
    found = {}
    for path in PO_FILES:
        for message in read_po(path.open("rb"), locale="vi"):
            if message.id:
                english = message.id[0] if isinstance(message.id, tuple) else message.id
                vietnamese = message.string[0] if isinstance(message.string, tuple) else message.string
                found.setdefault(english, []).append((vietnamese, path.name, message.fuzzy))
    return found


def test_every_text_has_its_vietnamese():
    """A page never falls back to English because somebody forgot a catalogue."""
    translated = {english for english, entries in catalogue().items() if all(text and not fuzzy for text, _file, fuzzy in entries)}
    messages = [*python_messages(), *template_messages()]

    assert messages
    assert [f"{place}: {message!r}" for message, place in messages if singular(message) not in translated] == []


def test_areas_agree_on_shared_texts():
    """The same English has one Vietnamese, whichever area says it."""
    differing = {english: entries for english, entries in catalogue().items() if len({vietnamese for vietnamese, *_ in entries}) > 1}

    assert differing == {}


def test_translations_keep_the_placeholders():
    """A translation uses the same `{names}` as the English."""
    pairs = [(english, vietnamese) for english, entries in catalogue().items() for vietnamese, *_ in entries]
    broken = [english for english, vietnamese in pairs if fields(vietnamese) - fields(english)]

    assert broken == []


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=lambda kind: kind.code)
def test_problems_speak_both_languages(kind):
    """Each problem has both sentences, over the same details."""
    assert kind.vi
    assert kind.en
    neutral = re.compile(r"(^|_)(vi|en)$")
    details = [{neutral.sub("", name) for name in fields(texts)} for texts in (kind.vi + kind.remedy_vi, kind.en + kind.remedy_en)]
    assert details[0] == details[1]


def test_refusals_speak_both_languages():
    """A refused file is explained in both languages."""
    assert all(refusal.vi and refusal.en for refusal in REFUSALS.values())


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("vi", "23/11/2026 | 00:30 24/11/2026 | 1.234,5 | 70,5% | 12 m | 1,2 km | 400 kB | 5,5 MB | 3 bài nộp đang chờ duyệt"),
        ("en", "Nov 23, 2026 | Nov 24, 2026, 00:30 | 1,234.5 | 70.5% | 12 m | 1.2 km | 400 kB | 5.5 MB | 3 submissions wait for review"),
    ],
)
def test_dates_and_numbers(locale, expected):
    """Dates are dates in Vietnam; separators follow the language."""
    text.speak(locale)
    evening = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
    shown = (
        text.format_date(date(2026, 11, 23)), text.format_datetime(evening), text.format_number(1234.5), text.format_share(0.705, 1),
        text.format_distance(12.3), text.format_distance(1234), text.format_size(400_000), text.format_size(5_500_000),
        text.ngettext("{n} submission waits for review", "{n} submissions wait for review", 3),
    )  # fmt: skip
    text.speak("vi")

    assert " | ".join(shown).replace("\xa0", " ") == expected


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_vietnamese_has_one_plural_form(count):
    """Every number finds its text."""
    text.speak("vi")

    assert text.ngettext("{n} site in the register", "{n} sites in the register", count) == f"{count} đối tượng trong sổ bộ"


def test_unknown_language_is_vietnamese():
    """A cookie may say anything."""
    text.speak("<xx>")

    assert text.locale() == "vi"


def test_plain_shows_typed_text_as_typed():
    """Markdown reads nothing in what a person typed."""
    assert text.plain("*a* [b](c) <d> $e$ :f:") == r"\*a\* \[b\]\(c\) \<d\> \$e\$ \:f\:"


def fields(template):
    """The names in a `str.format` template."""
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("folder", ["pages", "survey/web", "survey/bundle", "survey/domain"])
def test_no_sign_needs_an_emoji_font(folder):
    """A machine without an emoji font shows a box for these: signs are drawn by style sheets, or plain letters and ticks."""
    emoji = re.compile("[\u2600-\u26ff\u2714\u2718\u2716\u26aa\U0001f000-\U0001faff]")
    files = [path for path in (ROOT / folder).rglob("*") if path.suffix in {".py", ".html", ".css"}]

    assert files
    assert [path.name for path in files if emoji.search(path.read_text())] == []
