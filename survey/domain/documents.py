"""Papers that people attach to what they state: which kinds are taken, told by their first bytes, and how they are called.

They are kept and handed out as they came, never opened, drawn or converted here.
"""

from typing import Final

LIMIT: Final = 20_000_000  # bytes; our own choice: a scanned decision of fifty pages
TAKEN: Final = "PDF, JPEG, PNG, WebP, HEIC, DOCX, XLSX"
ENDINGS: Final = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
_MAGIC = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})
_ZIP = b"PK\x03\x04"
_PARTS = {"docx": b"word/document.xml", "xlsx": b"xl/workbook.xml"}
_MACROS = b"vbaProject.bin"


def media_type_of(content: bytes) -> str | None:
    """The media type of a paper that is taken, by its magic bytes; None for every other, and for office files with macros."""
    for magic, media_type in _MAGIC:
        if content.startswith(magic):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return "image/heic"
    return _office_type(content) if content.startswith(_ZIP) else None


def _office_type(content: bytes) -> str | None:
    # The names of a ZIP's parts stand in it as they are; nothing is unpacked.
    if b"[Content_Types].xml" not in content or _MACROS in content:
        return None
    kinds = [ending for ending, part in _PARTS.items() if part in content]
    return next((media_type for media_type, ending in ENDINGS.items() if [ending] == kinds), None)
