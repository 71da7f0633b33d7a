"""The JSON tree of a form: what field/form.mjs renders and what the server checks answers against (docs/forms.md has its shape)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from survey.domain.forms import REGISTER_LISTS
from survey.domain.problems import Problem
from survey.forms.circles import first_circle
from survey.forms.expressions import Expression, ExpressionFault, Scope, read_expression
from survey.forms.faults import broken
from survey.forms.languages import all_codes, by_code, code, parts
from survey.forms.sheets import Sheets

Node = dict[str, Any]

# pyxform's name of a type → ours. Others are taken for ODK Collect and listed as unsupported.
TYPES = {
    "text": "text", "string": "text", "integer": "integer", "int": "integer", "decimal": "decimal", "date": "date", "note": "note",
    "photo": "image", "image": "image", "geopoint": "geopoint", "gps": "geopoint", "location": "geopoint", "calculate": "calculate",
    "select one": "select_one", "select all that apply": "select_multiple", "start": "calculate", "end": "calculate", "today": "calculate",
    "deviceid": "calculate", "username": "calculate", "start-geopoint": "geopoint", "hidden": "calculate",
}  # fmt: skip
_PRELOADS = frozenset({"start", "end", "today", "deviceid", "username", "start-geopoint"})
_TRUE, _FALSE = frozenset({"yes", "true", "true()", "1"}), frozenset({"no", "false", "false()", "0"})
_EXPRESSIONS = {
    "relevant": "relevant",
    "constraint": "constraint",
    "required": "required",
    "calculate": "calculation",
    "readonly": "read_only",
}
_MESSAGES = {"jr:constraintMsg": "constraint_message", "jr:requiredMsg": "required_message"}


@dataclass
class Draft:
    """A form on its way to a tree: pyxform's reading of it, its sheets, and what turned out to be unsupported."""

    form: str
    source: Mapping[str, Any]
    sheets: Sheets
    unsupported: list[str] = field(default_factory=list)

    @property
    def root(self) -> str:
        """The name of the instance's root element."""
        return str(self.source["name"])

    @cached_property
    def languages(self) -> list[str]:
        """The form's languages, its default first."""
        return all_codes(self.source)

    @cached_property
    def elements(self) -> dict[str, Mapping[str, Any]]:
        """Every question, group and repeat by path."""
        return dict(_walk(self.source, f"/{self.root}"))

    @cached_property
    def names(self) -> dict[str, str]:
        """Paths by name. Raises BROKEN_FORM where a name is used twice: criteria refer to `form.question`."""
        names: dict[str, str] = {}
        for path in self.elements:
            name = path.rpartition("/")[2]
            if name in names:
                raise broken(self.form, "duplicate", row=self.sheets.question(path), name=name)
            names[name] = path
        return names

    def scope(self, path: str, filtered: str | None = None) -> Scope:
        """What an expression of the question at *path* may refer to."""
        lists = {place: str(element["list_name"]) for place, element in self.elements.items() if element.get("list_name")}
        columns = {name: frozenset(key for choice in items for key in choice) - {"name", "label"} for name, items in self.choices.items()}
        return Scope(self.names, frozenset(self.elements) | {f"/{self.root}"}, path, lists, columns, filtered)

    @property
    def choices(self) -> Mapping[str, list[Mapping[str, Any]]]:
        """The choice lists as pyxform read them."""
        found: Mapping[str, list[Mapping[str, Any]]] = self.source.get("choices", {})
        return found

    def expression(self, text: str, path: str, column: str, filtered: str | None = None) -> Expression | None:
        """The tree of an expression, None where it is unsupported. Raises BROKEN_FORM."""
        try:
            return read_expression(text, self.scope(path, filtered))
        except ExpressionFault as fault:
            if fault.kind == "unsupported":
                self.unsupported.append(f"{path} {column}: {fault.detail}")
                return None
            raise self._fault(fault, path, column) from fault

    def _fault(self, fault: ExpressionFault, path: str, column: str) -> Problem:
        kind = "unknown" if fault.kind == "unknown" else "expression"
        return broken(self.form, kind, row=self.sheets.question(path), column=column, name=fault.detail, detail=fault.detail)

    def text(self, given: object, path: str, column: str, *, needed: bool) -> dict[str, list[Any]]:
        """A label, hint or message by language, as parts. Raises BROKEN_FORM where a language is missing."""
        texts = by_code(given)
        for language in self.languages if texts or needed else ():
            if language not in texts:
                name = path.rpartition("/")[2]
                raise broken(self.form, "label", row=self.sheets.question(path), name=name, column=column, language=language)
        return {language: parts(text, lambda name: self._shown(name, path, column)) for language, text in texts.items()}

    def _shown(self, name: str, path: str, column: str) -> Expression:
        return self.expression(f"${{{name}}}", path, column) or {"s": ""}


