"""Tasks of the rules: followed again whenever something about a site changes; a job of the worker, and harmless twice."""

from collections.abc import Sequence
from pathlib import Path

from survey.catalogue.effective import effective_edition
from survey.catalogue.findings import Findings, read_findings, stored_findings
from survey.catalogue.vocabulary import read_questions
from survey.domain.canonical import sha256_hex
from survey.domain.conditions import Observation
from survey.domain.findings import FindingRule, Place, Sight, follow, look, retire, unproven
from survey.domain.people import Ability, Actor
from survey.domain.ports import Survey, Transaction
from survey.domain.sites import Site
from survey.domain.tasks import BY_RULES, Step, Task
from survey.store.editions import select_editions, select_present_trees
from survey.store.finding_rules import insert_finding_rules, select_finding_rules, select_sites_to_follow
from survey.store.jobs import Job, update_continued
from survey.store.reviews import lock_decisions
from survey.store.rule_entries import select_entries
from survey.store.site_visits import StandingVisit, select_standing_visits
from survey.store.sites import select_site
from survey.store.tasks import insert_step, select_site_tasks

PORTION = 50  # sites of one job; phones that hand in meanwhile wait for one site's transaction only


def load_findings(survey: Survey, actor: Actor, folder: Path) -> Findings:
    """Check the rules in *folder* and use them from now on; every site is followed again by a job, in portions.

    Raises NOT_ALLOWED, and BROKEN_CATALOGUE naming file, key and remedy.
    """
    actor.require(Ability.MANAGE)
    with survey.reading() as reader:
        trees = select_present_trees(reader, actor.commune)
        loaded = [
            effective_edition(edition.document, select_entries(reader, actor.commune, edition.id))
            for edition in select_editions(reader, actor.commune)
        ]
    questions = {name: known for form, tree in trees.items() for name, known in read_questions(form, tree).items()}
    editions = {edition.id: {criterion.code for criterion in edition.criteria} for edition in loaded}
    document, findings = read_findings(folder, questions, editions)
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        number = insert_finding_rules(tx, actor.commune, document, survey.now())
        body: dict[str, object] = {"number": number, "document_sha256": sha256_hex(document), "rules": len(findings.rules)}
        tx.log(actor.commune, "findings.loaded", {**body, "person": actor.person})
    return findings


def follow_site(survey: Survey, commune: str, site_id: str) -> list[Step]:
    """Bring the tasks of a site up to date with its accepted visits; returns what became of them, nothing the second time."""
    with survey.transaction() as tx:
        lock_decisions(tx, commune)  # what two workers read at once, both would write
        findings = stored_findings(select_finding_rules(tx, commune))
        tasks = select_site_tasks(tx, commune, site_id)
        site = select_site(tx, commune, site_id)
        steps = _steps(tx, survey, findings, tasks, site)
        for step in steps:
            _write(tx, survey, step)
    return steps


def follow_portion(survey: Survey, job: Job) -> int:
    """Follow the next sites of a job for all of them, and leave it for those behind; returns how many."""
    with survey.reading() as reader:
        sites = select_sites_to_follow(reader, job.commune, str(job.payload["after"]), PORTION)
    for site in sites:
        follow_site(survey, job.commune, site)
    if len(sites) == PORTION:
        with survey.transaction() as tx:  # rules that were loaded meanwhile begin anew: then this does nothing
            update_continued(tx, job, {**job.payload, "after": sites[-1]}, survey.now())
    return len(sites)


def _steps(tx: Transaction, survey: Survey, findings: Findings, tasks: Sequence[Task], site: Site | None) -> list[Step]:
    found = [task for task in tasks if task.finding is not None]
    if site is None or site.closed:
        return retire(found, "site_closed", survey.now())
    visits = select_standing_visits(tx, site.commune, site.id, findings.kinds)
    place = Place(site.commune, site.id, site.hamlet)
    known = {rule.code for rule in findings.rules}
    steps = retire([task for task in found if task.finding not in known], "rule_gone", survey.now())
    for rule in findings.rules:
        own = [task for task in found if task.finding == rule.code]
        if rule.sites == site.kind.value or own:
            steps += follow(rule, place, _sights(rule, site, visits), own, survey.now())
    return steps + unproven(tasks, {visit.submission for visit in visits})


def _sights(rule: FindingRule, site: Site, visits: Sequence[StandingVisit]) -> list[Sight]:
    sights = []
    for visit in visits:
        if visit.form != rule.form or rule.sites != site.kind.value:
            continue
        seen = Observation(
            site.id, site.hamlet, site.kind.value, site.attributes, visit.answers, submissions={visit.form: (visit.submission,)}
        )
        shown = look(rule, seen)
        if shown is not None:
            photo = next((visit.photos[question] for question in rule.photos if question in visit.photos), None)
            sights.append(Sight(visit.submission, visit.captured_at, *shown, photo))
    return sights


def _write(tx: Transaction, survey: Survey, step: Step) -> None:
    task = step.task
    submission = task.closed_submission or task.opened_submission
    insert_step(tx, step, person=BY_RULES, at=survey.now(), detail={"submission": submission})
    body: dict[str, object] = {
        "task": task.id, "version": task.version, "finding": task.finding, "site": task.site, "submission": submission,
        "reason": step.reason,
    }  # fmt: skip
    tx.log(task.commune, f"task.{step.kind}", body)
