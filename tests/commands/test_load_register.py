"""`load-register`: the report on the terminal, for machines, and the exit code."""

import json
from pathlib import Path

import pytest

from survey.commands import main
from survey.store.sites import SiteFilter, select_sites_page
from survey.wiring import Survey
from tests.conftest import COMMUNE

GOOD = "Mã;Chủ hộ;Thôn;Số khẩu\nHO-0001;Nguyễn Văn An;Thôn mẫu 1;4\n"


@pytest.fixture
def run(survey: Survey, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A function that writes a file, runs the command on it and returns exit code, stdout and stderr."""

    def run_(text: str, *options: str) -> tuple[int, str, str]:
        (tmp_path / "ho.csv").write_text(text, encoding="utf-8")
        code = main(["load-register", str(tmp_path / "ho.csv"), "--data", str(survey.settings.data), *options])
        out = capsys.readouterr()
        return code, out.out, out.err

    return run_


def test_a_good_file_is_loaded(survey: Survey, run) -> None:
    """Exit 0, and the sites are there; a dry run leaves nothing."""
    assert run(GOOD, "--dry-run")[0] == 0
    with survey.reading() as reader:
        assert select_sites_page(reader, COMMUNE, SiteFilter()).sites == []
    code, out, _ = run(GOOD)

    assert (code, "1 thêm mới" in out) == (0, True)
    with survey.reading() as reader:
        assert [site.code for site in select_sites_page(reader, COMMUNE, SiteFilter()).sites] == ["HO-0001"]


def test_a_wrong_row_is_reported_for_people_and_machines(run) -> None:
    """Exit 1 with one coded line on stderr; row, column, value, message and remedy on stdout."""
    code, out, err = run(GOOD + "HO-0002;Bình;Thôn lạ;3\n")
    assert code == 1
    assert err == "REGISTER_REFUSED: Chưa nạp tệp ho.csv: có 1 lỗi. Sửa các ô có tên trong báo cáo rồi nạp lại.\n"
    assert "dòng 3, cột “Thôn”, giá trị “Thôn lạ”" in out

    code, out, _ = run(GOOD + "HO-0002;Bình;Thôn lạ;3\n", "--json")
    (remark,) = json.loads(out)["remarks"]
    assert (code, remark["row"], remark["column"], remark["code"], remark["severity"]) == (1, 3, "Thôn", "HAMLET_NOT_FOUND", "error")


def test_a_missing_file_is_one_line(survey: Survey, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1 with the problem's code on stderr."""
    assert main(["load-register", "/nowhere/x.csv", "--data", str(survey.settings.data)]) == 1
    assert capsys.readouterr().err.startswith("FILE_UNKNOWN")
