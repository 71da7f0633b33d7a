"""The second step: turning it on and off, one use of each code, drift, guesses, recovery codes, resets, what the table and the log hold."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from survey import accounts, second_factor
from survey.domain.people import Role
from survey.domain.problems import Problem
from survey.store import second_factors as store
from survey.wiring import Settings, open_survey
from tests.conftest import COMMUNE, seed

PASSWORD = "mưa dầm thấm lâu"
NOW = datetime(2026, 11, 23, 5, 0, 10, tzinfo=UTC)


class Clock:
    """The survey with a clock that the test moves."""

    def __init__(self, survey, now=NOW):
        self._survey = survey
        self.time = now

    def now(self):
        """The test's time."""
        return self.time

    def __getattr__(self, name):
        return getattr(self._survey, name)


@pytest.fixture(params=["sqlite", "postgres"])
def survey(request, tmp_path):
    """The small deployment on each engine, with a clock of the test's own."""
    database = "sqlite" if request.param == "sqlite" else request.getfixturevalue("postgres_url")()
    opened = open_survey(Settings(data=tmp_path, database=database))
    seed(opened.store)
    yield Clock(opened)
    opened.store.close()


@pytest.fixture
def lan(survey):
    """A reviewer with a password."""
    return accounts.create_person(survey, COMMUNE, by=None, login="lan", name="Lan", role=Role.REVIEWER, password=PASSWORD)


@pytest.fixture
def signed_in(survey, lan):
    """Lan's browser: her session and its cookie."""
    cookie = accounts.sign_in(survey, "lan", PASSWORD).cookie
    return accounts.find_session(survey, cookie), cookie


@pytest.fixture
def app(survey, signed_in):
    """Lan's code app, once the second step is on; 90 s have gone since, so that no code is taken."""
    return turn_on(survey, *signed_in)[0]


def turn_on(survey, session, cookie):
    enrolment = second_factor.begin(survey, session, issuer="Khảo sát")
    app = pyotp.TOTP(enrolment.key)
    codes = second_factor.confirm(survey, session, cookie, app.at(survey.time))
    survey.time += timedelta(seconds=90)
    return app, codes


def kind_of(call, *arguments, **named):
    with pytest.raises(Problem) as raised:
        call(*arguments, **named)
    return raised.value.kind.code


def waiting(survey):
    """A browser that has shown the password and owes the code: its cookie."""
    found = accounts.sign_in(survey, "lan", PASSWORD)
    assert found.owes_code
    return found.cookie


def pass_in(survey, cookie, code):
    second_factor.pass_step(survey, cookie, code)
    return accounts.finish_sign_in(survey, cookie)


def events(survey):
    with survey.reading() as reader:
        return [json.loads(row["body"])["kind"] for row in reader.rows("SELECT body FROM event ORDER BY seq")]


def test_password_alone_opens_nothing_once_it_is_on(survey, app):
    """What the browser holds after the password is no session; the code makes one."""
    cookie = waiting(survey)

    assert accounts.find_session(survey, cookie) is None
    assert kind_of(accounts.finish_sign_in, survey, cookie) == "STEP_EXPIRED"
    done = pass_in(survey, cookie, app.at(survey.time))
    found = accounts.find_session(survey, done.cookie)
    assert (found.person.login, found.way) == ("lan", "password")
    assert accounts.find_session(survey, cookie) is None


def test_link_of_the_coordinator_asks_the_code_too(survey, lan, app):
    """A new link for a lost password does not get past the second step."""
    link = accounts.make_sign_in_link(survey, COMMUNE, lan.id, by=None).removeprefix("/sign-in/")
    found = accounts.sign_in_by_link(survey, link)

    assert found.owes_code
    assert accounts.find_session(survey, found.cookie) is None
    assert accounts.find_session(survey, pass_in(survey, found.cookie, app.at(survey.time)).cookie).way == "link"


