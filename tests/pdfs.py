"""What a PDF of ours holds, read without a reader of PDFs: its objects lie in compressed streams."""

import re
import subprocess
import zlib

_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)


def page_count(pdf: bytes) -> int:
    """How many pages *pdf* has, one object each."""
    assert pdf.startswith(b"%PDF")
    objects = [pdf, *(_inflated(part) for part in _STREAM.findall(pdf))]
    return sum(len(re.findall(rb"/Type\s*/Page\b", part)) for part in objects)


def text_of(pdf: bytes) -> str:
    """The words of *pdf* as `pdftotext` reads them, spaces and line ends made one space; fonts of a part of their letters need it."""
    said = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    return " ".join(said.split())


def _inflated(part: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(part)
    except zlib.error:
        return b""
