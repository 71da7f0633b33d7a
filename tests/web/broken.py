"""Changes of valid XML, multipart bodies and headers at random: the same dice make the same bytes."""

import re
from collections.abc import Callable, Sequence
from random import Random

_LETTERS = "aăđÿ字\U0001f33e \t'\"<>&;:/\\%\x00\x0b\r\n\u202e\ufffe{}[]=,.-_0"
_DTD = (
    b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>', b'<!DOCTYPE d SYSTEM "file:///etc/passwd">',
    b'<!DOCTYPE d [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x">%x;]>', b"<!doctype html>", b"<!DOCTYPE", b"<?xml-stylesheet href='x'?>",
)  # fmt: skip
_HEADS = (
    b'<?xml version="1.0" encoding="UTF-16"?>', b'<?xml version="1.1"?>', b'<?xml version="1.0" encoding="punycode"?>', b"\xef\xbb\xbf",
    b"\xff\xfe", b'<?xml version="1.0" encoding="utf-7"?>', b'<?xml version="9"?>', b"\n \n", b"\x00",
    b"<?xml version='1.0' standalone='no'?>",
)  # fmt: skip
_BITS = (
    b"&a;", b"&#0;", b"&#xD800;", b"&#x110000;", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<x", b"/>", b"</data>", b'="', b"xmlns:a=''",
    b"\x00", b"\x0b", b"\xff", b"\xed\xa0\x80", b"<meta>", b"nan", b"1e999", b"-0", b"9" * 400, b"\xd9\xa3", b"2026-02-30", b"NULL",
    b"../../x",
)  # fmt: skip
_CODECS = ("utf-16", "utf-16-le", "utf-32", "latin-1", "utf-8-sig", "utf-7")
_FEW = 0.1


def xml(dice: Random, content: bytes) -> bytes:
    """*content* changed once to four times; now and then as it is."""
    changed = bytes(content)
    for _ in range(dice.choice((0, 1, 1, 2, 4))):
        changed = dice.choice(_CHANGES)(dice, changed)
    return changed


