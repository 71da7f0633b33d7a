"""Comparing photos on the review page: with another use of the same or a like picture, and with the same view in an earlier round."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html import escape

import streamlit as st

from survey.domain.checks.reuse import Work, is_one_call
from survey.domain.checks.thresholds import PREFIX, THRESHOLDS, thresholds_from
from survey.domain.pairing import Pair, View, pair_photos, standing_versions
from survey.domain.people import Actor
from survey.domain.ports import Reader, Row
from survey.domain.submissions import Fix
from survey.domain.times import from_text
from survey.store.deployment import select_rounds
from survey.store.likeness import select_alike_uses, select_versions
from survey.store.settings import select_settings
from survey.store.site_photos import SitePhoto, select_earlier_versions, select_photos_of
from survey.web import maps, text
from survey.web.maps import GREEN, GREY, ORANGE, Colour, Mark, legend
from survey.web.review_answers import question_labels
from survey.web.review_case import Case, Shot
from survey.web.review_compare_cards import distance_words, reuse_card, rounds_card, site_point
from survey.web.review_compare_widget import show_pairs
from survey.web.text import _

_SHOWN = 4  # cards before the fold: our own choice, what two screens of a phone hold
_HEIGHT, _LEAST_SPAN = 240, 0.0005


@dataclass(frozen=True)
class Alike:
    """Another use of a photo of the submission; *seen* is what belongs to it, None where the reader may not see it."""

    shot: Shot
    use: Row
    seen: SitePhoto | None


@dataclass(frozen=True)
class Compared:
    """What the photos of a case are compared with: other uses, and counterparts in earlier rounds with each one's photo."""

    case: Case
    alike: tuple[Alike, ...] = ()
    pairs: tuple[tuple[Shot, Pair, SitePhoto], ...] = ()
    rounds: Mapping[str, str] = field(default_factory=dict)
    same_bits: float = THRESHOLDS["same_picture_bits"].default


def read_compared(reader: Reader, actor: Actor, case: Case | None) -> Compared | None:
    """Everything that the photos of *case* are compared with, as far as *actor* may know of it; None for None."""
    if case is None:
        return None
    alike = _read_alike(reader, actor, case)
    pairs = _read_pairs(reader, actor, case)
    rounds = {row["round"]: row["name"] for row in select_rounds(reader, actor.commune)} if pairs else {}
    return Compared(case, alike, pairs, rounds, _same_bits(reader, actor.commune, alike))


def show_reuse(compared: Compared) -> None:
    """Show each use of the same or a like picture beside the submission's photo, the likeliest first, and a map of both places."""
    if not compared.alike:
        return
    case, titles = compared.case, _titles(compared.case)
    st.markdown(f"#### {_('Pictures used elsewhere')}")
    cards = [
        reuse_card(case, one.shot, one.use, one.seen, title=titles[one.shot.attachment.name], same_bits=compared.same_bits)
        for one in compared.alike
    ]
    nearest = _nearest(compared.alike)
    show_pairs([replace(card, more=place not in nearest) for place, card in enumerate(cards)], key="review_reuse")
    marks = reuse_marks(compared)
    if sum(mark.point is not None for mark in marks) > 1:
        maps.show_map(None, marks, key="review_reuse_map", height=_HEIGHT, least_span=_LEAST_SPAN)
        st.html("".join(f"<div>{legend([entry])}</div>" for entry in reuse_legend(compared)))


def show_rounds(compared: Compared) -> None:
    """Show the photos that have a counterpart in an earlier round beside it, the newest earlier round first; older ones behind a fold."""
    if not compared.pairs:
        return
    case, titles, seen = compared.case, _titles(compared.case), set[str]()
    cards = []
    for shot, pair, photo in compared.pairs:
        name = shot.attachment.name
        rounds = tuple(compared.rounds.get(key, key) for key in (pair.earlier.round, pair.now.round))
        more = name in seen or len(seen) >= _SHOWN
        cards.append(rounds_card(case, shot, pair, photo, title=titles[name], rounds=(rounds[0], rounds[1]), more=more))
        seen.add(name)
    st.markdown(f"#### {_('Before and after')}")
    show_pairs(cards, key="review_rounds")


def reuse_marks(compared: Compared) -> list[Mark]:
    """The submission's site and photos, those of every other use that may be seen, and a line from site to site."""
    case = compared.case
    here = site_point(case)
    own_fixes = [one.shot.fix or case.submission.fix for one in compared.alike]
    marks = _place_marks(_("This submission"), GREEN, here, own_fixes, size_px=8)  # a ring is left where another one lies on it
    for shot, seen in _seen_once(compared):
        there = seen.site_point
        marks += _place_marks(_site_words(seen), ORANGE, there, [seen.fix or seen.visit_fix])
        if here is not None and there is not None and here != there:
            words = " ".join(distance_words(case, shot, seen))
            marks.insert(0, Mark(words, GREY, line=((here[1], here[0]), (there[1], there[0]))))
    return marks


