"""Photos beside photos: what the store gives of a site's earlier rounds and of another use, on both engines."""

import json
from dataclasses import replace
from typing import cast

from survey.domain.ports import Reader, Row
from survey.domain.submissions import State
from survey.store import Store
from survey.store.erasures import select_lately_erased
from survey.store.jobs import select_unlooked
from survey.store.likeness import select_alike_uses
from survey.store.site_photos import select_earlier_versions, select_photos_of
from tests.conftest import COMMUNE, HAMLETS, seed
from tests.made_submissions import START, insert, register, submission

FACTS = '{"direction_deg":45.0,"latitude":18.06,"longitude":106.06,"make":"Vsmart"}'
PHONE = json.dumps({"source": "system", "after": [18.051, 106.051, 6.0, None, None]})


def _photo(tx, key: str, name: str = "fence_1.jpg", *, state: str = "stored", capture: str = "{}", views: str = "ready", **blob) -> None:
    sha256 = f"{key}/{name}"
    tx.execute(
        "INSERT INTO attachment (commune, submission, name, question, repeat_key, ordinal, state, sha256, capture)"
        " VALUES (:c, :s, :n, 'photo', '', 1, :state, :sha256, :capture)", c=COMMUNE, s=f"uuid:{key}", n=name, state=state,
        sha256=sha256, capture=capture,
    )  # fmt: skip
    tx.execute(
        "INSERT INTO blob (commune, sha256, size, crc32, media_type, quarantine, facts, views, received_at, erased_at)"
        " VALUES (:c, :sha256, 1, 0, 'image/jpeg', :quarantine, :facts, :views, :at, :erased)", c=COMMUNE, sha256=sha256,
        quarantine=blob.get("quarantine", 0), facts=blob.get("facts", FACTS), views=views, at="2026-01-01T00:00:00.000Z",
        erased=blob.get("erased"),
    )  # fmt: skip


def test_only_the_sites_earlier_visits(store: Store) -> None:
    """Another site, another form, the same round, a later capture and a visit of no round are left out; the newest comes first."""
    seed(store)
    with store.transaction() as tx:
        register(tx, {"s1": HAMLETS[0], "s2": HAMLETS[0]})
        insert(
            tx, submission("old", minutes=-900, round="1"), submission("older", minutes=-1900, round="0", hamlet=None),
            submission("place", minutes=-900, round="1", site="s2"),
            replace(submission("form", minutes=-900, round="1"), form="household_garden"),
            submission("same", minutes=-900, round="2"), submission("later", minutes=5, round="1"), submission("none", minutes=-900),
        )  # fmt: skip
        tx.execute(
            "INSERT INTO counted (commune, form, site, repeat_key, submission, captured_at)"
            " VALUES (:c, 'household_fence', 's1', '', 'uuid:older', '2026-01-01T00:00:00.000Z')", c=COMMUNE,
        )  # fmt: skip
        tx.execute("UPDATE submission SET replaced_by = 'uuid:x', state = 'accepted' WHERE submission = 'uuid:old'")
    with store.reading() as reader:
        found = select_earlier_versions(reader, COMMUNE, site="s1", form="household_fence", other_than="2", before=START)

    assert [(one.submission, one.round, hamlet) for one, hamlet in found] == [("uuid:old", "1", HAMLETS[0]), ("uuid:older", "0", None)]
    assert [(one.state, one.counts, one.replaced) for one, _ in found] == [
        (State.ACCEPTED, False, True), (State.RECEIVED, True, False),
    ]  # fmt: skip


