"""A phone in wrong hands: every route by each of its doors, and what is in the answers, byte by byte.

The phone may send and read its carrier's own work; what colleagues handed in and what lies in other hamlets carries marks here, and no
answer of any route holds one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import unquote

import pytest
from httpx2 import Response

from survey import accounts, devices, identities, second_factor
from survey.accounts import find_session, sign_in_by_link
from survey.domain.people import Role
from survey.domain.places import Hamlet
from survey.domain.problems import Problem
from survey.domain.sites import Site, SiteKind
from survey.domain.submissions import Instance, NamedFile
from survey.store.attachments import insert_blob, insert_named, upsert_arrived
from survey.store.people import insert_person
from survey.store.places import insert_hamlet
from survey.store.sites import insert_site
from survey.store.submissions import insert_submission
from survey.web import session
from survey.web.access_table import ROUTES
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.made_submissions import START, submission
from tests.roles import FORM, NOW, PHOTO, ROUND, World, make_world
from tests.web.conftest import Client

FAR = f"{COMMUNE}-h03"
OWN_XML = b"<data><note>what I wrote myself</note></data>"
THEIR_XML = "<data><note>điều đồng nghiệp ghi 7Q</note></data>".encode()
THEIR_PHOTO, FAR_PHOTO = b"\xff\xd8\xff\xe0 the colleague's photo 7Q", b"\xff\xd8\xff\xe0 the far photo 7Q"
MARKS = (
    b"7Q", "Bà Đồng Nghiệp".encode(), b"p-colleague", "Hộ xa xôi".encode(), b"far-site", b"HO-7777", "Thôn xa xôi".encode(), b"SECRET-TASK",
    b"16.98765", b"p-reviewer",
)  # fmt: skip
"""What a colleague said, showed and is called, and what lies in a hamlet that is not the carrier's."""
Ask = Callable[[str, str], Response]


@dataclass(frozen=True)
class Stolen:
    """The commune, the phone of p-inspector with its link opened, and what belongs to others: (submission, photo's hash)."""

    world: World
    phone: devices.Enrolled
    cookie: str
    theirs: tuple[str, str]
    far: tuple[str, str]

    @property
    def survey(self) -> Survey:
        """The deployment."""
        return self.world.survey

    def worlds(self) -> list[World]:
        """The addresses of the carrier's own work, a colleague's in the same hamlet, and what lies in the far one."""
        return [self.world, *(replace(self.world, submission=name, photo=photo) for name, photo in (self.theirs, self.far))]


@pytest.fixture
def stolen(survey: Survey) -> Stolen:
    """The phone was opened and used; a colleague handed in at the same home and at one far away."""
    world = make_world(survey)
    with survey.transaction() as tx:
        columns = {"role": Role.INSPECTOR, "locale": "vi", "password_hash": None, "at": NOW}
        insert_person(tx, COMMUNE, "p-colleague", login="dongnghiep", name="Bà Đồng Nghiệp", **columns)  # type: ignore[arg-type]
        insert_hamlet(tx, Hamlet(COMMUNE, FAR, "Thôn xa xôi", NOW.date()))
        insert_site(tx, Site(COMMUNE, "far-site", SiteKind.HOUSEHOLD, "HO-7777", "Hộ xa xôi", FAR, 16.98765, 106.05), at=START)
        tx.execute("UPDATE instance SET xml = :xml WHERE submission = :own", xml=OWN_XML, own=world.submission)
    theirs = _hand_in(survey, "theirs-one", THEIR_PHOTO, hamlet=HAMLETS[0], site="s1")
    far = _hand_in(survey, "far-one", FAR_PHOTO, hamlet=FAR, site="far-site")
    phone = devices.enrol(survey, COMMUNE, "p-inspector", by=None, name="Máy mất")
    return Stolen(world, phone, sign_in_by_link(survey, phone.link.removeprefix("/sign-in/")).cookie, theirs, far)


def _hand_in(survey: Survey, name: str, photo: bytes, *, hamlet: str, site: str) -> tuple[str, str]:
    staged = survey.blobs.stage([photo], name="a.jpg", limit=10**6)
    survey.blobs.keep(staged)
    made = submission(name, hamlet=hamlet, round=ROUND, form=FORM, person="p-colleague", site=site, answers={"note": "their answer 7Q"})
    with survey.transaction() as tx:
        assert insert_submission(tx, made, THEIR_XML)
        insert_named(tx, COMMUNE, Instance(made.id, FORM, "1", (), (NamedFile("a.jpg", "photo"),)))
        insert_blob(tx, COMMUNE, staged, media_type="image/jpeg", quarantine=False, facts="{}", at=NOW)
        upsert_arrived(tx, COMMUNE, made.id, "a.jpg", staged=staged, reason=None, person="p-colleague", at=NOW)
        tx.execute("UPDATE submission SET state = 'accepted' WHERE submission = :name", name=made.id)
    for view in ("preview", "thumb"):
        survey.blobs.save_view(staged.sha256, view, photo)
    return made.id, staged.sha256


