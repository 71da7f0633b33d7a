"""What a phone takes along for days without a signal: the register, who has visited what, places on the map, one's earlier photos."""

import json
from collections.abc import Collection, Iterator

from survey.domain.places import Line
from survey.domain.ports import Reader, Row
from survey.store.scope import within

_EARLIER = (
    "SELECT s.site, s.form, a.question, a.repeat_key, a.sha256, s.submission, s.captured_at FROM submission s"
    " JOIN attachment a ON a.commune = s.commune AND a.submission = s.submission"
    " WHERE s.commune = :commune AND s.person = :person AND s.state <> 'rejected' AND a.state = 'stored' AND a.question <> ''"
)
_NEWEST_FIRST = " ORDER BY s.captured_at DESC, s.submission, a.ordinal"


def select_register_rows(reader: Reader, commune: str, scope: Collection[str] | None) -> list[Row]:
    """The present sites in Vietnamese order, those of the hamlets in *scope* (None: all) and those of no hamlet.

    Columns: site, code, name, kind, hamlet, latitude, longitude, geometry (GeoJSON text of a road, else None).
    """
    clause, names = within(scope)
    return reader.rows(
        "SELECT site, code, name, kind, hamlet, latitude, longitude, geometry FROM site"
        f" WHERE commune = :commune AND known_to IS NULL AND closed = 0{clause} ORDER BY sort_key, site",
        commune=commune,
        **names,
    )


def line_of(geometry: str) -> Line:
    """The (longitude, latitude) pairs of a kept GeoJSON line."""
    return tuple((float(pair[0]), float(pair[1])) for pair in json.loads(geometry)["coordinates"])


def select_visits(reader: Reader, commune: str, round_id: str | None, scope: Collection[str] | None) -> list[tuple[str, str, str]]:
    """Site, form and state of what was handed in by anybody in the round, in order; *round_id* None is what fell in no round.

    `accepted` where any is, else `received`; what was returned or rejected is not done.
    """
    clause, names = within(scope)
    in_round = "round IS NULL" if round_id is None else "round = :round"
    # The better state comes first in the alphabet.
    rows = reader.rows(
        f"SELECT site, form, MIN(state) AS state FROM submission WHERE commune = :commune AND {in_round}"
        f" AND state IN ('accepted', 'received') AND site IS NOT NULL{clause} GROUP BY site, form ORDER BY site, form",
        commune=commune,
        **({} if round_id is None else {"round": round_id}),
        **names,
    )
    return [(row["site"], row["form"], row["state"]) for row in rows]


def select_hamlet_middles(reader: Reader, commune: str) -> dict[str, tuple[float, float]]:
    """Each hamlet's (latitude, longitude) in the middle of its present sites; a hamlet without positions is left out."""
    rows = reader.rows(
        "SELECT hamlet, AVG(latitude) AS latitude, AVG(longitude) AS longitude FROM site WHERE commune = :commune"
        " AND known_to IS NULL AND closed = 0 AND hamlet IS NOT NULL AND latitude IS NOT NULL AND longitude IS NOT NULL GROUP BY hamlet",
        commune=commune,
    )
    return {row["hamlet"]: (row["latitude"], row["longitude"]) for row in rows}


def select_earlier_photos(reader: Reader, commune: str, person: str, site: str) -> Iterator[Row]:
    """The newest photo of each form, question and repeat that *person* took at *site*: those, site, sha256, submission, captured_at.

    Rejected submissions are left out: they may show another place.
    """
    rows = reader.rows(_EARLIER + " AND s.site = :site" + _NEWEST_FIRST, commune=commune, person=person, site=site)
    return _newest_of_each(rows)


def select_lately_photographed(reader: Reader, commune: str, person: str, *, submissions: int) -> Iterator[Row]:
    """As `select_earlier_photos`, at all sites of the person's last *submissions* submissions."""
    rows = reader.rows(
        _EARLIER + " AND s.site IS NOT NULL AND s.submission IN (SELECT l.submission FROM submission l WHERE l.commune = :commune"
        " AND l.person = :person ORDER BY l.received_at DESC, l.submission DESC LIMIT :submissions)" + _NEWEST_FIRST,
        commune=commune,
        person=person,
        submissions=submissions,
    )
    return _newest_of_each(rows)


def _newest_of_each(rows: list[Row]) -> Iterator[Row]:
    seen: set[tuple[str, str, str, str]] = set()
    for row in rows:
        place = row["site"], row["form"], row["question"], row["repeat_key"]
        if place not in seen:
            seen.add(place)
            yield row
