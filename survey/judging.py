"""Judging: a reviewer says that a flag is right or that it means nothing, with the reason; what is open adds up anew at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from survey.domain.canonical import dumps, sha256_hex
from survey.domain.judgements import CONFIRMED, DISMISSED, TAKEN_BACK
from survey.domain.people import Ability, Actor
from survey.domain.ports import Row, Survey, Transaction
from survey.domain.problems import (
    FLAG_CHANGED,
    FLAG_JUDGED,
    JUDGEMENT_REASON_NEEDED,
    SUBMISSION_UNKNOWN,
    Problem,
)
from survey.domain.reasons import NOTE_LENGTH, checked_reason
from survey.domain.times import VIETNAM, from_text
from survey.store.flags import update_open_flags
from survey.store.judgements import insert_judgement, select_flag, select_last_judgement
from survey.store.reviews import select_person_names
from survey.store.submissions import select_submission, update_to_lock

_VERDICTS = frozenset({CONFIRMED, DISMISSED, TAKEN_BACK})


@dataclass(frozen=True)
class SeenFlag:
    """A flag as a reviewer sees it: its *figures*, and the number of the newest *judgement* on it (0: none).

    *figures* and *judgement* may be None where whoever judges takes the flag as it stands.
    """

    attachment: str
    code: str
    figures: Mapping[str, object] | None = None
    judgement: int | None = None


def judge(survey: Survey, actor: Actor, submission: str, attachment: str, code: str, verdict: str, reason: str) -> None:
    """`judge_flags` on one flag as it stands."""
    judge_flags(survey, actor, submission, [SeenFlag(attachment, code)], verdict, reason)


def judge_flags(survey: Survey, actor: Actor, submission: str, flags: Sequence[SeenFlag], verdict: str, reason: str) -> None:
    """Write *verdict* (`confirmed`, `dismissed`, `taken_back`) on *flags* of one submission, on all of them or on none.

    Raises NOT_ALLOWED, SUBMISSION_UNKNOWN (out of the actor's hamlets too), FLAG_CHANGED where a flag is gone, has other figures than
    those that were seen, or has nothing to take back, FLAG_JUDGED where someone else was faster, JUDGEMENT_REASON_NEEDED and
    REASON_TOO_LONG. A flag may be judged before and after its submission is decided on.
    """
    actor.require(Ability.REVIEW)
    lacking = None if verdict == TAKEN_BACK else JUDGEMENT_REASON_NEEDED
    reason = checked_reason(reason, limit=NOTE_LENGTH, lacking=lacking)
    judgement = _Judgement(actor, submission, _known(verdict), reason, survey.now())
    with survey.transaction() as tx:
        update_to_lock(tx, actor.commune, submission)  # a new examination and another reviewer wait until this is written
        found = select_submission(tx, actor.commune, submission)
        if found is None or not actor.reaches(found.hamlet):
            raise Problem(SUBMISSION_UNKNOWN, id=submission)
        for flag in flags:
            _write(tx, judgement, flag)
        update_open_flags(tx, actor.commune, submission)


@dataclass(frozen=True)
class _Judgement:
    """What is said, by whom, when and why."""

    actor: Actor
    submission: str
    verdict: str
    reason: str
    now: datetime


def _write(tx: Transaction, judgement: _Judgement, seen: SeenFlag) -> None:
    commune, key = judgement.actor.commune, (judgement.submission, seen.attachment, seen.code)
    flag, last = select_flag(tx, commune, *key), select_last_judgement(tx, commune, *key)
    if flag is None or (seen.figures is not None and dumps(seen.figures) != flag["figures"]):
        raise Problem(FLAG_CHANGED)
    number = last["number"] if last else 0
    if last and seen.judgement is not None and seen.judgement != number:
        raise _faster(tx, commune, last)
    if judgement.verdict == TAKEN_BACK and (last is None or last["verdict"] == TAKEN_BACK or last["figures"] != flag["figures"]):
        raise Problem(FLAG_CHANGED)
    person, reason = judgement.actor.person, judgement.reason
    insert_judgement(
        tx, commune, *key, number=number + 1, verdict=judgement.verdict, reason=reason, figures=flag["figures"], person=person,
        at=judgement.now,
    )  # fmt: skip
    body: dict[str, object] = {
        "submission": judgement.submission, "attachment_sha256": sha256_hex(seen.attachment) if seen.attachment else None,
        "code": seen.code, "number": number + 1, "verdict": judgement.verdict, "person": person,
        "figures_sha256": sha256_hex(flag["figures"]), "reason_sha256": sha256_hex(reason) if reason else None,
    }  # fmt: skip
    tx.log(commune, "flag.judged", body)


def _faster(tx: Transaction, commune: str, last: Row) -> Problem:
    names = select_person_names(tx, commune, [last["person"]])
    at = from_text(last["at"]).astimezone(VIETNAM).strftime("%H:%M %d/%m/%Y")
    return Problem(FLAG_JUDGED, person=names.get(last["person"], last["person"]), at=at)


def _known(verdict: str) -> str:
    if verdict not in _VERDICTS:
        raise ValueError(verdict)  # the doors offer these three: anything else is a defect
    return verdict
