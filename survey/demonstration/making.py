"""Making the demonstration: an empty deployment gets land and people, then lives through two rounds at its own clock."""

import heapq
import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from survey import receive, review
from survey.assess import renew_figures
from survey.demonstration import programme
from survey.demonstration.calls import ROUND_DAYS, Call, plan_calls
from survey.demonstration.chance import lasting_id
from survey.demonstration.ground import Land, lay_out
from survey.demonstration.parcels import Kit, Parcel, pack, pack_all
from survey.develop import Memory, develop, examine_again
from survey.domain.people import Actor, Role
from survey.domain.ports import Blobs, Reader, Transaction
from survey.domain.problems import DEPLOYMENT_EXISTS, FILE_UNKNOWN, Problem
from survey.domain.submissions import State
from survey.domain.times import start_of
from survey.establish import establish
from survey.forms.compile import compile_xlsform
from survey.store.deployment import insert_round
from survey.store.finding_rules import SITE_JOB
from survey.store.jobs import Job, claim_jobs, delete_job
from survey.store.people import insert_person, select_people, update_person_hamlets
from survey.store.places import insert_hamlet, select_communes
from survey.store.sites import insert_sites
from survey.tasks import follow_site
from survey.wiring import Survey

COMMUNE = "18844"
INSPECTORS = 3
# Communes as they are now exist since this day (DESIGN 2.16); the invented hamlets are as old.
_TWO_LEVELS = date(2025, 7, 1)
_WORKER = "demonstration"
_POOL_FROM = 40  # parcels; fewer are packed faster than processes start
_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif"})
_REASONS = {
    State.RETURNED: "Ảnh chưa thấy hết hàng rào. Nhờ chụp lại từ cổng, đủ hai phía.",
    State.REJECTED: "Phiếu ghi nhầm hộ; đã khảo sát lại ở phiếu khác.",
    State.ACCEPTED: "",
}


@dataclass(frozen=True)
class Wish:
    """How large the demonstration is to be, of which day, and from which *photos* (a folder) or drawn ones."""

    households: int = 300
    submissions: int = 360
    seed: int = 1
    today: date = date.max
    photos: Path | None = None


@dataclass
class Played:
    """A survey whose clock stands where the demonstration has come to."""

    survey: Survey
    at: datetime
    memory: Memory = field(default_factory=Memory)

    @property
    def blobs(self) -> Blobs:
        """The byte store."""
        return self.survey.blobs

    @property
    def made(self) -> Blobs:
        """The byte store of what is made for bundles."""
        return self.survey.made

    @property
    def signing_key(self) -> Path:
        """Where the private key lies."""
        return self.survey.signing_key

    @property
    def second_factor_key(self) -> Path:
        """Where the key of second factors lies."""
        return self.survey.second_factor_key

    def empty_log(self) -> None:
        """Let nothing that was deleted stay in the database's own log."""
        self.survey.empty_log()

    def reading(self) -> AbstractContextManager[Reader]:
        """A reader of one consistent moment."""
        return self.survey.reading()

    def transaction(self) -> AbstractContextManager[Transaction]:
        """One short writing transaction."""
        return self.survey.transaction()

    def now(self) -> datetime:
        """The demonstration's time, aware UTC."""
        return self.at


def make(survey: Survey, schema: Path, wish: Wish, progress: Callable[[int, int], None]) -> None:
    """Fill the empty deployment *survey*; *progress* hears how many submissions of how many are in.

    Raises DEPLOYMENT_EXISTS where a commune is there already, FILE_UNKNOWN where the folder of photos holds none.
    """
    with survey.reading() as reader:
        if select_communes(reader):
            raise Problem(DEPLOYMENT_EXISTS, commune=COMMUNE)
    photos = _photos(wish.photos)
    opened_at = start_of(wish.today - timedelta(days=max(ROUND_DAYS[1]) + 20)) + timedelta(hours=8)
    played = Played(survey, opened_at)
    commune = establish(played, schema, COMMUNE, demonstration=True)
    land = lay_out(commune, wish.seed, households=wish.households, since=_TWO_LEVELS)
    inspectors: dict[str | None, int] = {hamlet.id: number * INSPECTORS // len(land.hamlets) for number, hamlet in enumerate(land.hamlets)}
    _register(played, land)
    _rounds(played, wish.today)
    actors = _people(played, wish.seed, inspectors)
    programme.begin(played, actors["coordinator"], actors, land.hamlets)
    calls = plan_calls(land.sites, inspectors | {None: 0}, count=wish.submissions, seed=wish.seed, today=wish.today)
    with _Packing(Kit(wish.seed, _trees(schema), photos), calls) as parcels:
        _live(played, actors, parcels, lambda done: progress(done, len(calls)))
    programme.go_on(played, actors["coordinator"], land.hamlets, wish.seed)
    renew_figures(played, commune.code)
    played.at += timedelta(hours=1)  # by then every job is due, those of figures too
    _work(played)


def _photos(folder: Path | None) -> tuple[Path, ...]:
    if folder is None:
        return ()
    found = tuple(sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES and path.is_file()))
    if not found:
        raise Problem(FILE_UNKNOWN, name=str(folder))
    return found


def _trees(schema: Path) -> dict[str, Mapping[str, Any]]:
    compiled = [compile_xlsform(path.read_bytes(), path.name) for path in sorted((schema / "forms").glob("*.xlsx"))]
    return {form.form: form.tree for form in compiled}


