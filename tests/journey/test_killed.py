"""The real server is killed at random moments under load: nothing that it acknowledged is lost. `benchmarks/kills.py` does it 200 times."""

from pathlib import Path

from tests.killing import kill_under_load

_KILLS = 4


def test_what_was_acknowledged_survives_every_kill(tmp_path: Path) -> None:
    """Each submission and photo that got its 201 is there, and the store is whole."""
    outcome = kill_under_load(tmp_path / "data", _KILLS, seed=7)

    assert outcome.submissions > 0
    assert outcome.photos > 0
    assert (outcome.lost, outcome.faults, outcome.refused) == ([], [], [])