def build_tree(draft: Draft) -> dict[str, Any]:
    """The tree of *draft*. Raises BROKEN_FORM."""
    if not draft.names:
        raise broken(draft.form, "no_questions")
    children = [_node(draft, element, path) for element, path in _children(draft.source, f"/{draft.root}")]
    circle = first_circle(children)
    if circle:
        raise broken(draft.form, "circular", row=draft.sheets.question(circle), name=circle.rpartition("/")[2])
    tree = {
        "form": draft.form, "version": str(draft.source["version"]), "title": _title(draft), "site_kind": str(draft.source["site_kind"]),
        "default_language": draft.languages[0], "languages": draft.languages, "root": draft.root,
        "namespace": draft.source.get("instance_xmlns"), "children": children,
        "choices": {name: [_choice(draft, name, item) for item in items] for name, items in draft.choices.items()},
    }  # fmt: skip
    return tree | ({"unsupported": draft.unsupported} if draft.unsupported else {})


def _title(draft: Draft) -> dict[str, str]:
    title = str(draft.source.get("title") or draft.form)
    return {language: str(draft.source.get(f"title_{language}") or title) for language in draft.languages}


def _children(element: Mapping[str, Any], path: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    for child in element.get("children", ()):
        if path.count("/") > 1 or child["name"] != "meta":
            yield child, f"{path}/{child['name']}"


def _walk(element: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for child, place in _children(element, path):
        yield place, child
        yield from _walk(child, place)


def _node(draft: Draft, element: Mapping[str, Any], path: str) -> Node:
    kind = str(element.get("type"))
    grouping = kind in ("group", "repeat")
    node: Node = {"name": element["name"], "path": path, "kind": kind if grouping else _kind(kind)}
    if not grouping:
        node["type"] = "text" if _asks_register(element) else TYPES.get(kind, kind)
    if not grouping and kind not in TYPES:
        draft.unsupported.append(f"{path} type: {kind}")
    if kind in _PRELOADS:
        node["preload"] = kind
    visible = not grouping and node["kind"] in ("question", "note")
    for key in ("label", "hint"):
        texts = draft.text(element.get(key), path, key, needed=visible and key == "label")
        node |= {key: texts} if texts else {}
    node |= _bind(draft, element.get("bind", {}), path) | _choosing(draft, element, path) | _extras(draft, element, path)
    if grouping:
        node["children"] = [_node(draft, child, place) for child, place in _children(element, path)]
    return node


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
        expression = {"fn": "true", "args": []} if text.lower() in _TRUE and name != "calculation" else draft.expression(text, path, name)
        found |= {name: expression} if expression is not None else {}
    for key, name in _MESSAGES.items():
        texts = draft.text(bind.get(key), path, name, needed=False)
        found |= {name: texts} if texts else {}
    return found


def _asks_register(element: Mapping[str, Any]) -> bool:
    """Whether ODK Collect offers the register here; our own client knows the site already and fills its id in as text."""
    return element.get("type") == "select one" and element.get("itemset") in REGISTER_LISTS


def _choosing(draft: Draft, element: Mapping[str, Any], path: str) -> Node:
    if _asks_register(element) or not (element.get("itemset") or element.get("list_name")):
        return {}
    name = str(element.get("list_name") or element.get("itemset"))
    if name not in draft.choices:
        draft.unsupported.append(f"{path} choices: {name}")
        return {}
    found: Node = {"choices": name}
    if element.get("choice_filter"):
        expression = draft.expression(str(element["choice_filter"]), path, "choice_filter", filtered=name)
        found |= {"choice_filter": expression} if expression is not None else {}
    return found


def _extras(draft: Draft, element: Mapping[str, Any], path: str) -> Node:
    found: Node = {}
    control = element.get("control", {})
    if control.get("appearance"):
        found["appearance"] = str(control["appearance"])
    parameters = element.get("parameters")
    if parameters:
        pairs = (
            parameters if isinstance(parameters, Mapping) else dict(pair.split("=", 1) for pair in str(parameters).split() if "=" in pair)
        )
        found["parameters"] = {str(key): str(value) for key, value in pairs.items()}
    if element.get("default") not in (None, ""):
        found |= _default(draft, element, path)
    for key, present in (("trigger", element.get("trigger")), ("media", element.get("media")), ("repeat_count", control.get("jr:count"))):
        if present:
            draft.unsupported.append(f"{path} {key}")
    if found.get("parameters", {}).get("randomize") == "true":
        draft.unsupported.append(f"{path} randomize")
    return found


def _default(draft: Draft, element: Mapping[str, Any], path: str) -> Node:
    text = str(element["default"])
    if "${" in text or text.rstrip().endswith(")"):
        expression = draft.expression(text, path, "default")
        return {"default": {"expr": expression}} if expression is not None else {}
    return {"default": text}


def _choice(draft: Draft, name: str, item: Mapping[str, Any]) -> Node:
    labels = by_code(item.get("label"))
    for language in draft.languages:
        if language not in labels:
            row = draft.sheets.choice(name, str(item["name"]))
            raise broken(draft.form, "label", sheet="choices", row=row, name=str(item["name"]), column="label", language=code(language))
    if any("${" in label for label in labels.values()):
        draft.unsupported.append(f"choices {name} {item['name']}: ${{…}}")
    node: Node = {"name": str(item["name"]), "label": labels}
    columns = {key: str(value) for key, value in item.items() if key not in ("name", "label", "media") and value is not None}
    return node | ({"columns": columns} if columns else {})
