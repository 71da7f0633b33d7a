"""Lists sort as Vietnamese readers expect."""

import pytest

from survey.domain.collation import sort_key


@pytest.mark.parametrize(
    "ordered",
    [
        ["An", "Ăn", "Ân", "Ba", "Ca", "Da", "Đa", "Em", "Êm"],
        ["Thôn", "Thôn 2", "Thôn 10", "Thôn 10A", "Thôn An"],
        ["ba", "bà", "bả", "bã", "bá", "bạ", "bác"],
        ["Bá", "Bà Hai", "Bá Hai", "Bác"],
        ["Dương", "Đặng Văn An", "Đoàn"],
        ["Ngõ 3/2", "Ngõ 3/12", "Ngõ 12"],
        ["", "1", "9", "10", "a"],
    ],
)
def test_order(ordered):
    """Letters decide before tones, numbers count by value, a shorter name comes first."""
    shuffled = ordered[1::2] + ordered[::2]

    assert sorted(shuffled, key=sort_key) == ordered


def test_key_is_the_same_however_the_text_was_typed():
    """Composed and decomposed text, capitals and punctuation give one key, made of digits only."""
    keys = {sort_key("Thôn  Đồng-Tiến"), sort_key("tho\u0302n đo\u0302\u0300ng tie\u0302\u0301n")}

    assert len(keys) == 1
    assert keys.pop().isdigit()