def door_of(stolen: Stolen, client: Client, door: str) -> Ask:
    """A function that asks a route by the phone's bearer token, by the token in the path, or by its session."""
    browser = client(origin=None) if door != "cookie" else client()
    shown = {"accept": "*/*"} | ({"authorization": f"Bearer {stolen.phone.token}"} if door == "bearer" else {})
    if door == "cookie":
        browser.cookies.set(session.COOKIE, stolen.cookie)
    before = f"/key/{stolen.phone.token}" if door == "key" else ""
    return lambda method, path: browser.request(method, before + path, headers=shown)


EVERYBODYS = frozenset(
    {"/healthz", "/sign-in", "/api/openapi.json", "/field/", "/field/texts/{language}.json", "/field/service.mjs", "/field/release.mjs",
     "/field/rest.json", "/public/{commune}/privacy"}
)  # fmt: skip
"""What answers 200 to a stranger as well."""
OPENROSA = frozenset({"/openrosa/formList", "/openrosa/entities/{list}.csv", "/openrosa/entities/{list}/integrity"})
OWN = frozenset(
    {"/api/me", "/api/work", "/api/sites", "/api/register", "/api/visits", "/api/map", "/api/earlier", "/api/earlier/{site}", "/api/desk",
     "/api/submissions", "/api/submissions/{submission}", "/api/submissions/{submission}/instance"}
    | {f"/photos/{{sha256}}/{view}" for view in ("original", "preview", "thumb")}
)  # fmt: skip
"""What the phone reads besides: who it is, the register, visits and map of its hamlets, its own submissions and photos."""


def opened(ask: Ask, world: World) -> set[str]:
    """The routes that answer 200 to a question for what *world* names."""
    listed = {route.removeprefix("GET ") for route in ROUTES if route.startswith("GET ")}
    return {path for path in listed if ask("GET", world.address(path.replace("{list}", "household"))).status_code == 200}


_ALL = OWN | OPENROSA | EVERYBODYS


@pytest.mark.parametrize(("door", "reads"), [("bearer", _ALL), ("cookie", _ALL), ("key", OPENROSA)])
def test_what_a_phone_reads(stolen: Stolen, client: Client, door: str, reads: frozenset[str]) -> None:
    """Exactly these of all routes, and of a colleague's work or another hamlet's none of those that lead to one thing."""
    ask = door_of(stolen, client, door)
    own, theirs, far = (opened(ask, world) for world in stolen.worlds())
    single = {path for path in reads if "{submission}" in path or "{sha256}" in path}
    if door == "cookie":
        reads -= {"/sign-in"}  # who is signed in is led on

    assert own == reads
    assert theirs == far == reads - single


QUERIES = (
    "", f"?hamlet={FAR}", "?site=far-site", "?q=H%E1%BB%99", "?kind=household&limit=1000", "?person=p-colleague", "?limit=100",
    f"?round={ROUND}", "?id=far-site", "?listAllVersions=true&verbose=true", "?lat=16.98765&lon=106.05",
)  # fmt: skip


@pytest.mark.parametrize("door", ["bearer", "cookie", "key"])
def test_no_answer_holds_what_belongs_to_others(stolen: Stolen, client: Client, door: str) -> None:
    """Every route with every method of the table, by the own ids, a colleague's and those of another hamlet: not a mark in any byte."""
    ask, found, asked = door_of(stolen, client, door), [], 0
    others = [name.encode() for name in (*stolen.theirs, *stolen.far)]
    kept = _of_others(stolen.survey)
    for world in stolen.worlds():
        for route in sorted(ROUTES):
            method, _, path = route.partition(" ")
            if path in {"/sign-out", "/sign-in"}:
                continue  # the first would end the session that this test asks with
            for query in QUERIES if method == "GET" else ("",):
                for site in ("household", "far-site") if "{list}" in path or "{site}" in path else ("",):
                    target = world.address(path.replace("{list}", site).replace("{site}", site)) + query
                    answer = ask(method, target)
                    said, echo = answer.content + str(dict(answer.headers)).encode(), unquote(target)  # what was asked for tells nothing
                    marks = [mark for mark in (*MARKS, *others) if mark in said and mark.decode() not in echo]
                    found += [(route, target, mark) for mark in marks]
                    asked += 1

    assert found == []
    assert asked > 1000
    assert _of_others(stolen.survey) == kept


def test_the_marks_are_there_to_be_found(stolen: Stolen, client: Client) -> None:
    """Who may see them does: the walk above would hear of them."""
    desk = client("coordinator")
    one, photo = f"/api/submissions/{stolen.theirs[0]}/instance", f"/photos/{stolen.far[1]}/original"
    pages = ("/api/queue.csv?state=all", "/api/register", one, photo)
    told = b"".join(desk.get(path, headers={"accept": "*/*"}).content for path in pages)

    assert all(mark in told for mark in (b"7Q", "Bà Đồng Nghiệp".encode(), b"far-site", b"HO-7777", "Hộ xa xôi".encode(), b"16.98765"))


