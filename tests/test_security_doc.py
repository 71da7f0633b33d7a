"""docs/security.md answers every requirement of OWASP ASVS 5.0.0 at level 1 and 2, and names only tests and files that exist."""

import re

from survey.wiring import ROOT

_LEVEL_1 = """
1.2.1-5 1.3.1-2 1.5.1 2.1.1 2.2.1-2 2.3.1 3.2.1-2 3.3.1 3.4.1-2 3.5.1-3 4.1.1 4.4.1 5.2.1-2 5.3.1-2 6.1.1 6.2.1-8 6.3.1-2 6.4.1-2
7.2.1-4 7.4.1-2 8.1.1 8.2.1-2 8.3.1 9.1.1-3 9.2.1 10.4.1-5 11.3.1-2 11.4.1 12.1.1 12.2.1-2 13.4.1 14.2.1 14.3.1 15.1.1 15.2.1 15.3.1
"""
_LEVEL_2 = """
1.1.1-2 1.2.6-9 1.3.3-11 1.4.1-3 1.5.2 2.1.2-3 2.2.3 2.3.2-4 2.4.1 3.3.2-4 3.4.3-6 3.5.4-5 3.7.1-2 4.1.2-3 4.2.1 4.3.1-2 4.4.2-4
5.1.1 5.2.3 5.4.1-3 6.1.2-3 6.2.9-12 6.3.3-4 6.4.3-4 6.5.1-5 6.6.1-3 6.8.1-4 7.1.1-3 7.3.1-2 7.4.3-5 7.5.1-2 7.6.1-2 8.1.2 8.2.3 8.4.1
9.2.2-4 10.1.1-2 10.2.1-2 10.3.1-4 10.4.6-11 10.5.1-5 10.6.1-2 10.7.1-3 11.1.1-2 11.2.1-3 11.3.3 11.4.2-4 11.5.1 11.6.1 12.1.2-3
12.3.1-4 13.1.1 13.2.1-5 13.3.1-2 13.4.2-5 14.1.1-2 14.2.2-4 14.3.2-3 15.1.2-3 15.2.2-3 15.3.2-7 16.1.1 16.2.1-5 16.3.1-4 16.4.1-3
16.5.1-3 17.1.1 17.2.1-4 17.3.1-2
"""
"""The numbers of the standard at each level: 70 and 183, as its own text counts them."""
DOCUMENT = (ROOT / "docs" / "security.md").read_text()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in DOCUMENT.splitlines() if re.match(r"\| \d+\.\d+\.\d+ \|", line)]


def _numbers(text: str) -> set[str]:
    found = set()
    for span in text.split():
        section, _, ends = span.rpartition(".")
        first, _, last = ends.partition("-")
        found |= {f"{section}.{number}" for number in range(int(first), int(last or first) + 1)}
    return found


def test_every_requirement_is_answered_once() -> None:
    """All of level 1, all of level 2, none twice, none of another level."""
    answered = {level: [row[0] for row in ROWS if row[1] == level] for level in ("1", "2")}

    assert (len(_numbers(_LEVEL_1)), len(_numbers(_LEVEL_2))) == (70, 183)
    assert sorted(answered["1"]) == sorted(_numbers(_LEVEL_1))
    assert sorted(answered["2"]) == sorted(_numbers(_LEVEL_2))
    assert len(ROWS) == 253


def test_every_answer_is_shown_by_something_that_exists() -> None:
    """Each row names a test or a file, or says that it does not apply; each of these is there."""
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    missing = []
    for number, _, asks, answer, shown in ROWS:
        named = re.findall(r"`([^`]+)`", shown)
        assert asks, number
        assert answer, number
        assert bool(named) != (shown == "–"), number
        assert shown != "–" or answer.startswith("does not apply"), number
        missing += [name for name in named if (f"def {name}(" not in tests if name.startswith("test_") else not (ROOT / name).exists())]

    assert missing == []
