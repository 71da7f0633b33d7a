"""Expressions of a form, from XPath text to the small JSON tree that the server and the field client interpret alike.

The tree's grammar is written down in tests/vectors/README.md, with cases that both interpreters run.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from elementpath.exceptions import ElementPathError
from elementpath.xpath_tokens import XPathToken

from survey.forms.xpath import FOREIGN, OpenRosaParser

Expression = dict[str, Any]

_OPERATORS = {"and", "or", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod"}
# A string literal is left alone; ${q}, instance('list') and current() become what XPath 1.0's grammar takes at the start of a path.
_REFERENCE = re.compile(
    r"""(?P<literal>'[^']*'|"[^"]*")|\$\{\s*(?P<question>[^\s}]+)\s*\}|\binstance\(\s*['"](?P<list>[\w.-]+)['"]\s*\)"""
    r"""|(?P<current>\bcurrent\(\s*\))|jr:(?=choice-name\s*\()"""
)
_LIST = "instance--"
_MAX_NESTING = 60
_BINARY = 2  # operands; a minus sign alone has one
_LARGEST_WHOLE = 1e15  # beyond, doubles have gaps


class ExpressionFault(ValueError):
    """An expression that cannot be used; *kind* is `syntax`, `unknown` (a name) or `unsupported` (valid, but more than we interpret)."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail


@dataclass(frozen=True)
class Scope:
    """What an expression may refer to: questions by name, all paths, the question it belongs to, columns of a choice list."""

    questions: Mapping[str, str]
    paths: frozenset[str]
    here: str
    lists: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, frozenset[str]] = field(default_factory=dict)
    filtered: str | None = None

    def path(self, name: str) -> str:
        """The path of question *name*. Raises ExpressionFault."""
        if name not in self.questions:
            raise ExpressionFault("unknown", f"${{{name}}}")
        return self.questions[name]


def read_expression(text: str, scope: Scope) -> Expression:
    """The tree of XPath *text* as it stands in an XLSForm, `${question}` included. Raises ExpressionFault."""
    source = _REFERENCE.sub(_as_variable, text.strip())
    if "${" in re.sub(r"""'[^']*'|"[^"]*\"""", "", source):
        raise ExpressionFault("syntax", text)
    try:
        return _convert(OpenRosaParser(strict=True).parse(source), scope, 0)
    except ExpressionFault:
        raise
    except (ElementPathError, RecursionError, AttributeError, TypeError, ValueError) as error:
        # elementpath answers some malformed texts with Python's own exceptions: thousands of digits, brackets or steps among them.
        raise ExpressionFault("syntax", str(error)) from error


def settled_once(expression: Expression) -> Expression:
    """*expression*, computed once only where it draws by lot: a calculation of `uuid()` or `random()` would never come to rest."""
    drawn = {"fn": "once", "args": [expression]}
    return drawn if functions_in(expression) & {"uuid", "random"} and expression.get("fn") != "once" else expression


def functions_in(expression: Mapping[str, Any]) -> set[str]:
    """The names of all functions that *expression* calls."""
    inner = set().union(*(functions_in(part) for part in expression.get("args", ())))
    return inner | ({str(expression["fn"])} if "fn" in expression else set())


def _as_variable(match: re.Match[str]) -> str:
    if match["question"]:
        if match["question"].startswith("last-saved#"):
            raise ExpressionFault("unsupported", match[0])
        return f"${match['question']} "
    if match["list"]:
        return f"${_LIST}{match['list']} "
    return "." if match["current"] else match["literal"] or ""


def _convert(token: XPathToken, scope: Scope, depth: int) -> Expression:
    symbol = str(token.symbol)
    if depth > _MAX_NESTING:
        raise ExpressionFault("unsupported", f"more than {_MAX_NESTING} levels")
    if symbol in ("(integer)", "(decimal)", "(float)"):
        return {"n": _plain(float(str(token.value)))}
    if symbol == "(string)":
        return {"s": str(token.value)}
    if symbol == "(" or (symbol == "+" and len(token) == 1):
        return _convert(token[0], scope, depth + 1)
    if symbol in _OPERATORS and len(token):
        parts = [_convert(part, scope, depth + 1) for part in token]
        return {"op": symbol if len(parts) == _BINARY else "neg", "args": parts}
    return _function(token, scope, depth) if "function" in token.label else _reference(token, scope, depth)


