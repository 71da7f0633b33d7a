"""The register in the store: every version of a site with when the register learned it, lists by key, the nearest.

The present version of a site has no *known_to*. A version is never changed; a later one closes it (DESIGN 2.2: as known then).
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import cos, hypot, radians

from survey.domain.canonical import dumps
from survey.domain.fold import fold
from survey.domain.places import distance_m
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.sites import CODE_PREFIXES, Site, SiteKind, code_number
from survey.domain.times import from_text, to_text
from survey.store.scope import within

_COLUMNS = "commune, site, known_from, kind, code, name, hamlet, latitude, longitude, geometry, attributes, closed"
_PRESENT = f"SELECT {_COLUMNS}, sort_key FROM site WHERE commune = :commune AND known_to IS NULL AND closed = 0"
_INSERT = (
    "INSERT INTO site (commune, site, known_from, kind, code, name, hamlet, latitude, longitude, geometry, attributes, search, sort_key,"
    " closed) VALUES (:commune, :site, :known_from, :kind, :code, :name, :hamlet, :latitude, :longitude, :geometry, :attributes, :search,"
    " :sort_key, :closed)"
)
_NEAR_DEGREES = (0.004, 0.02, 0.2, 360.0)  # about 400 m, 2 km and 20 km at this latitude, then everywhere
_WORDS = 6  # of a search; more would only slow it down


@dataclass(frozen=True)
class SitePage:
    """Some sites in order, and the key to ask for those behind them; None where this is the last page."""

    sites: list[Site]
    next_key: str | None


@dataclass(frozen=True)
class SiteFilter:
    """Which present sites a list shows; *scope* are the hamlets that the actor may see, None for all of them."""

    kind: SiteKind | None = None
    hamlet: str | None = None
    q: str = ""
    scope: Collection[str] | None = None


def insert_site(tx: Transaction, site: Site, *, hamlet_name: str = "", at: datetime) -> None:
    """Add the first version of *site*, known from *at* on."""
    insert_sites(tx, [(site, hamlet_name)], at=at)


def insert_sites(tx: Transaction, sites: Iterable[tuple[Site, str]], *, at: datetime) -> None:
    """Add first versions of many sites, each with its hamlet's name, known from *at* on."""
    tx.execute_many(_INSERT, (_version(site, hamlet_name, at) for site, hamlet_name in sites))


def update_site(tx: Transaction, site: Site, *, hamlet_name: str = "", at: datetime) -> None:
    """Let *site* be the present version from *at* on; the one before stays as known until then."""
    update_sites(tx, [(site, hamlet_name)], at=at)


def update_sites(tx: Transaction, sites: Iterable[tuple[Site, str]], *, at: datetime) -> None:
    """`update_site` for many."""
    versions = [_version(site, hamlet_name, at) for site, hamlet_name in sites]
    # A version learned in this very millisecond was never the answer to any question: it gives way.
    tx.execute_many(
        "DELETE FROM site WHERE commune = :commune AND site = :site AND known_from = :known_from",
        [{key: version[key] for key in ("commune", "site", "known_from")} for version in versions],
    )
    # Nor is one of a later moment, where the clock was set back: it ends before it begins, and the one before it ends now.
    tx.execute_many(
        "UPDATE site SET known_to = :known_from WHERE commune = :commune AND site = :site"
        " AND (known_to IS NULL OR known_to > :known_from)",
        [{key: version[key] for key in ("commune", "site", "known_from")} for version in versions],
    )
    tx.execute_many(_INSERT, versions)


def update_searches(tx: Transaction, sites: Iterable[tuple[Site, str]]) -> None:
    """Let the present versions of sites be found by their hamlets' names: what the register says of them stays."""
    tx.execute_many(
        "UPDATE site SET search = :search WHERE commune = :commune AND site = :site AND known_to IS NULL",
        [{"commune": site.commune, "site": site.id, "search": site.search_text(hamlet_name)} for site, hamlet_name in sites],
    )


def close_site(tx: Transaction, site: Site, *, hamlet_name: str = "", at: datetime) -> None:
    """Take *site* out of the present register from *at* on; its history stays."""
    update_site(tx, replace(site, closed=True), hamlet_name=hamlet_name, at=at)


def select_site(reader: Reader, commune: str, site: str) -> Site | None:
    """The newest version of a site, closed or not, or None."""
    row = reader.row(
        f"SELECT {_COLUMNS} FROM site WHERE commune = :commune AND site = :site AND known_to IS NULL", commune=commune, site=site
    )
    return None if row is None else _site(row)


