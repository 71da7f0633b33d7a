"""Whether an entry of an officer can be taken: read by the same reader as an edition's files, against the same questions."""

from collections.abc import Mapping
from typing import Any

from survey.catalogue.editions import HEAD, Document, read_edition
from survey.catalogue.effective import Effective, effective
from survey.catalogue.entered import COMPLETE, ROLL_UPS, apply_entry, founding_document, source_numbers, source_of, sourced
from survey.catalogue.vocabulary import Questions
from survey.catalogue.yaml_files import Node, read_yaml_text
from survey.domain.canonical import dumps
from survey.domain.criteria import Edition, Rule
from survey.domain.problems import BROKEN_CATALOGUE, RULE_CONTENT_TOO_LARGE, RULE_REFUSED, RULE_TARGET_UNKNOWN, Problem
from survey.domain.rules import EntryKind, RuleEntry
from survey.domain.thresholds import Status

CONTENT_LIMIT = 200_000  # letters; our own choice: an edition has some 20,000
_DEPTH = 24  # our own choice: conditions of conditions of conditions; deeper ones are a slip or an attack
_TEXTS = frozenset({"title", "note", "validity_note"})
_OWN_STATUS = (Status.ENTERED.value, Status.MISSING.value)


def tidy_content(content: Mapping[str, Any]) -> dict[str, Any]:
    """*content* with every text in both languages: the Vietnamese stands for a missing English one.

    Raises RULE_CONTENT_TOO_LARGE for what is too long or too deep, RULE_REFUSED for what is no mapping.
    """
    if not isinstance(content, Mapping):
        raise Problem(RULE_REFUSED, key="YAML", reason_vi="phải là danh mục khóa", reason_en="must be a mapping of keys")
    _check_depth(content, _DEPTH)
    if len(dumps(content)) > CONTENT_LIMIT:
        raise Problem(RULE_CONTENT_TOO_LARGE)
    tidy: dict[str, Any] = _in_both(content)
    return tidy


def read_pasted(text: str) -> dict[str, Any]:
    """The mapping that somebody pasted as YAML, read as strictly as a file. Raises RULE_REFUSED, RULE_CONTENT_TOO_LARGE."""
    if len(text) > CONTENT_LIMIT:
        raise Problem(RULE_CONTENT_TOO_LARGE)
    try:
        return tidy_content(read_yaml_text("YAML", text.encode(errors="replace")))
    except Problem as problem:
        raise _refusal(problem) from None


def check_entry(edition: str, standing: Effective | None, entry: RuleEntry, questions: Questions) -> Effective:
    """The edition as it would read with *entry*, which begins it where nothing is *standing*.

    Raises RULE_REFUSED naming the key and what to do, RULE_TARGET_UNKNOWN where the edition has no such criterion or indicator.
    """
    try:
        if standing is None or entry.founds:
            document = founding_document(edition, entry)
            read_edition(document, questions)
            return effective(document.text(), [])
        _check_own_words(entry)
        read_edition(_narrowed(standing.document, entry), questions)
        folded = _found(apply_entry(standing.document, entry), entry)
        read = read_edition(folded, None)
        _check_decided(read, entry)
        return Effective(read, folded, standing.applied | {entry.number})
    except Problem as problem:
        raise _refusal(problem) from None


def _refusal(problem: Problem) -> Problem:
    """A fault of a file, said as one of what somebody typed."""
    if problem.kind is not BROKEN_CATALOGUE:
        return problem
    return Problem(RULE_REFUSED, **{name: problem.details[name] for name in ("key", "reason_vi", "reason_en")})


def _found(document: Document | None, entry: RuleEntry) -> Document:
    if document is None:
        raise Problem(RULE_TARGET_UNKNOWN, criterion=entry.criterion or "–", indicator=entry.indicator or "–")
    return document


def _check_decided(edition: Edition, entry: RuleEntry) -> None:
    """A criterion that is called complete has something that decides it."""
    for criterion in edition.criteria:
        deciding = any(indicator.decides for indicator in criterion.indicators)
        if criterion.code == entry.criterion and not (deciding or criterion.open_reasons or criterion.combines):
            Node("", "indicators", None).refuse("không có chỉ tiêu nào để kết luận", "no indicator decides")
        few = sum(indicator.decides for indicator in criterion.indicators) < 2  # noqa: PLR2004 - two readings are two
        if criterion.code == entry.criterion and "rule" in entry.content and criterion.rule is Rule.AGREE and few:
            Node("", "rule", None).refuse("agree cần ít nhất hai cách tính", "agree needs two readings at least")


