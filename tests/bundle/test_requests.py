"""From the order to the seal: one request for one wish, every step repeatable, nothing false and nothing lost on the way."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from survey import deliver, privacy, signing
from survey.assess import verdicts_of
from survey.deliver import drafting, ordering, sweeping
from survey.domain.bundles import Progress
from survey.domain.evidence import Scope
from survey.domain.people import Actor, Role
from survey.domain.places import Hamlet
from survey.domain.problems import (
    BAG_SIZE_REFUSED,
    BLOB_DAMAGED,
    BUNDLE_DROPPED,
    BUNDLE_OUTDATED,
    BUNDLE_UNKNOWN,
    CRITERION_UNKNOWN,
    DAY_AHEAD,
    EDITION_NOT_IN_FORCE,
    EDITION_UNKNOWN,
    FILE_UNKNOWN,
    HAMLET_UNKNOWN,
    NOT_ALLOWED,
    REQUEST_UNKNOWN,
    ROUND_UNKNOWN,
    Problem,
    ProblemKind,
)
from survey.domain.submissions import State
from survey.store.places import insert_hamlet
from survey.wiring import ROOT, Settings, open_survey
from tests.bundle.world import COMMUNE, COORDINATOR, HAMLETS, World, make_world

INSPECTOR = Actor(COMMUNE, "p-inspector", "Khảo sát", Role.INSPECTOR)
REVIEWER = Actor(COMMUNE, "p-reviewer", "Duyệt", Role.REVIEWER)
OF_ONE_HAMLET = Actor(COMMUNE, "p-other", "Điều phối một thôn", Role.COORDINATOR, frozenset({HAMLETS[0]}))


def _raises(kind: ProblemKind, act: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as problem:
        act()
    assert problem.value.kind is kind
    return problem.value


def _advance(world: World, request: str, before: Callable[[], None] = lambda: None) -> None:
    """The worker's step, with something that happens between the verdicts and the look at the evidence."""

    def verdicts_for(scope: Scope) -> object:
        verdicts = verdicts_of(world.survey, COORDINATOR, scope)
        before()
        return verdicts

    deliver.advance(world.survey, COMMUNE, request, verdicts_for, lambda: signing.sealer(world.survey))  # type: ignore[arg-type]


def _state(world: World, request: str) -> Progress:
    return deliver.find_request(world.survey, COORDINATOR, request).state


def test_the_same_wish_is_one_request(world: World) -> None:
    """Two orders while one is under way are one; another scope is another, and after the end a new order is a new request."""
    first = deliver.order(world.survey, COORDINATOR, world.scope())

    assert deliver.order(world.survey, COORDINATOR, world.scope()).id == first.id
    assert deliver.order(world.survey, COORDINATOR, world.scope(hamlet=HAMLETS[0])).id != first.id
    world.work()
    assert {request.state for request in deliver.requests(world.survey, COORDINATOR)} == {Progress.SEALED}
    assert deliver.order(world.survey, COORDINATOR, world.scope()).id != first.id


def test_two_orders_of_one_basis_are_one_file(world: World) -> None:
    """Made twice from unchanged evidence, the second says that its tag manifest is the same, and its bytes are."""
    first = world.make()
    content = world.read(first.bags[0])
    again = world.make()

    assert (first.same, again.same, again.id) == (None, True, first.id)
    assert world.read(again.bags[0]) == content
    assert [one.id for one in deliver.bundles(world.survey, COORDINATOR)] == [first.id]


