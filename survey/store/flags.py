"""Flags: what the checks found on a submission or one of its photos, and what they add up to while they are open."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from survey.domain.canonical import dumps
from survey.domain.judgements import DISMISSED, TAKEN_BACK, risk_of
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.times import to_text
from survey.store.submissions import update_to_lock

_PORTION = 400  # keys in one question: well below any engine's limit of parameters


def upsert_flags(tx: Transaction, commune: str, submission_id: str, flags: Iterable[Mapping[str, object]], at: datetime) -> None:
    """Make *flags* (attachment, code, severity, figures) those of the submission; one that stays as it is keeps the time it was raised."""
    update_to_lock(tx, commune, submission_id)  # a judgement and a new examination of one submission wait for each other
    stored = {_key(row): row for row in _select_plain(tx, commune, submission_id)}
    wanted: dict[tuple[str, str], dict[str, object]] = {}
    for flag in flags:
        row = {
            "commune": commune, "submission": submission_id, "attachment": flag["attachment"] or "", "code": flag["code"],
            "severity": flag["severity"], "figures": dumps(flag["figures"]), "at": to_text(at),
        }  # fmt: skip
        wanted.setdefault(_key(row), row)
    gone = [key for key, row in stored.items() if not _same(row, wanted.get(key))]
    new = [row for key, row in wanted.items() if not _same(row, stored.get(key))]
    tx.execute_many(
        "DELETE FROM flag WHERE commune = :commune AND submission = :submission AND attachment = :attachment AND code = :code",
        [{"commune": commune, "submission": submission_id, "attachment": attachment, "code": code} for attachment, code in gone],
    )
    tx.execute_many(
        "INSERT INTO flag (commune, submission, attachment, code, severity, figures, raised_at)"
        " VALUES (:commune, :submission, :attachment, :code, :severity, :figures, :at)",
        new,
    )
    update_open_flags(tx, commune, submission_id)
    _move_tally(tx, commune, Counter(str(row["code"]) for row in new), Counter(code for _attachment, code in gone))


def update_open_flags(tx: Transaction, commune: str, submission_id: str) -> None:
    """Keep what the submission's flags add up to, and what was said of each of them: after flags or judgements have changed."""
    flags = select_flags(tx, commune, submission_id)
    standing = [flag for flag in flags if flag["verdict"] != DISMISSED]
    key = {"commune": commune, "submission": submission_id}
    risk = risk_of(flag["severity"] for flag in standing)
    tx.execute(
        "UPDATE submission SET flag_count = :count, flag_severity = :severity, risk = :risk"
        " WHERE commune = :commune AND submission = :submission",
        count=len(standing), severity=max((flag["severity"] for flag in standing), default=0), risk=risk, **key,
    )  # fmt: skip
    tx.execute_many(
        "UPDATE flag SET verdict = :verdict, risk = :risk,"
        " state = (SELECT s.state FROM submission s WHERE s.commune = :commune AND s.submission = :submission),"
        " received_at = (SELECT s.received_at FROM submission s WHERE s.commune = :commune AND s.submission = :submission)"
        " WHERE commune = :commune AND submission = :submission AND attachment = :attachment AND code = :code",
        [
            {**key, "attachment": flag["attachment"], "code": flag["code"], "verdict": flag["verdict"] or "", "risk": risk}
            for flag in flags
        ],
    )


def select_flags(reader: Reader, commune: str, submission_id: str) -> list[Row]:
    """The submission's flags, worst first: attachment, code, severity, figures (decoded), raised_at, and what was said of each.

    *verdict* is `confirmed` or `dismissed` while the figures are those that were judged, else None; *verdict_before* is what was said of
    other figures, else None. *verdict_reason*, *verdict_person*, *verdict_at* and *judgement* (its number, 0: none yet) are the newest's.
    """
    rows = _select_plain(reader, commune, submission_id)
    return [_judged(row) for row in rows]


def select_flags_of_many(reader: Reader, commune: str, submissions: Sequence[str]) -> dict[str, list[Row]]:
    """`select_flags` for each of *submissions*; those without flags are left out."""
    found: dict[str, list[Row]] = {}
    for start in range(0, len(submissions), _PORTION):
        names = {f"key{number}": key for number, key in enumerate(submissions[start : start + _PORTION])}
        where = f"f.submission IN ({', '.join(f':{name}' for name in names)})"
        for row in reader.rows(f"{_FLAGS} AND {where} {_ORDER}", commune=commune, **names):
            found.setdefault(row["submission"], []).append(_judged(row))
    return found


def select_flag_counts(reader: Reader, commune: str) -> dict[str, int]:
    """How many flags of each check stand, from the tally."""
    rows = reader.rows("SELECT code, count FROM flag_tally WHERE commune = :commune AND count > 0", commune=commune)
    return {row["code"]: row["count"] for row in rows}


def select_waiting_counts(reader: Reader, commune: str) -> dict[str, int]:
    """How many open flags of each check are on submissions that wait for review: one range of an index, as long as what waits."""
    rows = reader.rows(
        "SELECT code, COUNT(*) AS count FROM flag"
        " WHERE commune = :commune AND state = 'received' AND verdict <> 'dismissed' GROUP BY code",
        commune=commune,
    )
    return {row["code"]: row["count"] for row in rows}


_FLAGS = """
SELECT f.submission, f.attachment, f.code, f.severity, f.figures, f.raised_at, j.number, j.verdict AS said, j.figures AS judged,
  j.reason AS verdict_reason, j.person AS verdict_person, j.at AS verdict_at
FROM flag AS f LEFT JOIN flag_judgement AS j ON j.commune = f.commune AND j.submission = f.submission AND j.attachment = f.attachment
  AND j.code = f.code AND j.number = (SELECT MAX(n.number) FROM flag_judgement AS n WHERE n.commune = f.commune
    AND n.submission = f.submission AND n.attachment = f.attachment AND n.code = f.code)
WHERE f.commune = :commune"""
_ORDER = "ORDER BY f.submission, f.severity DESC, f.attachment, f.code"


def _select_plain(reader: Reader, commune: str, submission_id: str) -> list[Row]:
    return reader.rows(f"{_FLAGS} AND f.submission = :submission {_ORDER}", commune=commune, submission=submission_id)


def _judged(row: Row) -> Row:
    said = None if row["said"] == TAKEN_BACK else row["said"]
    holds = row["judged"] == row["figures"]
    kept = {name: row[name] for name in ("attachment", "code", "severity", "raised_at", "verdict_reason", "verdict_person", "verdict_at")}
    return {
        **kept,
        "figures": json.loads(row["figures"]),
        "verdict": said if holds else None,
        "verdict_before": None if holds else said,
        "judgement": row["number"] or 0,
    }


def _key(row: Mapping[str, object]) -> tuple[str, str]:
    return str(row["attachment"]), str(row["code"])


def _same(one: Mapping[str, object], other: Mapping[str, object] | None) -> bool:
    return other is not None and (one["severity"], one["figures"]) == (other["severity"], other["figures"])


def _move_tally(tx: Transaction, commune: str, new: Counter[str], gone: Counter[str]) -> None:
    """The codes in order: two workers that count the same ones wait for each other, never both at once."""
    for code in sorted(new | gone):
        if step := new[code] - gone[code]:
            tx.execute(
                "INSERT INTO flag_tally (commune, code, count) VALUES (:commune, :code, :step)"
                " ON CONFLICT (commune, code) DO UPDATE SET count = flag_tally.count + :step",
                commune=commune, code=code, step=step,
            )  # fmt: skip
