"""Residents' reports in their own queue, and contributions by hamlet."""

from collections.abc import Collection
from datetime import date, datetime

from survey.domain.community import DAY, HOUR, Contribution, ContributionKind, ReportState, ResidentReport, Traffic
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.times import from_text, to_text
from survey.store.scope import within

_EVERY = (
    "SELECT commune, report, code, text, hamlet, sha256, size, media_type, received_at, state, site, task, note, person, decided_at"
    " FROM resident_report"
)
_REPORT = _EVERY + " WHERE commune = :commune"
_GIVEN = (
    "SELECT commune, contribution, hamlet, kind, amount, given_on, purpose, person, at, withdrawn_reason"
    " FROM contribution WHERE commune = :commune"
)


def select_traffic(reader: Reader, commune: str, sender: str, now: datetime) -> Traffic:
    """How much came in lately, from *sender* (its mark) and in all."""
    row = reader.row(
        "SELECT COUNT(*) AS every, COALESCE(SUM(CASE WHEN sender_mark = :sender THEN 1 ELSE 0 END), 0) AS mine,"
        " COALESCE(SUM(CASE WHEN sender_mark = :sender AND received_at >= :hour THEN 1 ELSE 0 END), 0) AS lately"
        " FROM resident_report WHERE commune = :commune AND received_at >= :day",
        commune=commune, sender=sender, hour=to_text(now - HOUR), day=to_text(now - DAY),
    )  # fmt: skip
    waiting = reader.row(
        "SELECT COUNT(*) AS n, COALESCE(SUM(size), 0) AS size FROM resident_report WHERE commune = :commune AND state = 'waiting'",
        commune=commune,
    )
    if row is None or waiting is None:  # an aggregate always answers one row
        return Traffic(0, 0, 0, 0)
    return Traffic(row["lately"], row["mine"], row["every"], waiting["n"], int(waiting["size"]))


def insert_report(tx: Transaction, report: ResidentReport, sender: str) -> None:
    """Keep a new *report*; *sender* is the mark of where it came from, forgotten after a day."""
    tx.execute(
        "INSERT INTO resident_report (commune, report, code, text, hamlet, sha256, size, media_type, sender_mark, state, note, received_at)"
        " VALUES (:commune, :report, :code, :text, :hamlet, :sha256, :size, :media_type, :sender, :state, '', :at)",
        commune=report.commune, report=report.id, code=report.code, text=report.text, hamlet=report.hamlet, sha256=report.sha256,
        size=report.size, media_type=report.media_type, sender=sender, state=report.state.value, at=to_text(report.received_at),
    )  # fmt: skip


def update_forgotten_senders(tx: Transaction, commune: str, now: datetime) -> None:
    """Forget where reports older than a day came from."""
    tx.execute(
        "UPDATE resident_report SET sender_mark = '' WHERE commune = :commune AND received_at < :day AND sender_mark <> ''",
        commune=commune, day=to_text(now - DAY),
    )  # fmt: skip


def select_reports(
    reader: Reader, commune: str, state: ReportState, *, scope: Collection[str] | None = None, limit: int = 50
) -> list[ResidentReport]:
    """The oldest *limit* reports that wait, or the newest of those decided."""
    in_scope, hamlets = within(scope)
    order = "received_at" if state is ReportState.WAITING else "decided_at DESC"
    rows = reader.rows(
        f"{_REPORT} AND state = :state{in_scope} ORDER BY {order}, report LIMIT :limit",
        commune=commune, state=state.value, limit=limit, **hamlets,
    )  # fmt: skip
    return [_report(row) for row in rows]


def select_report(reader: Reader, commune: str, report: str) -> ResidentReport | None:
    """The report with that id, or None."""
    row = reader.row(f"{_REPORT} AND report = :report", commune=commune, report=report)
    return None if row is None else _report(row)


def update_decided(tx: Transaction, report: ResidentReport) -> bool:
    """Write what was decided of *report*; False where somebody else was faster."""
    return bool(
        tx.execute(
            "UPDATE resident_report SET state = :state, site = :site, task = :task, note = :note, person = :person, decided_at = :at"
            " WHERE commune = :commune AND report = :report AND state = 'waiting'",
            state=report.state.value, site=report.site, task=report.task, note=report.note, person=report.person,
            at=None if report.decided_at is None else to_text(report.decided_at), commune=report.commune, report=report.id,
        )
    )  # fmt: skip


