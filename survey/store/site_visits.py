"""The accepted visits of one site that stand, with what they say and show: what its tasks follow from.

A visit stands while it is accepted, about the site, and corrected by none that was accepted. Costs one site's visits, never more.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from survey.domain.conditions import Value
from survey.domain.ports import Reader
from survey.domain.times import from_text
from survey.store.measures import measured_answers


@dataclass(frozen=True)
class StandingVisit:
    """One visit: its *answers* keyed `form.question`, its *photos* as SHA-256 by question."""

    form: str
    submission: str
    code: str
    captured_at: datetime
    answers: Mapping[str, Value]
    photos: Mapping[str, str]


def select_standing_visits(reader: Reader, commune: str, site: str, kinds: Mapping[str, str]) -> list[StandingVisit]:
    """The visits of *site* that stand, oldest first, with the answers to the questions of *kinds* (`form.question` to kind)."""
    rows = reader.rows(
        "SELECT form, submission, code, captured_at, answers FROM submission WHERE commune = :commune AND site = :site"
        " AND state = 'accepted' AND replaced_by IS NULL ORDER BY captured_at, received_at, submission",
        commune=commune, site=site,
    )  # fmt: skip
    photos = _select_photos(reader, commune, [row["submission"] for row in rows])
    return [
        StandingVisit(
            row["form"], row["submission"], row["code"], from_text(row["captured_at"]),
            _answers(row["form"], json.loads(row["answers"]), kinds), photos.get(row["submission"], {}),
        )
        for row in rows
    ]  # fmt: skip


def select_site_photos(reader: Reader, commune: str, site: str) -> list[tuple[str, str, datetime]]:
    """(submission, SHA-256, capture) of the photos of the site's standing visits, oldest first: what a person may choose from."""
    visits = select_standing_visits(reader, commune, site, {})
    return [(visit.submission, sha256, visit.captured_at) for visit in visits for sha256 in dict.fromkeys(visit.photos.values())]


def _answers(form: str, answers: Mapping[str, object], kinds: Mapping[str, str]) -> dict[str, Value]:
    asked = {name.partition(".")[2]: kind for name, kind in kinds.items() if name.partition(".")[0] == form}
    found: dict[str, Value] = {}
    for question, _repeat, code, number in measured_answers(answers, asked):
        name, known = f"{form}.{question}", found.get(f"{form}.{question}")
        if number is not None:
            found[name] = number + known if isinstance(known, float) else float(number)
        elif not isinstance(known, float):
            found[name] = (known or frozenset()) | ({code} if code else frozenset())
    return found


def _select_photos(reader: Reader, commune: str, submissions: Collection[str]) -> dict[str, dict[str, str]]:
    if not submissions:
        return {}
    names = {f"s{number}": submission for number, submission in enumerate(submissions)}
    rows = reader.rows(
        "SELECT a.submission, a.question, a.sha256 FROM attachment a JOIN blob b ON b.commune = a.commune AND b.sha256 = a.sha256"
        " AND b.quarantine = 0 AND b.erased_at IS NULL WHERE a.commune = :commune AND a.state = 'stored'"
        f" AND a.submission IN ({', '.join(f':{name}' for name in names)}) ORDER BY a.submission, a.ordinal DESC, a.name DESC",
        commune=commune, **names,
    )  # fmt: skip
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row["submission"], {})[row["question"]] = row["sha256"]
    return found