def _check_own_words(entry: RuleEntry) -> None:
    """What an entry says of itself: its code, whether the criterion is complete, and that its numbers are `entered`."""
    node = Node("", "", entry.content)
    if entry.kind is not EntryKind.EDITION and entry.kind is not EntryKind.THRESHOLD:
        code = entry.indicator if entry.kind is EntryKind.INDICATOR else entry.criterion
        if node.has("code") and entry.content["code"] != code:
            node.child("code").refuse(f"mã phải là {code}", f"the code must be {code}")
        node.child(COMPLETE).flag(default=False)
    for status in _statuses(entry.content):
        if status not in _OWN_STATUS:
            node.child("status").refuse("số do bạn nhập mang trạng thái entered", "a number that you enter has the status entered")


def _statuses(value: object) -> list[object]:
    if isinstance(value, Mapping):
        own = [value["status"]] if "status" in value else []
        return own + [status for part in value.values() for status in _statuses(part)]
    return [status for part in value for status in _statuses(part)] if isinstance(value, list) else []


def _narrowed(document: Document, entry: RuleEntry) -> Document:
    """A document with the one thing that *entry* says, so that only that is checked against the questions of today."""
    head = {key: value for key, value in document.files[HEAD].items() if key != "takes_part"}
    told = {key: value for key, value in entry.content.items() if key != COMPLETE}
    sources = {**head.get("sources", {}), entry.source_id: source_of(entry)}
    if entry.kind is EntryKind.EDITION:
        some = {"code": "1", "title": head["title"], "open": ["set_by_person"]}
        return Document(document.edition, {HEAD: {**head, **told, "sources": sources, "criteria": [some]}})
    criterion = _narrow_criterion(_criterion(document, entry), entry, told)
    return Document(document.edition, {HEAD: {**head, "sources": sources, "criteria": [criterion]}})


def _narrow_criterion(standing: Mapping[str, Any] | None, entry: RuleEntry, told: dict[str, Any]) -> dict[str, Any]:
    if entry.kind is EntryKind.CRITERION:
        return _whole_criterion(standing or {"code": entry.criterion}, entry, told)
    if standing is None:
        raise Problem(RULE_TARGET_UNKNOWN, criterion=entry.criterion or "–", indicator=entry.indicator or "–")
    bare = {"code": standing["code"], "title": standing["title"], "open": ["set_by_person"]}
    if entry.kind is EntryKind.THRESHOLD and entry.indicator in ROLL_UPS:
        return {**bare, "roll_up": {entry.indicator: sourced(told, entry)}}
    if entry.kind is EntryKind.INDICATOR:
        criterion = {**bare, "indicators": [told]}
        source_numbers(criterion, entry)
        return criterion
    known = next((one for one in standing.get("indicators") or () if one["code"] == entry.indicator), None)
    if known is None:
        raise Problem(RULE_TARGET_UNKNOWN, criterion=entry.criterion or "–", indicator=entry.indicator or "–")
    rest = {key: value for key, value in known.items() if key not in ("threshold", "thresholds", "lapses")}
    return {**bare, "indicators": [{**rest, "thresholds": [sourced(told, entry)]}]}


def _whole_criterion(standing: Mapping[str, Any], entry: RuleEntry, told: Mapping[str, Any]) -> dict[str, Any]:
    criterion = {**standing, **told}
    source_numbers(criterion, entry, only=frozenset(told))
    if criterion.get("combines") or ("indicators" not in told and criterion.get("indicators")):
        # What it combines is looked for where it stands; indicators that were there before were checked before.
        rest = {name: value for name, value in criterion.items() if name != "rule"}  # two readings are looked for there too
        criterion = {**rest, "combines": None, "indicators": None, "open": ["set_by_person"]}
    return criterion


def _criterion(document: Document, entry: RuleEntry) -> Mapping[str, Any] | None:
    every = (one for name in sorted(document.files) for one in document.files[name].get("criteria") or ())
    return next((one for one in every if one["code"] == entry.criterion), None)


def _check_depth(value: object, left: int) -> None:
    parts = list(value.values()) if isinstance(value, Mapping) else value if isinstance(value, list) else []
    if parts and not left:
        raise Problem(RULE_CONTENT_TOO_LARGE)
    for part in parts:
        _check_depth(part, left - 1)


def _in_both(value: Any, key: str = "") -> Any:
    if key in _TEXTS and isinstance(value, str):
        return {"vi": value, "en": value}
    if key in _TEXTS and isinstance(value, Mapping) and value.get("vi") and not value.get("en"):
        return {**value, "en": value["vi"]}
    if isinstance(value, Mapping):
        return {str(name): _in_both(part, str(name)) for name, part in value.items()}
    return [_in_both(part) for part in value] if isinstance(value, list) else value
