"""A small commune with true evidence for the tests of delivery: real forms, editions, photos and decisions, through the verbs."""

import hashlib
import io
import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from PIL import Image, ImageDraw

from survey import deliver, receive, review
from survey.assess import assess
from survey.commands.work import Worker
from survey.develop import develop
from survey.domain.bundles import Bag
from survey.domain.evidence import Scope, Variant
from survey.domain.people import Actor, Role
from survey.domain.places import Hamlet
from survey.domain.problems import CATALOGUE, Problem
from survey.domain.sites import Site, SiteKind
from survey.domain.submissions import State
from survey.domain.times import local_date
from survey.domain.verdicts import Verdict
from survey.establish import establish
from survey.store.made_bundles import MadeBundle
from survey.store.people import insert_person
from survey.store.places import insert_hamlet
from survey.store.sites import insert_site
from survey.wiring import Survey

COMMUNE = "18844"
HAMLETS = ("18844-h01", "18844-h02")
COORDINATOR = Actor(COMMUNE, "p-coordinator", "Điều phối", Role.COORDINATOR)
INSPECTOR = Actor(COMMUNE, "p-inspector", "Khảo sát", Role.INSPECTOR)
_NAMES = ("Nguyễn Văn Ánh", "Trần Thị <script>alert(1)</script>", '=HYPERLINK("http://x")', "Đỗ Thị Ẳn", "Lê Văn Ứng", "Phạm Thị Ý")
_FORM = "household_fence"


@dataclass
class World:
    """The commune's survey, and what was handed in."""

    survey: Survey
    photos: dict[str, bytes] = field(default_factory=dict)
    submissions: list[str] = field(default_factory=list)
    version: str = ""

    def scope(self, **given: object) -> Scope:
        """The scope of everything as of today, but for what is *given*."""
        return Scope(local_date(self.survey.now()), **given)  # type: ignore[arg-type]

    def verdicts(self, scope: Scope) -> list[Verdict]:
        """What a door passes on."""
        return assess(self.survey, COORDINATOR, edition=scope.edition, history=scope.history)

    def make(self, scope: Scope | None = None, *, variant: Variant = Variant.FULL, bag_bytes: int = 0) -> MadeBundle:
        """The bundle of *scope* (everything as of today where None), ordered, made by a worker and sealed. Raises what it failed with."""
        self.work()  # what the world still waits for leaves events, which would make another bundle of the next one
        asked = deliver.order(self.survey, COORDINATOR, scope or self.scope(), variant=variant, bag_bytes=bag_bytes)
        self.work()
        ended = deliver.find_request(self.survey, COORDINATOR, asked.id)
        if ended.bundle is None:
            said = ended.problem or {}
            raise Problem(CATALOGUE[said["code"]], **said["details"])
        return deliver.find_bundle(self.survey, COORDINATOR, ended.bundle)

    def work(self) -> None:
        """Let a worker do everything that is due."""
        worker = Worker(self.survey)
        while worker.take():
            pass

    def read(self, bag: Bag) -> bytes:
        """The zip of *bag* as a download gives it."""
        return b"".join(deliver.read(self.survey, COORDINATOR, bag))

    def export(self, scope: Scope | None = None) -> bytes:
        """The one zip of the bundle of *scope*."""
        (bag,) = self.make(scope).bags
        return self.read(bag)

    def hand_in(self, site: str, *, green: float, total: float = 100, photos: int = 2, sent: int | None = None, remark: str = "") -> str:
        """One fence as a phone hands it in, with *sent* of its *photos*; returns the submission's id."""
        key = f"uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{site} {len(self.submissions)}')}"
        named = {f"fence_{number}.jpg": picture(f"{key}{number}") for number in range(1, photos + 1)}
        receive.submission(self.survey, INSPECTOR, _instance(self.version, key, site, named, total, green, remark), door="command")
        for name, content in list(named.items())[:sent]:
            staged = self.survey.blobs.stage([content], name=name, limit=len(content))
            receive.photo(self.survey, INSPECTOR, key, name, staged)
            self.photos[hashlib.sha256(content).hexdigest()] = content
        develop(self.survey, COMMUNE, key)
        self.submissions.append(key)
        return key

    def decide(self, key: str, to: State, reason: str = "") -> None:
        """A reviewer's decision."""
        row = self._row(key)
        review.decide(self.survey, COORDINATOR, key, to, reason=reason, expected_version=row)

    def _row(self, key: str) -> int:
        with self.survey.reading() as reader:
            row = reader.row("SELECT state_version FROM submission WHERE submission = :key", key=key)
        assert row is not None
        return int(row["state_version"])


