"""Across communes: a picture used in two communes is found in both, whoever adds at the same time; another commune's people stay hidden."""

import random
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from survey import receive
from survey.develop import compare_communes, develop
from survey.domain.canonical import sha256_hex
from survey.domain.looks import REGIONS, PhotoLook, look_to_json
from survey.domain.ports import Row
from survey.forms.compile import compile_xlsform
from survey.store.flags import select_flags
from survey.store.forms import insert_form
from survey.store.hashes import insert_hashes, upsert_numbers
from survey.store.jobs import claim_jobs
from survey.store.likeness import MOST_ALIKE
from survey.wiring import ROOT, Survey
from tests.conftest import COMMUNE
from tests.develop.conftest import BRINGER, REUSE, drawn, hand_in, reuse_flags, run_jobs
from tests.develop.edits import edited
from tests.develop.test_workers import at_once
from tests.receive.conftest import fence, new_id, stage

OTHER = "06979"
EVERYTHING = 60.0


@pytest.fixture
def province(village: Survey) -> Survey:
    """The village and a second commune with the fence checklist and one inspector."""
    content = (ROOT / "schema" / "forms" / "household_fence.xlsx").read_bytes()
    with village.transaction() as tx:
        tx.execute(
            "INSERT INTO commune (commune, name, province, border, source, demonstration, created_at)"
            " SELECT :other, 'Xã Hai', province, border, source, 0, created_at FROM commune", other=OTHER,
        )  # fmt: skip
        tx.execute(
            "INSERT INTO person (commune, person, login, name, role, locale, created_at)"
            " SELECT :other, person, login, name, role, locale, created_at FROM person", other=OTHER,
        )  # fmt: skip
        insert_form(tx, OTHER, compile_xlsform(content, "household_fence.xlsx"), content, datetime.now(UTC))
    return village


def hand_in_there(survey: Survey, photo: bytes) -> str:
    """Hand in a fence checklist with *photo* in the other commune."""
    instance_id, actor = new_id(), replace(BRINGER, commune=OTHER)
    receive.submission(survey, actor, fence(survey, instance_id, site=""), door="field")
    receive.photo(survey, actor, instance_id, "a.jpg", stage(survey, photo))
    return instance_id


def flags_there(survey: Survey, submission: str) -> dict[str, Row]:
    """The other commune's flags about reuse, by code."""
    with survey.reading() as reader:
        return {flag["code"]: flag for flag in select_flags(reader, OTHER, submission) if flag["code"] in REUSE}


def test_the_same_bytes_are_found_in_another_commune_at_once(province: Survey) -> None:
    """No background job is needed; the flag names the commune and the short code, neither place nor person."""
    there = hand_in_there(province, drawn("courtyard"))
    here = hand_in(province, drawn("courtyard"))
    run_jobs(province)

    assert reuse_flags(province, here)["seen_before"]["figures"]["sites"] == ["? (Xã Hai)"]
    assert flags_there(province, there)["used_again"]["figures"]["sites"] == ["? (Kỳ Thượng)"]


@pytest.mark.parametrize("first", [COMMUNE, OTHER])
def test_a_changed_copy_is_found_in_another_commune_soon(province: Survey, first: str) -> None:
    """A job gathers for two minutes, then both submissions are flagged, whichever commune's job runs."""
    photo = drawn("courtyard")
    here = hand_in(province, photo)
    there = hand_in_there(province, edited(photo, "bar, 18 % of height"))
    run_jobs(province)
    assert reuse_flags(province, here) == {}
    with province.reading() as reader:
        waiting = reader.rows("SELECT commune, job, run_after, background FROM job ORDER BY commune")
    assert [(row["commune"], row["job"]) for row in waiting] == [(code, f"compare_communes:{code}") for code in (OTHER, COMMUNE)]
    assert all(row["background"] == 1 for row in waiting)

    compare_communes(province, first)
    run_jobs(province)

    assert set(reuse_flags(province, here)) | set(flags_there(province, there)) == {"looks_like", "used_again"}
    compare_communes(province, OTHER if first == COMMUNE else COMMUNE)
    run_jobs(province)
    with province.reading() as reader:
        assert len(reader.rows("SELECT * FROM likeness_pair")) == 1
        assert reader.rows("SELECT commune FROM likeness_count WHERE compared < last") == []


def test_who_adds_a_photo_every_minute_does_not_put_the_comparison_off(province: Survey) -> None:
    """A job that waits keeps its time; one that runs is asked for anew."""

    def due() -> str:
        with province.reading() as reader:
            (row,) = reader.rows("SELECT state, run_after FROM job WHERE job LIKE 'compare%'")
        assert row["state"] == "waiting"
        return str(row["run_after"])

    develop(province, COMMUNE, hand_in(province, drawn("one")))
    first = due()
    time.sleep(0.01)
    develop(province, COMMUNE, hand_in(province, drawn("two")))
    assert due() == first

    with province.transaction() as tx:
        tx.execute("UPDATE job SET run_after = :past", past="2026-01-01T00:00:00.000Z")
        claimed = claim_jobs(tx, province.store.engine, "worker", datetime.now(UTC), 10)
    assert "compare_communes" in {job.kind for job in claimed}
    develop(province, COMMUNE, hand_in(province, drawn("three")))
    assert due() > first


