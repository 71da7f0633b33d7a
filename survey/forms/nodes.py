"""The nodes of a form's tree, one for each row of the survey sheet (docs/forms.md has their shape)."""

from collections.abc import Mapping
from typing import Any

from survey.domain.forms import REGISTER_LISTS
from survey.forms.draft import Draft, children_of
from survey.forms.expressions import Expression, settled_once
from survey.forms.foreign import foreign_type

Node = dict[str, Any]

# pyxform's name of a type → ours. Others are kept for ODK Collect and listed as unsupported.
TYPES = {
    "text": "text", "string": "text", "integer": "integer", "int": "integer", "decimal": "decimal", "date": "date", "time": "time",
    "dateTime": "datetime", "datetime": "datetime", "note": "note", "photo": "image", "image": "image", "geopoint": "geopoint",
    "gps": "geopoint", "location": "geopoint", "calculate": "calculate", "select one": "select_one",
    "select all that apply": "select_multiple", "acknowledge": "acknowledge", "trigger": "acknowledge", "hidden": "calculate",
    "start": "calculate", "end": "calculate", "today": "calculate", "deviceid": "calculate", "username": "calculate", "email": "calculate",
    "phonenumber": "calculate", "simserial": "calculate", "subscriberid": "calculate", "start-geopoint": "geopoint",
}  # fmt: skip
_PRELOADS = frozenset({
    "start", "end", "today", "deviceid", "username", "email", "phonenumber", "simserial", "subscriberid", "start-geopoint",
})  # fmt: skip
_TRUE, _FALSE = frozenset({"yes", "true", "true()", "1"}), frozenset({"no", "false", "false()", "0"})
_EXPRESSIONS = {
    "relevant": "relevant", "constraint": "constraint", "required": "required", "calculate": "calculation", "readonly": "read_only",
}  # fmt: skip
_MESSAGES = {"jr:constraintMsg": "constraint_message", "jr:requiredMsg": "required_message"}
_TEXTS = {"label": "label", "hint": "hint", "guidance_hint": "guidance"}
_DRAWN = frozenset({"signature", "draw", "annotate"})
_SCENES = frozenset({"outdoor", "indoor"})


def node_of(draft: Draft, element: Mapping[str, Any], path: str) -> Node:
    """The node of *element* at *path* with everything inside it. Raises BROKEN_FORM."""
    node: Node = {"name": element["name"], "path": path} | _typed(draft, element, path)
    for key, name in _TEXTS.items():
        texts = draft.text(element.get(key), path, name)
        node |= {name: texts} if texts else {}
    before = len(draft.unsupported)
    node |= _bind(draft, element.get("bind") or {}, path) | _choosing(draft, element, path, node)
    node |= _repeated(draft, element, path) | _triggered(draft, element, node)
    if len(draft.unsupported) > before:
        node["foreign"] = "logic"  # without it an answer given here could be wrong
    node |= _appearance(draft, element, path) | _default(draft, element, path) | _scene(draft, element, path)
    if node["kind"] in ("group", "repeat"):
        node["children"] = [node_of(draft, child, place) for child, place in children_of(element, path)]
    return node


def _typed(draft: Draft, element: Mapping[str, Any], path: str) -> Node:
    kind = str(element.get("type"))
    if kind in ("group", "repeat"):
        return {"kind": kind}
    words = str((element.get("control") or {}).get("appearance") or "").split()
    if "label" in words and kind.startswith("select"):
        return {"kind": "note", "type": "note"}  # the head of a table of choices, which is no question
    found: Node = {"kind": _kind(kind), "type": TYPES.get(kind, kind)}
    if kind == "range":
        whole = (element.get("bind") or {}).get("type") != "decimal"
        given = element.get("parameters") or {}
        limits = {key: float(given.get(key) or instead) for key, instead in (("start", 1), ("end", 10), ("step", 1))}
        return found | {"type": "integer" if whole else "decimal", "range": limits}
    asked = _foreign_kind(draft, element, kind, words)
    if asked:
        found["foreign"] = "type"
        draft.foreign(path, foreign_type(asked))
    return found | ({"preload": kind} if kind in _PRELOADS else {})


def _foreign_kind(draft: Draft, element: Mapping[str, Any], kind: str, words: list[str]) -> str:
    """What in the question's own type only ODK Collect can do, a key of foreign.py; empty where nothing is."""
    if kind in ("photo", "image") and _DRAWN.intersection(words):
        return "drawing"
    if kind not in TYPES:
        return kind
    listed = str(element.get("itemset") or "")
    return "list" if listed and listed not in draft.choices and not _asks_register(element) else ""


