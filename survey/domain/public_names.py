"""Who is who in a public bundle: households by code, people by role and number; nothing of it leads back to a name."""

import re
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from survey.domain.commitments import number_of
from survey.domain.evidence import Evidence
from survey.domain.sites import CODE_PREFIXES, Site, SiteKind

INSPECTOR, REVIEWER, OFFICER = "Người khảo sát", "Người duyệt", "Cán bộ"
KIND_NAMES = {SiteKind.HOUSEHOLD: "Hộ", SiteKind.ROAD_SEGMENT: "Đoạn đường", SiteKind.PUBLIC_PLACE: "Điểm công cộng"}
"""What stands where the register has a name: roads, too, are called after the people who live at their ends."""

_CODE = re.compile(r"[A-Za-z0-9]+(?:[-._/][A-Za-z0-9]+)*")
# Our own choice: HO-0012 and T1-H05 pass, a name does not, nor the number of a telephone or an identity card.
_MOST_LETTERS, _MOST_DIGITS = 2, 8
_LEAST, _SPAN = 1000, 9000  # four digits


@dataclass(frozen=True)
class PublicNames:
    """The public code of each site by its id, the public id of each person by the true one, and what to call that."""

    sites: Mapping[str, str]
    people: Mapping[str, str]
    labels: Mapping[str, str]

    def person(self, person: str | None) -> str | None:
        """The public id of *person*; of one whom nothing in the bundle names, that of nobody."""
        return None if person is None else self.people.get(person, "p-0")


def public_names(evidence: Evidence, secret: bytes, deciders: Iterable[str]) -> PublicNames:
    """Codes and numbers for everybody in *evidence*; *deciders* decided on submissions or flags.

    The number of a person or of a household whose code will not do follows from the bundle's *secret* and the id alone, but where
    two meet: so that it is found again when a value is opened later.
    """
    roles = _roles(evidence, deciders)
    numbers = _numbered(secret, "person", roles)
    people = {person: f"p-{number}" for person, number in numbers.items()}
    labels = {people[person]: f"{role} {numbers[person]}" for person, role in roles.items()}
    return PublicNames(_codes(evidence.sites.values(), secret), people, labels)


def is_plain_code(code: str) -> bool:
    """Whether *code* can only be a code: at most two letters and eight digits."""
    letters, digits = sum(letter.isalpha() for letter in code), sum(letter.isdigit() for letter in code)
    return _CODE.fullmatch(code) is not None and letters <= _MOST_LETTERS and 0 < digits <= _MOST_DIGITS


def _roles(evidence: Evidence, deciders: Iterable[str]) -> dict[str, str]:
    stated = {one.person for one in evidence.statements} | {entry.person for _, entry in evidence.entries}
    stated |= {verdict.stated.person for verdict in evidence.verdicts if verdict.stated is not None}
    decided = {*deciders, *(item.accepted_by for item in evidence.items if item.accepted_by)}
    captured = {item.person for item in evidence.items}
    return {**dict.fromkeys(stated, OFFICER), **dict.fromkeys(decided, REVIEWER), **dict.fromkeys(captured, INSPECTOR)}


def _codes(sites: Iterable[Site], secret: bytes) -> dict[str, str]:
    codes: dict[str, str] = {}
    others: dict[SiteKind, list[str]] = {}
    taken: set[str] = set()
    for site in sites:
        if is_plain_code(site.code) and site.code.upper() not in taken:
            codes[site.id] = site.code
            taken.add(site.code.upper())
        else:
            others.setdefault(site.kind, []).append(site.id)
    for kind, ids in others.items():
        prefix = f"{CODE_PREFIXES[kind]}-K"
        numbers = _numbered(secret, f"site-{kind}", ids, prefix, taken)
        codes |= {site: f"{prefix}{number}" for site, number in numbers.items()}
    return codes


def _numbered(
    secret: bytes, kind: str, names: Collection[str], prefix: str = "", taken: AbstractSet[str] = frozenset()
) -> dict[str, int]:
    """A number of four digits for each of *names*, of more where there are very many; where two meet, the next one that is free."""
    span = _SPAN
    while span < 10 * len(names):
        span *= 10
    given: dict[int, str] = {}
    for name in sorted(names, key=lambda name: number_of(secret, kind, name)):
        number = _LEAST + number_of(secret, kind, name) % span
        while number in given or f"{prefix}{number}" in taken:
            number = _LEAST + (number + 1 - _LEAST) % (2 * span)
        given[number] = name
    return {name: number for number, name in given.items()}
