"""Lists of tasks, within what the one who asks may see: everything of the own hamlets at the desk, an owner's own."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from survey.catalogue.findings import Findings, stored_findings
from survey.domain.people import Ability, Actor
from survey.domain.ports import Reader, Survey
from survey.domain.tasks import Task
from survey.store.finding_rules import select_finding_rules
from survey.store.tasks import PAGE, TaskFilters, TaskLine, select_site_tasks, select_tasks


class Assigned(Protocol):
    """What is asked of an assignment: the account that answers for the criterion."""

    @property
    def person(self) -> str | None:
        """The account, or None where the named person has none."""


def filters_for(actor: Actor, filters: TaskFilters, assignments: Mapping[tuple[str, str], Assigned]) -> TaskFilters:
    """*filters* within what *actor* may see. Who does not review sees the tasks of the own criteria and those given to the person.

    Raises NOT_ALLOWED.
    """
    actor.require(Ability.REPORT)
    within = replace(filters, scope=actor.hamlets)
    if actor.may(Ability.REVIEW):
        return within
    own = {pair for pair, assigned in assignments.items() if assigned.person == actor.person}
    asked = own & set(filters.criteria) if filters.criteria else own
    return replace(within, criteria=tuple(sorted(asked)), person=actor.person)


def select_page(
    survey: Survey, actor: Actor, filters: TaskFilters, after: tuple[str, str] | None = None, limit: int = PAGE
) -> list[TaskLine]:
    """One page of the list; *filters* come from `filters_for`. Raises NOT_ALLOWED."""
    actor.require(Ability.REPORT)
    with survey.reading() as reader:
        return select_tasks(reader, actor.commune, filters, after, limit)


def present_findings(reader: Reader, commune: str) -> Findings:
    """The commune's present rules of findings."""
    return stored_findings(select_finding_rules(reader, commune))


def about_site(survey: Survey, actor: Actor, site: str) -> tuple[list[Task], Findings]:
    """The tasks of a site that *actor* may see, open and closed, with the rules whose words they bear. Raises NOT_ALLOWED."""
    actor.require(Ability.SEE_ALL)
    with survey.reading() as reader:
        tasks = [task for task in select_site_tasks(reader, actor.commune, site) if actor.reaches(task.hamlet)]
        return tasks, present_findings(reader, actor.commune)
