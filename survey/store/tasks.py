"""Tasks in the store: written with their history, listed by key, counted by criterion and hamlet."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from survey.domain.canonical import dumps
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.tasks import Origin, Step, Task, TaskState
from survey.domain.times import from_text, optional_from_text, optional_to_text, to_text
from survey.store.finding_rules import select_serves
from survey.store.scope import within

PAGE = 30
_COLUMNS = (
    "task", "code", "origin", "finding", "title", "edition", "criterion", "site", "hamlet", "missing", "unit", "due_on", "person", "state",
    "version", "opened_at", "opened_by", "opened_submission", "before_photo", "closed_at", "closed_by", "closed_submission", "after_photo",
    "note",
)  # fmt: skip
_LISTED = (
    f"SELECT {', '.join(f't.{column}' for column in _COLUMNS)}, x.code AS site_code, x.name AS site_name, h.name AS hamlet_name,"
    " p.name AS person_name FROM task t LEFT JOIN site x ON x.commune = t.commune AND x.site = t.site AND x.known_to IS NULL"
    " LEFT JOIN hamlet h ON h.commune = t.commune AND h.hamlet = t.hamlet"
    " LEFT JOIN person p ON p.commune = t.commune AND p.person = t.person WHERE t.commune = :commune"
)
_NEVER = "9999-12-31"  # sorts behind every day: a task without a last day is not pressing


@dataclass(frozen=True)
class TaskFilters:
    """Which tasks a list shows. *criteria* are (edition, code): tasks of one of them, or of a finding that serves one.

    *person* sees to it by name; together with *criteria* either is enough: an owner's own. *overdue* is the day that a task was to
    be done before. *scope* are the hamlets that the actor may see, None for all of them.
    """

    state: TaskState = TaskState.OPEN
    hamlet: str | None = None
    criteria: tuple[tuple[str, str], ...] = ()
    person: str | None = None
    overdue: date | None = None
    origin: Origin | None = None
    site: str | None = None
    scope: Collection[str] | None = None


@dataclass(frozen=True)
class TaskLine:
    """A task with the present names of its place and person; None where there is none."""

    task: Task
    site_code: str | None
    site_name: str | None
    hamlet_name: str | None
    person_name: str | None

    @property
    def place(self) -> tuple[str, str]:
        """Where the task stands in its list."""
        return _key(self.task), self.task.id


@dataclass
class Count:
    """How many tasks are open, and how many of them behind their last day."""

    open: int = 0
    overdue: int = 0

    def add(self, row: Row) -> None:
        """Take in the counts of *row*."""
        self.open += row["open"]
        self.overdue += row["overdue"]


@dataclass(frozen=True)
class TaskCounts:
    """The open tasks of a commune. A task that serves several criteria is counted with each of them, in *total* once."""

    total: Count = field(default_factory=Count)
    by_hamlet: dict[str | None, Count] = field(default_factory=dict)
    by_criterion: dict[tuple[str, str], Count] = field(default_factory=dict)
    by_place: dict[tuple[str, str, str | None], Count] = field(default_factory=dict)


def select_task(reader: Reader, commune: str, task: str) -> Task | None:
    """One task, or None."""
    row = reader.row(f"SELECT {', '.join(_COLUMNS)} FROM task WHERE commune = :commune AND task = :task", commune=commune, task=task)
    return None if row is None else _task(commune, row)


def select_tasks(
    reader: Reader, commune: str, filters: TaskFilters, after: tuple[str, str] | None = None, limit: int = PAGE
) -> list[TaskLine]:
    """At most *limit* tasks behind *after* (a line's `place`): open ones by their last day, closed ones the newest first."""
    clauses, parameters = _where(reader, commune, filters)
    order, beyond = ("", ">") if filters.state is TaskState.OPEN else (" DESC", "<")
    column = f"COALESCE(t.due_on, '{_NEVER}')" if filters.state is TaskState.OPEN else "t.closed_at"
    if after is not None:
        clauses += f" AND ({column}, t.task) {beyond} (:after_key, :after_task)"
        parameters |= {"after_key": after[0], "after_task": after[1]}
    rows = reader.rows(
        f"{_LISTED}{clauses} ORDER BY {column}{order}, t.task{order} LIMIT :limit", commune=commune, limit=limit, **parameters
    )
    return [TaskLine(_task(commune, row), row["site_code"], row["site_name"], row["hamlet_name"], row["person_name"]) for row in rows]


def select_site_tasks(reader: Reader, commune: str, site: str) -> list[Task]:
    """Every task of a site, open and closed, oldest first."""
    rows = reader.rows(
        f"SELECT {', '.join(_COLUMNS)} FROM task WHERE commune = :commune AND site = :site ORDER BY opened_at, task",
        commune=commune, site=site,
    )  # fmt: skip
    return [_task(commune, row) for row in rows]


def select_open_by_site(reader: Reader, commune: str, scope: Collection[str] | None) -> list[Task]:
    """The open tasks at sites of the hamlets in *scope* and of no hamlet, by site: what a phone takes along."""
    clause, names = within(scope)
    rows = reader.rows(
        f"SELECT {', '.join(_COLUMNS)} FROM task WHERE commune = :commune AND state = 'open' AND site IS NOT NULL{clause}"
        " ORDER BY site, task",
        commune=commune, **names,
    )  # fmt: skip
    return [_task(commune, row) for row in rows]


def select_task_counts(reader: Reader, commune: str, today: date, scope: Collection[str] | None = None) -> TaskCounts:
    """The open and overdue tasks by criterion and hamlet, counted by the engine in one pass over the open ones."""
    clause, names = within(scope)
    rows = reader.rows(
        "SELECT edition, criterion, finding, hamlet, COUNT(*) AS open, SUM(CASE WHEN due_on < :today THEN 1 ELSE 0 END) AS overdue"
        f" FROM task WHERE commune = :commune AND state = 'open'{clause} GROUP BY edition, criterion, finding, hamlet",
        commune=commune, today=today.isoformat(), **names,
    )  # fmt: skip
    serves, counts = select_serves(reader, commune), TaskCounts()
    for row in rows:
        own = () if row["criterion"] is None else ((row["edition"], row["criterion"]),)
        counts.total.add(row)
        counts.by_hamlet.setdefault(row["hamlet"], Count()).add(row)
        for edition, criterion in serves.get(row["finding"] or "", own):
            counts.by_criterion.setdefault((edition, criterion), Count()).add(row)
            counts.by_place.setdefault((edition, criterion, row["hamlet"]), Count()).add(row)
    return counts


def select_task_events(reader: Reader, commune: str, task: str) -> list[Row]:
    """What happened to a task, newest first: number, kind, detail (JSON), person, at."""
    return reader.rows(
        "SELECT number, kind, detail, person, at FROM task_event WHERE commune = :commune AND task = :task ORDER BY number DESC",
        commune=commune, task=task,
    )  # fmt: skip


def insert_step(tx: Transaction, step: Step, *, person: str, at: datetime, detail: Mapping[str, object] | None = None) -> bool:
    """Write a task as *step* leaves it, with its line in the history; False, and nothing is written, where another was faster."""
    values = {"commune": step.task.commune, **_values(step.task)}
    if step.task.version == 1:
        tx.execute(
            f"INSERT INTO task (commune, {', '.join(_COLUMNS)}) VALUES (:commune, {', '.join(f':{name}' for name in _COLUMNS)})", **values
        )
    else:
        changed = tx.execute(
            f"UPDATE task SET {', '.join(f'{name} = :{name}' for name in _COLUMNS[1:])}"
            " WHERE commune = :commune AND task = :task AND version = :seen",
            **values, seen=step.task.version - 1,
        )  # fmt: skip
        if not changed:
            return False
    _insert_event(tx, step, person, at, detail or {})
    return True


def _insert_event(tx: Transaction, step: Step, person: str, at: datetime, detail: Mapping[str, object]) -> None:
    said = {"reason": step.reason, "missing": step.task.missing, **detail}
    tx.execute(
        "INSERT INTO task_event (commune, task, number, kind, detail, person, at)"
        " VALUES (:commune, :task, :number, :kind, :detail, :person, :at)",
        commune=step.task.commune, task=step.task.id, number=step.task.version, kind=step.kind,
        detail=dumps({name: value for name, value in said.items() if value not in (None, "")}), person=person, at=to_text(at),
    )  # fmt: skip


def _where(reader: Reader, commune: str, filters: TaskFilters) -> tuple[str, dict[str, object]]:
    clauses, parameters = " AND t.state = :state", {"state": filters.state.value}
    for name in ("hamlet", "origin", "site"):
        if getattr(filters, name) is not None:
            clauses += f" AND t.{name} = :{name}"
            parameters[name] = str(getattr(filters, name))
    if filters.overdue is not None:
        clauses += " AND t.due_on < :overdue"
        parameters["overdue"] = filters.overdue.isoformat()
    own, names = _own(reader, commune, filters)
    in_scope, hamlets = within(filters.scope, "t.hamlet")
    return clauses + own + in_scope, {**parameters, **names, **hamlets}


def _own(reader: Reader, commune: str, filters: TaskFilters) -> tuple[str, dict[str, object]]:
    """The clause for criteria and person: one of them is enough."""
    parts, names = [], dict[str, object]()
    if filters.person is not None:
        parts, names["person"] = ["t.person = :person"], filters.person
    for number, (edition, code) in enumerate(filters.criteria):
        parts.append(f"(t.finding IS NULL AND t.edition = :edition{number} AND t.criterion = :criterion{number})")
        names |= {f"edition{number}": edition, f"criterion{number}": code}
    if filters.criteria:
        serves = select_serves(reader, commune)
        findings = [finding for finding, pairs in serves.items() if not set(pairs).isdisjoint(filters.criteria)]
        for number, finding in enumerate(findings):
            parts.append(f"t.finding = :finding{number}")
            names[f"finding{number}"] = finding
    return (f" AND ({' OR '.join(parts)})" if parts else ""), names


def _key(task: Task) -> str:
    if task.state is TaskState.OPEN:
        return task.due_on.isoformat() if task.due_on is not None else _NEVER
    return optional_to_text(task.closed_at) or ""


def _values(task: Task) -> dict[str, object]:
    values = {name: getattr(task, name) for name in _COLUMNS[1:]}
    return {
        **values, "task": task.id, "origin": task.origin.value, "state": task.state.value, "opened_at": to_text(task.opened_at),
        "closed_at": optional_to_text(task.closed_at), "due_on": None if task.due_on is None else task.due_on.isoformat(),
    }  # fmt: skip


def _task(commune: str, row: Row) -> Task:
    values = {name: row[name] for name in _COLUMNS[1:]}
    origin, state = Origin(row["origin"]), TaskState(row["state"])
    task = Task(commune, row["task"], row["code"], origin, state, row["version"], from_text(row["opened_at"]))
    for name in ("code", "origin", "state", "version", "opened_at", "due_on", "closed_at"):
        del values[name]
    due = None if row["due_on"] is None else date.fromisoformat(row["due_on"])
    return replace(task, due_on=due, closed_at=optional_from_text(row["closed_at"]), **values)
