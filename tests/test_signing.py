"""The sealing key: one for all workers, registered before it counts, changed with the former one's word, never read by the app."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from survey import signing
from survey.bundle import key_file
from survey.bundle.signature import holds, read_signature
from survey.domain import problems
from survey.domain.problems import Problem, ProblemKind
from survey.domain.signing import KEY, line_of_file
from survey.store.signing_keys import select_signing_keys
from survey.wiring import ROOT, Settings, Survey, open_survey
from tests.conftest import seed


@pytest.fixture(params=["sqlite", "postgres"])
def deployment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Survey]:
    """A deployment on each engine."""
    database = "sqlite" if request.param == "sqlite" else request.getfixturevalue("postgres_url")()
    opened = open_survey(Settings(data=tmp_path, database=database))
    seed(opened.store)
    yield opened
    opened.store.close()


def _keys(survey: Survey) -> list[str]:
    with survey.reading() as reader:
        return [key.fingerprint for key in select_signing_keys(reader)]


def _kinds(survey: Survey) -> list[str]:
    with survey.reading() as reader:
        return [row["body"] for row in reader.rows("SELECT body FROM event WHERE commune = '' ORDER BY seq")]


def _refusal(act: Callable[[], object]) -> ProblemKind:
    with pytest.raises(Problem) as caught:
        act()
    for locale in ("vi", "en"):
        assert "{" not in caught.value.sentence(locale)
    return caught.value.kind


def test_the_first_need_makes_the_key(deployment: Survey) -> None:
    """For its owner alone, registered, in the log."""
    key = signing.ensure(deployment)
    path = deployment.signing_key

    assert _keys(deployment) == [key.fingerprint]
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert "signing_key.made" in _kinds(deployment)[-1]
    assert signing.ensure(deployment) == key
    printed = subprocess.run(["ssh-keygen", "-l", "-f", path], capture_output=True, text=True, check=True).stdout
    assert printed.split()[1] == key.fingerprint


def test_workers_at_once_make_one_key(deployment: Survey) -> None:
    """Each of them seals with it."""
    found: list[str] = []
    workers = [threading.Thread(target=lambda: found.append(signing.ensure(deployment).fingerprint)) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert found == [found[0]] * 8
    assert _keys(deployment) == [found[0]]
    assert [path.name for path in deployment.signing_key.parent.iterdir()] == ["ed25519"]


def test_a_rotation_is_endorsed(deployment: Survey) -> None:
    """By the former key, in a namespace of its own; the former private key is gone."""
    former = signing.sealer(deployment)
    before = deployment.signing_key.read_bytes()
    new = signing.rotate(deployment, "hằng năm")
    sealer = signing.sealer(deployment)
    endorsement = read_signature(new.endorsement)

    assert sealer.key == new
    assert [key.fingerprint for key in sealer.keys] == [new.fingerprint, former.fingerprint]
    assert (endorsement.fingerprint, endorsement.namespace) == (former.fingerprint, KEY)
    assert holds(endorsement, line_of_file(new.public_line))
    assert sealer.keys[1].valid_to == new.valid_from
    assert not sealer.keys[1].lost
    assert before not in [path.read_bytes() for path in deployment.signing_key.parent.iterdir()]
    assert "signing_key.rotated" in _kinds(deployment)[-1]
    assert "hằng năm" not in _kinds(deployment)[-1]


@pytest.mark.parametrize("left", [None, b"garbage"], ids=["gone", "garbage"])
def test_a_lost_key_is_replaced_without_endorsement(deployment: Survey, left: bytes | None) -> None:
    """Whatever is left of it; it is marked."""
    signing.ensure(deployment)
    deployment.signing_key.unlink()
    if left is not None:
        deployment.signing_key.write_bytes(left)

    new = signing.rotate(deployment, "máy chủ bị mất", lost=True)
    keys = signing.sealer(deployment).keys

    assert keys[0] == new
    assert new.endorsement == ""
    assert keys[1].lost


def test_a_change_cut_short_after_the_database_is_finished(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    """The power fails before the new file takes its place: the next to seal puts it there."""
    signing.ensure(survey)
    monkeypatch.setattr(signing, "move_key", _power_cut)
    with pytest.raises(KeyboardInterrupt):
        signing.rotate(survey, "thử")
    monkeypatch.undo()

    sealer = signing.sealer(survey)

    assert sealer.fingerprint == _keys(survey)[0]
    assert [path.name for path in survey.signing_key.parent.iterdir()] == ["ed25519"]


def test_a_change_cut_short_before_the_database_never_was(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file beside is left over; the former key goes on sealing, and the next rotation is not in its way."""
    former = signing.ensure(survey)
    monkeypatch.setattr(signing, "insert_signing_key", _power_cut)
    with pytest.raises(KeyboardInterrupt):
        signing.rotate(survey, "thử")
    monkeypatch.undo()

    assert signing.ensure(survey) == former
    assert signing.rotate(survey, "lần nữa").fingerprint != former.fingerprint


def _power_cut(*_given: object, **_named: object) -> None:
    raise KeyboardInterrupt


def _write(path: Path, content: bytes, mode: int = 0o600) -> None:
    path.unlink(missing_ok=True)
    path.parent.mkdir(exist_ok=True)
    path.touch(mode)
    path.write_bytes(content)
    path.chmod(mode)


def _other_key(survey: Survey) -> None:
    survey.signing_key.unlink()
    key_file.write_key(survey.signing_key, Ed25519PrivateKey.generate())


def _protected(survey: Survey) -> None:
    survey.signing_key.unlink()
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", survey.signing_key], check=True)


def _rsa(survey: Survey) -> None:
    _write(survey.signing_key, generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))


