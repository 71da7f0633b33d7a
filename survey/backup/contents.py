"""What a backup says of itself: its header, what it leaves out and why, and its totals."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from survey.domain.ports import Row
from survey.domain.problems import BACKUP_DAMAGED, BACKUP_NEWER, Problem
from survey.store.dump import known_migrations

FORMAT = 1
LEFT_OUT = frozenset({"worker", "guess", "desk_photo"})
"""Rows of the moment: which workers live, wrong guesses of a quarter of an hour, photos that wait at a desk and were never handed in."""
BARE_LEFT_OUT = frozenset({"secret"})
"""Rows that an unencrypted backup leaves out: keys that all processes share."""
BARE_REPLACED: Mapping[str, frozenset[str]] = {"device": frozenset({"digest_ha1"})}
"""Columns that an unencrypted backup fills with chance instead: whoever reads them could pass for the phone."""
NAMES_TOLD = 1000  # of missing files; the count is told in any case


@dataclass(frozen=True)
class Header:
    """The first member: what a restore must know before it begins. *heads* is number and hash of each chain."""

    moment: str
    migrations: list[str]
    heads: dict[str, list[Any]]
    encrypted: bool
    keys: list[str]
    left_out: list[str]
    format: int = FORMAT

    @property
    def restores(self) -> dict[str, tuple[int, str]]:
        """The heads as number and hash."""
        return {commune: (int(head[0]), str(head[1])) for commune, head in self.heads.items()}

    @classmethod
    def read(cls, content: bytes, label: str) -> Self:
        """Raises BACKUP_DAMAGED, and BACKUP_NEWER where this release knows its form or its migrations not."""
        try:
            said = json.loads(content)
            number, applied = int(said["format"]), [str(name) for name in said["migrations"]]
            newer = sorted(set(applied) - set(known_migrations()))
            if number > FORMAT or newer:
                raise Problem(BACKUP_NEWER, found=", ".join(newer) or f"format {number}")
            header = cls(**{name: said[name] for name in cls.__dataclass_fields__})
            _ = header.restores
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
            raise Problem(BACKUP_DAMAGED, name=label, found="backup.json") from error
        # Migrations are taken in order: a list with a hole is of no release.
        if applied != known_migrations()[: len(applied)]:
            raise Problem(BACKUP_DAMAGED, name=label, found="backup.json: migrations")
        return header


@dataclass
class Totals:
    """The last member before the hashes: how much there is of what, and what rows name that was not to be had."""

    rows: dict[str, int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    file_bytes: int = 0
    missing: list[str] = field(default_factory=list)
    missing_count: int = 0
    erased_meanwhile: int = 0

    def miss(self, name: str) -> None:
        """Count a file that is missing or damaged; the first NAMES_TOLD are named."""
        self.missing_count += 1
        if len(self.missing) < NAMES_TOLD:
            self.missing.append(name)

    @classmethod
    def read(cls, content: bytes, label: str) -> Self:
        """Raises BACKUP_DAMAGED."""
        try:
            said = json.loads(content)
            return cls(**{name: said[name] for name in cls.__dataclass_fields__})
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise Problem(BACKUP_DAMAGED, name=label, found="totals.json") from error


def to_json(said: Header | Totals) -> bytes:
    """*said* as indented JSON, for people too."""
    return json.dumps(asdict(said), ensure_ascii=False, indent=1).encode() + b"\n"


@dataclass(frozen=True)
class Erasure:
    """What was erased, as `erasures` prints it: *subject* is a `photo`'s hash, or the id of a `site` or `person`."""

    commune: str
    kind: str
    subject: str
    at: str
    person: str
    reason: str

    @classmethod
    def of(cls, row: Row) -> Self:
        """From a row of `select_erasures`."""
        return cls(**{name: row[name] or "" for name in cls.__dataclass_fields__})

    def line(self) -> str:
        """The JSON object with its end of line."""
        return json.dumps(asdict(self), ensure_ascii=False) + "\n"

    @classmethod
    def read(cls, line: str) -> Self:
        """Raises ValueError."""
        said = json.loads(line)
        if not isinstance(said, dict) or not all(isinstance(said.get(name), str) for name in cls.__dataclass_fields__):
            raise ValueError("not an erasure")
        return cls(**{name: said[name] for name in cls.__dataclass_fields__})
