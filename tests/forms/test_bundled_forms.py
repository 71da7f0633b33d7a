"""The five checklists in schema/forms: both languages, the promised questions, and typical visits without a finding."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from survey.domain.forms import CompiledForm
from survey.forms.check import check_answers
from survey.forms.compile import compile_xlsform
from survey.forms.instance import canonical_answers, read_instance
from survey.forms.render import render_instance

ROOT = Path(__file__).parents[2]
FORMS = ("household_environment", "household_fence", "household_garden", "public_place", "road_segment")
COMPILED: dict[str, CompiledForm] = {
    name: compile_xlsform((ROOT / "schema" / "forms" / f"{name}.xlsx").read_bytes(), f"{name}.xlsx") for name in FORMS
}
TEXTS = ("label", "hint", "constraint_message", "required_message")

VISITS: list[tuple[str, dict[str, object], dict[str, object]]] = [
    (
        "household_fence",
        {"photo_1": "1.jpg", "photo_2": "2.jpg", "total_m": 40, "green_m": 30, "kind": "hedge", "work_days": 2, "money_thousand": 500,
        "land_m2": 0},
        {"green_percent": 75.0},
    ),
    ("household_fence", {"photo_1": "1.jpg", "total_m": 0}, {}),
    (
        "household_garden",
        {
            "photo_1": "1.jpg", "state": "renovated", "area_m2": 800, "model_status": "registered", "irrigation": "proper",
            "advance": ["growing", "storage"],
            "trees": 40, "tree_share_percent": 60, "shed": "no_livestock", "plan": "yes", "photo_plan": "2.jpg", "plan_confirmed": "yes",
            "plan_followed": "yes", "safe_food": "yes", "product_million": 80, "key_product_million": 64, "income_million": 52,
            "fence_m": 100, "fence_green_m": 85, "drainage": "yes", "waste_in_place": "yes",
        },
        {"key_product_percent": 80.0, "income_million_per_1000_m2": 65.0, "fence_green_percent": 85.0},
    ),
    ("household_garden", {"photo_1": "1.jpg", "state": "no_garden"}, {}),
    ("household_garden", {"photo_1": "1.jpg", "state": "scrub", "area_m2": 500, "model_status": "not_registered"}, {}),
    (
        "household_environment",
        {
            "photo_1": "1.jpg", "waste_collected": "collected", "waste_sorted": "yes", "waste_water": "sanitary", "latrine": "sanitary",
            "livestock_shed": "no_livestock", "photo_waste": "2.jpg", "bath": "yes", "water_tank": "yes",
        },
        {},
    ),
    (
        "road_segment",
        {
            "photo_1": "1.jpg", "class": "hamlet", "surface": "concrete", "length_m": 420, "hardened_m": 400, "passable": "yes",
            "width_m": 3.5,
            "drained": "part", "drained_part_m": 200, "lit": "whole", "planted": "none", "junctions": 3, "junctions_signed": 2,
        },
        {"drained_m": 200.0, "lit_m": 420.0, "planted_m": 0.0},
    ),
    ("road_segment", {"photo_1": "1.jpg", "class": "lane", "surface": "earth", "length_m": 90, "hardened_m": 0, "passable": "no",
    "photo_defect": "2.jpg"}, {}),
    ("public_place", {"photo_1": "1.jpg", "place": "junction", "sign": "yes", "sign_kind": "w207", "sign_lower_edge_m": 1.8,
    "lit": "none"}, {}),
    ("public_place", {"photo_1": "1.jpg", "place": "culture_house", "house_condition": "good", "ground_m2": 600, "green_m2": 200,
    "clean": "yes"}, {}),
    ("public_place", {"photo_1": "1.jpg", "place": "drain", "drain_m": 120, "drain_kind": "covered", "drain_flows": "yes"}, {}),
]  # fmt: skip


def _nodes(children: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for node in children:
        yield node
        yield from _nodes(node.get("children", []))


def test_there_are_five_and_one_for_the_desk() -> None:
    """One file for each checklist, named as its form."""
    assert sorted(path.stem for path in (ROOT / "schema" / "forms").glob("*.xlsx")) == sorted((*FORMS, "site_photos"))
    assert {name: form.form for name, form in COMPILED.items()} == {name: name for name in FORMS}


@pytest.mark.parametrize("name", FORMS)
def test_our_renderer_can_fill_it(name: str) -> None:
    """Nothing in a bundled form needs ODK Collect."""
    assert "unsupported" not in COMPILED[name].tree


@pytest.mark.parametrize("name", FORMS)
def test_every_text_is_in_both_languages(name: str) -> None:
    """Labels, hints, messages and choices, Vietnamese by default."""
    tree = COMPILED[name].tree

    assert (tree["default_language"], tree["languages"]) == ("vi", ["vi", "en"])
    assert set(tree["title"]) == {"vi", "en"}
    for node in _nodes(tree["children"]):
        assert node["kind"] == "calculate" or set(node["label"]) == {"vi", "en"}, node["path"]
        assert all(set(node[key]) == {"vi", "en"} for key in TEXTS if key in node), node["path"]
    assert all(set(choice["label"]) == {"vi", "en"} for items in tree["choices"].values() for choice in items)


@pytest.mark.parametrize("name", FORMS)
def test_it_begins_with_site_and_a_photo(name: str) -> None:
    """`site` is the first thing shown, and the first photo is required: an answer without a photo proves nothing."""
    visible = [node for node in _nodes(COMPILED[name].tree["children"]) if node["kind"] == "question"]

    assert (visible[0]["name"], visible[0]["type"], visible[0]["appearance"]) == ("site", "text", "site autocomplete")
    assert (visible[1]["name"], visible[1]["type"]) == ("photo_1", "image")
    assert visible[1]["required"]


@pytest.mark.parametrize("name", FORMS)
def test_contributions_are_asked_and_never_required(name: str) -> None:
    """Work days, money and land, in the group that stays closed until it is wanted."""
    more = COMPILED[name].tree["children"][-1]
    asked = {node["name"]: node for node in more["children"]}

    assert "collapsed" in more["appearance"].split()
    assert {"work_days", "money_thousand", "land_m2", "what_changed", "remark"} <= set(asked)
    assert not any("required" in node for node in asked.values())


def test_photos_brought_to_the_desk_have_a_checklist_that_phones_do_not_offer() -> None:
    """For every kind of site, any number of photos, both languages; no other checklist is for the desk alone."""
    content = (ROOT / "schema" / "forms" / "site_photos.xlsx").read_bytes()
    form = compile_xlsform(content, "site_photos.xlsx")

    assert (form.site_kind, form.desk_only, "unsupported" in form.tree) == ("", True, False)
    assert not any(COMPILED[name].desk_only for name in FORMS)
    assert all(set(node["label"]) == {"vi", "en"} for node in _nodes(form.tree["children"]) if node["kind"] != "calculate")
    assert [node["path"] for node in _nodes(form.tree["children"]) if node.get("type") == "image"] == ["/data/shot/photo"]


def test_a_fence_is_quick_to_fill() -> None:
    """Five things in front, three of them required: two photos, two numbers, one kind."""
    fence = next(node for node in COMPILED["household_fence"].tree["children"] if node["name"] == "fence")
    questions = [node for node in fence["children"] if node["kind"] == "question"]

    assert [node["name"] for node in questions] == ["photo_1", "photo_2", "total_m", "green_m", "kind"]
    assert [node["name"] for node in questions if "required" in node] == ["photo_1", "total_m", "green_m"]


@pytest.mark.parametrize(("name", "answers", "calculated"), VISITS, ids=[f"{visit[0]}-{place}" for place, visit in enumerate(VISITS)])
def test_a_typical_visit_has_no_finding(name: str, answers: dict[str, object], calculated: dict[str, object]) -> None:
    """Written as a phone writes it, read back, checked; and its calculations come to what they should."""
    tree = COMPILED[name].tree
    meta = {"instanceID": "uuid:0b7f9c5e-3a54-4d0e-9a6e-2f8f1f1b9d10", "timeEnd": "2026-11-23T10:00:00+07:00"}
    instance = read_instance(render_instance(tree, answers, meta), tree)
    found = {answer.question: answer.value for answer in instance.answers}

    assert check_answers(tree, canonical_answers(instance), date(2026, 11, 23)) == []
    assert {key: found[key] for key in answers} == {
        key: float(value) if isinstance(value, int) else value for key, value in answers.items()
    }
    assert {answer.question: answer.value for answer in instance.answers if answer.kind == "calculate"} == calculated


@pytest.mark.parametrize(
    ("name", "answers", "finding"),
    [
        ("household_fence", {"photo_1": "1.jpg", "total_m": 40, "green_m": 41}, ("answer_outside_limits", "green_m")),
        ("household_fence", {"total_m": 0}, ("answer_required", "photo_1")),
        ("road_segment", {"photo_1": "1.jpg", "class": "lane", "surface": "earth", "length_m": 90, "hardened_m": 91, "passable": "yes"},
         ("answer_outside_limits", "hardened_m")),
        ("road_segment", {"photo_1": "1.jpg", "class": "lane", "surface": "earth", "length_m": 90, "hardened_m": 9, "passable": "no"},
         ("answer_required", "photo_defect")),
        ("household_garden", {"photo_1": "1.jpg", "state": "scrub", "model_status": "not_registered", "advance": ["none", "growing"]},
         ("answer_outside_limits", "advance")),
    ],
)  # fmt: skip
def test_a_slip_is_found(name: str, answers: dict[str, object], finding: tuple[str, str]) -> None:
    """The slips that a checklist must catch."""
    tree = COMPILED[name].tree
    instance = read_instance(render_instance(tree, answers, {"instanceID": "uuid:0b7f9c5e-3a54-4d0e-9a6e-2f8f1f1b9d10"}), tree)

    assert [(one.code, one.question) for one in check_answers(tree, canonical_answers(instance), date(2026, 11, 23))] == [finding]


def table_of(form: CompiledForm) -> str:
    """The table of *form* as docs/forms.md has it."""
    lines = [
        f"### {form.form}: {form.title['vi']} ({form.title['en']})",
        "",
        "| question | type | required | choices | in English |",
        "|---|---|---|---|---|",
    ]
    for node in _nodes(form.tree["children"]):
        if node["kind"] in ("question", "calculate") and "preload" not in node:
            choices = ", ".join(choice["name"] for choice in form.tree["choices"].get(node.get("choices", ""), []))
            required = "" if "required" not in node else "where asked" if "relevant" in node else "yes"
            label = "".join(part for part in node.get("label", {}).get("en", []) if isinstance(part, str))
            lines.append(f"| {node['name']} | {node['type']} | {required} | {choices} | {label} |")
    return "\n".join(lines)


@pytest.mark.parametrize("name", FORMS)
def test_the_documentation_lists_its_questions(name: str) -> None:
    """docs/forms.md holds the table as it is; where this fails, put in the text that it asks for."""
    assert table_of(COMPILED[name]) in (ROOT / "docs" / "forms.md").read_text(encoding="utf-8")
