"""A commune with a person of every role and one of everything that has an address, and how each route is asked for it."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import quote

from starlette.testclient import TestClient

from survey import accounts, owners, standing, tasks
from survey.catalogue.editions import read_document
from survey.catalogue.effective import effective_edition
from survey.domain.grants import Grant
from survey.domain.owners import Assignment
from survey.domain.people import Actor, Role
from survey.domain.submissions import Instance, NamedFile
from survey.domain.tasks import Origin
from survey.store.attachments import insert_blob, insert_named, upsert_arrived
from survey.store.deployment import insert_round
from survey.store.editions import LoadedEdition, upsert_edition
from survey.store.people import insert_person
from survey.wiring import ROOT, Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.made_submissions import insert, register, submission

EDITION = "ha-tinh-vuon-mau"
FORM = "household_garden"
ROUND, LATER = "r1", "r2"
OTHER = "06979"
PHOTO = b"\xff\xd8\xff\xe0 the home of Nguyen Thi Kin"
PAPER = b"%PDF-1.4\n% what only this commune has\n%%EOF\n"
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
MARKS = ("Hộ s1", "Thôn mẫu", "Sửa hàng rào nhà", "p-inspector", "HO-0001", "nguyen thi kin", "what only this commune")
"""What stands nowhere but in commune 18844."""


@dataclass(frozen=True)
class World:
    """The ids of what there is; *hidden* is a photo of another hamlet that is waiting for review."""

    survey: Survey
    submission: str
    photo: str
    other_hamlets: tuple[str, str]
    unreviewed: tuple[str, str]
    later: tuple[str, str]
    other_form: tuple[str, str]
    paper: str
    task: str
    bundle: str

    def address(self, path: str) -> str:
        """*path* with its parts filled in from what there is."""
        known = {
            "submission": self.submission, "sha256": self.paper if path.startswith("/documents") else self.photo, "name": "a.jpg",
            "form": FORM, "version": "1", "site": "s1", "edition": EDITION, "report": "00000000-0000-4000-8000-000000000001",
            "bundle": self.bundle, "number:int": "1", "upload": "00000000-0000-4000-8000-000000000002", "token": "unknown",
            "briefing": "00000000-0000-4000-8000-000000000003", "list": "00000000-0000-4000-8000-000000000004", "commune": COMMUNE,
            "link": f"{COMMUNE}.unknown", "language": "vi", "kind": "home", "subject": "s1",
        }  # fmt: skip
        for name, value in known.items():
            path = path.replace("{" + name + "}", quote(value, safe=""))
        return path


def make_world(survey: Survey) -> World:
    """Fill the seeded commune: everybody of every role, two rounds, an edition with an owner, submissions with photos, a paper, a task."""
    chief = Actor(COMMUNE, "p-coordinator", "coordinator", Role.COORDINATOR)
    with survey.transaction() as tx:
        for role in (Role.OWNER, Role.APPRAISER, Role.ADMINISTRATOR, Role.PROVINCE):
            insert_person(
                tx, COMMUNE, f"p-{role}", login=role.value, name=f"Bà {role}", role=role, locale="vi", password_hash=None, at=NOW
            )
        insert_round(tx, COMMUNE, ROUND, "Đợt một", date(2026, 11, 1), date(2026, 11, 30))
        insert_round(tx, COMMUNE, LATER, "Đợt hai", date(2026, 12, 1), date(2026, 12, 31))
        upsert_edition(tx, COMMUNE, LoadedEdition(EDITION, read_document(ROOT / "schema" / "criteria" / EDITION).text(), NOW), {})
        register(tx, {"s1": HAMLETS[0], "s2": HAMLETS[1]})
    accounts.change_grant(survey, COMMUNE, "p-appraiser", Grant(Role.APPRAISER, rounds=frozenset({ROUND})), by=None)
    owners.assign(survey, chief, EDITION, [Assignment(EDITION, _criterion(survey), 0, "Phòng Kinh tế", "p-owner", "", None)])
    seen = _photo(survey, "accepted", PHOTO, round_id=ROUND, accepted=True)
    return World(
        survey, *seen,
        other_hamlets=_photo(survey, "far", b"\xff\xd8far", hamlet=HAMLETS[1], round_id=ROUND, accepted=True, person="p-reviewer"),
        unreviewed=_photo(survey, "new", b"\xff\xd8new", round_id=ROUND),
        later=_photo(survey, "later", b"\xff\xd8later", round_id=LATER, accepted=True),
        other_form=_photo(survey, "fence", b"\xff\xd8fence", round_id=ROUND, accepted=True, form="household_fence"),
        paper=standing.keep_document(survey, chief, "to-trinh.pdf", [PAPER]),
        task=tasks.enter(survey, chief, tasks.Entry("Sửa hàng rào nhà bà Kín", Origin.APPRAISAL, site="s1")).id,
        bundle="00000000-0000-5000-8000-000000000005",
    )  # fmt: skip


def _criterion(survey: Survey) -> str:
    """A criterion that the garden's form answers."""
    document = read_document(ROOT / "schema" / "criteria" / EDITION).text()
    edition = effective_edition(document, [])
    return next(one.code for one in edition.criteria if any(FORM in indicator.forms for indicator in one.indicators))


def _photo(
    survey: Survey, name: str, content: bytes, *, round_id: str, hamlet: str = HAMLETS[0], accepted: bool = False, form: str = FORM,
    person: str = "p-inspector",
) -> tuple[str, str]:  # fmt: skip
    staged = survey.blobs.stage([content], name="a.jpg", limit=10**6)
    survey.blobs.keep(staged)
    made = submission(name, hamlet=hamlet, round=round_id, form=form, person=person, site="s1" if hamlet == HAMLETS[0] else "s2")
    with survey.transaction() as tx:
        insert(tx, made)
        insert_named(tx, COMMUNE, Instance(made.id, form, "1", (), (NamedFile("a.jpg", "photo"),)))
        insert_blob(tx, COMMUNE, staged, media_type="image/jpeg", quarantine=False, facts="{}", at=NOW)
        upsert_arrived(tx, COMMUNE, made.id, "a.jpg", staged=staged, reason=None, person=person, at=NOW)
        if accepted:
            tx.execute("UPDATE submission SET state = 'accepted' WHERE submission = :name", name=made.id)
    for view in ("preview", "thumb"):
        survey.blobs.save_view(staged.sha256, view, content)
    return made.id, hashlib.sha256(content).hexdigest()


def status_of(browser: TestClient, world: World, route: str, headers: dict[str, str] | None = None) -> int:
    """What *route* answers; 401 where a page of ours sends the browser to sign in."""
    method, _, path = route.partition(" ")
    form = {"login": "nobody", "password": "wrong"} if path == "/sign-in" and method == "POST" else None
    answer = browser.request(method, world.address(path), data=form, headers={"accept": "*/*", **(headers or {})})
    is_sent_away = answer.status_code == 303 and answer.headers.get("location", "").startswith("/sign-in?")
    return 401 if is_sent_away else answer.status_code
