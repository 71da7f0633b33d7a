"""One form, two interpreters: the same random answers have the same relevance, calculations and faults in the browser and on the server."""

import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from survey.domain.forms import Misfit
from survey.forms.check import check_answers
from survey.forms.instance import canonical_answers, read_instance
from survey.forms.render import written
from survey.forms.settle import MOST_INSTANCES, Settled, moves, place_repeats, places, settle, walk
from tests.forms.fillings import cut, filling, instance_xml
from tests.forms.public_forms import NAMES, public_form
from tests.live import LiveServer

pytestmark = pytest.mark.browser

MOMENT = "2026-11-23T12:00:00.000+07:00"
FILLINGS = 40
FAULTS = {
    "missing": "answer_required", "number": "answer_not_a_number", "constraint": "answer_outside_limits", "choice": "answer_not_a_choice",
    "collect": "answer_required",
}  # fmt: skip


def _here(page: Page, live: LiveServer) -> None:
    page.goto(f"{live.url}/field/")
    script = (Path(__file__).parent / "fillings.mjs").read_text()
    page.route("**/field/fillings.mjs", lambda route: route.fulfill(body=script, content_type="text/javascript"))


def _server(tree: Any, data: dict[str, Any]) -> tuple[Settled, list[Misfit]]:
    instance = read_instance(instance_xml(tree, data), tree)
    answers = canonical_answers(instance)
    settled = settle(tree, place_repeats(tree, answers), today=MOMENT[:10], now=MOMENT, counts=instance.repeats)
    return settled, check_answers(tree, answers, date.fromisoformat(MOMENT[:10]), instance.repeats)


def _relevant(tree: Any, settled: Settled) -> list[str]:
    nodes = [node for node in walk(tree["children"]) if node["kind"] != "repeat"]
    return [path for node in nodes for path in places(node, settled.model) if path in settled.relevant]


def _calculated(tree: Any, settled: Settled) -> dict[str, str]:
    nodes = [node for node in walk(tree["children"]) if "calculation" in node]
    found = [path for node in nodes for path in places(node, settled.model) if path in settled.relevant]
    return {path: written(settled.model.values.get(path)) for path in found}


@pytest.mark.parametrize("name", NAMES)
def test_browser_and_server_agree(page: Page, live: LiveServer, name: str) -> None:
    """Forty fillings of each form; counted repeats have as many instances here as there."""
    _here(page, live)
    tree = public_form(name).tree
    chance = random.Random(name)  # noqa: S311 - the same fillings every time
    fillings = [filling(tree, chance) for _ in range(FILLINGS)]

    told = page.evaluate(
        "async ([tree, fillings, moment]) => (await import('/field/fillings.mjs')).outcomes(tree, fillings, moment)",
        [tree, fillings, MOMENT],
    )

    drawn = {node["path"] for node in walk(tree["children"]) if moves(node.get("calculation")) and "today" not in str(node["calculation"])}
    logic = {node["path"] for node in walk(tree["children"]) if node.get("foreign") == "logic"}
    names = {node["path"]: node["name"] for node in walk(tree["children"])}
    for data, browser in zip(fillings, told, strict=True):
        settled, misfits = _server(tree, cut(data, tree["children"], f"/{tree['root']}", browser["counts"]))

        assert sorted(_relevant(tree, settled)) == sorted(browser["relevant"]), data
        assert {key: value for key, value in settled.model.counts.items() if browser["counts"].get(key, value) != value} == {}
        plain = {key: value for key, value in _calculated(tree, settled).items() if _plain(key) not in drawn}
        assert plain == {key: value for key, value in browser["calculated"].items() if _plain(key) not in drawn}, data
        expected = {(FAULTS[fault], names[path], at) for fault, path, at in browser["faults"] if path not in logic}
        assert {(one.code, one.question, one.repeat) for one in misfits if one.severity > 1} == expected, data


def _plain(path: str) -> str:
    return "/".join(step.partition("[")[0] for step in path.split("/"))


def test_a_slip_of_the_finger_does_not_fill_the_phone(page: Page, live: LiveServer) -> None:
    """A counted repeat stops at the same number on both sides."""
    _here(page, live)
    tree = public_form("market").tree
    many = {**tree, "children": [{**node, "count": {"n": 1e9}} if "count" in node else node for node in tree["children"]]}

    (told,) = page.evaluate(
        "async ([tree, fillings, moment]) => (await import('/field/fillings.mjs')).outcomes(tree, fillings, moment)", [many, [{}], MOMENT]
    )

    assert told["counts"] == {"/data/price": MOST_INSTANCES}
    assert settle(many, {}).model.counts["/data/price"] == MOST_INSTANCES


def test_what_a_change_sets_off(page: Page, live: LiveServer) -> None:
    """A triggered calculation runs when its question changes and at no other time; what is drawn by lot is drawn once."""
    _here(page, live)
    steps = page.evaluate(
        """async (tree) => {
            const { Answers } = await import('/field/tree.mjs');
            let minute = 0;
            const answers = new Answers(tree, null, { now: () => new Date(Date.UTC(2026, 10, 23, 5, minute)) });
            const seen = () => ['weighed_at', 'card', 'started'].map((name) => answers.value(`/data/${name}`));
            const found = [seen()];
            for (const [name, text] of [['child', 'An'], ['weight', '9'], ['child', 'Anh']]) {
              minute += 1;
              answers.set(`/data/${name}`, [], text);
              found.push(seen());
            }
            return found;
        }""",
        public_form("child_health").tree,
    )

    assert [moment for moment, _, _ in steps][1:] == [steps[0][0], "2026-11-23T12:02:00.000+07:00", "2026-11-23T12:02:00.000+07:00"]
    assert len({card for _, card, _ in steps}) == 1
    assert {started for _, _, started in steps} == {"2026-11-23T12:00:00.000+07:00"}