def octets(dice: Random, content: bytearray) -> bytearray:
    """Some bytes turned, taken out, doubled, or the end cut off."""
    for _ in range(dice.choice((1, 2, 8))):
        at = dice.randrange(len(content) or 1)
        kind = dice.randrange(4)
        if kind == 0:
            content[at : at + 1] = bytes([dice.randrange(256)])
        elif kind == 1:
            content[at : at + dice.randrange(1, 50)] = b""
        elif kind == 2:
            content[at:at] = content[at : at + 200]
        else:
            content[at:] = content[at : at + len(content) * dice.randrange(1, 100) // 100]
    return content


def text(dice: Random) -> str:
    """A few odd letters, seldom very many."""
    return "".join(dice.choice(_LETTERS) for _ in range(dice.choice((0, 1, 5, 30, 300))))


def header(dice: Random) -> str:
    """What a header may hold and mostly does not: letters of latin-1 without line ends."""
    return text(dice).encode("latin-1", "replace").decode("latin-1").translate({0: None, 10: None, 13: None})


def headers(dice: Random) -> list[tuple[str, str]]:
    """None mostly; else one that nobody expects, or one twice."""
    if dice.random() > _FEW:
        return []
    odd = (
        ("Content-Type", "multipart/form-data; boundary=other"), ("Content-Encoding", "gzip"), ("Accept-Language", header(dice)),
        ("X-OpenRosa-Version", header(dice)), ("Authorization", header(dice)), ("Content-Length", "7"), ("Expect", "100-continue"),
        ("Cookie", header(dice)), ("X-Forwarded-For", header(dice)), ("Range", header(dice)), ("Transfer-Encoding", "chunked"),
    )  # fmt: skip
    return dice.choices(odd, k=dice.choice((1, 1, 2)))


def multipart(dice: Random, parts: Sequence[tuple[str, str, bytes]]) -> tuple[str, bytes]:
    """The media type and the body of a form with *parts* (field, file name, content), its frame whole or broken."""
    boundary = dice.choice((b"b", b"----WebKit1", b"x" * 70, b"a'()+_,./:=?", b"\xc3\xa9", b"-" * 20, b""))
    body = b"".join(_part(dice, boundary, *part) for part in parts) + b"--" + boundary + dice.choice((b"--\r\n", b"--", b"", b"\r\n--\r\n"))
    if dice.random() < 3 * _FEW:
        body = bytes(octets(dice, bytearray(body)))
    if dice.random() < _FEW:
        body = body.replace(b"\r\n", dice.choice((b"\n", b"\r", b"\r\n\r\n")))
    said = boundary.decode("latin-1")
    usual = f"multipart/form-data; boundary={said}"
    others = (
        f'multipart/form-data; boundary="{said}"', "multipart/form-data", f"multipart/mixed; boundary={said}", usual + "; boundary=z",
        usual + "; charset=punycode", usual + "; charset=utf-16", "multipart/form-data; boundary=", f"MULTIPART/Form-Data;BOUNDARY={said}",
        f"multipart/form-data; boundary={'y' * 3000}", "text/xml", "",
    )  # fmt: skip
    return (dice.choice(others) if dice.random() < 2 * _FEW else usual), body


def name_of(content: bytes) -> str:
    """The instanceID in an instance."""
    found = re.search(rb"uuid:[0-9a-f-]+", content)
    return found[0].decode() if found else "uuid:1"


def _part(dice: Random, boundary: bytes, field: str, name: str, content: bytes) -> bytes:
    odd = (field, text(dice), field * 500, 'x"; filename="y', "*isIncomplete*")
    field = dice.choice(odd) if dice.random() < _FEW else field
    told = f'Content-Disposition: form-data; name="{field}"' + (f'; filename="{name}"' if name else "")
    if dice.random() < 2 * _FEW:
        told = dice.choice((
            told + f'; filename="{text(dice)}"', told + "; filename*=UTF-8''%FF%00..%2f", told.replace("form-data", "attachment"),
            told + "\r\nContent-Transfer-Encoding: base64", told + f"\r\nContent-Type: text/plain; charset={text(dice)[:9]}", told * 3,
            "Content-Disposition:", "", told + "\r\n" + "X: y\r\n" * 200, told + "\r\nA" * 5000, f'{told}; filename="../../{name}"',
        ))  # fmt: skip
    return b"--" + boundary + b"\r\n" + told.encode("utf-8", "replace") + b"\r\n\r\n" + content + b"\r\n"


def _cut(dice: Random, content: bytes) -> bytes:
    return content[: dice.randrange(len(content) + 1)]


def _nest(dice: Random, content: bytes) -> bytes:
    depth = dice.choice((10, 90, 300, 5000))
    return content.replace(b"</fence>", b"<n>" * depth + b"x" + b"</n>" * dice.choice((depth, depth - 1)) + b"</fence>", 1)


def _doctype(dice: Random, content: bytes) -> bytes:
    return dice.choice(_DTD) + content.replace(b"40<", dice.choice((b"&b;<", b"&x;<", b"40<")), 1)


def _head(dice: Random, content: bytes) -> bytes:
    return dice.choice(_HEADS) + content


def _encode(dice: Random, content: bytes) -> bytes:
    return content.decode("utf-8", "replace").encode(dice.choice(_CODECS), "replace")


def _attributes(dice: Random, content: bytes) -> bytes:
    many = b" ".join(b'a%d="%s"' % (number, b"v" * dice.choice((1, 500))) for number in range(dice.choice((1, 20, 2000))))
    odd = (many, b'x="%s"' % (b"9" * 100_000), b'id="%s"' % text(dice).encode("utf-8", "replace"), b'version="1"', b'xmlns="urn:x"')
    return content.replace(b"<data ", b"<data " + dice.choice(odd) + b" ", 1)


def _insert(dice: Random, content: bytes) -> bytes:
    at = dice.randrange(len(content) + 1)
    return content[:at] + dice.choice(_BITS) + content[at:]


def _fill(dice: Random, content: bytes) -> bytes:
    """Other words in an element, which a person might have typed."""
    words = dice.choice((text(dice).encode("utf-8", "replace"), *_BITS))
    return re.sub(rb">[^<>]+<", lambda found: b">" + words + b"<" if dice.random() < 0.5 else found[0], content, count=6)


def _repeat(dice: Random, content: bytes) -> bytes:
    found = re.search(rb"<(fence|meta|survey)\b.*</\1>", content, re.DOTALL)
    return content if found is None else content.replace(found[0], found[0] * dice.choice((2, 3, 400)), 1)


def _spaces(dice: Random, content: bytes) -> bytes:
    """Another name space, or another spelling of one."""
    other = dice.choice((b"", b"urn:x", b"http://www.w3.org/2000/xmlns/", b"\xc4\x91"))
    return re.sub(rb'xmlns="[^"]*"', b'xmlns="%s"' % other, content, count=1)


def _turn(dice: Random, content: bytes) -> bytes:
    return bytes(octets(dice, bytearray(content)))


_CHANGES: tuple[Callable[[Random, bytes], bytes], ...] = (
    _cut, _nest, _doctype, _head, _encode, _attributes, _insert, _insert, _fill, _fill, _repeat, _spaces, _turn,
)  # fmt: skip
