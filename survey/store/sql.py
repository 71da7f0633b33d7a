"""SQL is written once, in the subset that both engines share; this translates it to each engine's dialect."""

import re
from functools import cache
from pathlib import Path

MIGRATIONS = Path(__file__).parent / "migrations"

# A `:name` parameter, or a quoted text in which nothing is a parameter.
_PARAMETER = re.compile(r"'(?:[^']|'')*'|(?<![:\w]):([a-z_][a-z0-9_]*)")
_COLUMN_TYPES = {"INTEGER": "BIGINT", "REAL": "DOUBLE PRECISION", "BLOB": "BYTEA"}


@cache
def for_postgres(statement: str) -> str:
    """*statement* with `%(name)s` parameters; a literal `%` is doubled."""
    escaped = statement.replace("%", "%%")
    return _PARAMETER.sub(lambda match: f"%({match[1]})s" if match[1] else match[0], escaped)


def migrations() -> list[tuple[str, list[str]]]:
    """Every migration as (name, statements), oldest first."""
    return [(path.stem, _statements(path.read_text())) for path in sorted(MIGRATIONS.glob("*.sql"))]


def schema_for_postgres(statement: str) -> str:
    """A CREATE statement with PostgreSQL's names for the column types; TEXT sorts by bytes, as in SQLite."""
    for ours, theirs in _COLUMN_TYPES.items():
        statement = re.sub(rf"\b{ours}\b", theirs, statement)
    return re.sub(r"(?m)^(\s+\w+ )TEXT\b", r'\1TEXT COLLATE "C"', statement)


def _statements(script: str) -> list[str]:
    bare = re.sub(r"--[^\n]*", "", script)
    return [statement.strip() for statement in bare.split(";") if statement.strip()]
