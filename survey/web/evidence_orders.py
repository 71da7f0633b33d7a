"""Widgets of the evidence page: what a bundle would hold, the button that asks for it, and how far the workers are."""

from collections.abc import Mapping
from html import escape

import streamlit as st

from survey import assess, deliver
from survey.domain.bundles import Progress, Request
from survey.domain.evidence import Contents, Variant
from survey.domain.problems import CATALOGUE, Problem
from survey.domain.submissions import State
from survey.web import session, text
from survey.web.evidence import Wish
from survey.web.evidence_made import Names
from survey.web.session import Here
from survey.web.text import _, ngettext

_STYLE = """<style>
.numbers { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: .6rem; margin: .2rem 0 .4rem; }
.numbers div { border: 1px solid color-mix(in srgb, currentColor 40%, transparent); border-radius: .5rem; padding: .5rem .75rem; }
.numbers b { display: block; font-size: 1.4rem; font-variant-numeric: tabular-nums; }
</style>"""
_OPEN = (Progress.WAITING, Progress.GATHERING, Progress.MAKING)
_SHOWN = 5


def show_look(here: Here, wish: Wish) -> None:
    """On request, show what the bundle would hold, and what is wanting."""
    if not st.toggle(_("Show what is inside before it is made"), key="bundle_look"):
        return
    try:
        with st.spinner(_("Counting evidence…")):
            contents = deliver.look(here.survey, here.actor, wish.scope, assess.verdicts_of(here.survey, here.actor, wish.scope))
    except Problem as problem:
        st.error(text.problem_text(problem))
        return
    show_contents(contents)
    if wish.variant is Variant.PUBLIC:
        st.caption(_(
            "The public gets of these photos only those whose household consented and that a person has covered; it counts the rest."
        ))  # fmt: skip


def show_contents(contents: Contents) -> None:
    """Show a bundle in numbers, with a warning for everything that is wanting."""
    numbers = [
        (_("submissions that count"), text.format_number(contents.submissions)),
        (_("sites with evidence"), f"{text.format_number(contents.sites)} / {text.format_number(contents.registered)}"),
        (_("original photos"), text.format_number(contents.photos)),
        (_("size of the photos"), text.format_size(contents.photo_bytes)),
        (_("verdicts"), text.format_number(contents.verdicts)),
    ]
    cells = "".join(f"<div><b>{escape(value)}</b>{escape(name)}</div>" for name, value in numbers)
    st.html(f'{_STYLE}<div class="numbers">{cells}</div>')
    for warning in _warnings(contents):
        st.warning(warning)


def show_order(here: Here, wish: Wish) -> None:
    """Show the button that asks for the bundle."""
    if not st.button(_("Prepare the bundle"), type="primary", icon=":material/inventory_2:"):
        return
    try:
        deliver.order(here.survey, here.actor, wish.scope, variant=wish.variant, bag_bytes=wish.bag_bytes)
    except Problem as problem:
        st.error(text.problem_text(problem))
        return
    st.toast(_("The bundle is being prepared; you may leave this page meanwhile."), icon=":material/hourglass_top:")


def show_requests(here: Here, names: Names) -> None:
    """Show what is under way, renewed every two seconds while there is something, and what failed lately."""
    newest = deliver.requests(here.survey, here.actor, limit=_SHOWN)
    if any(request.state in _OPEN for request in newest):
        st.fragment(_follow, run_every=2.0)(names)
    else:
        _show_each(here, newest, names)


def _follow(names: Names) -> None:
    here = session.look()
    if here is None:  # signed out elsewhere meanwhile: the page says so
        st.rerun()
    newest = deliver.requests(here.survey, here.actor, limit=_SHOWN)
    if not any(request.state in _OPEN for request in newest):
        st.rerun()  # the page shows the bundle
    _show_each(here, newest, names)


def _show_each(here: Here, newest: list[Request], names: Names) -> None:
    for number, request in enumerate(newest):
        if request.state in _OPEN:
            _show_open(here, request, names)
        elif request.state is Progress.FAILED and number == 0:
            st.error(f"{names.about(request.scope, request.variant)}: {_why(request.problem)}")


def _show_open(here: Here, request: Request, names: Names) -> None:
    with st.container(border=True):
        st.markdown(f"**{text.plain(names.about(request.scope, request.variant))}**")
        share = request.done / request.total if request.total else 0.0
        st.progress(share, text=_stage(request))
        if st.button(_("Withdraw"), key=f"withdraw_{request.id}", icon=":material/close:"):
            deliver.withdraw(here.survey, here.actor, request.id)
            st.rerun()


def _stage(request: Request) -> str:
    if request.state is Progress.WAITING:
        return _("Waiting for a worker…")
    if request.state is Progress.GATHERING:
        return _("Gathering evidence, writing tables and pages…")
    if request.done < request.total:
        done, total = text.format_number(request.done), text.format_number(request.total)
        return _("Making the printed report and photos: {done} of {total} parts", done=done, total=total)
    return _("Sealing…")


def _why(problem: Mapping[str, object] | None) -> str:
    said = problem or {}
    kind = CATALOGUE.get(str(said.get("code")))
    details = said.get("details")
    if kind is None or not isinstance(details, dict):
        return _("It could not be prepared. Try again; if it fails again, ask the operator to look at the worker's log.")
    return text.problem_text(Problem(kind, **details))


def _warnings(contents: Contents) -> list[str]:
    left_out = {state: sum(group.count for group in contents.left_out if group.state is state) for state in State}
    found = [
        (contents.missing, ngettext(
            "{n} photo named in a form has not arrived.", "{n} photos named in forms have not arrived.", contents.missing,
        )),
        (contents.refused, ngettext("{n} file is not usable as a photo.", "{n} files are not usable as photos.", contents.refused)),
        (contents.erased, ngettext(
            "{n} photo was erased; the bundle names it by its hash.", "{n} photos were erased; the bundle names them by their hashes.",
            contents.erased,
        )),
        (contents.without_preview, ngettext(
            "{n} photo has no preview yet; the report links its original.",
            "{n} photos have no preview yet; the report links their originals.",
            contents.without_preview,
        )),
        (contents.undecided, _(
            "{undecided} of {verdicts} verdicts are “not enough data”; the report says why.",
            undecided=text.format_number(contents.undecided), verdicts=text.format_number(contents.verdicts),
        )),
        (left_out[State.RECEIVED], ngettext(
            "{n} submission still waits for review and is not inside.", "{n} submissions still wait for review and are not inside.",
            left_out[State.RECEIVED],
        )),
    ]  # fmt: skip
    return [sentence for count, sentence in found if count]
