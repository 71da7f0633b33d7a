"""Guessing over HTTP and over processes: who guesses waits, who was here before does not, and the table names nobody."""

import time
from contextlib import ExitStack

import anyio
import pytest

from survey import accounts
from survey.domain.people import Role
from survey.store.guesses import select_guesses
from survey.web import attempts, known_browsers, session
from survey.web.gate import PLACES, SOURCE_PLACES, Gate
from survey.web.throttle import Throttle
from tests.conftest import COMMUNE
from tests.web.conftest import run_apart

PASSWORD = "con trâu là đầu cơ nghiệp"


@pytest.fixture
def lan(survey):
    """A person with a password."""
    return accounts.create_person(survey, COMMUNE, by=None, login="lan", name="", role=Role.REVIEWER, password=PASSWORD)


def shared(survey, purpose="sign-in"):
    """The counts as another process has them."""
    return Throttle(purpose, lambda: survey)


def test_every_process_counts_what_all_of_them_saw(survey):
    """Failures at one are failures at the other; another purpose counts by itself."""
    one, two = shared(survey), shared(survey)
    for second in range(30):
        one.failed("lan", "203.0.113.7", 1_000_000.0 + 2 * second)

    assert two.pause_s("lan", "203.0.113.7", 1_000_060.0) == 8.0
    assert two.pause_s("lan", "198.51.100.1", 1_000_060.0) == 1.0
    assert two.pause_s("lan", "browser 1", 1_000_060.0, known=True) == 0.0
    assert two.pause_s("mai", "203.0.113.7", 1_000_060.0) == 0.0
    assert two.blocked_s("203.0.113.7", 1_000_060.0, 30) > 0
    assert shared(survey, "totp").pause_s("lan", "203.0.113.7", 1_000_060.0) == 0.0
    two.succeeded("lan", "203.0.113.7", 1_000_000.0)
    assert shared(survey).pause_s("lan", "203.0.113.7", 1_000_062.0) == 1.0


