"""Sites: codes, what they are found by, and the order of lists."""

from hypothesis import given
from hypothesis import strategies as st

from survey.domain.fold import fold
from survey.domain.sites import Site, SiteKind, code_number, next_code, said_by_code


def site(name: str, kind: SiteKind = SiteKind.HOUSEHOLD, code: str = "X-1") -> Site:
    return Site("18844", "s", kind, code, name)


def test_codes_count_up() -> None:
    """The next code follows the highest; codes of another make count as nothing."""
    assert next_code(SiteKind.HOUSEHOLD, 12) == "HO-0013"
    assert code_number(SiteKind.HOUSEHOLD, "HO-0013") == 13
    assert code_number(SiteKind.HOUSEHOLD, "DU-0013") == 0
    assert code_number(SiteKind.HOUSEHOLD, "HO-12a") == 0
    assert code_number(SiteKind.HOUSEHOLD, "HO-²") == 0


def test_people_are_listed_by_given_name() -> None:
    """As in every list of a Vietnamese office: An, Ân, Bình; roads as their names read, numbers by value."""
    names = ["Trần Thị Bình", "Nguyễn Văn Ân", "Lê An", "Phạm Văn An"]
    assert sorted(names, key=lambda name: site(name).sort_text()) == ["Lê An", "Phạm Văn An", "Nguyễn Văn Ân", "Trần Thị Bình"]
    roads = ["Ngõ 10", "Ngõ 2", "Đường trục thôn"]
    assert sorted(roads, key=lambda name: site(name, SiteKind.ROAD_SEGMENT).sort_text()) == ["Đường trục thôn", "Ngõ 2", "Ngõ 10"]


@given(st.text(min_size=1, max_size=40))
def test_a_site_is_found_by_its_own_name(name: str) -> None:
    """Every word of a name is in what the site is found by, and its key can stand before the separator of pages."""
    searched = site(name).search_text("Thôn Mỹ Lợi")

    assert all(word in searched for word in fold(name).split())
    assert "my loi" in searched
    assert "|" not in site(name).sort_text()


def test_a_person_reads_the_sites_code_and_no_id() -> None:
    """Clients name a site by its id; other answers stay, and without a site all of them do."""
    answers = {"/data/site": "5a1c", "/data/more/remark": "5a1c0a", "/data/total_m": 20.0}
    house = Site("18844", "5a1c", SiteKind.HOUSEHOLD, "HO-0001", "Hộ mẫu")

    assert said_by_code(answers, house) == answers | {"/data/site": "HO-0001"}
    assert said_by_code(answers, None) == answers
