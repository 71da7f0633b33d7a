"""Drawing: which sites are to be visited, by chance within each hamlet, so that anybody with the seed comes to the same list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from survey.domain.canonical import sha256_hex
from survey.domain.visiting import Place


@dataclass(frozen=True, slots=True)
class AskedSite:
    """A site of a list as the register has it now; *done* once a submission of every form of the list came in after the draw."""

    place: int
    site: str
    hamlet: str | None
    code: str
    name: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class VisitList:
    """Sites drawn for one indicator; *open_sites* says among how many unknown ones of each hamlet was drawn."""

    id: str
    title: str
    edition: str
    criterion: str
    indicator: str
    forms: tuple[str, ...]
    seed: str
    drawn: Mapping[Place, int]
    open_sites: Mapping[Place, int]
    person: str
    at: datetime
    closed_at: datetime | None
    asked: int
    visited: int


def draw(sites: Mapping[Place, Iterable[str]], wanted: Mapping[Place, int], seed: str) -> list[tuple[str, Place]]:
    """The *wanted* number of sites of each hamlet, hamlet by hamlet, in the order of the draw.

    A hamlet's sites are put in the order of SHA-256(seed, a line feed, site id), as hexadecimal text in UTF-8; the first ones are drawn.
    """
    drawn: list[tuple[str, Place]] = []
    for place in sorted(wanted, key=lambda one: one or ""):
        ordered = sorted(sites.get(place, ()), key=lambda site: sha256_hex(f"{seed}\n{site}"))
        drawn += [(site, place) for site in ordered[: wanted[place]]]
    return drawn
