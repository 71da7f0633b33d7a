"""Settings from the environment, and the survey put together from its parts: the only module that knows them all."""

import os
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from survey.domain.ports import Blobs, Reader, Transaction
from survey.domain.problems import RESTORE_UNFINISHED, STORAGE_UNUSABLE, WRONG_SETTING, Problem
from survey.store import Store, open_store
from survey.store.blobs import FolderBlobs
from survey.store.dump import RESTORING
from survey.store.object_blobs import open_object_blobs
from survey.store.sealed_blobs import open_sealed

ROOT = Path(__file__).resolve().parent.parent
_MOST_WORKERS = 64
_AGE_KEY = re.compile(r"age1[02-9ac-hj-np-z]{58}")
_HOST = re.compile(r"([\w.-]+|\[[0-9a-fA-F:]+\])(:[0-9]{1,4}|:[1-5][0-9]{4}|:6[0-4][0-9]{3})?")
_NAME = re.compile(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{20,}")  # what a bearer token may hold (RFC 6750); the length is our own choice


@dataclass(frozen=True)
class Settings:
    """What the environment says, checked; see docs/operations.md for each variable."""

    data: Path = ROOT / "uploads"
    schema: Path = ROOT / "schema"
    database: str = "sqlite"
    blobs: str = "folder"
    public_url: str | None = None
    hosts: frozenset[str] = frozenset()
    log: str = "plain"
    metrics_token: str | None = field(default=None, repr=False)
    locale: str = "vi"
    workers: int = 1
    signing_key: Path | None = None
    second_factor_key: Path | None = None
    heads_post: str | None = None
    timestamp_url: str | None = None
    backup_recipients: tuple[str, ...] = ()
    blob_key: Path | None = None

    @classmethod
    def from_env(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read `SURVEY_…`. Raises WRONG_SETTING naming the variable, its value and the remedy."""
        return cls(
            data=Path(environment.get("SURVEY_DATA") or cls.data).absolute(),
            schema=Path(environment.get("SURVEY_SCHEMA") or cls.schema).absolute(),
            database=_database(environment.get("SURVEY_DATABASE") or cls.database),
            blobs=_blobs(environment.get("SURVEY_BLOBS") or cls.blobs),
            public_url=_public_url(environment.get("SURVEY_PUBLIC_URL") or None),
            hosts=_hosts(environment.get("SURVEY_HOSTS", ""), environment.get("SURVEY_PUBLIC_URL")),
            log=_log(environment.get("SURVEY_LOG") or cls.log),
            metrics_token=_metrics_token(environment),
            locale=_locale(environment.get("SURVEY_LOCALE") or cls.locale),
            workers=_workers(environment.get("SURVEY_WORKERS") or "1"),
            signing_key=_path(environment.get("SURVEY_SIGNING_KEY")),
            second_factor_key=_path(environment.get("SURVEY_SECOND_FACTOR_KEY")),
            heads_post=_outside("SURVEY_HEADS_POST", environment.get("SURVEY_HEADS_POST"), plain=False),
            timestamp_url=_outside("SURVEY_TIMESTAMP_URL", environment.get("SURVEY_TIMESTAMP_URL"), plain=True),
            backup_recipients=_recipients(environment.get("SURVEY_BACKUP_RECIPIENT") or ""),
            blob_key=_path(environment.get("SURVEY_BLOB_KEY")),
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

    @property
    def second_factor_key(self) -> Path:
        """Where the key lies under which the keys of people's second factors are wrapped."""
        return self.settings.second_factor_key or self.settings.data / "second-factor.key"

    @property
    def last_backup(self) -> Path:
        """An empty file whose time of change says when the last whole backup was written on this machine; absent where none was."""
        return self.settings.data / "last-backup"

    def empty_log(self) -> None:
        """Let nothing that was deleted stay in the database's own log. Raises DATABASE_UNREACHABLE: try again later."""
        self.store.empty_log()

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC)


def open_survey(settings: Settings, *, restoring: bool = False) -> Survey:
    """The survey that *settings* describe, its database migrated; a folder that is being restored into only for who is *restoring*.

    Raises RESTORE_UNFINISHED, DATABASE_NEWER, STORAGE_UNUSABLE, DATABASE_UNREACHABLE, BLOB_KEY_UNUSABLE, BLOB_KEY_EXPOSED, BLOB_KEY_NEEDED.
    """
    if not restoring and (settings.data / RESTORING).exists():
        raise Problem(RESTORE_UNFINISHED, path=settings.data)
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)  # people's houses: no other account of the machine looks in
        blobs, made = _open_blobs(settings), _open_made(settings)
    except OSError as error:
        raise Problem(STORAGE_UNUSABLE, reason=f"{settings.data}: {error.strerror}") from error
    return Survey(settings, open_store(settings.database, settings.data), blobs, made)


