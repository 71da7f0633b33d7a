"""What a comparison of two photos says: each photo's visit in short lines, what they have in common, and how far apart they were taken."""

from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

from survey.domain.checks.how import how_words
from survey.domain.pairing import Pair
from survey.domain.photos import PhotoFacts
from survey.domain.places import distance_m, line_middle
from survey.domain.ports import Row
from survey.domain.times import from_text
from survey.store.site_photos import SitePhoto
from survey.web import text
from survey.web.review_case import Case, Shot
from survey.web.review_compare_widget import PairCard, Side
from survey.web.text import _

_BRIEF = 4  # place, hamlet, visit and inspector stand on the card, the rest in the large view


def picture_of(sha256: str | None, views: str) -> tuple[str, str]:
    """A photo's address and, where it cannot be shown, "" with the sentence that says why."""
    if sha256 is None or views == "none":
        return "", _("There is no picture.")
    if views == "waiting":
        return "", _("The picture is still being prepared; look again in a moment.")
    if views == "erased":
        return "", _("The picture was erased; its hash and the log remain.")
    if views == "failed":
        return "", _("No preview can be made; open the original file.")
    return f"/photos/{sha256}", ""


def own_side(case: Case, shot: Shot, badge: str, title: str) -> Side:
    """The photo of the submission that is open."""
    submission, site = case.submission, case.site
    picture, absent = picture_of(shot.attachment.sha256, shot.views)
    rows = _rows(
        f"{site.code} · {site.name}" if site else _("not in the register"), case.hamlet_name, submission.captured_at,
        case.person_name(submission.person), submission.code, submission.received_at, shot.facts,
    )  # fmt: skip
    return Side(badge, title, picture, absent, rows, _BRIEF)


def other_side(photo: SitePhoto, badge: str, title: str) -> Side:
    """A photo of another submission that the reader may see, with the way there."""
    picture, absent = picture_of(photo.sha256, photo.views)
    version = photo.version
    rows = _rows(
        f"{photo.site_code} · {photo.site_name}" if photo.site_code else _("not in the register"), photo.hamlet_name,
        version.captured_at, photo.person_name, photo.code, version.received_at, photo.facts,
    )  # fmt: skip
    link = f"/review?submission={quote(version.submission)}"
    return Side(badge, title, picture, absent, rows, _BRIEF, link=link, link_words=_("Open {code}", code=photo.code))


def hidden_side(use: Row, badge: str) -> Side:
    """A photo that the reader may not see: where it was handed in, and who can be asked."""
    absent = _("This photo belongs to {commune}. You may not see it; ask that commune.", commune=use["commune_name"])
    if not use["commune"]:
        absent = _("This photo lies outside your hamlets. You may not see it; ask the coordinator of your commune.")
    captured = text.format_datetime(_moment(use["captured_at"]))
    rows = [(_("Handed in at"), use["commune_name"]), (_("Submission"), use["code"]), (_("Visited"), captured)]
    return Side(badge, use["code"], "", absent, rows, len(rows))


def reuse_card(case: Case, shot: Shot, use: Row, seen: SitePhoto | None, *, title: str, same_bits: float) -> PairCard:
    """The submission's photo beside another use of the same or a like picture; *seen* is None where the reader may not see that one.

    Up to *same_bits* bits of 64 that differ they are very likely one picture.
    """
    ours, theirs = _("This submission"), _("Submission {code}", code=use["code"])
    left = own_side(case, shot, ours, title)
    right = other_side(seen, theirs, title) if seen is not None else hidden_side(use, theirs)
    earlier = _moment(use["captured_at"]) < case.submission.captured_at
    left, right = _first(left, not earlier), _first(right, earlier)
    same = use["distance"] <= same_bits
    heading = _likeness_words(use, same_bits=same_bits) if use["how"] else _("The same file was used twice")
    turns, mirrored = turns_of(use["how"])
    return PairCard(
        heading, left, right, _reuse_lines(case, shot, use, seen), about=title, weight="wrong" if same else "look",
        turns=turns if use["how"] and seen is not None else None, mirrored=mirrored,
    )  # fmt: skip


def rounds_card(case: Case, shot: Shot, pair: Pair, earlier: SitePhoto, *, title: str, rounds: tuple[str, str], more: bool) -> PairCard:
    """The counterpart in an earlier round on the left, the submission's photo on the right; *rounds* are their names, the earlier first."""
    before, after = rounds
    left = other_side(earlier, _("Before · {round}", round=before), title)
    right = own_side(case, shot, _("After · {round}", round=after), title)
    return PairCard(title, _of_one_site(left), _of_one_site(right), _standpoint_lines(pair), more=more)


