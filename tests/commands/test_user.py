"""`user`: people from the server's terminal."""

import json

import pytest

from survey import accounts
from survey.commands import main
from survey.domain.people import Role


@pytest.fixture
def user(survey, capsys):
    """A function that runs `user …` on the deployment and returns exit code, stdout lines and stderr."""

    def run(*arguments):
        code = main(["user", *arguments, "--data", str(survey.settings.data)])
        out, err = capsys.readouterr()
        return code, out.splitlines(), err

    return run


def test_add_prints_a_link_that_signs_in(user, survey):
    """The new inspector's link works once, with the hamlets given."""
    code, (line,), _ = user("add", "lan", "--name", "Nguyễn Thị Lan", "--role", "inspector", "--hamlets", "18844-h01", "--json")
    made = json.loads(line)
    person = accounts.sign_in_by_link(survey, made["sign_in"].partition("/sign-in/")[2]).person

    assert code == 0
    assert (person.login, person.name, person.role, person.hamlets) == ("lan", "Nguyễn Thị Lan", Role.INSPECTOR, {"18844-h01"})


def test_add_with_all_hamlets(user):
    """`all` is today's hamlets."""
    user("add", "lan", "--role", "inspector", "--hamlets", "all")
    listed = [json.loads(line) for line in user("list", "--json")[1]]

    assert next(person for person in listed if person["login"] == "lan")["hamlets"] == ["18844-h01", "18844-h02"]


def test_disable_and_list(user):
    """A closed account is listed as closed; its link can no longer be made."""
    assert user("disable", "reviewer")[0] == 0

    assert "reviewer\treviewer\t-\treviewer\tclosed" in user("list")[1]
    code, out, err = user("link", "reviewer")
    assert (code, out) == (1, [])
    assert err.startswith("PERSON_UNKNOWN: ")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["add", "Lan Anh", "--role", "inspector"], "LOGIN_UNUSABLE"),
        (["add", "reviewer", "--role", "inspector"], "LOGIN_TAKEN"),
        (["add", "lan", "--role", "inspector", "--hamlets", "18844-h99"], "HAMLET_UNKNOWN"),
        (["disable", "coordinator"], "LAST_COORDINATOR"),
        (["link", "nobody"], "PERSON_UNKNOWN"),
    ],
)
def test_problems_are_one_line_with_their_code(user, arguments, code):
    """Exit 1 and the code, nothing on stdout."""
    exit_code, out, err = user(*arguments)

    assert (exit_code, out, err.split(":")[0], err.count("\n")) == (1, [], code, 1)


def test_wrong_usage_is_exit_2(user):
    """An unknown role or action is a slip at the keyboard."""
    for arguments in (["add", "lan", "--role", "boss"], ["promote", "lan"], []):
        with pytest.raises(SystemExit) as ended:
            user(*arguments)
        assert ended.value.code == 2


def test_the_data_folder_may_stand_before_the_command(survey, capsys, monkeypatch, tmp_path):
    """`--data DIR user list` works on that folder, not on the environment's."""
    monkeypatch.setenv("SURVEY_DATA", str(tmp_path / "another"))
    accounts.create_person(survey, "18844", by=None, login="lan", name="Nguyễn Thị Lan", role=Role.INSPECTOR)

    assert main(["--data", str(survey.settings.data), "user", "list"]) == 0
    assert "lan\t" in capsys.readouterr().out


def test_the_operator_lets_a_person_see_the_province(user, survey):
    """`province on` and `off` count at once, `add --province` from the beginning; an unknown login is a problem."""
    user("add", "tinh", "--role", "owner", "--province")
    assert user("province", "coordinator", "on")[0] == 0

    listed = {person["login"]: person["province"] for person in map(json.loads, user("list", "--json")[1])}
    assert listed == {"coordinator": True, "inspector": False, "reviewer": False, "tinh": True}
    user("province", "tinh", "off")
    assert not next(person for person in map(json.loads, user("list", "--json")[1]) if person["login"] == "tinh")["province"]
    assert "PERSON_UNKNOWN" in user("province", "nobody", "on")[2]


def test_the_operator_sees_and_ends_sessions(user, survey):
    """Where a person is signed in, without anything that opens a door; then nowhere."""
    user("add", "lan", "--role", "reviewer")
    link = json.loads(user("link", "lan", "--json")[1][0])["sign_in"].partition("/sign-in/")[2]
    cookie = accounts.sign_in_by_link(survey, link, "Firefox · Linux").cookie
    (listed,) = [json.loads(line) for line in user("sessions", "lan", "--json")[1]]

    assert (listed["way"], listed["browser"], listed["device"]) == ("link", "Firefox · Linux", None)
    assert cookie.partition(".")[2] not in str(listed)
    assert json.loads(user("end-sessions", "lan", "--json")[1][0])["ended"] == 1
    assert accounts.find_session(survey, cookie) is None
    assert user("sessions", "lan")[1] == []
