"""Chance as the adversary: whatever byte of a bundle flips, the check ends without a crash and says so."""

import io
import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey.bundle.signature import fingerprint, public_line
from survey.bundle.verify import verify
from tests.bundle.raw_zip import bag_of, raw_zip
from tests.bundle.sealed import FOLDER, KEY, SIGNATURE, payload_of, sealed

WHOLE = raw_zip(bag_of(sealed(payload_of()), FOLDER))
PRINT = fingerprint(public_line(KEY.public_key()))
_QUIET = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _contents() -> list[tuple[str, int, int]]:
    """Name, first byte and end of each member's content in the file."""
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive:
        starts = [(info, info.header_offset + 30 + len(info.filename)) for info in archive.infolist()]
    return [(info.filename.split("/", 1)[1], start, start + info.file_size) for info, start in starts]


@pytest.mark.parametrize(("name", "start", "stop"), _contents(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_flipped_byte_of_a_file_is_named(tmp_path: Path, name: str, start: int, stop: int) -> None:
    """Of each file, the seal's own included, a flipped bit anywhere is found with its path."""
    chance = random.Random(name)  # noqa: S311 - the same places each time
    places = {start, stop - 1, *(chance.randrange(start, stop) for _ in range(25))}
    path = tmp_path / "x.zip"
    for place in sorted(places):
        content = bytearray(WHOLE)
        content[place] ^= 1 << chance.randrange(8)
        path.write_bytes(content)

        paths = {fault.path.partition(":")[0] for fault in verify(path, fingerprint=PRINT).faults}
        assert name in paths or (name == SIGNATURE and paths)


@given(flips=st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(1, 255)), min_size=1, max_size=4))
@_QUIET
def test_random_flips_never_crash(tmp_path: Path, flips: list[tuple[int, int]]) -> None:
    """Anywhere in the zip, its structure included: an answer, never an exception."""
    content = bytearray(WHOLE)
    for place, mask in flips:
        content[place] ^= mask
    path = tmp_path / "x.zip"
    path.write_bytes(content)

    for fault in verify(path, fingerprint=PRINT).faults:
        assert fault.vi
        assert fault.en


@given(start=st.integers(0, len(WHOLE)), length=st.integers(0, 500), filler=st.binary(max_size=500))
@_QUIET
def test_random_cuts_and_pastes_are_found(tmp_path: Path, start: int, length: int, filler: bytes) -> None:
    """A piece cut out, or replaced by another of any length: found, whatever it was."""
    content = WHOLE[:start] + filler + WHOLE[start + length :]
    path = tmp_path / "x.zip"
    path.write_bytes(content)

    changed = content != WHOLE
    inside = start + length < WHOLE.rindex(b"PK\x01\x02")  # attributes in the directory, moments for one, change no file
    assert bool(verify(path, fingerprint=PRINT).faults) or not changed or (len(filler) == length and not inside)


@given(content=st.binary(max_size=2000))
@_QUIET
def test_any_bytes(tmp_path: Path, content: bytes) -> None:
    """What is no zip at all, with an end record behind it or not."""
    path = tmp_path / "x.zip"
    for tail in (b"", WHOLE[-22:], WHOLE[-300:]):
        path.write_bytes(content + tail)
        assert verify(path).faults


@given(signature=st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "replace")))
@_QUIET
def test_any_signature(tmp_path: Path, signature: bytes) -> None:
    """A signature file of anything, in armour or not, is damaged."""
    members = sealed(payload_of())
    path = tmp_path / "x.zip"
    for text in (signature, b"-----BEGIN SSH SIGNATURE-----\n" + signature + b"\n-----END SSH SIGNATURE-----\n"):
        path.write_bytes(raw_zip(bag_of({**members, SIGNATURE: text}, FOLDER)))
        assert [fault.code for fault in verify(path).faults] == ["SIGNATURE_DAMAGED"]
