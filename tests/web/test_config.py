"""Streamlit's settings that the product depends on."""

import resource
import tomllib

import pytest
import streamlit.config
from streamlit.runtime.pages_manager import PagesManager

from survey.web import session
from survey.web.app import settings_for_app
from survey.wiring import ROOT, Survey

CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())


def test_garbage_is_not_collected_after_each_script_run() -> None:
    """With Streamlit's default the server collapses at 100 active sessions; the option is hidden, so its name is checked too."""
    assert CONFIG["runner"]["postScriptGC"] is False
    assert "runner.postScriptGC" in streamlit.config._config_options_template


def test_nothing_is_told_to_others() -> None:
    """No usage statistics, no defects on the screen."""
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorDetails"] == "none"


def test_the_launcher_names_the_pages_from_the_first_visit_on(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder mode: a deep link to a fresh process runs the launcher, not the page's file by itself."""
    monkeypatch.setenv("SURVEY_DATA", str(survey.settings.data))
    monkeypatch.setattr(PagesManager, "uses_pages_directory", None)
    session.forget()
    settings_for_app()

    assert PagesManager.uses_pages_directory is False
    session.forget()


def test_a_server_may_keep_more_files_open_than_a_service_gets_by_default(survey, monkeypatch):
    """Each open tab costs four; 1,024 would end at some 200 of them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    monkeypatch.setenv("SURVEY_DATA", str(survey.settings.data))
    session.forget()
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, hard), hard))
    try:
        settings_for_app()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(hard, 65_536)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        session.forget()
