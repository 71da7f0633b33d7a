"""What comes of a scenario: the verdict as the app would give it, and where it is not what the officer expected."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from math import isclose
from typing import Any, Never

from survey.catalogue.editions import Document, read_edition
from survey.catalogue.effective import effective
from survey.catalogue.scenario_parts import Merged
from survey.catalogue.scenarios import Filled, Scenario
from survey.catalogue.vocabulary import Questions
from survey.domain.assessment import Assessment
from survey.domain.conditions import Observation, Value
from survey.domain.criteria import Edition, Moment
from survey.domain.scoreboard import count_met, score_rows
from survey.domain.site_judging import SiteJudge
from survey.domain.statements import Statement, StatementKey
from survey.domain.times import VIETNAM
from survey.domain.verdicts import Basis, Verdict


@dataclass(frozen=True)
class Difference:
    """Something that came out otherwise: *what* (a key of the scenario), what was *expected* and what was *found*."""

    what: str
    expected: str
    found: str


def try_scenario(scenario: Scenario, document: Document, questions: Questions | None = None) -> list[Difference]:
    """Where *scenario* comes out otherwise than expected under the edition in *document*; nothing where all is as expected.

    Raises BROKEN_CATALOGUE where the edition is wrong, or the scenario asks for a criterion, hamlet, site or indicator that is not there.
    """
    read_edition(document, questions)
    edition = _edition(scenario, document)
    moment = Moment(scenario.on, scenario.history, scenario.group, scenario.samples)
    if scenario.garden is not None:
        return _try_garden(scenario, edition, moment)
    statements = _statements(scenario)
    became, hamlets = _hamlets(scenario)
    assessment = Assessment([edition], moment, statements={edition.id: statements})
    for seen in observations(scenario):
        assessment.count(seen)
    verdicts = assessment.verdicts(hamlets, became)
    rows = score_rows(edition, verdicts, statements, scenario.hamlet)
    found: list[Difference] = []
    if "score" in scenario.expected:
        met, total = count_met(rows)
        found += _compare("score", scenario.expected["score"], {"met": met, "total": total})
    if scenario.criterion is None:
        return found
    verdict = next((one for one in verdicts if (one.criterion, one.hamlet) == (scenario.criterion, scenario.hamlet)), None)
    if verdict is None:
        _refuse_place(scenario, edition)
    if "disagrees" in scenario.expected:
        row = next(row for row in rows if row.criterion.code == scenario.criterion)
        found += _compare("disagrees", scenario.expected["disagrees"], row.disagrees)
    return found + _check_verdict(scenario, verdict)


def _edition(scenario: Scenario, document: Document) -> Edition:
    entries = [entry for entry in scenario.entries if scenario.todays_rules or entry.at.date() <= scenario.on]
    if not entries:
        return read_edition(document, None)
    read = effective(document.text(), entries)
    standing = {entry.takes_back for entry in entries} | {entry.number for entry in entries if entry.takes_back is not None}
    for entry in entries:
        if entry.number not in read.applied and entry.number not in standing:
            scenario.node.child("entries").refuse(
                f"mục nhập thứ {entry.number} không khớp với bộ tiêu chí", f"entry {entry.number} does not fit the edition",
                "Kiểm tra criterion, indicator và content.", "Check criterion, indicator and content.",
            )  # fmt: skip
    return read.edition


def _try_garden(scenario: Scenario, edition: Edition, moment: Moment) -> list[Difference]:
    seen = next((one for one in observations(scenario) if one.site == scenario.garden), None)
    outcomes = None if seen is None else SiteJudge(edition, moment).judge(seen)[0]
    if outcomes is None or scenario.criterion is None or scenario.criterion not in outcomes:
        scenario.node.child("garden").refuse(
            "vườn này không được chấm, hoặc không có tiêu chí này", "this garden is not judged, or there is no such criterion",
            "Kiểm tra sổ bộ, takes_part và criterion.", "Check register, takes_part and criterion.",
        )  # fmt: skip
    outcome, reasons = outcomes[scenario.criterion]
    return _check_outcome(scenario.expected, outcome.value, reasons)


def observations(scenario: Scenario) -> list[Observation]:
    """The scenario's sites as they were known on its day, each with the submissions that count then: the latest of each form."""
    counted: dict[str, dict[str, Filled]] = defaultdict(dict)
    for one in sorted(scenario.submissions, key=lambda one: (one.captured or scenario.on, one.number)):
        if one.captured is None or one.captured <= scenario.on:
            counted[one.site][one.form] = one
    return [_seen(site.site, site.hamlet, site.kind, site.attributes, counted[site.site], scenario) for site in scenario.register
            if site.known is None or site.known <= scenario.on]  # fmt: skip


