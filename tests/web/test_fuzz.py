"""A short run of the fuzzer of the XML and multipart doors; `python -m tests.web.fuzzing` is the long one."""

from pathlib import Path
from random import Random

import pytest

from tests.web import broken
from tests.web.fuzzing import Report, _try, fuzz, make_commune

_CASES = 300


def test_no_changed_request_breaks_a_door(tmp_path: Path) -> None:
    """Truncated, nested, doubled and odd bodies are answered below 500 at every door; some of them are good and taken."""
    make_commune(tmp_path)
    report = fuzz(tmp_path, 1, _CASES)

    assert report.findings == []
    assert report.outcomes.total() == _CASES
    assert {"openrosa 201", "openrosa 400", "instance 201", "instance 400", "resident 200", "checklist compiled"} <= set(report.outcomes)


@pytest.mark.parametrize("outcome", ["openrosa 500", "instance 503"])
def test_a_server_error_is_a_finding(outcome: str) -> None:
    """An answer of 500 and more, and an exception, are findings under the seed that makes them again."""
    report = Report()
    _try(report, 7, lambda _dice: outcome)
    _try(report, 8, lambda dice: f"openrosa {1 / (dice.randrange(1))}")

    assert [finding.partition(",")[0] for finding in report.findings] == ["seed 7", "seed 8"]


def test_the_same_seed_makes_the_same_bytes() -> None:
    """A finding can be made again."""
    content = b"<data id='x'><fence>1</fence></data>"
    made = [[broken.xml(Random(seed), content) for seed in range(50)] for _ in range(2)]  # noqa: S311 - it must be made again

    assert made[0] == made[1]
    assert len(set(made[0])) > 20