def _asks_register(element: Mapping[str, Any]) -> bool:
    """Whether ODK Collect offers the register here; our own client knows the site already and fills its id in as text."""
    return element.get("type") == "select one" and element.get("itemset") in REGISTER_LISTS


def _kind(kind: str) -> str:
    if kind == "note":
        return "note"
    return "calculate" if kind in _PRELOADS or TYPES.get(kind) == "calculate" else "question"


def _bind(draft: Draft, bind: Mapping[str, Any], path: str) -> Node:
    found: Node = {}
    for key, name in _EXPRESSIONS.items():
        text = str(bind.get(key, "")).strip()
        if not text or text.lower() in _FALSE or "jr:preload" in bind:
            continue
        truth = text.lower() in _TRUE and name != "calculation"
        expression: Expression | None = {"fn": "true", "args": []} if truth else draft.expression(text, path, name)
        if expression is not None:
            found[name] = settled_once(expression) if name == "calculation" else expression
    for key, name in _MESSAGES.items():
        texts = draft.text(bind.get(key), path, name)
        found |= {name: texts} if texts else {}
    return found


def _choosing(draft: Draft, element: Mapping[str, Any], path: str, node: Node) -> Node:
    name = str(element.get("itemset") or element.get("list_name") or "")
    if not name or node["kind"] == "note":
        return {}
    if name not in draft.choices:
        return {"type": "text"} if _asks_register(element) else {}
    found: Node = {"choices": name}
    if element.get("choice_filter"):
        expression = draft.expression(str(element["choice_filter"]), path, "choice_filter", filtered=name)
        found |= {"choice_filter": expression} if expression is not None else {}
    if str((element.get("parameters") or {}).get("randomize", "")).lower() in ("true", "yes"):
        draft.remark(path, "thứ tự lựa chọn ở đây là cố định", "its choices keep their order here")
    return found


def _repeated(draft: Draft, element: Mapping[str, Any], path: str) -> Node:
    count = (element.get("control") or {}).get("jr:count")
    expression = draft.expression(str(count), path, "repeat_count") if count else None
    return {} if expression is None else {"count": expression}


def _triggered(draft: Draft, element: Mapping[str, Any], node: Node) -> Node:
    """A calculation that waits for a change of other questions is kept apart: nothing else makes it run."""
    if not element.get("trigger"):
        return {}
    names = element["trigger"] if isinstance(element["trigger"], list | tuple) else [element["trigger"]]
    told = [draft.names[name] for name in (str(one).strip().removeprefix("${").removesuffix("}") for one in names) if name in draft.names]
    return {"trigger": told, "on_trigger": node.pop("calculation", {"s": ""})}


def _appearance(draft: Draft, element: Mapping[str, Any], path: str) -> Node:
    control = element.get("control") or {}
    if element.get("media"):
        draft.remark(path, "hình hoặc âm thanh trong nhãn không hiện ở đây", "the picture or sound in its label is not shown here")
    return {"appearance": str(control["appearance"])} if control.get("appearance") else {}


def _scene(draft: Draft, element: Mapping[str, Any], path: str) -> Node:
    """Where a photo is to be taken, our own column `scene`: the light of an outdoor photo is held against the sun."""
    scene = str(element.get("scene") or "").strip().lower()
    if not scene:
        return {}
    if scene not in _SCENES or TYPES.get(str(element.get("type"))) != "image":
        vi, en = "chỉ ảnh có outdoor hoặc indoor", "photos alone are outdoor or indoor"
        draft.remark(path, f"scene “{scene}” bị bỏ qua: {vi}", f"scene “{scene}” is passed over: {en}")
        return {}
    return {"scene": scene}


def _default(draft: Draft, element: Mapping[str, Any], path: str) -> Node:
    if element.get("default") in (None, ""):
        return {}
    text = str(element["default"])
    if TYPES.get(str(element.get("type"))) == "image":
        draft.remark(path, "ảnh cho sẵn không dùng ở đây", "its ready-made picture is not used here")
        return {}
    if not element.get("_dynamic_default"):
        return {"default": text}
    before = len(draft.unsupported)
    expression = draft.expression(text, path, "default")
    if expression is None:  # what is not filled in can be given by hand
        del draft.unsupported[before:]
        draft.remark(path, f"giá trị cho sẵn {text} không tính được ở đây", f"its default {text} is not computed here")
        return {}
    return {"default": {"expr": expression}}
