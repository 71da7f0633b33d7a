"""A deployment that was backed up and restored is the same one: rows, bytes, chains, bundles, keys; on either engine."""

import hashlib
import json
import re
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from survey import accounts, backup, deliver, devices, privacy
from survey.backup.contents import BARE_LEFT_OUT, BARE_REPLACED
from survey.commands import operator
from survey.domain.people import Role
from survey.personal.erasing import erase_account, erase_home
from survey.store.check import find_faults, select_unreferenced
from survey.store.dump import known_migrations, select_columns, select_heads, tables_of
from survey.wiring import Settings, open_survey
from tests.backup.conftest import World, opened, rows_of
from tests.conftest import COMMUNE

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def bare(world: World, tmp_path: Path, run: Run) -> Path:
    """An unencrypted backup of the world."""
    assert run("backup", tmp_path / "bare.tar", "--quiet", "--data", world.data)[0] == 0
    return tmp_path / "bare.tar"


@pytest.fixture
def sealed(world: World, tmp_path: Path, run: Run, key: tuple[str, Path]) -> Path:
    """An encrypted one, with keys."""
    assert run("backup", tmp_path / "whole.age", "--recipient", key[0], "--with-keys", "--quiet", "--data", world.data)[0] == 0
    return tmp_path / "whole.age"


def test_everything_comes_back_on_either_engine(sealed: Path, target: Settings, world: World, run: Run, key: tuple[str, Path]) -> None:
    """Rows, heads, photos, views, the sealed bundle to the byte, the map, the signing key, the phone's token."""
    code, said, _ = run("restore", sealed, "--identity", key[1], "--quiet", "--json", "--data", target.data)
    before, after = open_survey(Settings(data=world.data)), opened(target)

    assert code == 0
    moment = frozenset({"worker", "job", "access_log"})  # making the backup is noted there
    assert rows_of(after, without=moment) == rows_of(before, without=moment)
    with before.reading() as one, after.reading() as other:
        assert select_heads(one) == select_heads(other) == {name: tuple(head) for name, head in json.loads(said)["heads"].items()}
        assert list(find_faults(other, after.blobs)) == []
        assert select_unreferenced(other, after.blobs) == []
    (made,) = deliver.bundles(after, operator(COMMUNE))
    assert b"".join(deliver.read(after, operator(COMMUNE), made.bags[0])) == world.bundle
    assert after.signing_key.read_bytes() == before.signing_key.read_bytes()
    assert stat.S_IMODE(after.signing_key.stat().st_mode) == 0o600
    assert (target.data / "map.pmtiles").read_bytes() == (world.data / "map.pmtiles").read_bytes()
    assert stat.S_IMODE(target.data.stat().st_mode) == 0o700
    assert _views(target.data) == _views(world.data) != {}
    assert devices.find_by_token(after, world.token) is not None
    after.store.close()


