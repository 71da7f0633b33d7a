"""Lists of visits over HTTP: on the phone, on paper and as a table, each for the people and hamlets that it is meant for."""

import csv
import io
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from survey import visits
from survey.assess import load_edition
from survey.domain.drawing import VisitList
from survey.domain.people import Actor, Role
from survey.domain.sites import Site, SiteKind
from survey.store.sites import insert_sites
from survey.wiring import ROOT, Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.receive.conftest import stocked
from tests.web.conftest import Client

__all__ = ["stocked"]
EDITION, CRITERION, INDICATOR = "ha-tinh-kdc-kieu-mau", "3", "3-ho"


@pytest.fixture
def drawn(stocked: Survey, coordinator: Actor) -> VisitList:
    """Three households of the first hamlet and one of the second, drawn for the share of green fences."""
    load_edition(stocked, coordinator, ROOT / "schema" / "criteria" / EDITION)
    names = ["=1+1", "Trần Thị Bình", "Lê <b>An</b>", "Phạm Kín"]
    sites = [
        (Site(COMMUNE, f"house-{number}", SiteKind.HOUSEHOLD, f"X-{number}", name, HAMLETS[number == 3], 18.05, 106.05), "")
        for number, name in enumerate(names)
    ]
    with stocked.transaction() as tx:
        insert_sites(tx, sites, at=datetime.now(UTC))
    wanted: dict[str | None, int] = {HAMLETS[0]: 4, HAMLETS[1]: 1}
    return visits.draw_list(stocked, coordinator, EDITION, CRITERION, INDICATOR, per_hamlet=wanted, seed="1")


def test_a_phone_is_told_what_is_asked_in_its_hamlets(client: Client, stocked: Survey, drawn: VisitList) -> None:
    """The inspector of the first hamlet hears of its four; the list once closed of none."""
    phone = client("inspector")
    asked = phone.get("/api/visits", headers={"accept": "application/json"}).json()["asked"]
    visits.close_list(stocked, Actor(COMMUNE, "p-reviewer", "", Role.REVIEWER), drawn.id)

    assert {form for _site, form in asked} == {"household_fence"}
    assert len(asked) == 4
    assert "house-3" not in {site for site, _form in asked}
    assert phone.get("/api/visits", headers={"accept": "application/json"}).json()["asked"] == []


def test_the_paper_names_every_site_once(client: Client, drawn: VisitList, tmp_path: Path) -> None:
    """A PDF with title, hamlets, codes and names as they are; nothing of a name is read as markup."""
    answer = client("reviewer").get(f"/print/visit-list/{drawn.id}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["cache-control"] == "no-store"
    paper = tmp_path / "list.pdf"
    paper.write_bytes(answer.content)
    words = subprocess.run(["pdftotext", "-layout", paper, "-"], check=True, capture_output=True, text=True).stdout

    assert "Danh sách cần khảo sát" in words
    for expected in ("X-0", "X-1", "X-2", "X-3", "=1+1", "Lê <b>An</b>", "Phạm Kín", "mã rút 1"):
        assert words.count(expected) >= 1, expected


def test_the_table_is_safe_for_a_spreadsheet(client: Client, drawn: VisitList) -> None:
    """One line a site; a name that a spreadsheet would compute is guarded."""
    answer = client("reviewer").get(f"/print/visit-list/{drawn.id}/csv")
    lines: list[dict[str, Any]] = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    assert answer.headers["content-type"].startswith("text/csv")
    assert len(lines) == 5
    assert not any(value.startswith("=") for line in lines for value in line.values())


@pytest.mark.parametrize("end", ["", "/csv"])
@pytest.mark.parametrize(("login", "status"), [(None, 401), ("inspector", 403)])
def test_closed_to_others(client: Client, drawn: VisitList, login: str | None, status: int, end: str) -> None:
    """Names of households are for those who draw lists."""
    answer = client(login).get(f"/print/visit-list/{drawn.id}{end}", headers={"accept": "application/json"})

    assert answer.status_code == status
    assert "Trần" not in answer.text


def test_an_unknown_list_is_a_problem(client: Client, drawn: VisitList) -> None:
    """404 with our sentence."""
    answer = client("reviewer").get("/print/visit-list/none", headers={"accept": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (404, "VISIT_LIST_UNKNOWN")
