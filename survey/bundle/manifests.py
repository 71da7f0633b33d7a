"""The texts of a stranger's bag, read line by line: manifests and bag-info (RFC 8493 2.1.3, 2.2.2)."""

import re
from collections.abc import Iterable, Iterator

from survey.bundle.container import MAX_MEMBERS
from survey.bundle.faults import Fault, Found

_LINE = re.compile(rb"([0-9a-fA-F]{64}) [ *](\S.*)", re.DOTALL)
_LONGEST = 4200  # a hash and a name of a thousand letters
_LONGEST_LABEL = 1 << 16


def lines_of(chunks: Iterable[bytes], longest: int) -> Iterator[bytes | None]:
    """The lines of *chunks* without their ends (LF, CR LF); None for each that is longer than *longest* bytes, which is not kept."""
    rest, skipping = b"", False
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield None if skipping or len(line) > longest else line.removesuffix(b"\r")
            skipping = False
        if len(rest) > longest:
            rest, skipping = b"", True
    if rest or skipping:
        yield None if skipping else rest.removesuffix(b"\r")


def read_manifest(name: str, chunks: Iterable[bytes], *, payload: bool, found: Found) -> dict[str, str]:
    """The hashes that the manifest *name* lists, by path; a line that cannot be read, or says a path twice, goes to *found*.

    *payload* is whether it lists what is below `data/` or what is not.
    """
    listed: dict[str, str] = {}
    for number, line in enumerate(lines_of(chunks, _LONGEST), 1):
        if number > MAX_MEMBERS:
            found.add(Fault("MANIFEST_TOO_LONG", name))
            break
        match = _LINE.fullmatch(line) if line is not None else None
        path = _decoded(match[2]) if match else None
        if match is None or path is None or path in listed or path.startswith("data/") is not payload:
            found.add(Fault("MANIFEST_LINE", f"{name}:{number}"))
        else:
            listed[path] = match[1].decode().lower()
    return listed


def read_info(chunks: Iterable[bytes]) -> dict[str, str]:
    """The labels of a bag-info.txt; of a label that stands twice the first counts, a line that begins with a space goes on."""
    info: dict[str, str] = {}
    last = ""
    for line in lines_of(chunks, _LONGEST_LABEL):
        text = (line or b"").decode("utf-8", "replace")
        label, colon, value = text.partition(":")
        if text[:1] in {" ", "\t"} and last:
            info[last] += " " + text.strip()
        elif colon:
            last = "" if label.strip() in info else label.strip()
            info.setdefault(label.strip(), value.strip())
    return info


def _decoded(name: bytes) -> str | None:
    """Only CR, LF and % are percent-encoded in a manifest's names; None for a name that is not UTF-8."""
    try:
        text = name.decode()
    except UnicodeDecodeError:
        return None
    return re.sub("%(0[AaDd]|25)", lambda match: chr(int(match[1], 16)), text)
