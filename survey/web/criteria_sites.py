"""The sites behind a figure: what each adds, its counted submissions as links to their review, and their photos."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from urllib.parse import quote

import streamlit as st

from survey import assess
from survey.domain.contributions import Contribution, SiteState
from survey.domain.criteria import Criterion, Edition
from survey.domain.indicators import SHARE, Indicator
from survey.domain.people import Ability
from survey.domain.ports import Reader
from survey.domain.sight import Sight
from survey.domain.submissions import Attachment, FileState, short_code
from survey.domain.verdicts import Verdict
from survey.sight import sight_of, use_of
from survey.store.attachments import select_attachments
from survey.store.sites import select_site
from survey.store.submissions import select_submission
from survey.web import text
from survey.web.criteria import COMMUNE
from survey.web.criteria_words import figure, indicator_title
from survey.web.session import Here
from survey.web.text import _

_PORTION = 12  # cards at once
_MOST = 5000  # sites in one list: what a commune may have of one kind
# What falls short comes first, then what nobody has seen: both are work.
_ORDER = {state: place for place, state in enumerate(
    (SiteState.SHORT, SiteState.UNANSWERED, SiteState.UNVISITED, SiteState.FULL, SiteState.LEFT_OUT)
)}  # fmt: skip
_PHOTOS = 3  # thumbnails a submission; the review page shows the rest
_STYLE = """<style>
.sites { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: .5rem; }
.site { border: 1px solid color-mix(in srgb, currentColor 35%, transparent); border-radius: .5rem; padding: .6rem .75rem; }
.site span { display: block; font-size: .9375rem; }
.site a.to-review { display: inline-flex; align-items: center; min-height: 48px; color: inherit; }
.site .shots { display: flex; flex-wrap: wrap; gap: .35rem; margin-top: .35rem; }
.site .shots img { width: 88px; height: 66px; object-fit: cover; border-radius: .25rem;
  background: color-mix(in srgb, currentColor 12%, transparent); }
