"""The evidence page: what to do first when there is nothing; else a bundle is looked at, asked for, followed, and there to be fetched."""

import zipfile
from datetime import date, timedelta
from io import BytesIO

import pytest
from streamlit.testing.v1 import AppTest

from survey import deliver
from survey.domain.bundles import Progress, Request
from survey.domain.evidence import Scope, Variant
from survey.domain.problems import BUNDLE_FAILED, Problem
from survey.domain.submissions import State
from survey.domain.times import local_date
from survey.store.deployment import insert_round
from survey.web import text
from survey.wiring import Survey
from tests.bundle.conftest import made_world, world  # noqa: F401 - fixtures
from tests.bundle.world import COMMUNE, COORDINATOR, HAMLETS, World
from tests.web.conftest import client  # noqa: F401 - fixture

PAGE = "pages/evidence.py"
EDITION = "ha-tinh-kdc-kieu-mau"


class TestEmpty:
    """A commune with nothing accepted."""

    @pytest.mark.parametrize("login", [None, "reviewer", "inspector"])
    def test_closed_to_others(self, open_page, login):
        """Signed out, as an inspector or as a reviewer, the page shows no evidence and no button."""
        page = open_page(PAGE, login)

        assert not page.exception
        assert not page.button
        assert not page.selectbox

    def test_says_what_to_do_first(self, open_page):
        """Without an edition the page says how to load one; without a bundle that there is none, and no button asks for one."""
        page = open_page(PAGE, "coordinator")

        assert not page.exception
        assert "Chưa nạp bộ tiêu chí nào" in page.info[0].value
        assert "Chưa lập hồ sơ nào" in page.info[1].value
        assert not _buttons(page, "Chuẩn bị hồ sơ")


