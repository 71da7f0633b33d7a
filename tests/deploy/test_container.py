"""The container's file: what it copies is there, the locked versions are what it installs, and the server starts from just these files."""

import re
import shutil
from pathlib import Path

from survey.wiring import ROOT
from tests.live import LiveServer

_LINES = re.sub(r"\\\n", " ", (ROOT / "deploy" / "Containerfile").read_text("utf-8")).splitlines()
_STEPS = [(word, rest) for word, _space, rest in (line.strip().partition(" ") for line in _LINES if line and not line.startswith("#"))]


def _copied() -> list[str]:
    """The sources of every COPY from the folder of the source, in the last stage."""
    last = max(number for number, (word, _rest) in enumerate(_STEPS) if word == "FROM")
    copies = [rest.split()[:-1] for word, rest in _STEPS[last:] if word == "COPY" and not rest.startswith("--from")]
    return [source for sources in copies for source in sources]


def test_it_is_no_root_and_checks_its_health() -> None:
    """The last stage ends as another user than root, asks /healthz, and holds neither compiler nor package index."""
    words = [word for word, _rest in _STEPS]
    last = len(words) - 1 - words[::-1].index("FROM")
    said = dict(_STEPS[last:])

    assert said["USER"] == "survey"
    assert "/healthz" in said["HEALTHCHECK"]
    assert said["STOPSIGNAL"] == "SIGTERM"
    assert not any(rest.startswith("apt") or "pip install" in rest for word, rest in _STEPS[last:] if word == "RUN")
    assert sum("--require-hashes" in rest for word, rest in _STEPS[:last] if word == "RUN") == 1
    assert (ROOT / "requirements.lock").exists()


def test_the_server_starts_from_what_is_copied(tmp_path: Path) -> None:
    """Nothing that the server needs is left out: it starts and serves the phone's page from these files alone."""
    root = tmp_path / "opt"
    root.mkdir()
    for source in _copied():
        found = ROOT / source
        if found.is_dir():
            shutil.copytree(found, root / source, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(found, root / source)
    with LiveServer(tmp_path / "data", root=root) as server:
        log = server.log.read_text()

    assert "Traceback" not in log
