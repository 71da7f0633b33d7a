"""The register page: signed out, refused, empty, full; forms that keep what was typed."""

import pytest

from survey import register
from survey.domain.sites import SiteKind
from survey.store.places import select_hamlets
from survey.store.sites import SiteFilter, select_site, select_sites_page
from tests.conftest import COMMUNE, HAMLETS

PAGE = "pages/register.py"
HOUSEHOLD = {"name": "Đặng Thị Hường", "hamlet": HAMLETS[0], "latitude": "18.0205", "longitude": "106.0966", "members": "4"}


@pytest.fixture
def household(survey, coordinator):
    """A household of the register."""
    site = register.add_site(survey, coordinator, SiteKind.HOUSEHOLD, HOUSEHOLD).sites[0]
    with survey.reading() as reader:
        return select_site(reader, COMMUNE, site)


def show(page, view: str):
    page.session_state["register_view"] = view
    return page.run()


def texts(page) -> str:
    parts = [element.value for kind in ("html", "markdown", "info", "caption", "subheader", "success") for element in page.get(kind)]
    return " ".join(str(part) for part in parts if part)


def test_signed_out_nothing_of_the_register_is_shown(open_page, household):
    """The page leads to the sign-in and names nobody."""
    page = open_page(PAGE)

    assert not page.exception
    assert not page.text_input
    assert household.name not in texts(page)


@pytest.mark.parametrize("login", ["inspector", "reviewer"])
def test_others_are_refused(open_page, household, login):
    """Only who may edit the register sees this page."""
    page = open_page(PAGE, login)

    assert "không được làm việc này" in page.error[0].value
    assert household.name not in texts(page)


def test_an_empty_register_says_what_to_do_next(open_page, survey):
    """With hamlets: load or add; without: enter hamlets first."""
    page = open_page(PAGE, "coordinator")
    assert not page.exception
    assert "chưa có đối tượng nào" in page.info[0].value

    with survey.transaction() as tx:
        tx.execute("DELETE FROM person_hamlet")
        tx.execute("DELETE FROM hamlet")
    page = open_page(PAGE, "coordinator")
    assert "Sổ bộ còn trống" in page.info[0].value
    page.button[0].click().run()
    assert page.session_state["register_view"] == "hamlets"


def test_search_without_marks_finds_and_misses_politely(open_page, household):
    """A folded search finds; one that finds nothing says what to try."""
    page = open_page(PAGE, "coordinator")
    page.text_input(key="register_q").set_value("huong dang").run()
    assert [button.label for button in page.button if button.key == f"open_{household.id}"] == ["Mở"]

    page.text_input(key="register_q").set_value("không có ai").run()
    assert "Không có đối tượng nào phù hợp" in page.info[0].value


def test_editing_keeps_what_was_typed_beside_its_remedy(open_page, survey, household):
    """A wrong number stays in its field; corrected, it is written."""
    page = open_page(PAGE, "coordinator")
    page.button(key=f"open_{household.id}").click().run()
    scope = f"edit_{household.id}_{household.known_from}"
    page.text_input(key=f"{scope}_members").set_value("bốn")
    page.text_input(key=f"{scope}_name").set_value("Đặng Thị Hường (Tư)")
    save = next(button for button in page.button if button.label == "Lưu")
    save.click().run()

    assert not page.exception
    assert "Số khẩu" in page.error[0].value
    assert page.text_input(key=f"{scope}_members").value == "bốn"
    assert page.text_input(key=f"{scope}_name").value == "Đặng Thị Hường (Tư)"

    page.text_input(key=f"{scope}_members").set_value("5")
    next(button for button in page.button if button.label == "Lưu").click().run()
    assert "Đã lưu" in page.success[0].value
    with survey.reading() as reader:
        site = select_site(reader, COMMUNE, household.id)
    assert (site.name, site.attributes) == ("Đặng Thị Hường (Tư)", {"members": 5})