class TestFull:
    """The commune of the delivery tests."""

    @pytest.fixture
    def survey(self, world: World) -> Survey:  # noqa: F811
        """The world's deployment in the place of the empty one; its workers have nothing left to do."""
        world.work()
        return world.survey

    def test_asked_for_made_and_fetched(self, open_page, client, world):  # noqa: F811
        """The button leaves an order; a worker makes it; then the page has the link, the seal's key and the log's head."""
        page = _asked(open_page(PAGE, "coordinator"))

        assert not page.exception
        assert _states(world) == [Progress.WAITING]
        assert _buttons(page, "Rút lại")
        assert "/bundles/" not in _shown(page)

        world.work()
        shown = _shown(page.run())

        (made,) = deliver.bundles(world.survey, COORDINATOR)
        assert not page.exception
        assert not _buttons(page, "Rút lại")
        assert f'href="/bundles/{made.id}"' in shown
        assert made.bags[0].name in shown
        assert made.basis.head[1] in shown
        assert made.signer is not None
        assert shown.count(made.signer) == 2  # under the bundle, and where the key is handed over
        answer = client("coordinator").get(f"/bundles/{made.id}")
        assert zipfile.ZipFile(BytesIO(answer.content)).testzip() is None

    def test_asked_twice_is_one_request(self, open_page, world):  # noqa: F811
        """Who presses again gets the request that is under way."""
        page = _asked(_asked(open_page(PAGE, "coordinator")))

        assert not page.exception
        assert _states(world) == [Progress.WAITING]

    def test_a_look_inside(self, open_page):
        """Only on request the page counts what would be inside, and warns of what is wanting; for the public it says what more stays."""
        page = open_page(PAGE, "coordinator")
        assert 'class="numbers"' not in _shown(page)

        page.toggle(key="bundle_look").set_value(True).run()

        assert not page.exception
        assert "<b>4 / 7</b>" in _shown(page)
        assert any("1 ảnh được khai trong phiếu nhưng chưa nhận được" in warning.value for warning in page.warning)
        assert not any("Bản công khai chỉ mang" in caption.value for caption in page.caption)
        page.radio(key="bundle_variant").set_value(Variant.PUBLIC).run()
        assert any("Bản công khai chỉ mang" in caption.value for caption in page.caption)

    def test_what_is_chosen_is_asked_for(self, open_page, world):  # noqa: F811
        """Variant, edition, criterion, hamlet, day and size of files reach the request, and the look follows them."""
        yesterday = local_date(world.survey.now()) - timedelta(days=1)
        page = open_page(PAGE, "coordinator")
        page.toggle(key="bundle_look").set_value(True).run()
        page.radio(key="bundle_variant").set_value(Variant.PUBLIC).run()
        page.selectbox(key="scope_edition").select(EDITION).run()
        page.selectbox(key=f"scope_criterion_{EDITION}").select("3").run()
        page.selectbox(key="scope_hamlet").select(HAMLETS[0]).run()
        assert "<b>2 / 3</b>" in _shown(page)
        page.selectbox(key="bundle_bags").select(1_000_000_000).run()
        page.date_input(key="scope_day").set_value(yesterday).run()
        page = _asked(page)

        assert [one.value for one in page.error] == []
        (asked,) = _requests(world)
        assert asked.scope == Scope(yesterday, EDITION, "3", HAMLETS[0])
        assert (asked.variant, asked.bag_bytes) == (Variant.PUBLIC, 1_000_000_000)

    def test_a_round_brings_its_day(self, open_page, world):  # noqa: F811
        """With a round there is no day to choose: it is the round's last, or today while it goes on; rounds to come are not offered."""
        today = local_date(world.survey.now())
        with world.survey.transaction() as tx:
            insert_round(tx, COMMUNE, "r1", "Đợt 1", date(2026, 11, 1), date(2026, 11, 21))
            insert_round(tx, COMMUNE, "r2", "Đợt 2", date(2026, 11, 22), today + timedelta(days=9))
            insert_round(tx, COMMUNE, "r3", "Đợt 3", today + timedelta(days=10), today + timedelta(days=20))
        page = open_page(PAGE, "coordinator")
        assert [option for option in page.selectbox(key="scope_round").options if option.startswith("Đợt")] == ["Đợt 1", "Đợt 2"]

        for round_, day in (("r1", date(2026, 11, 21)), ("r2", today)):
            page.selectbox(key="scope_round").select(round_).run()
            assert not page.date_input
            page = _asked(page)
            assert _requests(world)[0].scope == Scope(day, round=round_)

    def test_withdrawn(self, open_page, world):  # noqa: F811
        """A request is taken back by its button; then nothing is under way, and a worker makes nothing."""
        page = _asked(open_page(PAGE, "coordinator"))
        _buttons(page, "Rút lại")[0].click().run()
        world.work()

        assert not page.exception
        assert _states(world) == [Progress.WITHDRAWN]
        assert not _buttons(page.run(), "Rút lại")
        assert deliver.bundles(world.survey, COORDINATOR) == []

    def test_a_failure_says_why_until_the_next_request(self, open_page, world):  # noqa: F811
        """The newest request's problem stands on the page as a sentence with what to do; a newer request takes its place."""
        page = _asked(open_page(PAGE, "coordinator"))
        deliver.give_up(world.survey, COMMUNE, _requests(world)[0].id)
        page.run()

        assert [text.problem_text(Problem(BUNDLE_FAILED)) in error.value for error in page.error] == [True]
        page = _asked(page)
        assert not page.error

    def test_a_refusal_says_why(self, open_page, world):  # noqa: F811
        """Where the order itself is refused, here since the edition was not in force yet, the page says so and nothing is asked for."""
        page = open_page(PAGE, "coordinator")
        page.selectbox(key="scope_edition").select("qd-51-2025").run()
        page.date_input(key="scope_day").set_value(date(2019, 1, 1)).run()
        page = _asked(page)

        assert len(page.error) == 1
        assert _requests(world) == []

    def test_in_several_files(self, open_page, world):  # noqa: F811
        """Each file has its link and number; a time-stamp only where there is one."""
        page = open_page(PAGE, "coordinator")
        page.selectbox(key="bundle_bags").select(1_000_000_000).run()
        _asked(page)
        world.work()
        shown = _shown(page.run())
        (made,) = deliver.bundles(world.survey, COORDINATOR)

        assert len(made.bags) == 2
        for number in (1, 2):
            assert f'href="/bundles/{made.id}/{number}"' in shown
            assert f"({number}/2)" in shown
        assert ".tsr" not in shown

    def test_files_that_are_gone_are_said_to_be(self, open_page, world, monkeypatch):  # noqa: F811
        """A bundle whose files were dropped stays in the list without a link."""
        made = world.make()
        monkeypatch.setattr("survey.deliver.sweeping.UNUSED_KEPT", timedelta(seconds=-1))
        deliver.sweep(world.survey)
        shown = _shown(open_page(PAGE, "coordinator"))

        assert made.basis.head[1] in shown
        assert "Tệp không còn lưu ở đây" in shown
        assert f"/bundles/{made.id}" not in shown

    def test_words_of_people_stay_words(self, open_page, world):  # noqa: F811
        """A hamlet's name is shown as it is, never as markup."""
        with world.survey.transaction() as tx:
            tx.execute("UPDATE hamlet SET name = '<img src=x onerror=alert(1)>' WHERE hamlet = :hamlet", hamlet=HAMLETS[0])
        world.make(world.scope(hamlet=HAMLETS[0]))
        shown = _shown(open_page(PAGE, "coordinator"))

        assert "&lt;img src=x" in shown
        assert "<img src=x" not in shown

    def test_nothing_accepted_leads_to_review(self, open_page, world):  # noqa: F811
        """With editions but nothing accepted the page leads to the review page, and no button asks for a bundle."""
        for key in world.submissions[:4]:
            world.decide(key, State.RECEIVED, "xem lại")
        page = open_page(PAGE, "coordinator")

        assert "Chưa có bài nộp nào được chấp nhận" in page.info[0].value
        assert 'href="/review"' in _shown(page)
        assert not _buttons(page, "Chuẩn bị hồ sơ")


def _shown(page: AppTest) -> str:
    return "".join(str(element.proto.body) for element in page.get("html"))


def _buttons(page: AppTest, label: str) -> list:
    return [button for button in page.button if button.label == label]


def _asked(page: AppTest) -> AppTest:
    (button,) = _buttons(page, "Chuẩn bị hồ sơ")
    return button.click().run()


def _requests(world: World) -> list[Request]:  # noqa: F811
    return deliver.requests(world.survey, COORDINATOR)


def _states(world: World) -> list[Progress]:  # noqa: F811
    return [request.state for request in _requests(world)]