def _folder(survey: Survey) -> None:
    survey.signing_key.unlink()
    survey.signing_key.mkdir(0o700)


def _link(survey: Survey) -> None:
    elsewhere = survey.signing_key.rename(survey.signing_key.with_name("elsewhere"))
    survey.signing_key.symlink_to(elsewhere)


FAULTS: dict[str, tuple[Callable[[Survey], object], ProblemKind]] = {
    "gone": (lambda survey: survey.signing_key.unlink(), problems.SIGNING_KEY_GONE),
    "another machine's": (_other_key, problems.SIGNING_KEY_FOREIGN),
    "open to others": (lambda survey: survey.signing_key.chmod(0o640), problems.SIGNING_KEY_EXPOSED),
    "garbage": (lambda survey: _write(survey.signing_key, b"garbage"), problems.SIGNING_KEY_UNUSABLE),
    "empty": (lambda survey: _write(survey.signing_key, b""), problems.SIGNING_KEY_UNUSABLE),
    "huge": (lambda survey: _write(survey.signing_key, b"x" * 100_000), problems.SIGNING_KEY_UNUSABLE),
    "passphrase": (_protected, problems.SIGNING_KEY_UNUSABLE),
    "rsa": (_rsa, problems.SIGNING_KEY_UNUSABLE),
    "folder": (_folder, problems.SIGNING_KEY_UNUSABLE),
    "link": (_link, problems.SIGNING_KEY_UNUSABLE),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_with_the_file_is_said(survey: Survey, fault: str) -> None:
    """In both languages; nothing is made anew or mended silently."""
    spoil, kind = FAULTS[fault]
    before = signing.ensure(survey)
    spoil(survey)

    assert _refusal(lambda: signing.sealer(survey)) is kind
    assert _keys(survey) == [before.fingerprint]


def test_a_file_that_nobody_registered_is_not_used_silently(survey: Survey) -> None:
    """Until the operator adopts it."""
    key_file.write_key(survey.signing_key, Ed25519PrivateKey.generate())

    assert _refusal(lambda: signing.sealer(survey)) is problems.SIGNING_KEY_UNREGISTERED
    adopted = signing.adopt(survey, "chuyển máy chủ")
    assert signing.ensure(survey) == adopted


def test_another_key_is_adopted_and_the_former_counts_as_lost(survey: Survey) -> None:
    """A retired one is never taken back."""
    former = signing.ensure(survey)
    kept = survey.signing_key.read_bytes()
    _other_key(survey)
    signing.adopt(survey, "máy mới")
    keys = signing.sealer(survey).keys
    _write(survey.signing_key, kept)

    assert (keys[1].fingerprint, keys[1].lost) == (former.fingerprint, True)
    assert _refusal(lambda: signing.adopt(survey, "quay lại")) is problems.SIGNING_KEY_RETIRED


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 301])
def test_a_change_needs_a_reason(survey: Survey, reason: str) -> None:
    """One that fits on the sheet."""
    signing.ensure(survey)

    assert _refusal(lambda: signing.rotate(survey, reason)) is problems.KEY_REASON_NEEDED


def test_there_is_nothing_to_rotate_before_the_first(survey: Survey) -> None:
    """Said so, nothing made."""
    assert _refusal(lambda: signing.rotate(survey, "thử", lost=True)) is problems.SIGNING_KEY_NONE
    assert not survey.signing_key.exists()


def test_a_sealer_does_not_show_its_private_half(survey: Survey) -> None:
    """Not in a trace or a log either."""
    assert "private" not in repr(signing.sealer(survey)).lower()


def test_the_path_comes_from_the_settings(tmp_path: Path) -> None:
    """Elsewhere than the data, where the operator wants it."""
    settings = Settings.from_env({"SURVEY_DATA": str(tmp_path / "data"), "SURVEY_SIGNING_KEY": str(tmp_path / "keys" / "seal")})
    survey = open_survey(settings)
    signing.ensure(survey)
    survey.store.close()

    assert (tmp_path / "keys" / "seal").is_file()
    assert open_survey(replace(settings, signing_key=None)).signing_key == tmp_path / "data" / "signing" / "ed25519"


_APP = """
import sys
from pathlib import Path
secret = Path(sys.argv[1]).absolute()
def watch(event, given):
    if event in ("open", "os.listdir", "os.scandir") and isinstance(given[0], (str, bytes)):
        if Path(given[0] if isinstance(given[0], str) else given[0].decode()).absolute().is_relative_to(secret.parent):
            raise SystemExit(f"the app opened {given[0]}")
sys.addaudithook(watch)
from survey.web import app
from starlette.applications import Starlette
from starlette.testclient import TestClient
client = TestClient(Starlette(routes=app.routes()), base_url="http://localhost", raise_server_exceptions=False)
for path in ("/healthz", "/print/key", "/bundles", "/heads.json"):
    print(path, client.get(path).status_code)
import survey_app
loaded = [name for name in sys.modules if name in ("survey.signing", "survey.bundle.key_file")]
raise SystemExit(f"imported {loaded}" if loaded else 0)
"""


def test_the_app_neither_imports_the_reader_nor_opens_the_file(survey: Survey) -> None:
    """A live process of the web app under watch of the interpreter: routes answer, nothing below the key's folder is opened."""
    signing.ensure(survey)
    survey.store.close()
    environment = {"SURVEY_DATA": str(survey.settings.data), "SURVEY_WORKERS": "0", "PATH": "/usr/bin:/bin"}

    done = subprocess.run(
        [sys.executable, "-c", _APP, survey.signing_key], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert (done.returncode, "imported" in done.stderr, "opened" in done.stderr) == (0, False, False), done.stderr[-800:]
    assert "/healthz 200" in done.stdout