def test_look_tells_what_the_bundle_then_holds(world: World) -> None:
    """The numbers before the order are those of the sealed bundle."""
    contents = deliver.look(world.survey, COORDINATOR, world.scope(), world.verdicts(world.scope()))
    made = world.make()

    assert (contents.submissions, contents.photos, contents.missing) == (4, 7, 1)
    assert {name: made.contents[name] for name in ("submissions", "photos", "missing", "verdicts")} == {
        name: getattr(contents, name) for name in ("submissions", "photos", "missing", "verdicts")
    }


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"hamlet": "18844-h99"}, HAMLET_UNKNOWN), ({"criterion": "77"}, CRITERION_UNKNOWN), ({"edition": "none"}, EDITION_UNKNOWN),
        ({"edition": "qd-318-2022"}, EDITION_NOT_IN_FORCE), ({"round": "none"}, ROUND_UNKNOWN),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_said_at_once(world: World, given: dict[str, object], kind: ProblemKind) -> None:
    """Neither ordered nor looked at."""
    _raises(kind, lambda: deliver.order(world.survey, COORDINATOR, world.scope(**given)))
    _raises(kind, lambda: deliver.look(world.survey, COORDINATOR, world.scope(**given), []))
    assert deliver.requests(world.survey, COORDINATOR) == []


def test_a_hamlet_that_has_ended_is_said_at_once(world: World) -> None:
    """A merged hamlet has no verdicts of its own any more: its successor is to be chosen."""
    began = world.scope().as_of - timedelta(days=900)
    with world.survey.transaction() as tx:
        insert_hamlet(tx, Hamlet(COMMUNE, "18844-h98", "Thôn cũ", began, began + timedelta(days=300), HAMLETS[0]))

    _raises(HAMLET_UNKNOWN, lambda: deliver.order(world.survey, COORDINATOR, world.scope(hamlet="18844-h98")))


def test_days_and_sizes_that_cannot_be(world: World) -> None:
    """Tomorrow is not evidence yet, and a bag must hold a photo."""
    today = world.scope()

    _raises(DAY_AHEAD, lambda: deliver.order(world.survey, COORDINATOR, replace(today, as_of=today.as_of + timedelta(days=1))))
    _raises(BAG_SIZE_REFUSED, lambda: deliver.order(world.survey, COORDINATOR, today, bag_bytes=10))


@pytest.mark.parametrize("actor", [INSPECTOR, REVIEWER, OF_ONE_HAMLET], ids=["inspector", "reviewer", "one-hamlet"])
def test_only_who_may_export_does(world: World, actor: Actor) -> None:
    """Nobody else orders, looks, follows, withdraws or takes; who is bound to a hamlet does not even see the whole commune's."""
    asked = deliver.order(world.survey, COORDINATOR, world.scope())
    made = world.make()
    bag = made.bags[0]

    for attempt in (
        lambda: deliver.order(world.survey, actor, world.scope()),
        lambda: deliver.look(world.survey, actor, world.scope(), []),
        lambda: deliver.find_request(world.survey, actor, asked.id),
        lambda: deliver.withdraw(world.survey, actor, asked.id),
        lambda: deliver.find_bag(world.survey, actor, made.id),
        lambda: deliver.read(world.survey, actor, bag),
    ):
        _raises(NOT_ALLOWED, attempt)
    if actor.role is Role.COORDINATOR:
        assert deliver.requests(world.survey, actor) == deliver.bundles(world.survey, actor) == []
        assert deliver.order(world.survey, actor, world.scope(hamlet=HAMLETS[0])).state is Progress.WAITING
    else:
        _raises(NOT_ALLOWED, lambda: deliver.requests(world.survey, actor))
        _raises(NOT_ALLOWED, lambda: deliver.bundles(world.survey, actor))


def test_unknown_and_alien_ids(world: World) -> None:
    """An id of another commune is as unknown as one that never was."""
    made = world.make()
    asked = deliver.requests(world.survey, COORDINATOR)[0]
    alien = replace(COORDINATOR, commune="06979")

    for actor, bundle, number in ((COORDINATOR, "none", 1), (COORDINATOR, made.id, 2), (COORDINATOR, made.id, 0), (alien, made.id, 1)):
        _raises(BUNDLE_UNKNOWN, lambda a=actor, b=bundle, n=number: deliver.find_bag(world.survey, a, b, n))
    for actor, request in ((COORDINATOR, "none"), (alien, asked.id)):
        _raises(REQUEST_UNKNOWN, lambda a=actor, r=request: deliver.withdraw(world.survey, a, r))
    _raises(BUNDLE_UNKNOWN, lambda: deliver.read(world.survey, alien, made.bags[0]))
    deliver.advance(world.survey, COMMUNE, "none", lambda _scope: [], lambda: signing.sealer(world.survey))
    deliver.make(world.survey, COMMUNE, "none", "none")