def _plain(number: float) -> float | int:
    if not math.isfinite(number):  # JSON has no such number: no phone could read the form
        raise ExpressionFault("syntax", "1e308")
    return int(number) if number.is_integer() and abs(number) < _LARGEST_WHOLE else number


def _function(token: XPathToken, scope: Scope, depth: int) -> Expression:
    name = str(token.symbol)
    if name in FOREIGN:
        raise ExpressionFault("unsupported", f"{name}()")
    if name == "position" and not len(token):
        return {"fn": name, "args": [{"path": scope.here.rpartition("/")[0]}]}
    if name in ("string-length", "normalize-space") and not len(token):
        return {"fn": name, "args": [{"self": True}]}
    if name == "choice-name":
        return {"fn": name, "args": [_convert(token[0], scope, depth + 1), {"s": _choice_list(token[1], scope)}]}
    return {"fn": name, "args": [_convert(part, scope, depth + 1) for part in token]}


def _choice_list(token: XPathToken, scope: Scope) -> str:
    path = scope.path(str(token.value).strip().removeprefix("${").removesuffix("}").strip())
    if path not in scope.lists:
        raise ExpressionFault("unknown", str(token.value))
    return scope.lists[path]


def _reference(token: XPathToken, scope: Scope, depth: int) -> Expression:
    if str(token.symbol) == ".":
        return {"self": True}
    if str(token.symbol) == "$":
        return {"path": scope.path(str(token[0].value))}
    lookup = _instance(token, scope, depth)
    if lookup is not None:
        return lookup
    steps = _steps(token)
    if len(steps) == 1 and scope.filtered is not None and steps[0] not in ("..", "/"):
        if steps[0] != "name" and steps[0] not in scope.columns.get(scope.filtered, frozenset()):
            raise ExpressionFault("unknown", steps[0])
        return {"column": steps[0]}
    path = _resolve(steps, scope.here)
    if path not in scope.paths:
        raise ExpressionFault("unknown", path)
    return {"self": True} if path == scope.here else {"path": path}


def _steps(token: XPathToken) -> list[str]:
    """The steps of a location path; a leading `/` stands for the root."""
    symbol = str(token.symbol)
    if symbol == "/":
        return [*_steps(token[0]), *_steps(token[1])] if len(token) == _BINARY else ["/", *_steps(token[0])] if len(token) else ["/"]
    if symbol in (".", ".."):
        return [] if symbol == "." else [".."]
    if symbol == "(name)":
        return [str(token.value)]
    raise ExpressionFault("unsupported", str(token.source))


def _resolve(steps: list[str], here: str) -> str:
    parts = here.strip("/").split("/")
    for step in steps:
        if step == "/":
            parts = []
        elif step == "..":
            parts = parts[:-1]
        else:
            parts = [*parts, step]
    return "/" + "/".join(parts)


def _instance(token: XPathToken, scope: Scope, depth: int) -> Expression | None:
    """`instance('list')/root/item[filter]/column` as a look-up in a choice list; None where *token* is something else."""
    if str(token.symbol) != "/" or len(token) != _BINARY or len(token[0]) != _BINARY or str(token[0][1].symbol) != "[":
        return None
    start, step = token[0]
    if len(start) != _BINARY or str(start[0].symbol) != "$" or (str(start[1].value), str(step[0].value)) != ("root", "item"):
        raise ExpressionFault("unsupported", str(token.source))
    predicate = step[1]
    name, column = str(start[0][0].value).removeprefix(_LIST), str(token[1].value)
    if name not in scope.columns or column not in ({"name", "label"} | scope.columns[name]):
        raise ExpressionFault("unknown", f"instance('{name}') {column}")
    inner = Scope(scope.questions, scope.paths, scope.here, scope.lists, scope.columns, filtered=name)
    return {"fn": "instance", "args": [{"s": name}, {"s": column}, _convert(predicate, inner, depth + 1)]}
