"""Our own column `scene`: where a photo is to be taken."""

import pytest

from survey.domain.answering import outdoor_questions
from survey.forms.compile import compile_xlsform
from survey.wiring import ROOT

FORM = """
| survey | | | | |
| | type | name | label | scene |
| | text | site | Site | outdoor |
| | begin group | g | Group | |
| | image | photo_1 | Yard | Outdoor |
| | image | photo_2 | Plan | indoor |
| | image | photo_3 | Shed | |
| | image | photo_4 | Field | moonlight |
| | end group | | | |
| settings | | |
| | form_title | version |
| | A form | 1 |
"""


def test_photos_alone_have_a_scene_and_two_words_are_known() -> None:
    """What else stands in the column is passed over, and whoever loads the form hears of it."""
    compiled = compile_xlsform(FORM.encode(), "a.md")
    site, group = compiled.tree["children"]

    assert [node.get("scene") for node in group["children"]] == ["outdoor", "indoor", None, None]
    assert "scene" not in site
    assert outdoor_questions(compiled.tree) == {"photo_1"}
    assert sum("scene" in remark for remark in compiled.remarks["vi"]) == 2
    assert any("moonlight" in remark for remark in compiled.remarks["en"])


@pytest.mark.parametrize(
    ("form", "outdoor"),
    [
        ("household_fence", {"photo_1", "photo_2"}),
        ("household_garden", {"photo_1", "photo_2", "photo_irrigation"}),
        ("household_environment", {"photo_1", "photo_waste_water", "photo_latrine"}),
        ("public_place", {"photo_1"}),
        ("road_segment", {"photo_1", "photo_2", "photo_defect", "photo_sign"}),
    ],
)
def test_the_bundled_checklists_say_what_is_outdoors(form: str, outdoor: set[str]) -> None:
    """A shed, a latrine's inside or a second photo of a culture house may be under a roof: they have no scene."""
    path = ROOT / "schema" / "forms" / f"{form}.xlsx"

    assert outdoor_questions(compile_xlsform(path.read_bytes(), path.name).tree) == outdoor
