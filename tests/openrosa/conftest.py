"""A commune with the real checklists and a register, phones enrolled in it, and ODK Collect on them."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from survey import devices
from survey.devices import Enrolled
from survey.domain.forms import CompiledForm
from survey.domain.sites import Site, SiteKind
from survey.forms.compile import compile_xlsform
from survey.store.forms import insert_form
from survey.store.sites import insert_sites
from survey.wiring import ROOT, Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.openrosa.collect import Collect
from tests.web import conftest as web
from tests.web.conftest import ORIGIN, Client

client = web.client  # the in-process server
NEAR, FAR, ROAD, PUBLIC = (f"5a1c0a52-0f2f-4d2f-9d3a-0d4d6d3a1e0{number}" for number in range(1, 5))
SITES = [
    (Site(COMMUNE, NEAR, SiteKind.HOUSEHOLD, "HO-0001", "Nguyễn Văn Ất", HAMLETS[0], 18.0512345, 106.05), "Thôn mẫu 1"),
    (Site(COMMUNE, FAR, SiteKind.HOUSEHOLD, "HO-0002", 'Trần Thị Bưởi, "O Bưởi"', HAMLETS[1], 18.06, 106.06), "Thôn mẫu 2"),
    (Site(COMMUNE, ROAD, SiteKind.ROAD_SEGMENT, "DU-0001", "Đường trục xã", None, line=((106.05, 18.05), (106.0512, 18.0521)),
          attributes={"class": "commune", "length_m": 260}), ""),
    (Site(COMMUNE, PUBLIC, SiteKind.PUBLIC_PLACE, "DC-0001", "Nhà văn hóa thôn 1", HAMLETS[0], attributes={"type": "culture_house"}),
     "Thôn mẫu 1"),
]  # fmt: skip


@pytest.fixture(scope="session")
def checklists() -> list[tuple[CompiledForm, bytes]]:
    """The five bundled checklists, compiled."""
    found = [path.read_bytes() for path in sorted((ROOT / "schema" / "forms").glob("*.xlsx"))]
    return [(compile_xlsform(content, "checklist.xlsx"), content) for content in found]


@pytest.fixture
def stocked(survey: Survey, checklists: list[tuple[CompiledForm, bytes]]) -> Survey:
    """The deployment with the five checklists, two households in different hamlets, a commune road and a culture house."""
    with survey.transaction() as tx:
        for compiled, content in checklists:
            insert_form(tx, COMMUNE, compiled, content, datetime.now(UTC))
        insert_sites(tx, SITES, at=datetime.now(UTC))
    return survey


@pytest.fixture
def phone(stocked: Survey) -> Enrolled:
    """A phone of the inspector, who sees the first hamlet."""
    return devices.enrol(stocked, COMMUNE, "p-inspector", by=None, name="Máy 1")


@pytest.fixture
def collect(client: Client, phone: Enrolled) -> Collect:
    """ODK Collect on that phone, set up by its QR code: the token is in its address."""
    return Collect(client(origin=None), f"{ORIGIN}/key/{phone.token}/openrosa")


@pytest.fixture
def other_collect(client: Client, stocked: Survey) -> Collect:
    """ODK Collect on a phone of another person of the commune."""
    token = devices.enrol(stocked, COMMUNE, "p-reviewer", by=None, name="Máy 2").token
    return Collect(client(origin=None), f"{ORIGIN}/key/{token}/openrosa")


@pytest.fixture
def count(stocked: Survey) -> Callable[..., int]:
    """Counts the rows of a table."""

    def counted(table: str, where: str = "1 = 1") -> int:
        with stocked.reading() as reader:
            row = reader.row(f"SELECT COUNT(*) AS n FROM {table} WHERE {where}")
        return int(row["n"]) if row else 0

    return counted
