"""Editions are checked at load: every fault names file, key and remedy in both languages."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from survey.catalogue.editions import Document, question_kinds, read_document, read_edition
from survey.catalogue.effective import effective_edition
from survey.catalogue.vocabulary import Question, read_questions
from survey.domain.problems import BROKEN_CATALOGUE, Problem
from survey.domain.thresholds import Status
from survey.forms.compile import compile_xlsform

ROOT = Path(__file__).parents[2]
CRITERIA = ROOT / "schema" / "criteria"
EDITIONS = sorted(path.name for path in CRITERIA.iterdir())


@pytest.fixture(scope="module")
def questions() -> dict[str, Question]:
    """Every question of the five checklists, as compiled."""
    found: dict[str, Question] = {}
    for path in sorted((ROOT / "schema" / "forms").glob("*.xlsx")):
        form = compile_xlsform(path.read_bytes(), path.name)
        found |= read_questions(form.form, form.tree)
    return found


@pytest.fixture
def broken(tmp_path: Path, questions: dict[str, Question]) -> Callable[[str, str, str], Problem]:
    """Change one text in a copy of the model residential area, and read the refusal."""

    def read(file: str, old: str, new: str) -> Problem:
        folder = tmp_path / "copy"
        shutil.copytree(CRITERIA / "ha-tinh-kdc-kieu-mau", folder, dirs_exist_ok=True)
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1))
        with pytest.raises(Problem) as caught:
            read_edition(read_document(folder), questions)
        assert caught.value.kind is BROKEN_CATALOGUE
        assert caught.value.details["file"] == file
        assert caught.value.sentence("vi") != caught.value.sentence("en")
        return caught.value

    return read


@pytest.mark.parametrize("edition", EDITIONS)
def test_bundled_editions_fit_the_bundled_forms(edition: str, questions: dict[str, Question]) -> None:
    """Every question, code and attribute that an edition asks is there."""
    document = read_document(CRITERIA / edition)
    loaded = read_edition(document, questions)

    assert loaded.id == edition
    assert effective_edition(document.text(), []) == loaded
    assert set(question_kinds(loaded, questions).values()) <= {"number", "code", "answered"}


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_number_has_a_source_with_an_address(edition: str) -> None:
    """A number without a source is an invention; only what is recalled has no address, and nothing rests on it."""
    for indicator in read_edition(read_document(CRITERIA / edition), None).indicators:
        for threshold in indicator.thresholds:
            has_number = threshold.at_least is not None or threshold.at_most is not None
            assert has_number == (threshold.status is not Status.MISSING)
            if has_number and threshold.status is not Status.RECALLED:
                assert any(source.addresses for source in threshold.sources), indicator.code


def test_the_two_fence_thresholds_are_apart() -> None:
    """70 % in the residential area and 80 % inside a model garden are both right."""
    found = {
        (edition, indicator.code): [threshold.at_least for threshold in indicator.thresholds]
        for edition in ("ha-tinh-kdc-kieu-mau", "ha-tinh-vuon-mau")
        for indicator in read_edition(read_document(CRITERIA / edition), None).indicators
    }

    assert found["ha-tinh-kdc-kieu-mau", "3-met"] == found["ha-tinh-kdc-kieu-mau", "3-ho"] == [0.70]
    assert found["ha-tinh-vuon-mau", "4a"] == [0.80]


@pytest.mark.parametrize(
    ("file", "old", "new", "key"),
    [
        ("criteria.yaml", "household_fence.green_m", "household_fence.grene_m", "criteria[3].indicators[3-met].numerator.question"),
        ("criteria.yaml", "[hedge, covered_by_plants]", "[hedge, covered]", "criteria[3].indicators[3-ho].holds.in"),
        ("criteria.yaml", "at_least: 0.70", "at_least: 70", "criteria[3].indicators[3-met].threshold.at_least"),
        ("criteria.yaml", "status: read, sources", "status: sure, sources", "criteria[3].indicators[3-met].threshold.status"),
        ("criteria.yaml", "fences-2017]", "fences-2018]", "criteria[3].indicators[3-met].threshold.sources[1]"),
        ("criteria.yaml", 'code: "2"', 'code: "1"', "criteria[1].code"),
        ("criteria.yaml", 'code: "2b"', 'code: "2a"', "criteria[2].indicators"),
        ("criteria.yaml", "rule: agree", "rule: average", "criteria[3].rule"),
        ("criteria.yaml", "rule: agree", "rulle: agree", "criteria[3].rulle"),
        ("criteria.yaml", "{attribute: length_m}", "{attribute: lenght_m}", "criteria[4].indicators[4a].denominator.attribute"),
        ("criteria.yaml", "attribute: class, is: hamlet", "attribute: class, at_least: 2", "criteria[4].indicators[4a].where.at_least"),
        ("criteria.yaml", "kind: count_of_sites", "kind: share_of_sums", "criteria[2].indicators[2b].kind"),
        ("criteria.yaml", "kind: count_of_sites", "kind: count_of_sites\n        unit: share", "criteria[2].indicators[2b].unit"),
        ("criteria.yaml", "kind: count_of_sites", "kind: condition", "criteria[2].indicators[2b].unit"),
        ("criteria.yaml", "kind: count_of_sites", "kind: ratio_of_sums", "criteria[2].indicators[2b]"),
        ("criteria.yaml", "{at_least: 0.70, status: read", "{at_least: 0.70, status: missing", "criteria[3].indicators[3-met].threshold"),
        ("criteria.yaml", '"9", "10", "n', '"9", "11", "n', "criteria[all].combines"),
        ("criteria.yaml", "open: [set_by_person]", "open: [whoever]", "criteria[6].open[0]"),
        ("criteria.yaml", 'en: "Electricity"', "", "criteria[6].title.en"),
        ("criteria.yaml", "at_least: 0.70", 'at_least: "0,7"', "criteria[3].indicators[3-met].threshold.at_least"),
        ("criteria.yaml", "at_least: 0.70", "at_least: 0", "criteria[3].indicators[3-met].threshold"),
        ("criteria.yaml", "at_least: 0.70", "above: 1", "criteria[3].indicators[3-met].threshold"),
        ("criteria.yaml", "at_least: 0.70", "below: 0", "criteria[3].indicators[3-met].threshold"),
        ("criteria.yaml", "at_least: 0.70", "at_least: 0.7, above: 0.8", "criteria[3].indicators[3-met].threshold.above"),
        ("criteria.yaml", "at_least: 0.70", "at_least: 0.7, at_most: 0.6", "criteria[3].indicators[3-met].threshold"),
        ("criteria.yaml", "at_least: 0.70", "at_least: 0.7, below: 0.7", "criteria[3].indicators[3-met].threshold"),
        ("criteria.yaml", "at_least: 0.70", "required: true", "criteria[3].indicators[3-met].threshold.required"),
        ("criteria.yaml", "at_least: 0.70", 'at_least: 0.70, group: "2"', "criteria[3].indicators[3-met].threshold.group"),
        ("criteria.yaml", "valid_from: 2014-08-04", "valid_to: 2014-08-03", "criteria[3].indicators[3-met].threshold.valid_to"),
        ("criteria.yaml", "household_fence.total_m}", "household_garden.area_m2}", "criteria[3].indicators[3-met].numerator"),
        ("criteria.yaml", "household_fence.total_m}", "household_fence.total_m}\n        unit: km", "criteria[3].indicators[3-met].unit"),
        ("criteria.yaml", "{question: household_fence.total_m}", "{count: sites}\n        unit: km", "criteria[3].indicators[3-met].scale"),
        ("criteria.yaml", "household_fence.total_m}", "household_fence.kind}", "criteria[3].indicators[3-met].denominator"),
        ("criteria.yaml", "[hedge, covered_by_plants]", "[]", "criteria[3].indicators[3-ho].holds.in"),
        ("criteria.yaml", "[hedge, covered_by_plants]", "hedge", "criteria[3].indicators[3-ho].holds.in"),
        ("criteria.yaml", 'code: "3-met"', "code: 3.1", "criteria[3].indicators[0].code"),
        ("criteria.yaml", 'code: "3-met"', 'code: "3 mét"', "criteria[3].indicators[3 mét].code"),
        ("criteria.yaml", "rule: agree", "rule: agree\n    levels: [almost]", "criteria[3].levels[0]"),
        ("criteria.yaml", "kind: count_of_sites", "kind: count_of_sites\n        scale: 2", "criteria[2].indicators[2b].scale"),
        ("criteria.yaml", "kind: count_of_sites", "kind: stated", "criteria[2].indicators[2b]"),
        ("criteria.yaml", "share_of_hamlets: {status: missing}",
         "count_of_hamlets: {at_least: 1.5, status: read, sources: [junction-signs]}",
         "criteria[1].roll_up.count_of_hamlets"),
        ("criteria.yaml", "roll_up: {share_of_hamlets: {status: missing}}", "roll_up: mean", "criteria[1].roll_up"),
        ("criteria.yaml", 'title: {vi: "Hàng rào", en: "Fences"}', "title: [Hàng rào]", "criteria[3].title"),
        ("edition.yaml", "unit: hamlet", "unit: hamlet\ntakes_part: {question: household_fence.kind, is: hedge}", "takes_part"),
        ("edition.yaml", "unit: hamlet", "unit: hamlet\ngroups: [{code: '1', title: {vi: a, en: b}}, {code: '1', title: {vi: a, en: b}}]",
         "groups[1].code"),
        ("edition.yaml", "unit: hamlet", "unit: hamlet\n\tnote: x", "dòng/line 5"),
        ("edition.yaml", "later-edition:\n    text", "later-edition:\n    decision", "sources.later-edition.text"),
        ("edition.yaml", "https://vietnam.vn", "vietnam.vn", "sources.ten-criteria-2023.addresses[0]"),
        ("edition.yaml", "valid_from: 2014-08-04", "valid_from: 2014-13-04", "valid_from"),
        ("edition.yaml", "valid_from: 2014-08-04", "valid_from: 2014-08-04\nvalid_to: 2013-01-01", "valid_to"),
        ("edition.yaml", "unit: hamlet", "unit: village", "unit"),
        ("edition.yaml", "unit: hamlet", "unit: hamlet\nunit: hamlet", "dòng/line 5"),
        ("edition.yaml", "unit: hamlet", "unit: [hamlet", ""),
    ],
)
def test_faults_are_named(broken: Callable[[str, str, str], Problem], file: str, old: str, new: str, key: str) -> None:
    """An officer who edits a file learns where and what, never a traceback."""
    problem = broken(file, old, new)

    assert problem.details["key"] == key or not key
    assert problem.details["remedy_vi"]
    assert problem.details["remedy_vi"] != problem.details["remedy_en"]


def test_aliases_are_refused(tmp_path: Path) -> None:
    """A few aliases can stand for gigabytes."""
    (tmp_path / "edition.yaml").write_text("edition: x\nnote: &a {vi: a, en: b}\nvalidity_note: *a\n")
    with pytest.raises(Problem, match="alias"):
        read_document(tmp_path)


@pytest.mark.parametrize(
    "written", ["[" * 5000, "{a: " * 3000, "a: " + "9" * 6000, "a: !!int x", "a: !!timestamp x", "a: !!bool x", "? [1]\n: 2"]
)  # fmt: skip
def test_what_no_reader_takes_is_refused(tmp_path: Path, written: str) -> None:
    """A hostile file ends in a sentence: the reader's own traces would show a defect of ours."""
    (tmp_path / "edition.yaml").write_text(written)
    with pytest.raises(Problem) as caught:
        read_document(tmp_path)

    assert caught.value.kind is BROKEN_CATALOGUE


