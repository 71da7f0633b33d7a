"""Every bundled checklist passes ODK Validate, the check that ODK Central and Collect's makers use; pyxform carries it."""

import shutil
import subprocess
from pathlib import Path

import pytest
from pyxform.validators.odk_validate import ODK_VALIDATE_PATH

from survey.forms.compile import compile_xlsform
from survey.wiring import ROOT
from tests.forms.tables import table

FORMS = sorted((ROOT / "schema" / "forms").glob("*.xlsx"))


def _validate(xform: str, folder: Path) -> tuple[int, str]:
    java = shutil.which("java")
    if java is None:
        pytest.skip("ODK Validate needs a Java runtime, and there is none here")
    file = folder / "form.xml"
    file.write_text(xform, encoding="utf-8")
    done = subprocess.run(
        [java, "-Djava.awt.headless=true", "-jar", ODK_VALIDATE_PATH, str(file)], capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("path", FORMS, ids=[path.stem for path in FORMS])
def test_a_bundled_form_is_valid(path: Path, tmp_path: Path) -> None:
    """The XForm as it is stored and handed out."""
    code, said = _validate(compile_xlsform(path.read_bytes(), path.name).xform, tmp_path)

    assert (code, "Xform is valid" in said) == (0, True), said


def test_the_validator_finds_a_fault(tmp_path: Path) -> None:
    """A question without its node: the check above can fail."""
    xform = compile_xlsform(table("text | a"), "form.md").xform
    code, said = _validate(xform.replace('ref="/data/a"', 'ref="/data/b"'), tmp_path)

    assert code == 1, said
