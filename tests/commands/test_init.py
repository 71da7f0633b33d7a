"""`init`: the first commune, one more from the operator's own file, and what is refused."""

import json
from pathlib import Path

import pytest

from survey import accounts
from survey.commands import main
from survey.store.deployment import select_first_commune
from survey.store.places import select_communes, select_hamlets
from survey.wiring import ROOT, Settings, open_survey

BORDER = [[[105.9, 18.3], [106.0, 18.3], [106.0, 18.4], [105.9, 18.4], [105.9, 18.3]]]
PLACE = """code: "18001"
name: Xã Thử
province: {{code: "42", name: Hà Tĩnh}}
border: {border}
source: test
hamlets:
  - {{id: 18001-h01, name: Thôn Một, valid_from: 2025-07-01}}
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A commune of the operator's own."""
    (tmp_path / "18001.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": BORDER}))
    path = tmp_path / "18001.yaml"
    path.write_text(PLACE.format(border="18001.geojson"))
    return path


def test_a_second_commune_beside_the_first(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its people sign in to it alone, under the same login; commands ask for it by its code; twice is refused."""
    data = ["--data", str(tmp_path / "data")]
    assert main(["init", "--commune", "18844", *data]) == 0
    capsys.readouterr()
    second = ["init", "--commune", "18001", "--place", str(place), "--json", *data]
    assert main(second) == 0
    link = json.loads(capsys.readouterr().out)["sign_in"]

    survey = open_survey(Settings(data=tmp_path / "data"))
    person = accounts.sign_in_by_link(survey, link.partition("/sign-in/")[2]).person
    assert (person.commune, person.login) == ("18001", "coordinator")
    with survey.reading() as reader:
        assert [commune.code for commune in select_communes(reader)] == ["18001", "18844"]
        assert select_first_commune(reader) == "18844"
        assert [hamlet.name for hamlet in select_hamlets(reader, "18001")] == ["Thôn Một"]
        forms = reader.rows("SELECT commune, COUNT(*) AS n FROM form GROUP BY commune")
    assert len({row["n"] for row in forms}) == 1
    survey.store.close()
    assert main(["round", "add", "a", "--from", "2026-01-01", "--to", "2026-01-02", "--commune", "18001", *data]) == 0
    assert main(["round", "correct", "a", "--to", "2026-01-09", "--commune", "18001", *data]) == 0
    capsys.readouterr()
    assert main(["round", "list", *data]) == 0
    assert capsys.readouterr().out == ""
    assert main(["round", "list", "--commune", "18001", *data]) == 0
    assert "2026-01-09" in capsys.readouterr().out
    assert main(second) == 1
    assert "DEPLOYMENT_EXISTS" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("border", "words"),
    [
        ([[[18.3, 105.9], [18.3, 106.0], [18.4, 106.0], [18.3, 105.9]]], "Việt Nam"),
        ([[[105.9, 18.3], [106.0, 18.4], [106.0, 18.3], [105.9, 18.4], [105.9, 18.3]]], "Polygon"),
    ],
    ids=["axes exchanged", "crosses itself"],
)
def test_a_border_that_is_none(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str], border: list[object], words: str
) -> None:
    """The file, its key and the remedy are named; nothing is established."""
    (tmp_path / "18001.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": border}))

    assert main(["init", "--commune", "18001", "--place", str(place), "--data", str(tmp_path / "data")]) == 1
    told = capsys.readouterr().err
    assert "BROKEN_CATALOGUE" in told
    assert words in told


def test_a_demonstration_is_never_mixed_with_a_real_commune(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a real commune into a demonstration nor the other way round."""
    from survey.domain.problems import DEPLOYMENT_MIXED, Problem
    from survey.establish import establish

    for first in (True, False):
        survey = open_survey(Settings(data=tmp_path / str(first)))
        establish(survey, ROOT / "schema", "18844", demonstration=first)
        other = tmp_path / "18001.yaml"
        other.write_text(PLACE.format(border="18001.geojson"))
        (tmp_path / "18001.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": BORDER}))
        with pytest.raises(Problem) as caught:
            establish(survey, ROOT / "schema", "18001", place_file=other, demonstration=not first)
        assert caught.value.kind is DEPLOYMENT_MIXED
        survey.store.close()