def test_the_counts_end_after_a_quarter_of_an_hour_and_leave_nothing(survey):
    """Rows of old minutes go with the next write."""
    counted = shared(survey)
    for number in range(60):
        counted.failed("lan", "203.0.113.7", 1_000_000.0 + number)
    assert 0 < counted.blocked_s("203.0.113.7", 1_000_060.0) <= 900
    later = 1_000_060.0 + 960
    assert counted.blocked_s("203.0.113.7", later) == 0
    counted.failed("mai", "198.51.100.1", later)
    with survey.reading() as reader:
        assert {row["minute"] for row in reader.rows("SELECT minute FROM guess")} == {int(later // 60)}


def test_the_table_names_nobody_and_a_burst_is_few_rows(survey):
    """Neither login nor address stands there, and a thousand tries within a second are one write."""
    counted = shared(survey)
    for number in range(1_000):
        counted.failed("lan", "2001:db8:1:2::7", 1_000_000.0 + number / 1_000)
    counted.failed("lan", "2001:db8:1:2::8", 1_000_002.0)
    with survey.reading() as reader:
        rows = reader.rows("SELECT * FROM guess")
        assert sum(row["tries"] for row in rows) == 3 * 1_001
        assert select_guesses(reader, ["unknown"], 0) == {}

    assert len(rows) == 3  # the last address is another one of the same line
    assert all(len(row["key"]) == 32 for row in rows)
    assert not any(word in str(rows) for word in ("lan", "2001", "db8"))


def test_a_browser_that_was_here_before_is_not_kept_waiting_for_what_others_guess(client, lan):
    """An office whose address is shut, and a login that is guessed from everywhere: the person's own browser still gets in."""
    known, stranger = client(), client()
    assert known.post("/sign-in", data={"login": "lan", "password": PASSWORD}).status_code == 303
    for number in range(60):
        attempts.throttle.failed("lan" if number % 2 else f"other-{number}", "testclient", time.time())

    assert stranger.post("/sign-in", data={"login": "lan", "password": PASSWORD}).status_code == 429
    begun = time.monotonic()
    assert known.post("/sign-in", data={"login": "lan", "password": PASSWORD}).status_code == 303
    assert time.monotonic() - begun < 30
    assert known.post("/sign-in", data={"login": "other-2", "password": PASSWORD}).status_code == 429


def test_a_known_browser_that_guesses_is_no_longer_known(client, lan):
    """Whoever takes a laptop has ten tries, then counts as any stranger at that address."""
    known = client()
    known.post("/sign-in", data={"login": "lan", "password": PASSWORD})
    nonce = known.cookies[known_browsers.COOKIE].partition(".")[0]
    for _ in range(10):
        attempts.throttle.failed("lan", f"browser {nonce}", time.time())
    for number in range(60):
        attempts.throttle.failed(f"other-{number}", "testclient", time.time())

    assert known.post("/sign-in", data={"login": "lan", "password": PASSWORD}).status_code == 429


@pytest.mark.parametrize("value", ["", "x", "a.b.c", "~~~", "abcd.99999999999.00", "a" * 700, "é.1.x", "abcd.9" + "9" * 400 + ".ab"])
def test_made_up_cookies_make_nobody_known(client, lan, value):
    """What the cookie says is proved by its HMAC; nonsense is a stranger's."""
    browser = client()
    for number in range(60):
        attempts.throttle.failed(f"other-{number}", "testclient", time.time())
    cookie = {"Cookie": f"{known_browsers.COOKIE}={value}".encode()}

    assert browser.post("/sign-in", data={"login": "lan", "password": PASSWORD}, headers=cookie).status_code == 429


def test_the_cookie_of_known_browsers_holds_four_people_and_no_login(client, lan, survey):
    """A desk that people share; it travels to the sign-in page alone and no script reads it."""
    browser = client()
    for number in range(6):
        name = f"shared{number}"
        accounts.create_person(survey, COMMUNE, by=None, login=name, name="", role=Role.REVIEWER, password=PASSWORD)
        answer = browser.post("/sign-in", data={"login": name, "password": PASSWORD})
    given = next(value for value in answer.headers.get_list("set-cookie") if value.startswith(known_browsers.COOKIE))

    assert "HttpOnly" in given
    assert "Path=/sign-in" in given
    assert len(browser.cookies[known_browsers.COOKIE].split("~")) == 4
    assert "shared" not in browser.cookies[known_browsers.COOKIE]


def test_the_lane_sends_away_whom_it_has_no_place_for():
    """A source has a few places, all strangers together a few more; the known have their own."""
    gate = Gate()
    with ExitStack() as held:
        for _ in range(SOURCE_PLACES):
            held.enter_context(gate.place("a", known=False))
        assert gate.refuses_s("a", known=False) > 0
        assert gate.refuses_s("b", known=False) == 0
        for number in range(PLACES - SOURCE_PLACES):
            held.enter_context(gate.place(f"c{number}", known=False))
        assert gate.refuses_s("b", known=False) > 0
        assert gate.refuses_s("browser 1", known=True) == 0
    assert gate.refuses_s("a", known=False) == 0


def test_while_guesses_rain_strangers_have_one_look_every_two_seconds():
    """And known browsers as many as they ask for; when it stops, so has everybody."""
    clock = [0.0]
    gate = Gate(lambda: clock[0])

    async def look_within(seconds, *, known):
        with anyio.move_on_after(seconds) as scope:
            async with gate.look(known=known):
                pass
        return not scope.cancelled_caught

    async def rain():
        first = await look_within(5, known=False)
        second = await look_within(0.2, known=False)
        return first, second, await look_within(5, known=True)

    assert not gate.rains()
    for _ in range(10):
        gate.guessed()
    assert gate.rains()
    assert run_apart(rain) == (True, False, True)
    clock[0] = 61.0
    assert not gate.rains()


def test_a_shut_address_costs_nothing_and_names_the_time(client, lan):
    """The answer is ready made: no database, no hash; it says when to come back."""
    browser = client()
    attempts.gate.block("testclient", 55)
    answer = browser.post("/sign-in", data={"login": "lan", "password": PASSWORD, "locale": "en"})

    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "60"
    assert '<html lang="en">' in answer.text
    assert session.COOKIE not in answer.headers.get("set-cookie", "")