def select_site_by_code(reader: Reader, commune: str, code: str) -> Site | None:
    """The present, open site with that code, or None."""
    row = reader.row(f"{_PRESENT} AND code = :code", commune=commune, code=code)
    return None if row is None else _site(row)


def select_site_history(reader: Reader, commune: str, site: str) -> list[Site]:
    """Every version of a site, newest first."""
    rows = reader.rows(
        f"SELECT {_COLUMNS} FROM site WHERE commune = :commune AND site = :site ORDER BY known_from DESC", commune=commune, site=site
    )
    return [_site(row) for row in rows]


def select_sites_page(reader: Reader, commune: str, wanted: SiteFilter, *, after: str | None = None, limit: int = 50) -> SitePage:
    """Up to *limit* present sites in Vietnamese order, from behind the key *after*, which an earlier page gave."""
    clauses, parameters = _where(wanted)
    if after is not None:
        clauses += " AND (sort_key, site) > (:after_key, :after_site)"
        parameters["after_key"], _, parameters["after_site"] = after.rpartition("|")
    rows = reader.rows(f"{_PRESENT}{clauses} ORDER BY sort_key, site LIMIT :count", commune=commune, count=limit + 1, **parameters)
    page = rows[:limit]
    return SitePage([_site(row) for row in page], f"{page[-1]['sort_key']}|{page[-1]['site']}" if len(rows) > limit else None)


def select_nearest(
    reader: Reader, commune: str, latitude: float, longitude: float, wanted: SiteFilter, *, limit: int = 20
) -> list[tuple[Site, float]]:
    """Up to *limit* present sites with their distance in metres, nearest first; sites without a position are left out."""
    clauses, parameters = _where(wanted)
    narrow = cos(radians(latitude))  # a degree of longitude is that much shorter than one of latitude
    near: list[tuple[float, Row]] = []
    for degrees in _NEAR_DEGREES:
        rows = _rows_in_box(reader, clauses, parameters | {"commune": commune}, (latitude, longitude, degrees))
        near = sorted(((_apart(row, latitude, longitude, narrow), row) for row in rows), key=lambda pair: (pair[0], pair[1]["site"]))
        # Only inside the circle that the box holds is it sure that nothing nearer lies outside the box.
        if len(near) >= limit and near[limit - 1][0] <= degrees * narrow:
            break
    measured = [(_site(row), distance_m(latitude, longitude, row["latitude"], row["longitude"])) for _, row in near[: 2 * limit]]
    return sorted(measured, key=lambda pair: (pair[1], pair[0].id))[:limit]


def select_register(reader: Reader, commune: str, as_of: datetime, kind: SiteKind | None = None) -> Iterator[Site]:
    """The register as it was known at the moment *as_of* (exclusive), streamed: the denominator of every share."""
    clause = "" if kind is None else " AND kind = :kind"
    parameters = {} if kind is None else {"kind": kind.value}
    rows = reader.stream(
        f"SELECT {_COLUMNS} FROM site WHERE commune = :commune AND known_from < :moment AND (known_to IS NULL OR known_to >= :moment)"
        f" AND closed = 0{clause} ORDER BY site",
        commune=commune,
        moment=to_text(as_of),
        **parameters,
    )
    return (_site(row) for row in rows)


def select_site_counts(reader: Reader, commune: str) -> list[tuple[SiteKind, str | None, int]]:
    """How many present sites there are of each kind in each hamlet."""
    rows = reader.rows(
        "SELECT kind, hamlet, count(*) AS sites FROM site WHERE commune = :commune AND known_to IS NULL AND closed = 0"
        " GROUP BY kind, hamlet ORDER BY kind, hamlet",
        commune=commune,
    )
    return [(SiteKind(row["kind"]), row["hamlet"], row["sites"]) for row in rows]


def select_hamlet_sites(reader: Reader, commune: str, hamlets: Collection[str]) -> list[Site]:
    """Every present site in *hamlets*."""
    names = {f"in{number}": hamlet for number, hamlet in enumerate(sorted(hamlets))}
    rows = reader.rows(f"{_PRESENT} AND hamlet IN ({', '.join(f':{name}' for name in names)}) ORDER BY site", commune=commune, **names)
    return [_site(row) for row in rows]


