"""A commune on either engine with an edition, an owner of criteria and a clock, for tests of owners and the roadmap."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from survey.catalogue.editions import read_document
from survey.domain.people import Actor, Role
from survey.domain.ports import Blobs, Reader, Transaction
from survey.store import Store
from survey.store.editions import LoadedEdition, upsert_edition
from survey.store.people import insert_person
from survey.wiring import ROOT
from tests.conftest import COMMUNE, HAMLETS, seed

KDC = "ha-tinh-kdc-kieu-mau"
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
OWNER = Actor(COMMUNE, "p-owner", "Chị Hường", Role.OWNER)
OTHER = Actor(COMMUNE, "p-other", "Anh Bảo", Role.OWNER)
SCOPED = Actor(COMMUNE, "p-coordinator", "Điều phối", Role.COORDINATOR, frozenset({HAMLETS[0]}))


@dataclass
class Plain:
    """What verbs need of a survey, over one store; *moment* is what the clock says."""

    store: Store
    moment: datetime = field(default=NOW)

    @property
    def blobs(self) -> Blobs:
        """Not needed here."""
        raise NotImplementedError

    def reading(self) -> AbstractContextManager[Reader]:
        """A reader of the store."""
        return self.store.reading()

    def transaction(self) -> AbstractContextManager[Transaction]:
        """A transaction of the store."""
        return self.store.transaction()

    def now(self) -> datetime:
        """The test's moment."""
        return self.moment


def peopled(store: Store) -> Plain:
    """The seeded commune with two owners and the edition KDC."""
    seed(store)
    add_plans(store)
    return Plain(store)


def add_plans(store: Store) -> None:
    """Two owners and the edition KDC in a seeded commune."""
    document = read_document(ROOT / "schema" / "criteria" / KDC)
    with store.transaction() as tx:
        for actor in (OWNER, OTHER):
            insert_person(
                tx, COMMUNE, actor.person, login=actor.person.removeprefix("p-"), name=actor.name, role=Role.OWNER, locale="vi",
                password_hash=None, at=NOW,
            )  # fmt: skip
        upsert_edition(tx, COMMUNE, LoadedEdition(KDC, document.text(), NOW), {})