def turns_of(how: str) -> tuple[tuple[int, ...], bool]:
    """By which turns (degrees) a like picture may lie over the other, and whether mirrored; *how* as `likeness_pair` keeps it.

    Which of the two was turned depends on which is the newer one: a quarter turn is tried both ways.
    """
    turn, _slash, _part = how.rpartition("/")
    turns = {"turned90": (90, 270), "turned180": (180,), "turned270": (270, 90)}
    return turns.get(turn, (0,)), turn == "mirrored"


def distance_words(case: Case, shot: Shot, seen: SitePhoto) -> list[str]:
    """How far the two sites lie apart, and how far the two standpoints, as far as either is known."""
    lines = []
    here, there = site_point(case), seen.site_point
    if case.site is not None and case.site.code == seen.site_code:
        lines.append(_("Both are of the same site."))
    elif here is not None and there is not None:
        lines.append(_("The two sites lie {distance} apart.", distance=text.format_distance(distance_m(*here, *there))))
    own, other = shot.fix or case.submission.fix, seen.fix or seen.visit_fix
    if own is not None and other is not None:
        apart = distance_m(own.latitude, own.longitude, other.latitude, other.longitude)
        lines.append(_("By their positions the photos were taken {distance} apart.", distance=text.format_distance(apart)))
    return lines


def site_point(case: Case) -> tuple[float, float] | None:
    """(latitude, longitude) of the submission's site in the register, of a road its middle."""
    site = case.site
    if site is None:
        return None
    if site.line:
        return line_middle(site.line)
    return None if site.latitude is None or site.longitude is None else (site.latitude, site.longitude)


def _reuse_lines(case: Case, shot: Shot, use: Row, seen: SitePhoto | None) -> list[str]:
    captured, received = _moment(use["captured_at"]), _moment(use["received_at"])
    own = case.submission
    lines = [] if seen is None else distance_words(case, shot, seen)
    if seen is not None and use["how"] and shot.facts.taken_at is not None and shot.facts.taken_at == seen.facts.taken_at:
        lines.append(_("Both files tell the same moment of capture: {at}.", at=_taken(shot.facts)))
    if use["how"]:
        lines.append(_("{bits} of 64 marks differ.", bits=use["distance"]))
    if (captured < own.captured_at) != (received < own.received_at):
        lines.append(_("Captured first and received first are not the same one: the phones' clocks say one thing, the server another."))
    return lines


def _likeness_words(use: Row, *, same_bits: float) -> str:
    how = how_words(use["how"], text.locale())
    if use["distance"] <= same_bits:
        return _("Very likely the same picture ({how})", how=how)
    return _("Perhaps the same picture ({how})", how=how)


def _standpoint_lines(pair: Pair) -> list[str]:
    return [_apart_words(pair), _turn_words(pair.turn_deg)]


def _apart_words(pair: Pair) -> str:
    if pair.distance_m is None or pair.beyond_m is None:
        return _("One of the two photos has no measured position: they are paired by their question alone.")
    distance = text.format_distance(pair.distance_m)
    if pair.beyond_m == 0:
        return _("The standpoints are {distance} apart, no more than both positions may be off.", distance=distance)
    return _("The standpoints are {distance} apart, more than both positions may be off: perhaps not the same view.", distance=distance)


def _turn_words(turned: float | None) -> str:
    if turned is None:
        return _("Where the camera looked is not known of both.")
    return _("The directions differ by {degrees}°.", degrees=text.format_number(turned, 0))


def _rows(
    place: str, hamlet: str | None, visited: datetime, person: str | None, code: str, received: datetime, facts: PhotoFacts
) -> list[tuple[str, str]]:
    camera = " ".join(part for part in (facts.make, facts.model) if part)
    return [
        (_("Site"), place), (_("Hamlet"), hamlet or _("no hamlet")), (_("Visited"), text.format_datetime(visited)),
        (_("Inspector"), person or ""), (_("Submission"), code), (_("Received"), text.format_datetime(received)),
        (_("Time in the file"), _taken(facts)), (_("Camera in the file"), camera or _("not given")),
    ]  # fmt: skip


def _taken(facts: PhotoFacts) -> str:
    if facts.taken_at is None:
        return _("not given")
    return text.format_datetime(facts.taken_at) if facts.taken_at.tzinfo else f"{facts.taken_at:%H:%M %d/%m/%Y}"


def _of_one_site(side: Side) -> Side:
    """Without place and hamlet, which both sides share."""
    return replace(side, rows=side.rows[2:], brief=2)


def _first(side: Side, first: bool) -> Side:
    return replace(side, first=_("first")) if first else side


def _moment(moment: str | datetime) -> datetime:
    return moment if isinstance(moment, datetime) else from_text(moment)