def test_folder_without_a_head_is_refused(tmp_path: Path) -> None:
    """The head names the edition."""
    with pytest.raises(Problem) as caught:
        read_document(tmp_path)

    assert caught.value.details["file"].endswith("edition.yaml")


def test_words_stay_words(tmp_path: Path) -> None:
    """`yes` is a code and a date is a date: YAML 1.1 would make other things of them."""
    (tmp_path / "edition.yaml").write_text(
        "edition: x\ntitle: {vi: a, en: b}\nunit: household\nvalid_from: 2026-01-31\nsources: {}\n"
        "takes_part: {question: f.q, is: yes}\ncriteria: [{code: '1', title: {vi: a, en: b}, open: [set_by_person]}]\n"
    )
    edition = read_edition(read_document(tmp_path), {"f.q": Question("select_one", frozenset({"yes", "no"}))})

    assert edition.valid_from is not None
    assert edition.valid_from.isoformat() == "2026-01-31"


def test_two_numbers_that_begin_on_one_day_are_refused(broken: Callable[[str, str, str], Problem]) -> None:
    """Nobody could say which of them is in force."""
    one = "{at_least: 0.70, status: read, sources: [tentative-2014, fences-2017], valid_from: 2014-08-04}"
    problem = broken("criteria.yaml", f"threshold: {one}", f"thresholds: [{one}, {one}]")

    assert problem.details["key"] == "criteria[3].indicators[3-met].thresholds[1]"


