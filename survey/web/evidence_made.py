"""Widgets of the evidence page: the bundles that were made with their files, the seal's key, the heads that were made known."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import streamlit as st

from survey import deliver, heads
from survey.domain.bundles import Bag
from survey.domain.evidence import Scope, Variant
from survey.domain.thresholds import Text
from survey.domain.times import local_date
from survey.store.head_posts import select_timestamped
from survey.store.made_bundles import MadeBundle
from survey.store.signing_keys import select_current_key
from survey.web import text
from survey.web.evidence import variant_name
from survey.web.session import Here
from survey.web.text import _, ngettext

_STYLE = """<style>
.made > div { border: 1px solid color-mix(in srgb, currentColor 40%, transparent); border-radius: .5rem; padding: .5rem .75rem;
  margin: 0 0 .6rem; overflow-wrap: anywhere; }
.made p { margin: .1rem 0 .3rem; } .made code, .seal code { font-size: .82em; overflow-wrap: anywhere; }
</style>"""
_LISTED = 20
_HEADS = 7


@dataclass(frozen=True)
class Names:
    """What editions, hamlets and rounds are called, by id."""

    editions: Mapping[str, Text]
    hamlets: Mapping[str, str]
    rounds: Mapping[str, str]

    def about(self, scope: Scope, variant: Variant) -> str:
        """What a bundle is about, in one line."""
        title = self.editions.get(scope.edition or "")
        edition = _("all editions in force") if scope.edition is None else title.say(text.locale()) if title else scope.edition
        criterion = _("all criteria") if scope.criterion is None else _("criterion {code}", code=scope.criterion)
        place = _("the whole commune") if scope.hamlet is None else self.hamlets.get(scope.hamlet, scope.hamlet)
        parts = [edition, criterion, place, _("as of {day}", day=text.format_date(scope.as_of))]
        if scope.round is not None:
            parts.append(_("round {round}", round=self.rounds.get(scope.round, scope.round)))
        return f"{variant_name(variant)}: {', '.join(parts)}"


def show_made(here: Here, names: Names) -> None:
    """Show the bundles, newest first, each with its files, its seal and the head of the log that it is bound to."""
    st.subheader(_("Bundles"), anchor=False)
    made = deliver.bundles(here.survey, here.actor, limit=_LISTED)
    if not made:
        st.info(_("No bundle has been prepared yet."))
        return
    with here.survey.reading() as reader:
        stamped = select_timestamped(reader, here.actor.commune)
    st.html(f'{_STYLE}<div class="made">{"".join(_card(one, names, stamped) for one in made)}</div>')


def show_rounds(here: Here, names: Mapping[str, str]) -> None:
    """Show an appraiser which rounds are theirs, and what to ask for where none is."""
    rounds = here.actor.rounds
    if rounds == frozenset():
        st.info(_("No survey round was given to you yet. Ask the commune's coordinator."))
    elif rounds is not None:
        said = ", ".join(names.get(one, one) for one in sorted(rounds))
        st.info(text.plain(_("You read the evidence of: {rounds}. The coordinator makes the bundles.", rounds=said)))


def show_seal(here: Here) -> None:
    """Show the key that seals, to be handed over on paper, and which heads of the log were made known."""
    with here.survey.reading() as reader:
        key = select_current_key(reader)
    with st.expander(_("The seal and its key"), icon=":material/key:"):
        if key is None:
            st.write(_("The first bundle makes the key that seals it; then its fingerprint is shown here."))
            return
        st.write(_("Hand the fingerprint over on paper before the first bundle: who has it finds every exchanged bundle."))
        sheet = f'<a class="door" href="/print/key" target="_blank">{escape(_("Print the fingerprint"))}</a>'
        since = escape(_("in use since {day}", day=text.format_date(local_date(key.valid_from))))
        st.html(f'{_STYLE}<p class="seal"><code>{escape(key.fingerprint)}</code><br>{since}</p>{sheet}')
        posted = heads.posted(here.survey, here.actor, limit=_HEADS)
        if posted:
            st.write(_("Heads of the log that were sent out:"))
            rows = "".join(f"<p>{escape(text.format_date(post.day))} · {post.seq} <code>{escape(post.hash)}</code></p>" for post in posted)
            st.html(f'{_STYLE}<div class="made seal">{rows}</div>')


def show_how_to_check() -> None:
    """Show how a stranger checks a bundle, with the page, with our command and with stock tools."""
    with st.expander(_("How to check a bundle"), icon=":material/verified:"):
        st.write(_(
            "Every bundle says in README-verify.txt, in both languages, how to check it with the tools of Linux, macOS and Windows."
        ))  # fmt: skip
        st.html(f'<a class="door" href="/verify">{escape(_("Check a bundle here"))}</a>')
        st.write(_("With this software on any computer; nothing of the commune's data is needed:"))
        st.code(".venv/bin/python -m survey verify FILE.zip", language="bash")
        st.write(_("The head of the log printed in the report must be the one on receipts and earlier reports."))


def contents_line(contents: Mapping[str, object]) -> str:
    """A bundle's numbers in one line; empty where an older release wrote none."""
    if not contents:
        return ""
    submissions, photos, size = (int(str(contents[name])) for name in ("submissions", "photos", "photo_bytes"))
    said = [ngettext("{n} submission", "{n} submissions", submissions), ngettext("{n} photo", "{n} photos", photos)]
    return " · ".join([*said, text.format_size(size)] if size else said)


def _card(made: MadeBundle, names: Names, stamped: set[tuple[str, int]]) -> str:
    lines = [f"<b>{escape(names.about(made.basis.scope, made.basis.variant))}</b>"]
    when = f"{text.format_datetime(made.created_at)} · {made.person_name or _('at the server')}"
    lines.append(escape(" · ".join(part for part in (when, contents_line(made.contents)) if part)))
    lines.append(f'{escape(_("Head of the log"))} {made.basis.head[0]}: <code>{escape(made.basis.head[1])}</code>')
    if made.signer:
        lines.append(f'{escape(_("Sealed by"))} <code>{escape(made.signer)}</code>')
    if made.same is not None:
        again = _("Made again: byte for byte the same list of files.") if made.same else _("Made again: it differs from before.")
        lines.append(escape(again))
    lines += [_file(bag, stamped) for bag in made.bags]
    if not made.is_here:
        lines.append(escape(_("Its file is no longer kept here. Prepare it again where it is needed.")))
    return "<div>" + "".join(f"<p>{line}</p>" for line in lines) + "</div>"


def _file(bag: Bag, stamped: set[tuple[str, int]]) -> str:
    address = f"/bundles/{escape(bag.bundle)}" + (f"/{bag.number}" if bag.of > 1 else "")
    title = _("Download {size}", size=text.format_size(bag.size))
    part = f" ({bag.number}/{bag.of})" if bag.of > 1 else ""
    link = f'<a class="door" href="{address}" download>{escape(title)}{part}</a>'
    token = (
        f' <a href="/bundles/{escape(bag.bundle)}/{bag.number}.tsr" download>{escape(_("time stamp"))}</a>'
        if (bag.bundle, bag.number) in stamped else ""
    )  # fmt: skip
    return f"{link}{token}<br><small>{escape(bag.name)}</small>"
