"""What an event of the chained log says of itself: who did it, and which ids and hashes it names."""

import json
import re
from collections.abc import Iterator, Mapping

# A word of ours (a state, a role, a date) is no id; every id and hash has a digit, and is longer than a number.
_ID = re.compile(r"(?=.*\d)[A-Za-z0-9_.:+/=-]{6,100}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d(T.*)?")
_WHO = ("by", "brought_by", "person")
MOST_NAMED = 200  # a merger or a list of sites names some; what it names beyond that is found by its other ids


def read_body(text: str) -> Mapping[str, object]:
    """The event's body; empty for one that is no JSON object any more, which the check of the chain names."""
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def who_did(body: Mapping[str, object]) -> str:
    """The id of who did it (`operator` at the server, `rules` for our own rules); empty where the event does not say."""
    return next((said for name in _WHO if isinstance(said := body.get(name), str) and said), "")


def named_in(body: Mapping[str, object]) -> tuple[str, ...]:
    """The ids and hashes that *body* names, each once, in its order, but for who did it and for the hashes of mere words."""
    who = who_did(body)
    found = (one for name, value in body.items() if name not in {"at", "kind"} and not name.endswith("_sha256") for one in _texts(value))
    return tuple(dict.fromkeys(one for one in found if one != who and _ID.fullmatch(one) and not _DAY.fullmatch(one)))[:MOST_NAMED]


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
