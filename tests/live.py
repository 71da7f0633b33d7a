"""A live server for tests: the real application on a free port with its own data folder, started, stopped and started again."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from survey import accounts
from survey.domain.people import Role
from survey.wiring import ROOT, Settings, Survey, open_survey

_START_S = 60.0
# Streamlit's compressed files are the same for every test: kept outside the temporary data folders.
_CACHE = ROOT / "build" / "test-cache"


class LiveServer:
    """`streamlit run survey_app.py` on *data*; the folder survives `restart`, as a deployment's does."""

    def __init__(
        self, data: Path, *, environment: dict[str, str] | None = None, root: Path = ROOT, before: Sequence[str] = (),
        log: Path | None = None,
    ) -> None:  # fmt: skip
        """*root* is the application's folder: a copy of it can be changed while it serves, as a deployment of another release does.

        *before* are the words of a program that starts the server and watches it; *log* is where it writes, else the data folder.
        """
        self.data = data
        self._root = root
        self._before = before
        self.port = _free_port()
        self.url = f"http://localhost:{self.port}"
        self.log = log or data / "server.log"
        self._environment = environment or {}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start, and wait until /healthz answers."""
        self.data.mkdir(parents=True, exist_ok=True)  # a disk may be read-only: what is there is not made
        _CACHE.mkdir(parents=True, exist_ok=True)
        if not (self.data / "cache").exists():
            (self.data / "cache").symlink_to(_CACHE, target_is_directory=True)
        # No worker unless a test asks for one: two cores are shared by many servers.
        environment = {**os.environ, "SURVEY_DATA": str(self.data), "SURVEY_WORKERS": "0", **self._environment}
        command = [
            *self._before, sys.executable, "-m", "streamlit", "run", str(self._root / "survey_app.py"),
            "--server.port", str(self.port), "--server.address", "localhost",
        ]  # fmt: skip
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self._root, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        self._wait()

    def stop(self) -> None:
        """Stop, as a service manager does."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """Stop without any warning, as a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def running(self) -> bool:
        """Whether it was started and not ended since."""
        return self._process is not None

    @property
    def pid(self) -> int:
        """The running server's process."""
        assert self._process is not None
        return self._process.pid

    def restart(self) -> None:
        """Stop and start again on the same port and data."""
        self.stop()
        self.start()

    def survey(self) -> Survey:
        """The same deployment, opened from the test's process."""
        return open_survey(Settings.from_env({**os.environ, **self._environment, "SURVEY_DATA": str(self.data)}))

    def sign_in_link(self, login: str, commune: str = "18844") -> str:
        """A fresh one-time link, as the coordinator would hand it over."""
        return self.url + accounts.make_sign_in_link(self.survey(), commune, self.person(login, commune), by=None)

    def person(self, login: str, commune: str = "18844") -> str:
        """The id of the account called *login*; an account with the role of that name is made where none exists."""
        survey = self.survey()
        with survey.reading() as reader:
            row = reader.row("SELECT person FROM person WHERE commune = :commune AND login = :login", commune=commune, login=login)
        if row is not None:
            return str(row["person"])
        return accounts.create_person(survey, commune, by=None, login=login, name=login, role=Role(login)).id

    def cookie(self, login: str, commune: str = "18844") -> str:
        """The value of a session cookie for *login*, for tests that speak HTTP without a browser."""
        survey = self.survey()
        link = accounts.make_sign_in_link(survey, commune, self.person(login, commune), by=None)
        return accounts.sign_in_by_link(survey, link.removeprefix("/sign-in/")).cookie

    def _wait(self) -> None:
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"the server did not start:\n{self.log.read_text()[-1200:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
