"""Everything held about one home or one account, for the person who asks: other people stand here by their roles alone."""

from survey.domain.ports import Reader, Row

_ROLE = "COALESCE((SELECT p.role FROM person p WHERE p.commune = x.commune AND p.person = x.{column}), 'operator') AS {name}"


def select_told_visits(reader: Reader, commune: str, site: str) -> list[Row]:
    """The visits of a home, oldest first, with the role of who made them."""
    return reader.rows(
        "SELECT x.submission, x.code, x.form, x.form_version, x.round, x.captured_at, x.received_at, x.state, x.consent, x.latitude,"
        f" x.longitude, x.accuracy_m, x.answers, x.instance_sha256, x.erased_at, {_ROLE.format(column='person', name='visited_by')}"
        " FROM submission x WHERE x.commune = :commune AND x.site = :site ORDER BY x.captured_at, x.submission",
        commune=commune, site=site,
    )  # fmt: skip


def select_told_files(reader: Reader, commune: str, site: str) -> list[Row]:
    """The files of the home's visits: submission, name, question, state, sha256, size, media_type, quarantine, erased_at."""
    return reader.rows(
        "SELECT a.submission, a.name, a.question, a.state, a.sha256, b.size, b.media_type, b.quarantine, b.erased_at, a.received_at"
        " FROM attachment a JOIN submission s ON s.commune = a.commune AND s.submission = a.submission"
        " LEFT JOIN blob b ON b.commune = a.commune AND b.sha256 = a.sha256"
        " WHERE s.commune = :commune AND s.site = :site ORDER BY s.captured_at, a.submission, a.ordinal, a.name",
        commune=commune, site=site,
    )  # fmt: skip


def select_told_reviews(reader: Reader, commune: str, site: str) -> list[Row]:
    """What was decided on the home's visits, and why."""
    return reader.rows(
        f"SELECT x.submission, x.to_state, x.reason, x.at, {_ROLE.format(column='person', name='decided_by')} FROM review x"
        " JOIN submission s ON s.commune = x.commune AND s.submission = x.submission"
        " WHERE s.commune = :commune AND s.site = :site ORDER BY x.at, x.submission",
        commune=commune, site=site,
    )  # fmt: skip


def select_told_tasks(reader: Reader, commune: str, site: str) -> list[Row]:
    """Tasks at the home."""
    return reader.rows(
        "SELECT code, origin, finding, title, missing, unit, due_on, state, note, opened_at, closed_at FROM task"
        " WHERE commune = :commune AND site = :site ORDER BY opened_at, task",
        commune=commune, site=site,
    )  # fmt: skip


def select_told_reports(reader: Reader, commune: str, site: str) -> list[Row]:
    """What residents sent about the home."""
    return reader.rows(
        "SELECT code, text, state, note, received_at, decided_at FROM resident_report WHERE commune = :commune AND site = :site"
        " ORDER BY received_at, report",
        commune=commune, site=site,
    )  # fmt: skip


def select_told_looks(reader: Reader, commune: str, site: str) -> list[Row]:
    """Who looked at the home, its visits or photos, by role: role, act, kind, first_at, last_at, times."""
    return reader.rows(
        f"SELECT {_ROLE.format(column='person', name='role')}, x.act, x.kind, x.first_at, x.last_at, x.times FROM access_log x"
        " WHERE x.commune = :commune AND x.subject IN (SELECT :site UNION SELECT s.submission FROM submission s WHERE s.commune = :commune"
        " AND s.site = :site UNION SELECT a.sha256 FROM attachment a JOIN submission s ON s.commune = a.commune"
        " AND s.submission = a.submission WHERE s.commune = :commune AND s.site = :site AND a.sha256 IS NOT NULL)"
        " ORDER BY x.first_at DESC LIMIT 1000",
        commune=commune, site=site,
    )  # fmt: skip


def select_told_account(reader: Reader, commune: str, person: str) -> dict[str, list[Row]]:
    """What is held about an account's holder, by kind; no hash of a password, token or code."""
    place = {"commune": commune, "person": person}
    where = "WHERE commune = :commune AND person = :person"
    statements = {
        "sessions": f"SELECT created_at, expires_at, ended_at, browser, way FROM session {where} ORDER BY created_at",
        "phones": f"SELECT name, username, created_at, enrolled_at, seen_at, revoked_at FROM device {where} ORDER BY created_at",
        "hamlets": f"SELECT hamlet FROM person_hamlet {where} ORDER BY hamlet",
        "identities": f"SELECT issuer, subject, linked_at FROM identity {where} ORDER BY linked_at",
        "submissions": (
            "SELECT submission, code, form, captured_at, received_at, state, latitude, longitude, device FROM submission"
            f" {where} ORDER BY captured_at, submission"
        ),
        "brought_in": (
            "SELECT code, captured_at, received_at, state FROM submission WHERE commune = :commune AND brought_by = :person"
            " ORDER BY captured_at, submission"
        ),
        "duties": f"SELECT edition, criterion, agency, person_name, due_on, at FROM assignment {where} ORDER BY at",
        "waiting_photos": f"SELECT sha256, name, size, brought_at FROM desk_photo {where} ORDER BY brought_at",
        "log": f"SELECT seq, at, kind FROM event_index {where} ORDER BY seq",
        "looks": f"SELECT act, kind, first_at, last_at, times FROM access_log {where} ORDER BY first_at",
    }
    return {name: reader.rows(sql, **place) for name, sql in statements.items()}
