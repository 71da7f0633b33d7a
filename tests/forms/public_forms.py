"""Checklists in the manner of public XLSForms: those of tests/forms/public, and two that are too long to write by hand."""

from functools import cache
from pathlib import Path

from survey.domain.forms import CompiledForm
from survey.forms.compile import compile_xlsform

FOLDER = Path(__file__).parent / "public"
_PROVINCES, _DISTRICTS, _COMMUNES = 10, 10, 10


def _cascade() -> str:
    """Province, district and commune, a thousand of the last, each list filtered by the one before."""
    rows = [
        "| survey |", "| | type | name | label | required | choice_filter | calculation |",
        "| | select_one province | province | Province | yes | | |",
        "| | select_one district | district | District | yes | province = ${province} | |",
        "| | select_one commune | commune | Commune | yes | district = ${district} | |",
        "| | select_multiple commune | others | Other communes | | name != ${commune} | |",
        "| | calculate | commune_label | | | | jr:choice-name(${commune}, '${commune}') |",
        "| | calculate | commune_people | | | | instance('commune')/root/item[name = ${commune}]/people |",
        "| | note | chosen | ${commune_label} has ${commune_people} people | | | |",
        "| choices |", "| | list_name | name | label | province | district | people |",
    ]  # fmt: skip
    for province in range(1, _PROVINCES + 1):
        rows.append(f"| | province | p{province} | Tỉnh {province} | | | |")
        for district in range(1, _DISTRICTS + 1):
            key = f"p{province}d{district}"
            rows.append(f"| | district | {key} | Huyện {province}.{district} | p{province} | | |")
            rows.extend(
                f"| | commune | {key}c{commune} | Xã Kỳ Thượng {province}.{district}.{commune} | | {key} | {commune * 100} |"
                for commune in range(1, _COMMUNES + 1)
            )
    return "\n".join([*rows, "| settings |", "| | form_title | form_id | version |", "| | Cascade | cascade | 1 |"])


def _long() -> str:
    """Five hundred questions in fifty groups; a group is asked where the one before was answered."""
    rows = ["| survey |", "| | type | name | label | relevant | constraint | calculation |"]
    for group in range(50):
        shown = f"${{q{group - 1}_0}} > 2" if group else ""
        rows.append(f"| | begin_group | g{group} | Part {group + 1} | {shown} | | |")
        rows.append(f"| | integer | q{group}_0 | Number {group} | | . < 10 | |")
        rows.extend(f"| | select_one yesno | q{group}_{number} | Question {group}.{number} | | | |" for number in range(1, 8))
        rows.append(f"| | decimal | q{group}_8 | Share {group} | ${{q{group}_1}} = 'yes' | . >= 0 | |")
        rows.append(f"| | calculate | q{group}_9 | | | | coalesce(${{q{group}_0}}, 0) + coalesce(${{q{group}_8}}, 0) |")
        rows.append("| | end_group | | | | | |")
    total = " + ".join(f"coalesce(${{q{group}_9}}, 0)" for group in range(0, 50, 5))
    rows.append(f"| | calculate | total | | | | {total} |")
    return "\n".join([*rows, "| choices |", "| | list_name | name | label |", "| | yesno | yes | Yes |", "| | yesno | no | No |"])


def sources() -> dict[str, bytes]:
    """Every form as Markdown, by name."""
    found = {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("*.md"))}
    return found | {"cascade": _cascade().encode(), "long": _long().encode()}


@cache
def public_form(name: str) -> CompiledForm:
    """One of them, compiled."""
    return compile_xlsform(sources()[name], f"{name}.xlsx")


NAMES = sorted(sources())
