"""Purposes, what homes said at the office, requests, notes and holds: added, never changed; the newest number counts."""

from datetime import date, datetime

from survey.domain.personal import DataRequest, Purpose, RequestKind, RequestState, Said, SaidAtOffice, Stated
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.times import from_text, to_text

_REQUEST = (
    "request, number, kind, subject_kind, subject, words, received_on, due_on, due_source, answers, state, outcome, person, at"
)  # fmt: skip


def insert_stated(
    tx: Transaction, commune: str, purpose: Purpose, words: str, ground: str, source: str, *, person: str, at: datetime
) -> int:
    """State what a purpose is; returns its number in the history."""
    number = _next(tx, "purpose", commune, purpose=purpose.value)
    tx.execute(
        "INSERT INTO purpose (commune, purpose, number, words, ground, source, person, at)"
        " VALUES (:commune, :purpose, :number, :words, :ground, :source, :person, :at)",
        commune=commune, purpose=purpose.value, number=number, words=words, ground=ground, source=source, person=person, at=to_text(at),
    )  # fmt: skip
    return number


def select_stated(reader: Reader, commune: str) -> dict[Purpose, list[Stated]]:
    """Every version of what is stated, newest first, by purpose."""
    found: dict[Purpose, list[Stated]] = {}
    rows = reader.rows("SELECT * FROM purpose WHERE commune = :commune ORDER BY purpose, number DESC", commune=commune)
    for row in rows:
        one = Stated(
            Purpose(row["purpose"]), row["number"], row["words"], row["ground"], row["source"], row["person"], from_text(row["at"])
        )
        found.setdefault(one.purpose, []).append(one)
    return found


def insert_said(tx: Transaction, commune: str, said: SaidAtOffice) -> int:
    """Keep what a home said at the office; returns its number."""
    number = _next(tx, "consent_record", commune, site=said.site)
    tx.execute(
        "INSERT INTO consent_record (commune, site, number, said, said_on, note, document, person, at)"
        " VALUES (:commune, :site, :number, :said, :said_on, :note, :document, :person, :at)",
        commune=commune, site=said.site, number=number, said=said.said.value, said_on=said.said_on.isoformat(), note=said.note,
        document=said.document, person=said.person, at=to_text(said.at),
    )  # fmt: skip
    return number


def select_said(reader: Reader, commune: str, site: str) -> list[SaidAtOffice]:
    """What the home said at the office, newest first."""
    rows = reader.rows(
        "SELECT * FROM consent_record WHERE commune = :commune AND site = :site ORDER BY number DESC", commune=commune, site=site
    )
    return [
        SaidAtOffice(
            row["site"], row["number"], Said(row["said"]), date.fromisoformat(row["said_on"]), row["note"], row["document"], row["person"],
            from_text(row["at"]),
        )
        for row in rows
    ]  # fmt: skip


def select_is_consent_paper(reader: Reader, commune: str, sha256: str) -> bool:
    """Whether the document is what a home signed at the office."""
    row = reader.row("SELECT 1 AS one FROM consent_record WHERE commune = :commune AND document = :sha256", commune=commune, sha256=sha256)
    return row is not None


def insert_data_request(tx: Transaction, commune: str, request: DataRequest) -> None:
    """Keep a version of a request."""
    plain = ("number", "subject_kind", "subject", "words", "due_source", "answers", "outcome", "person")
    values = {name: getattr(request, name) for name in plain}
    places = ", ".join(f":{name.strip()}" for name in _REQUEST.split(","))
    tx.execute(
        f"INSERT INTO data_request (commune, {_REQUEST}) VALUES (:commune, {places})",
        commune=commune, request=request.id, kind=request.kind.value, state=request.state.value, at=to_text(request.at),
        received_on=request.received_on.isoformat(), due_on=request.due_on.isoformat(), **values,
    )  # fmt: skip


