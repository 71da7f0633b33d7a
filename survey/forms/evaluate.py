"""The interpreter of expression trees: XPath 1.0's rules and OpenRosa's functions, the same as field/form.mjs on the phone."""

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from survey.forms.functions import SIMPLE, extreme
from survey.forms.model import Model, numbers, plain
from survey.forms.values import Scalar, as_boolean, as_number, as_scalar, as_text

_HAIR = 1e-12
_LONGEST_TEXT = 100_000  # letters of a computed text
_ORDER: dict[str, Callable[[float, float], bool]] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_ARITHMETIC: dict[str, Callable[[float, float], float]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}


class Interpreter:
    """Computes expressions over *model* at one place of a form.

    *here* is the numbered path of the question, *item* the choice that a filter looks at.
    """

    def __init__(self, model: Model, here: str = "", item: Mapping[str, Any] | None = None) -> None:
        self.model = model
        self.here = here
        self.item = item

    def value(self, expression: Mapping[str, Any]) -> Scalar:
        """The expression's value: a text, a float or a bool. Of several nodes, the first in document order counts."""
        if "op" in expression:
            return self._operator(str(expression["op"]), expression["args"])
        if "fn" in expression:
            return self._function(str(expression["fn"]), expression["args"])
        return next(iter(self.nodes(expression)), "")

    def holds(self, expression: Mapping[str, Any]) -> bool:
        """Whether *expression* is true."""
        return as_boolean(self.value(expression))

    def nodes(self, expression: Mapping[str, Any]) -> list[Scalar]:
        """All values that *expression* stands for: one, except for a path through repeats."""
        if "path" in expression:
            return [as_scalar(self.model.values.get(node)) for node in self.model.asked(expression["path"], self.here)]
        if "self" in expression:
            return [as_scalar(self.model.values.get(self.here))]
        if "n" in expression:
            return [float(expression["n"])]
        if "s" in expression:
            return [str(expression["s"])]
        if "column" in expression:
            return [_column(self.item or {}, expression["column"], self.model.language)]
        return [self.value(expression)]

    def _operator(self, symbol: str, args: Sequence[Mapping[str, Any]]) -> Scalar:
        if symbol == "and":
            return self.holds(args[0]) and self.holds(args[1])
        if symbol == "or":
            return self.holds(args[0]) or self.holds(args[1])
        if symbol == "neg":
            return -as_number(self.value(args[0]))
        if symbol in ("=", "!=") or symbol in _ORDER:
            pairs = ((left, right) for left in self.nodes(args[0]) for right in self.nodes(args[1]))
            return any(_compare(symbol, left, right) for left, right in pairs)
        return _compute(symbol, as_number(self.value(args[0])), as_number(self.value(args[1])))

    def _function(self, name: str, args: Sequence[Mapping[str, Any]]) -> Scalar:
        special = getattr(self, f"_{name.replace('-', '_')}", None) if name in _OVER_TREES else None
        if special is not None:
            result: Scalar = special(*args)
            return result
        return SIMPLE[name](*(self.value(argument) for argument in args))

    def _all(self, args: Iterable[Mapping[str, Any]]) -> list[Scalar]:
        return [value for argument in args for value in self.nodes(argument)]

    def _if(self, condition: Mapping[str, Any], then: Mapping[str, Any], other: Mapping[str, Any]) -> Scalar:
        return self.value(then if self.holds(condition) else other)

    def _coalesce(self, first: Mapping[str, Any], second: Mapping[str, Any]) -> Scalar:
        value = self.value(first)
        return value if value != "" else self.value(second)

    def _once(self, expression: Mapping[str, Any]) -> Scalar:
        return self._coalesce({"self": True}, expression)

    def _today(self) -> Scalar:
        return self.model.today

    def _now(self) -> Scalar:
        return self.model.now

    def _count(self, nodes: Mapping[str, Any]) -> Scalar:
        return float(len(self.nodes(nodes)))

    def _count_non_empty(self, nodes: Mapping[str, Any]) -> Scalar:
        return float(sum(value != "" for value in self.nodes(nodes)))

    def _sum(self, nodes: Mapping[str, Any]) -> Scalar:
        return float(sum(as_number(value) for value in self.nodes(nodes) if value != ""))

    def _min(self, *args: Mapping[str, Any]) -> Scalar:
        return extreme(self._all(args), min)

    def _max(self, *args: Mapping[str, Any]) -> Scalar:
        return extreme(self._all(args), max)

    def _concat(self, *args: Mapping[str, Any]) -> Scalar:
        return _joined("", self._all(args))

    def _join(self, mark: Mapping[str, Any], *args: Mapping[str, Any]) -> Scalar:
        return _joined(as_text(self.value(mark)), self._all(args))

    def _position(self, node: Mapping[str, Any]) -> Scalar:
        return float(numbers(self.here).get(plain(node.get("path", self.here)), 1))

    def _indexed_repeat(self, question: Mapping[str, Any], repeat: Mapping[str, Any], place: Mapping[str, Any]) -> Scalar:
        number = as_number(self.value(place))
        if not math.isfinite(number):
            return ""
        nodes = self.model.nodes(question["path"], self.here, {repeat["path"]: int(number)})
        return as_scalar(self.model.values.get(nodes[0])) if nodes else ""

    def _choice_name(self, code: Mapping[str, Any], choices: Mapping[str, Any]) -> Scalar:
        return self._label(choices["s"], as_text(self.value(code)))

    def _label(self, choices: str, code: str) -> str:
        return next(
            (_column(item, "label", self.model.language) for item in self.model.choices.get(choices, []) if item["name"] == code), ""
        )

    def _instance(self, choices: Mapping[str, Any], column: Mapping[str, Any], condition: Mapping[str, Any]) -> Scalar:
        for item in self.model.choices.get(choices["s"], []):
            if Interpreter(self.model, self.here, item).holds(condition):
                return _column(item, column["s"], self.model.language)
        return ""


