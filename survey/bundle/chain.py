"""The log of a bundle: each line's hash, its place, its link to the line before, its end, and a head that the reader knows."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from survey.bundle.faults import Fault, Found
from survey.bundle.manifests import lines_of
from survey.domain.canonical import event_hash, sha256_hex

MAX_LINE = 1 << 20
"""Bytes of a log line; an event holds ids and hashes, a few hundred bytes."""
_GENESIS = "0" * 64
_RECEIPTS = frozenset({"photo.received", "submission.received"})
_HEAD = re.compile(r"(?:([0-9]{1,15})\s+)?([0-9a-fA-F]{16,64})…?")
_SHOWN = 80


@dataclass
class Chain:
    """What a log says: where it ends, and the hashes of everything that it says was received."""

    seq: int = 0
    last: str = _GENESIS
    received: set[str] = field(default_factory=set)
    knows_head: bool = False


def read_head(text: str) -> tuple[int, str]:
    """A known head from *text*: `SEQ HASH`, or the hash alone (then the number is 0), or its first 16 digits at least.

    Raises ValueError for anything else.
    """
    match = _HEAD.fullmatch(text.strip())
    if match is None:
        raise ValueError(text[:_SHOWN])
    return int(match[1] or 0), match[2].lower()


def check_chain(path: str, chunks: Iterable[bytes], head: str, known: tuple[int, str] | None, found: Found) -> Chain:
    """Check the log at *path*; *head* (`seq hash`) is where the bag says that it ends, *known* what the reader knows of it."""
    chain = Chain()
    for number, line in enumerate(lines_of(chunks, MAX_LINE), 1):
        event = _read_event(line) if line is not None else None
        if event is None:
            found.add(Fault("LOG_LINE", f"{path}:{number}"))
            continue
        _check_event(chain, event, f"{path}:{number}", found)
        _check_known(chain, event, f"{path}:{number}", known, found)
    if head != f"{chain.seq} {chain.last}":
        found.add(Fault("LOG_HEAD", path))
    if known is not None and not chain.knows_head:
        found.add(Fault("LOG_OLDER" if known[0] else "LOG_WITHOUT_HEAD", path))
    return chain


class _Event(NamedTuple):
    seq: int
    prev: str
    salt: str
    body: str | None
    inner: str
    hash: str


def _check_event(chain: Chain, event: _Event, at: str, found: Found) -> None:
    if event.seq != chain.seq + 1:
        found.add(Fault("LOG_GAP", at))
    if event.hash != _hash_of(event):
        found.add(Fault("LOG_EDITED", at))
    if event.prev != chain.last:
        found.add(Fault("LOG_CHAIN", at))
    chain.seq, chain.last = event.seq, event.hash
    chain.received |= _received(event.body or "")


def _check_known(chain: Chain, event: _Event, at: str, known: tuple[int, str] | None, found: Found) -> None:
    if known is None or (known[0] and event.seq != known[0]):
        return
    same = event.hash.startswith(known[1])
    if known[0] and not same:
        found.add(Fault("LOG_REWRITTEN", at))
    chain.knows_head = chain.knows_head or same or bool(known[0])


def _hash_of(event: _Event) -> str:
    """The event's hash; where the body is not shown, *inner* stands for it (DESIGN 2.9)."""
    if event.body is not None:
        return event_hash(event.seq, event.prev, event.salt, event.body)
    return sha256_hex(f"{event.seq}\n{event.prev}\n{event.inner}")


def _received(body: str) -> set[str]:
    if not any(kind in body for kind in _RECEIPTS):
        return set()
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return set()
    is_receipt = isinstance(event, dict) and event.get("kind") in _RECEIPTS and isinstance(event.get("sha256"), str)
    return {event["sha256"]} if is_receipt else set()


def _read_event(line: bytes) -> _Event | None:
    try:
        fields = json.loads(line)
        body, inner = fields.get("body"), fields.get("inner", "")
        event = _Event(fields["seq"], fields["prev"], fields.get("salt", ""), body, inner, fields["hash"])
        said = json.dumps(event, ensure_ascii=False).encode()  # half of a surrogate pair is no text
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    texts = (event.prev, event.salt, event.inner, event.hash, event.body or "")
    well = bool(said) and type(event.seq) is int and all(isinstance(text, str) for text in texts) and (body is not None or bool(inner))
    return event if well else None
