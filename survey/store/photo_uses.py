"""Where a photo's bytes are used: what decides who may see them."""

from survey.domain.ports import Reader, Row


def select_photo_uses(reader: Reader, commune: str, sha256: str) -> list[Row]:
    """Each use of the bytes as a photo: sender, owner, hamlet, form, round and review state; all but the first None before the form."""
    return reader.rows(
        "SELECT a.person AS sender, s.person AS owner, s.hamlet, s.form, s.round, s.state AS review FROM attachment a"
        " LEFT JOIN submission s ON s.commune = a.commune AND s.submission = a.submission"
        " WHERE a.commune = :commune AND a.sha256 = :sha256 AND a.state IN ('stored', 'unreferenced')",
        commune=commune, sha256=sha256,
    )  # fmt: skip
