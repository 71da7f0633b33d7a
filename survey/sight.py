"""Sight: what somebody sees of submissions and photos, with the criteria that an owner answers for."""

from survey.catalogue.effective import effective_edition
from survey.catalogue.findings import stored_findings
from survey.domain.people import Ability, Actor
from survey.domain.ports import Reader
from survey.domain.sight import Sight, Use
from survey.domain.submissions import State, Submission
from survey.store.assignments import select_assignments_of
from survey.store.editions import select_editions
from survey.store.finding_rules import select_finding_rules
from survey.store.photo_uses import select_photo_uses
from survey.store.rule_entries import select_all_entries


def sight_of(reader: Reader, actor: Actor) -> Sight:
    """What *actor* sees; of owners, with the forms of the criteria that they answer for at present."""
    return Sight(actor, _own_forms(reader, actor) if actor.may(Ability.SEE_CRITERIA) else frozenset())


def sees_photo(reader: Reader, actor: Actor, sha256: str) -> bool:
    """Whether *actor* sees the photo of the actor's commune with those bytes, whichever of its uses allows it."""
    sight = sight_of(reader, actor)
    uses = select_photo_uses(reader, actor.commune, sha256)
    return any(
        sight.covers(
            Use(
                (row["sender"], row["owner"]), row["hamlet"], None if row["review"] is None else State(row["review"]), row["form"],
                row["round"],
            )
        )
        for row in uses
    )  # fmt: skip


def use_of(submission: Submission) -> Use:
    """What decides about a submission."""
    return Use((submission.person,), submission.hamlet, submission.state, submission.form, submission.round)


def _own_forms(reader: Reader, actor: Actor) -> frozenset[str]:
    commune = actor.commune
    own = {(one.edition, one.criterion) for one in select_assignments_of(reader, commune, actor.person)}
    if not own:
        return frozenset()
    entries = select_all_entries(reader, commune, None)
    forms: set[str] = set()
    for loaded in select_editions(reader, commune):
        if any(loaded.id == edition for edition, _ in own):
            edition = effective_edition(loaded.document, entries.get(loaded.id, []))
            criteria = [criterion for criterion in edition.criteria if (edition.id, criterion.code) in own]
            forms.update(form for criterion in criteria for indicator in criterion.indicators for form in indicator.forms)
    rules = stored_findings(select_finding_rules(reader, commune)).rules
    return frozenset(forms | {rule.form for rule in rules if own.intersection(rule.criteria)})