def select_data_requests(reader: Reader, commune: str, *, subject: str = "", request: str = "") -> list[DataRequest]:
    """The requests in their newest version, open ones first, those due soonest in front; of one *subject* or one id where given."""
    clause = " AND d.subject = :subject" if subject else " AND d.request = :request" if request else ""
    names = {"subject": subject} if subject else {"request": request} if request else {}
    rows = reader.rows(
        f"SELECT {', '.join(f'd.{name.strip()}' for name in _REQUEST.split(','))} FROM data_request d WHERE d.commune = :commune{clause}"
        " AND d.number = (SELECT MAX(n.number) FROM data_request n WHERE n.commune = d.commune AND n.request = d.request)"
        " ORDER BY CASE WHEN d.state = 'open' THEN 0 ELSE 1 END, d.due_on, d.request LIMIT 500",
        commune=commune, **names,
    )  # fmt: skip
    return [_request(row) for row in rows]


def insert_note(tx: Transaction, commune: str, submission: str, words: str, *, person: str, at: datetime) -> int:
    """Keep what somebody says about an answer; returns its number."""
    number = _next(tx, "correction_note", commune, submission=submission)
    tx.execute(
        "INSERT INTO correction_note (commune, submission, number, words, person, at)"
        " VALUES (:commune, :submission, :number, :words, :person, :at)",
        commune=commune, submission=submission, number=number, words=words, person=person, at=to_text(at),
    )  # fmt: skip
    return number


def select_notes(reader: Reader, commune: str, submission: str) -> list[Row]:
    """What was said about a submission's answers, oldest first: number, words, person, at."""
    return reader.rows(
        "SELECT number, words, person, at FROM correction_note WHERE commune = :commune AND submission = :submission ORDER BY number",
        commune=commune, submission=submission,
    )  # fmt: skip


def insert_hold(tx: Transaction, commune: str, hold: str, kind: str, subject: str, reason: str, *, person: str, at: datetime) -> None:
    """Keep the photos of a home or round from going by themselves."""
    tx.execute(
        "INSERT INTO legal_hold (commune, hold, kind, subject, reason, person, at)"
        " VALUES (:commune, :hold, :kind, :subject, :reason, :person, :at)",
        commune=commune, hold=hold, kind=kind, subject=subject, reason=reason, person=person, at=to_text(at),
    )  # fmt: skip


def update_hold_ended(tx: Transaction, commune: str, hold: str, reason: str, *, person: str, at: datetime) -> bool:
    """End a hold; False where there is none."""
    return bool(
        tx.execute(
            "UPDATE legal_hold SET ended_at = :at, ended_by = :person, ended_reason = :reason"
            " WHERE commune = :commune AND hold = :hold AND ended_at IS NULL",
            commune=commune, hold=hold, reason=reason, person=person, at=to_text(at),
        )
    )  # fmt: skip


def select_holds(reader: Reader, commune: str) -> list[Row]:
    """The holds that stand: hold, kind, subject, reason, person, at."""
    return reader.rows(
        "SELECT hold, kind, subject, reason, person, at FROM legal_hold WHERE commune = :commune AND ended_at IS NULL ORDER BY at, hold",
        commune=commune,
    )


def _next(reader: Reader, table: str, commune: str, **key: object) -> int:
    where = "".join(f" AND {name} = :{name}" for name in key)
    row = reader.row(f"SELECT MAX(number) AS last FROM {table} WHERE commune = :commune{where}", commune=commune, **key)
    return 1 + ((row and row["last"]) or 0)


def _request(row: Row) -> DataRequest:
    return DataRequest(
        row["request"], row["number"], RequestKind(row["kind"]), row["subject_kind"], row["subject"], row["words"],
        date.fromisoformat(row["received_on"]), date.fromisoformat(row["due_on"]), row["due_source"], row["answers"],
        RequestState(row["state"]), row["outcome"], row["person"], from_text(row["at"]),
    )  # fmt: skip
