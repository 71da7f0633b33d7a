"""Editions over a commune: sites are counted one by one, as they stream by, and every verdict follows at the end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from survey.domain.concluding import combine, indicator_basis, judge, roll_up
from survey.domain.conditions import Observation
from survey.domain.criteria import Edition, Moment, RollUp, Unit
from survey.domain.indicators import Indicator, Tally, count_site
from survey.domain.site_judging import SiteJudge, count_judged_site, judge_by_site
from survey.domain.statements import Aspect, Statements
from survey.domain.verdicts import SubmissionLists, Verdict

Tallies = list[Tally]


class Assessment:
    """Counts sites into tallies, one for each figure and hamlet; holds no site.

    Editions that ask for the same figure share its tally: what is looked at differs less between editions than what is demanded.
    *statements* and the commune's *groups* are given by edition.
    """

    def __init__(
        self, editions: Sequence[Edition], moment: Moment, *,
        statements: Mapping[str, Statements] = MappingProxyType({}), groups: Mapping[str, str] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        self._editions = editions
        self._moments = {edition.id: replace(moment, group=groups.get(edition.id, moment.group)) for edition in editions}
        self._on = moment.on
        self._statements = statements
        self._lists = SubmissionLists()
        self._places: dict[object, int] = {}
        self._of_kind: dict[str, list[tuple[int, Indicator]]] = {}
        for edition in editions:
            for indicator in edition.indicators if edition.unit is not Unit.HOUSEHOLD else ():
                if indicator.figure not in self._places:
                    self._of_kind.setdefault(indicator.sites, []).append((len(self._places), indicator))
                    self._places[indicator.figure] = len(self._places)
        self._judges = {edition.id: SiteJudge(edition, self._moments[edition.id]) for edition in editions if edition.unit is Unit.HOUSEHOLD}
        self._offsets: dict[str, int] = {}
        self._width = len(self._places)
        for judging in self._judges.values():
            self._offsets[judging.edition.id] = self._width
            self._width += len(judging.edition.criteria)
        self._tallies: dict[str | None, Tallies] = {}

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of sites that the editions look at."""
        return frozenset(indicator.sites for edition in self._editions for indicator in edition.indicators)

    def count(self, seen: Observation) -> None:
        """Count one site of the register."""
        tallies = self._tallies.get(seen.hamlet)
        if tallies is None:
            tallies = self._tallies[seen.hamlet] = self._sum(())
        for place, indicator in self._of_kind.get(seen.kind, ()):
            count_site(indicator, seen, tallies[place], self._on)
        if seen.kind == Unit.HOUSEHOLD:
            for edition, judging in self._judges.items():
                outcomes, takes_part = judging.judge(seen)
                for place, criterion in enumerate(judging.edition.criteria, self._offsets[edition]):
                    count_judged_site(outcomes, criterion, seen, tallies[place], takes_part=takes_part)

    def verdicts(self, hamlets: Sequence[str], became: Mapping[str, str] = MappingProxyType({})) -> list[Verdict]:
        """Every criterion's verdict for the commune and each of *hamlets*, in the editions' order, the commune first.

        Sites of a hamlet that was merged count for what it *became*; sites of no hamlet, or of an unknown one, for the commune only.
        """
        parts: dict[str | None, list[Tallies]] = {}
        for hamlet, tallies in self._tallies.items():
            parts.setdefault(became.get(hamlet or "", hamlet), []).append(tallies)
        pooled = self._sum(self._tallies.values())
        by_hamlet = {hamlet: self._sum(parts.get(hamlet, ())) for hamlet in hamlets}
        return [verdict for edition in self._editions for verdict in self._edition(edition, pooled, by_hamlet)]

    def _edition(self, edition: Edition, pooled: Tallies, by_hamlet: Mapping[str, Tallies]) -> Iterable[Verdict]:
        places = {hamlet: self._place(edition, hamlet, tallies) for hamlet, tallies in by_hamlet.items()}
        commune = self._place(edition, None, pooled)
        moment = self._moments[edition.id]
        for criterion in edition.criteria:
            verdict = commune[criterion.code]
            if criterion.combines and edition.id not in self._judges:  # of the others as they stand in the commune, rolled up
                verdict = combine(edition, criterion, commune, hamlet=None, moment=moment)
            if criterion.roll_up is not RollUp.POOLED:
                verdict = roll_up(edition, criterion, [place[criterion.code] for place in places.values()], verdict.basis, moment)
            commune[criterion.code] = verdict
            yield verdict
            for place in places.values():
                yield place[criterion.code]

    def _place(self, edition: Edition, hamlet: str | None, tallies: Tallies) -> dict[str, Verdict]:
        found: dict[str, Verdict] = {}
        moment, statements = self._moments[edition.id], self._statements.get(edition.id, {})
        for number, criterion in enumerate(edition.criteria):
            if edition.id in self._judges:
                tally = tallies[self._offsets[edition.id] + number]
                verdict = judge_by_site(edition, criterion, tally, self._lists, hamlet=hamlet, moment=moment)
            elif criterion.combines:
                verdict = combine(edition, criterion, found, hamlet=hamlet, moment=moment)
            else:
                measured = [(indicator, tallies[self._places[indicator.figure]]) for indicator in criterion.indicators]
                basis = [indicator_basis(indicator, tally, moment, self._lists) for indicator, tally in measured]
                stated = statements.get((criterion.code, hamlet, Aspect.STATE))
                verdict = judge(edition, criterion, basis, hamlet=hamlet, moment=moment, stated=stated)
            found[criterion.code] = verdict
        return found

    def _sum(self, parts: Iterable[Tallies]) -> Tallies:
        whole = [Tally() for _ in range(self._width)]
        for part in parts:
            for total, tally in zip(whole, part, strict=True):
                total.add(tally)
        return whole
