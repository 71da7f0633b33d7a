"""YAML files that people edit, read strictly: no code, no aliases, no key twice, `yes` stays a word and a date stays a text."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Never

import yaml

from survey.domain.problems import BROKEN_CATALOGUE, Problem
from survey.domain.thresholds import Text

_LIMIT = 1_000_000  # bytes; an edition has some 20 kB
_DEEPEST = 40  # levels of lists and mappings; conditions nest three or four deep
_LONGEST = 5_000  # letters of one text
_CODE_LENGTH = 40
_SHOWN = 60  # letters of a wrong key or value that a refusal repeats
# What PyYAML lets through: `!!int x`, a number of 6,000 digits, `!!timestamp x`, thousands of brackets.
_UNREADABLE = (yaml.YAMLError, ValueError, LookupError, TypeError, AttributeError, RecursionError, OSError, OverflowError)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset({f"{_TAG}{name}" for name in ("int", "float", "null")})


class StrictLoader(yaml.SafeLoader):
    """YAML 1.2's core types only: in YAML 1.1 `yes`, `on`, `017` and `12:30` would turn into other things."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse aliases, of which a few can stand for gigabytes, and what nests deeper than any rule does."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("alias")
        self.depth += 1
        if self.depth > _DEEPEST:
            raise yaml.YAMLError(f"more than {_DEEPEST} levels")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse a key that is there twice, as the second would silently win; a key is a word, `2.1` too."""
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="key", problem_mark=key.start_mark)
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"key {key.value[:_SHOWN]} twice", problem_mark=key.start_mark)
            seen.add(key.value)
            key.tag = f"{_TAG}str" if key.tag in _PLAIN_TAGS else key.tag
        found: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return found

    def construct_int(self, node: yaml.ScalarNode) -> int:
        """A whole number, decimal whatever it begins with."""
        return int(self.construct_scalar(node))

    def construct_float(self, node: yaml.ScalarNode) -> float:
        """A number with a decimal point, as long as it is one: `1e999` is none that can be kept."""
        value = float(self.construct_scalar(node))
        if not math.isfinite(value):
            raise ValueError(node.value[:_SHOWN])
        return value


StrictLoader.yaml_implicit_resolvers = {}
StrictLoader.add_implicit_resolver(f"{_TAG}null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""])
StrictLoader.add_implicit_resolver(f"{_TAG}int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))
StrictLoader.add_implicit_resolver(
    f"{_TAG}float", re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$"), list("-+.0123456789")
)
StrictLoader.add_constructor(f"{_TAG}int", StrictLoader.construct_int)
StrictLoader.add_constructor(f"{_TAG}float", StrictLoader.construct_float)


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in *path*. Raises BROKEN_CATALOGUE where it is no readable YAML mapping."""
    document = read_any_yaml(path)
    if not isinstance(document, dict):
        refuse(path.name, "YAML", "không phải là danh mục khóa", "not a mapping of keys")
    return document


def read_any_yaml(path: Path) -> Any:
    """What *path* holds, a mapping or a list. Raises BROKEN_CATALOGUE where it is no readable YAML."""
    try:
        with path.open("rb") as file:
            content = file.read(_LIMIT + 1)
    except OSError as error:
        _refuse_unreadable(path.name, error)
    return read_yaml_text(path.name, content)


def read_yaml_text(name: str, content: bytes) -> Any:
    """What the *content* of a file or a form holds; *name* is for the message. Raises BROKEN_CATALOGUE where it is no readable YAML."""
    if len(content) > _LIMIT:
        refuse(name, "YAML", "tệp quá lớn (trên 1 MB)", "the file is too large (over 1 MB)")
    try:
        return yaml.load(content.decode("utf-8-sig"), Loader=StrictLoader)  # noqa: S506  # nosec B506 # a SafeLoader, made stricter
    except _UNREADABLE as error:
        _refuse_unreadable(name, error)


