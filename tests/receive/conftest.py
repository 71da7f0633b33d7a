"""A deployment with the real checklists, one household, and functions that make instances and photos as phones do."""

import io
import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from survey.domain.ports import Staged
from survey.domain.sites import Site, SiteKind
from survey.forms.compile import compile_xlsform
from survey.store.forms import insert_form
from survey.store.sites import insert_site
from survey.wiring import ROOT, Settings, Survey, open_survey
from tests.conftest import COMMUNE, HAMLETS, seed

SITE = "5a1c0a52-0f2f-4d2f-9d3a-0d4d6d3a1e01"
INSTANCE = """<?xml version="1.0" encoding="UTF-8"?>
<data id="household_fence" version="{version}">
{answers}
<meta xmlns="http://openrosa.org/xforms"><instanceID>{id}</instanceID>{deprecated}<timeStart>2026-11-20T08:00:00.000+07:00</timeStart>
<timeEnd>{end}</timeEnd></meta>
<survey xmlns="urn:ntm-survey:capture:1"><site>{site}</site>
<fix latitude="18.05" longitude="106.05" accuracy="8" at="2026-11-20T01:01:00Z"/></survey>
</data>"""


@pytest.fixture(params=["sqlite", "postgres"])
def survey(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Survey]:
    """A deployment with people and hamlets on each engine: a test that takes it runs twice."""
    database = "sqlite" if request.param == "sqlite" else request.getfixturevalue("postgres_url")()
    opened = open_survey(Settings(data=tmp_path, database=database))
    seed(opened.store)
    yield opened
    opened.store.close()


@pytest.fixture
def stocked(survey: Survey) -> Survey:
    """The deployment with the five checklists and household HO-0001 in the first hamlet."""
    with survey.transaction() as tx:
        for path in sorted((ROOT / "schema" / "forms").glob("*.xlsx")):
            content = path.read_bytes()
            insert_form(tx, COMMUNE, compile_xlsform(content, path.name), content, datetime.now(UTC))
        insert_site(tx, Site(COMMUNE, SITE, SiteKind.HOUSEHOLD, "HO-0001", "Hộ mẫu 0001", HAMLETS[0], 18.05, 106.05), at=datetime.now(UTC))
    return survey


def new_id() -> str:
    """A fresh instanceID."""
    return f"uuid:{uuid.uuid4()}"


def fence(
    survey: Survey,
    instance_id: str,
    *,
    photos: tuple[str, ...] = ("a.jpg",),
    green: int = 15,
    replaces: str | None = None,
    end: str = "2026-11-20T08:05:00.000+07:00",
    site: str = SITE,
) -> bytes:
    """An instance of the fence checklist that names *photos*."""
    with survey.reading() as reader:
        row = reader.row("SELECT version FROM form WHERE form = 'household_fence'")
    names = ("photo_1", "photo_2")
    answers = _placed(survey, {**dict(zip(names, photos, strict=False)), "total_m": "20", "green_m": str(green)})
    deprecated = f"<deprecatedID>{replaces}</deprecatedID>" if replaces else ""
    return INSTANCE.format(
        version=row["version"] if row else "", answers=answers, id=instance_id, deprecated=deprecated, end=end, site=site
    ).encode()


def _placed(survey: Survey, values: dict[str, str]) -> str:
    """The answers as elements at the paths that the form gives them."""
    with survey.reading() as reader:
        row = reader.row("SELECT tree FROM form WHERE form = 'household_fence'")
    assert row is not None

    def write(nodes: list[dict[str, object]]) -> str:
        text = ""
        for node in nodes:
            if "children" in node:
                text += f"<{node['name']}>{write(node['children'])}</{node['name']}>"  # type: ignore[arg-type]
            elif node["name"] in values:
                text += f"<{node['name']}>{values[str(node['name'])]}</{node['name']}>"
        return text

    return write(json.loads(row["tree"])["children"])


def jpeg(colour: str = "green", size: tuple[int, int] = (640, 480)) -> bytes:
    """A small JPEG."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def stage(survey: Survey, content: bytes, name: str = "a.jpg") -> Staged:
    """*content* as bytes on their way in."""
    return survey.blobs.stage([content], name=name, limit=25_000_000)


Work = Callable[[], None]


@pytest.fixture
def work(stocked: Survey) -> Work:
    """Runs the worker until no job is due."""
    from survey.commands.work import Worker

    return lambda: Worker(stocked).work(once=True)


def real_photo(name: str) -> Path:
    """A real photo from the shared folder; skips where it is absent."""
    path = ROOT.parent / "shared" / "photos" / name
    if not path.exists():
        pytest.skip(f"no {name} beside the project")
    return path
