"""What counts for each site of the register, streamed site by site: the only statement that figures are made of.

At present `counted` says which submissions count. For an earlier day the reviews, captures and register known then are gone through
by the same rule (survey/domain/counting.py), which costs more and keeps nothing.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from survey.domain.conditions import Observation, Value
from survey.domain.ports import Reader, Row
from survey.domain.times import to_text

# The versions that counted at :moment: decided as accepted by then, captured by then, replaced by none that was accepted by then.
_COUNTED_THEN = """
WITH RECURSIVE decided AS (
  SELECT r.submission, r.to_state FROM review r WHERE r.commune = :commune AND r.number =
    (SELECT MAX(x.number) FROM review x WHERE x.commune = :commune AND x.submission = r.submission AND x.at < :moment)
), accepted AS (
  SELECT s.submission, s.form, s.site, s.captured_at, s.received_at, s.replaces FROM submission s
  JOIN decided d ON d.submission = s.submission
  WHERE s.commune = :commune AND d.to_state = 'accepted' AND s.captured_at < :moment
), replaced AS (
  SELECT a.replaces AS submission FROM accepted a WHERE a.replaces IS NOT NULL
  UNION
  SELECT s.replaces FROM submission s JOIN replaced p ON s.submission = p.submission WHERE s.commune = :commune AND s.replaces IS NOT NULL
), keyed AS (
  SELECT submission, '' AS repeat_key FROM accepted
  UNION
  SELECT m.submission, m.repeat_key FROM measure m JOIN accepted a ON a.submission = m.submission WHERE m.commune = :commune
), ranked AS (
  SELECT a.form, a.site, k.repeat_key, a.submission,
    ROW_NUMBER() OVER (
      PARTITION BY a.form, a.site, k.repeat_key ORDER BY a.captured_at DESC, a.received_at DESC, a.submission DESC
    ) AS place
  FROM accepted a JOIN keyed k ON k.submission = a.submission
  WHERE a.site IS NOT NULL AND a.submission NOT IN (SELECT submission FROM replaced)
), counts AS (
  SELECT :commune AS commune, form, site, repeat_key, submission FROM ranked WHERE place = 1
)
"""
_COUNTS = ("", "counted"), (_COUNTED_THEN, "counts")


@dataclass(frozen=True)
class Wanted:
    """Which sites and answers are asked for: one kind of site, the questions by form, at present or as known before *moment*.

    *after* and *limit* page through the sites by id; *hamlet* and *scope* choose places.
    """

    kind: str
    questions: Collection[tuple[str, str]]
    moment: datetime | None = None
    hamlet: str | None = None
    after: str | None = None
    limit: int | None = None
    scope: Collection[str] | None = None


def select_observations(reader: Reader, commune: str, wanted: Wanted) -> Iterator[Observation]:
    """The sites of the register in order of their ids, each with the answers that count; holds one site at a time."""
    statement, parameters = _statement(wanted)
    rows = reader.stream(statement, commune=commune, **parameters)
    for site, group in groupby(rows, key=itemgetter("site")):
        yield _observation(site, wanted.kind, group)


def _statement(wanted: Wanted) -> tuple[str, dict[str, object]]:
    head, counted = _COUNTS[wanted.moment is not None]
    forms = sorted({form for form, _ in wanted.questions})
    names = {f"form{number}": form for number, form in enumerate(forms)}
    asked = {f"q{number}": question for number, question in enumerate(sorted({question for _, question in wanted.questions}))}
    register, parameters = _register(wanted)
    statement = f"""{head}
SELECT s.site, s.hamlet, s.attributes, c.form, c.submission, m.question, m.code, m.number
FROM ({register}) s
LEFT JOIN {counted} c ON c.commune = :commune AND c.site = s.site AND c.form IN ({_marks(names)})
LEFT JOIN measure m ON m.commune = :commune AND m.submission = c.submission AND m.repeat_key = c.repeat_key
  AND m.question IN ({_marks(asked)})
ORDER BY s.site"""
    return statement, {**parameters, **names, **asked}


def _register(wanted: Wanted) -> tuple[str, dict[str, object]]:
    parameters: dict[str, object] = {"kind": wanted.kind}
    known = "known_to IS NULL"
    if wanted.moment is not None:
        known = "known_from < :moment AND (known_to IS NULL OR known_to >= :moment)"
        parameters["moment"] = to_text(wanted.moment)
    clauses = f"commune = :commune AND {known} AND closed = 0 AND kind = :kind"
    for name, clause in (("hamlet", "hamlet = :hamlet"), ("after", "site > :after")):
        if getattr(wanted, name) is not None:
            clauses += f" AND {clause}"
            parameters[name] = getattr(wanted, name)
    if wanted.scope is not None:
        scope = {f"scope{number}": hamlet for number, hamlet in enumerate(sorted(wanted.scope))}
        clauses += f" AND (hamlet IS NULL OR hamlet IN ({_marks(scope)}))"
        parameters |= scope
    statement = f"SELECT site, hamlet, attributes FROM site WHERE {clauses}"
    if wanted.limit is not None:
        statement += " ORDER BY site LIMIT :limit"
        parameters["limit"] = wanted.limit
    return statement, parameters


def _marks(names: Iterable[str]) -> str:
    # An empty list is not SQL; NULL is equal to nothing.
    return ", ".join(f":{name}" for name in names) or "NULL"


def _observation(site: str, kind: str, rows: Iterable[Row]) -> Observation:
    answers: dict[str, Value] = {}
    submissions: dict[str, list[str]] = {}
    hamlet: str | None = None
    attributes = "{}"
    for row in rows:
        hamlet, attributes, form = row["hamlet"], row["attributes"], row["form"]
        if form is None:
            continue
        ids = submissions.setdefault(form, [])
        if row["submission"] not in ids:
            ids.append(row["submission"])
        if row["question"] is not None:
            _add_answer(answers, f"{form}.{row['question']}", row["code"], row["number"])
    counted = {form: tuple(ids) for form, ids in submissions.items()}
    return Observation(site, hamlet, kind, json.loads(attributes) if attributes != "{}" else {}, answers, counted)


def _add_answer(answers: dict[str, Value], name: str, code: str, number: float | None) -> None:
    """Numbers of repeats add up, codes join; an answer that is neither is an empty set."""
    known = answers.get(name)
    if number is not None:
        answers[name] = number + known if isinstance(known, float) else float(number)
    elif not isinstance(known, float):
        answers[name] = (known or frozenset()) | ({code} if code else frozenset())