def _open_blobs(settings: Settings) -> Blobs:
    room = settings.data / "incoming"
    if settings.blobs == "folder":
        return open_sealed(FolderBlobs(settings.data), settings.blob_key, room, watched=True)
    return open_sealed(open_object_blobs(settings.blobs, room), settings.blob_key, room, watched=False)


def _open_made(settings: Settings) -> Blobs:
    """What is made for bundles lies apart from the evidence: `bundles/`, in the folder or the bucket."""
    if settings.blobs == "folder":
        made = FolderBlobs(settings.data / "bundles")
        return open_sealed(made, settings.blob_key, settings.data / "bundles" / "incoming", watched=True)
    room = settings.data / "incoming"
    return open_sealed(open_object_blobs(f"{settings.blobs.rstrip('/')}/bundles", room), settings.blob_key, room, watched=False)


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


def _recipients(value: str) -> tuple[str, ...]:
    keys = tuple(value.replace(",", " ").split())
    for key in keys:
        if not _AGE_KEY.fullmatch(key):
            # Whoever put the private key there by mistake must not read it in a log.
            raise _wrong("SURVEY_BACKUP_RECIPIENT", key[:5] + "…", "Dùng khóa công khai age1….", "Use public keys of age, age1….")
    return keys


def _public_url(value: str | None) -> str | None:
    if value is None:
        return None
    parts = urlsplit(value)
    if parts.scheme in {"http", "https"} and parts.netloc and parts.path in {"", "/"}:
        return f"{parts.scheme}://{parts.netloc}"
    raise _wrong("SURVEY_PUBLIC_URL", value, "Dùng dạng https://ten-may.", "Use the form https://host.")


def _hosts(value: str, public_url: str | None) -> frozenset[str]:
    """Names without ports by which we are called: the listed ones, and that of the public address."""
    names = [name.strip().lower().rstrip(".") for name in value.split(",") if name.strip()]
    for name in names:
        if not _NAME.fullmatch(name):
            remedy_vi = "Dùng các tên không kèm cổng, cách nhau bằng dấu phẩy."
            raise _wrong("SURVEY_HOSTS", name, remedy_vi, "Use names without ports, with commas between.")
    public = urlsplit(public_url or "").hostname or ""
    own = f"[{public}]" if ":" in public else public
    return frozenset({*names, *([own] if own else [])})


def _log(value: str) -> str:
    if value in {"plain", "json"}:
        return value
    raise _wrong("SURVEY_LOG", value, "Dùng `plain` hoặc `json`.", "Use `plain` or `json`.")


def _metrics_token(environment: Mapping[str, str]) -> str | None:
    """The secret of who reads /metrics, from SURVEY_METRICS_TOKEN or the file of SURVEY_METRICS_TOKEN_FILE; it stands in no message."""
    path = environment.get("SURVEY_METRICS_TOKEN_FILE")
    name = "SURVEY_METRICS_TOKEN_FILE" if path else "SURVEY_METRICS_TOKEN"
    try:
        token = Path(path).read_text("utf-8").strip() if path else environment.get(name, "").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(name, str(path), "Đặt đường dẫn tới tệp đọc được.", "Name a file that can be read.") from error
    if not token and not path:
        return None
    if _TOKEN.fullmatch(token):
        return token
    raise _wrong(name, "…", "Dùng ít nhất 20 chữ cái, chữ số hoặc . _ ~ + / = -", "Use at least 20 letters, digits or . _ ~ + / = -")


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
