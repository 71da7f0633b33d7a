"""HEIF containers, built box by box: what a decoder reads before it meets any pixel."""

import struct


def box(kind: bytes, payload: bytes) -> bytes:
    """One box."""
    return struct.pack(">I", 8 + len(payload)) + kind + payload


def full_box(kind: bytes, payload: bytes, version: int = 0, flags: int = 0) -> bytes:
    """One box with version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags) + payload)


def heic(width: int, height: int, data: bytes = b"no HEVC") -> bytes:
    """A HEIC that claims one image of *width* x *height*, whose coded bytes are *data*."""
    head = box(b"ftyp", b"heic\0\0\0\0mif1heic")
    meta = _meta(width, height, 0, len(data))
    return head + _meta(width, height, len(head) + len(meta) + 8, len(data)) + box(b"mdat", data)


def _meta(width: int, height: int, offset: int, length: int) -> bytes:
    decoder = bytes([1, 1, 0x60, 0, 0, 0, 0xB0, 0, 0, 0, 0, 0, 93, 0xF0, 0, 0xFC, 0xFD, 0xF8, 0xF8, 0, 0, 0x0F, 0])
    properties = box(b"ipco", full_box(b"ispe", struct.pack(">II", width, height)) + box(b"hvcC", decoder))
    association = full_box(b"ipma", struct.pack(">IHBBB", 1, 1, 2, 1, 0x82))
    item = full_box(b"infe", struct.pack(">HH", 1, 0) + b"hvc1\0", version=2)
    return full_box(
        b"meta",
        full_box(b"hdlr", bytes(4) + b"pict" + bytes(13))
        + full_box(b"pitm", struct.pack(">H", 1))
        + full_box(b"iinf", struct.pack(">H", 1) + item)
        + full_box(b"iloc", struct.pack(">BBHHHHII", 0x44, 0, 1, 1, 0, 1, offset, length))
        + box(b"iprp", properties + association),
    )
