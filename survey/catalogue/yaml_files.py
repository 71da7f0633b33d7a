"""YAML files that people edit, read strictly: no code, no aliases, no key twice, `yes` stays a word and a date stays a text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Never

import yaml

from survey.domain.problems import BROKEN_CATALOGUE, Problem
from survey.domain.thresholds import Text

_LIMIT = 1_000_000  # bytes; an edition has some 20 kB
# What PyYAML lets through: `!!int x`, a number of 6,000 digits, `!!timestamp x`, thousands of brackets.
_UNREADABLE = (yaml.YAMLError, ValueError, LookupError, TypeError, AttributeError, RecursionError, OSError)


class StrictLoader(yaml.SafeLoader):
    """YAML 1.2's core types only: in YAML 1.1 `yes`, `on` and `12:30` would turn into other things."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse aliases: a few of them can stand for gigabytes."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("alias")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse a key that is there twice: the second would silently win."""
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.YAMLError(f"key {key} twice")
        return super().construct_mapping(node, deep=deep)


StrictLoader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in *path*. Raises BROKEN_CATALOGUE where it is no readable YAML mapping."""
    if path.stat().st_size > _LIMIT:
        refuse(path.name, "YAML", "tệp quá lớn", "the file is too large")
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=StrictLoader)  # noqa: S506 - a SafeLoader, made stricter
    except _UNREADABLE as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        refuse(path.name, "YAML" if line is None else f"dòng/line {line + 1}", f"không đọc được ({error})", f"not readable ({error})")
    if not isinstance(document, dict):
        refuse(path.name, "YAML", "không phải là danh mục khóa", "not a mapping of keys")
    return document


def refuse(file: str, key: str, reason_vi: str, reason_en: str, *, remedy_vi: str = "", remedy_en: str = "") -> Never:
    """Raise BROKEN_CATALOGUE for *key* in *file*."""
    raise Problem(
        BROKEN_CATALOGUE, file=file, key=key, reason_vi=reason_vi, reason_en=reason_en,
        remedy_vi=remedy_vi or "Sửa tệp rồi nạp lại; docs/criteria.md có ví dụ.",
        remedy_en=remedy_en or "Correct the file and load it again; docs/criteria.md has examples.",
    )  # fmt: skip


@dataclass(frozen=True)
class Node:
    """A value in a file, with the path of keys that leads to it: every fault is reported where it is."""

    file: str
    path: str
    value: Any

    def refuse(self, reason_vi: str, reason_en: str, remedy_vi: str = "", remedy_en: str = "") -> Never:
        """Raise BROKEN_CATALOGUE for this node."""
        refuse(self.file, self.path or "YAML", reason_vi, reason_en, remedy_vi=remedy_vi, remedy_en=remedy_en)

    def mapping(self, allowed: frozenset[str]) -> Mapping[str, Any]:
        """The node as a mapping with no other keys than *allowed*; a mistyped key must not be ignored."""
        if not isinstance(self.value, Mapping):
            self.refuse("phải là danh mục khóa", "must be a mapping of keys")
        for key in self.value:
            if key not in allowed:
                known = ", ".join(sorted(allowed))
                self.child(str(key)).refuse("khóa không có trong từ vựng", "not a key we know", f"Dùng: {known}.", f"Use: {known}.")
        return self.value

    def child(self, key: str) -> "Node":
        """The node under *key*; its value is None where the key is not there."""
        value = self.value.get(key) if isinstance(self.value, Mapping) else None
        return Node(self.file, f"{self.path}.{key}" if self.path else key, value)

    def has(self, key: str) -> bool:
        """Whether *key* is given."""
        return isinstance(self.value, Mapping) and self.value.get(key) is not None

    def items(self) -> Iterator["Node"]:
        """The nodes of a list."""
        if not isinstance(self.value, list):
            self.refuse("phải là danh sách", "must be a list")
        for number, value in enumerate(self.value):
            code = value.get("code") if isinstance(value, Mapping) else None
            yield Node(self.file, f"{self.path}[{number if code is None else code}]", value)

    def text(self) -> str:
        """The node as a text."""
        if not isinstance(self.value, str) or not self.value.strip():
            self.refuse("phải là chữ", "must be a text", "Đặt chữ trong ngoặc kép.", "Put the text in quotes.")
        return self.value.strip()

    def optional_text(self) -> str | None:
        """The text, or None where the key is not there."""
        return None if self.value is None else self.text()

    def both_languages(self) -> Text:
        """A text in Vietnamese and English."""
        self.mapping(frozenset({"vi", "en"}))
        return Text(self.child("vi").text(), self.child("en").text())

    def optional_languages(self) -> Text | None:
        """The text in both languages, or None where the key is not there."""
        return None if self.value is None else self.both_languages()

    def number(self) -> float:
        """The node as a finite number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float) or not abs(self.value) < float("inf"):
            self.refuse("phải là số", "must be a number")
        return float(self.value)

    def flag(self, *, default: bool) -> bool:
        """`true` or `false`, written as words."""
        if self.value is None:
            return default
        if self.value not in ("true", "false"):
            self.refuse("phải là true hoặc false", "must be true or false")
        return bool(self.value == "true")

    def day(self) -> date | None:
        """The node as a date, or None where the key is not there."""
        if self.value is None:
            return None
        try:
            return date.fromisoformat(str(self.value))
        except ValueError:
            self.refuse("phải là ngày dạng 2026-02-15", "must be a date such as 2026-02-15")

    def choice(self, allowed: tuple[str, ...], default: str | None = None) -> str:
        """One of *allowed*."""
        value = default if self.value is None else self.value
        if value not in allowed:
            known = ", ".join(allowed)
            self.refuse(f"không phải là một trong: {known}", f"not one of: {known}")
        return str(value)
