"""Instance XML in, domain instance out: the one place where XML from outside is read.

Nothing in an answer makes it crash: what is not of its question's type stays as the text that came, and check.py says so.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from survey.domain.names import clean_file_name
from survey.domain.problems import INSTANCE_UNREADABLE, INSTANCE_WITHOUT_ID, Problem
from survey.domain.submissions import Answer, Fix, Instance, NamedFile
from survey.forms.capture_block import finite, moment, position, read_block, short_text
from survey.forms.values import as_text

LARGEST_INSTANCE = 10_000_000
_DEEPEST = 256
_MOST_ELEMENTS = 10_000  # a hundred rows of a repeat with a hundred questions; checking takes time that grows faster than rows
_ID = re.compile(r"uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What phones write: Java's and JavaScript's decimal texts, exponents included.
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_LARGEST_NUMBER = 1e15
_FILES = frozenset({"image", "audio", "video", "file", "background-audio"})
_GEOPOINT_FIGURES = (2, 3, 4)


@dataclass(frozen=True)
class Header:
    """What is needed before the form is known: which submission, of which form."""

    instance_id: str
    form: str
    version: str


def read_header(xml: bytes) -> Header:
    """The ids in an instance. Raises INSTANCE_UNREADABLE, INSTANCE_WITHOUT_ID."""
    return _header(_parse(xml))


def read_notice(xml: bytes) -> str | None:
    """The version of the notice that the phone showed; None where the client tells none, and of an instance that was erased."""
    return read_block(_parse(xml)).notice if xml else None


def read_instance(xml: bytes, tree: Mapping[str, Any]) -> Instance:
    """The instance in *xml*, its answers read along the form's *tree*. Raises INSTANCE_UNREADABLE, INSTANCE_WITHOUT_ID."""
    root = _parse(xml)
    header, meta, block = _header(root), _meta(root), read_block(root)
    answers = tuple(_answers(root, tree["children"], ""))
    preloads = {node["preload"]: node["name"] for node in tree["children"] if "preload" in node}
    told = {kind: next((answer.value for answer in answers if answer.question == name), None) for kind, name in preloads.items()}
    positions = [answer.value for answer in answers if isinstance(answer.value, Fix)]
    site = next((str(answer.value) for answer in answers if answer.question == "site"), None)
    replaces = _identifier(meta.get("deprecatedID"))
    return Instance(
        id=header.instance_id, form=header.form, form_version=header.version, answers=answers, files=tuple(_files(answers)),
        site=block.site or short_text(site), hamlet=block.hamlet, replaces=replaces if replaces != header.instance_id else None,
        started_at=moment(meta.get("timeStart")) or moment(_text_of(told.get("start"))),
        ended_at=moment(meta.get("timeEnd")) or moment(_text_of(told.get("end"))),
        device=short_text(meta.get("deviceID")) or short_text(_text_of(told.get("deviceid"))),
        fix=block.fix or next(iter(positions), None), captures=block.captures, by=block.by, consent=block.consent,
        repeats=dict(_repeats(root, tree["children"], f"/{tree['root']}")),
    )  # fmt: skip


def canonical_answers(instance: Instance) -> dict[str, object]:
    """Answers by path, ready for JSON: `/data/fence/total_m`, inside repeats `/data/r/q[2]` or, nested, `/data/r/s/t[2.1]`.

    Numbers are numbers, several choices a list, a position `{latitude, longitude, altitude_m, accuracy_m}`, the rest text.
    """
    return {answer.path + (f"[{answer.repeat}]" if answer.repeat else ""): _json(answer.value) for answer in instance.answers}


def _json(value: object) -> object:
    if isinstance(value, Fix):
        return {"latitude": value.latitude, "longitude": value.longitude, "altitude_m": value.altitude_m, "accuracy_m": value.accuracy_m}
    return value


