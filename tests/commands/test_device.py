"""`device`: enrolled phones from the server's terminal."""

import base64
import json
import zlib

import pytest

from survey import accounts, devices
from survey.commands import main
from survey.domain.people import Role
from tests.conftest import COMMUNE


@pytest.fixture
def device(survey, capsys, monkeypatch):
    """A function that runs `device …` on the deployment and returns exit code, stdout and stderr."""
    monkeypatch.setenv("SURVEY_PUBLIC_URL", "https://survey.example")

    def run(*arguments):
        code = main(["device", *arguments, "--data", str(survey.settings.data)])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_enroll_prints_what_a_phone_needs(device, survey):
    """Key, one-time link and Collect's settings belong to one phone of the person named."""
    code, out, _ = device("enroll", "--user", "Reviewer", "--name", "Redmi 9A", "--json")
    made = json.loads(out)
    collect = json.loads(zlib.decompress(base64.b64decode(made["collect_settings"])))
    actor = devices.find_by_token(survey, made["token"])
    opened = accounts.sign_in_by_link(survey, made["url"].removeprefix("https://survey.example/sign-in/"))

    assert code == 0
    assert set(made) == {"token", "url", "collect_settings", "device", "username"}
    assert (actor.person, actor.device, actor.role) == ("p-reviewer", made["device"], Role.INSPECTOR)
    assert opened.actor.device == made["device"]
    assert devices.find_by_username(survey, made["username"]).actor.device == made["device"]
    assert collect["general"]["server_url"] == f"https://survey.example/key/{made['token']}/openrosa"
    assert collect["project"]["name"] == "Kỳ Thượng"


def test_enroll_takes_the_first_inspector(device, survey):
    """By login, closed accounts left out."""
    for login in ("an", "binh"):
        accounts.create_person(survey, COMMUNE, by=None, login=login, name=login, role=Role.INSPECTOR)
    accounts.disable_person(survey, COMMUNE, person_of(survey, "an"), by=None)
    token = json.loads(device("enroll", "--json")[1])["token"]

    assert devices.find_by_token(survey, token).person == person_of(survey, "binh")


def test_enroll_shows_codes_on_a_terminal(device):
    """Two QR codes with what they are for, and the key in words for whoever types it."""
    code, out, _ = device("enroll")

    assert code == 0
    assert "https://survey.example/sign-in/18844." in out
    assert "/openrosa" in out
    assert out.count("▄▄▄▄▄") >= 4


def test_list_and_revoke(device, survey):
    """A phone is awaited, then enrolled, then revoked, after which its key is useless; no secret is listed."""
    made = json.loads(device("enroll", "--name", "Redmi 9A", "--json")[1])
    assert device("list")[1].startswith(f"{made['device']}\tinspector\tawaited\t-\tRedmi 9A")
    devices.find_by_token(survey, made["token"])
    assert "\tenrolled\t" in device("list")[1]
    assert device("revoke", made["device"])[:2] == (0, "Redmi 9A: revoked\n")
    listed = device("list", "--json")[1]

    assert json.loads(listed)["revoked_at"] is not None
    assert made["token"].partition(".")[2] not in listed
    assert devices.find_by_token(survey, made["token"]) is None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["enroll", "--user", "nobody"], "PERSON_UNKNOWN"),
        (["enroll", "--commune", "06979"], "PERSON_UNKNOWN"),
        (["revoke", "none"], "DEVICE_UNKNOWN"),
    ],
)
def test_problems_are_one_line_with_their_code(device, arguments, code):
    """Exit 1 and the code, nothing on stdout."""
    exit_code, out, err = device(*arguments)

    assert (exit_code, out, err.split(":")[0], err.count("\n")) == (1, "", code, 1)


def test_options_may_stand_before_the_action(survey, capsys, monkeypatch, tmp_path):
    """Before the command, before its action and behind it they mean the same."""
    monkeypatch.setenv("SURVEY_DATA", str(tmp_path / "another"))
    folder = str(survey.settings.data)
    said = []
    for words in (
        ["--data", folder, "device", "--json", "--commune", COMMUNE, "enroll", "--name", "Redmi"],
        ["device", "--data", folder, "--json", "list"],
        ["device", "list", "--commune", COMMUNE, "--json", "--data", folder],
    ):
        assert main(words) == 0
        said.append(json.loads(capsys.readouterr().out)["device"])

    assert len(set(said)) == 1


def test_a_mistyped_folder_is_told(tmp_path, capsys):
    """No empty database is made in it."""
    assert main(["device", "list", "--data", str(tmp_path / "typo")]) == 1
    assert capsys.readouterr().err.startswith("DEPLOYMENT_EMPTY")
    assert not (tmp_path / "typo").exists()


def person_of(survey, login):
    """The id of the account called *login*."""
    with survey.reading() as reader:
        return reader.row("SELECT person FROM person WHERE login = :login", login=login)["person"]
