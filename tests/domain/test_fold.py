"""Folding: search with and without Vietnamese diacritics finds the same sites."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.domain.fold import fold

CASES = json.loads((Path(__file__).parents[1] / "vectors" / "fold.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize(("text", "folded"), CASES)
def test_vectors_shared_with_the_browser(text: str, folded: str) -> None:
    """Each shared case folds as the browser folds it."""
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    """What is stored folded can be folded again with the query and still be found."""
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="aàảãáạăằẳẵắặâầẩẫấậđeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵ "))
def test_every_vietnamese_letter_becomes_ascii(text: str) -> None:
    """No Vietnamese letter keeps a mark."""
    assert fold(text).isascii()