def test_a_decision_in_between_is_inside(world: World) -> None:
    """What is decided between verdicts and evidence makes the worker look again: the bundle is of one moment, the newest."""
    asked = deliver.order(world.survey, COORDINATOR, world.scope())
    decisions = iter([lambda: world.decide(world.submissions[0], State.RECEIVED, "xem lại")])
    _advance(world, asked.id, lambda: next(decisions, lambda: None)())  # noqa: PLW0108 - one decision, at the first look
    world.work()
    ended = deliver.find_request(world.survey, COORDINATOR, asked.id)
    made = deliver.find_bundle(world.survey, COORDINATOR, ended.bundle or "")
    with zipfile.ZipFile(io.BytesIO(world.read(made.bags[0]))) as archive:
        log = archive.read(f"{made.bags[0].name[:-4]}/data/nhat-ky/log.jsonl").decode()

    assert made.contents["submissions"] == 3
    assert world.submissions[0] in log.splitlines()[-1]


def test_a_worker_killed_between_draft_and_seal(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its successor seals from the draft; what was decided meanwhile is not inside, nothing of the store is read again."""
    asked = deliver.order(world.survey, COORDINATOR, world.scope())

    class Killed(BaseException):
        pass

    def die(_survey: object) -> object:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(signing, "sealer", die)
        with pytest.raises(Killed):
            world.work()
    assert _state(world, asked.id) is Progress.MAKING
    world.decide(world.submissions[0], State.RECEIVED, "xem lại")
    _advance(world, asked.id, lambda: pytest.fail("assessed again"))
    made = deliver.find_bundle(world.survey, COORDINATOR, deliver.find_request(world.survey, COORDINATOR, asked.id).bundle or "")

    assert made.contents["submissions"] == 4
    with zipfile.ZipFile(io.BytesIO(world.read(made.bags[0]))) as archive:
        assert archive.testzip() is None


def test_two_workers_at_once_make_one_bundle(world: World) -> None:
    """While one worker looks, another does all of it: the first one's work is thrown away, one export is logged."""
    asked = deliver.order(world.survey, COORDINATOR, world.scope())
    others = iter([world.work])
    _advance(world, asked.id, lambda: next(others, lambda: None)())  # noqa: PLW0108 - once
    world.work()

    assert _state(world, asked.id) is Progress.SEALED
    with world.survey.reading() as reader:
        assert len([row for row in reader.rows("SELECT body FROM event") if "bundle.exported" in row["body"]]) == 1


def test_withdrawn_while_it_is_made(world: World) -> None:
    """The worker that is at it leaves nothing behind, and no bundle appears."""
    asked = deliver.order(world.survey, COORDINATOR, world.scope())
    _advance(world, asked.id, lambda: deliver.withdraw(world.survey, COORDINATOR, asked.id) and None)
    world.work()

    assert _state(world, asked.id) is Progress.WITHDRAWN
    assert deliver.bundles(world.survey, COORDINATOR) == []
    assert deliver.withdraw(world.survey, COORDINATOR, asked.id).state is Progress.WITHDRAWN
    deliver.sweep(world.survey)
    assert list(world.survey.made.hashes()) == []


def test_given_up_is_visible(world: World) -> None:
    """The person who asked sees why; a second giving up, or one after the seal, changes nothing."""
    asked = deliver.order(world.survey, COORDINATOR, world.scope())
    deliver.give_up(world.survey, COMMUNE, asked.id)
    failed = deliver.find_request(world.survey, COORDINATOR, asked.id)

    assert (failed.state, failed.problem) == (Progress.FAILED, {"code": "BUNDLE_FAILED", "details": {}})
    world.make()
    done = deliver.requests(world.survey, COORDINATOR)[0]
    deliver.give_up(world.survey, COMMUNE, done.id)
    assert _state(world, done.id) is Progress.SEALED


def test_damaged_photo_tears_the_download(world: World) -> None:
    """One byte changed on the server's disk: the stream ends before its end, and the zip opens with no tool."""
    bag = world.make().bags[0]
    sha256 = next(iter(world.photos))
    path = world.survey.settings.data / "blobs" / sha256[:2] / sha256[2:4] / sha256
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.chmod(0o640)
    path.write_bytes(content)
    sent: list[bytes] = []

    problem = _raises(BLOB_DAMAGED, lambda: sent.extend(deliver.read(world.survey, COORDINATOR, bag)))
    assert problem.details["sha256"] == sha256
    assert not zipfile.is_zipfile(io.BytesIO(b"".join(sent)))


def test_an_erased_photo_ends_the_bundle(world: World) -> None:
    """Nothing of it leaves any more, not even its small view: the bundle is outdated at once, and its made files go."""
    made = world.make()
    bag, sha256 = made.bags[0], next(iter(world.photos))
    before = world.read(bag)
    privacy.erase(world.survey, COORDINATOR, sha256, "Người dân yêu cầu")

    _raises(BUNDLE_OUTDATED, lambda: deliver.read(world.survey, COORDINATOR, bag, 10))
    deliver.sweep(world.survey)
    _raises(BUNDLE_DROPPED, lambda: deliver.find_bag(world.survey, COORDINATOR, made.id))
    again = world.make()
    assert again.id != made.id
    assert again.contents["erased"] == 1
    assert len(world.read(again.bags[0])) < len(before)


def test_erased_while_it_is_sent(world: World) -> None:
    """A photo that goes in the middle of a download tears it."""
    bag, sha256 = world.make().bags[0], list(world.photos)[6]
    chunks = deliver.read(world.survey, COORDINATOR, bag)
    next(chunks)
    privacy.erase(world.survey, COORDINATOR, sha256, "Người dân yêu cầu")
    privacy.forget(world.survey, COMMUNE, sha256)

    _raises(BUNDLE_OUTDATED, lambda: list(chunks))


def test_unused_bundles_are_dropped_and_made_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a month without a download the made files go, no evidence does; made again, it says that it is the same."""
    made = world.make()
    content = world.read(made.bags[0])
    assert deliver.sweep(world.survey) >= 0
    assert world.read(made.bags[0]) == content
    monkeypatch.setattr(sweeping, "UNUSED_KEPT", timedelta(seconds=-1))
    deliver.sweep(world.survey)

    _raises(BUNDLE_DROPPED, lambda: deliver.find_bag(world.survey, COORDINATOR, made.id))
    assert list(world.survey.made.hashes()) == []
    listed = deliver.bundles(world.survey, COORDINATOR)
    assert [(one.id, one.is_here) for one in listed] == [(made.id, False)]
    assert all(world.survey.blobs.size(sha256) == len(photo) for sha256, photo in world.photos.items())
    again = world.make()
    assert again.same is True
    assert world.read(again.bags[0]) == content


def test_a_sweep_beside_a_worker(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a worker has kept and not yet named may be swept away: it notices, names nothing, and does its step again."""
    asked = deliver.order(world.survey, COORDINATOR, world.scope())
    hand_over = drafting._hand_over

    def swept_before(*arguments: object) -> None:
        assert deliver.sweep(world.survey) > 0
        hand_over(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(drafting, "_hand_over", swept_before)
        _raises(FILE_UNKNOWN, lambda: _advance(world, asked.id))
    assert _state(world, asked.id) is Progress.GATHERING
    world.work()
    assert _state(world, asked.id) is Progress.SEALED


def test_a_download_is_logged_once(world: World) -> None:
    """In whatever ranges one person fetches a zip, and wherever they begin, the log says it once; after an hour again."""
    bag = world.make().bags[0]
    tail = b"".join(deliver.read(world.survey, COORDINATOR, bag, 1, bag.size))
    pieces = [b"".join(deliver.read(world.survey, COORDINATOR, bag, start, start + 5000)) for start in range(0, bag.size, 5000)]

    assert b"".join(pieces)[1:] == tail
    assert _downloads(world) == 1
    assert deliver.find_bundle(world.survey, COORDINATOR, bag.bundle).downloaded_at is not None
    with world.survey.transaction() as tx:
        tx.execute("UPDATE bundle_download SET begun_at = '2026-01-01T00:00:00.000Z'")
    b"".join(deliver.read(world.survey, COORDINATOR, bag, 7, 9))
    assert _downloads(world) == 2


def _downloads(world: World) -> int:
    with world.survey.reading() as reader:
        return len([row for row in reader.rows("SELECT body FROM event") if "bundle.downloaded" in row["body"]])


def test_split_into_bags(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each bag is valid by itself, named as one of so many; the report's links lead to the photos in their neighbours."""
    import bagit
    from lxml import html

    monkeypatch.setattr(ordering, "LEAST_BAG", 1)
    largest = max(len(photo) for photo in world.photos.values())
    made = world.make(bag_bytes=3 * largest)
    for bag in made.bags:
        with zipfile.ZipFile(io.BytesIO(world.read(bag))) as archive:
            archive.extractall(tmp_path)
    bags = [bagit.Bag(str(tmp_path / bag.name.removesuffix(".zip"))) for bag in made.bags]

    assert len(bags) >= 3
    for number, bag in enumerate(bags, 1):
        bag.validate()
        assert bag.info["Bag-Count"] == f"{number} of {len(bags)}"
        assert bag.info["Bag-Group-Identifier"] == f"urn:uuid:{made.id}"
    photos = {path.relative_to(tmp_path) for path in tmp_path.glob("*/data/anh/*/*.jpg")}
    assert len(photos) == 7
    assert not [path for path in photos if "_1-of-" in path.parts[0]]
    linked = set()
    report = Path(bags[0].path) / "data" / "bao-cao"
    for page in report.rglob("*.html"):
        for _, _, link, _ in html.fromstring(page.read_bytes()).iterlinks():
            target = link.partition("#")[0]
            if target and not target.startswith(("data:", "mailto:")):
                assert (page.parent / target).exists(), (page.name, link)
                linked.add((page.parent / target).resolve().relative_to(tmp_path.resolve()))
    assert photos <= linked


def test_postgres_makes_and_hands_out(tmp_path: Path, postgres_url: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way on the second engine: order, draft, seal, range, withdraw, sweep."""
    survey = open_survey(Settings(data=tmp_path / "data", database=postgres_url()))
    world = make_world(survey, ROOT / "schema")
    made = world.make()
    bag = made.bags[0]
    whole = world.read(bag)
    asked = deliver.order(survey, COORDINATOR, world.scope(hamlet=HAMLETS[0]))

    assert b"".join(deliver.read(survey, COORDINATOR, bag, 1000, 90_000)) == whole[1000:90_000]
    assert deliver.withdraw(survey, COORDINATOR, asked.id).state is Progress.WITHDRAWN
    monkeypatch.setattr(sweeping, "UNUSED_KEPT", timedelta(seconds=-1))
    deliver.sweep(survey)
    _raises(BUNDLE_DROPPED, lambda: deliver.find_bag(survey, COORDINATOR, made.id))
    assert world.make().same is True
    survey.store.close()


def test_bundles_of_an_older_release(world: World) -> None:
    """Its row is listed without numbers and without a zip: it can be prepared anew."""
    head = {"seq": 3, "hash": "a" * 64}
    scope = {"as_of": "2026-11-22", "edition": None, "criterion": None, "hamlet": None, "history": False}
    basis = json.dumps({"commune": COMMUNE, "scope": scope, "head": head, "content": "b" * 64})
    with world.survey.transaction() as tx:
        tx.execute(
            "INSERT INTO bundle (commune, bundle, basis, files, size, person, created_at)"
            " VALUES (:commune, 'old', :basis, 5, 100, :person, '2026-11-22T05:00:00.000Z')",
            commune=COMMUNE, basis=basis, person=COORDINATOR.person,
        )  # fmt: skip
    (old,) = deliver.bundles(world.survey, COORDINATOR)

    assert (old.is_here, old.contents, old.basis.content) == (False, {}, "b" * 64)
    _raises(BUNDLE_DROPPED, lambda: deliver.find_bag(world.survey, COORDINATOR, "old"))