def _refuse_unreadable(name: str, error: Exception) -> Never:
    line = getattr(getattr(error, "problem_mark", None), "line", None)
    key = "YAML" if line is None else f"dòng/line {line + 1}"
    reason = " ".join(str(error).split())[:300]
    if "\\t" in reason:
        refuse(
            name, key, "có phím Tab ở đầu dòng", "there is a tab where spaces are due",
            remedy_vi="Thay Tab bằng dấu cách.", remedy_en="Put spaces in its place.",
        )  # fmt: skip
    if isinstance(error, UnicodeDecodeError):
        refuse(
            name, key, "tệp không phải UTF-8", "the file is not UTF-8",
            remedy_vi="Lưu lại tệp với mã hóa UTF-8.", remedy_en="Save it again as UTF-8.",
        )  # fmt: skip
    refuse(name, key, f"không đọc được ({reason})", f"not readable ({reason})")


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
        for key in self.words():
            if key not in allowed:
                known = ", ".join(sorted(allowed))
                self.child(key).refuse("khóa không có trong từ vựng", "not a key we know", f"Dùng: {known}.", f"Use: {known}.")
        return self.value  # type: ignore[no-any-return]  # words() has seen that it is a mapping

    def words(self) -> list[str]:
        """The keys of a mapping, which must be words, in the file's order."""
        if not isinstance(self.value, Mapping):
            self.refuse("phải là danh mục khóa", "must be a mapping of keys")
        for key in self.value:
            if not isinstance(key, str):
                Node(self.file, self._below(str(key)[:_SHOWN]), None).refuse(
                    "khóa phải là chữ", "a key must be a word", "Đặt khóa trong ngoặc kép.", "Put the key in quotes."
                )
        return list(self.value)

    def child(self, key: str) -> "Node":
        """The node under *key*; its value is None where the key is not there."""
        value = self.value.get(key) if isinstance(self.value, Mapping) else None
        return Node(self.file, self._below(key[:_SHOWN]), value)

    def _below(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        """Whether *key* is given."""
        return isinstance(self.value, Mapping) and self.value.get(key) is not None

    def items(self) -> Iterator["Node"]:
        """The nodes of a list."""
        if not isinstance(self.value, list):
            self.refuse("phải là danh sách", "must be a list", "Viết dạng [a, b].", "Write it as [a, b].")
        for number, value in enumerate(self.value):
            code = value.get("code") if isinstance(value, Mapping) else None
            yield Node(self.file, f"{self.path}[{code[:_SHOWN] if isinstance(code, str) else number}]", value)

    def filled(self) -> tuple["Node", ...]:
        """The nodes of a list that must hold something."""
        nodes = tuple(self.items())
        return nodes or self.refuse(
            "danh sách trống", "the list is empty", "Thêm nội dung hoặc bỏ khóa này.", "Fill it, or leave out the key."
        )

    def text(self) -> str:
        """The node as a text."""
        if not isinstance(self.value, str) or not self.value.strip():
            self.refuse("phải là chữ", "must be a text", "Đặt chữ trong ngoặc kép.", "Put the text in quotes.")
        if len(self.value) > _LONGEST or _CONTROL.search(self.value):
            self.refuse(
                f"quá {_LONGEST} chữ hoặc có ký tự điều khiển", f"over {_LONGEST} letters, or a control character inside",
                "Viết ngắn lại, gõ lại bằng bàn phím.", "Shorten it, and type it anew.",
            )  # fmt: skip
        return self.value.strip()

    def name(self) -> str | None:
        """The node as a name, which may look like a number (`criterion: 3`), or None where the key is not there."""
        is_number = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        return str(self.value) if is_number else self.optional_text()

    def code(self) -> str:
        """The node as a code of letters, digits, point, hyphen and underline."""
        code = self.text()
        if len(code) > _CODE_LENGTH or not _CODE.fullmatch(code):
            self.refuse(
                f"mã không dùng được: {code[:_SHOWN]}", f"not a usable code: {code[:_SHOWN]}",
                f"Dùng chữ không dấu, số, . - _ và không quá {_CODE_LENGTH} ký tự.",
                f"Use a-z, 0-9, . - _ and at most {_CODE_LENGTH} of them.",
            )  # fmt: skip
        return code

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
        if isinstance(self.value, bool) or not isinstance(self.value, int | float) or not abs(self.value) < _TOO_LARGE:
            self.refuse(
                "phải là số", "must be a number",
                "Viết số với dấu chấm thập phân, không kèm %: 0.7.", "Write it with a decimal point and without %: 0.7.",
            )  # fmt: skip
        return float(self.value)

    def flag(self, *, default: bool) -> bool:
        """`true` or `false`, or `yes` or `no`, written as words."""
        if self.value is None:
            return default
        known = _FLAGS.get(self.value) if isinstance(self.value, str) else self.value
        if not isinstance(known, bool):
            self.refuse("phải là true hoặc false", "must be true or false", "Viết true hoặc false.", "Write true or false.")
        return known

    def day(self) -> date | None:
        """The node as a date, or None where the key is not there."""
        if self.value is None:
            return None
        try:
            return date.fromisoformat(self.value if isinstance(self.value, str) and len(self.value) == len("2026-02-15") else "")
        except ValueError:
            self.refuse(
                "phải là ngày dạng 2026-02-15", "must be a date such as 2026-02-15",
                "Viết năm-tháng-ngày.", "Write year-month-day.",
            )  # fmt: skip

    def choice(self, allowed: tuple[str, ...], default: str | None = None) -> str:
        """One of *allowed*."""
        value = default if self.value is None else self.value
        if value not in allowed:
            known = ", ".join(allowed)
            self.refuse(f"không phải là một trong: {known}", f"not one of: {known}", f"Dùng: {known}.", f"Use: {known}.")
        return str(value)


_TOO_LARGE = 1e15  # more than any rule counts, and exact as a binary fraction
_FLAGS = {"true": True, "false": False, "yes": True, "no": False}
