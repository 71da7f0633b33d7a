"""Whatever an edition's or a scenario's file holds, reading it ends in objects or in one refusal that names file, key and remedy."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey.catalogue.editions import HEAD, Document, read_document, read_edition
from survey.catalogue.scenario_run import try_scenario
from survey.catalogue.scenarios import read_scenarios
from survey.catalogue.vocabulary import Question, read_questions
from survey.catalogue.yaml_files import read_any_yaml, read_yaml
from survey.domain.problems import BROKEN_CATALOGUE, Problem
from survey.forms.compile import compile_xlsform

ROOT = Path(__file__).parents[2]
EXAMPLE = read_document(ROOT / "tests" / "scenarios" / "vi-du")
_WRONG = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**30), 10**30), st.floats(), st.text(max_size=30), st.just([]), st.just({}), st.just([[]]),
    st.lists(st.text(max_size=5), max_size=3), st.dictionaries(st.one_of(st.text(max_size=8), st.integers()), st.integers(), max_size=3),
    st.sampled_from(["2026-02-30", "yes", "read", "missing", "share", "sites", "all", "1", "household", "\x00", "\ud800", "\u202e",
                     "a" * 6000]),
)  # fmt: skip


def _questions() -> dict[str, Question]:
    found: dict[str, Question] = {}
    for path in sorted((ROOT / "schema" / "forms").glob("*.xlsx")):
        form = compile_xlsform(path.read_bytes(), path.name)
        found |= read_questions(form.form, form.tree)
    return found


QUESTIONS = _questions()


def _refusal(read: Callable[[], object]) -> Problem | None:
    """The refusal in which *read* ends, with all that a person needs to mend the file; None where it is read."""
    try:
        read()
    except Problem as problem:
        return problem
    return None


def _is_whole(problem: Problem | None) -> bool:
    return problem is None or bool(
        problem.kind is BROKEN_CATALOGUE and problem.details["key"] and problem.sentence("vi") != problem.sentence("en")
    )


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in inner for place in _places(part, (*path, key)))] if path else [
        place for key, part in inner for place in _places(part, (key,))
    ]  # fmt: skip


def _changed(files: Any, place: tuple[Any, ...], value: Any, *, drop: bool) -> Any:
    """*files* with another value at *place*, or without it."""
    changed = copy.deepcopy(files)
    target = changed
    for key in place[:-1]:
        target = target[key]
    if drop:
        del target[place[-1]]
    else:
        target[place[-1]] = value
    return changed


PLACES = _places(EXAMPLE.files[HEAD])


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(place=st.sampled_from(PLACES), value=_WRONG, drop=st.booleans(), strict=st.booleans())
def test_a_changed_edition_is_read_or_refused(place: tuple[Any, ...], value: Any, *, drop: bool, strict: bool) -> None:
    """Every key of the example with every kind of wrong value, or left out."""
    files = {HEAD: _changed(EXAMPLE.files[HEAD], place, value, drop=drop)}

    assert _is_whole(_refusal(lambda: read_edition(Document("vi-du", files), QUESTIONS if strict else None)))


CASE = ROOT / "tests" / "scenarios" / "example.yaml"
CASES = read_any_yaml(CASE)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(data=st.data(), value=_WRONG, drop=st.booleans())
def test_a_changed_scenario_is_tried_or_refused(tmp_path: Path, data: st.DataObject, value: Any, *, drop: bool) -> None:
    """Every key of the example's cases with every kind of wrong value, or left out."""
    case = data.draw(st.sampled_from(CASES))
    place = data.draw(st.sampled_from(_places(case)))
    changed = _changed(case, place, value, drop=drop)
    path = tmp_path / "case.yaml"
    path.write_bytes(_yaml(changed))

    assert _is_whole(_refusal(lambda: [try_scenario(scenario, EXAMPLE) for scenario in read_scenarios(path, QUESTIONS)]))


def _yaml(case: Any) -> bytes:
    """One case as a file: plain mappings and lists in flow style, texts quoted, so that nothing changes its type on the way."""
    return ("- " + _flow(case) + "\n").encode("utf-8", errors="surrogatepass")


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if value is None or isinstance(value, bool | int | float):
        return {None: "null", True: "true", False: "false"}.get(value, repr(value)) if not isinstance(value, int | float) else repr(value)
    return '"' + "".join(f"\\U{ord(letter):08X}" if letter in '"\\' or ord(letter) < 32 else letter for letter in value) + '"'


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(content=st.one_of(st.binary(max_size=200), st.text(alphabet="ab:-[]{},&*!|>'\"%@#? \n\t\\<0123456789.~=", max_size=120)))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes | str) -> None:
    """No file crashes the reader."""
    path = tmp_path / "any.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())

    assert _is_whole(_refusal(lambda: read_yaml(path)))


@pytest.mark.parametrize(
    "content",
    ["a: " + "[" * 100 + "]" * 100, "a: &x 1\nb: *x", "a: 1\n" * 2, "a: !!python/object/apply:os.system ['true']", "\ta: 1",
     "x" * 1_000_001],
)  # fmt: skip
def test_hostile_yaml(tmp_path: Path, content: str) -> None:
    """Deep nesting, aliases, keys twice, tags of code, tabs and huge files are refused."""
    path = tmp_path / "hostile.yaml"
    path.write_text(content)
    problem = _refusal(lambda: read_yaml(path))

    assert problem is not None
    assert _is_whole(problem)


def test_many_keys_are_read_in_one_go(tmp_path: Path) -> None:
    """Whether a key is there twice is asked once for each key: 60,000 of them took minutes when each was held against all."""
    path = tmp_path / "many.yaml"
    path.write_text("".join(f"b{number}: 1\n" for number in range(60_000)))

    assert len(read_yaml(path)) == 60_000


def test_numbers_and_words_are_what_they_look_like(tmp_path: Path) -> None:
    """`017`, `12:30`, `1_000`, `on` and `=` are other things in YAML 1.1."""
    path = tmp_path / "words.yaml"
    path.write_text("a: 017\nb: 12:30\nc: 1_000\nd: on\ne: =\nf: 0.70\ng: 2026-02-15\nh: ~\n")

    assert read_yaml(path) == {"a": 17, "b": "12:30", "c": "1_000", "d": "on", "e": "=", "f": 0.7, "g": "2026-02-15", "h": None}
