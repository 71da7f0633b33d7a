"""The bags of one bundle checked together: the same group, head and signer, none missing, none twice, every photo received."""

from collections import Counter
from collections.abc import Sequence

from survey.bundle.faults import Fault, Found
from survey.bundle.verify import Verification


def check_group(named: Sequence[tuple[str, Verification]]) -> tuple[Fault, ...]:
    """What is wrong with several bags as one bundle; *named* are the files' names with what came of each."""
    found = Found()
    first = _identity(named[0][1])
    for name, one in named[1:]:
        if _identity(one) != first:
            found.add(Fault("GROUP_OTHER", name))
    of = named[0][1].facts.bag[1]
    often = Counter(one.facts.bag[0] for _, one in named)
    for name, one in named:
        if often[one.facts.bag[0]] > 1:
            found.add(Fault("GROUP_TWICE", name))
    for number in range(1, of + 1):
        if not often[number]:
            found.add(Fault("GROUP_MISSING", f"{number} / {of}"))
    _check_receipts(named, found)
    return found.all()


def _identity(one: Verification) -> tuple[object, ...]:
    facts = one.facts
    return facts.group, facts.bag[1], facts.head, facts.commune, facts.variant, facts.seal.trust, facts.seal.fingerprint


def _check_receipts(named: Sequence[tuple[str, Verification]], found: Found) -> None:
    """The log lies in the first bag alone; it must name the photos of all of them."""
    logs = [one.received for _, one in named if one.received is not None]
    if not logs:
        return
    received = frozenset[str]().union(*logs)
    for name, one in named:
        for path, sha256 in one.originals.items() if one.received is None else ():
            if sha256 not in received:
                found.add(Fault("NOT_RECEIVED", f"{name}: {path}"))
