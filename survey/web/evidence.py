"""Widgets of the evidence page: what a bundle is to be about, what is in it, where to download it, what was made before."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from survey import assess
from survey.deliver import BundlePlan
from survey.domain.criteria import Edition
from survey.domain.evidence import Contents, Scope
from survey.domain.places import Hamlet
from survey.domain.submissions import State
from survey.domain.times import local_date
from survey.store.bundles import MadeBundle
from survey.web import text
from survey.web.session import Here
from survey.web.text import _, ngettext

_ALL = ""  # a selectbox takes None for *nothing chosen*
_STYLE = """<style>
.numbers { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: .6rem; margin: .2rem 0 .4rem; }
.numbers div, .made > div { border: 1px solid color-mix(in srgb, currentColor 40%, transparent); border-radius: .5rem;
  padding: .5rem .75rem; }
.numbers b { display: block; font-size: 1.4rem; font-variant-numeric: tabular-nums; }
.made > div { margin: 0 0 .6rem; overflow-wrap: anywhere; }
.made p { margin: .1rem 0 .3rem; } .made code { font-size: .82em; overflow-wrap: anywhere; }
</style>"""


def choose_scope(here: Here, editions: Sequence[Edition], hamlets: Sequence[Hamlet]) -> Scope:
    """Let a person choose edition, criterion and hamlet; all of everything in force unless chosen otherwise."""
    today = local_date(here.survey.now())
    by_id = {edition.id: edition for edition in editions}
    in_force = [edition.id for edition in editions if edition.is_valid(today)]
    choices = [*([_ALL] if in_force else []), *by_id]

    def edition_title(choice: str) -> str:
        if choice == _ALL:
            return _("All editions in force today")
        title = by_id[choice].title.say(text.locale())
        return title if choice in in_force else _("{edition} (not in force, as history)", edition=title)

    edition = st.selectbox(_("Edition of criteria"), choices, format_func=edition_title, key="scope_edition")
    criteria = {} if edition == _ALL else {criterion.code: criterion.title.say(text.locale()) for criterion in by_id[edition].criteria}
    criterion = st.selectbox(
        _("Criterion"), [_ALL, *criteria], key=f"scope_criterion_{edition}", disabled=edition == _ALL,
        format_func=lambda code: _("All criteria") if code == _ALL else f"{code} · {criteria[code]}",
    )  # fmt: skip
    if edition == _ALL:
        st.caption(_("Choose one edition first to narrow the bundle to one criterion."))
    names = {hamlet.id: hamlet.name for hamlet in hamlets if here.actor.reaches(hamlet.id)}
    places = [*([_ALL] if here.actor.hamlets is None else []), *names]
    hamlet = st.selectbox(
        _("Area"), places, format_func=lambda place: _("The whole commune") if place == _ALL else names[place], key="scope_hamlet"
    )
    return Scope(today, edition or None, criterion or None, hamlet or None, history=edition not in (_ALL, *in_force))


def show_plan(plan: BundlePlan) -> None:
    """Show what the planned bundle holds, what is wanting, and the link that streams it."""
    contents = plan.contents
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
    link = f'<a class="door main" href="/bundles/{escape(plan.basis.id)}" download>{escape(_("Download the bundle"))}</a>'
    st.html(f"{link}<p>{escape(plan.file_name)}</p>")
    st.caption(_("The download begins after the tables and the report are written; a large commune takes about a minute."))


def show_made(made: Sequence[MadeBundle], editions: Mapping[str, str], hamlets: Mapping[str, str]) -> None:
    """Show earlier bundles, newest first, each with the head of the log that it is bound to."""
    st.subheader(_("Earlier bundles"), anchor=False)
    if not made:
        st.info(_("No bundle has been prepared yet."))
        return
    st.html(f'{_STYLE}<div class="made">{"".join(_card(one, editions, hamlets) for one in made)}</div>')


def show_how_to_check() -> None:
    """Show how a stranger checks a bundle, with our command and with stock tools."""
    with st.expander(_("How to check a bundle"), icon=":material/verified:"):
        st.write(_("With this software; nothing of the commune's data is needed:"))
        st.code(".venv/bin/python -m survey verify FILE.zip", language="bash")
        st.write(_("Without it: unpack the file, then in its folder:"))
        st.code("sha256sum --strict -c tagmanifest-sha256.txt\nsha256sum --strict -c manifest-sha256.txt", language="bash")
        st.write(_("The head of the log printed in the report must be the one on receipts and earlier reports."))


def show_nothing_to_deliver(*, editions: bool, accepted: int) -> bool:
    """Say what is to be done first, and whether there is anything to do first."""
    if not editions:
        st.info(_("No edition of criteria is loaded. Load one with `python -m survey load-edition` first."))
        return True
    if not accepted:
        st.info(_("No submission has been accepted yet. Accept some on the review page; only accepted ones are evidence."))
        st.html(f'<a class="door main" href="/review">{escape(_("Open the review page"))}</a>')
        return True
    return False


def verdict_editions(here: Here) -> list[Edition]:
    """Return the loaded editions, those in force first."""
    return assess.list_editions(here.survey, here.actor)


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


def _card(made: MadeBundle, editions: Mapping[str, str], hamlets: Mapping[str, str]) -> str:
    scope = made.basis.scope
    edition = _("all editions in force") if scope.edition is None else editions.get(scope.edition, scope.edition)
    criterion = _("all criteria") if scope.criterion is None else _("criterion {code}", code=scope.criterion)
    place = _("the whole commune") if scope.hamlet is None else hamlets.get(scope.hamlet, scope.hamlet)
    size = _("prepared, not downloaded") if made.size is None else text.format_size(made.size)
    when = f"{text.format_datetime(made.created_at)} · {made.person_name or _('at the server')}"
    link = f'<a class="door" href="/bundles/{escape(made.id)}" download>{escape(_("Download again"))}</a>'
    about = f"{edition}, {criterion}, {place}"
    lines = (f"<b>{escape(about[:1].upper() + about[1:])}</b>", escape(f"{when} · {size}"))
    head = f'{escape(_("Head of the log"))} {made.basis.head[0]}: <code>{escape(made.basis.head[1])}</code>'
    return "<div>" + "".join(f"<p>{line}</p>" for line in (*lines, head, link)) + "</div>"
