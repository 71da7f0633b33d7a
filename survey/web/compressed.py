"""Streamlit's static files, compressed once with brotli into the data folder's cache: our server sends them, Streamlit would not."""

import logging
import mimetypes
import os
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import brotli
import streamlit

_KINDS = {".js", ".css", ".svg", ".json", ".wasm", ".mjs", ".map"}
_QUALITY = 9  # 23 MB in some seconds; 11 takes ten times as long for three per cent
_SMALLEST = 1024
_log = logging.getLogger(__name__)


class Small(NamedTuple):
    """A compressed file and the type of what is in it."""

    path: Path
    media_type: str


class Compressed:
    """The compressed files by URL path; empty until `start` has made them, so that nothing waits for it."""

    def __init__(self, source: Path, cache: Path) -> None:
        self._source = source
        self._folder = cache / f"streamlit-{streamlit.__version__}"
        self._files: dict[str, Small] = {}

    def find(self, path: str) -> Small | None:
        """Return the compressed file behind the URL *path*, if it was made."""
        return self._files.get(path)

    def start(self) -> Thread:
        """Compress in the background whatever is not in the cache yet."""
        thread = Thread(target=self.make, name="compress-static", daemon=True)
        thread.start()
        return thread

    def make(self) -> None:
        """Compress every file that gains from it; a full disk leaves the rest as they are."""
        try:
            for file in sorted((self._source / "static").rglob("*")):
                if file.suffix in _KINDS and file.stat().st_size >= _SMALLEST:
                    self._make_one(file)
        except OSError as error:
            _log.warning("static files stay uncompressed: %s", error)

    def _make_one(self, file: Path) -> None:
        relative = file.relative_to(self._source)
        small = self._folder / f"{relative}.br"
        if not small.exists():
            small.parent.mkdir(parents=True, exist_ok=True)
            half = small.with_suffix(f".{os.getpid()}.part")
            half.write_bytes(brotli.compress(file.read_bytes(), quality=_QUALITY))
            half.replace(small)
        media_type = "text/javascript" if file.suffix in {".js", ".mjs"} else mimetypes.guess_type(file.name)[0]
        self._files[f"/{relative.as_posix()}"] = Small(small, media_type or "application/octet-stream")
