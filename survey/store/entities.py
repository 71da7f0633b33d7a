"""The register as lists for other programs: the present sites of one kind in some hamlets, each with the number of its version."""

from collections.abc import Collection, Iterator, Sequence

from survey.domain.ports import Reader, Row
from survey.domain.sites import SiteKind
from survey.store.scope import within

_PORTION = 500  # ids in one question
_LISTED = (
    "SELECT s.site, s.code, s.name, s.hamlet, h.name AS hamlet_name, s.latitude, s.longitude, s.geometry,"
    " (SELECT COUNT(*) FROM site v WHERE v.commune = s.commune AND v.site = s.site) AS versions"
    " FROM site s LEFT JOIN hamlet h ON h.commune = s.commune AND h.hamlet = s.hamlet"
    " WHERE s.commune = :commune AND s.kind = :kind AND s.known_to IS NULL AND s.closed = 0"
)


def select_entities(reader: Reader, commune: str, kind: SiteKind, scope: Collection[str] | None) -> Iterator[Row]:
    """The present sites of *kind* in the hamlets *scope* (None: everywhere) or in none, in the register's order, streamed.

    Columns: site, code, name, hamlet, hamlet_name, latitude, longitude, geometry (GeoJSON text), versions (how many the site has had).
    """
    clause, names = within(scope, "s.hamlet")
    return reader.stream(f"{_LISTED}{clause} ORDER BY s.sort_key, s.site", commune=commune, kind=kind.value, **names)


def select_known(reader: Reader, commune: str, kind: SiteKind, scope: Collection[str] | None, sites: Sequence[str]) -> set[str]:
    """Which of the ids *sites* are in the list that `select_entities` gives."""
    clause, names = within(scope, "s.hamlet")
    known: set[str] = set()
    for start in range(0, len(sites), _PORTION):
        ids = {f"site{number}": site for number, site in enumerate(sites[start : start + _PORTION])}
        rows = reader.rows(
            f"SELECT s.site FROM site s WHERE s.commune = :commune AND s.kind = :kind AND s.known_to IS NULL AND s.closed = 0{clause}"
            f" AND s.site IN ({', '.join(f':{name}' for name in ids)})",
            commune=commune,
            kind=kind.value,
            **names,
            **ids,
        )
        known |= {row["site"] for row in rows}
    return known
