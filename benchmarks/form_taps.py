"""How soon a checklist answers a tap on a slow phone: from the touch to the next picture, beside the 100 ms that feel immediate.

    python benchmarks/form_taps.py [--questions 40 200] [--slowdown 4]

Each checklist is an XLSForm with conditions, calculations, constraints, filtered choices and a repeat with three entries, opened on a live
server in headless Chromium at a phone's size. Every question is answered by touch; each touch and each letter is measured.
"""

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Browser, CDPSession, Locator, Page, sync_playwright

from survey.forms.compile import compile_xlsform
from survey.store.forms import insert_form
from survey.wiring import Settings, open_survey
from tests.conftest import COMMUNE, seed
from tests.live import LiveServer

IMMEDIATE_MS = 100
_REPEAT = 5  # questions of the repeat, answered three times
_PHONE = {"viewport": {"width": 360, "height": 800}, "has_touch": True, "is_mobile": True, "locale": "vi-VN", "device_scale_factor": 2}
# From the touch itself (the event's own time stamp) to the moment after the next picture.
_WATCH = """
  window.waits = [];
  const named = (target) => target.closest("[data-name]")?.dataset.name ?? target.textContent.trim();
  const watch = (event) => requestAnimationFrame(() => {
    const drawn = new MessageChannel();
    drawn.port1.onmessage = () => window.waits.push([performance.now() - event.timeStamp, `${event.type} ${named(event.target)}`]);
    drawn.port2.postMessage(null);
  });
  for (const kind of ["click", "keydown"]) addEventListener(kind, (event) => event.isTrusted && watch(event), true);
"""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, nargs="+", default=[40, 200])
    parser.add_argument("--slowdown", type=float, default=4)
    arguments = parser.parse_args()
    load = f"{os.cpu_count()} cores, {os.getloadavg()[0]:.1f} processes wait for them"
    print(f"processor {arguments.slowdown:g} times slower ({load}); ratio: p95 to {IMMEDIATE_MS} ms")
    print(f"{'questions':>9} {'touches':>8} {'median':>7} {'p95':>6} {'max ms':>7} {'ratio':>6}  slowest")
    with tempfile.TemporaryDirectory() as folder, _phone() as browser:
        _prepare(Path(folder), arguments.questions)
        with LiveServer(Path(folder)) as server:
            for questions in arguments.questions:
                touches = _fill(browser, server, questions, arguments.slowdown)
                waits = [wait for wait, _ in touches]
                middle, high, most = statistics.median(waits), statistics.quantiles(waits, n=20)[-1], max(touches)
                cells = f"{middle:>7.0f} {high:>6.0f} {most[0]:>7.0f} {high / IMMEDIATE_MS:>6.2f}  {most[1]}"
                print(f"{questions:>9} {len(waits):>8} {cells}", flush=True)


@contextmanager
def _phone() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--headless=new", "--no-sandbox"])
        yield browser
        browser.close()


def _prepare(folder: Path, sizes: list[int]) -> None:
    survey = open_survey(Settings(data=folder))
    seed(survey.store)
    now = datetime.now(UTC)
    with survey.transaction() as tx:
        for questions in sizes:
            content = checklist(questions).encode()
            insert_form(tx, COMMUNE, compile_xlsform(content, f"taps_{questions}.md"), content, now)
    survey.store.close()


def checklist(questions: int) -> str:
    """A checklist of *questions* questions as a Markdown table of its sheets."""
    survey = ["| survey |", "| | type | name | label | relevant | constraint | calculation | choice_filter | required |"]
    survey += [_row(*cells) for number in range(1, questions - _REPEAT + 1) for cells in _question(number)]
    survey += [
        _row("begin repeat", "tree", "Cây"), _row("select_one kind", "tree_kind", "Loại cây"), _row("integer", "tree_age", "Tuổi cây"),
        _row("select_one yes", "tree_sick", "Cây bị sâu bệnh"), _row("text", "tree_name", "Tên cây", "${tree_sick} = 'yes'"),
        _row("integer", "tree_count", "Số cây", "", ". < 1000"), _row("end repeat", ""),
        _row("calculate", "trees", "", "", "", "sum(${tree_count})"), _row("note", "total", "Có ${trees} cây", "${trees} > 0"),
    ]  # fmt: skip
    lists = [("yes", "yes", "Có", ""), ("yes", "no", "Không", "")]
    lists += [("group", f"g{group}", f"Nhóm {group}", "") for group in range(4)]
    lists += [("kind", f"k{kind}", f"Loại {kind}", f"g{kind % 4}") for kind in range(20)]
    choices = ["| choices |", "| | list_name | name | label | of |", *(f"| | {' | '.join(row)} |" for row in lists)]
    settings = ["| settings |", "| | form_id | version | title |", f"| | taps_{questions} | 1 | Phiếu {questions} câu |"]
    return "\n".join([*survey, *choices, *settings, ""])


