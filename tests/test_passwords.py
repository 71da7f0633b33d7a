"""Passwords: what is refused and why, what is not, and that another keyboard opens the same door."""

import subprocess
import sys
import time
import unicodedata

import pytest

from survey import accounts
from survey.accounts.guessable import find_weakness
from survey.domain.people import Role
from survey.domain.problems import Problem
from survey.wiring import ROOT
from tests.conftest import COMMUNE
from tests.test_accounts import PASSWORD, kind_of, later

ABOUT = ["lan.nguyen", "Nguyễn Thị Lan", "18844", "Kỳ Thượng"]


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("matkhau123456", "many people choose"), ("mật khẩu 123", "many people choose"), ("khongbiet2024", "many people choose"),
        ("anhyeuem1314", "many people choose"), ("lan.nguyen2026", "your name"), ("NguyenThiLan1990", "your name"),
        ("Nguyễn Thị Lan 90", "your name"), ("kythuong18844", "your name"), ("Kỳ Thượng 2026!", "your name"),
        ("qwertyuiop12", "leaked"), ("1q2w3e4r5t", "leaked"), ("Password123!", "leaked"), ("P@ssw0rd2024", "leaked"),
        ("0912345678", "leaked"), ("abcdefghij", "sequence"), ("aaaaaaaaaaaaaaa", "repeats"), ("x7" * 100, "repeats"),
    ],
)  # fmt: skip
def test_what_is_guessed_first_is_refused_and_says_why(password, why):
    """Leaked ones, habits, the person's own words and patterns, with marks, capitals, digits and signs around them."""
    weakness = find_weakness(password, ABOUT)

    assert weakness is not None
    assert why in weakness.en


@pytest.mark.parametrize(
    "password",
    ["mưa dầm thấm lâu", "con trâu là đầu cơ nghiệp", "correct horse battery staple", "T9#kd02-xQ", "muadamthamlau"],
)
def test_nothing_else_is_asked_for(password):
    """No capital, digit or sign is needed; spaces and Vietnamese letters are as good as any."""
    assert find_weakness(password, ABOUT) is None


def test_the_longest_password_is_looked_at_quickly():
    """What is looked at is cut, so that nobody keeps a processor busy with two hundred characters."""
    begun = time.process_time()
    find_weakness("p4ssw0rd1@" * 20, ABOUT)

    assert time.process_time() - begun < 2


def test_the_problem_says_why_and_what_would_do(survey):
    """In the person's language."""
    new = {"login": "lan", "name": "Nguyễn Thị Lan", "role": Role.REVIEWER, "password": "matkhau123456"}
    with pytest.raises(Problem) as raised:
        accounts.create_person(survey, COMMUNE, by=None, **new)

    assert raised.value.kind.code == "PASSWORD_GUESSABLE"
    assert "nhiều người dùng" in raised.value.sentence("vi")
    assert "bốn, năm từ" in raised.value.sentence("vi")


def test_a_keyboard_that_sends_marks_apart_opens_the_same_door(survey):
    """NFC and NFD of one password are one password; case and spaces are kept."""
    typed = unicodedata.normalize("NFD", PASSWORD)
    accounts.create_person(survey, COMMUNE, by=None, login="lan", name="", role=Role.REVIEWER, password=typed)

    assert accounts.sign_in(survey, "lan", unicodedata.normalize("NFC", PASSWORD)).person.login == "lan"
    assert accounts.sign_in(survey, "lan", unicodedata.normalize("NFD", PASSWORD)).person.login == "lan"
    assert kind_of(accounts.sign_in, survey, "lan", PASSWORD.upper()) == "SIGN_IN_WRONG"
    assert kind_of(accounts.sign_in, survey, "lan", PASSWORD + " ") == "SIGN_IN_WRONG"


