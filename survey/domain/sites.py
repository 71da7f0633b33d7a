"""Sites: what is surveyed and registered, by kind, with the attributes that each kind has.

The register is the denominator of every share. The length of a road is the register's; its line only checks it (DESIGN 3).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from survey.domain.collation import sort_key
from survey.domain.fold import fold
from survey.domain.places import Line, line_length_m


class SiteKind(StrEnum):
    """What a site is; a garden or a fence is a household's checklist, not a site of its own."""

    HOUSEHOLD = "household"
    ROAD_SEGMENT = "road_segment"
    PUBLIC_PLACE = "public_place"


class RoadClass(StrEnum):
    """The classes of rural roads that the road criterion tells apart."""

    COMMUNE = "commune"  # đường xã: trục xã, liên xã
    HAMLET = "hamlet"  # đường thôn: trục thôn, liên thôn
    LANE = "lane"  # đường ngõ, xóm
    FIELD = "field"  # đường trục chính nội đồng


class ValueType(StrEnum):
    """How an attribute's value is written."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    CHOICE = "choice"
    YES_NO = "yes_no"


@dataclass(frozen=True)
class Attribute:
    """One attribute of a kind of site; *minimum* and *maximum* are inclusive, text is at most *maximum* letters long."""

    name: str
    type: ValueType
    required: bool = False
    choices: tuple[str, ...] = ()
    minimum: float = 0
    maximum: float = 500


_NOTE = Attribute("note", ValueType.TEXT)
_LENGTH_M, _WIDTH_M = 100_000, 100  # the longest and widest that a slip of the keyboard is told from

ATTRIBUTES: dict[SiteKind, tuple[Attribute, ...]] = {
    SiteKind.HOUSEHOLD: (
        Attribute("members", ValueType.INTEGER, maximum=60),
        Attribute("address", ValueType.TEXT),
        Attribute("garden_m2", ValueType.DECIMAL, maximum=1_000_000),
        Attribute("garden_registered", ValueType.YES_NO),  # entered for the model garden title
        _NOTE,
    ),
    SiteKind.ROAD_SEGMENT: (
        Attribute("class", ValueType.CHOICE, required=True, choices=tuple(RoadClass)),
        Attribute("length_m", ValueType.DECIMAL, required=True, minimum=1, maximum=_LENGTH_M),
        Attribute("width_m", ValueType.DECIMAL, minimum=0.3, maximum=_WIDTH_M),
        Attribute("surface", ValueType.CHOICE, choices=("asphalt", "concrete", "crushed_stone", "brick", "earth", "other")),
        Attribute("start", ValueType.TEXT),
        Attribute("end", ValueType.TEXT),
        _NOTE,
    ),
    SiteKind.PUBLIC_PLACE: (
        Attribute("type", ValueType.CHOICE, required=True, choices=("culture_house", "junction", "drain", "public_ground", "other")),
        Attribute("length_m", ValueType.DECIMAL, minimum=0, maximum=_LENGTH_M),
        Attribute("address", ValueType.TEXT),
        _NOTE,
    ),
}

CODE_PREFIXES: dict[SiteKind, str] = {SiteKind.HOUSEHOLD: "HO", SiteKind.ROAD_SEGMENT: "DU", SiteKind.PUBLIC_PLACE: "DC"}

NAME_LENGTH = 120
CODE_LENGTH = 32
_CODE_DIGITS = 9


@dataclass(frozen=True)
class Site:
    """One version of a site in the register; positions in degrees WGS 84, *line* as (longitude, latitude) pairs.

    A site without a hamlet counts for the commune only. *closed* sites no longer exist and are kept for history.
    """

    commune: str
    id: str
    kind: SiteKind
    code: str
    name: str
    hamlet: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    line: Line | None = None
    attributes: Mapping[str, object] = field(default_factory=dict)
    closed: bool = False
    known_from: datetime | None = None

    @property
    def length_m(self) -> float | None:
        """The register's length in metres; None where the kind has none or it is not given."""
        length = self.attributes.get("length_m")
        return float(length) if isinstance(length, int | float) else None

    @property
    def line_length_m(self) -> float | None:
        """Metres along the drawn line, to check the register's length; None without a line."""
        return None if self.line is None else line_length_m(self.line)

    @property
    def road_class(self) -> RoadClass | None:
        """The class of a road segment; None for other kinds, and where it is not given."""
        known = self.attributes.get("class") if self.kind is SiteKind.ROAD_SEGMENT else None
        return RoadClass(str(known)) if known in set(RoadClass) else None

    def search_text(self, hamlet_name: str = "") -> str:
        """What the site is found by: code, name, hamlet and its texts, folded."""
        texts = [self.code, self.name, hamlet_name]
        texts += [str(self.attributes[key]) for key in ("address", "start", "end") if self.attributes.get(key)]
        return fold(" ".join(texts))

    def sort_text(self) -> str:
        """The key of Vietnamese lists: people by given name, which is written last, other sites as their names read."""
        words = self.name.split()
        if self.kind is SiteKind.HOUSEHOLD and words and words[-1].isalpha():
            words = [words[-1], *words[:-1]]
        return sort_key(" ".join([*words, self.code]))

    def same_content(self, other: "Site") -> bool:
        """Whether both versions say the same of the site, whenever the register learned it."""
        return _content(self) == _content(other)


def said_by_code(answers: Mapping[str, object], site: Site | None) -> dict[str, object]:
    """*answers* by path as a person reads them: the id of *site*, by which clients name it, gives way to its code."""
    return {path: site.code if site is not None and value == site.id else value for path, value in answers.items()}


def next_code(kind: SiteKind, highest: int) -> str:
    """The code after number *highest* of its kind: `HO-0013`."""
    return f"{CODE_PREFIXES[kind]}-{highest + 1:04d}"


def code_number(kind: SiteKind, code: str) -> int:
    """The number in a code that `next_code` made; 0 for any other code."""
    number = code.removeprefix(f"{CODE_PREFIXES[kind]}-")
    return int(number) if number != code and number.isdecimal() and len(number) <= _CODE_DIGITS else 0


def _content(site: Site) -> tuple[object, ...]:
    return (
        site.kind, site.code, site.name, site.hamlet, site.latitude, site.longitude, site.line,
        {key: value for key, value in site.attributes.items() if value not in (None, "")}, site.closed,
    )  # fmt: skip
