"""The names behind the ids of log entries, looked up when they are shown and kept nowhere."""

from collections.abc import Collection
from dataclasses import dataclass

from survey.domain.ports import Reader
from survey.domain.submissions import typed_code

# What an id of each table is called by, in the order in which they are asked.
_NAMED = (
    ("person", "person", "name"),
    ("submission", "submission", "code"),
    ("site", "site", "code"),
    ("hamlet", "hamlet", "name"),
    ("device", "device", "name"),
    ("task", "task", "code"),
)
# Where a thing of each kind that a door may refuse is looked for.
_THINGS = {
    "submission": ("submission", "submission"), "photo": ("blob", "sha256"), "public_photo": ("blob", "sha256"), "site": ("site", "site"),
    "resident_report": ("resident_report", "report"), "document": ("document", "sha256"), "bundle": ("bundle", "bundle"),
    "briefing": ("briefing", "briefing"), "visit_list": ("visit_list", "list"), "task": ("task", "task"), "person": ("person", "person"),
}  # fmt: skip


@dataclass(frozen=True)
class Named:
    """What an id stands for (a table's name) and how people call it."""

    kind: str
    name: str


def select_names(reader: Reader, commune: str, ids: Collection[str]) -> dict[str, Named]:
    """What people call the things with these *ids*; unknown ones are left out. For one page of entries."""
    wanted = {f"id_{number}": one for number, one in enumerate(sorted(set(ids)))}
    names: dict[str, Named] = {}
    if wanted:
        marks = ", ".join(f":{name}" for name in wanted)
        for table, key, name in _NAMED:
            statement = f"SELECT {key} AS id, {name} AS name FROM {table} WHERE commune = :commune AND {key} IN ({marks})"
            names |= {row["id"]: Named(table, row["name"]) for row in reader.rows(statement, commune=commune, **wanted)}
    return names


def select_id_of(reader: Reader, commune: str, said: str) -> str:
    """The id of what *said* is the code of: a submission, a site or a task; *said* itself where it is none's."""
    for table, code in (("submission", typed_code(said)), ("site", said.upper()), ("task", typed_code(said))):
        row = reader.row(f"SELECT {table} AS id FROM {table} WHERE commune = :commune AND code = :code LIMIT 1", commune=commune, code=code)
        if row is not None:
            return str(row["id"])
    return said


def select_exists(reader: Reader, commune: str, kind: str, subject: str) -> bool:
    """Whether the commune has the thing that somebody asked for; False for kinds that have no things with ids."""
    where = _THINGS.get(kind)
    if where is None:
        return False
    table, key = where
    statement = f"SELECT 1 AS found FROM {table} WHERE commune = :commune AND {key} = :id LIMIT 1"
    return reader.row(statement, commune=commune, id=subject.partition("/")[0]) is not None