def test_a_stored_edition_is_read_by_the_rules_of_its_day() -> None:
    """What was loaded before a rule of the reader came must still open: earlier days are judged by it."""
    document = read_document(CRITERIA / "qd-51-2025")
    files = json.loads(json.dumps(document.files))
    files["criteria.yaml"]["criteria"][0]["code"] = "một hai"

    assert read_edition(Document(document.edition, files), None).criteria[0].code == "một hai"


def test_every_edition_says_how_surely_each_number_is_known() -> None:
    """The editions of the reference with their N, and nothing recalled or missing may decide."""
    found = {edition: read_edition(read_document(CRITERIA / edition), None) for edition in EDITIONS}
    counted = {edition: sum(criterion.is_counted for criterion in one.criteria) for edition, one in found.items()}

    assert counted == {
        "ha-tinh-05-2017": 20, "ha-tinh-kdc-kieu-mau": 10, "ha-tinh-vuon-mau": 5, "qd-1980-2016": 19, "qd-318-2022": 19,
        "qd-491-2009": 19, "qd-51-2025": 10,
    }  # fmt: skip
    for one in found.values():
        for threshold in (threshold for indicator in one.indicators for threshold in indicator.thresholds):
            assert (threshold.weakness is not None) == (threshold.status in (Status.MISSING, Status.RECALLED))