def select_put_aside(reader: Reader, before: datetime, *, limit: int = 100) -> list[ResidentReport]:
    """The oldest *limit* reports of any commune that were put aside before that moment and have their photo still."""
    rows = reader.rows(
        f"{_EVERY} WHERE state = 'dismissed' AND sha256 IS NOT NULL AND decided_at < :before ORDER BY decided_at, report LIMIT :limit",
        before=to_text(before), limit=limit,
    )  # fmt: skip
    return [_report(row) for row in rows]


def update_photo_gone(tx: Transaction, report: ResidentReport) -> bool:
    """Let *report* have no photo any more; whether no row of the deployment names its bytes from now on."""
    tx.execute(
        "UPDATE resident_report SET sha256 = NULL, size = 0, media_type = '' WHERE commune = :commune AND report = :report",
        commune=report.commune, report=report.id,
    )  # fmt: skip
    named = tx.row(
        "SELECT 1 AS one FROM (SELECT sha256 FROM blob WHERE sha256 = :sha256 UNION ALL SELECT sha256 FROM document WHERE sha256 = :sha256"
        " UNION ALL SELECT sha256 FROM resident_report WHERE sha256 = :sha256) AS named LIMIT 1",
        sha256=report.sha256,
    )
    return named is None


def insert_contribution(tx: Transaction, one: Contribution) -> None:
    """Keep a new contribution."""
    tx.execute(
        "INSERT INTO contribution (commune, contribution, hamlet, kind, amount, given_on, purpose, person, at)"
        " VALUES (:commune, :contribution, :hamlet, :kind, :amount, :given_on, :purpose, :person, :at)",
        commune=one.commune, contribution=one.id, hamlet=one.hamlet, kind=one.kind.value, amount=one.amount,
        given_on=one.given_on.isoformat(), purpose=one.purpose, person=one.person, at=to_text(one.at),
    )  # fmt: skip


def update_withdrawn(tx: Transaction, commune: str, contribution: str, reason: str, now: datetime) -> bool:
    """Take a contribution back, with the *reason*; False where there is none that still counts."""
    return bool(
        tx.execute(
            "UPDATE contribution SET withdrawn_at = :at, withdrawn_reason = :reason"
            " WHERE commune = :commune AND contribution = :contribution AND withdrawn_at IS NULL",
            commune=commune, contribution=contribution, reason=reason, at=to_text(now),
        )
    )  # fmt: skip


def select_contributions(reader: Reader, commune: str, *, limit: int = 200) -> list[Contribution]:
    """The newest *limit* contributions, withdrawn ones too."""
    rows = reader.rows(f"{_GIVEN} ORDER BY given_on DESC, at DESC LIMIT :limit", commune=commune, limit=limit)
    return [_contribution(row) for row in rows]


def select_contribution(reader: Reader, commune: str, contribution: str) -> Contribution | None:
    """The contribution with that id, withdrawn or not; None where there is none."""
    row = reader.row(f"{_GIVEN} AND contribution = :contribution", commune=commune, contribution=contribution)
    return None if row is None else _contribution(row)


def select_contribution_sums(reader: Reader, commune: str) -> dict[str | None, dict[ContributionKind, float]]:
    """What counts, summed by hamlet and kind."""
    rows = reader.rows(
        "SELECT hamlet, kind, SUM(amount) AS total FROM contribution"
        " WHERE commune = :commune AND withdrawn_at IS NULL GROUP BY hamlet, kind",
        commune=commune,
    )
    sums: dict[str | None, dict[ContributionKind, float]] = {}
    for row in rows:
        sums.setdefault(row["hamlet"], {})[ContributionKind(row["kind"])] = float(row["total"])
    return sums


def _report(row: Row) -> ResidentReport:
    return ResidentReport(
        row["commune"], row["report"], row["code"], row["text"], row["hamlet"], row["sha256"], row["size"], row["media_type"],
        from_text(row["received_at"]), ReportState(row["state"]), row["site"], row["task"], row["note"], row["person"],
        None if row["decided_at"] is None else from_text(row["decided_at"]),
    )  # fmt: skip


def _contribution(row: Row) -> Contribution:
    return Contribution(
        row["commune"], row["contribution"], row["hamlet"], ContributionKind(row["kind"]), float(row["amount"]),
        date.fromisoformat(row["given_on"]), row["purpose"], row["person"], from_text(row["at"]), row["withdrawn_reason"],
    )  # fmt: skip
