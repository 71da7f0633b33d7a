"""What the page of photos shows of each that waits, in words: when, how far from which site, and how sure that is."""

from collections.abc import Sequence

from survey import desk
from survey.domain.forms import FormHead
from survey.domain.people import Actor
from survey.domain.ports import Reader
from survey.domain.proposals import Certainty, Proposal, taken_moment
from survey.domain.sites import Site, SiteKind
from survey.domain.times import local_date
from survey.store.places import select_hamlets
from survey.web import text
from survey.web.text import _, ngettext


def desk_state(reader: Reader, actor: Actor, found: Sequence[desk.Waiting]) -> dict[str, object]:
    """All that the page shows: the photos in order of time, the sites they name, the checklists for each kind of site."""
    hamlets = {hamlet.id: hamlet.name for hamlet in select_hamlets(reader, actor.commune)}
    sites = {site.id: _site(site, hamlets) for one in found for site in _sites(one)}
    forms = {kind.value: [_form(head) for head in desk.checklists(reader, actor.commune, kind)] for kind in SiteKind}
    return {"photos": [_photo(one) for one in found], "sites": sites, "forms": forms}


def place_sentence(proposal: Proposal) -> str:
    """Where a photo was taken, as far as its file says, and what that is worth."""
    near, second = proposal.nearest, proposal.second
    if proposal.certainty is Certainty.NOWHERE:
        return _("No position in the file, and no photo of the same minutes has one.")
    if proposal.certainty is Certainty.BY_TIME:
        minutes = max(1, round(proposal.apart.total_seconds() / 60)) if proposal.apart else 1
        sentence = ngettext(
            "No position in the file; taken within {n} minute of a photo here: less certain.",
            "No position in the file; taken within {n} minutes of a photo here: less certain.", minutes,
        )  # fmt: skip
        return sentence + (" " + _("Another one of these minutes: {code}.", code=second.site.code) if second else "")
    if proposal.certainty is Certainty.FAR:
        if near is None or near.distance_m is None:
            return _("No registered site near the position.")
        away = text.format_distance(near.distance_m)
        return _("No registered site near; the nearest, {code}, is {distance} away.", code=near.site.code, distance=away)
    distance = text.format_distance(near.distance_m or 0) if near else ""
    radius = text.format_distance(proposal.accuracy_m or 0)
    sure = _("(±{radius}, assumed)", radius=radius) if proposal.assumed else _("(±{radius})", radius=radius)
    sentence = _("{distance} from the site {sure}", distance=distance, sure=sure)
    if second is None or second.distance_m is None:
        return sentence
    other = text.format_distance(second.distance_m)
    return sentence + "; " + _("as near: {code} {name}, {distance}", code=second.site.code, name=second.site.name, distance=other)


def _photo(one: desk.Waiting) -> dict[str, object]:
    picture = one.picture
    moment, day = taken_moment(picture.facts), picture.date
    return {
        "sha256": picture.sha256,
        "name": picture.label,
        "time": text.format_time(moment) if moment else "",
        "day": day.isoformat() if day else "",
        "date": text.format_date(local_date(moment)) if moment else text.format_date(day) if day else "",
        "timed": moment is not None,
        "site": one.site.id if one.site else "",
        "chosen": one.chosen,
        "others": [site.id for site in _sites(one) if one.site is None or site.id != one.site.id],
        "certainty": one.proposal.certainty.value,
        "place": place_sentence(one.proposal),
        "left_out": one.left_out,
        "handed_in": one.handed_in or "",
        "small": one.thumb,
    }


def _sites(one: desk.Waiting) -> list[Site]:
    """The sites that the page names for a photo: the chosen one, and those that its file speaks for."""
    near = [nearby.site for nearby in (one.proposal.nearest, one.proposal.second) if nearby]
    return list({site.id: site for site in ([one.site] if one.site else []) + near}.values())


def _form(head: FormHead) -> dict[str, str]:
    return {"form": head.form, "title": head.title.get(text.locale()) or head.form}


def _site(site: Site, hamlets: dict[str, str]) -> dict[str, object]:
    return {
        "site": site.id, "code": site.code, "name": site.name, "kind": site.kind.value,
        "hamlet": hamlets.get(site.hamlet or "", ""),
    }  # fmt: skip
