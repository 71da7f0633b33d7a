"""Verdicts and statements as the report's templates show them: texts only, nothing left to decide."""

from collections.abc import Mapping
from dataclasses import dataclass

from survey.bundle import words
from survey.domain.outcomes import Outcome
from survey.domain.statements import Statement
from survey.domain.thresholds import Threshold
from survey.domain.verdicts import Basis, Verdict

SYMBOLS = {Outcome.MET: "✓", Outcome.NOT_MET: "✗", Outcome.NOT_ENOUGH_DATA: "?"}

# Reasons that lie in the rule, not in the survey: a number that was not found or not checked decides nothing (DESIGN 2.6).
_WEAK = frozenset({"threshold_recalled", "threshold_missing", "group_unknown", "no_threshold_in_force", "indicators_missing"})


@dataclass(frozen=True)
class SourceView:
    """Where a number stands, and the addresses at which it was read."""

    text: str
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class BasisView:
    """One indicator behind a verdict, in words."""

    title: str
    decides: bool
    value: str
    range: str
    interval: str
    by_interval: bool
    age: str
    limit: str
    valid: str
    status: str
    status_css: str
    fraction: str
    coverage: str
    left_out: int
    unknown: int
    visits: str
    submissions: int
    behind: tuple[str, ...]
    digest: str
    reason: str
    sources: tuple[SourceView, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class StatementView:
    """What a person stated, in words, with the paper it rests on."""

    css: str
    symbol: str
    word: str
    level: str
    share: str
    day: str
    document: str
    sha256: str
    note: str
    person: str
    entered: str


@dataclass(frozen=True)
class VerdictView:
    """A verdict in words; *href* leads to where its evidence is shown, *weak* says that a number of the rule is not surely known."""

    css: str
    symbol: str
    word: str
    value: str
    coverage: str
    informs: bool
    weak: bool
    href: str
    reasons: tuple[str, ...]
    stated: StatementView | None
    basis: tuple[BasisView, ...]


def verdict_view(verdict: Verdict, href: str, people: Mapping[str, str]) -> VerdictView:
    """*verdict* in words; *people* are the names of who states."""
    leading = verdict.leading
    return VerdictView(
        css=verdict.outcome.value,
        symbol=SYMBOLS[verdict.outcome],
        word=words.OUTCOMES[verdict.outcome],
        value=words.amount(leading.value, leading.unit) if leading and leading.value is not None else "",
        coverage=f"{leading.visited}/{leading.registered}" if leading and leading.registered else "",
        informs=verdict.informs,
        weak=not _WEAK.isdisjoint(verdict.reasons),
        href=href,
        reasons=tuple(words.REASONS.get(reason, reason) for reason in verdict.reasons),
        stated=statement_view(verdict.stated, people),
        basis=tuple(_basis_view(basis) for basis in verdict.basis),
    )


def statement_view(statement: Statement | None, people: Mapping[str, str]) -> StatementView | None:
    """*statement* in words; None where nobody stated anything."""
    if statement is None:
        return None
    return StatementView(
        css=statement.outcome.value,
        symbol=SYMBOLS[statement.outcome],
        word=words.OUTCOMES[statement.outcome],
        level=words.LEVELS.get(statement.level, statement.level),
        share="" if statement.value is None else words.amount(statement.value, "share"),
        day=words.day(statement.stated_on),
        document=(statement.document_name or "văn bản") if statement.document else "",
        sha256=statement.document or "",
        note=statement.note,
        person=people.get(statement.person, statement.person),
        entered=words.moment(statement.at),
    )


def _basis_view(basis: Basis) -> BasisView:
    threshold = basis.threshold
    is_open = basis.unknown and basis.lowest is not None and basis.highest is not None
    between = f"({words.amount(basis.lowest, basis.unit)} đến {words.amount(basis.highest, basis.unit)} khi rõ hết)" if is_open else ""
    notes = (basis.note, threshold.note if threshold else None)
    return BasisView(
        title=basis.title.vi,
        decides=basis.decides,
        value=words.amount(basis.value, basis.unit),
        range=between,
        interval=words.interval(basis.interval, basis.unit),
        by_interval=basis.decided_by == "interval",
        age=f"{words.day(basis.oldest)} đến {words.day(basis.newest)}" if basis.oldest and basis.newest else "",
        limit=words.limit(threshold),
        valid=_validity(threshold),
        status=words.STATUSES[threshold.status] if threshold else "",
        status_css="weak" if threshold and threshold.weakness else "",
        fraction=f"{words.number(basis.numerator)} / {words.number(basis.denominator)}" if basis.denominator else "",
        coverage=f"{basis.visited} / {basis.registered}",
        left_out=basis.left_out,
        unknown=basis.unknown,
        visits=_visits(basis),
        submissions=basis.submission_count,
        behind=basis.submissions,
        digest=basis.submissions_sha256,
        reason=words.REASONS.get(basis.reason, basis.reason) if basis.reason else "",
        sources=tuple(SourceView(source.text, source.addresses) for source in threshold.sources) if threshold else (),
        notes=tuple(note.vi for note in notes if note is not None),
    )


def _validity(threshold: Threshold | None) -> str:
    if threshold is None:
        return ""
    begins = f"từ {words.day(threshold.valid_from)}" if threshold.valid_from else ""
    ends = f"đến {words.day(threshold.valid_to)}" if threshold.valid_to else ""
    return " ".join(part for part in (begins, ends) if part)


def _visits(basis: Basis) -> str:
    fewest, most = basis.visits_fewest, basis.visits_most
    if fewest is None or most is None:
        return ""
    numbers = words.number(most) if fewest == most else f"ít nhất {words.number(fewest)}, nhiều nhất {words.number(most)}"
    return f"{numbers} đối tượng"
