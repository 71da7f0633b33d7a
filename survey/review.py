"""Review: people decide on submissions; what counts, the tallies and the log move in the same short transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from survey.domain.canonical import sha256_hex
from survey.domain.people import Ability, Actor
from survey.domain.ports import Survey, Transaction
from survey.domain.problems import DECISION_STALE, SITE_OTHER_KIND, SITE_UNKNOWN, SUBMISSION_UNKNOWN, Problem
from survey.domain.reasons import checked_reason
from survey.domain.submissions import State, Submission, state_words
from survey.domain.times import VIETNAM
from survey.store import counted, figures, reviews
from survey.store.finding_rules import leave_site
from survey.store.sites import select_site
from survey.store.submissions import move_tally, select_submission

# Receipt from phones waits while a transaction of decisions runs: many at once are written in portions of so many.
CHUNK = 25

_EVENTS = {
    State.ACCEPTED: "submission.accepted",
    State.RETURNED: "submission.returned",
    State.REJECTED: "submission.rejected",
    State.RECEIVED: "submission.taken_back",
}


@dataclass(frozen=True)
class Outcome:
    """What became of one of many decisions: the submission as decided, or the problem that left it as it was."""

    submission: str
    decided: Submission | None = None
    problem: Problem | None = None


def decide(survey: Survey, actor: Actor, submission_id: str, to: State, *, reason: str = "", expected_version: int) -> Submission:
    """Move a submission to state *to* for *actor*, who saw its version *expected_version*; returns it as it is now.

    Raises NOT_ALLOWED, SUBMISSION_UNKNOWN (out of the actor's hamlets too), DECISION_STALE where someone else was faster,
    REASON_TOO_LONG, and what `Submission.decide` raises.
    """
    actor.require(Ability.REVIEW)
    decision = _Decision(actor, to, checked_reason(reason), survey.now())
    with survey.transaction() as tx:
        reviews.lock_decisions(tx, actor.commune)
        return _decide(tx, decision, submission_id, expected_version)


def decide_many(survey: Survey, actor: Actor, chosen: Sequence[tuple[str, int]], to: State, reason: str = "") -> list[Outcome]:
    """`decide` for each (id, version seen) of *chosen* with one *reason*; a problem with one leaves the others alone.

    Raises NOT_ALLOWED and REASON_TOO_LONG; any other problem is in its outcome.
    """
    actor.require(Ability.REVIEW)
    decision = _Decision(actor, to, checked_reason(reason), survey.now())
    outcomes: list[Outcome] = []
    for start in range(0, len(chosen), CHUNK):
        with survey.transaction() as tx:
            reviews.lock_decisions(tx, actor.commune)
            outcomes += [_outcome(tx, decision, key, version) for key, version in chosen[start : start + CHUNK]]
    return outcomes


def assign_site(survey: Survey, actor: Actor, submission_id: str, site: str | None, *, expected_version: int, reason: str) -> Submission:
    """Say which site of the register a submission is about (None: none of them); its answers stay as they came.

    Raises NOT_ALLOWED, SUBMISSION_UNKNOWN, SITE_UNKNOWN, SITE_OTHER_KIND, DECISION_STALE, REASON_NEEDED and REASON_TOO_LONG.
    """
    actor.require(Ability.REVIEW)
    with survey.transaction() as tx:
        reviews.lock_decisions(tx, actor.commune)
        before = _seen(tx, actor, submission_id, expected_version)
        decision = _Decision(actor, before.state, checked_reason(reason), survey.now())
        after = before.attach(site, _hamlet_of(tx, actor, before, site), reason=decision.reason)
        if not reviews.update_site(tx, after, expected_version=expected_version):
            raise _stale(tx, before)
        move_tally(tx, before, before.state, None)
        move_tally(tx, after, None, after.state)
        _write(tx, decision, before, after, "submission.site_assigned")
        return after


@dataclass(frozen=True)
class _Decision:
    """What is decided, by whom, when and why."""

    actor: Actor
    to: State
    reason: str
    now: datetime


def _outcome(tx: Transaction, decision: _Decision, submission_id: str, version: int) -> Outcome:
    # Every problem is raised before the first row of its submission is written, so the transaction stays whole.
    try:
        return Outcome(submission_id, decided=_decide(tx, decision, submission_id, version))
    except Problem as problem:
        return Outcome(submission_id, problem=problem)


def _decide(tx: Transaction, decision: _Decision, submission_id: str, version: int) -> Submission:
    actor, to = decision.actor, decision.to
    before = _seen(tx, actor, submission_id, version)
    after = before.decide(to, reason=decision.reason)
    if not reviews.update_state(tx, after, expected_version=version, person=actor.person, at=decision.now):
        raise _stale(tx, before)
    move_tally(tx, after, before.state, after.state)
    _write(tx, decision, before, after, _EVENTS[to])
    return after


def _write(tx: Transaction, decision: _Decision, before: Submission, after: Submission, kind: str) -> None:
    person, reason = decision.actor.person, decision.reason
    review = reviews.insert_review(tx, after, before.state, reason=reason, person=person, at=decision.now)
    concerned = counted.update_counted(tx, after.commune, after.id, former_site=before.site)
    figures.mark_figures_stale(tx, after.commune, decision.now)
    for site in concerned:
        leave_site(tx, after.commune, site, decision.now)
    body: dict[str, object] = {
        "submission": after.id, "number": review.number, "from": before.state.value, "to": after.state.value, "person": person,
        "site": after.site, "instance_sha256": after.instance_sha256, "reason_sha256": sha256_hex(reason) if reason else None,
    }  # fmt: skip
    tx.log(after.commune, kind, body)


def _seen(tx: Transaction, actor: Actor, submission_id: str, version: int) -> Submission:
    """The submission in *version*, as the actor saw it."""
    submission = select_submission(tx, actor.commune, submission_id)
    if submission is None or not actor.reaches(submission.hamlet):
        raise Problem(SUBMISSION_UNKNOWN, id=submission_id)
    if submission.state_version != version:
        raise _stale(tx, submission)
    return submission


def _stale(tx: Transaction, seen: Submission) -> Problem:
    """Who was faster, when, and where that left the submission."""
    now = select_submission(tx, seen.commune, seen.id) or seen
    last = reviews.select_last_review(tx, seen.commune, seen.id)
    if last is None:
        return Problem(DECISION_STALE, code=seen.code, person="?", at="?", **state_words(now.state))
    names = reviews.select_person_names(tx, seen.commune, [last.person])
    at = last.at.astimezone(VIETNAM).strftime("%H:%M %d/%m/%Y")
    return Problem(DECISION_STALE, code=seen.code, person=names.get(last.person, last.person), at=at, **state_words(now.state))


def _hamlet_of(tx: Transaction, actor: Actor, submission: Submission, site_id: str | None) -> str | None:
    """The hamlet that a submission about this site lies in; without a site it stays where it was."""
    if site_id is None:
        return submission.hamlet
    site = select_site(tx, submission.commune, site_id)
    if site is None or site.closed or not actor.reaches(site.hamlet):
        raise Problem(SITE_UNKNOWN, id=site_id)
    kind = reviews.select_site_kind(tx, submission.commune, submission.form, submission.form_version)
    if kind and kind != site.kind:
        raise Problem(SITE_OTHER_KIND, site=site.code)
    return site.hamlet
