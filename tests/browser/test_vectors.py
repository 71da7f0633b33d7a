"""The field client computes what the server computes: every shared case, in the browser."""

import json
from pathlib import Path

from playwright.sync_api import Page

from tests.live import LiveServer

HERE = Path(__file__).parent
VECTORS = HERE.parent / "vectors"


def _load(page: Page, live: LiveServer) -> None:
    page.goto(f"{live.url}/field/")
    script = (HERE / "vectors.mjs").read_text()
    page.route("**/field/vectors.mjs", lambda route: route.fulfill(body=script, content_type="text/javascript"))


def test_expressions_agree_with_the_shared_cases(page: Page, live: LiveServer) -> None:
    """Each case of expressions.json gives the same kind and value in field/*.mjs as in survey/forms."""
    _load(page, live)
    cases = json.loads((VECTORS / "expressions.json").read_text())["cases"]

    wrong = page.evaluate(
        """async (cases) => {
            const { failures } = await import("/field/vectors.mjs");
            const { Answers } = await import("/field/tree.mjs");
            return failures(cases, Answers).map((one) => JSON.stringify(one));
        }""",
        cases,
    )

    assert len(cases) > 100
    assert wrong == []


def test_folding_agrees_with_the_shared_cases(page: Page, live: LiveServer) -> None:
    """Each case of fold.json is folded in the browser as in Python."""
    _load(page, live)
    cases = json.loads((VECTORS / "fold.json").read_text())["cases"]

    folded = page.evaluate(
        'async (texts) => { const { fold } = await import("/field/fold.mjs"); return texts.map(fold); }', [text for text, _ in cases]
    )

    assert folded == [wanted for _, wanted in cases]