def add(survey: Survey, commune: str, key: int, bits: int) -> None:
    """Number a photo whose hashes come from *key*, *bits* of them turned over: two with one key look alike."""
    value = random.Random(key).randint(0, 2**62) ^ ((1 << bits) - 1)  # noqa: S311 - hashes for a test guard no secret
    sha256 = sha256_hex(f"{commune} {key} {bits}")
    look = PhotoLook(hashes=(value,) * len(REGIONS), probes=(("whole", value),))
    with survey.transaction() as tx:
        tx.execute(
            "INSERT INTO blob (commune, sha256, size, crc32, media_type, quarantine, facts, views, received_at, look)"
            " VALUES (:commune, :sha256, 1, 1, 'image/jpeg', 0, '{}', 'ready', '2026-01-01', :look)",
            commune=commune, sha256=sha256, look=look_to_json(look),
        )  # fmt: skip
        insert_hashes(tx, commune, upsert_numbers(tx, commune, 1), {sha256: [value] * len(REGIONS)})


def pair_count(survey: Survey) -> int:
    """How many different pairs are kept, from whichever end."""
    with survey.reading() as reader:
        rows = reader.rows("SELECT sha256, other_sha256 FROM likeness_pair")
    return len({frozenset(row.values()) for row in rows})


def test_two_communes_that_add_at_once_miss_no_pair(province: Survey) -> None:
    """In each commune one thread adds 40 photos that look like the other's, another compares all the while, in portions of three."""
    ended = {COMMUNE: threading.Event(), OTHER: threading.Event()}

    def add_all(code: str, bits: int) -> None:
        for key in range(40):
            add(province, code, key, bits)
        ended[code].set()

    def compare_all(code: str) -> None:
        over = False
        while not over:
            over = ended[code].is_set()
            compare_communes(province, code, seconds=EVERYTHING, portion=3)

    at_once([lambda: add_all(COMMUNE, 0), lambda: add_all(OTHER, 3), lambda: compare_all(COMMUNE), lambda: compare_all(OTHER)])

    assert pair_count(province) == 40


def test_a_pair_added_between_two_portions_is_found_by_the_one_who_came_later(province: Survey) -> None:
    """While a pass has gone by the place of a photo, that photo comes: its own commune's pass finds what the first one missed."""
    for key in range(9):
        add(province, COMMUNE, key, 0)
    for key in range(100, 107):
        add(province, OTHER, key, 0)
    compare_communes(province, COMMUNE, seconds=0, portion=4)  # one portion of two
    add(province, OTHER, 5, 2)
    with province.transaction() as tx:  # as if it had got a number that the pass has left behind
        tx.execute("DELETE FROM likeness WHERE commune = :other AND seq = 2", other=OTHER)
        tx.execute("UPDATE likeness SET seq = 2 WHERE commune = :other AND seq = 8", other=OTHER)

    compare_communes(province, COMMUNE, seconds=EVERYTHING, portion=4)
    assert pair_count(province) == 0
    compare_communes(province, OTHER, seconds=EVERYTHING, portion=4)

    assert pair_count(province) == 1


def test_a_comparison_goes_on_where_it_was_stopped_and_asks_for_itself(province: Survey) -> None:
    """A portion at a time: a job for the rest each time, the same pairs in the end; two at once do no harm."""
    for key in range(300):
        add(province, COMMUNE, key, 0)
    for key in range(280, 310):
        add(province, OTHER, key, 2)
    portions = 0
    while True:
        at_once([lambda: compare_communes(province, COMMUNE, seconds=0, portion=7)] * (2 if portions % 3 == 0 else 1))
        with province.transaction() as tx:
            jobs = tx.execute("DELETE FROM job WHERE job LIKE 'compare%'")
            progress = tx.row("SELECT last - compared AS left_over FROM likeness_count WHERE commune = :commune", commune=COMMUNE)
        if not jobs:
            break
        portions += 1

    assert progress == {"left_over": 0}
    assert portions >= 6  # two passes of five portions each; at the least 2+1+1+2+1+1+2 of them, of which the last leaves no job
    assert pair_count(province) == 20


def test_of_many_copies_elsewhere_the_nearest_are_kept(province: Survey) -> None:
    """Sixty copies in the other commune, at distances 0 to 5, read in portions of ten: the twenty nearest stay."""
    add(province, COMMUNE, 7, 0)
    with province.transaction() as tx:
        value = random.Random(7).randint(0, 2**62)  # noqa: S311 - hashes for a test guard no secret
        copies = {f"copy {number}": [value ^ ((1 << number // 10) - 1)] * len(REGIONS) for number in range(60)}
        insert_hashes(tx, OTHER, upsert_numbers(tx, OTHER, 60) - 59, dict(reversed(copies.items())))

    compare_communes(province, COMMUNE, seconds=EVERYTHING, portion=10)

    with province.reading() as reader:
        kept = reader.rows("SELECT distance FROM likeness_pair WHERE commune = :commune ORDER BY distance", commune=COMMUNE)
    assert [row["distance"] for row in kept] == [0] * 10 + [1] * (MOST_ALIKE - 10)


def test_a_commune_alone_leaves_no_job(village: Survey) -> None:
    """With one commune in the deployment nothing waits after its photos are developed."""
    develop(village, COMMUNE, hand_in(village, drawn("courtyard")))

    with village.reading() as reader:
        assert reader.rows("SELECT job FROM job WHERE job LIKE 'compare%'") == []