def _row(*cells: str) -> str:
    return f"| | {' | '.join([*cells, *[''] * (8 - len(cells))])} |"


# Six kinds of questions in turn, each leaning on those before it; behind every tenth a calculation over the last ten, and its note.
def _question(number: int) -> Iterator[tuple[str, ...]]:
    before = f"q{number - 1}"
    kinds = {
        1: ("select_one yes", "", "", ""), 2: ("integer", f"${{{before}}} = 'yes'", ". >= 0 and . < 10000", ""),
        3: ("select_one group", "", "", ""), 4: ("select_one kind", "", "", f"of = ${{{before}}}"),
        5: ("select_multiple kind", "", "count-selected(.) <= 5", ""), 0: ("decimal", f"count-selected(${{{before}}}) > 0", ". < 500", ""),
    }  # fmt: skip
    kind, relevant, constraint, choice_filter = kinds[number % 6]
    yield kind, f"q{number}", f"Câu hỏi số {number}", relevant, constraint, "", choice_filter, "yes" if number % 3 else ""
    if number % 10 == 0:
        numbers = [f"coalesce(number(${{q{one}}}), 0)" for one in range(number - 9, number + 1) if one % 6 in {0, 2}]
        last = f" + ${{sum{number - 10}}}" if number > 10 else ""
        yield "calculate", f"sum{number}", "", "", "", f"{' + '.join(numbers)}{last}"
        yield "note", f"note{number}", f"Cộng đến đây: ${{sum{number}}}", f"${{sum{number}}} > 0"


def _fill(browser: Browser, server: LiveServer, questions: int, slowdown: float) -> list[tuple[float, str]]:
    """Milliseconds of every touch and letter at *slowdown*, and what was touched."""
    context = browser.new_context(**_PHONE)
    context.add_cookies([{"name": "survey_session", "value": server.cookie("inspector"), "url": server.url, "httpOnly": True}])
    page = context.new_page()
    page.add_init_script(_WATCH)
    page.goto(f"{server.url}/field/")
    page.get_by_role("button", name="Chưa có trong sổ bộ").tap()
    tile = page.locator(".form-tile", has_text=f"Phiếu {questions} câu")
    tile.wait_for()
    page.wait_for_timeout(1000)
    throttle: CDPSession = context.new_cdp_session(page)
    throttle.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    tile.tap()
    page.locator("form .question").first.wait_for()
    page.wait_for_timeout(1500)
    page.evaluate("() => { window.waits = []; }")
    _answer_all(page)
    page.wait_for_timeout(1000)
    touches = [(float(wait), str(what)) for wait, what in page.evaluate("() => window.waits")]
    context.close()
    return touches


def _answer_all(page: Page) -> None:
    for _ in range(3):
        page.locator("form section.group > button.plain").last.tap()
    while (open_ones := page.locator(".question:visible:not([data-begun])")).count():
        open_ones.first.evaluate("(element) => element.setAttribute('data-begun', '')")
        question = page.locator("[data-begun]:not([data-answered])").first
        _answer(question)
        question.evaluate("(element) => element.setAttribute('data-answered', '')")


def _answer(question: Locator) -> None:
    tiles = question.locator(".tile")
    if count := tiles.count():
        tiles.first.tap()
        if count > 1 and question.locator("[type=checkbox]").count():
            tiles.nth(1).tap()
        return
    if question.locator("select").count():
        question.locator("select").select_option(index=1)
        return
    box = question.locator("input, textarea")
    box.tap()
    box.press_sequentially("12", delay=120)


if __name__ == "__main__":
    main()