def test_a_second_editor_is_told_and_nothing_typed_is_lost(open_page, survey, coordinator, household):
    """The form shows the version that was opened, says that it is old, and keeps what was typed."""
    page = open_page(PAGE, "coordinator")
    page.button(key=f"open_{household.id}").click().run()
    scope = f"edit_{household.id}_{household.known_from}"
    register.edit_site(survey, coordinator, household.id, HOUSEHOLD | {"name": "Người khác sửa"}, seen=household.known_from)
    page.text_input(key=f"{scope}_name").set_value("Tôi sửa")
    next(button for button in page.button if button.label == "Lưu").click().run()

    assert "vừa được người khác sửa" in page.error[0].value
    assert page.text_input(key=f"{scope}_name").value == "Tôi sửa"
    with survey.reading() as reader:
        assert select_site(reader, COMMUNE, household.id).name == "Người khác sửa"


def test_adding_a_road_asks_for_what_is_missing_then_empties_the_form(open_page, survey):
    """Class and length are required; the code is made."""
    page = show(open_page(PAGE, "coordinator"), "add")
    page.session_state["add_kind"] = SiteKind.ROAD_SEGMENT
    page.run()
    scope = "add_road_segment_0"
    page.text_input(key=f"{scope}_name").set_value("Trục thôn")
    next(button for button in page.button if button.label == "Thêm vào sổ bộ").click().run()
    assert {error.value.split("**")[1] for error in page.error} == {"Cấp đường", "Chiều dài \\(m\\)"}

    page.selectbox(key=f"{scope}_class").set_value("hamlet")
    page.text_input(key=f"{scope}_length_m").set_value("850,5")
    next(button for button in page.button if button.label == "Thêm vào sổ bộ").click().run()
    assert not page.exception
    assert "DU-0001" in page.success[0].value
    with survey.reading() as reader:
        (road,) = select_sites_page(reader, COMMUNE, SiteFilter()).sites
    assert road.length_m == 850.5


def test_closing_needs_a_reason(open_page, survey, household):
    """A site leaves the register with one sentence why."""
    page = open_page(PAGE, "coordinator")
    page.button(key=f"open_{household.id}").click().run()
    next(button for button in page.button if button.label == "Đóng đối tượng").click().run()
    assert "một câu" in page.error[0].value

    page.text_input(key=f"reason_{household.id}").set_value("nhà đã dỡ")
    next(button for button in page.button if button.label == "Đóng đối tượng").click().run()
    assert "Đã đóng" in page.success[0].value
    with survey.reading() as reader:
        assert select_site(reader, COMMUNE, household.id).closed


def test_a_hamlet_is_added_and_a_doubled_one_explained(open_page, survey):
    """The form empties after a success and keeps the name after a refusal."""
    page = show(open_page(PAGE, "coordinator"), "hamlets")
    page.text_input(key="hamlet_name_0").set_value("Mẫu 1")
    next(button for button in page.button if button.label == "Thêm thôn").click().run()
    assert "đã có thôn" in page.error[0].value
    assert page.text_input(key="hamlet_name_0").value == "Mẫu 1"

    page.text_input(key="hamlet_name_0").set_value("Thôn Mỹ Lợi")
    next(button for button in page.button if button.label == "Thêm thôn").click().run()
    assert "18844-h03" in page.success[0].value
    assert page.text_input(key="hamlet_name_1").value == ""
    with survey.reading() as reader:
        assert "Thôn Mỹ Lợi" in [hamlet.name for hamlet in select_hamlets(reader, COMMUNE)]


def test_the_map_asks_for_no_tiles_and_says_what_lies_outside(open_page, survey, coordinator, household):
    """No provider and no style goes to the browser; a misplaced site is named in words."""
    register.add_site(survey, coordinator, SiteKind.PUBLIC_PLACE, {"name": "Xa", "type": "other", "latitude": "18.3", "longitude": "105.9"})
    page = show(open_page(PAGE, "coordinator"), "map")

    assert not page.exception
    (chart,) = page.get("deck_gl_json_chart")
    # pydeck's word for "no base map"; with `map_style=None` Streamlit would fetch one of its own choice.
    assert '"mapStyle": "__MAP_STYLE__"' in chart.proto.json
    assert "mapProvider" not in chart.proto.json
    assert "DC-0001 Xa" in page.warning[0].value.replace("\\", "")