def _parse(xml: bytes) -> etree._Element:
    if len(xml) > LARGEST_INSTANCE:
        raise Problem(INSTANCE_UNREADABLE, reason=f"> {LARGEST_INSTANCE // 1_000_000} MB")
    if b"\x00" in xml or b"<!DOCTYPE" in xml:  # a zero byte: UTF-16 or UTF-32, which would hide a doctype from this look
        raise Problem(INSTANCE_UNREADABLE, reason="DOCTYPE")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Problem(INSTANCE_UNREADABLE, reason=str(error)[:200]) from error
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise Problem(INSTANCE_UNREADABLE, reason="DOCTYPE")
    _check_shape(root)
    return root


def _check_shape(root: etree._Element) -> None:
    depth = elements = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        elements += event == "start"
        if depth > _DEEPEST or elements > _MOST_ELEMENTS:
            raise Problem(INSTANCE_UNREADABLE, reason=f"> {_DEEPEST} levels" if depth > _DEEPEST else f"> {_MOST_ELEMENTS} elements")


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _meta(root: etree._Element) -> dict[str, str]:
    meta = next((child for child in root if _local(child) == "meta"), None)
    return {} if meta is None else {_local(child): (child.text or "").strip() for child in meta}


def _identifier(text: str | None) -> str | None:
    lowered = (text or "").lower()
    return lowered if _ID.fullmatch(lowered) else None


def _header(root: etree._Element) -> Header:
    identifier = _identifier(_meta(root).get("instanceID"))
    if identifier is None:
        raise Problem(INSTANCE_WITHOUT_ID)
    return Header(identifier, root.get("id", "")[:250], root.get("version", "")[:250])


def _answers(parent: etree._Element, children: list[Mapping[str, Any]], repeat: str) -> Iterator[Answer]:
    found: dict[str, list[etree._Element]] = {}
    for element in parent:
        found.setdefault(_local(element), []).append(element)
    for node in children:
        elements = found.get(node["name"], [])
        if node["kind"] == "repeat":
            for number, element in enumerate(elements, 1):
                yield from _answers(element, node["children"], f"{repeat}.{number}" if repeat else str(number))
        elif elements and node["kind"] == "group":
            yield from _answers(elements[0], node["children"], repeat)
        elif elements and node["kind"] != "note":
            value = _value("".join(map(str, elements[0].itertext())).strip(), str(node["type"]))
            if value not in (None, "", []):
                yield Answer(node["path"], repeat, node["name"], str(node["type"]), value)


def _repeats(parent: etree._Element, children: list[Mapping[str, Any]], prefix: str) -> Iterator[tuple[str, int]]:
    for node in children:
        if node["kind"] not in ("group", "repeat"):
            continue
        path = f"{prefix}/{node['name']}"
        elements = [element for element in parent if _local(element) == node["name"]]
        if node["kind"] == "group":
            yield from _repeats(elements[0], node["children"], path) if elements else ()
            continue
        yield path, len(elements)
        for number, element in enumerate(elements, 1):
            yield from _repeats(element, node["children"], f"{path}[{number}]")


def _value(text: str, kind: str) -> object:
    if kind in ("integer", "decimal"):
        return _number(text)
    if kind == "calculate":
        number = _number(text)
        return number if isinstance(number, float) and as_text(number) == text else text
    if kind in ("select_multiple", "rank"):
        return text.split()
    if kind == "geopoint":
        return _geopoint(text)
    return clean_file_name(text) if kind in _FILES else text


def _number(text: str) -> float | str:
    number = float(text) if _NUMBER.fullmatch(text) else None
    return number if number is not None and abs(number) <= _LARGEST_NUMBER else text


def _geopoint(text: str) -> Fix | str:
    figures = [finite(part) for part in text.split()]
    if len(figures) not in _GEOPOINT_FIGURES or figures[0] is None or figures[1] is None:
        return text
    altitude, accuracy = [*figures[2:], None, None][:2]
    return position(figures[0], figures[1], accuracy, altitude, None) or text


def _files(answers: tuple[Answer, ...]) -> Iterator[NamedFile]:
    seen: set[str] = set()
    for answer in answers:
        name = str(answer.value)
        if answer.kind in _FILES and name not in seen:
            seen.add(name)
            yield NamedFile(name, answer.question, answer.repeat)


def _text_of(value: object) -> str | None:
    return None if value is None else str(value)
