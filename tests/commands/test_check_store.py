"""`check-store`: whatever somebody changes behind the app's back is named."""

import json
from collections.abc import Callable

import pytest

from survey import receive, review
from survey.commands import main
from survey.domain.people import Actor
from survey.domain.submissions import State
from survey.wiring import Survey
from tests.receive.conftest import fence, jpeg, new_id, stage, stocked  # noqa: F401 - a fixture among them

Check = Callable[..., tuple[int, str, str]]


@pytest.fixture
def check(stocked: Survey, reviewer: Actor, capsys: pytest.CaptureFixture[str]) -> Check:  # noqa: F811
    """A fence with its photo, accepted; the function changes rows by statements of SQL, runs the command, returns code and output."""
    submission = new_id()
    receive.submission(stocked, reviewer, fence(stocked, submission), door="field", files=[("a.jpg", stage(stocked, jpeg()))])
    review.decide(stocked, reviewer, submission, State.ACCEPTED, expected_version=1)

    def run(*statements: str, options: tuple[str, ...] = ()) -> tuple[int, str, str]:
        with stocked.transaction() as tx:
            for statement in statements:
                tx.execute(statement)
        code = main(["check-store", "--data", str(stocked.settings.data), *options])
        out = capsys.readouterr()
        return code, out.out, out.err

    return run


def test_a_whole_store_has_no_fault(check: Check) -> None:
    """Exit 0 and a word for people; nothing for machines."""
    assert check() == (0, "nguyên vẹn / whole and unchanged\n", "")
    assert check(options=("--json",)) == (0, "", "")


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE submission SET state = 'rejected'", "STATE_NOT_LOGGED"),
        ("UPDATE submission SET missing_files = 7", "MISSING_COUNT"),
        ("UPDATE submission SET instance_sha256 = 'f00d'", "SUBMISSION_NOT_LOGGED"),
        ("UPDATE instance SET xml = CAST('<data/>' AS BLOB)", "INSTANCE_CHANGED"),
        ("UPDATE tally SET count = count + 1", "TALLY"),
        ("UPDATE event SET body = replace(body, 'accepted', 'rejected')", "LOG_BROKEN"),
        ("DELETE FROM event WHERE seq = 2", "LOG_GAP"),
        ("DELETE FROM event WHERE seq = (SELECT MAX(seq) FROM event WHERE commune <> '')", "LOG_HEAD"),
        ("UPDATE attachment SET sha256 = 'f00d' WHERE sha256 IS NOT NULL", "FILE_NOT_LOGGED"),
        ("UPDATE attachment SET sha256 = 'f00d' WHERE sha256 IS NOT NULL", "ATTACHMENT_WITHOUT_BLOB"),
        ("UPDATE blob SET crc32 = crc32 + 1", "BLOB_CHANGED"),
    ],
)
def test_a_changed_row_is_named(check: Check, statement: str, code: str) -> None:
    """Each row that no longer agrees with the bytes, the counts or the log; exit 1 and one coded line on stderr."""
    done, out, err = check(statement)

    assert done == 1
    assert code in {line.split()[0] for line in out.splitlines()}
    assert err.splitlines()[-1].startswith("STORE_FAULTY: ")


def test_changed_and_missing_bytes_are_named(check: Check, stocked: Survey) -> None:  # noqa: F811
    """A photo's file is edited, then removed; machines get one JSON object a fault."""
    (path,) = [path for path in (stocked.settings.data / "blobs").rglob("*") if path.is_file()]
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert check()[1].startswith("BLOB_CHANGED")
    path.unlink()
    code, out, _ = check(options=("--json",))

    assert (code, json.loads(out)["code"]) == (1, "BLOB_MISSING")
