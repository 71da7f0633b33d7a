"""Loaded forms, on both engines."""

from datetime import UTC, datetime, timedelta

import pytest

from survey.domain.problems import Problem
from survey.forms.compile import compile_xlsform
from survey.store import Store
from survey.store.events import select_events
from survey.store.forms import insert_form, select_form, select_forms, select_tree, update_retired
from tests.conftest import COMMUNE, seed
from tests.forms.tables import table

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
FIRST = table("text | a")
SECOND = table("text | a", "text | b", settings="small | 2 | household | Tiếng Việt (vi)")


def _load(store: Store, content: bytes, at: datetime = NOW) -> bool:
    with store.transaction() as tx:
        return insert_form(tx, COMMUNE, compile_xlsform(content, "small.xlsx"), content, at)


def _events(store: Store) -> list[str]:
    with store.reading() as reader:
        return [row["body"] for row in select_events(reader, COMMUNE)]


def test_a_form_is_kept_as_it_was_compiled(store: Store) -> None:
    """What comes out is what went in, tree and XForm alike."""
    seed(store)
    compiled = compile_xlsform(FIRST, "small.xlsx")

    assert _load(store, FIRST) is True
    with store.reading() as reader:
        assert select_form(reader, COMMUNE, "small", "1") == compiled
        assert select_tree(reader, COMMUNE, "small", "1") == compiled.tree
        assert select_form(reader, COMMUNE, "small", "9") is None
        assert select_tree(reader, "06979", "small", "1") is None


def test_the_newest_version_is_offered_and_the_older_stays_readable(store: Store) -> None:
    """Phones get version 2; what was captured with version 1 is still read."""
    seed(store)
    _load(store, FIRST)
    _load(store, SECOND, NOW + timedelta(days=1))

    with store.reading() as reader:
        assert [(head.form, head.version) for head in select_forms(reader, COMMUNE)] == [("small", "2")]
        assert select_tree(reader, COMMUNE, "small", "1") is not None


def test_the_same_file_again_changes_nothing(store: Store) -> None:
    """No second row, no second event."""
    seed(store)
    _load(store, FIRST)

    assert _load(store, FIRST) is False
    assert len(_events(store)) == 1
    assert '"form.loaded"' in _events(store)[0]


def test_a_version_cannot_change_its_content(store: Store) -> None:
    """The same version with other questions is refused, and nothing is written."""
    seed(store)
    _load(store, FIRST)
    with pytest.raises(Problem) as raised:
        _load(store, table("text | other"))

    assert raised.value.kind.code == "FORM_VERSION_TAKEN"
    assert len(_events(store)) == 1


def test_a_retired_version_is_not_offered_and_can_come_back(store: Store) -> None:
    """Retiring gives the version before it its place; loading it again takes it back."""
    seed(store)
    _load(store, FIRST)
    _load(store, SECOND, NOW + timedelta(days=1))
    with store.transaction() as tx:
        update_retired(tx, COMMUNE, "small", "2", NOW + timedelta(days=2))
    with store.reading() as reader:
        assert [head.version for head in select_forms(reader, COMMUNE)] == ["1"]
        assert select_form(reader, COMMUNE, "small", "2") is not None
    _load(store, SECOND, NOW + timedelta(days=3))

    with store.reading() as reader:
        assert [head.version for head in select_forms(reader, COMMUNE)] == ["2"]


def test_retiring_what_is_not_there_is_a_problem(store: Store) -> None:
    """FORM_UNKNOWN, with the form's name."""
    seed(store)
    with pytest.raises(Problem) as raised, store.transaction() as tx:
        update_retired(tx, COMMUNE, "small", "1", NOW)

    assert raised.value.kind.code == "FORM_UNKNOWN"
