"""Settings from the environment, and the survey put together from its parts: the only module that knows them all."""

import os
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from survey.domain.ports import Blobs, Reader, Transaction
from survey.domain.problems import STORAGE_UNUSABLE, WRONG_SETTING, Problem
from survey.store import Store, open_store
from survey.store.blobs import FolderBlobs
from survey.store.object_blobs import open_object_blobs

ROOT = Path(__file__).resolve().parent.parent
_MOST_WORKERS = 64
_HOST = re.compile(r"([\w.-]+|\[[0-9a-fA-F:]+\])(:[0-9]{1,4}|:[1-5][0-9]{4}|:6[0-4][0-9]{3})?")


@dataclass(frozen=True)
class Settings:
    """What the environment says, checked; see docs/operations.md for each variable."""

    data: Path = ROOT / "uploads"
    schema: Path = ROOT / "schema"
    database: str = "sqlite"
    blobs: str = "folder"
    public_url: str | None = None
    locale: str = "vi"
    workers: int = 1
    signing_key: Path | None = None
    heads_post: str | None = None
    timestamp_url: str | None = None

    @classmethod
    def from_env(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read `SURVEY_…`. Raises WRONG_SETTING naming the variable, its value and the remedy."""
        return cls(
            data=Path(environment.get("SURVEY_DATA") or cls.data).absolute(),
            schema=Path(environment.get("SURVEY_SCHEMA") or cls.schema).absolute(),
            database=_database(environment.get("SURVEY_DATABASE") or cls.database),
            blobs=_blobs(environment.get("SURVEY_BLOBS") or cls.blobs),
            public_url=_public_url(environment.get("SURVEY_PUBLIC_URL") or None),
            locale=_locale(environment.get("SURVEY_LOCALE") or cls.locale),
            workers=_workers(environment.get("SURVEY_WORKERS") or "1"),
            signing_key=_path(environment.get("SURVEY_SIGNING_KEY")),
            heads_post=_outside("SURVEY_HEADS_POST", environment.get("SURVEY_HEADS_POST"), plain=False),
            timestamp_url=_outside("SURVEY_TIMESTAMP_URL", environment.get("SURVEY_TIMESTAMP_URL"), plain=True),
        )

    @property
    def secure(self) -> bool:
        """Whether phones reach us over TLS, which cameras, positions and service workers need."""
        return self.public_url is not None and self.public_url.startswith("https://")


@dataclass(frozen=True)
class Survey:
    """The deployment: its settings, rows and bytes, and the one clock."""

    settings: Settings
    store: Store
    blobs: Blobs
    made: Blobs

    def reading(self) -> AbstractContextManager[Reader]:
        """A reader of one consistent moment."""
        return self.store.reading()

    def transaction(self) -> AbstractContextManager[Transaction]:
        """One short writing transaction with its log events."""
        return self.store.transaction()

    @property
    def signing_key(self) -> Path:
        """Where the private key lies that seals bundles; `survey.signing` alone reads it."""
        return self.settings.signing_key or self.settings.data / "signing" / "ed25519"

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC)


def open_survey(settings: Settings) -> Survey:
    """The survey that *settings* describe, its database migrated. Raises DATABASE_NEWER, STORAGE_UNUSABLE, DATABASE_UNREACHABLE."""
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)  # people's houses: no other account of the machine looks in
        blobs, made = _open_blobs(settings), _open_made(settings)
    except OSError as error:
        raise Problem(STORAGE_UNUSABLE, reason=f"{settings.data}: {error.strerror}") from error
    return Survey(settings, open_store(settings.database, settings.data), blobs, made)


def _open_blobs(settings: Settings) -> Blobs:
    if settings.blobs == "folder":
        return FolderBlobs(settings.data)
    return open_object_blobs(settings.blobs, settings.data / "incoming")


def _open_made(settings: Settings) -> Blobs:
    """What is made for bundles lies apart from the evidence: `bundles/`, in the folder or the bucket."""
    if settings.blobs == "folder":
        return FolderBlobs(settings.data / "bundles")
    return open_object_blobs(f"{settings.blobs.rstrip('/')}/bundles", settings.data / "incoming")


def _database(value: str) -> str:
    if value == "sqlite" or value.startswith(("postgresql://", "postgres://")):
        return value
    raise _wrong("SURVEY_DATABASE", value, "Dùng `sqlite` hoặc một địa chỉ postgresql://…", "Use `sqlite` or a postgresql:// URL.")


def _blobs(value: str) -> str:
    if value == "folder" or value.startswith("s3://"):
        return value
    raise _wrong("SURVEY_BLOBS", value, "Dùng `folder` hoặc s3://…", "Use `folder` or s3://…")


def _path(value: str | None) -> Path | None:
    return Path(value).absolute() if value else None


def _public_url(value: str | None) -> str | None:
    if value is None:
        return None
    parts = urlsplit(value)
    if parts.scheme in {"http", "https"} and parts.netloc and parts.path in {"", "/"}:
        return f"{parts.scheme}://{parts.netloc}"
    raise _wrong("SURVEY_PUBLIC_URL", value, "Dùng dạng https://ten-may.", "Use the form https://host.")


def _outside(name: str, value: str | None, *, plain: bool) -> str | None:
    """An address outside; *plain* http only where what comes is signed anyway, or for this machine."""
    if not value:
        return None
    parts = urlsplit(value)
    schemes = {"https", "http"} if plain or parts.hostname in {"localhost", "127.0.0.1", "::1"} else {"https"}
    plainly = value.isascii() and value.isprintable() and " " not in value and "@" not in parts.netloc
    if plainly and parts.scheme in schemes and _HOST.fullmatch(parts.netloc):
        return value
    raise _wrong(name, value, "Dùng dạng https://ten-may/… không kèm mật khẩu.", "Use the form https://host/… without a password.")


def _locale(value: str) -> str:
    if value in {"vi", "en"}:
        return value
    raise _wrong("SURVEY_LOCALE", value, "Dùng `vi` hoặc `en`.", "Use `vi` or `en`.")


def _workers(value: str) -> int:
    if value.isdecimal() and int(value) <= _MOST_WORKERS:
        return int(value)
    raise _wrong("SURVEY_WORKERS", value, "Dùng một số từ 0 đến 64.", "Use a number from 0 to 64.")


def _wrong(name: str, value: str, remedy_vi: str, remedy_en: str) -> Problem:
    # A database URL may hold a password: the message shows its scheme only.
    shown = value.partition("://")[0] + "://…" if "://" in value else value
    return Problem(WRONG_SETTING, name=name, value=shown, remedy_vi=remedy_vi, remedy_en=remedy_en)
