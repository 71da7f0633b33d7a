"""Tasks for tests: the bundled rules of findings, and fences of a household as accepted visits with photos."""

from functools import cache

from survey import review
from survey.catalogue.editions import read_document, read_edition
from survey.catalogue.findings import read_findings
from survey.catalogue.vocabulary import Question, read_questions
from survey.commands.work import Worker
from survey.domain.canonical import sha256_hex
from survey.domain.people import Actor, Role
from survey.domain.ports import Transaction
from survey.domain.submissions import State
from survey.domain.tasks import Task
from survey.domain.times import to_text
from survey.forms.compile import compile_xlsform
from survey.store.finding_rules import insert_finding_rules
from survey.store.tasks import select_site_tasks
from survey.wiring import ROOT, Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.made_submissions import START, insert, submission

REVIEWER = Actor(COMMUNE, "p-reviewer", "Người duyệt", Role.REVIEWER)


@cache
def questions() -> dict[str, Question]:
    """The questions of the bundled checklists."""
    forms = [compile_xlsform(path.read_bytes(), path.name) for path in sorted((ROOT / "schema" / "forms").glob("*.xlsx"))]
    return {name: known for form in forms for name, known in read_questions(form.form, form.tree).items()}


@cache
def editions() -> dict[str, set[str]]:
    """The codes of the criteria of the bundled editions."""
    folders = [folder for folder in sorted((ROOT / "schema" / "criteria").iterdir()) if folder.is_dir()]
    read = [read_edition(read_document(folder), questions()) for folder in folders]
    return {edition.id: {criterion.code for criterion in edition.criteria} for edition in read}


@cache
def rules() -> str:
    """The document of the bundled rules."""
    return read_findings(ROOT / "schema" / "findings", questions(), editions())[0]


def load_rules(survey: Survey) -> None:
    """The commune uses the bundled rules."""
    with survey.transaction() as tx:
        insert_finding_rules(tx, COMMUNE, rules(), survey.now())


def fence(
    survey: Survey, name: str, green_m: float, *, site: str = "s1", day: int = 0, total_m: float = 40.0, state: State = State.ACCEPTED,
    replaces: str | None = None,
) -> str:  # fmt: skip
    """A fence seen so many days after the start, with a photo, decided as *state*; returns its id."""
    answers = {"/data/fence/total_m": total_m, "/data/fence/green_m": green_m}
    made = submission(name, site=site, minutes=24 * 60 * day, hamlet=HAMLETS[0], answers=answers, replaces=replaces)
    with survey.transaction() as tx:
        insert(tx, made)
        _photo(tx, made.id, name)
    if state is not State.RECEIVED:
        decide(survey, made.id, state)
    return made.id


def _photo(tx: Transaction, submission_id: str, name: str) -> None:
    values = {"commune": COMMUNE, "sha256": photo_of(name), "submission": submission_id, "at": to_text(START)}
    tx.execute(
        "INSERT INTO blob (commune, sha256, size, crc32, media_type, quarantine, facts, views, received_at)"
        " VALUES (:commune, :sha256, 9, 0, 'image/jpeg', 0, '{}', 'waiting', :at)", commune=COMMUNE, sha256=values["sha256"],
        at=values["at"],
    )  # fmt: skip
    tx.execute(
        "INSERT INTO attachment (commune, submission, name, question, repeat_key, ordinal, state, sha256, capture, received_at)"
        " VALUES (:commune, :submission, 'a.jpg', 'photo_1', '', 1, 'stored', :sha256, '{}', :at)", **values,
    )  # fmt: skip


def photo_of(name: str) -> str:
    """The hash of the photo of the fence called *name*."""
    return sha256_hex(f"photo {name}")


def decide(survey: Survey, submission_id: str, to: State) -> None:
    """Decide as a reviewer who saw the present version."""
    with survey.reading() as reader:
        row = reader.row("SELECT state_version FROM submission WHERE submission = :key", key=submission_id)
    assert row is not None
    review.decide(survey, REVIEWER, submission_id, to, reason="r", expected_version=row["state_version"])


def work(survey: Survey) -> None:
    """Do every job that waits, as a worker does."""
    worker = Worker(survey)
    while worker.take():
        pass


def tasks_at(survey: Survey, site: str = "s1") -> list[Task]:
    """The tasks of a site, oldest first."""
    with survey.reading() as reader:
        return select_site_tasks(reader, COMMUNE, site)
