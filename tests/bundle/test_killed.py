"""A worker that is killed (SIGKILL, a process of its own) at each step: another one ends the request, and nothing is lost or doubled."""

import io
import signal
import subprocess
import sys
import zipfile

import pytest

from survey import deliver
from survey.domain.bundles import Progress
from survey.wiring import ROOT
from tests.bundle.world import COORDINATOR, World

_PROGRAM = """
import importlib, os, signal, sys
from pathlib import Path
from survey.commands.work import Worker
from survey.wiring import Settings, open_survey

data, module, name, count = sys.argv[1:]
place, left = importlib.import_module(module), int(count)
*outer, name = name.split(".")
for one in outer:
    place = getattr(place, one)
acted = getattr(place, name)

def act(*arguments, **named):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return acted(*arguments, **named)

setattr(place, name, act)
worker = Worker(open_survey(Settings(data=Path(data))))
while worker.take():
    pass
"""
_STEPS = {
    "before-the-draft": ("survey.deliver.drafting", "_make", 1),
    "while-pages-are-written": ("survey.bundle.spool", "Spool.add", 12),
    "before-the-draft-is-named": ("survey.deliver.drafting", "_hand_over", 1),
    "in-the-middle-of-naming-it": ("survey.deliver.drafting", "update_drafted", 1),
    "between-draft-and-parts": ("survey.deliver.making", "make_part", 1),
    "a-part-kept-and-not-named": ("survey.deliver.making", "update_part_made", 1),
    "before-a-made-file-has-its-name": ("survey.store.blobs", "FolderBlobs.keep", 4),
    "before-the-seal": ("survey.deliver.sealing", "close_bag", 1),
    "after-the-layout-before-the-rows": ("survey.deliver.sealing", "upsert_bundle", 1),
    "rows-written-and-not-kept": ("survey.store.engine", "insert_events", 1),
    "sealed-and-not-yet-done": ("survey.commands.work", "delete_job", 5),
}


@pytest.mark.parametrize("step", _STEPS)
def test_a_killed_worker_has_a_successor(world: World, step: str) -> None:
    """The request ends as sealed, exported once, whole, and no file too many stays."""
    world.work()
    asked = deliver.order(world.survey, COORDINATOR, world.scope())
    module, name, count = _STEPS[step]
    command = [sys.executable, "-c", _PROGRAM, str(world.survey.settings.data), module, name, str(count)]
    died = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr
    with world.survey.transaction() as tx:  # as after the two minutes of a dead worker's lease
        tx.execute("UPDATE job SET state = 'waiting' WHERE state = 'running'")
    world.work()
    ended = deliver.find_request(world.survey, COORDINATOR, asked.id)
    made = deliver.find_bundle(world.survey, COORDINATOR, ended.bundle or "")
    with zipfile.ZipFile(io.BytesIO(world.read(made.bags[0]))) as archive:
        assert archive.testzip() is None
    with world.survey.reading() as reader:
        assert len([row for row in reader.rows("SELECT body FROM event") if "bundle.exported" in row["body"]]) == 1
        assert reader.rows("SELECT job FROM job WHERE kind LIKE 'bundle%'") == []

    assert ended.state is Progress.SEALED
    deliver.sweep(world.survey)
    assert len(world.read(made.bags[0])) == made.size
    assert world.make().same is True