def select_present_by_codes(reader: Reader, commune: str, codes: Collection[str]) -> dict[str, Site]:
    """The present sites with those codes; many codes are asked for in portions."""
    found: dict[str, Site] = {}
    ordered = sorted(codes)
    for start in range(0, len(ordered), 500):
        names = {f"code{number}": code for number, code in enumerate(ordered[start : start + 500])}
        rows = reader.rows(f"{_PRESENT} AND code IN ({', '.join(f':{name}' for name in names)})", commune=commune, **names)
        found |= {row["code"]: _site(row) for row in rows}
    return found


def select_site_names(reader: Reader, commune: str) -> Iterator[tuple[SiteKind, str | None, str, str]]:
    """Kind, hamlet, name and code of every present site, streamed: to point out a newcomer that is there already."""
    rows = reader.stream(
        "SELECT kind, hamlet, name, code FROM site WHERE commune = :commune AND known_to IS NULL AND closed = 0", commune=commune
    )
    return ((SiteKind(row["kind"]), row["hamlet"], row["name"], row["code"]) for row in rows)


def select_highest_code(reader: Reader, commune: str, kind: SiteKind) -> int:
    """The highest number that a made code of this kind has ever had, closed sites included; 0 where there is none."""
    prefix = f"{CODE_PREFIXES[kind]}-"
    # Without its leading zeros the longer number is the larger; codes that people made up are passed over.
    rows = reader.stream(
        "SELECT code, ltrim(substr(code, :start), '0') AS digits FROM site WHERE commune = :commune AND code > :prefix AND code < :behind"
        " ORDER BY length(ltrim(substr(code, :start), '0')) DESC, digits DESC",
        commune=commune,
        start=len(prefix) + 1,
        prefix=prefix,
        behind=f"{CODE_PREFIXES[kind]}.",  # the sign after the hyphen
    )
    return next((number for row in rows if (number := code_number(kind, row["code"]))), 0)


def _rows_in_box(reader: Reader, clauses: str, parameters: dict[str, object], box: tuple[float, float, float]) -> list[Row]:
    latitude, longitude, degrees = box
    return reader.rows(
        f"{_PRESENT}{clauses} AND latitude BETWEEN :south AND :north AND longitude BETWEEN :west AND :east",
        south=latitude - degrees,
        north=latitude + degrees,
        west=longitude - degrees,
        east=longitude + degrees,
        **parameters,
    )


def _apart(row: Row, latitude: float, longitude: float, narrow: float) -> float:
    """Degrees between a row and a position on a flat map: enough to sort by within a commune."""
    return hypot(row["latitude"] - latitude, (row["longitude"] - longitude) * narrow)


def _where(wanted: SiteFilter) -> tuple[str, dict[str, object]]:
    clauses: list[str] = []
    parameters: dict[str, object] = {}
    if wanted.kind is not None:
        clauses.append("kind = :kind")
        parameters["kind"] = wanted.kind.value
    if wanted.hamlet is not None:
        clauses.append("hamlet = :hamlet")
        parameters["hamlet"] = wanted.hamlet
    for number, word in enumerate(fold(wanted.q).split()[:_WORDS]):
        clauses.append(f"search LIKE :word{number} ESCAPE '!'")
        parameters[f"word{number}"] = f"%{word.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
    in_scope, hamlets = within(wanted.scope)
    return "".join(f" AND {clause}" for clause in clauses) + in_scope, parameters | hamlets


def _version(site: Site, hamlet_name: str, at: datetime) -> dict[str, object]:
    geometry = None if site.line is None else dumps({"type": "LineString", "coordinates": [list(pair) for pair in site.line]})
    return {
        "commune": site.commune,
        "site": site.id,
        "known_from": to_text(at),
        "kind": site.kind.value,
        "code": site.code,
        "name": site.name,
        "hamlet": site.hamlet,
        "latitude": site.latitude,
        "longitude": site.longitude,
        "geometry": geometry,
        "attributes": dumps(dict(site.attributes)),
        "search": site.search_text(hamlet_name),
        "sort_key": site.sort_text(),
        "closed": int(site.closed),
    }


def _site(row: Row) -> Site:
    line = None
    if row["geometry"] is not None:
        line = tuple((float(pair[0]), float(pair[1])) for pair in json.loads(row["geometry"])["coordinates"])
    attributes: Mapping[str, object] = json.loads(row["attributes"])
    return Site(
        row["commune"],
        row["site"],
        SiteKind(row["kind"]),
        row["code"],
        row["name"],
        row["hamlet"],
        row["latitude"],
        row["longitude"],
        line,
        attributes,
        bool(row["closed"]),
        from_text(row["known_from"]),
    )