def _register(played: Played, land: Land) -> None:
    names = {hamlet.id: hamlet.name for hamlet in land.hamlets}
    with played.transaction() as tx:
        for hamlet in land.hamlets:
            insert_hamlet(tx, hamlet)
        insert_sites(tx, [(site, names.get(site.hamlet or "", "")) for site in land.sites], at=played.now())
        tx.log(COMMUNE, "register.invented", {"hamlets": len(land.hamlets), "sites": len(land.sites)})


def _rounds(played: Played, today: date) -> None:
    names = {1: "Đợt 1: trước khi cải tạo", 2: "Đợt 2: sau khi cải tạo"}
    with played.transaction() as tx:
        for number, (first, last) in ROUND_DAYS.items():
            begins, ends = today - timedelta(days=first + 5), today - timedelta(days=last - 30)
            insert_round(tx, COMMUNE, f"{today.year}-{number}", names[number], begins, ends)


def _people(played: Played, seed: int, inspectors: Mapping[str | None, int]) -> dict[str, Actor]:
    """Three inspectors, a reviewer, two owners of criteria and a coordinator, by login; they sign in by one-time links only."""
    roles = {"coordinator": ("Điều phối viên mẫu", Role.COORDINATOR), "reviewer": ("Người duyệt mẫu", Role.REVIEWER)}
    roles |= {f"owner{number}": (f"Người phụ trách mẫu {number}", Role.OWNER) for number in (1, 2)}
    roles |= {f"inspector{number + 1}": (f"Khảo sát viên mẫu {number + 1}", Role.INSPECTOR) for number in range(INSPECTORS)}
    with played.transaction() as tx:
        for login, (name, role) in roles.items():
            person = lasting_id(seed, f"person {login}")
            insert_person(tx, COMMUNE, person, login=login, name=name, role=role, locale="vi", password_hash=None, at=played.now())
            hamlets = [hamlet for hamlet, number in inspectors.items() if hamlet and login == f"inspector{number + 1}"]
            update_person_hamlets(tx, COMMUNE, person, hamlets)
            tx.log(COMMUNE, "person_created", {"person": person, "role": role.value})
        return {person.login: person.actor for person in select_people(tx, COMMUNE)}


class _Packing:
    """Parcels in the order of their calls, packed by as many processes as there are processors."""

    def __init__(self, kit: Kit, calls: Sequence[Call]) -> None:
        self._kit = kit
        self._calls = calls
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Iterator[Parcel]:
        if len(self._calls) < _POOL_FROM:
            return pack_all(self._kit, self._calls)
        context = multiprocessing.get_context("fork")
        self._pool = ProcessPoolExecutor(os.cpu_count(), context, _remember, (self._kit,))
        return iter(self._pool.map(_pack_remembered, self._calls, chunksize=4))

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


_kits: list[Kit] = []


def _remember(kit: Kit) -> None:
    _kits[:] = [kit]


def _pack_remembered(call: Call) -> Parcel:
    return pack(_kits[0], call)


def _live(played: Played, actors: Mapping[str, Actor], parcels: Iterator[Parcel], progress: Callable[[int], None]) -> None:
    """Hand in every parcel at its time, with the reviewer's decisions in between."""
    waiting: list[tuple[datetime, int, Call]] = []
    for done, parcel in enumerate(parcels, 1):
        call = parcel.call
        while waiting and waiting[0][0] <= call.received_at:
            _decide(played, actors["reviewer"], heapq.heappop(waiting)[2])
        _hand_in(played, actors[f"inspector{call.inspector + 1}"], parcel)
        if call.decided_at is not None:
            heapq.heappush(waiting, (call.decided_at, call.number, call))
        progress(done)
    while waiting:
        _decide(played, actors["reviewer"], heapq.heappop(waiting)[2])


def _hand_in(played: Played, actor: Actor, parcel: Parcel) -> None:
    played.at = parcel.call.received_at
    phone_time = (played.at + parcel.call.clock_ahead).isoformat()
    receive.submission(played, actor, parcel.xml, door="field", phone_time=phone_time)
    for name, content in parcel.files:
        played.at += timedelta(seconds=2)
        staged = played.blobs.stage([content], name=name, limit=receive.PHOTO_LIMIT)
        try:
            receive.photo(played, actor, parcel.call.id, name, staged)
        finally:
            played.blobs.discard(staged)
    _work(played)


def _work(played: Played) -> None:
    """What a worker would do with the jobs that were left, and with those that they leave; figures are computed once, at the end."""
    photos: dict[str, Callable[..., None]] = {"develop": partial(develop, memory=played.memory), "examine": examine_again}
    while jobs := _claimed(played):
        for job in jobs:
            if job.kind in photos:
                photos[job.kind](played, job.commune, str(job.payload["submission"]))
            elif job.kind == SITE_JOB:
                follow_site(played, job.commune, str(job.payload["site"]))
        with played.transaction() as tx:
            for job in jobs:
                delete_job(tx, job, _WORKER)


def _claimed(played: Played) -> Sequence[Job]:
    with played.transaction() as tx:
        return claim_jobs(tx, played.survey.store.engine, _WORKER, played.now(), 100)


def _decide(played: Played, reviewer: Actor, call: Call) -> None:
    if call.decision is None or call.decided_at is None:
        return
    played.at = max(played.at, call.decided_at)
    reason = "Đã chụp lại đủ hai phía." if call.replaces else _REASONS[call.decision]
    review.decide(played, reviewer, call.id, call.decision, reason=reason, expected_version=1)
    _work(played)  # what the visit found becomes a task on that day


