"""Forms in tests: Markdown tables, as pyxform reads them."""

from survey.domain.forms import CompiledForm
from survey.forms.compile import compile_xlsform

_COLUMNS = (
    "type",
    "name",
    "label::Tiếng Việt (vi)",
    "label::English (en)",
    "relevant",
    "constraint",
    "calculation",
    "required",
    "choice_filter",
    "hint::English (en)",
)
_CHOICES = """
| choices |
| | list_name | name | label::Tiếng Việt (vi) | label::English (en) | green |
| | kind | hedge | Cây | Hedge | yes |
| | kind | wall | Tường | Wall | no |
"""


def table(*rows: str, settings: str = "small | 1 | household | Tiếng Việt (vi)", choices: str = _CHOICES) -> bytes:
    """A form of survey *rows* `type | name | relevant | constraint | calculation | required | choice_filter`; labels are its name."""
    lines = ["| survey |", "| | " + " | ".join(_COLUMNS) + " |"]
    for row in rows:
        cells = [cell.strip() for cell in row.split("|")] + [""] * 7
        label = "" if cells[0].startswith(("calculate", "end_", "begin_", "start")) else cells[1]
        lines.append("| | " + " | ".join([cells[0], cells[1], label, label, *cells[2:7]]) + " | |")
    head = "| settings |\n| | form_id | version | site_kind | default_language |"
    return "\n".join([*lines, choices.strip(), head, f"| | {settings} |"]).encode()


def compiled(*rows: str) -> CompiledForm:
    """`table` compiled."""
    return compile_xlsform(table(*rows), "small.xlsx")
