"""Photos beside photos: what the store gives of a site's earlier rounds and of another use, on both engines."""

import json
from dataclasses import replace

from survey.domain.submissions import State
from survey.store import Store
from survey.store.site_photos import select_earlier_photos, select_used_photos
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


def _names(store: Store, **given: object) -> list[str]:
    asked = {"site": "s1", "form": "household_fence", "other_than": "2", "before": START, **given}
    with store.reading() as reader:
        return [photo.version.submission for photo in select_earlier_photos(reader, COMMUNE, **asked)]  # type: ignore[arg-type]


def test_only_the_sites_earlier_photos(store: Store) -> None:
    """Another site, form, the same round, a later capture, a rejected version, none of a round and quarantined bytes are left out."""
    seed(store)
    with store.transaction() as tx:
        register(tx, {"s1": HAMLETS[0], "s2": HAMLETS[0]})
        old = submission("old", minutes=-900, round="1")
        insert(
            tx, old, submission("older", minutes=-1900, round="0"), submission("place", minutes=-900, round="1", site="s2"),
            replace(submission("form", minutes=-900, round="1"), form="household_garden"),
            submission("same", minutes=-900, round="2"), submission("later", minutes=5, round="1"),
            submission("no", minutes=-900, round="1", state=State.REJECTED), submission("none", minutes=-900),
            submission("bad", minutes=-900, round="1"),
        )  # fmt: skip
        for key in ("old", "older", "place", "form", "same", "later", "no", "none"):
            _photo(tx, key)
        _photo(tx, "old", "missing.jpg", state="missing")
        _photo(tx, "bad", quarantine=1)

    assert _names(store) == ["uuid:old", "uuid:older"]


def test_what_a_photo_carries(store: Store) -> None:
    """The phone's position before the file's, the file's direction, whether its version counts, and that its bytes are gone."""
    seed(store)
    with store.transaction() as tx:
        register(tx, {"s1": HAMLETS[0]})
        insert(tx, submission("a", minutes=-900, round="1", state=State.ACCEPTED), submission("b", minutes=-1000, round="1"))
        tx.execute(
            "INSERT INTO counted (commune, form, site, repeat_key, submission, captured_at)"
            " VALUES (:c, 'household_fence', 's1', '', 'uuid:a', '2026-01-01T00:00:00.000Z')", c=COMMUNE,
        )  # fmt: skip
        _photo(tx, "a", capture=PHONE)
        _photo(tx, "b", erased="2026-02-01T00:00:00.000Z", facts="{}")
    with store.reading() as reader:
        first, second = select_earlier_photos(
            reader, COMMUNE, site="s1", form="household_fence", other_than="2", before=START
        )  # fmt: skip

    assert first.fix is not None
    assert (first.fix.latitude, first.fix.accuracy_m, first.facts.direction_deg) == (18.051, 6.0, 45.0)
    assert (first.version.counts, first.views, first.person_name) == (True, "ready", "inspector")
    assert (second.version.counts, second.views, second.fix) == (False, "erased", None)


def test_another_use_with_its_place(store: Store) -> None:
    """Site, hamlet and inspector by their present names, the position from the file where the phone gave none; unknown ids give nothing."""
    seed(store)
    with store.transaction() as tx:
        register(tx, {"s1": HAMLETS[0]})
        insert(tx, submission("a"), submission("b", site=None, hamlet=None))
        _photo(tx, "a")
        _photo(tx, "b")
    with store.reading() as reader:
        found = select_used_photos(reader, COMMUNE, ["uuid:a", "uuid:b", "uuid:nobody"])
        assert select_used_photos(reader, COMMUNE, []) == {}
    one, other = found["uuid:a", "fence_1.jpg"], found["uuid:b", "fence_1.jpg"]

    assert (one.site_code, one.site_name, one.site_point, one.hamlet_name) == ("HO-0001", "Hộ s1", (18.05, 106.05), "Thôn mẫu 1")
    assert one.fix is not None
    assert one.fix.latitude == 18.06
    assert (other.site_code, other.site_point, other.hamlet_name) == (None, None, None)
    assert len(found) == 2
