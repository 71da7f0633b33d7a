"""Office files (XLSX, DOCX) that are the same bytes for the same content: their zip container is written anew without its moments.

Content must bring no moments of its own: the maker sets `created` and `modified` of the document to the bundle's day. Bytes are equal
where the same zlib compresses; another release of it may pack the same content into other bytes.
"""

import io
import tempfile
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

_MOMENT = (1980, 1, 1, 0, 0, 0)  # the first that a zip knows; Excel writes it too
_FIRST = ("[Content_Types].xml", "_rels/.rels")  # where readers that take the file as a stream look for them
_PACKED = (".jpeg", ".jpg", ".png")  # compressed already
_CHUNK = 1 << 16
_UNIX, _REGULAR = 3, 0o100644 << 16


def same_bytes(content: bytes) -> bytes:
    """The office file *content* with fixed moments, order and attributes of its members. Raises zipfile.BadZipFile."""
    return b"".join(same_chunks(io.BytesIO(content)))


def same_chunks(file: BinaryIO) -> Iterator[bytes]:
    """Like `same_bytes` for an open, seekable *file* of any size: memory holds a piece of one member at a time."""
    with tempfile.TemporaryFile() as made:
        _rewrite(file, made)
        made.seek(0)
        while piece := made.read(_CHUNK):
            yield piece


def _rewrite(file: BinaryIO, made: BinaryIO) -> None:
    # Into a file that can seek: readers of streams refuse members that say their sizes behind them.
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: (name not in _FIRST, name)):
            with old.open(name) as source, new.open(_member(name, old.getinfo(name).file_size), "w") as target:
                while piece := source.read(_CHUNK):
                    target.write(piece)


def _member(name: str, size: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _MOMENT)
    info.create_system, info.external_attr = _UNIX, _REGULAR
    info.compress_type = zipfile.ZIP_STORED if name.lower().endswith(_PACKED) else zipfile.ZIP_DEFLATED
    info.file_size = size
    return info