def test_what_a_photo_carries(store: Store) -> None:
    """The phone's position before the file's, the file's direction, that its bytes are gone; missing and quarantined ones show nothing."""
    seed(store)
    with store.transaction() as tx:
        register(tx, {"s1": HAMLETS[0]})
        insert(tx, submission("a"), submission("b"))
        _photo(tx, "a", capture=PHONE)
        _photo(tx, "a", "missing.jpg", state="missing")
        _photo(tx, "b", erased="2026-02-01T00:00:00.000Z", facts="{}")
        _photo(tx, "b", "bad.jpg", quarantine=1)
    with store.reading() as reader:
        found = select_photos_of(reader, COMMUNE, ["uuid:a", "uuid:b"])
    first, second = found["uuid:a", "fence_1.jpg"], found["uuid:b", "fence_1.jpg"]

    assert first.fix is not None
    assert (first.fix.latitude, first.fix.accuracy_m, first.facts.direction_deg) == (18.051, 6.0, 45.0)
    assert (first.views, first.person_name) == ("ready", "inspector")
    assert (second.views, second.fix) == ("erased", None)
    assert (found["uuid:b", "bad.jpg"].views, len(found)) == ("none", 3)


def test_another_use_with_its_place(store: Store) -> None:
    """Site, hamlet and inspector by their present names, the position from the file where the phone gave none; unknown ids give nothing."""
    seed(store)
    with store.transaction() as tx:
        register(tx, {"s1": HAMLETS[0]})
        insert(tx, submission("a"), submission("b", site=None, hamlet=None))
        _photo(tx, "a")
        _photo(tx, "b")
    with store.reading() as reader:
        found = select_photos_of(reader, COMMUNE, ["uuid:a", "uuid:b", "uuid:nobody"])
        assert select_photos_of(reader, COMMUNE, []) == {}
    one, other = found["uuid:a", "fence_1.jpg"], found["uuid:b", "fence_1.jpg"]

    assert (one.site_code, one.site_name, one.site_point, one.hamlet_name) == ("HO-0001", "Hộ s1", (18.05, 106.05), "Thôn mẫu 1")
    assert one.fix is not None
    assert one.fix.latitude == 18.06
    assert (other.site_code, other.site_point, other.hamlet_name) == (None, None, None)
    assert len(found) == 2


class Explained:
    """A reader that keeps SQLite's plan of every statement it is asked for."""

    def __init__(self, reader: Reader) -> None:
        self._reader, self.plans = reader, list[str]()

    def rows(self, sql: str, **parameters: object) -> list[Row]:
        """The rows, after the plan was noted."""
        self.plans += [row["detail"] for row in self._reader.rows(f"EXPLAIN QUERY PLAN {sql}", **parameters)]
        return self._reader.rows(sql, **parameters)


def test_comparing_walks_no_table(sqlite_store: Store) -> None:
    """Each attachment is found by its submission or by its very hash, each visit by its site: whatever the commune has sent so far."""
    seed(sqlite_store)
    with sqlite_store.transaction() as tx:
        register(tx, {"s1": HAMLETS[0]})
        insert(tx, submission("a"))
        _photo(tx, "a")
    with sqlite_store.reading() as reader:
        explained = cast("Reader", seen := Explained(reader))
        select_alike_uses(explained, COMMUNE, "uuid:a")
        select_photos_of(explained, COMMUNE, ["uuid:a", "uuid:b"])
        select_earlier_versions(explained, COMMUNE, site="s1", form="household_fence", other_than="2", before=START)
    searches = [plan for plan in seen.plans if plan.startswith("SEARCH")]

    assert any("submission_site (commune=? AND site=? AND form=? AND captured_at<?)" in plan for plan in searches)
    assert [plan for plan in searches if "sha256>" in plan or (plan.endswith("(commune=?)") and " c " not in plan)] == []
    assert [plan for plan in seen.plans if plan.startswith("SCAN") and plan.split()[1] not in {"m", "same", "older", "newer"}] == []


def test_what_workers_ask_while_idle_walks_no_table(sqlite_store: Store) -> None:
    """Every minute, whether a photo was never looked at; every hour, what was erased lately: on indexes that hold nothing else."""
    seed(sqlite_store)
    with sqlite_store.reading() as reader:
        explained = cast("Reader", seen := Explained(reader))
        select_unlooked(explained, 20)
        select_lately_erased(explained, START)
    walked = [plan for plan in seen.plans if plan.startswith(("SCAN", "SEARCH b"))]

    assert ["blob_unlooked" in walked[0], "blob_erased" in walked[1]] == [True, True]
    assert [plan for plan in seen.plans if plan.startswith("SCAN") and "blob_unlooked" not in plan] == []