def test_a_password_of_an_older_release_still_opens(survey):
    """It was hashed as it was typed, marks apart included."""
    typed = unicodedata.normalize("NFD", PASSWORD)
    person = accounts.create_person(survey, COMMUNE, by=None, login="lan", name="", role=Role.REVIEWER)
    with survey.transaction() as tx:
        tx.execute("UPDATE person SET password_hash = :h WHERE person = :p", h=accounts.passwords._hasher.hash(typed), p=person.id)

    assert accounts.sign_in(survey, "lan", typed).person.id == person.id


def test_two_hundred_letters_with_marks_apart_fit(survey):
    """The limit counts letters as they are kept; nothing is cut off silently."""
    letters = "".join(chr(0x1EA0 + number * 37 % 80) for number in range(200))
    typed = unicodedata.normalize("NFD", letters)
    accounts.create_person(survey, COMMUNE, by=None, login="lan", name="", role=Role.REVIEWER, password=typed)

    assert accounts.sign_in(survey, "lan", letters).person.login == "lan"
    assert kind_of(accounts.sign_in, survey, "lan", letters + "x") == "SIGN_IN_WRONG"
    assert kind_of(accounts.sign_in, survey, "lan", letters[:-1]) == "SIGN_IN_WRONG"


def test_who_forgot_the_password_chooses_a_new_one_by_the_coordinators_link(survey, coordinator):
    """Without the old one, within a quarter of an hour of the link; the old password and other browsers end."""
    person = accounts.create_person(survey, COMMUNE, by=None, login="lan", name="", role=Role.REVIEWER, password=PASSWORD)
    elsewhere = accounts.sign_in(survey, "lan", PASSWORD).cookie
    link = accounts.make_sign_in_link(survey, COMMUNE, person.id, by=coordinator)
    cookie = accounts.sign_in_by_link(survey, link.removeprefix("/sign-in/")).cookie
    session = accounts.find_session(survey, cookie)

    assert accounts.without_old_password(session, survey.now())
    late = later(survey, minutes=16)
    assert kind_of(accounts.change_password, late, session, cookie, old="", new="có công mài sắt") == "SIGN_IN_WRONG"
    accounts.change_password(survey, session, cookie, old="", new="có công mài sắt")

    assert kind_of(accounts.sign_in, survey, "lan", PASSWORD) == "SIGN_IN_WRONG"
    assert accounts.sign_in(survey, "lan", "có công mài sắt").person.id == person.id
    assert accounts.find_session(survey, elsewhere) is None
    with survey.reading() as reader:
        bodies = [row["body"] for row in reader.rows("SELECT body FROM event")]
    assert any('"password_changed"' in body and '"way":"link"' in body.replace(" ", "") for body in bodies)


def test_a_session_that_began_with_a_password_is_always_asked_for_it(survey):
    """Whoever finds an open desk must not take the account over."""
    accounts.create_person(survey, COMMUNE, by=None, login="lan", name="", role=Role.REVIEWER, password=PASSWORD)
    cookie = accounts.sign_in(survey, "lan", PASSWORD).cookie
    session = accounts.find_session(survey, cookie)

    assert not accounts.without_old_password(session, survey.now())
    assert kind_of(accounts.change_password, survey, session, cookie, old="", new="có công mài sắt") == "SIGN_IN_WRONG"


def test_an_open_link_ends_with_the_password_change(survey):
    """A link that somebody else holds must not undo the change."""
    person = accounts.create_person(survey, COMMUNE, by=None, login="lan", name="", role=Role.REVIEWER, password=PASSWORD)
    cookie = accounts.sign_in(survey, "lan", PASSWORD).cookie
    link = accounts.make_sign_in_link(survey, COMMUNE, person.id, by=None)
    accounts.change_password(survey, accounts.find_session(survey, cookie), cookie, old=PASSWORD, new="có công mài sắt")

    assert kind_of(accounts.sign_in_by_link, survey, link.removeprefix("/sign-in/")) == "LINK_UNUSABLE"


def test_workers_do_not_carry_the_lists():
    """Megabytes of leaked passwords are read where somebody chooses one, nowhere else."""
    script = "import sys, survey.commands.work, survey.accounts; print('zxcvbn' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True)

    assert shown.stdout.strip() == "False"