def _seen(
    site: str, hamlet: str | None, kind: str, attributes: Mapping[str, object], filled: Mapping[str, Filled], scenario: Scenario
) -> Observation:
    answers: dict[str, Value] = {name: value for one in filled.values() for name, value in one.answers.items()}
    return Observation(
        site, hamlet, kind, attributes, answers, {form: (f"uuid:{one.number}-{site}",) for form, one in filled.items()},
        {form: datetime.combine(one.captured or scenario.on, time(12), VIETNAM).astimezone(UTC) for form, one in filled.items()},
    )  # fmt: skip


def _statements(scenario: Scenario) -> dict[StatementKey, Statement]:
    standing: dict[StatementKey, Statement] = {}
    for one in sorted(scenario.statements, key=lambda one: (one.at, one.number)):
        if one.stated_on <= scenario.on:
            standing[one.criterion, one.hamlet, one.aspect] = one
    return standing


def _hamlets(scenario: Scenario) -> tuple[dict[str, str], list[str]]:
    """What each merged hamlet had become on the day, and the hamlets that there were."""
    named = {site.hamlet for site in scenario.register if site.hamlet} | {one.id for one in scenario.hamlets if one.becomes is None}
    over = {one.id: one for one in scenario.hamlets if one.becomes is not None and one.on is not None and one.on <= scenario.on}
    became = {id_: _end_of(id_, over, scenario) for id_ in over}
    return became, sorted((named | set(became.values())) - set(over))


def _end_of(hamlet: str, over: Mapping[str, Merged], scenario: Scenario) -> str:
    seen = {hamlet}
    while (step := over.get(hamlet)) is not None and step.becomes is not None:
        hamlet = step.becomes
        if hamlet in seen:
            scenario.node.child("hamlets").refuse(
                f"thôn {hamlet[:60]} sáp nhập vòng tròn", f"the hamlet {hamlet[:60]} becomes itself", "Sửa becomes.", "Correct becomes."
            )
        seen.add(hamlet)
    return hamlet


def _refuse_place(scenario: Scenario, edition: Edition) -> Never:
    codes = ", ".join(criterion.code for criterion in edition.criteria)
    scenario.node.child("criterion").refuse(
        f"không có tiêu chí {scenario.criterion} ở {scenario.hamlet or 'xã'}",
        f"there is no criterion {scenario.criterion} in {scenario.hamlet or 'the commune'}",
        f"Tiêu chí: {codes}; thôn lấy từ register.", f"Criteria: {codes}; hamlets are those of the register.",
    )  # fmt: skip


def _check_verdict(scenario: Scenario, verdict: Verdict) -> list[Difference]:
    expected = scenario.expected
    found = _check_outcome(expected, verdict.outcome.value, verdict.reasons)
    if "history_mark" in expected:
        found += _compare("history_mark", expected["history_mark"], verdict.history)
    bases = {basis.indicator: basis for basis in verdict.basis}
    for code, figures in expected.get("figures", {}).items():
        if code not in bases:
            known = ", ".join(bases)
            scenario.node.child("figures").child(code).refuse(
                "không có chỉ tiêu này", "there is no such indicator", f"Có: {known}.", f"There are: {known}."
            )
        for name, value in figures.items():
            found += _compare(f"figures.{code}.{name}", value, _figure(bases[code], name))
    return found


def _figure(basis: Basis, name: str) -> object:
    value = getattr(basis, name)
    return value if value is None or isinstance(value, int | float) else str(value)


def _check_outcome(expected: Mapping[str, Any], outcome: str, reasons: tuple[str, ...]) -> list[Difference]:
    found: list[Difference] = []
    if "verdict" in expected and expected["verdict"] != outcome:
        found.append(Difference("verdict", expected["verdict"], " ".join((outcome, *reasons))))
    if "because" in expected and expected["because"] not in reasons:
        found.append(Difference("because", expected["because"], ", ".join(reasons) or "–"))
    return found


def _compare(what: str, expected: object, found: object) -> list[Difference]:
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return [one for key, value in expected.items() for one in _compare(f"{what}.{key}", value, found.get(key))]
    if isinstance(found, bool) and isinstance(expected, str):
        found = "true" if found else "false"
    numbers = isinstance(expected, int | float) and isinstance(found, int | float)
    same = isclose(expected, found, rel_tol=1e-6, abs_tol=1e-9) if numbers else expected == found  # type: ignore[arg-type]
    return [] if same else [Difference(what, str(expected), str(found))]
