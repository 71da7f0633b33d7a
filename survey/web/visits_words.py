"""Words about samples: how an interval was made, what decided, and what a list of visits is for."""

from survey import assess
from survey.domain.drawing import VisitList
from survey.domain.people import Actor
from survey.domain.ports import Survey
from survey.domain.sampling import BY_HAMLET, EXACT, RATIO
from survey.domain.verdicts import Basis
from survey.web import text
from survey.web.criteria_words import figure, indicator_title
from survey.web.text import _


def method_words(method: str) -> str:
    """Return how an interval was made, for a person."""
    return {
        EXACT: _("exact for this number of sites"),
        RATIO: _("for metres and kilometres, checked by simulation"),
        BY_HAMLET: _("hamlets were not visited as densely: each is weighed by its sites"),
    }[method]


def interval_words(basis: Basis) -> str:
    """Return the interval with its level and method; empty where there is none."""
    found = basis.interval
    if found is None:
        return ""
    limits = f"{figure(found.lowest, basis.unit)} – {figure(found.highest, basis.unit)}"
    return _("{limits} with {level} certainty ({how})", limits=limits, level=text.format_share(found.level), how=method_words(found.method))


def decided_words(basis: Basis) -> str:
    """Return what decided the verdict; empty where it is open."""
    return {
        "all": _("Decided by all sites: those still unknown cannot change it."),
        "interval": _("Decided by the sample, on the assumption that chance chose the visited sites."),
    }.get(basis.decided_by or "", "")


def list_title(survey: Survey, actor: Actor, found: VisitList) -> str:
    """Return what a list was drawn for: criterion and indicator by their names, by their codes where the edition no longer has them."""
    for edition in assess.list_editions(survey, actor):
        for rule in edition.criteria if edition.id == found.edition else ():
            for one in rule.indicators if rule.code == found.criterion else ():
                if one.code == found.indicator:
                    return f"{rule.title.say(text.locale())}: {indicator_title(one.code, one.title.say(text.locale()))}"
    return found.title
