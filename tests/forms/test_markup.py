"""Labels of public forms as plain text: the dress goes, the words stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.forms.markup import plain_text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("**Bold** and __bold__", "Bold and bold"),
        ("*slanted* and _slanted_", "slanted and slanted"),
        ("**${name}** is *${age}* years old", "${name} is ${age} years old"),
        ("# Heading", "Heading"),
        ('<span style="color:red">red</span><br/>next<p>one</p>', "red\nnextone"),
        ("[the guide](https://example.org/a_b)", "the guide (https://example.org/a_b)"),
        ("Tom &amp; Ann &lt; 5", "Tom & Ann < 5"),
        (r"\*not bold\* and \_neither\_", "*not bold* and _neither_"),
        ("photo_1 and file_name_2", "photo_1 and file_name_2"),
        ("2 * 3 * 4 = 24, 2*3*4", "2 * 3 * 4 = 24, 2*3*4"),
        ("5 < 7 and 7 > 5", "5 < 7 and 7 > 5"),
        ("<5 years", "<5 years"),
        ("It costs $5 or ${price_per_kg}", "It costs $5 or ${price_per_kg}"),
        ("${a_b_c} _x_ ${_d_}", "${a_b_c} x ${_d_}"),
        ("Số thửa # 12", "Số thửa # 12"),
    ],
)
def test_dress_goes_and_words_stay(text: str, plain: str) -> None:
    """Markdown and HTML as ODK Collect draws it; what only looks like it is left alone."""
    assert plain_text(text) == plain


@given(st.text(alphabet="*_#<>[]()&;\\/ab 1${}\n", max_size=60))
def test_any_label_is_read(text: str) -> None:
    """Nothing makes it fail, and references survive."""
    plain = plain_text(text)

    assert plain.count("${") == text.count("${") or "${" in text
