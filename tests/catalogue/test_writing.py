"""An edition written as YAML and read again is the same edition, with what was entered."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from survey.catalogue.editions import read_document, read_edition
from survey.catalogue.effective import effective
from survey.catalogue.writing import edition_yaml
from survey.domain.rules import EntryKind, RuleEntry
from survey.wiring import ROOT

EDITIONS = sorted(path.name for path in (ROOT / "schema/criteria").iterdir() if path.is_dir())


@pytest.mark.parametrize("name", EDITIONS)
def test_round_trip(name: str, tmp_path: Path) -> None:
    """Every bundled edition, with a criterion entered whose words YAML could take for something else."""
    title = {"vi": "yes: #1 “Có” – 12:30", "en": "no\n- 'on'"}
    content = {"title": title, "open": ["set_by_person"]}
    entry = RuleEntry(1, EntryKind.CRITERION, "99", None, content, "QĐ: 'x' #y", "https://example.org/?a=1&b=2", "", "", datetime.now(UTC))
    read = effective(read_document(ROOT / "schema/criteria" / name).text(), [entry])
    assert read.applied == {1}
    (tmp_path / "edition.yaml").write_text(edition_yaml(read.document, "first line\nsecond: line"), encoding="utf-8")
    again = read_edition(read_document(tmp_path), None)

    assert again == read.edition
    assert again.criteria[-1].title.vi == title["vi"]
    shutil.rmtree(tmp_path)
