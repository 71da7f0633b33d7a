"""Instances from outside: read along their form, hostile ones refused or kept as the text they are."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.domain.canonical import dumps
from survey.domain.problems import Problem
from survey.domain.submissions import Capture, Fix, Source
from survey.forms.capture_block import CaptureBlock
from survey.forms.instance import Header, canonical_answers, read_header, read_instance
from survey.forms.render import render_instance
from tests.forms.tables import compiled

ID = "uuid:0b7f9c5e-3a54-4d0e-9a6e-2f8f1f1b9d10"
OTHER = "uuid:11111111-2222-4333-8444-555555555555"
TREE = compiled(
    "start | start", "start-geopoint | where", "text | site", "begin_group | g", "decimal | total", "select_one kind | k",
    "select_multiple kind | ks",
    "image | photo", "geopoint | place", "calculate | share | | | ${total} div 4", "end_group |",
    "begin_repeat | r", "text | q", "begin_repeat | s", "integer | t", "end_repeat |", "end_repeat |",
).tree  # fmt: skip
META = f"<meta><instanceID>{ID}</instanceID></meta>"


def _xml(inside: str, meta: str = META) -> bytes:
    return f'<data id="small" version="1">{inside}{meta}</data>'.encode()


def _answers(inside: str) -> dict[str, object]:
    return canonical_answers(read_instance(_xml(inside), TREE))


def test_the_header_is_read_without_a_form() -> None:
    """Id, form and version; metadata with and without OpenRosa's namespace."""
    shouted = ID.upper().replace("UUID", "uuid")
    spaced = f'<orx:meta xmlns:orx="http://openrosa.org/xforms"><orx:instanceID> {shouted} </orx:instanceID></orx:meta>'

    assert read_header(_xml("")) == Header(ID, "small", "1")
    assert read_header(_xml("", spaced)) == Header(ID, "small", "1")


@pytest.mark.parametrize(
    "meta",
    [
        "",
        "<meta/>",
        "<meta><instanceID/></meta>",
        "<meta><instanceID>uuid:1</instanceID></meta>",
        f"<meta><instanceID>{ID[5:]}</instanceID></meta>",
    ],
)
def test_without_an_instance_id_nothing_is_taken(meta: str) -> None:
    """The id is the key of everything: `uuid:` and a UUID."""
    with pytest.raises(Problem) as raised:
        read_header(_xml("", meta))

    assert raised.value.kind.code == "INSTANCE_WITHOUT_ID"


BOMB = '<!DOCTYPE data [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "xml",
    [
        b"", b"<data", b"not xml", b'{"a":1}', b"<a></b>", (BOMB + "<data>&b;</data>").encode(), (BOMB + "<data/>").encode("utf-16"),
        b'<!DOCTYPE data SYSTEM "file:///etc/passwd"><data/>', b"<data>&nothing;</data>", b"<d>" * 300 + b"</d>" * 300,
        b"<d>" * 200_000 + b"</d>" * 200_000,
        b"<data>" + b"x" * 10_000_001 + b"</data>", b"<data>\xff\xfe</data>",
        b"<data>" + b"<r/>" * 10_000 + b"</data>",
    ],
    ids=["empty", "cut", "text", "json", "crossed", "bomb", "utf-16", "external", "entity", "deep", "deeper", "large", "encoding", "many"],
)  # fmt: skip
def test_hostile_xml_is_refused(xml: bytes) -> None:
    """Doctypes, entities, depth, size and broken encodings give one clear problem."""
    with pytest.raises(Problem) as raised:
        read_header(xml)

    assert raised.value.kind.code == "INSTANCE_UNREADABLE"


def test_answers_have_the_kind_of_their_question() -> None:
    """Numbers, codes, files and positions; what is empty is not answered."""
    found = _answers(
        "<site/><g><total>12.50</total><k>hedge</k><ks>hedge wall</ks>"
        "<photo>1.jpg</photo><place>18.05 106.1 12.5 8</place><share>3.125</share></g>"
    )

    assert found == {
        "/data/g/total": 12.5, "/data/g/k": "hedge", "/data/g/ks": ["hedge", "wall"], "/data/g/photo": "1.jpg", "/data/g/share": 3.125,
        "/data/g/place": {"latitude": 18.05, "longitude": 106.1, "altitude_m": 12.5, "accuracy_m": 8.0},
    }  # fmt: skip


@pytest.mark.parametrize("text", ["NaN", "1e999", "-1e999", "abc", "Infinity", "0x10", "1,5", "١٢", "12 34", "9" * 400, "--1", "."])
def test_hostile_numbers_stay_text(text: str) -> None:
    """They are kept word for word, and what is kept can be written as JSON."""
    found = _answers(f"<g><total>{text}</total></g>")

    assert found == {"/data/g/total": text}
    assert json.loads(dumps(found)) == found


