"""Every bundled checklist passes ODK Validate, the check that ODK Central and Collect's makers use; pyxform carries it."""

import shutil
from pathlib import Path

import pytest

from survey.domain.problems import BROKEN_FORM, Problem
from survey.forms.compile import compile_xlsform
from survey.forms.odk_validate import passes_odk_validate
from survey.wiring import ROOT
from tests.forms.tables import table

FORMS = sorted((ROOT / "schema" / "forms").glob("*.xlsx"))
with_java = pytest.mark.skipif(shutil.which("java") is None, reason="ODK Validate needs a Java runtime, and there is none here")


@with_java
@pytest.mark.parametrize("path", FORMS, ids=[path.stem for path in FORMS])
def test_a_bundled_form_is_valid(path: Path) -> None:
    """The XForm as it is stored and handed out."""
    assert passes_odk_validate(compile_xlsform(path.read_bytes(), path.name).xform, path.name)


@with_java
def test_the_validator_finds_a_fault() -> None:
    """A question without its node is refused with what the validator says."""
    xform = compile_xlsform(table("text | a"), "form.md").xform
    with pytest.raises(Problem) as refused:
        passes_odk_validate(xform.replace('ref="/data/a"', 'ref="/data/b"'), "form.xlsx")

    assert (refused.value.kind, refused.value.details["fault"]) == (BROKEN_FORM, "odk")
    assert "non-existent node: [${b}])" in str(refused.value.details["en"])


def test_without_java_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The form may be loaded, and nobody says that it was checked."""
    monkeypatch.setenv("PATH", "")

    assert not passes_odk_validate("<no form>", "form.xlsx")
