"""What a PDF of ours holds, read without a reader of PDFs: its objects lie in compressed streams."""

import re
import zlib

_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)


def page_count(pdf: bytes) -> int:
    """How many pages *pdf* has, one object each."""
    assert pdf.startswith(b"%PDF")
    objects = [pdf, *(_inflated(part) for part in _STREAM.findall(pdf))]
    return sum(len(re.findall(rb"/Type\s*/Page\b", part)) for part in objects)


def _inflated(part: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(part)
    except zlib.error:
        return b""
