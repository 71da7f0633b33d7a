"""formList, forms, manifests, register lists and integrity, read as ODK Collect reads them."""

import csv
import hashlib
import io
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import etree
from starlette.requests import Request

from survey.devices import Enrolled
from survey.domain.sites import Site, SiteKind
from survey.openrosa.calls import base_of, is_private
from survey.store.forms import update_retired
from survey.store.sites import close_site, insert_sites, select_site, update_site
from survey.wiring import Settings, Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.openrosa.collect import Collect, message
from tests.openrosa.conftest import FAR, NEAR, PUBLIC, ROAD
from tests.web.conftest import ORIGIN, Client

FORMS = ["household_environment", "household_fence", "household_garden", "public_place", "road_segment"]


def _md5(content: bytes) -> str:
    return f"md5:{hashlib.md5(content, usedforsecurity=False).hexdigest()}"


def _fence(collect: Collect) -> dict[str, str]:
    return collect.forms("?formID=household_fence")[0]


def _rows(collect: Collect, form: str = "household_fence") -> list[dict[str, str]]:
    [file] = collect.files(collect.forms(f"?formID={form}")[0])
    return list(csv.DictReader(io.StringIO(collect.get(file["downloadUrl"]).content.decode())))


def test_every_checklist_is_offered_by_addresses_that_hold_the_token(collect: Collect) -> None:
    """All that Collect asks for, and each address leads back through the token that it came by."""
    forms = collect.forms("?deviceID=collect%3Ak7m29qxd&verbose=true&unknown=1")

    assert [form["formID"] for form in forms] == FORMS
    assert {form["name"] for form in forms} >= {"Hàng rào của hộ"}
    assert all(form[key].startswith(f"{collect.address}/") for form in forms for key in ("downloadUrl", "manifestUrl"))
    assert all(form["descriptionText"] for form in forms)
    assert "descriptionText" not in collect.forms()[0]


def test_a_form_is_the_bytes_whose_hash_the_list_gives(collect: Collect) -> None:
    """Byte for byte, as text/xml; and it asks for the register and may be edited once sent."""
    for form in collect.forms():
        answer = collect.get(form["downloadUrl"])

        assert answer.headers["content-type"] == "text/xml; charset=utf-8"
        assert _md5(answer.content) == form["hash"]
        assert etree.fromstring(answer.content).tag == "{http://www.w3.org/1999/xhtml}html"
        assert b'client-editable="true"' in answer.content
        assert b"jr://file-csv/" in answer.content


def test_a_list_holds_the_phones_own_hamlet_and_what_has_none(collect: Collect) -> None:
    """Of two households the one in the inspector's hamlet; a commune road, which is everybody's; with what Collect needs of an entity."""
    [house], [road], [place] = _rows(collect), _rows(collect, "road_segment"), _rows(collect, "public_place")

    assert house == {
        "name": NEAR, "label": "HO-0001 Nguyễn Văn Ất (Thôn mẫu 1)", "__version": "1", "code": "HO-0001", "hamlet": HAMLETS[0],
        "hamlet_name": "Thôn mẫu 1", "latitude": "18.0512345", "longitude": "106.05", "geometry": "18.0512345 106.05 0 0",
    }  # fmt: skip
    assert (road["name"], road["label"], road["hamlet"]) == (ROAD, "DU-0001 Đường trục xã", "")
    assert road["geometry"] == "18.05 106.05 0 0;18.0521 106.0512 0 0"
    assert (place["name"], place["latitude"], place["geometry"]) == (PUBLIC, "", "")


def test_a_desk_role_without_hamlets_gets_the_whole_commune(other_collect: Collect) -> None:
    """The reviewer's phone: both households, a name with comma and quotes intact."""
    assert [row["label"] for row in _rows(other_collect)] == [
        "HO-0001 Nguyễn Văn Ất (Thôn mẫu 1)", 'HO-0002 Trần Thị Bưởi, "O Bưởi" (Thôn mẫu 2)',
    ]  # fmt: skip


