"""An edition over a commune: sites are counted one by one, as they stream by, and every verdict follows at the end."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from survey.domain.conditions import Observation
from survey.domain.criteria import (
    Criterion,
    Edition,
    Moment,
    RollUp,
    Unit,
    combine,
    count_judged_site,
    indicator_basis,
    judge,
    judge_by_site,
    judge_site,
    roll_up,
)
from survey.domain.indicators import Tally, count_site
from survey.domain.verdicts import Basis, Verdict


class Assessment:
    """Counts sites into tallies, one for each indicator and hamlet; holds no site."""

    def __init__(self, edition: Edition, moment: Moment) -> None:
        self.edition = edition
        self._moment = moment
        self._by_site = edition.unit is Unit.HOUSEHOLD
        # What is counted: indicators, or the criteria themselves where the rule judges each site.
        self._width = len(edition.criteria) if self._by_site else len(edition.indicators)
        self._of_kind = {
            kind: [(place, indicator) for place, indicator in enumerate(edition.indicators) if indicator.sites == kind]
            for kind in {indicator.sites for indicator in edition.indicators}
        }
        self._tallies: dict[str | None, list[Tally]] = {}

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of sites that the edition looks at."""
        return frozenset(self._of_kind)

    def count(self, seen: Observation) -> None:
        """Count one site of the register."""
        asked = self._of_kind.get(seen.kind)
        if asked is None:
            return
        tallies = self._tallies.get(seen.hamlet)
        if tallies is None:
            tallies = self._tallies[seen.hamlet] = [Tally() for _ in range(self._width)]
        if self._by_site:
            self._count_judged(seen, tallies)
            return
        for place, indicator in asked:
            count_site(indicator, seen, tallies[place])

    def _count_judged(self, seen: Observation, tallies: list[Tally]) -> None:
        takes_part = True if self.edition.takes_part is None else self.edition.takes_part.holds(seen)
        if takes_part is False:
            for tally in tallies:
                tally.registered += 1
                tally.visited += 1
                tally.left_out += 1
            return
        outcomes = judge_site(self.edition, seen, self._moment) if takes_part else None
        for criterion, tally in zip(self.edition.criteria, tallies, strict=True):
            count_judged_site(outcomes, criterion, seen, tally)

    def verdicts(self, hamlets: Sequence[str], became: Mapping[str, str] = MappingProxyType({})) -> list[Verdict]:
        """Every criterion's verdict for the commune and each of *hamlets*, in the edition's order, the commune first.

        Sites of a hamlet that was merged count for what it *became*; sites of no hamlet, or of an unknown one, for the commune only.
        """
        pooled = self._sum(self._tallies.values())
        parts: dict[str | None, list[list[Tally]]] = {}
        for hamlet, tallies in self._tallies.items():
            parts.setdefault(became.get(hamlet or "", hamlet), []).append(tallies)
        by_hamlet = {hamlet: self._place(hamlet, self._sum(parts.get(hamlet, ()))) for hamlet in hamlets}
        commune = self._commune(pooled, by_hamlet)
        return [
            verdict
            for criterion in self.edition.criteria
            for verdict in (commune[criterion.code], *(by_hamlet[hamlet][criterion.code] for hamlet in hamlets))
        ]

    def _commune(self, tallies: list[Tally], by_hamlet: dict[str, dict[str, Verdict]]) -> dict[str, Verdict]:
        pooled = self._place(None, tallies)
        found: dict[str, Verdict] = {}
        for criterion in self.edition.criteria:
            verdict = pooled[criterion.code]
            if criterion.roll_up is not RollUp.POOLED:
                verdicts = (place[criterion.code] for place in by_hamlet.values())
                verdict = roll_up(self.edition, criterion, verdicts, verdict.basis, self._moment)
            found[criterion.code] = verdict
        return found

    def _place(self, hamlet: str | None, tallies: list[Tally]) -> dict[str, Verdict]:
        found: dict[str, Verdict] = {}
        bases = {} if self._by_site else self._bases(tallies)
        for place, criterion in enumerate(self.edition.criteria):
            if self._by_site:
                verdict = judge_by_site(self.edition, criterion, tallies[place], hamlet=hamlet, moment=self._moment)
            elif criterion.combines:
                verdict = combine(self.edition, criterion, found, hamlet=hamlet, moment=self._moment)
            else:
                verdict = judge(self.edition, criterion, bases[criterion.code], hamlet=hamlet, moment=self._moment)
            found[criterion.code] = verdict
        return found

    def _bases(self, tallies: list[Tally]) -> dict[str, list[Basis]]:
        left = iter(tallies)
        return {criterion.code: self._criterion_bases(criterion, left) for criterion in self.edition.criteria}

    def _criterion_bases(self, criterion: Criterion, tallies: Iterable[Tally]) -> list[Basis]:
        # zip takes from its first argument first: only as many tallies leave the stream as the criterion has indicators.
        return [indicator_basis(indicator, tally, self._moment) for indicator, tally in zip(criterion.indicators, tallies, strict=False)]

    def _sum(self, parts: Iterable[list[Tally]]) -> list[Tally]:
        whole = [Tally() for _ in range(self._width)]
        for part in parts:
            for total, tally in zip(whole, part, strict=True):
                total.add(tally)
        return whole


def assess_sites(edition: Edition, sites: Iterable[Observation], hamlets: Sequence[str], moment: Moment) -> list[Verdict]:
    """Every verdict of *edition* over *sites*."""
    assessment = Assessment(edition, moment)
    for seen in sites:
        assessment.count(seen)
    return assessment.verdicts(hamlets)
