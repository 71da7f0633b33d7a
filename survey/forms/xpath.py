"""The grammar of form expressions: XPath 1.0 with the functions of OpenRosa, parsed by elementpath and never evaluated by it.

Functions: https://getodk.github.io/xforms-spec/#xpath-functions. Those that are not listed here are outside the documented feature set.
"""

from elementpath import XPath1Parser
from elementpath.tdop import Parser
from elementpath.xpath_tokens import XPathToken

# name → least and most arguments; None is "any number".
FUNCTIONS: dict[str, tuple[int, int | None]] = {
    "true": (0, 0), "false": (0, 0), "not": (1, 1), "boolean": (1, 1), "boolean-from-string": (1, 1),
    "if": (3, 3), "coalesce": (2, 2), "once": (1, 1),
    "selected": (2, 2), "selected-at": (2, 2), "count-selected": (1, 1), "choice-name": (2, 2),
    "count": (1, 1), "count-non-empty": (1, 1), "sum": (1, 1), "min": (1, None), "max": (1, None), "join": (2, None),
    "position": (0, 1), "indexed-repeat": (3, 3),
    "number": (1, 1), "int": (1, 1), "round": (1, 2), "abs": (1, 1), "floor": (1, 1), "ceiling": (1, 1), "pow": (2, 2), "sqrt": (1, 1),
    "string": (1, 1), "concat": (1, None), "string-length": (0, 1), "normalize-space": (0, 1), "translate": (3, 3),
    "substr": (2, 3), "substring": (2, 3), "substring-before": (2, 2), "substring-after": (2, 2),
    "contains": (2, 2), "starts-with": (2, 2), "ends-with": (2, 2), "regex": (2, 2), "upper-case": (1, 1), "lower-case": (1, 1),
    "today": (0, 0), "now": (0, 0), "date": (1, 1), "date-time": (1, 1), "decimal-date-time": (1, 1), "format-date": (2, 2),
    "format-date-time": (2, 2), "decimal-time": (1, 1), "uuid": (0, 1), "random": (0, 0), "pi": (0, 0), "exp": (1, 1), "exp10": (1, 1),
    "log": (1, 1), "log10": (1, 1), "sin": (1, 1), "cos": (1, 1), "tan": (1, 1), "asin": (1, 1), "acos": (1, 1), "atan": (1, 1),
    "atan2": (2, 2),
}  # fmt: skip

# What ODK Collect knows beyond that. Such a form still compiles to XForm, and our renderer says that it cannot fill it.
FOREIGN = frozenset({
    "pulldata", "randomize", "distance", "area", "enclosed-area", "geofence", "intersects", "digest", "property",
    "version", "checklist", "weighted-checklist", "format-time", "base64-decode", "extract-signed", "depend", "last", "lang", "id",
    "name", "local-name", "namespace-uri",
})  # fmt: skip


# Computed here, and an error in ODK Collect, as its library says when it is asked (tests/forms/test_collect.py).
UNKNOWN_TO_COLLECT = frozenset({"floor", "ceiling", "substring", "upper-case", "lower-case"})


class OpenRosaParser(XPath1Parser):
    """XPath 1.0 and the functions of `FUNCTIONS`; the result is a tree of tokens."""

    def parse(self, source: str) -> XPathToken:
        """The root token of *source*. Raises elementpath's ElementPathError; nothing is evaluated (XPath1Parser would)."""
        if self.tokenizer is None:
            self.tokenizer = self.create_tokenizer(self.symbol_table)
        root: XPathToken = Parser.parse(self, source)
        return root


for _name, (_least, _most) in {**FUNCTIONS, **dict.fromkeys(FOREIGN, (0, None))}.items():
    OpenRosaParser.symbol_table.pop(_name, None)  # register() would change the class that XPath1Parser itself uses
    OpenRosaParser.function(_name, nargs=_least if _least == _most else (_least, _most))
OpenRosaParser.tokenizer = None
