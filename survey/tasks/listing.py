"""Lists of tasks, within what the one who asks may see: everything of the own hamlets at the desk, an owner's own."""

from dataclasses import replace

from survey.catalogue.findings import Findings, stored_findings
from survey.domain.people import Ability, Actor
from survey.domain.ports import Reader, Survey
from survey.domain.tasks import Origin, Task
from survey.store.assignments import select_assignments_of
from survey.store.finding_rules import select_finding_rules
from survey.store.tasks import PAGE, TaskFilters, TaskLine, select_open_by_site, select_site_tasks, select_tasks


def filters_for(reader: Reader, actor: Actor, filters: TaskFilters) -> TaskFilters:
    """*filters* within what *actor* may see: who does not review sees the own tasks only, an appraiser the council's defects.

    A person's tasks are those given to the person by name and those of the criteria that the person answers for. Raises NOT_ALLOWED.
    """
    actor.require(Ability.SEE_TASKS)
    if actor.may(Ability.APPRAISE):
        return replace(filters, scope=actor.hamlets, origin=Origin.APPRAISAL)
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


def todo_for_phone(reader: Reader, actor: Actor) -> dict[str, object]:
    """The open tasks at sites of the actor's hamlets, small enough to go along for days without a signal.

    `tasks` by site: [finding, how much is missing, day], or ["", a person's words, day]; `findings` holds the words, once each.
    """
    actor.require(Ability.CAPTURE)
    found, findings = select_open_by_site(reader, actor.commune, actor.hamlets), present_findings(reader, actor.commune)
    by_site: dict[str, list[list[object]]] = {}
    used: dict[str, object] = {}
    for task in found:
        rule = findings.rule(task.finding)
        if rule is not None:
            used[rule.code] = {"vi": rule.title.vi, "en": rule.title.en, "form": rule.form}
        if rule is not None or task.title:
            what = task.missing if rule is not None else task.title
            due_on = None if task.due_on is None else task.due_on.isoformat()
            by_site.setdefault(str(task.site), []).append([rule.code if rule is not None else "", what, due_on])
    return {"tasks": by_site, "findings": used}


def about_site(survey: Survey, actor: Actor, site: str) -> tuple[list[Task], Findings]:
    """The tasks of a site that *actor* may see, open and closed, with the rules whose words they bear. Raises NOT_ALLOWED."""
    actor.require(Ability.SEE_ALL)
    with survey.reading() as reader:
        tasks = [task for task in select_site_tasks(reader, actor.commune, site) if actor.reaches(task.hamlet)]
        return tasks, present_findings(reader, actor.commune)
