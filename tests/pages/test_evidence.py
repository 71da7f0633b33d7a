"""The evidence page: what to do first when there is nothing, what is inside when there is, and a link that delivers."""

import zipfile
from io import BytesIO

import pytest
from starlette.testclient import TestClient

from survey.domain.submissions import State
from survey.wiring import Survey
from tests.bundle.conftest import made_world, world  # noqa: F401 - fixtures
from tests.bundle.world import World
from tests.web.conftest import client  # noqa: F401 - fixture

PAGE = "pages/evidence.py"


class TestEmpty:
    """A commune with nothing accepted."""

    @pytest.mark.parametrize("login", [None, "reviewer", "inspector"])
    def test_closed_to_others(self, open_page, login):
        """Signed out, as an inspector or as a reviewer, the page shows no evidence and no button."""
        page = open_page(PAGE, login)

        assert not page.exception
        assert not page.button

    def test_says_what_to_do_first(self, open_page):
        """Without an edition the page says how to load one; without a bundle that there is none."""
        page = open_page(PAGE, "coordinator")

        assert not page.exception
        assert "Chưa nạp bộ tiêu chí nào" in page.info[0].value
        assert "Chưa lập hồ sơ nào" in page.info[1].value


class TestFull:
    """The commune of the delivery tests."""

    @pytest.fixture
    def survey(self, world: World) -> Survey:  # noqa: F811
        """The world's deployment in the place of the empty one."""
        return world.survey

    def test_prepare_and_download(self, open_page, client):  # noqa: F811
        """Preparing shows what is inside and warns of what is wanting; the link streams a zip to the coordinator only."""
        page = open_page(PAGE, "coordinator")
        prepared = next(button for button in page.button if "Chuẩn bị" in button.label).click().run()
        shown = "".join(str(element.proto.body) for element in prepared.get("html"))

        assert not prepared.exception
        assert "4 / 7" in shown
        assert any("1 ảnh được khai trong phiếu nhưng chưa nhận được" in warning.value for warning in prepared.warning)
        address = shown.split('href="/bundles/')[1].split('"')[0]
        answer = client("coordinator").get(f"/bundles/{address}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/zip"
        assert zipfile.ZipFile(BytesIO(answer.content)).testzip() is None
        assert client().get(f"/bundles/{address}").status_code == 303
        assert client("inspector").get(f"/bundles/{address}").status_code == 403
        assert client("coordinator").get("/bundles/none").status_code == 404
        again = open_page(PAGE, "coordinator")
        assert "Tải lại" in "".join(str(element.proto.body) for element in again.get("html"))

    def test_changed_since_prepared(self, open_page, client, world):  # noqa: F811
        """A decision after the bundle was prepared: the link answers 409 and what to do, not a file."""
        page = open_page(PAGE, "coordinator")
        prepared = next(button for button in page.button if "Chuẩn bị" in button.label).click().run()
        address = "".join(str(element.proto.body) for element in prepared.get("html")).split('href="/bundles/')[1].split('"')[0]
        world.decide(world.submissions[0], State.RECEIVED, "xem lại")
        browser: TestClient = client("coordinator")

        assert browser.get(f"/bundles/{address}").status_code == 409
        assert "Chuẩn bị lại" in browser.get(f"/bundles/{address}").text

    def test_choosing_narrows(self, open_page):
        """One edition, one criterion and one hamlet are what is prepared; another choice takes the old plan away."""
        page = open_page(PAGE, "coordinator")
        page.selectbox(key="scope_edition").select("ha-tinh-kdc-kieu-mau").run()
        page.selectbox(key="scope_criterion_ha-tinh-kdc-kieu-mau").select("3").run()
        page.selectbox(key="scope_hamlet").select("18844-h01").run()
        prepared = next(button for button in page.button if "Chuẩn bị" in button.label).click().run()
        shown = "".join(str(element.proto.body) for element in prepared.get("html"))

        assert not prepared.exception
        assert "2 / 3" in shown
        assert "18844-h01" in shown
        prepared.selectbox(key="scope_hamlet").select("").run()
        assert 'class="numbers"' not in "".join(str(element.proto.body) for element in prepared.get("html"))

    def test_nothing_accepted_leads_to_review(self, open_page, world):  # noqa: F811
        """With editions but nothing accepted the page leads to the review page."""
        for key in world.submissions[:4]:
            world.decide(key, State.RECEIVED, "xem lại")
        page = open_page(PAGE, "coordinator")

        assert "Chưa có bài nộp nào được chấp nhận" in page.info[0].value
        assert 'href="/review"' in "".join(str(element.proto.body) for element in page.get("html"))
