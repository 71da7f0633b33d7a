"""Visit lists: sites drawn by chance for inspectors, and which of them have been visited since."""

import json
from collections.abc import Collection, Mapping, Sequence

from survey.domain.canonical import dumps
from survey.domain.drawing import AskedSite, VisitList
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.times import from_text, to_text
from survey.domain.visiting import Place
from survey.store.scope import within

_NO_HAMLET = ""  # in JSON, whose keys are texts

# What came in since the draw, of any person: rejected and returned visits are still to be done.
_SINCE = (
    "SELECT s.site, s.form FROM submission s JOIN visit_list_site a ON a.commune = s.commune AND a.site = s.site"
    " JOIN visit_list l ON l.commune = a.commune AND l.list = a.list"
    " WHERE l.commune = :commune AND l.list = :list AND s.state IN ('received', 'accepted') AND s.received_at >= l.at"
    " GROUP BY s.site, s.form"
)


def insert_visit_list(tx: Transaction, commune: str, made: VisitList, drawn: Sequence[tuple[str, Place]]) -> None:
    """Keep a list with the sites *drawn*, in their order."""
    plan = {"forms": list(made.forms), "drawn": _named(made.drawn), "open_sites": _named(made.open_sites)}
    tx.execute(
        "INSERT INTO visit_list (commune, list, title, edition, criterion, indicator, seed, plan, person, at, closed_at)"
        " VALUES (:commune, :list, :title, :edition, :criterion, :indicator, :seed, :plan, :person, :at, NULL)",
        commune=commune, list=made.id, title=made.title, edition=made.edition, criterion=made.criterion, indicator=made.indicator,
        seed=made.seed, plan=dumps(plan), person=made.person, at=to_text(made.at),
    )  # fmt: skip
    tx.execute_many(
        "INSERT INTO visit_list_site (commune, list, place, site, hamlet) VALUES (:commune, :list, :place, :site, :hamlet)",
        [
            {"commune": commune, "list": made.id, "place": place, "site": site, "hamlet": hamlet}
            for place, (site, hamlet) in enumerate(drawn, 1)
        ],
    )


def update_closed(tx: Transaction, commune: str, key: str, at: str) -> bool:
    """Close a list that is open; False where there is none."""
    statement = "UPDATE visit_list SET closed_at = :at WHERE commune = :commune AND list = :list AND closed_at IS NULL"
    return tx.execute(statement, commune=commune, list=key, at=at) == 1


def select_visit_lists(reader: Reader, commune: str, scope: Collection[str] | None, *, is_open: bool = False) -> list[VisitList]:
    """The lists with sites in *scope* (None: all), newest first, their counts over those sites; *is_open*: those not closed only."""
    clause = " AND closed_at IS NULL" if is_open else ""
    rows = reader.rows(f"SELECT * FROM visit_list WHERE commune = :commune{clause} ORDER BY at DESC, list", commune=commune)
    lists = [_list(row, select_asked(reader, commune, row["list"], scope)) for row in rows]
    return [one for one in lists if one.asked or scope is None]


def select_visit_list(reader: Reader, commune: str, key: str, scope: Collection[str] | None) -> VisitList | None:
    """One list; None where there is none with sites in *scope*."""
    row = reader.row("SELECT * FROM visit_list WHERE commune = :commune AND list = :list", commune=commune, list=key)
    found = None if row is None else _list(row, select_asked(reader, commune, key, scope))
    return found if found is not None and (found.asked or scope is None) else None


def select_asked(reader: Reader, commune: str, key: str, scope: Collection[str] | None) -> list[AskedSite]:
    """The sites of a list in its order, by the register's present names; those that the register closed are left out."""
    clause, names = within(scope, "s.hamlet")
    rows = reader.rows(
        "SELECT a.place, a.site, s.hamlet, s.code, s.name, l.plan FROM visit_list_site a"
        " JOIN visit_list l ON l.commune = a.commune AND l.list = a.list"
        " JOIN site s ON s.commune = a.commune AND s.site = a.site AND s.known_to IS NULL AND s.closed = 0"
        f" WHERE a.commune = :commune AND a.list = :list{clause} ORDER BY a.place",
        commune=commune, list=key, **names,
    )  # fmt: skip
    came = {(row["site"], row["form"]) for row in reader.rows(_SINCE, commune=commune, list=key)}
    forms = json.loads(rows[0]["plan"])["forms"] if rows else []
    return [
        AskedSite(
            row["place"], row["site"], row["hamlet"], row["code"], row["name"], done=all((row["site"], form) in came for form in forms)
        )
        for row in rows
    ]


def select_asked_visits(reader: Reader, commune: str, scope: Collection[str] | None) -> list[tuple[str, str]]:
    """Site and form of every visit that an open list asks for and that nobody has made yet, each once, in order."""
    asked: set[tuple[str, str]] = set()
    for row in reader.rows("SELECT list, plan FROM visit_list WHERE commune = :commune AND closed_at IS NULL", commune=commune):
        came = {(one["site"], one["form"]) for one in reader.rows(_SINCE, commune=commune, list=row["list"])}
        sites = select_asked(reader, commune, row["list"], scope)
        asked |= {(site.site, form) for site in sites for form in json.loads(row["plan"])["forms"]} - came
    return sorted(asked)


def select_drawn_sites(reader: Reader, commune: str, edition: str, indicator: str, *, is_open: bool = False) -> set[str]:
    """Every site that was ever drawn for an indicator; *is_open*: by a list that is not closed."""
    clause = " AND l.closed_at IS NULL" if is_open else ""
    rows = reader.rows(
        "SELECT DISTINCT a.site FROM visit_list l JOIN visit_list_site a ON a.commune = l.commune AND a.list = l.list"
        f" WHERE l.commune = :commune AND l.edition = :edition AND l.indicator = :indicator{clause}",
        commune=commune, edition=edition, indicator=indicator,
    )  # fmt: skip
    return {row["site"] for row in rows}


def _list(row: Row, asked: Sequence[AskedSite]) -> VisitList:
    plan = json.loads(row["plan"])
    return VisitList(
        row["list"], row["title"], row["edition"], row["criterion"], row["indicator"], tuple(plan["forms"]), row["seed"],
        _placed(plan["drawn"]), _placed(plan["open_sites"]), row["person"], from_text(row["at"]),
        None if row["closed_at"] is None else from_text(row["closed_at"]), len(asked), sum(site.done for site in asked),
    )  # fmt: skip


def _named(counts: Mapping[Place, int]) -> dict[str, int]:
    return {place or _NO_HAMLET: count for place, count in counts.items()}


def _placed(counts: Mapping[str, int]) -> dict[Place, int]:
    return {place or None: count for place, count in counts.items()}
