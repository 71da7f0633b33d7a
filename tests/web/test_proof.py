"""GET /print/proof: who may ask, of which place and day, and that an answer is one page."""

import pytest
from starlette.testclient import TestClient

from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.made_rules import KDC, load_rules
from tests.pdfs import page_count, text_of
from tests.web.conftest import Client

ADDRESS = f"/print/proof?edition={KDC}&criterion=3"


@pytest.fixture
def loaded(survey: Survey) -> Survey:
    """The model residential area."""
    load_rules(survey, KDC)
    return survey


def _asking(browser: TestClient) -> TestClient:
    browser.headers["accept"] = "application/json"
    return browser


def test_who_may(client: Client, loaded: Survey) -> None:
    """Strangers sign in first, inspectors see no figures, a reviewer gets one page that names criterion and place."""
    assert _asking(client(None)).get(ADDRESS).status_code == 401
    assert _asking(client("inspector")).get(ADDRESS).status_code == 403
    answer = client("reviewer").get(ADDRESS)

    assert (answer.status_code, answer.headers["content-type"], answer.headers["cache-control"]) == (200, "application/pdf", "no-store")
    assert page_count(answer.content) == 1
    assert "3 · Hàng rào" in text_of(answer.content)


def test_another_hamlet_than_ones_own_is_refused(client: Client, loaded: Survey) -> None:
    """Who reaches one hamlet gets its sheet and the commune's (tests/bundle/test_proof.py tells what is on it), not another's."""
    with loaded.transaction() as tx:
        tx.execute("INSERT INTO person_hamlet VALUES (:commune, 'p-reviewer', :hamlet)", commune=COMMUNE, hamlet=HAMLETS[0])
    browser = _asking(client("reviewer"))

    assert browser.get(f"{ADDRESS}&hamlet={HAMLETS[0]}").status_code == 200
    assert browser.get(f"{ADDRESS}&hamlet={HAMLETS[1]}").status_code == 403
    assert browser.get(ADDRESS).status_code == 200


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("edition=nothing&criterion=3", 404, "EDITION_UNKNOWN"),
        ("criterion=3", 404, "EDITION_UNKNOWN"),
        (f"edition={KDC}&criterion=99", 404, "CRITERION_UNKNOWN"),
        (f"edition={KDC}", 404, "CRITERION_UNKNOWN"),
        (f"edition={KDC}&criterion=3&hamlet=nowhere", 404, "HAMLET_UNKNOWN"),
        (f"edition={KDC}&criterion=3&as_of=yesterday", 400, "QUERY_UNUSABLE"),
        (f"edition={KDC}&criterion=3&as_of=2999-01-01", 422, "DAY_AHEAD"),
    ],
    ids=["edition", "no-edition", "criterion", "no-criterion", "hamlet", "no-day", "tomorrow"],
)
def test_what_is_not_there_is_said(client: Client, loaded: Survey, query: str, status: int, code: str) -> None:
    """By its own code, with nothing of what was typed run."""
    answer = _asking(client("reviewer")).get(f"/print/proof?{query}")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