def test_from_postgres_back_to_sqlite(
    world: World, sealed: Path, tmp_path: Path, run: Run, key: tuple[str, Path], postgres_url: Callable[[], str]
) -> None:
    """A deployment moves to PostgreSQL and back by its backup alone, and nothing of a row changes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SURVEY_DATABASE", postgres_url())
        assert run("restore", sealed, "--identity", key[1], "--quiet", "--data", tmp_path / "middle")[0] == 0
        assert run("backup", tmp_path / "back.age", "--recipient", key[0], "--with-keys", "--quiet", "--data", tmp_path / "middle")[0] == 0
    assert run("restore", tmp_path / "back.age", "--identity", key[1], "--quiet", "--data", tmp_path / "end")[0] == 0

    before, after = open_survey(Settings(data=world.data)), open_survey(Settings(data=tmp_path / "end"))
    moment = frozenset({"worker", "job", "access_log"})  # making the backup is noted there
    assert rows_of(after, without=moment) == rows_of(before, without=moment)


def test_stock_tools_open_and_check_it(sealed: Path, tmp_path: Path, key: tuple[str, Path], world: World) -> None:
    """`age -d`, `tar` and `sha256sum -c` need nothing of ours; photos lie there under their hashes."""
    folder = tmp_path / "unpacked"
    folder.mkdir()
    subprocess.run(f"age -d -i {key[1]} {sealed} | tar x -C {folder}", shell=True, check=True)  # noqa: S602 - what docs/backup.md says to type
    subprocess.run(["sha256sum", "-c", "--quiet", "--strict", "SHA256SUMS"], cwd=folder, check=True)

    listed = {line.split("  ")[1] for line in (folder / "SHA256SUMS").read_text().splitlines()}
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found - listed == {"SHA256SUMS"}
    originals = list((folder / "blobs").rglob("*"))
    assert sum(path.is_file() for path in originals) == len(world.submissions)
    assert all(hashlib.sha256(path.read_bytes()).hexdigest() == path.name for path in originals if path.is_file())
    assert json.loads((folder / "backup.json").read_text())["keys"] == ["second_factor", "signing"]


def test_an_unencrypted_backup_lets_nobody_pass_for_a_phone(bare: Path, world: World, tmp_path: Path, run: Run) -> None:
    """Shared keys, what Digest needs and every private key stay out; after it the token in the path goes on."""
    content = bare.read_bytes()
    before = open_survey(Settings(data=world.data))
    with before.reading() as reader:
        rows = [*reader.rows("SELECT digest_ha1 AS value FROM device"), *reader.rows("SELECT value FROM secret")]
    assert rows
    assert not any(row["value"].encode() in content for row in rows)
    assert before.signing_key.read_bytes() not in content

    assert run("restore", bare, "--quiet", "--data", tmp_path / "after")[0] == 0
    after = open_survey(Settings(data=tmp_path / "after"))
    with before.reading() as one, after.reading() as other:
        sql = "SELECT device, token_hash, username FROM device ORDER BY device"
        assert one.rows(sql) == other.rows(sql)
        assert all(len(row["digest_ha1"]) == 32 for row in other.rows("SELECT digest_ha1 FROM device"))


def test_every_column_that_sounds_secret_was_thought_of(world: World) -> None:
    """A new column of that kind fails here until somebody has said what an unencrypted backup does with it (docs/backup.md)."""
    harmless = {
        "session.token_hash", "sign_in_link.token_hash", "sign_in_step.token_hash", "device.token_hash",  # SHA-256 of 256 random bits
        "person.password_hash", "recovery_code.code_hash", "second_factor.secret",  # argon2id; wrapped under a key that is no row
        "signing_key.public_key", "bundle_timestamp.token", "hamlet.sort_key", "hamlet_version.sort_key", "site.sort_key",
        "event.hash", "event_head.hash", "head_post.hash", "attachment.repeat_key", "measure.repeat_key", "counted.repeat_key", "guess.key",
    }  # fmt: skip
    survey = open_survey(Settings(data=world.data))
    with survey.reading() as reader:
        columns = {f"{table}.{name}" for table in tables_of(known_migrations()) for name in select_columns(reader, "sqlite", table)}
    sounding = {name for name in columns if re.search(r"secret|token|key|hash$|ha1|password|private", name.partition(".")[2])}
    decided = {f"{table}.{name}" for table, names in BARE_REPLACED.items() for name in names}

    assert sounding - harmless - decided - {name for name in sounding if name.partition(".")[0] in BARE_LEFT_OUT} == set()


def test_keys_go_into_an_encrypted_backup_only(world: World, tmp_path: Path, run: Run) -> None:
    """Nothing is written where somebody asks for them without a recipient."""
    code, _, said = run("backup", tmp_path / "keys.tar", "--with-keys", "--data", world.data)

    assert (code, "BACKUP_KEYS_BARE" in said) == (1, True)
    assert not list(tmp_path.glob("keys.tar*"))


def test_a_backup_is_never_written_over(bare: Path, world: World, run: Run) -> None:
    """The older one stays as it is."""
    content = bare.read_bytes()

    assert "BACKUP_EXISTS" in run("backup", bare, "--data", world.data)[2]
    assert bare.read_bytes() == content


def test_nothing_is_restored_over_a_deployment(bare: Path, world: World, run: Run) -> None:
    """A data folder with a commune in it is refused and stays as it is."""
    before = rows_of(open_survey(Settings(data=world.data)))

    assert "RESTORE_NOT_EMPTY" in run("restore", bare, "--quiet", "--data", world.data)[2]
    assert rows_of(open_survey(Settings(data=world.data))) == before


def test_what_was_erased_after_the_backup_is_erased_again(bare: Path, world: World, target: Settings, tmp_path: Path, run: Run) -> None:
    """`erasures` of the newer log, given to `restore`, buries the photo again before anything is served."""
    before = open_survey(Settings(data=world.data))
    photo = next(iter(before.blobs.hashes()))
    privacy.erase(before, operator(COMMUNE), photo, "theo đề nghị của gia đình")
    listed = tmp_path / "erased.jsonl"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SURVEY_DATABASE", "sqlite")
        listed.write_text(run("erasures", "--data", world.data)[1])

    code, said, _ = run("restore", bare, "--erased", listed, "--quiet", "--json", "--data", target.data)

    after = opened(target)
    assert (code, json.loads(said)["erased"]) == (0, 1)
    assert not after.blobs.holds(photo)
    with after.reading() as reader:
        assert list(find_faults(reader, after.blobs)) == []
        assert reader.rows("SELECT sha256 FROM blob WHERE erased_reason = 'theo đề nghị của gia đình'") == [{"sha256": photo}]
    after.store.close()


def test_homes_and_accounts_are_erased_again_too(bare: Path, world: World, tmp_path: Path, run: Run) -> None:
    """The list names them by their ids; an account that the backup has open is closed first."""
    before = open_survey(Settings(data=world.data))
    with before.reading() as reader:
        home = reader.rows("SELECT site, name FROM site ORDER BY code")[0]
        lan = reader.rows("SELECT person FROM person WHERE login = 'lan'")[0]["person"]
    erase_home(before, operator(COMMUNE), home["site"], "theo đề nghị của gia đình")
    accounts.disable_person(before, COMMUNE, lan, by=None)
    erase_account(before, operator(COMMUNE), lan, "đã nghỉ việc")
    (tmp_path / "erased.jsonl").write_text(run("erasures", "--data", world.data)[1])

    code, _, trouble = run("restore", bare, "--erased", tmp_path / "erased.jsonl", "--quiet", "--data", tmp_path / "after")

    assert code == 0, trouble
    after = open_survey(Settings(data=tmp_path / "after"))
    with after.reading() as reader:
        names = {row["name"] for row in reader.rows("SELECT name FROM site UNION SELECT name FROM person")}
    assert not {home["name"], "Lan"} & names


def test_a_coordinator_who_was_the_last_one_then_is_erased_again_too(world: World, tmp_path: Path, run: Run) -> None:
    """Of a backup from before the successor came: the commune is left without a coordinator, whom the operator then adds."""
    before = open_survey(Settings(data=world.data))
    old = accounts.create_person(before, COMMUNE, by=None, login="cu", name="Người cũ", role=Role.COORDINATOR)
    bare = tmp_path / "bare.tar"
    assert run("backup", bare, "--quiet", "--data", world.data)[0] == 0
    accounts.create_person(before, COMMUNE, by=None, login="moi", name="Người mới", role=Role.COORDINATOR)
    accounts.disable_person(before, COMMUNE, old.id, by=None)
    erase_account(before, operator(COMMUNE), old.id, "đã nghỉ việc")
    (tmp_path / "erased.jsonl").write_text(run("erasures", "--data", world.data)[1])

    code, said, trouble = run("restore", bare, "--erased", tmp_path / "erased.jsonl", "--quiet", "--json", "--data", tmp_path / "after")

    assert code == 0, trouble
    assert json.loads(said)["erased"] == 1
    with open_survey(Settings(data=tmp_path / "after")).reading() as reader:
        assert not reader.rows("SELECT name FROM person WHERE name = :name", name=old.name)


def test_a_lost_photo_is_told_and_the_rest_is_kept(world: World, tmp_path: Path, run: Run) -> None:
    """The file is written all the same, exit 1 names it, and a damaged one never gets in."""
    first, second, *_ = sorted(path for path in (world.data / "blobs").rglob("*") if path.is_file())
    first.unlink()
    second.chmod(0o600)
    second.write_bytes(b"other bytes")

    code, out, said = run("backup", tmp_path / "b.tar", "--quiet", "--json", "--data", world.data)

    assert (code, "BACKUP_INCOMPLETE" in said) == (1, True)
    assert json.loads(out)["missing"] == [f"blobs/{first.name}", f"blobs/{second.name}"]
    assert not (world.data / "last-backup").exists()
    assert run("backup", "--check", tmp_path / "b.tar")[0] == 0


def test_a_photo_erased_while_the_backup_runs_is_told_and_buried_again(world: World, tmp_path: Path, run: Run) -> None:
    """The rows of the moment still have it, its bytes are gone: the backup carries the tombstone and the restore sets it."""
    survey = open_survey(Settings(data=world.data))
    photo = max(survey.blobs.hashes())

    class Between:
        """The survey, in which somebody erases the photo once the rows were read."""

        def __init__(self) -> None:
            self.erased = False

        def __getattr__(self, name: str) -> object:
            return getattr(survey, name)

        @property
        def blobs(self) -> object:
            if not self.erased:
                self.erased = True
                privacy.erase(survey, operator(COMMUNE), photo, "theo đề nghị")
            return survey.blobs

    written = backup.write(Between(), tmp_path / "b.tar", backup.Order())  # type: ignore[arg-type] # it has all that a survey has

    assert (written.totals.erased_meanwhile, written.totals.missing) == (1, [])
    assert run("restore", tmp_path / "b.tar", "--quiet", "--data", tmp_path / "after")[0] == 0
    after = open_survey(Settings(data=tmp_path / "after"))
    assert not after.blobs.holds(photo)


def test_with_an_object_store(
    sealed: Path, tmp_path: Path, run: Run, key: tuple[str, Path], s3_endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a folder into a bucket, and from the bucket into a backup that holds the same files."""
    for name, value in {"AWS_ENDPOINT_URL": s3_endpoint, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test-secret"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("SURVEY_BLOBS", f"s3://survey/{tmp_path.name.replace('_', '-')}")
    assert run("restore", sealed, "--identity", key[1], "--quiet", "--data", tmp_path / "after")[0] == 0
    given = ("--recipient", key[0], "--with-keys", "--quiet", "--json")
    code, said, _ = run("backup", tmp_path / "s3.age", *given, "--data", tmp_path / "after")

    first = json.loads(run("backup", "--check", sealed, "--identity", key[1], "--json")[1])
    assert (code, json.loads(said)["files"], json.loads(said)["file_bytes"]) == (0, first["files"], first["file_bytes"])


def test_a_timers_recipient_comes_from_the_environment(
    world: World, tmp_path: Path, run: Run, key: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SURVEY_BACKUP_RECIPIENT encrypts; a wrong one stops the start and does not repeat what may be a private key."""
    monkeypatch.setenv("SURVEY_BACKUP_RECIPIENT", key[0])
    assert run("backup", tmp_path / "b.age", "--quiet", "--data", world.data)[0] == 0
    assert (tmp_path / "b.age").read_bytes().startswith(b"age-encryption.org/v1")
    assert time.time() - (world.data / "last-backup").stat().st_mtime < 600

    monkeypatch.setenv("SURVEY_BACKUP_RECIPIENT", "AGE-SECRET-KEY-1QQQQ")
    code, _, said = run("backup", tmp_path / "c.age", "--quiet", "--data", world.data)
    assert (code, "WRONG_SETTING" in said, "QQQQ" in said) == (1, True, False)


def _views(data: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (data / "views").rglob("*.jpg")}


