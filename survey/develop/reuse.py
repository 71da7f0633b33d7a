"""Where else the photos of a visit were used: the same bytes, or a picture that looks the same."""

from collections.abc import Sequence

from survey.domain.checks import Use
from survey.domain.ports import Reader
from survey.domain.submissions import Attachment, FileState, Submission
from survey.domain.times import from_text
from survey.store.attachments import select_other_uses
from survey.store.sites import select_site


def uses_of(reader: Reader, submission: Submission, attachments: Sequence[Attachment]) -> dict[str, list[Use]]:
    """The uses in other submissions of each photo of *attachments*, by its name."""
    stored = [a.sha256 for a in attachments if a.sha256 and a.state is FileState.STORED]
    found: dict[str, list[Use]] = {}
    for row in select_other_uses(reader, submission.commune, stored, submission.id):
        site = select_site(reader, submission.commune, row["site"]) if row["site"] else None
        use = Use(row["submission"], row["code"], row["site"], site.code if site else None, row["round"], from_text(row["captured_at"]))
        found.setdefault(row["sha256"], []).append(use)
    return {a.name: found[a.sha256] for a in attachments if a.sha256 in found}