def test_a_code_is_taken_once(survey, app):
    """Who reads a code over somebody's shoulder comes too late; an older one than the last taken is refused as well."""
    code, earlier = app.at(survey.time), app.at(survey.time - timedelta(seconds=30))
    pass_in(survey, waiting(survey), code)

    assert kind_of(second_factor.pass_step, survey, waiting(survey), code) == "CODE_WRONG"
    assert kind_of(second_factor.pass_step, survey, waiting(survey), earlier) == "CODE_WRONG"
    survey.time += timedelta(seconds=30)
    pass_in(survey, waiting(survey), app.at(survey.time))


@pytest.mark.parametrize(("offset_s", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_clocks_may_drift_by_one_step(survey, app, offset_s, taken):
    """Half a minute to either side, no more."""
    cookie, code = waiting(survey), app.at(survey.time + timedelta(seconds=offset_s))
    if taken:
        assert pass_in(survey, cookie, code).person.login == "lan"
    else:
        assert kind_of(second_factor.pass_step, survey, cookie, code) == "CODE_WRONG"


def test_of_many_at_once_one_uses_the_code(survey, app):
    """Eight browsers with the password and the same code: one session."""
    cookies, code = [waiting(survey) for _ in range(8)], app.at(survey.time)

    def attempt(cookie):
        try:
            return pass_in(survey, cookie, code)
        except Problem as problem:
            return problem.kind.code

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(attempt, cookies))
    assert sum(not isinstance(result, str) for result in results) == 1
    assert {result for result in results if isinstance(result, str)} == {"CODE_WRONG"}


def test_one_sign_in_makes_one_session(survey, app):
    """A waiting sign-in is used up by its first code, though a second right one follows."""
    cookie = waiting(survey)
    pass_in(survey, cookie, app.at(survey.time))
    survey.time += timedelta(seconds=30)

    assert kind_of(second_factor.pass_step, survey, cookie, app.at(survey.time)) == "STEP_EXPIRED"
    assert kind_of(accounts.finish_sign_in, survey, cookie) == "STEP_EXPIRED"


def test_code_of_another_person_is_wrong(survey, app):
    """Each person's app has a key of its own; another's waiting sign-in is not opened by it."""
    accounts.create_person(survey, COMMUNE, by=None, login="minh", name="Minh", role=Role.REVIEWER, password=PASSWORD)
    theirs = accounts.sign_in(survey, "minh", PASSWORD).cookie
    turn_on(survey, accounts.find_session(survey, theirs), theirs)
    found = accounts.sign_in(survey, "minh", PASSWORD)

    assert kind_of(second_factor.pass_step, survey, found.cookie, app.at(survey.time)) == "CODE_WRONG"


def test_guesses_end_for_a_while_whatever_is_guessed_after(survey, app):
    """Ten wrong codes from however many browsers, then not even the right one; after a quarter of an hour it is taken again."""
    for number in range(10):
        assert kind_of(second_factor.pass_step, survey, waiting(survey), f"{number:06}") == "CODE_WRONG"
    assert kind_of(second_factor.pass_step, survey, waiting(survey), app.at(survey.time)) == "CODE_TOO_OFTEN"
    survey.time += second_factor.TRIES_WINDOW + timedelta(seconds=1)
    pass_in(survey, waiting(survey), app.at(survey.time))


_ODD = ["", " ", "12345", "1234567", "abcdef", "\uff11\uff12\uff13\uff14\uff15\uff16", "-00001", "000000\x00", "x" * 40, "đđđđđđ", "²²²²²²"]


@pytest.mark.parametrize("code", _ODD)
def test_odd_codes_are_wrong_codes(survey, app, code):
    """Nothing that is typed breaks the step."""
    assert kind_of(second_factor.pass_step, survey, waiting(survey), code) == "CODE_WRONG"


def test_waiting_ends_after_ten_minutes(survey, app):
    """A browser left at the second step opens nothing later, and a code taken in time must be used in time."""
    cookie, late = waiting(survey), waiting(survey)
    second_factor.pass_step(survey, late, app.at(survey.time))
    survey.time += timedelta(minutes=10)

    assert kind_of(second_factor.pass_step, survey, cookie, app.at(survey.time)) == "STEP_EXPIRED"
    assert kind_of(accounts.finish_sign_in, survey, late) == "STEP_EXPIRED"


@pytest.mark.parametrize("cookie", [None, "", "18844.", "18844.x", ".", "x" * 5000, "18844.\x00"])
def test_invented_cookies_wait_for_nothing(survey, app, cookie):
    """No cookie, or any other text, is told to sign in again."""
    assert kind_of(second_factor.pass_step, survey, cookie, app.at(survey.time)) == "STEP_EXPIRED"


def test_recovery_codes_work_once_each(survey, signed_in):
    """Ten codes, written as people write, each once; a made-up one is wrong."""
    _, codes = turn_on(survey, *signed_in)
    assert len(set(codes)) == 10
    pass_in(survey, waiting(survey), codes[0].lower().replace("-", " "))

    assert kind_of(second_factor.pass_step, survey, waiting(survey), codes[0]) == "CODE_WRONG"
    assert kind_of(second_factor.pass_step, survey, waiting(survey), "ABCD-EFGH-JKMN") == "CODE_WRONG"
    pass_in(survey, waiting(survey), codes[1])
    with survey.reading() as reader:
        assert store.select_recovery_codes_left(reader, COMMUNE, signed_in[0].person.id) == 8
    assert events(survey).count("recovery_code_used") == 2


def test_turning_on_takes_a_right_code_and_ends_other_browsers(survey, lan, signed_in):
    """Until the first code nothing is asked; then whoever sat in another browser is out, and this one stays."""
    session, cookie = signed_in
    other = accounts.sign_in(survey, "lan", PASSWORD).cookie
    enrolment = second_factor.begin(survey, session, issuer="Khảo sát")
    assert not accounts.sign_in(survey, "lan", PASSWORD).owes_code
    assert kind_of(second_factor.confirm, survey, session, cookie, "000000") == "CODE_WRONG"
    code = pyotp.TOTP(enrolment.key).at(survey.time)
    second_factor.confirm(survey, session, cookie, code)

    assert accounts.find_session(survey, other) is None
    assert accounts.find_session(survey, cookie) is not None
    assert kind_of(second_factor.begin, survey, session, issuer="x") == "SECOND_FACTOR_STANDS"
    assert kind_of(second_factor.confirm, survey, session, cookie, code) == "SECOND_FACTOR_STANDS"
    assert kind_of(second_factor.pass_step, survey, waiting(survey), code) == "CODE_WRONG"


def test_turning_off_asks_for_a_code(survey, signed_in):
    """An open browser alone does not take the step away; with a code it does, and the password is enough again."""
    app, _ = turn_on(survey, *signed_in)
    assert kind_of(second_factor.turn_off, survey, signed_in[0], "000000") == "CODE_WRONG"
    second_factor.turn_off(survey, signed_in[0], app.at(survey.time))

    assert not accounts.sign_in(survey, "lan", PASSWORD).owes_code
    assert kind_of(second_factor.turn_off, survey, signed_in[0], app.at(survey.time)) == "SECOND_FACTOR_MISSING"


def test_reset_is_for_others_by_who_manages_people(survey, lan, app, coordinator, reviewer):
    """A lost phone: the coordinator resets, which is logged; nobody resets the own step, and what waited is over."""
    cookie = waiting(survey)
    own = replace(coordinator, person=lan.id)
    stranger = replace(coordinator, commune="06979")
    assert kind_of(second_factor.reset, survey, COMMUNE, lan.id, by=reviewer) == "NOT_ALLOWED"
    assert kind_of(second_factor.reset, survey, COMMUNE, lan.id, by=own) == "OWN_ACCOUNT"
    assert kind_of(second_factor.reset, survey, COMMUNE, lan.id, by=stranger) == "PERSON_UNKNOWN"
    assert kind_of(second_factor.reset, survey, COMMUNE, "nobody", by=coordinator) == "PERSON_UNKNOWN"
    second_factor.reset(survey, COMMUNE, lan.id, by=coordinator)

    assert "second_factor_reset" in events(survey)
    assert kind_of(second_factor.pass_step, survey, cookie, app.at(survey.time)) == "STEP_EXPIRED"
    assert not accounts.sign_in(survey, "lan", PASSWORD).owes_code
    assert kind_of(second_factor.reset, survey, COMMUNE, lan.id, by=coordinator) == "SECOND_FACTOR_MISSING"


def test_closed_accounts_do_not_finish(survey, lan, app):
    """An account closed between the code and the session starts none."""
    cookie = waiting(survey)
    second_factor.pass_step(survey, cookie, app.at(survey.time))
    accounts.disable_person(survey, COMMUNE, lan.id, by=None)

    assert kind_of(accounts.finish_sign_in, survey, cookie) == "STEP_EXPIRED"


def test_enrolled_phones_are_not_asked_and_change_nothing(survey, lan, app, signed_in):
    """A phone of the survey does an inspector's work without a code, and its finder cannot touch the second step."""
    phone = replace(signed_in[0], device="d1")

    assert kind_of(second_factor.begin, survey, phone, issuer="x") == "NOT_ALLOWED"
    assert kind_of(second_factor.confirm, survey, phone, "c", "000000") == "NOT_ALLOWED"
    assert kind_of(second_factor.turn_off, survey, phone, app.at(survey.time)) == "NOT_ALLOWED"


def test_tables_and_log_tell_no_secret(survey, signed_in):
    """Neither the app's key nor a recovery code stands in the database, and the key file is its owner's alone."""
    enrolment = second_factor.begin(survey, signed_in[0], issuer="Khảo sát")
    codes = second_factor.confirm(survey, *signed_in, pyotp.TOTP(enrolment.key).at(survey.time))
    with survey.reading() as reader:
        tables = ("second_factor", "recovery_code", "sign_in_step", "event")
        kept = repr([dict(row) for table in tables for row in reader.rows(f"SELECT * FROM {table}")])

    assert enrolment.key not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)
    assert enrolment.key not in repr(enrolment)
    assert survey.second_factor_key.stat().st_mode & 0o777 == 0o600