def reuse_legend(compared: Compared) -> list[tuple[Colour, str]]:
    """What the map shows, in words beside their colours, fit for HTML."""
    case = compared.case
    own = f"{case.site.code} · {case.site.name}" if case.site else _("not in the register")
    lines = [(GREEN, escape(f"{_('This submission')}: {own}"))]
    for shot, seen in _seen_once(compared):
        lines.append((ORANGE, escape(f"{_site_words(seen)}. {' '.join(distance_words(case, shot, seen))}")))
    return lines


def _read_alike(reader: Reader, actor: Actor, case: Case) -> tuple[Alike, ...]:
    """Uses in other work, nearest first; versions of one visit carry its photos forward and are none."""
    uses = select_alike_uses(reader, actor.commune, case.submission.id)
    if not uses:
        return ()
    versions = select_versions(reader, actor.commune, case.submission.id)
    shots = {shot.attachment.name: shot for shot in case.shots}
    others = [use for use in uses if use["name"] in shots and not _is_same_work(case, use, versions)]
    shown = [use["submission"] for use in others if not use["commune"] and actor.reaches(use["hamlet"])]
    seen = select_photos_of(reader, actor.commune, shown)
    found = [Alike(shots[use["name"]], use, None if use["commune"] else seen.get((use["submission"], use["attachment"]))) for use in others]
    return tuple(sorted(found, key=lambda one: (one.use["distance"], one.use["how"] != "")))


def _is_same_work(case: Case, use: Row, versions: set[str]) -> bool:
    """Whether the other submission is a version of this one, or another checklist of the same call: what the checks let pass."""
    if use["commune"]:
        return False
    own, other = case.submission, Work(use["site"], use["round"], from_text(use["captured_at"]))
    return use["submission"] in versions or is_one_call(Work(own.site, own.round, own.captured_at), other)


def _same_bits(reader: Reader, commune: str, alike: tuple[Alike, ...]) -> float:
    """Up to how many bits two pictures count as one here; the default where nothing is to be weighed."""
    settings = select_settings(reader, commune, PREFIX) if any(one.use["how"] for one in alike) else {}
    return thresholds_from(settings).same_picture_bits


def _read_pairs(reader: Reader, actor: Actor, case: Case) -> tuple[tuple[Shot, Pair, SitePhoto], ...]:
    own = case.submission
    shots = {shot.attachment.name: shot for shot in case.shots if shot.is_photo and shot.attachment.question}
    if own.site is None or own.round is None or not shots:
        return ()
    visits = select_earlier_versions(
        reader, actor.commune, site=own.site, form=own.form, other_than=own.round, before=own.captured_at
    )  # fmt: skip
    standing = standing_versions(version for version, hamlet in visits if actor.reaches(hamlet))
    earlier = select_photos_of(reader, actor.commune, [version.submission for version in standing.values()])
    found = pair_photos([_own_view(case, shot) for shot in shots.values()], [_view(photo) for photo in earlier.values() if photo.question])
    ends = ((shots[pair.now.attachment], pair, earlier[pair.earlier.submission, pair.earlier.attachment]) for pair in found)
    return tuple(ends)


def _own_view(case: Case, shot: Shot) -> View:
    file, own = shot.attachment, case.submission
    return View(
        own.id, file.name, file.sha256 or "", file.question, file.repeat, file.ordinal, own.round or "", own.captured_at, shot.fix,
        shot.facts.direction_deg,
    )  # fmt: skip


def _view(photo: SitePhoto) -> View:
    version = photo.version
    return View(
        version.submission, photo.name, photo.sha256, photo.question, photo.repeat, photo.ordinal, version.round, version.captured_at,
        photo.fix, photo.facts.direction_deg,
    )  # fmt: skip


def _titles(case: Case) -> dict[str, str]:
    labels = question_labels(case.tree, text.locale())
    return {shot.attachment.name: labels.get(shot.attachment.question) or shot.attachment.name for shot in case.shots}


def _place_marks(
    words: str, colour: Colour, site: tuple[float, float] | None, fixes: list[Fix | None], *, size_px: int = 5
) -> list[Mark]:
    """A large point for the site, a smaller one for each standpoint."""
    marks = [Mark(words, colour, (site[1], site[0]), size_px=11)] if site is not None else []
    spots = dict.fromkeys((fix.longitude, fix.latitude) for fix in fixes if fix is not None)
    return marks + [Mark(f"{words}: {_('photo')}", colour, spot, size_px=size_px) for spot in spots]


def _nearest(alike: tuple[Alike, ...]) -> list[int]:
    """The places of the nearest use of each photo, as many as stand before the fold."""
    once: dict[str, int] = {}
    for place, one in enumerate(alike):
        once.setdefault(one.shot.attachment.name, place)
    return list(once.values())[:_SHOWN]


def _seen_once(compared: Compared) -> list[tuple[Shot, SitePhoto]]:
    """One use of each other submission that may be seen, with the submission's own photo."""
    once: dict[str, tuple[Shot, SitePhoto]] = {}
    for one in compared.alike:
        if one.seen is not None:
            once.setdefault(one.use["submission"], (one.shot, one.seen))
    return list(once.values())


def _site_words(seen: SitePhoto) -> str:
    place = f"{seen.site_code} · {seen.site_name}" if seen.site_code else _("not in the register")
    return f"{seen.code}: {place}"
