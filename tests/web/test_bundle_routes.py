"""The zips of a bundle over HTTP: whole, in ranges, resumed, and for nobody who may not have them."""

import io
import zipfile

import pytest

from survey.wiring import Survey
from tests.bundle.conftest import made_world, world  # noqa: F401 - fixtures
from tests.bundle.world import World


@pytest.fixture
def survey(world: World) -> Survey:  # noqa: F811
    """The world's deployment in the place of the empty one."""
    return world.survey


def test_whole_and_head(world: World, client) -> None:  # noqa: F811
    """The headers tell length, tag and name; HEAD has no body and is no download."""
    bag = world.make().bags[0]
    browser = client("coordinator")
    head = browser.head(f"/bundles/{bag.bundle}")
    answer = browser.get(f"/bundles/{bag.bundle}")

    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(bag.size))
    for name in ("etag", "accept-ranges", "content-type", "content-disposition"):
        assert head.headers[name] == answer.headers[name]
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["etag"] == f'"{bag.layout}"'
    assert f'filename="{bag.name}"' in answer.headers["content-disposition"]
    assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None
    assert browser.get(f"/bundles/{bag.bundle}/1").content == answer.content
    with world.survey.reading() as reader:
        assert len([row for row in reader.rows("SELECT body FROM event") if "bundle.downloaded" in row["body"]]) == 1


def test_ranges(world: World, client) -> None:  # noqa: F811
    """206 with the slice, 416 outside, the whole where the file is no longer the one that was begun, 304 where it is known."""
    bag = world.make().bags[0]
    address, browser = f"/bundles/{bag.bundle}/1", client("coordinator")
    whole, tag = browser.get(address).content, f'"{bag.layout}"'

    def ask(**headers: str) -> object:
        return browser.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})

    part = ask(range="bytes=1000-1999", if_range=tag)
    assert (part.status_code, part.content) == (206, whole[1000:2000])
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(whole)}"
    assert ask(range="bytes=-50").content == whole[-50:]
    assert ask(range=f"bytes={len(whole) - 7}-").content == whole[-7:]
    outside = ask(range=f"bytes={len(whole)}-")
    assert (outside.status_code, outside.headers["content-range"]) == (416, f"bytes */{len(whole)}")
    other = ask(range="bytes=5-9", if_range='"another"')
    assert (other.status_code, other.content) == (200, whole)
    assert ask(if_none_match=tag).status_code == 304


def test_a_client_that_is_cut_twice(world: World, client) -> None:  # noqa: F811
    """It goes on where it was and ends with the same bytes."""
    bag = world.make().bags[0]
    browser, got = client("coordinator"), b""
    whole = world.read(bag)
    for cut in (bag.size // 3, bag.size // 2, bag.size):
        headers = {"range": f"bytes={len(got)}-{cut - 1}", "if-range": f'"{bag.layout}"'}
        got += browser.get(f"/bundles/{bag.bundle}", headers=headers).content

    assert got == whole


def test_only_who_may(world: World, client) -> None:  # noqa: F811
    """Strangers are sent to sign in, others refused, what is not there unknown; whole, as a range and by HEAD."""
    address = f"/bundles/{world.make().id}"

    for headers in ({}, {"range": "bytes=5-9"}):
        for path in (address, f"{address}/1"):
            assert client().get(path, headers=headers, follow_redirects=False).status_code == 303
            assert client("inspector").get(path, headers=headers).status_code == 403
            assert client("inspector").head(path, headers=headers).status_code == 403
        assert client("coordinator").get(f"{address}/2", headers=headers).status_code == 404
        assert client("coordinator").get("/bundles/none", headers=headers).status_code == 404
