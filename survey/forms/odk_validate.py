"""ODK Validate: whether ODK Collect's own engine opens a form. pyxform carries the program, which needs a Java runtime."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from pyxform.validators.error_cleaner import ErrorCleaner
from pyxform.validators.odk_validate import ODK_VALIDATE_PATH

from survey.forms.faults import broken

_PATIENCE_S = 100  # what pyxform gives it, too


def passes_odk_validate(xform: str, name: str) -> bool:
    """True once ODK Validate has accepted *xform*, made of the file *name*; False where it cannot be asked: no Java, or no answer in time.

    Raises BROKEN_FORM with what it says.
    """
    java = shutil.which("java")
    if java is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "form.xml"
        file.write_text(xform, encoding="utf-8")
        command = [java, "-Djava.awt.headless=true", "-jar", ODK_VALIDATE_PATH, str(file)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)  # noqa: S603 - our own words
        except subprocess.TimeoutExpired:
            return False
    if done.returncode == 0:
        return True
    if done.returncode == 1:  # anything else is Java's own trouble
        raise broken(name, "odk", detail=_fault_in(done.stderr))
    return False


def _fault_in(said: str) -> str:
    """What ODK Validate *said*, without Java's stack and the frame around it."""
    said, _, _ = ErrorCleaner.odk_validate(said).partition("The following files failed")
    return " ".join(said.replace(">>", " ").split())