def test_the_own_work_is_read(stolen: Stolen, client: Client) -> None:
    """Own answers, own photo, own hamlet's register: a phone that reads nothing would pass the walk too."""
    ask = door_of(stolen, client, "bearer")

    assert ask("GET", f"/api/submissions/{stolen.world.submission}/instance").json()["xml"] == OWN_XML.decode()
    assert ask("GET", f"/photos/{stolen.world.photo}/original").content == PHOTO
    assert [site["site"] for site in ask("GET", "/api/register").json()["sites"]] == ["s1"]
    assert "s1" in door_of(stolen, client, "key")("GET", "/openrosa/entities/household.csv").text


def test_each_door_moves_when_the_phone_was_seen(stolen: Stolen, client: Client) -> None:
    """By cookie, by bearer token and by the token in the path."""
    survey, device = stolen.survey, stolen.phone.device
    for door in ("bearer", "cookie", "key"):
        with survey.transaction() as tx:
            tx.execute("UPDATE device SET seen_at = '2026-01-01T00:00:00.000000Z' WHERE device = :device", device=device)
        door_of(stolen, client, door)("GET", "/openrosa/formList")
        with survey.reading() as reader:
            row = reader.row("SELECT seen_at FROM device WHERE device = :device", device=device)
        assert row is not None
        assert row["seen_at"] > "2026-01-02", door


def test_a_coordinators_phone_manages_nothing(stolen: Stolen) -> None:
    """No password, no phone, no session seen or ended, no link, no second step, no identity: by verb, whatever page would ask."""
    survey = stolen.survey
    made = devices.enrol(survey, COMMUNE, "p-coordinator", by=None, name="")
    cookie = sign_in_by_link(survey, made.link.removeprefix("/sign-in/")).cookie
    held = find_session(survey, cookie)
    assert held is not None
    phone, own = held.actor, ("p-coordinator", COMMUNE)
    before = _of_accounts(survey)
    refused = [
        _code(lambda: accounts.change_password(survey, held, cookie, old="", new="a long enough word 1")),
        _code(lambda: accounts.open_sessions(survey, own[1], own[0], by=phone)),
        _code(lambda: accounts.open_sessions(survey, COMMUNE, "p-inspector", by=phone)),
        _code(lambda: accounts.end_session(survey, own[1], own[0], held.id, by=phone)),
        _code(lambda: accounts.end_sessions(survey, COMMUNE, "p-inspector", by=phone)),
        _code(lambda: accounts.end_other_sessions(survey, held, cookie)),
        _code(lambda: accounts.make_sign_in_link(survey, COMMUNE, "p-inspector", by=phone)),
        _code(lambda: accounts.disable_person(survey, COMMUNE, "p-inspector", by=phone)),
        _code(lambda: devices.enrol(survey, COMMUNE, "p-inspector", by=phone, name="")),
        _code(lambda: devices.renew_link(survey, COMMUNE, made.device, by=phone)),
        _code(lambda: devices.revoke(survey, COMMUNE, stolen.phone.device, by=phone)),
        _code(lambda: second_factor.begin(survey, held, issuer="x")),
        _code(lambda: second_factor.turn_off(survey, held, "000000")),
        _code(lambda: second_factor.reset(survey, COMMUNE, "p-inspector", by=phone)),
        _code(lambda: identities.link_own(survey, held, "https://id.example", "me")),
        _code(lambda: identities.unlink(survey, COMMUNE, "p-coordinator", by=phone)),
    ]

    assert set(refused) == {"NOT_ALLOWED"}
    assert _of_accounts(survey) == before


def _code(act: Callable[[], object]) -> str:
    with pytest.raises(Problem) as caught:
        act()
    return caught.value.kind.code


def _of_others(survey: Survey) -> list[object]:
    """All rows of what the colleague handed in, and the number of people's rows that a phone might add to."""
    tables = ("submission", "attachment", "instance", "blob", "site", "person", "device", "task", "review")
    with survey.reading() as reader:
        found = {table: [dict(row) for row in reader.rows(f"SELECT * FROM {table} ORDER BY 1, 2")] for table in tables}
    return [[tuple(row.values()) for row in rows if _is_others(row)] for rows in found.values()]


def _is_others(row: dict[str, object]) -> bool:
    return row.get("device") is None or row.get("person") != "p-inspector"


def _of_accounts(survey: Survey) -> list[object]:
    tables = ("person", "device", "session", "sign_in_link", "event")
    with survey.reading() as reader:
        return [[tuple(dict(row).values()) for row in reader.rows(f"SELECT * FROM {table} ORDER BY 1, 2")] for table in tables]
