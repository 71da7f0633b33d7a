"""File names from clients are labels: harmless, readable, not too long."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.domain.names import clean_file_name


@pytest.mark.parametrize(
    ("given_name", "label"),
    [
        ("fence_1.jpg", "fence_1.jpg"), ("../../etc/passwd", "passwd"), ("C:\\Ảnh\\hàng rào.jpg", "hàng rào.jpg"), ("a\x00b\n.jpg",
        "ab.jpg"),
        ("evil\u202egpj.exe", "evilgpj.exe"), ("..", ""), ("/", ""), ("", ""), ("\u200b", ""), (unicodedata.normalize("NFD", "ảnh.jpg"),
        "ảnh.jpg"),
        ("x" * 200 + ".jpeg", "x" * 115 + ".jpeg"), ("x" * 200, "x" * 120),
    ],
)  # fmt: skip
def test_names_become_labels(given_name: str, label: str) -> None:
    """Folders, controls, direction marks and length are taken off; Vietnamese letters stay."""
    assert clean_file_name(given_name) == label


@given(st.text(max_size=300))
def test_a_label_stays_a_label(name: str) -> None:
    """Cleaning twice changes nothing: phone, form and server come to the same name."""
    label = clean_file_name(name)

    assert clean_file_name(label) == label
    assert len(label) <= 120
    assert "/" not in label
    assert label not in (".", "..")
