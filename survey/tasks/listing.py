"""Lists of tasks, within what the one who asks may see: everything of the own hamlets at the desk, an owner's own."""

from dataclasses import replace

from survey.catalogue.findings import Findings, stored_findings
from survey.domain.people import Ability, Actor
from survey.domain.ports import Reader, Survey
from survey.domain.tasks import Task
from survey.store.assignments import select_assignments_of
from survey.store.finding_rules import select_finding_rules
from survey.store.tasks import PAGE, TaskFilters, TaskLine, select_site_tasks, select_tasks


def filters_for(reader: Reader, actor: Actor, filters: TaskFilters) -> TaskFilters:
    """*filters* within what *actor* may see: who does not review sees the own tasks only.

    A person's tasks are those given to the person by name and those of the criteria that the person answers for. Raises NOT_ALLOWED.
    """
    actor.require(Ability.REPORT)
    person = filters.person if actor.may(Ability.REVIEW) else actor.person
    within = replace(filters, scope=actor.hamlets, person=person)
    if person is None:
        return within
    own = {(one.edition, one.criterion) for one in select_assignments_of(reader, actor.commune, person)}
    asked = own & set(filters.criteria) if filters.criteria else own
    return replace(within, criteria=tuple(sorted(asked)))


def select_page(
    survey: Survey, actor: Actor, filters: TaskFilters, after: tuple[str, str] | None = None, limit: int = PAGE
) -> list[TaskLine]:
    """One page of the list by *filters*, within what *actor* may see. Raises NOT_ALLOWED."""
    with survey.reading() as reader:
        return select_tasks(reader, actor.commune, filters_for(reader, actor, filters), after, limit)


def present_findings(reader: Reader, commune: str) -> Findings:
    """The commune's present rules of findings."""
    return stored_findings(select_finding_rules(reader, commune))


def about_site(survey: Survey, actor: Actor, site: str) -> tuple[list[Task], Findings]:
    """The tasks of a site that *actor* may see, open and closed, with the rules whose words they bear. Raises NOT_ALLOWED."""
    actor.require(Ability.SEE_ALL)
    with survey.reading() as reader:
        tasks = [task for task in select_site_tasks(reader, actor.commune, site) if actor.reaches(task.hamlet)]
        return tasks, present_findings(reader, actor.commune)
