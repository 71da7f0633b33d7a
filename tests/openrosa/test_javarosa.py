"""JavaRosa, the engine inside ODK Collect, fills our form with our register, and the server takes what it wrote."""

import shutil
import subprocess
from pathlib import Path

import pytest
from pyxform.validators.odk_validate import ODK_VALIDATE_PATH

from survey.store.flags import select_flags
from survey.store.submissions import select_submission
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.openrosa.collect import Collect
from tests.openrosa.conftest import FAR, NEAR
from tests.openrosa.filled import jpeg

FILL = Path(__file__).parent / "Fill.java"


@pytest.fixture(scope="module")
def java() -> str:
    """A Java that compiles one file as it runs it; skips where there is none."""
    found = shutil.which("java")
    modules = subprocess.run([found, "--list-modules"], capture_output=True, text=True, check=False).stdout if found else ""
    if found is None or "jdk.compiler" not in modules:
        pytest.skip("Collect's own engine needs a Java development kit, and there is none here")
    return found


def test_collects_own_engine_offers_the_register_and_its_instance_is_taken(
    stocked: Survey, other_collect: Collect, java: str, tmp_path: Path
) -> None:
    """From the form list to the stored answers: the sites by their labels, the chosen one found, nothing that the form's rules dislike."""
    [form] = other_collect.forms("?formID=household_fence")
    [file] = other_collect.files(form)
    (tmp_path / "form.xml").write_bytes(other_collect.get(form["downloadUrl"]).content)
    (tmp_path / file["filename"]).write_bytes(other_collect.get(file["downloadUrl"]).content)
    answers = {"site": NEAR, "fence/photo_1": "1732331488123.jpg", "fence/total_m": "40", "fence/green_m": "30", "fence/kind": "hedge"}
    given = [f"/data/{name}={value}" for name, value in answers.items()]
    command = [
        java,
        "-Dfile.encoding=UTF-8",
        "-cp",
        ODK_VALIDATE_PATH,
        str(FILL),
        str(tmp_path / "form.xml"),
        str(tmp_path),
        str(tmp_path / "out.xml"),
        *given,
    ]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    said = [line.split("\t") for line in done.stdout.splitlines()]

    assert [line[1:] for line in said if line[0] == "/data/site" and len(line) == 3] == [
        [NEAR, "HO-0001 Nguyễn Văn Ất (Thôn mẫu 1)"], [FAR, 'HO-0002 Trần Thị Bưởi, "O Bưởi" (Thôn mẫu 2)'],
    ]  # fmt: skip
    assert {line[0] for line in said if line[1:] == ["taken"]} == {f"/data/{name}" for name in answers}
    [sent] = other_collect.send((tmp_path / "out.xml").read_bytes(), {"1732331488123.jpg": jpeg()})
    assert sent.status_code == 201
    with stocked.reading() as reader:
        row = reader.row("SELECT submission FROM submission")
        assert row is not None
        kept = select_submission(reader, COMMUNE, row["submission"])
        flags = select_flags(reader, COMMUNE, row["submission"])
    assert kept is not None
    assert (kept.site, kept.hamlet, kept.missing_files, list(flags)) == (NEAR, HAMLETS[0], 0, [])
    assert (kept.answers["/data/fence/green_percent"], kept.answers["/data/fence/kind"]) == (75.0, "hedge")
