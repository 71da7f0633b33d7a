"""The JSON tree of a form: what field/form.mjs renders and what the server checks answers against (docs/forms.md has its shape)."""

from collections.abc import Mapping
from typing import Any

from survey.forms.circles import first_circle
from survey.forms.draft import Draft, children_of
from survey.forms.expressions import Expression
from survey.forms.faults import broken
from survey.forms.foreign import Remark
from survey.forms.languages import OTHER_CHOICE, UNDETERMINED
from survey.forms.nodes import Node, node_of

_OWN = frozenset({"name", "label", "media", "__row"})


def build_tree(draft: Draft) -> dict[str, Any]:
    """The tree of *draft*. Raises BROKEN_FORM."""
    if not draft.elements:
        raise broken(draft.form, "no_questions")
    children = [node_of(draft, element, path) for element, path in children_of(draft.source, f"/{draft.root}")]
    circle = first_circle(children)
    if circle:
        raise broken(draft.form, "circular", row=draft.sheets.question(circle), name=circle.rpartition("/")[2])
    _remark_names(draft)
    tree = {
        "form": draft.form, "version": str(draft.source["version"]), "title": _title(draft),
        "site_kind": str(draft.source.get("site_kind") or ""),
        "default_language": draft.languages.default, "languages": list(draft.languages.codes), "root": draft.root,
        "namespace": draft.source.get("instance_xmlns"), "children": children,
        "choices": {name: [_choice(draft, name, item) for item in items] for name, items in draft.choices.items()},
    }  # fmt: skip
    name = _instance_name(draft)
    tree |= {"instance_name": name} if name is not None else {}
    draft.remark_lacking()
    return tree | ({"unsupported": draft.unsupported} if draft.unsupported else {})


def _title(draft: Draft) -> dict[str, str]:
    """The title by language; the app's own two languages always have one."""
    title = str(draft.source.get("title") or draft.form)
    languages = dict.fromkeys((*draft.languages.codes, "vi", "en"))
    return {language: str(draft.source.get(f"title_{language}") or title) for language in languages if language != UNDETERMINED}


def _instance_name(draft: Draft) -> Expression | None:
    """What the form calls a filled form; None where it says nothing, or what only ODK Collect computes."""
    meta: Mapping[str, Any] = next((child for child in draft.source.get("children", ()) if child["name"] == "meta"), {})
    text = next((child["bind"].get("calculate") for child in meta.get("children", ()) if child["name"] == "instanceName"), None)
    if not text:
        return None
    before = len(draft.unsupported)
    found = draft.expression(str(text), f"/{draft.root}/meta/instanceName", "instance_name")
    del draft.unsupported[before:]  # a name for people: an answer is not wrong without it
    return found


def _remark_names(draft: Draft) -> None:
    for path, element in draft.elements.items():
        if path.rpartition("/")[2] not in draft.names and element.get("type") not in ("group", "repeat"):
            vi, en = "tên được dùng nhiều lần; bộ tiêu chí không dùng được", "the name is used more than once; criteria cannot use it"
            draft.remark(path, vi, en)


def _choice(draft: Draft, name: str, item: Mapping[str, Any]) -> Node:
    texts = draft.languages.texts(item.get("label"))
    if item["name"] == "other" and set(texts.values()) == {"Other"}:  # `or_other` knows English only
        texts = {language: OTHER_CHOICE.get(language, "Other") for language in draft.languages.codes}
    if not texts:
        _remark(draft, name, item, "thiếu nhãn, mã được hiện thay", "lacks a label; its code is shown instead")
    for language in draft.languages.missing(texts):
        draft.lacking.setdefault(("choices", language), []).append(draft.sheets.choice(name, str(item["name"])))
    if any("${" in text for text in texts.values()):
        _remark(draft, name, item, "nhãn có ${…} không được điền ở đây", "${…} in its label is not filled in here")
    if item.get("media"):
        _remark(draft, name, item, "hình hoặc âm thanh không hiện ở đây", "its picture or sound is not shown here")
    node: Node = {"name": str(item["name"]), "label": draft.languages.completed(texts or {draft.languages.default: str(item["name"])})}
    columns = {key: str(value) for key, value in item.items() if key not in _OWN and value is not None}
    return node | ({"columns": columns} if columns else {})


def _remark(draft: Draft, choices: str, item: Mapping[str, Any], vi: str, en: str) -> None:
    name = str(item["name"])
    draft.remarks.append(Remark(f"“{name}” {vi}", f"“{name}” {en}", "choices", draft.sheets.choice(choices, name)))