def make_world(survey: Survey, schema: Path, *, demonstration: bool = True, households: int = 6) -> World:
    """Two hamlets with *households*, a road without a hamlet; most fences accepted, one returned, one rejected, one photo missing."""
    establish(survey, schema, COMMUNE, demonstration=demonstration)
    world = World(survey)
    with survey.transaction() as tx:
        for number, hamlet in enumerate(HAMLETS, 1):
            insert_hamlet(tx, Hamlet(COMMUNE, hamlet, f"Thôn mẫu {number}", date(2025, 7, 1)))
        for person in (COORDINATOR, INSPECTOR):
            insert_person(
                tx, COMMUNE, person.person, login=person.person, name=person.name, role=person.role, locale="vi", password_hash=None,
                at=survey.now(),
            )  # fmt: skip
        for number in range(households):
            insert_site(tx, _household(number), at=survey.now())
        line = ((106.08, 18.03), (106.09, 18.035))
        about = {"class": "xa", "length_m": 900}
        road = Site(COMMUNE, "road-1", SiteKind.ROAD_SEGMENT, "DU-0001", "Đường trục xã", None, 18.03, 106.08, line, about)
        insert_site(tx, road, at=survey.now())
        row = tx.row("SELECT version FROM form WHERE form = :form", form=_FORM)
        assert row is not None
        world.version = row["version"]
    keys = [world.hand_in(f"site-{number}", green=60 + 10 * (number % 4), sent=1 if number == 1 else None) for number in range(households)]
    for key in keys[:-2]:
        world.decide(key, State.ACCEPTED, "đủ để kết luận")
    world.decide(keys[-2], State.RETURNED, "Ảnh mờ, chụp lại <b>gần hơn</b>")
    world.decide(keys[-1], State.REJECTED, "Chụp nhầm hộ")
    return world


def picture(seed: str, *, size: int = 0) -> bytes:
    """A drawn JPEG of a hedge; *size* pads it with bytes behind its end up to that many."""
    draw = random.Random(seed)  # noqa: S311 - a drawing, not a secret
    image = Image.new("RGB", (640, 480), (draw.randint(120, 200), 190, 230))
    brush = ImageDraw.Draw(image)
    for _ in range(60):
        x = draw.randint(0, 640)
        brush.ellipse((x - 40, 250 + draw.randint(0, 120), x + 40, 470), fill=(30, draw.randint(90, 170), 50))
    content = io.BytesIO()
    image.save(content, "JPEG")
    return content.getvalue() + draw.randbytes(max(0, size - content.tell()))


def _household(number: int) -> Site:
    hamlet = HAMLETS[number % 2]
    name = _NAMES[number % len(_NAMES)]
    latitude, longitude = 18.02 + number % 50 / 1000, 106.08 + number // 50 / 1000
    return Site(COMMUNE, f"site-{number}", SiteKind.HOUSEHOLD, f"HO-{number:04d}", name, hamlet, latitude, longitude)


def _instance(version: str, key: str, site: str, photos: dict[str, bytes], total: float, green: float, remark: str) -> bytes:
    begun = datetime(2026, 11, 20, 3, 0, tzinfo=UTC) + timedelta(minutes=len(site))
    start, end = begun.isoformat(), (begun + timedelta(minutes=4)).isoformat()
    named = "".join(f"<photo_{n}>{name}</photo_{n}>" for n, name in enumerate(photos, 1))
    captures = "".join(
        f'<photo name="{name}" source="system"><after latitude="18.0231" longitude="106.0812" accuracy="6.5" at="{start}"/></photo>'
        for name in photos
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<data id="{_FORM}" version="{version}"><start>{start}</start><end>{end}</end><site>{site}</site>
<fence>{named}<total_m>{total}</total_m><green_m>{green}</green_m><kind>hedge</kind></fence>
<more><trimmed>yes</trimmed><remark>{remark or "=1+1 &lt;script&gt;alert(2)&lt;/script&gt;"}</remark></more>
<meta xmlns="http://openrosa.org/xforms"><instanceID>{key}</instanceID><timeStart>{start}</timeStart><timeEnd>{end}</timeEnd></meta>
<survey xmlns="urn:ntm-survey:capture:1"><site>{site}</site><fix latitude="18.0230" longitude="106.0811" accuracy="7" at="{start}"/>
{captures}</survey></data>""".encode()
