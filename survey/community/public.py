"""The public page: how far the commune and its hamlets are, without names, positions or photos; closed unless a coordinator opens it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from survey.catalogue.effective import effective_edition
from survey.domain.canonical import sha256_hex
from survey.domain.community import ON, PUBLIC_PAGE, ContributionKind, PublicHamlet, Sums
from survey.domain.criteria import Edition, Unit
from survey.domain.outcomes import Outcome
from survey.domain.people import Ability, Actor
from survey.domain.places import Hamlet
from survey.domain.ports import Reader, Survey
from survey.domain.problems import PUBLIC_PAGE_CLOSED, SOURCE_NEEDED, Problem
from survey.domain.reasons import checked_reason
from survey.domain.scoreboard import Goal, read_goal
from survey.domain.times import local_date
from survey.domain.verdicts import Verdict, read_verdict
from survey.store.community import select_contribution_sums
from survey.store.editions import select_editions
from survey.store.figures import select_figures
from survey.store.people import select_commune_sign
from survey.store.places import select_hamlets
from survey.store.rule_entries import select_all_entries
from survey.store.settings import insert_setting, select_settings


@dataclass(frozen=True)
class PublicProgress:
    """What the public page says; *computed_at* is None, and there are no figures, where none have been computed yet."""

    commune: str
    demonstration: bool
    edition: Edition | None
    met: int
    total: int
    goal: Goal | None
    computed_at: datetime | None
    hamlets: tuple[PublicHamlet, ...]
    contributions: Mapping[ContributionKind, float]


def open_page(survey: Survey, actor: Actor, *, is_open: bool, reason: str) -> None:
    """Open or close the public page of the actor's commune, with the reason. Raises NOT_ALLOWED, SOURCE_NEEDED, REASON_TOO_LONG."""
    actor.require(Ability.MANAGE)
    reason = checked_reason(reason, lacking=SOURCE_NEEDED)
    with survey.transaction() as tx:
        value = ON if is_open else ""
        number = insert_setting(tx, actor.commune, PUBLIC_PAGE, value, reason=reason, person=actor.person, at=survey.now())
        body: dict[str, object] = {"open": is_open, "number": number, "reason_sha256": sha256_hex(reason), "person": actor.person}
        tx.log(actor.commune, "public_page.set", body)


def require_open(reader: Reader, commune: str) -> None:
    """Raise PUBLIC_PAGE_CLOSED unless *commune* is here and has opened its public page: both answer alike."""
    if not commune.isalnum() or select_settings(reader, commune, PUBLIC_PAGE).get(PUBLIC_PAGE) != ON:
        raise Problem(PUBLIC_PAGE_CLOSED)


def progress(survey: Survey, commune: str) -> PublicProgress:
    """What the public page of *commune* says, from the figures that are kept: nothing is computed for strangers.

    Raises PUBLIC_PAGE_CLOSED.
    """
    today = local_date(survey.now())
    with survey.reading() as reader:
        require_open(reader, commune)
        name, demonstration = select_commune_sign(reader, commune)
        goal = read_goal(select_settings(reader, commune, "goal").get("goal"))
        entries = select_all_entries(reader, commune)
        editions = [effective_edition(loaded.document, entries.get(loaded.id, [])) for loaded in select_editions(reader, commune)]
        edition = _shown(editions, goal, [one for one in editions if one.is_valid(today)])
        kept = None if edition is None else select_figures(reader, commune, edition.id)
        verdicts = [] if kept is None else [read_verdict(document) for document in kept.verdicts]
        sums = select_contribution_sums(reader, commune)
        hamlets = _lines(edition, verdicts, select_hamlets(reader, commune, today), sums)
    counted = _counted(edition)
    commune_wide = [verdict for verdict in verdicts if verdict.hamlet is None and verdict.criterion in counted]
    total: dict[ContributionKind, float] = {}
    for of_hamlet in sums.values():
        for kind, amount in of_hamlet.items():
            total[kind] = total.get(kind, 0.0) + amount
    met = sum(verdict.outcome is Outcome.MET for verdict in commune_wide)
    return PublicProgress(
        name, demonstration, edition, met, len(commune_wide), goal, None if kept is None else kept.computed_at, hamlets, total
    )  # fmt: skip


def _shown(editions: Sequence[Edition], goal: Goal | None, in_force: Sequence[Edition]) -> Edition | None:
    if goal is not None and (wanted := next((one for one in editions if one.id == goal.edition), None)) is not None:
        return wanted
    return next((one for one in in_force if one.unit is Unit.COMMUNE), None)


def _counted(edition: Edition | None) -> set[str]:
    return set() if edition is None else {criterion.code for criterion in edition.criteria if not criterion.combines}


def _lines(
    edition: Edition | None, verdicts: Sequence[Verdict], hamlets: Sequence[Hamlet], sums: Sums
) -> tuple[PublicHamlet, ...]:
    counted = _counted(edition)
    lines = []
    for hamlet in hamlets:
        mine = [verdict for verdict in verdicts if verdict.hamlet == hamlet.id and verdict.criterion in counted]
        decided = [verdict for verdict in mine if verdict.outcome is not Outcome.NOT_ENOUGH_DATA]
        seen = [basis for verdict in mine for basis in verdict.basis]
        registered = max((basis.registered for basis in seen), default=0)
        visited = max((basis.visited for basis in seen if basis.registered == registered), default=0)
        met = sum(verdict.outcome is Outcome.MET for verdict in decided)
        share = visited / registered if registered else None
        lines.append(PublicHamlet(hamlet.name, met, len(decided), share, sums.get(hamlet.id, {})))
    return tuple(lines)
