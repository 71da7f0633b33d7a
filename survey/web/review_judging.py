"""A flag opened: its figures with their units, the rule in words, the thresholds with their source, and a reviewer's word on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from survey.domain.checks import CHECKS
from survey.domain.judgements import CONFIRMED, DISMISSED, TAKEN_BACK
from survey.domain.ports import Row
from survey.domain.problems import Problem
from survey.domain.reasons import NOTE_LENGTH
from survey.domain.times import from_text
from survey.judging import SeenFlag, judge_flags
from survey.web import session, text
from survey.web.check_words import Own, read_own, rule_words, threshold_words, verdict_words
from survey.web.review import acting, remember, show_ready_reasons
from survey.web.review_case import Case
from survey.web.review_figures import figure_words
from survey.web.review_photos import flag_sentence
from survey.web.text import _


@dataclass(frozen=True)
class Group:
    """Flags of one check on one submission that were judged alike; *verdict* is `""`, `confirmed` or `dismissed`."""

    code: str
    severity: int
    verdict: str
    flags: tuple[Row, ...]

    @property
    def key(self) -> str:
        """What tells it from the submission's other groups."""
        return f"{self.code}_{self.verdict or 'open'}"


def show_explanation(case: Case, group: Group, titles: Mapping[str, str], labels: Mapping[str, str]) -> None:
    """Show what lies behind *group*, what was said of it, and the way to say something."""
    here = session.look()
    if here is None:
        return
    with here.survey.reading() as reader:
        own = read_own(reader, here.actor.commune)
    st.html("".join(_figures(flag, titles, labels, alone=len(group.flags) == 1) for flag in group.flags) + _rule(group.code, own))
    for sentence in _said(case, group):
        st.text(sentence)
    if group.verdict:
        args = (case.submission.id, group, TAKEN_BACK, "")
        st.button(_("Take the judgement back"), key="judge_back", on_click=_judge, args=args)
    else:
        _show_form(case, group, titles)


def ready_reasons(code: str) -> dict[str, str]:
    """Reasons that reviewers give every day for or against a flag of this check, in short and in full."""
    group = CHECKS[code].group if code in CHECKS else ""
    particular = {
        "place": {
            _("Position drifted"): _("Weak signal made the position drift; the photo shows the right place."),
            _("Register wrong"): _("The position in the register is wrong; it will be corrected."),
            _("Really elsewhere"): _("The photo shows another place."),
        },
        "time": {_("Clock was wrong"): _("The phone's clock was wrong; the order of events is right."),
                 _("Another day"): _("The photo is from another day.")},
        "light": {_("Deep shade"): _("Taken in deep shade; it is outdoors."), _("Indoors"): _("The photo was taken indoors.")},
        "reuse": {_("Same picture"): _("It is the same picture."), _("Other picture"): _("Two different pictures of like places."),
                  _("Same visit"): _("Belongs to the same visit; not used twice.")},
        "origin": {_("Sent by chat"): _("Sent on by a chat app; the original was seen.")},
        "quality": {_("Clear enough"): _("What matters can be seen."), _("Cannot be seen"): _("What matters cannot be seen.")},
    }  # fmt: skip
    common = {_("Seen on site"): _("Checked on site."), _("Inspector asked"): _("The inspector was asked and explained it.")}
    return particular.get(group, {}) | common


def _figures(flag: Row, titles: Mapping[str, str], labels: Mapping[str, str], *, alone: bool) -> str:
    """The flag's figures as a list; with its sentence where several flags stand together."""
    title = titles.get(flag["attachment"], flag["attachment"])
    head = "" if alone else f"<p><b>{escape(title)}</b> {escape(flag_sentence(flag, dict(labels)))}</p>"
    figures = [figure_words(name, value, labels) for name, value in flag["figures"].items()]
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in figures)
    return head + (f'<dl class="figures">{rows}</dl>' if rows else "")


def _rule(code: str, own: Own) -> str:
    if code not in CHECKS:
        return f"<p>{escape(_('This version does not know the check; another one raised the flag.'))}</p>"
    lines = "".join(f"<li>{escape(words)}</li>" for words in (threshold_words(name, own) for name in CHECKS[code].thresholds))
    source = "" if lines else f" {escape(_('Source: {source}.', source=_(CHECKS[code].source)))}"
    rule = f"<p><b>{escape(_('Rule'))}:</b> {escape(rule_words(code, own))}{source}</p>"
    return f'<div class="rule">{rule}' + (f"<ul>{lines}</ul></div>" if lines else "</div>")


def _said(case: Case, group: Group) -> Sequence[str]:
    """What was said of the flags, each once: while it holds, or before their figures changed."""
    sentences: dict[str, None] = {}
    for flag in group.flags:
        verdict = flag["verdict"] or flag["verdict_before"]
        if verdict:
            said = verdict_words(verdict, case.person_name(flag["verdict_person"]))
            when = text.format_datetime(from_text(flag["verdict_at"]))
            before = "" if flag["verdict"] else _("Before the figures changed:") + " "
            sentences[f"{before}{said}, {when}: “{flag['verdict_reason']}”"] = None
    return list(sentences)


def _show_form(case: Case, group: Group, titles: Mapping[str, str]) -> None:
    """Show the choice of photos where there are several, the reason, and the two words that can be said."""
    key = f"flag_reason_{case.submission.id}_{group.key}"
    names = [flag["attachment"] for flag in group.flags]
    chosen = names
    if len(names) > 1:
        numbered = {name: text.plain(f"{number}. {titles.get(name, name)}") for number, name in enumerate(names, 1)}
        chosen = st.pills(_("Photos"), names, selection_mode="multi", default=names, format_func=numbered.__getitem__, key=f"{key}_photos")
    st.text_input(_("Reason to confirm or dismiss"), key=key, max_chars=NOTE_LENGTH)
    show_ready_reasons(key, ready_reasons(group.code))
    meant = Group(group.code, group.severity, "", tuple(flag for flag in group.flags if flag["attachment"] in chosen))
    with st.container(horizontal=True, key="flag_buttons"):
        for verdict, label in ((CONFIRMED, _("Confirm the flag")), (DISMISSED, _("Dismiss the flag"))):
            args = (case.submission.id, meant, verdict, key)
            st.button(label, key=f"judge_{verdict}", disabled=not meant.flags, on_click=_judge, args=args)


def _judge(submission: str, group: Group, verdict: str, key: str) -> None:
    here = acting()
    if here is None:
        return
    seen = [SeenFlag(flag["attachment"], flag["code"], flag["figures"], flag["judgement"]) for flag in group.flags]
    try:
        judge_flags(here.survey, here.actor, submission, seen, verdict, st.session_state.get(key, "") if key else "")
    except Problem as problem:
        remember(text.problem_text(problem), problem=True)
        return
    if key:
        st.session_state[key] = ""
    done = {CONFIRMED: _("Flag confirmed."), DISMISSED: _("Flag dismissed."), TAKEN_BACK: _("Judgement taken back.")}
    remember(done[verdict])