def test_a_lost_or_foreign_key_file_is_a_sentence(survey, app):
    """Without its key file the step refuses everybody, with what to do; nobody gets in without a code."""
    cookie = waiting(survey)
    survey.second_factor_key.write_bytes(b"x" * 32)
    assert kind_of(second_factor.pass_step, survey, cookie, app.at(survey.time)) == "WRAPPING_KEY_UNUSABLE"
    survey.second_factor_key.write_bytes(b"short")
    assert kind_of(second_factor.pass_step, survey, cookie, app.at(survey.time)) == "WRAPPING_KEY_UNUSABLE"
    survey.second_factor_key.unlink()
    assert kind_of(second_factor.pass_step, survey, cookie, app.at(survey.time)) == "WRAPPING_KEY_UNUSABLE"


def test_a_row_moved_to_another_person_opens_nothing(survey, lan, app):
    """Whoever may write the table still cannot give the own app's key to somebody else: the key is bound to its person."""
    cookie = waiting(survey)
    with survey.transaction() as tx:
        tx.execute("DELETE FROM second_factor WHERE person = 'p-coordinator'")
        tx.execute(
            "INSERT INTO second_factor (commune, person, secret, made_at, confirmed_at, last_step, tries, tries_since, salt)"
            " SELECT commune, 'p-coordinator', secret, made_at, confirmed_at, 0, 0, tries_since, salt FROM second_factor"
            " WHERE person = :person", person=lan.id,
        )  # fmt: skip
    link = accounts.make_sign_in_link(survey, COMMUNE, "p-coordinator", by=None).removeprefix("/sign-in/")
    moved = accounts.sign_in_by_link(survey, link)

    assert kind_of(second_factor.pass_step, survey, moved.cookie, app.at(survey.time)) == "WRAPPING_KEY_UNUSABLE"
    assert pass_in(survey, cookie, app.at(survey.time)).person.login == "lan"


def test_the_key_file_may_lie_elsewhere(tmp_path):
    """SURVEY_SECOND_FACTOR_KEY names it; else it lies in the data folder."""
    path = tmp_path / "keys" / "second"

    assert Settings.from_env({"SURVEY_SECOND_FACTOR_KEY": str(path)}).second_factor_key == path
    assert Settings.from_env({}).second_factor_key is None
