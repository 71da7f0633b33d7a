"""Openings of a public bundle: salt and value of what it left out, for the commune to hand to whom it wants to prove it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from survey.bundle.layout import Member, lines_of
from survey.bundle.opening import Opening, matches
from survey.bundle.public import COMMITMENTS, read_commitments
from survey.deliver.drafting import VerdictsFor
from survey.deliver.gathering import Glance, gather
from survey.deliver.handing import find_bag, find_bundle, kept_layout
from survey.deliver.public import permissions_of, secret_of
from survey.domain.commitments import LOG, salt_of
from survey.domain.evidence import Basis, Variant
from survey.domain.people import Ability, Actor
from survey.domain.ports import Survey
from survey.domain.problems import NOT_PUBLIC, Problem
from survey.domain.publishing import left_out
from survey.domain.times import end_of, local_date
from survey.store.bundles import OPENED


@dataclass(frozen=True)
class Opened:
    """The openings that still hold, and how many values of the bundle can no longer be opened: changed, corrected or erased since."""

    openings: tuple[Opening, ...]
    lost: int


def openings(survey: Survey, actor: Actor, bundle: str, verdicts_for: VerdictsFor, record: str = "") -> Opened:
    """What opens the values that the public *bundle* left out, or those of one *record* (the code of a submission or a site) alone.

    Values are those of this moment, and each was held against the bundle's own commitment. Who asked is logged, not for what.
    Raises NOT_ALLOWED (but for coordinators), BUNDLE_UNKNOWN, BUNDLE_DROPPED, NOT_PUBLIC, and what gathering raises.
    """
    actor.require(Ability.MANAGE)
    basis = find_bundle(survey, actor, bundle).basis
    if basis.variant is not Variant.PUBLIC:
        raise Problem(NOT_PUBLIC, name=bundle)
    committed = _committed(survey, actor, bundle)
    held = [one for one in _openings(survey, basis, verdicts_for) if _holds(one, committed)]
    lost = len(committed) - sum(not one.path.startswith(LOG) for one in held)
    with survey.transaction() as tx:
        tx.log(basis.commune, OPENED, {"bundle": bundle, "person": actor.person, "whole": not record})
    wanted = [one for one in held if not record or f"/{record}/" in f"/{one.path}/"]
    return Opened(tuple(wanted), lost)


def _openings(survey: Survey, basis: Basis, verdicts_for: VerdictsFor) -> Iterator[Opening]:
    secret, verdicts = secret_of(survey, basis.id), verdicts_for(basis.scope)
    moment = None if basis.scope.as_of == local_date(survey.now()) else end_of(basis.scope.as_of)
    with survey.reading() as reader:
        evidence = gather(reader, basis.commune, basis.scope, verdicts, Glance(basis.head, moment, lambda _sha256: None))
        permissions = permissions_of(reader, evidence)
        for path, value in left_out(evidence, secret, permissions):
            yield Opening(path, salt_of(secret, path).hex(), value)
        for event in evidence.events():
            yield Opening(f"{LOG}{event['seq']}", str(event["salt"]), event["body"])


def _holds(opening: Opening, committed: Mapping[str, str]) -> bool:
    """Whether the bundle committed to it; the chain of the log does so by itself."""
    return opening.path.startswith(LOG) or (opening.path in committed and matches(opening, committed[opening.path]))


def _committed(survey: Survey, actor: Actor, bundle: str) -> Mapping[str, str]:
    """The commitments in the bundle itself, as it was sealed."""
    layout = kept_layout(survey, find_bag(survey, actor, bundle))
    member = next((one for one in layout.members if one.path.partition("/")[2] == f"data/{COMMITMENTS}"), None)
    if member is None:
        raise Problem(NOT_PUBLIC, name=bundle)
    return dict(read_commitments(_lines(survey, member)))


def _lines(survey: Survey, member: Member) -> Iterator[str]:
    blob, _, start = member.source.partition(":")
    chunks = survey.made.read(blob, start=int(start), length=member.size)
    return (line.decode("utf-8-sig") + "\n" for line in lines_of(chunks))