def test_a_manifest_names_the_list_as_an_entity_list(collect: Collect) -> None:
    """With the hash of what the phone then gets: the same register, the same bytes, twice."""
    [file] = collect.files(_fence(collect))
    first, second = collect.get(file["downloadUrl"]), collect.get(file["downloadUrl"])

    assert (file["type"], file["filename"]) == ("entityList", "household.csv")
    assert file["integrityUrl"] == f"{collect.address}/entities/household/integrity"
    assert first.headers["content-type"] == "text/csv; charset=utf-8"
    assert first.content == second.content
    assert _md5(first.content) == file["hash"]


def test_a_changed_site_changes_hash_and_version(stocked: Survey, collect: Collect) -> None:
    """Collect takes a row over only where its version is higher."""
    before = collect.files(_fence(collect))
    with stocked.transaction() as tx:
        site = select_site(tx, COMMUNE, NEAR)
        assert site is not None
        update_site(tx, replace(site, name="Nguyễn Thị Hai"), at=datetime.now(UTC) + timedelta(seconds=1))
    after = collect.files(_fence(collect))

    assert before[0]["hash"] != after[0]["hash"]
    assert [(row["label"], row["__version"]) for row in _rows(collect)] == [("HO-0001 Nguyễn Thị Hai (Thôn mẫu 1)", "2")]


def test_integrity_tells_what_has_left_the_list(stocked: Survey, collect: Collect) -> None:
    """Open and in reach: still there. Closed, unknown, another hamlet's or of another kind: gone from this phone."""
    stranger = "00000000-0000-4000-8000-000000000000"
    address = collect.files(_fence(collect))[0]["integrityUrl"]

    def deleted() -> dict[str, str | None]:
        root = etree.fromstring(collect.get(f"{address}?id={NEAR},{FAR},{stranger},{ROAD},%01%3Cb%3E").content)
        assert root.tag == "data"
        return {one.attrib["id"]: one.findtext("deleted") for one in root.iter("entity")}

    assert deleted() == {NEAR: "false", FAR: "true", stranger: "true", ROAD: "true", "<b>": "true"}
    with stocked.transaction() as tx:
        site = select_site(tx, COMMUNE, NEAR)
        assert site is not None
        close_site(tx, site, at=datetime.now(UTC) + timedelta(seconds=1))
    assert deleted()[NEAR] == "true"
    assert _rows(collect) == []


def test_only_versions_in_use_are_listed_and_older_ones_can_still_be_fetched(stocked: Survey, collect: Collect) -> None:
    """A phone that holds an older list is not left alone; a retired form is offered no more."""
    form = _fence(collect)
    with stocked.transaction() as tx:
        tx.execute(
            "INSERT INTO form (commune, form, version, title, site_kind, xlsform, xform, xform_md5, tree, loaded_at)"
            " SELECT commune, form, '1', title, site_kind, xlsform, xform, xform_md5, tree, '2020-01-01T00:00:00.000Z' FROM form"
            " WHERE form = 'household_fence'"
        )
        update_retired(tx, COMMUNE, "road_segment", form["version"], datetime.now(UTC))

    assert [one["version"] for one in collect.forms("?formID=household_fence")] == [form["version"]]
    assert {one["version"] for one in collect.forms("?formID=household_fence&listAllVersions=true")} == {"1", form["version"]}
    assert "road_segment" not in {one["formID"] for one in collect.forms()}
    assert collect.get(f"{collect.address}/forms/household_fence/1.xml").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "forms/nothing/1.xml",
        "forms/household_fence/0.xml",
        "forms/nothing/1/manifest",
        "entities/person.csv",
        "entities/x/integrity",
        "x",
        "",
    ],
)
def test_what_is_not_there_is_said_in_the_envelope(collect: Collect, path: str) -> None:
    """404 with OpenRosa's headers and a sentence in Vietnamese; in English where that is asked for."""
    answer = collect.get(f"{collect.address}/{path}")
    english = replace(collect, headers={**collect.headers, "Accept-Language": "en-US,en;q=0.9,vi;q=0.5"}).get(f"{collect.address}/{path}")

    assert (answer.status_code, answer.headers["x-openrosa-version"], answer.headers["content-language"]) == (404, "1.0", "vi")
    assert message(answer)[0] == "error"
    assert "Không có" in message(answer)[1]
    assert "There is no" in message(english)[1]


