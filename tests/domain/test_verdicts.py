"""Verdicts as documents, dated thresholds, merged hamlets."""

from datetime import date
from pathlib import Path

import pytest

from survey.catalogue.editions import read_document, read_edition
from survey.domain.assessment import Assessment
from survey.domain.canonical import dumps
from survey.domain.conditions import Observation
from survey.domain.criteria import Edition, Moment
from survey.domain.thresholds import Status, Threshold, threshold_on
from survey.domain.verdicts import REASONS, Verdict, read_verdict, submissions_digest, verdict_document

CRITERIA = Path(__file__).parents[2] / "schema" / "criteria"
FENCE = {"household_fence.total_m": 100.0, "household_fence.green_m": 80.0, "household_fence.kind": frozenset({"hedge"})}
TODAY = Moment(date(2026, 11, 23))


def household(site: str, hamlet: str | None) -> Observation:
    return Observation(site, hamlet, "household", {}, FENCE, {"household_fence": (f"uuid:{site}",)})


def assess_sites(edition: Edition, sites: list[Observation], hamlets: list[str], moment: Moment) -> list[Verdict]:
    assessment = Assessment([edition], moment)
    for seen in sites:
        assessment.count(seen)
    return assessment.verdicts(hamlets)


@pytest.mark.parametrize("edition", sorted(path.name for path in CRITERIA.iterdir()))
def test_every_verdict_survives_its_document(edition: str) -> None:
    """A verdict written as JSON and read back is the same verdict."""
    loaded = read_edition(read_document(CRITERIA / edition), None)
    verdicts = assess_sites(loaded, [household("a", "A"), household("b", None)], ["A", "B"], Moment(TODAY.on, history=True))

    assert len(verdicts) == 3 * len(loaded.criteria)
    for verdict in verdicts:
        document = verdict_document(verdict)
        assert verdict_document(read_verdict(document)) == document
        assert set(verdict.reasons) <= set(REASONS)
        assert dumps(document)


def test_basis_names_its_submissions_sorted_with_their_hash() -> None:
    """What is exported can be compared with what was counted."""
    loaded = read_edition(read_document(CRITERIA / "ha-tinh-kdc-kieu-mau"), None)
    verdicts = assess_sites(loaded, [household("b", "A"), household("a", "A")], ["A"], TODAY)
    basis = next(one for one in verdicts if one.criterion == "3" and one.hamlet == "A").basis[0]

    assert basis.submissions == ("uuid:a", "uuid:b")
    assert basis.submissions_sha256 == submissions_digest(["uuid:b", "uuid:a"])
    assert basis.threshold is not None
    assert basis.threshold.sources[0].addresses


def test_merged_hamlet_counts_for_its_successor() -> None:
    """Sites of a hamlet that became another count there, and for the commune once."""
    loaded = read_edition(read_document(CRITERIA / "ha-tinh-kdc-kieu-mau"), None)
    counting = Assessment([loaded], TODAY)
    for seen in (household("a", "old"), household("b", "new"), household("c", None)):
        counting.count(seen)
    by_place = {verdict.hamlet: verdict for verdict in counting.verdicts(["new"], {"old": "new"}) if verdict.criterion == "3"}

    assert by_place["new"].basis[0].registered == 2
    assert next(basis for basis in by_place[None].basis if basis.indicator == "3-met").registered == 3


def test_threshold_in_force_is_the_one_that_began_last() -> None:
    """Dates choose the number; history falls back on the last one known by then."""
    old = Threshold("share", Status.READ, at_least=0.5, valid_from=date(2017, 1, 1), valid_to=date(2020, 12, 31))
    new = Threshold("share", Status.ENTERED, at_least=0.7, valid_from=date(2019, 1, 1), valid_to=date(2021, 12, 31))

    assert threshold_on([new, old], date(2018, 6, 1)) is old
    assert threshold_on([old, new], date(2019, 6, 1)) is new
    assert threshold_on([old, new], date(2022, 1, 1)) is None
    assert threshold_on([old, new], date(2022, 1, 1), history=True) is new
    assert threshold_on([old, new], date(2016, 1, 1), history=True) is None
