"""Age's format as we write it: judged by `age` and pyrage both ways, and whatever is changed in a file is refused, never given as bytes."""

import os
import random
import subprocess
from pathlib import Path

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.store import age_format as age

P = age.PIECE
NAME = "a" * 64
TEXT = age.Identity.generate()
IDENTITY = age.Identity.read(TEXT)
SIZES = [0, 1, P - 1, P, P + 1, 2 * P - 1, 2 * P, 2 * P + 1, 17 * P + 5]


def sealed(content: bytes, name: str = NAME, identity: age.Identity = IDENTITY) -> bytes:
    """The file of *content*."""
    file_key = age.new_file_key(identity)
    body = b"".join(age.seal(file_key, [content]))
    return age.header(file_key, identity, name, len(content)) + body[age.HEADER :]


def opened(file: bytes, name: str = NAME) -> bytes:
    """The bytes of *file*, read whole."""
    file_key = age.open_header(file[: age.START], [IDENTITY], name)
    return b"".join(age.unseal(file_key, [file[age.START :]]))


@pytest.mark.parametrize("size", SIZES)
def test_age_and_pyrage_open_what_we_write(size: int, tmp_path: Path) -> None:
    """The two implementations, Go's and Rust's, give the plain bytes back; so do we, and we know the size before."""
    content = os.urandom(size)
    file = sealed(content)
    (tmp_path / "key").write_text(TEXT + "\n")
    (tmp_path / "file").write_bytes(file)
    done = subprocess.run(["age", "-d", "-i", tmp_path / "key", tmp_path / "file"], capture_output=True, check=True)

    assert done.stdout == content
    assert pyrage.decrypt(file, [pyrage.x25519.Identity.from_str(TEXT)]) == content
    assert opened(file) == content
    assert age.open_header(file[: age.START], [IDENTITY], NAME).size == size


@pytest.mark.parametrize("size", SIZES)
def test_we_open_a_payload_of_theirs(size: int) -> None:
    """A file that pyrage writes has no stanza of ours and is refused as a file; its payload, with the file key, is what we read."""
    content = os.urandom(size)
    theirs = pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(IDENTITY.recipient)])
    with pytest.raises(age.NotOursError):
        age.open_header(theirs[: age.START], [IDENTITY], NAME)
    head, _, payload = theirs.partition(b"\n---")[0], None, theirs.split(b"\n--- ", 1)[1].split(b"\n", 1)[1]
    stanza = next(line for line in head.split(b"\n-> ") if line.startswith(b"X25519 "))
    ephemeral, wrapped = (age._unb64(part) for part in stanza[7:].split(b"\n")[:2])
    key = age._wrapping(IDENTITY.private, ephemeral, ephemeral, IDENTITY.public).decrypt(b"\0" * 12, wrapped, None)

    assert b"".join(age.unseal(age.FileKey(key, payload[:16], size, IDENTITY.recipient), [payload[16:]])) == content


def test_the_key_is_read_as_age_reads_it() -> None:
    """The public key computed from the 32 bytes is the one that the library tells."""
    for _ in range(50):
        text = age.Identity.generate()
        identity = age.Identity.read(text)
        number = 0
        for letter in identity.recipient[4:-6]:
            number = number << 5 | age._BECH32.index(letter)
        assert (number >> 4).to_bytes(32, "big") == identity.public
    with pytest.raises(pyrage.IdentityError):
        age.Identity.read(TEXT[:-1] + ("Q" if TEXT[-1] != "Q" else "P"))
    assert "secret" not in repr(IDENTITY)


