"""Whether a bag's description as an RO-Crate names the files that are there: read an entity a line, as this software writes it."""

import json
from collections.abc import Collection, Iterable, Iterator

from survey.bundle.faults import Fault, Found
from survey.bundle.manifests import lines_of

CRATE = "data/ro-crate-metadata.json"
_LONGEST = 32 << 20  # the root names every file in one line


def check_crate(chunks: Iterable[bytes], payload: Collection[str], found: Found) -> None:
    """Compare the files that the crate describes with the *payload* (paths with `data/`); differences go to *found*."""
    described: set[str] = set()
    try:
        for entity in _entities(chunks):
            if entity.get("@type") == "File":
                described.add(f"data/{entity['@id']}")
    except (ValueError, KeyError, RecursionError):
        found.add(Fault("CRATE_UNREADABLE", CRATE))
        return
    for name in sorted(described.difference(payload)):
        found.add(Fault("CRATE_ABSENT", name))
    for name in sorted(set(payload) - described - {CRATE}):
        found.add(Fault("CRATE_LACKS", name))


def _entities(chunks: Iterable[bytes]) -> Iterator[dict[str, object]]:
    """The entities between the first line, which opens the graph, and the last, which closes it."""
    opened = closed = False
    for line in lines_of(chunks, _LONGEST):
        text = (line if line is not None else b"?").strip().strip(b",")
        if not opened:
            opened = text.startswith(b'{"@context"') and text.endswith(b"[")
            if not opened:
                raise ValueError("no graph")
        elif text == b"]}":
            closed = True
        elif text and not closed:
            entity = json.loads(text)
            if not isinstance(entity, dict):
                raise ValueError("no entity")
            yield entity
    if not closed:
        raise ValueError("no end")
