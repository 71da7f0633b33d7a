"""What strangers send to the OpenRosa door before they have proved anything."""

import time

import pytest

from survey.wiring import Survey
from tests.openrosa.test_authentication import DOOR
from tests.web.conftest import Client

_LETTERS = 30_000  # the server takes headers twice as long


@pytest.mark.parametrize("value", ["a" * _LETTERS, "a" * (_LETTERS // 2) + " " * (_LETTERS // 2)], ids=["letters", "spaces"])
def test_a_senseless_digest_is_refused_at_once(client: Client, stocked: Survey, value: str) -> None:
    """Who is nobody must not hold up everybody: one such header took the processor for half a minute."""
    browser, begun = client(origin=None), time.process_time()
    answer = browser.get(f"{DOOR}/formList", headers={"Authorization": f"Digest {value}"})

    assert answer.status_code == 401
    assert time.process_time() - begun < 2
