"""What counts for each site of the register, streamed site by site: the only statement that figures are made of.

At present `counted` says which submissions count. For an earlier day the reviews, captures and register known then are gone through
by the same rule (survey/domain/counting.py), which costs more and keeps nothing.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from survey.domain.conditions import Observation, Value
from survey.domain.ports import Reader, Row
from survey.domain.times import from_text, to_text
from survey.store.scope import within

# The versions that counted at :moment: decided as accepted by then, replaced by none that was accepted by then. What a phone whose clock
# ran ahead captured is known with its decision, as it is at present.
COUNTED_THEN = """
WITH RECURSIVE decided AS MATERIALIZED (
  SELECT r.submission, r.to_state FROM review r WHERE r.commune = :commune AND r.number =
    (SELECT MAX(x.number) FROM review x WHERE x.commune = :commune AND x.submission = r.submission AND x.at < :moment)
), accepted AS MATERIALIZED (
  SELECT s.submission, s.form, s.site, s.captured_at, s.received_at, s.replaces FROM submission s
  JOIN decided d ON d.submission = s.submission
  WHERE s.commune = :commune AND d.to_state = 'accepted'
), replaced AS (
  SELECT a.replaces AS submission FROM accepted a WHERE a.replaces IS NOT NULL
  UNION
  SELECT s.replaces FROM submission s JOIN replaced p ON s.submission = p.submission
  WHERE s.commune = :commune AND s.replaces IS NOT NULL AND s.received_at < :moment
), keyed AS (
  SELECT form, site, '' AS repeat_key, submission, captured_at, received_at FROM accepted
  UNION ALL
  SELECT s.form, s.site, r.repeat_key, s.submission, s.captured_at, s.received_at
  FROM (SELECT DISTINCT submission, repeat_key FROM measure WHERE commune = :commune AND repeat_key <> '') r
  JOIN submission s ON s.commune = :commune AND s.submission = r.submission
  WHERE s.submission IN (SELECT submission FROM accepted)
), ranked AS (
  SELECT form, site, repeat_key, submission, captured_at,
    ROW_NUMBER() OVER (PARTITION BY form, site, repeat_key ORDER BY captured_at DESC, received_at DESC, submission DESC) AS place
  FROM keyed WHERE site IS NOT NULL AND submission NOT IN (SELECT submission FROM replaced)
), counts AS MATERIALIZED (
  SELECT :commune AS commune, form, site, repeat_key, submission, captured_at FROM ranked WHERE place = 1
)
"""
_COUNTS = ("", "counted"), (COUNTED_THEN, "counts")
_NO_MORE: tuple[str | None, Iterable[Row]] = (None, ())


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
    register, parameters = _register(wanted)
    if wanted.limit is None:
        sites: Iterable[Row] = reader.stream(register, commune=commune, **parameters)
        between = {}
    else:
        sites = reader.rows(register, commune=commune, **parameters)
        if not sites:
            return
        between = {"first": sites[0]["site"], "last": sites[-1]["site"]}
    statement, asked = _counted_answers(wanted, between)
    answers = groupby(reader.stream(statement, commune=commune, **asked), key=itemgetter("site"))
    site, rows = next(answers, _NO_MORE)
    for row in sites:
        # Both streams are in the order of the sites' ids, by bytes on either engine; sites outside the register are passed over.
        while site is not None and site < row["site"]:
            site, rows = next(answers, _NO_MORE)
        yield _observation(row, wanted.kind, rows if site == row["site"] else ())


def _counted_answers(wanted: Wanted, between: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    head, counted = _COUNTS[wanted.moment is not None]
    forms = {f"form{number}": form for number, form in enumerate(sorted({form for form, _ in wanted.questions}))}
    questions = {f"q{number}": question for number, question in enumerate(sorted({question for _, question in wanted.questions}))}
    moment = {} if wanted.moment is None else {"moment": to_text(wanted.moment)}
    statement = f"""{head}
SELECT c.site, c.form, c.submission, c.captured_at, m.question, m.code, m.number FROM {counted} c
LEFT JOIN measure m ON m.commune = :commune AND m.submission = c.submission AND m.repeat_key = c.repeat_key
  AND m.question IN ({_marks(questions)})
WHERE c.commune = :commune AND c.form IN ({_marks(forms)}){" AND c.site BETWEEN :first AND :last" if between else ""}
ORDER BY c.site"""
    return statement, {**forms, **questions, **moment, **between}


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
    in_scope, hamlets = within(wanted.scope)
    statement = f"SELECT site, hamlet, attributes FROM site WHERE {clauses}{in_scope} ORDER BY site"
    if wanted.limit is not None:
        statement += " LIMIT :limit"
        parameters["limit"] = wanted.limit
    return statement, parameters | hamlets


def _marks(names: Iterable[str]) -> str:
    # An empty list is not SQL; NULL is equal to nothing.
    return ", ".join(f":{name}" for name in names) or "NULL"


def _observation(site: Row, kind: str, rows: Iterable[Row]) -> Observation:
    answers: dict[str, Value] = {}
    submissions: dict[str, tuple[str, ...]] = {}
    captured: dict[str, str] = {}
    for row in rows:
        form, submission, question = row["form"], row["submission"], row["question"]
        known = submissions.get(form, ())
        if submission not in known:
            submissions[form] = (*known, submission)
            captured[form] = min(captured.get(form, row["captured_at"]), row["captured_at"])
        if question is not None:
            _add_answer(answers, f"{form}.{question}", row["code"], row["number"])
    attributes = site["attributes"]
    return Observation(
        site["site"], site["hamlet"], kind, json.loads(attributes) if attributes != "{}" else {}, answers, submissions,
        {form: from_text(moment) for form, moment in captured.items()},
    )  # fmt: skip


def _add_answer(answers: dict[str, Value], name: str, code: str, number: float | None) -> None:
    """Numbers of repeats add up, codes join; an answer that is neither is an empty set."""
    known = answers.get(name)
    if number is not None:
        answers[name] = number + known if isinstance(known, float) else float(number)
    elif not isinstance(known, float):
        answers[name] = (known or frozenset()) | ({code} if code else frozenset())