def test_java_writes_large_decimals_with_an_exponent() -> None:
    """ODK Collect's `1.0E7` is ten million."""
    assert _answers("<g><total>1.0E7</total></g>") == {"/data/g/total": 10_000_000.0}


@pytest.mark.parametrize("text", ["91 0", "0 181", "nan nan 0 0", "1", "a b c d", "1 2 3 4 5"])
def test_positions_off_the_globe_stay_text(text: str) -> None:
    """A position has to be one."""
    assert _answers(f"<g><place>{text}</place></g>") == {"/data/g/place": text}


def test_repeats_carry_their_numbers() -> None:
    """Nested ones too, as `[2.1]`; an empty instance keeps its place."""
    found = _answers("<r><q>a</q></r><r><q/><s><t>5</t></s><s><t>6</t></s></r><r><q>c</q></r>")

    assert found == {"/data/r/q[1]": "a", "/data/r/s/t[2.1]": 5.0, "/data/r/s/t[2.2]": 6.0, "/data/r/q[3]": "c"}


def test_unknown_elements_are_left_in_the_xml() -> None:
    """They are no answers; the instance as received keeps them."""
    assert _answers("<zzz>1</zzz><g><yyy/><total>1</total></g><!-- x --><?pi x?>") == {"/data/g/total": 1.0}


def test_file_names_are_labels() -> None:
    """Folders, controls and direction marks are dropped, and each file is named once."""
    instance = read_instance(_xml("<g><photo>../../etc/a\u202egpj.jpg</photo></g>"), TREE)

    assert [file.name for file in instance.files] == ["agpj.jpg"]


def test_what_collect_sends_is_enough() -> None:
    """Without the survey's block: start and position come from the form's own metadata questions, the site from its question."""
    instance = read_instance(_xml("<start>2026-11-23T08:00:00.000+07:00</start><where>18.05 106.1 0 9.5</where><site>HO-0012</site>"), TREE)

    assert instance.site == "HO-0012"
    assert instance.fix == Fix(18.05, 106.1, 9.5, 0.0)
    assert instance.captured_at == datetime(2026, 11, 23, 1, tzinfo=UTC)


def test_what_is_rendered_reads_back() -> None:
    """The writer of the demonstration and the reader agree, the survey's block included."""
    fix = Fix(18.05, 106.1, 8.5, None, datetime(2026, 11, 23, 3, tzinfo=UTC))
    shot = Capture("1.jpg", Source.IN_PAGE, fix, None, fix.at, "a" * 64, 400_000)
    block = CaptureBlock("0b7f9c5e-3a54-4d0e-9a6e-000000000000", "18844-h01", fix, {"1.jpg": shot})
    meta = {"instanceID": ID, "deprecatedID": OTHER, "timeEnd": "2026-11-23T10:00:00+07:00", "deviceID": "phone:1"}
    values = {"total": 12.5, "ks": ["hedge", "wall"], "photo": "1.jpg", "/data/r/q[2]": "b", "/data/r/s/t[2.2]": 6.0}
    instance = read_instance(render_instance(TREE, values, meta, block), TREE)

    assert canonical_answers(instance) == {
        "/data/g/total": 12.5, "/data/g/ks": ["hedge", "wall"], "/data/g/photo": "1.jpg", "/data/g/share": 3.125,
        "/data/r/q[2]": "b", "/data/r/s/t[2.2]": 6.0,
    }  # fmt: skip
    assert (instance.id, instance.replaces, instance.device) == (ID, OTHER, "phone:1")
    assert (instance.site, instance.hamlet, instance.fix) == (block.site, block.hamlet, fix)
    assert instance.captures == {"1.jpg": shot}


def test_a_block_with_nonsense_gives_what_can_be_used() -> None:
    """Wrong figures are left out; the photo is still known by its name."""
    block = (
        '<survey xmlns="urn:ntm-survey:capture:1"><site> </site><fix latitude="NaN" longitude="1"/>'
        '<photo name="a.jpg" source="magic" size="-1" sha256="xyz" last-modified="yesterday">'
        '<after latitude="18" longitude="106" accuracy="-3" at="x"/></photo>'
        '<photo name=""/></survey>'
    )
    instance = read_instance(_xml(block), TREE)

    assert (instance.site, instance.fix) == (None, None)
    assert instance.captures == {"a.jpg": Capture("a.jpg", Source.UNKNOWN, None, Fix(18.0, 106.0))}


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_any_text_in_any_question_is_taken(text: str) -> None:
    """Whatever stands in an answer, reading gives an instance whose answers can be stored."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace("]]>", "]]&gt;")
    inside = (
        f"<site>{escaped}</site><g>"
        + "".join(f"<{name}>{escaped}</{name}>" for name in ("total", "k", "ks", "photo", "place", "share"))
        + "</g>"
    )
    found = _answers(inside)

    assert dumps(found)