def test_names_cannot_become_markup(open_page, survey, coordinator):
    """A name with tags and Markdown is shown as it is written."""
    values = HOUSEHOLD | {"name": "<script>alert(1)</script> [x](http://evil)"}
    register.add_site(survey, coordinator, SiteKind.HOUSEHOLD, values)
    page = open_page(PAGE, "coordinator")

    assert "&lt;script&gt;" in texts(page)
    assert "<script>" not in texts(page)


def test_a_file_is_previewed_before_it_is_written(open_page, survey):
    """Choosing a file writes nothing; the report names the row; a good file is written at a press."""
    page = show(open_page(PAGE, "coordinator"), "load")
    wrong = "Mã;Chủ hộ;Thôn;Số khẩu\nHO-0001;An;Thôn lạ;4\n"
    page.file_uploader(key="load_file_0").upload("ho.csv", wrong.encode(), "text/csv").run()
    assert not page.exception
    assert "1 lỗi" in page.error[0].value
    assert "dòng 2" in texts(page)

    good = wrong.replace("Thôn lạ", "Thôn mẫu 1")
    page = show(open_page(PAGE, "coordinator"), "load")
    page.file_uploader(key="load_file_0").upload("ho.csv", good.encode(), "text/csv").run()
    with survey.reading() as reader:
        assert select_sites_page(reader, COMMUNE, SiteFilter()).sites == []
    next(button for button in page.button if button.label == "Ghi vào sổ bộ").click().run()
    assert "thêm mới 1" in page.success[0].value
    with survey.reading() as reader:
        assert [site.code for site in select_sites_page(reader, COMMUNE, SiteFilter()).sites] == ["HO-0001"]


def test_names_are_not_markdown(open_page, survey, coordinator):
    """A name out of a stranger's list is shown as it is written: no link, no picture, no bold."""
    name = "[Bấm](https://x.example) ![p](https://x.example/p.png) **b** $x$"
    added = register.add_site(survey, coordinator, SiteKind.HOUSEHOLD, HOUSEHOLD | {"name": name, "latitude": "10.5"})
    page = open_page(PAGE, "coordinator")
    outside = [warning.value for warning in show(page, "map").warning]
    page.session_state["register_site"] = added.sites[0]
    heading = page.run().subheader[0].value

    assert outside
    for shown in (heading, *outside):
        assert r"\[Bấm\]\(https" in shown
        assert r"\!\[p\]" in shown


def test_hamlets_merge_after_a_look_at_what_moves(open_page, survey, household):
    """Nothing happens before the box is ticked; a missing decision is asked for; then the new hamlet holds the site."""
    page = show(open_page(PAGE, "coordinator"), "hamlets")
    page.multiselect(key="merging_hamlets_0").set_value(list(HAMLETS)).run()
    assert "chuyển 1 đối tượng" in page.info[0].value
    assert next(button for button in page.button if button.label == "Sáp nhập").disabled

    page.text_input(key="merging_name_0").set_value("Thôn Hợp Nhất")
    page.checkbox(key="merging_sure_0").check().run()
    next(button for button in page.button if button.label == "Sáp nhập").click().run()
    assert "quyết định" in page.error[0].value

    page.text_input(key="merging_paper_0").set_value("NQ 12/NQ-HĐND").run()
    next(button for button in page.button if button.label == "Sáp nhập").click().run()
    assert not page.exception
    assert "18844-h03" in page.success[0].value
    assert "NQ 12/NQ-HĐND" in " ".join(one.proto.body for one in page.get("html"))
    with survey.reading() as reader:
        assert select_site(reader, COMMUNE, household.id).hamlet == f"{COMMUNE}-h03"


def test_a_hamlet_is_renamed(open_page, survey):
    """By its decision, under the same id."""
    page = show(open_page(PAGE, "coordinator"), "hamlets")
    page.selectbox(key="renaming_hamlet_0").select(HAMLETS[1])
    page.text_input(key="renaming_name_0").set_value("Thôn Bắc Sơn")
    page.text_input(key="renaming_paper_0").set_value("QĐ 7/QĐ-UBND")
    next(button for button in page.button if button.label == "Đổi tên thôn này").click().run()

    assert not page.exception
    with survey.reading() as reader:
        assert {hamlet.id: hamlet.name for hamlet in select_hamlets(reader, COMMUNE)}[HAMLETS[1]] == "Thôn Bắc Sơn"
