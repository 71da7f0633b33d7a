"""What strangers on the machine and on the wire meet in the store: files for the owner alone, texts that a database cannot hold."""

from pathlib import Path

from survey.store import Store
from survey.wiring import Settings, open_survey


def test_files_of_a_deployment_are_for_their_owner_alone(tmp_path: Path) -> None:
    """Names, positions and photos of houses: no other account of the machine reads them, even where the folder was made open."""
    for data in (tmp_path / "new", tmp_path / "open"):
        if data.name == "open":
            data.mkdir(mode=0o755)
        survey = open_survey(Settings(data=data))
        with survey.transaction() as tx:
            tx.execute("DELETE FROM job")
        for path in data.iterdir():
            assert path.stat().st_mode & 0o077 == 0, path
        survey.store.close()

    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


def test_a_zero_byte_finds_nothing(store: Store) -> None:
    """PostgreSQL's text holds no U+0000; a cookie or a search that brings one is answered as one that matches nothing."""
    with store.reading() as reader:
        assert reader.row("SELECT person FROM person WHERE login = :login", login="a\0b") is None
        assert list(reader.stream("SELECT person FROM person WHERE login = :login", login="\0")) == []
    with store.transaction() as tx:
        assert tx.execute("DELETE FROM person WHERE login = :login", login="\0") == 0
        tx.execute_many("DELETE FROM person WHERE login = :login", [{"login": "\0"}])
