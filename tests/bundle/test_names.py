"""Names in a bundle: readable, ASCII, never twice."""

from hypothesis import given
from hypothesis import strategies as st

from survey.bundle.names import Names, extension, plain, plain_code

HOSTILE = ["../../etc/passwd", "a\0.jpg", "anh\u202egpj.exe", "x" * 400, "<img onerror>", "CON", "", "  ", "Thôn Đá Mốc", "=1+1"]


def test_vietnamese_becomes_ascii() -> None:
    """A name can be read without its marks."""
    assert plain("Thôn Đông Sơn 2") == "thon-dong-son-2"
    assert plain_code("HO-0012") == "HO-0012"
    assert plain_code("Hộ-12") == "ho-12"
    assert extension("image/heic") == "heic"
    assert extension("text/html") == "bin"


def test_hostile_words_are_tamed() -> None:
    """No separator, control character, device name or long name comes through."""
    for word in HOSTILE:
        for tamed in (plain(word), plain_code(word)):
            assert tamed.isascii()
            assert all(letter.isalnum() or letter == "-" for letter in tamed)
            assert 0 < len(tamed) <= 42
            assert tamed.lower() != "con"


@given(st.lists(st.text(max_size=12), max_size=40))
def test_no_two_names_alike(stems: list[str]) -> None:
    """However names collide, also by case only, each is given out once."""
    names = Names()
    given_out = [names.numbered(plain(stem), ".jpg") for stem in stems] + [names.once(plain_code(stem), ".xml") for stem in stems]

    assert len({name.lower() for name in given_out}) == len(given_out)


def test_numbers_do_not_collide_with_other_stems() -> None:
    """`a_01` by itself and the first of `a` are two names."""
    names = Names()
    first = [names.once("a_01"), names.numbered("a"), names.once("a_01"), names.numbered("A")]

    assert first == ["a_01", "a_02", "a_01-2", "A_03"]