</style>"""


def state_words(state: SiteState) -> str:
    """Return how a site stands to an indicator, with a symbol."""
    return {
        SiteState.FULL: "✓ " + _("counts in full"),
        SiteState.SHORT: "✗ " + _("falls short"),
        SiteState.LEFT_OUT: "– " + _("left out by the rule"),
        SiteState.UNANSWERED: "… " + _("visited, not answered"),
        SiteState.UNVISITED: "… " + _("not visited yet"),
    }[state]


def show_sites(here: Here, edition: Edition, criterion: Criterion, verdict: Verdict, on: date | None) -> None:
    """Show the sites behind one indicator of *criterion* in the verdict's place, those that fall short first, by how much.

    The list is today's: of an earlier day *on*, that is said.
    """
    indicators = {indicator.code: indicator for indicator in criterion.indicators}
    if not indicators:
        return
    st.subheader(_("Sites behind it"), anchor=False)
    if on is not None:
        st.caption(_("The list shows today's sites and submissions, not those of the day that the figures above are of."))
    titles = {code: indicator_title(code, indicator.title.say(text.locale())) for code, indicator in indicators.items()}
    code = st.selectbox(_("Indicator"), list(titles), format_func=titles.__getitem__) if len(titles) > 1 else next(iter(titles))
    found = _sorted(here, edition, indicators[code], verdict.hamlet)
    counts = {state: sum(one.state is state for one in found) for state in SiteState}
    states: list[SiteState | None] = [None, *(state for state in SiteState if counts[state])]
    state = st.selectbox(
        _("Show"), states, key=f"criteria_state_{code}",
        format_func=lambda one: f"{_('All sites') if one is None else state_words(one)} ({len(found) if one is None else counts[one]})",
    )  # fmt: skip
    shown = [one for one in found if state in (None, one.state)]
    if not shown:
        st.info(_("No site here stands like that."))
        return
    _show_portion(here, indicators[code], shown, f"criteria_from_{edition.id}_{criterion.code}_{verdict.hamlet}_{code}_{state}")


def _sorted(here: Here, edition: Edition, indicator: Indicator, hamlet: str | None) -> list[Contribution]:
    page = assess.find_sites(here.survey, here.actor, edition, indicator, hamlet=hamlet, limit=_MOST)
    return sorted(page.contributions, key=lambda one: (_ORDER[one.state], one.numerator - one.denominator, one.site))


def _show_portion(here: Here, indicator: Indicator, shown: Sequence[Contribution], key: str) -> None:
    first: int = min(st.session_state.setdefault(key, 0), len(shown) - 1)
    portion = shown[first : first + _PORTION]
    with here.survey.reading() as reader:
        sight = sight_of(reader, here.actor)
        cards = "".join(_card(reader, sight, indicator, contribution) for contribution in portion)
    st.html(f'{_STYLE}<div class="sites">{cards}</div>')
    with st.container(horizontal=True):
        if first:
            st.button(_("Previous sites"), on_click=_go, args=(key, first - _PORTION))
        if first + _PORTION < len(shown):
            st.button(_("More sites"), on_click=_go, args=(key, first + _PORTION))


def _go(key: str, first: int) -> None:
    st.session_state[key] = max(0, first)


def _card(reader: Reader, sight: Sight, indicator: Indicator, contribution: Contribution) -> str:
    site = select_site(reader, sight.actor.commune, contribution.site)
    found = {one: select_submission(reader, sight.actor.commune, one) for one in contribution.submissions}
    seen = {one for one, submission in found.items() if submission is not None and sight.covers(use_of(submission))}
    # Who sees no evidence of a home hears its code, not who lives there.
    is_named = sight.actor.may(Ability.SEE_ALL) or bool(seen)
    name = contribution.site if site is None else f"{site.code} · {site.name}" if is_named else site.code
    submissions = "".join(_submission(reader, sight, one, is_seen=one in seen) for one in contribution.submissions)
    words = state_words(contribution.state) + _amount(indicator, contribution)
    return f'<article class="site"><b>{escape(name)}</b><span>{escape(words)}</span>{submissions}</article>'


def _amount(indicator: Indicator, contribution: Contribution) -> str:
    if not indicator.is_ratio or contribution.state not in (SiteState.FULL, SiteState.SHORT):
        return ""
    share = figure(indicator.scale * contribution.numerator / contribution.denominator, indicator.unit)
    if indicator.unit != SHARE:
        return f": {share}"
    return f": {text.format_number(round(contribution.numerator, 1))} / {text.format_number(round(contribution.denominator, 1))} ({share})"


def _submission(reader: Reader, sight: Sight, submission: str, *, is_seen: bool) -> str:
    attachments = select_attachments(reader, sight.actor.commune, submission) if is_seen else []
    shots = [shot for shot in attachments if _is_photo(shot)]
    code = escape(short_code(submission))
    link = f"<span>{code}</span>"
    if sight.actor.may(Ability.REVIEW):
        link = f'<a class="to-review" href="/review?submission={quote(submission)}" target="_self">{escape(_("Open"))} {code}</a>'
    return f'{link}<div class="shots">{_thumbs(shots[:_PHOTOS])}</div>'


def _is_photo(shot: Attachment) -> bool:
    return shot.state is FileState.STORED and shot.sha256 is not None


def _thumbs(shots: Sequence[Attachment]) -> str:
    return "".join(
        f'<a href="/photos/{shot.sha256}/preview" target="_blank" title="{escape(_("Enlarge"))}">'
        f'<img src="/photos/{shot.sha256}/thumb" alt="{escape(shot.name)}" loading="lazy"></a>'
        for shot in shots
    )


def place_name(verdict: Verdict, hamlets: Mapping[str, str]) -> str:
    """Return the name of the verdict's place."""
    return _("Commune") if verdict.hamlet in (None, COMMUNE) else hamlets.get(verdict.hamlet or "", verdict.hamlet or "")