def test_too_many_ids_are_refused(collect: Collect) -> None:
    """An address of thousands of ids is nobody's phone."""
    answer = collect.get(f"{collect.address}/entities/household/integrity?id={','.join('abc' for _ in range(2001))}")

    assert answer.status_code == 400


def test_another_version_of_the_protocol_is_told_so(collect: Collect) -> None:
    """400 where it reads; none at all is served, since scripts leave it out."""
    headers = {name: value for name, value in collect.headers.items() if name != "X-OpenRosa-Version"}

    assert replace(collect, headers=headers | {"X-OpenRosa-Version": "2.0"}).get(f"{collect.address}/formList").status_code == 400
    assert [form["formID"] for form in replace(collect, headers=headers).forms()] == FORMS


def test_a_session_and_a_bearer_token_open_the_door_too(client: Client, phone: Enrolled) -> None:
    """Scripts; their lists hold no token."""
    with_cookie = Collect(client("inspector"), f"{ORIGIN}/openrosa").forms()
    with_token = Collect(client(), f"{ORIGIN}/openrosa", options={"headers": {"Authorization": f"Bearer {phone.token}"}})
    answer = with_token.http.request("GET", f"{ORIGIN}/openrosa/formList", **with_token.options)

    assert with_cookie[0]["downloadUrl"].startswith(f"{ORIGIN}/openrosa/forms/")
    assert answer.status_code == 200
    assert phone.token not in answer.text


@pytest.mark.parametrize(
    ("public_url", "scheme", "host", "key", "base", "private"),
    [
        (None, "http", "192.168.1.5:8501", None, "http://192.168.1.5:8501/openrosa", False),
        (None, "https", "survey.lan", "t.x", "https://survey.lan/key/t.x/openrosa", True),
        ("https://survey.lan", "http", "192.168.1.5:8501", "t.x", "https://survey.lan/key/t.x/openrosa", False),
        ("https://survey.lan", "http", "survey.lan", None, "https://survey.lan/openrosa", True),
        ("http://survey.lan", "http", "survey.lan", None, "http://survey.lan/openrosa", False),
    ],
)
def test_addresses_are_those_of_the_client(
    public_url: str | None, scheme: str, host: str, key: str | None, base: str, private: bool
) -> None:
    """The public address where there is one, else the one that was asked; private is what TLS protects on the whole way."""
    scope: dict[str, Any] = {"type": "http", "scheme": scheme, "path": "/", "headers": [(b"host", host.encode())], "survey.key": key}
    settings = replace(Settings(), public_url=public_url)

    assert base_of(Request(scope), settings) == base
    assert is_private(Request(scope), settings) is private


def test_a_register_of_three_thousand_sites_answers_at_once(stocked: Survey, other_collect: Collect) -> None:
    """The manifest hashes the whole list anew each time: well under a second, and a changed site shows in the next one."""
    with stocked.transaction() as tx:
        many = (
            Site(COMMUNE, f"00000000-0000-4000-8000-{number:012d}", SiteKind.HOUSEHOLD, f"HO-{number:04d}", f"Nguyễn Văn Mẫu {number}",
                 HAMLETS[number % 2], 18.05 + number / 1e5, 106.05)
            for number in range(10, 3010)
        )  # fmt: skip
        insert_sites(tx, ((site, "") for site in many), at=datetime.now(UTC))
    form = _fence(other_collect)
    other_collect.files(form)  # statements prepared, pages in memory

    began = time.perf_counter()
    other_collect.files(form)
    took_s = time.perf_counter() - began

    assert len(_rows(other_collect)) == 3002
    assert took_s < 1.0
