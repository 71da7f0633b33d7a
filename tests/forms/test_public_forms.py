"""Checklists in the manner of public XLSForms, as they are: they compile, ODK's validator takes them, and they are checked like ours."""

import random
import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyxform.validators.odk_validate import check_xform

from survey.domain.problems import Problem
from survey.forms.check import check_answers
from survey.forms.compile import compile_xlsform
from survey.forms.instance import canonical_answers, read_instance
from survey.forms.render import render_instance
from survey.forms.settle import walk
from tests.forms.fillings import ID, filling, instance_xml
from tests.forms.public_forms import NAMES, public_form, sources

TODAY = date(2026, 11, 23)
FOREIGN = {"everything", "land", "border_only"}


@pytest.mark.parametrize("name", NAMES)
def test_it_compiles_and_says_what_only_collect_can_do(name: str) -> None:
    """Three of them ask for more than we can do; the others are ours from end to end."""
    tree = public_form(name).tree

    assert bool(tree.get("unsupported")) == (name in FOREIGN)
    assert {entry["path"] for entry in tree.get("unsupported", [])} == {
        node["path"] for node in walk(tree["children"]) if node.get("foreign")
    }


@pytest.mark.skipif(shutil.which("java") is None, reason="ODK Validate needs a Java runtime")
@pytest.mark.parametrize("name", NAMES)
def test_odk_validate_takes_it(name: str, tmp_path: Path) -> None:
    """The XForm that Collect gets is loaded by Collect's own library without an error."""
    path = tmp_path / f"{name}.xml"
    path.write_text(public_form(name).xform, encoding="utf-8")

    assert [line for line in check_xform(str(path)) if "Error" in line] == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from([name for name in NAMES if name not in ("cascade", "long")]), chance=st.randoms(use_true_random=False))
def test_any_answers_are_read_and_checked(name: str, chance: random.Random) -> None:
    """Whatever a phone holds gives misfits, never a crash; what is written again from it computes to what it says."""
    tree = public_form(name).tree
    instance = read_instance(instance_xml(tree, filling(tree, chance)), tree)
    answers = canonical_answers(instance)
    check_answers(tree, answers, TODAY, instance.repeats)

    again = read_instance(render_instance(tree, answers, {"instanceID": ID, "timeEnd": "2026-11-23T12:00:00+07:00"}), tree)
    found = {misfit.code for misfit in check_answers(tree, canonical_answers(again), TODAY, again.repeats)}
    assert "calculation_differs" not in found


def test_without_settings_a_form_has_an_id_a_version_and_any_place() -> None:
    """The id comes from the file's name, the version from its bytes: id and version stay the key of what arrives."""
    content = sources()["household"]
    form = compile_xlsform(content, "Khảo sát Hộ (2024).xlsx")
    other = compile_xlsform(content + b"\n", "Khảo sát Hộ (2024).xlsx")

    assert (form.form, form.site_kind, form.title["vi"]) == ("Khao_sat_Ho_2024", "", "Khao_sat_Ho_2024")
    assert form.version.startswith("sha-")
    assert other.version != form.version
    assert f'id="Khao_sat_Ho_2024" version="{form.version}"' in form.xform


def test_an_old_excel_file_is_read() -> None:
    """The .xls of before 2007 compiles as the .xlsx does."""
    content = (Path(__file__).parent / "public" / "old_excel.xls").read_bytes()
    form = compile_xlsform(content, "old_excel.xls")

    assert [node["name"] for node in form.tree["children"]] == ["name", "age"]


@pytest.mark.parametrize("cut", [8, 512, 600, 1500])
def test_a_cut_old_excel_file_is_refused(cut: int) -> None:
    """Half a file gives a sentence, never a crash."""
    content = (Path(__file__).parent / "public" / "old_excel.xls").read_bytes()
    with pytest.raises(Problem) as raised:
        compile_xlsform(content[:cut], "old_excel.xls")

    assert raised.value.details["fault"] in ("file", "sheet", "other")


def test_each_language_has_every_text_and_the_default_comes_first() -> None:
    """A phone in Vietnamese shows Vietnamese where the form has it, else the form's own language."""
    assert public_form("damage").tree["languages"] == ["pt", "fr"]  # the settings name a language that no text is in
    assert public_form("facility").tree["default_language"] == "es"
    assert public_form("household").tree["languages"] == ["und"]
    water = public_form("water").tree["children"]
    near = next(node for node in water if node["name"] == "picture_near")
    assert near["label"] == {"en": ["Photo of the outlet"], "fr": ["Photo of the outlet"]}


def test_other_is_asked_in_the_forms_languages() -> None:
    """`or_other` adds a choice and a question; pyxform's English words are for English forms."""
    survey = "| survey |\n| | type | name | label::vi |\n| | select_one k or_other | a | A |"
    choices = "| choices |\n| | list_name | name | label::vi |\n| | k | x | X |"
    tree = compile_xlsform(f"{survey}\n{choices}".encode(), "f.xlsx").tree

    assert tree["choices"]["k"][-1] == {"name": "other", "label": {"vi": "Khác"}}
    assert tree["children"][1]["label"] == {"vi": ["Ghi rõ"]}


def test_names_used_twice_are_kept_apart() -> None:
    """Answers are kept by path; each of two questions with one name has its own."""
    tree = public_form("twice").tree
    data = {"before": {"score": "3", "remark": "low"}, "after": {"score": "7", "remark": ""}, "again": "1"}
    instance = read_instance(instance_xml(tree, data), tree)
    answers = canonical_answers(instance)

    assert (answers["/data/before/score"], answers["/data/after/score"]) == (3.0, 7.0)
    assert check_answers(tree, answers, TODAY, instance.repeats) == []
