"""What was kept aside because it could not be taken in: other content under a known id, and corrections that came too late."""

from dataclasses import dataclass
from datetime import datetime

from survey.domain.ports import Reader
from survey.domain.times import from_text


@dataclass(frozen=True)
class KeptAside:
    """An instance as it came, who sent it when, the code of the problem that keeps it out, and the names of its files."""

    sha256: str
    person: str
    received_at: datetime
    reason: str
    xml: bytes
    files: tuple[str, ...]


def select_kept_aside(reader: Reader, commune: str, submission_id: str) -> list[KeptAside]:
    """What came under the submission's id or says that it corrects it, and was kept aside; oldest first."""
    rows = reader.rows(
        "SELECT submission, instance_sha256, person, received_at, reason, xml FROM instance_conflict WHERE commune = :commune"
        " AND (submission = :submission OR replaces = :submission) ORDER BY received_at, instance_sha256",
        commune=commune,
        submission=submission_id,
    )
    return [
        KeptAside(
            row["instance_sha256"], row["person"], from_text(row["received_at"]), row["reason"], bytes(row["xml"]),
            _files(reader, commune, row["submission"], row["instance_sha256"]),
        )
        for row in rows
    ]  # fmt: skip


def _files(reader: Reader, commune: str, submission_id: str, sha256: str) -> tuple[str, ...]:
    rows = reader.rows(
        "SELECT name FROM conflict_file WHERE commune = :commune AND submission = :submission AND instance_sha256 = :sha256 ORDER BY name",
        commune=commune,
        submission=submission_id,
        sha256=sha256,
    )
    return tuple(row["name"] for row in rows)