_OVER_TREES = frozenset({
    "if", "coalesce", "once", "today", "now", "count", "count-non-empty", "sum", "min", "max", "concat", "join",
    "position", "indexed-repeat", "choice-name", "instance",
})  # fmt: skip


def _joined(mark: str, values: Sequence[Scalar]) -> str:
    """The texts of *values* in a row, as far as they fit: forty calculations, each the last one twice, would fill any memory."""
    pieces: list[str] = []
    left = _LONGEST_TEXT
    for value in values:
        piece = (mark if pieces else "") + as_text(value)
        pieces.append(piece[:left])
        left -= len(pieces[-1])
        if left <= 0:
            break
    return "".join(pieces)


def _column(item: Mapping[str, Any], column: str, language: str) -> str:
    if column == "name":
        return str(item.get("name", ""))
    if column == "label":
        return str(item.get("label", {}).get(language, ""))
    return str(item.get("columns", {}).get(column, ""))


def _compare(symbol: str, left: Scalar, right: Scalar) -> bool:
    if symbol in _ORDER:
        return _ORDER[symbol](as_number(left), as_number(right))
    if isinstance(left, bool) or isinstance(right, bool):
        equal = as_boolean(left) == as_boolean(right)
    elif isinstance(left, float) or isinstance(right, float):
        equal = _same(as_number(left), as_number(right))
    else:
        equal = left == right
    return equal if symbol == "=" else not equal


def _same(left: float, right: float) -> bool:
    """Equality as ODK Collect has it: sums of tenths are equal to what a person expects."""
    return left == right or abs(left - right) < _HAIR


def _compute(symbol: str, left: float, right: float) -> float:
    if symbol in _ARITHMETIC:
        return _ARITHMETIC[symbol](left, right)
    if symbol == "mod":
        return math.fmod(left, right) if right and math.isfinite(left) else math.nan
    if right:
        return left / right
    return math.nan if not left or math.isnan(left) else math.copysign(math.inf, left) * math.copysign(1, right)
