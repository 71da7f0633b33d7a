"""The criteria page: signed out, empty, with figures, drilled into."""

import json

from survey.catalogue.editions import question_kinds, read_document, read_edition
from survey.catalogue.vocabulary import Question
from survey.store.editions import LoadedEdition, upsert_edition
from survey.store.measures import insert_measures
from survey.wiring import ROOT, Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.made_submissions import START, insert, register, submission
from tests.pages.conftest import OpenPage

PAGE = "pages/criteria.py"
KDC = "ha-tinh-kdc-kieu-mau"


class _Everything(dict[str, Question]):
    """Any question, as a number for metres and a choice otherwise: the page does not depend on the forms."""

    def __missing__(self, name: str) -> Question:
        return Question("decimal" if name.endswith("_m") else "select_one")


def load(survey: Survey, name: str = KDC) -> None:
    """Load an edition, the model residential area unless another is named."""
    document = read_document(ROOT / "schema" / "criteria" / name)
    edition = read_edition(document, None)
    with survey.transaction() as tx:
        upsert_edition(tx, COMMUNE, LoadedEdition(name, document.text(), START), question_kinds(edition, _Everything()))


def fill(survey: Survey) -> None:
    """One accepted hedge with a photo, one household that nobody visited."""
    load(survey)
    made = submission("a", answers={"/data/total_m": 100, "/data/green_m": 90, "/data/kind": "hedge"})
    with survey.transaction() as tx:
        register(tx, {"s1": HAMLETS[0], "s2": HAMLETS[1]})
        insert(tx, made)
        insert_measures(tx, made)
        tx.execute(
            "INSERT INTO counted (commune, form, site, repeat_key, submission, hamlet, captured_at)"
            " VALUES (:c, 'household_fence', 's1', '', 'uuid:a', :h, '2026-11-20T01:00:00.000Z')",
            c=COMMUNE, h=HAMLETS[0],
        )  # fmt: skip
        tx.execute(
            "INSERT INTO attachment (commune, submission, name, question, repeat_key, ordinal, state, sha256, capture)"
            " VALUES (:c, 'uuid:a', 'x.jpg', 'photo_1', '', 1, 'stored', :sha, :capture)",
            c=COMMUNE, sha="ab" * 32, capture=json.dumps({"name": "x.jpg", "source": "system"}),
        )  # fmt: skip


def html(page: object) -> str:
    """Everything that the page wrote as HTML."""
    return "".join(element.body for element in page.get("html"))  # type: ignore[attr-defined]


def test_signed_out_and_inspectors_see_nothing(survey: Survey, open_page: OpenPage) -> None:
    """A deep link without a session, or with an inspector's, shows no figure."""
    fill(survey)

    assert "criteria" not in html(open_page(PAGE)).replace("pages/criteria", "")
    assert "90" not in html(open_page(PAGE, "inspector"))


def test_without_an_edition_it_says_what_to_do(survey: Survey, open_page: OpenPage) -> None:
    """An empty deployment learns the command."""
    page = open_page(PAGE, "reviewer")

    assert not page.exception
    assert "load-edition" in page.info[0].value


def test_without_a_register_it_says_what_to_do(survey: Survey, open_page: OpenPage) -> None:
    """Shares need a register."""
    load(survey)
    page = open_page(PAGE, "reviewer")

    assert not page.exception
    assert "Sổ bộ" in page.info[0].value


def test_table_says_it_in_symbol_and_word(survey: Survey, open_page: OpenPage) -> None:
    """Met is a sign and a word, never a colour alone, beside value and coverage; each cell leads to its basis."""
    fill(survey)
    page = open_page(PAGE, "reviewer")
    page.session_state["score_view"] = "hamlets"
    shown = html(page.run())

    assert not page.exception
    assert "✓ Đạt" in shown
    assert "… Chưa đủ dữ liệu" in shown
    assert "90,0%" in shown
    assert f"?edition={KDC}&amp;view=hamlets&amp;criterion=3&amp;hamlet={HAMLETS[0]}" in shown


def test_basis_leads_to_submission_and_photo(survey: Survey, open_page: OpenPage) -> None:
    """The threshold with its status and source, the house, the review of its submission, and a thumbnail by our own route."""
    fill(survey)
    page = open_page(PAGE, "reviewer")
    page.query_params["criterion"] = "3"
    page.query_params["hamlet"] = HAMLETS[0]
    shown = html(page.run())

    assert not page.exception
    assert "≥\N{NO-BREAK SPACE}70,0%" in shown
    assert "đã đọc tại nguồn" in shown
    assert "vietnamnews.vn" in shown
    assert "/review?submission=uuid%3Aa" in shown
    assert f"/photos/{'ab' * 32}/thumb" in shown