@given(st.integers(0, 4 * P), st.integers(0, 2**32), st.lists(st.integers(1, 3 * P), max_size=6))
@settings(deadline=None, max_examples=60)
def test_any_size_in_any_chunks(size: int, seed: int, cuts: list[int]) -> None:
    """However the bytes come and the file is cut while it is read, the bytes are the same, and each range of pieces is."""
    content = random.Random(seed).randbytes(size)  # noqa: S311 - any bytes
    file_key = age.new_file_key(IDENTITY)
    file = b"".join(age.seal(file_key, _cut(content, cuts)))
    file = age.header(file_key, IDENTITY, NAME, size) + file[age.HEADER :]
    found = age.open_header(file[: age.START], [IDENTITY], NAME)
    first = seed % (found.last + 1)
    last = first + (seed // 7) % (found.last + 1 - first)

    assert b"".join(age.unseal(found, _cut(file[age.START :], cuts))) == content
    some = file[found.place(first) : found.place(last + 1)]
    assert b"".join(age.unseal(found, _cut(some, cuts), first, last)) == content[first * P : (last + 1) * P]


def _cut(content: bytes, sizes: list[int]) -> list[bytes]:
    pieces = []
    for size in sizes:
        pieces.append(content[:size])
        content = content[size:]
    return [*pieces, content]


def test_one_changed_byte_anywhere_is_refused() -> None:
    """No byte of a file can be another: in header, nonce or payload, not even a bit that base64 leaves over."""
    for place in range(len(SMALL)):
        for change in (1, 2, 3, 32, 128):
            with pytest.raises((age.NotOursError, age.OtherKeyError, age.ChangedError)):
                opened(_changed(SMALL, place, change))


@given(st.integers(0, 3 * P), st.integers(1, 255))
@settings(deadline=None, max_examples=100)
def test_one_changed_byte_of_a_large_file_is_refused(place: int, change: int) -> None:
    """In every piece."""
    with pytest.raises((age.NotOursError, age.OtherKeyError, age.ChangedError)):
        opened(_changed(LARGE, place, change))


def _changed(file: bytes, place: int, change: int) -> bytes:
    return file[:place] + bytes([file[place] ^ change]) + file[place + 1 :]


SMALL, LARGE = sealed(b"small"), sealed(os.urandom(3 * P + 9))


@given(st.integers(0, len(LARGE) - 1))
@settings(deadline=None, max_examples=100)
def test_a_file_cut_anywhere_is_refused(length: int) -> None:
    """Also at the border of a piece."""
    with pytest.raises((age.NotOursError, age.ChangedError)):
        opened(LARGE[:length])


def test_cut_grown_and_swapped_at_the_borders_of_pieces() -> None:
    """Pieces dropped from the end, doubled, in another order, of another file: refused; what came before stays as it was."""
    s = P + 16
    head, a, b, c, d = LARGE[: age.START], *(LARGE[age.START + at * s :][:s] for at in range(4))
    other = sealed(os.urandom(3 * P + 9))
    cut = [[], [a], [a, b], [a, b, c], [a, b, d], [a, b, c, other[-25:]]]
    for pieces in (*cut, [a, b, c, d, b"x"], [a, b, c, d, d], [b, a, c, d], [a, c, b, d]):
        with pytest.raises(age.ChangedError):
            opened(head + b"".join(pieces))
    with pytest.raises((age.ChangedError, age.OtherKeyError)):
        opened(other[: age.HEADER] + LARGE[age.HEADER :])


def test_another_name_another_key_and_a_forged_header() -> None:
    """A whole file under another's name, one for another key, and one made with the public key alone are told apart and refused."""
    with pytest.raises(age.ChangedError):
        opened(SMALL, "b" * 64)
    with pytest.raises(age.OtherKeyError):
        age.open_header(SMALL[: age.START], [age.Identity.read(age.Identity.generate())], NAME)
    # Whoever knows the public key can wrap a file key for it, but not bind a name to it.
    stranger = age.Identity(os.urandom(32), IDENTITY.recipient)
    stranger.__dict__["public"] = IDENTITY.public
    forged = sealed(b"forged", identity=stranger)
    assert pyrage.decrypt(forged, [pyrage.x25519.Identity.from_str(TEXT)]) == b"forged"
    with pytest.raises(age.ChangedError):
        opened(forged)
