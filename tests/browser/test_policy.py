"""The content policy stops nothing that our own pages need: every page is opened in a browser that tells of each violation."""

import re

import pytest
from playwright.sync_api import expect

from survey.wiring import ROOT
from tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
# Chromium tells of each to the page itself, so none is lost between two messages of the console.
_LISTEN = """
window.violations = [];
addEventListener('securitypolicyviolation', (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


def test_no_page_asks_for_what_the_policy_forbids(live, new_phone):
    """All pages of Streamlit, the light ones and the field client; what a page does once it stands is heard for a moment, too."""
    page = new_phone().new_page()
    page.add_init_script(_LISTEN)
    told = []
    page.on("console", lambda message: told.append(message.text) if "Content Security Policy" in message.text else None)
    page.goto(live.url + "/sign-in")
    found = {"sign-in": page.evaluate("window.violations")}
    sign_in(page, live, "coordinator")
    for name in PAGES:
        page.goto(f"{live.url}/{name}")
        expect(page.get_by_test_id("stMainBlockContainer")).to_contain_text(re.compile(r"\w{3}"), timeout=20_000)
        expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=20_000)
        page.wait_for_timeout(300)
        found[name] = page.evaluate("window.violations")
    page.goto(live.url + "/field/")
    page.wait_for_selector("#ready[data-ready]", state="attached")
    found["field"] = page.evaluate("window.violations")

    assert {name: violations for name, violations in found.items() if violations} == {}
    assert told == []
