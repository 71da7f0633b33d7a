"""What stands beside a sealed bundle: for who may export, and for nobody else."""

from datetime import date

import pytest

from survey import signing
from survey.domain.canonical import dumps
from survey.domain.evidence import Basis, Scope
from survey.domain.signing import Unstamped
from survey.domain.times import to_text
from survey.store.head_posts import insert_timestamp
from survey.wiring import Survey
from tests.conftest import COMMUNE
from tests.web.conftest import Client

PATHS = ("/print/key", "/heads.json", "/bundles/b/1.tsr")


@pytest.mark.parametrize("path", PATHS)
def test_strangers_inspectors_and_reviewers_get_nothing(client: Client, path: str) -> None:
    """Sign in first; then NOT_ALLOWED."""
    assert client().get(path).status_code in {303, 401}
    for role in ("inspector", "reviewer"):
        assert client(role).get(path).status_code == 403


def test_the_sheet_is_printed_once_there_is_a_key(client: Client, survey: Survey) -> None:
    """Before that a sentence says so; the app itself makes none."""
    assert client("coordinator").get("/print/key").status_code == 404
    assert not survey.signing_key.exists()
    signing.ensure(survey)
    answer = client("coordinator").get("/print/key")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF")


def test_the_sheet_needs_no_private_key(client: Client, survey: Survey) -> None:
    """The file is away, on the worker's machine; the app goes on."""
    signing.ensure(survey)
    survey.signing_key.unlink()

    assert client("coordinator").get("/print/key").status_code == 200


def test_posted_heads_are_listed(client: Client) -> None:
    """None so far."""
    assert client("coordinator").get("/heads.json").json() == {"commune": COMMUNE, "heads": []}


@pytest.mark.parametrize("number", ["1", "2", "99999999999999999999"])
def test_a_bag_without_a_token_says_so(client: Client, number: str) -> None:
    """Also where there is no such bag."""
    assert client("coordinator").get(f"/bundles/b/{number}.tsr").status_code == 404


def test_a_token_is_offered_beside_its_zip(client: Client, survey: Survey) -> None:
    """Under the zip's name, as README-verify.txt expects it."""
    with survey.transaction() as tx:
        tx.execute(
            "INSERT INTO bundle (commune, bundle, basis, files, size, person, created_at)"
            " VALUES (:commune, 'b', :basis, 0, 0, 'p-coordinator', :at)",
            commune=COMMUNE, at=to_text(survey.now()), basis=dumps(Basis(COMMUNE, Scope(date(2026, 11, 23)), (1, "00")).document()),
        )  # fmt: skip
        tx.execute(
            "INSERT INTO bundle_bag (commune, bundle, number, name, size, files, layout, tag_manifest)"
            " VALUES (:commune, 'b', 1, 'minh-chung_1-of-2.zip', 1, 1, '', '00')",
            commune=COMMUNE,
        )
        insert_timestamp(tx, Unstamped(COMMUNE, "b", 1, "00"), b"0\x03token", "tsa.example.org", survey.now())

    answer = client("coordinator").get("/bundles/b/1.tsr")

    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, b"0\x03token", "application/timestamp-reply")
    assert 'filename="minh-chung_1-of-2.tsr"' in answer.headers["content-disposition"]
