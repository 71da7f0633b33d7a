"""What is made and no longer needed goes: evidence is never touched, and every bundle can be prepared again."""

import json
from collections.abc import Iterable
from datetime import timedelta

from survey.bundle.draft import read_draft
from survey.bundle.layout import load
from survey.deliver.handing import why_outdated
from survey.deliver.keeping import whole
from survey.domain.ports import Reader, Survey
from survey.store.bundle_requests import delete_parts_of, lock_made, select_drafts, select_part_blobs
from survey.store.made_bundles import lock_idle, select_bundle, select_idle, select_layouts, select_replaced, update_dropped

UNUSED_KEPT = timedelta(days=30)
"""A bundle's made files go when it was made, and last downloaded, so long ago; our own choice: a council that asks again within a month
gets it at once, and a commune's disk does not fill with dossiers of the past."""
_REPLACED_KEPT = timedelta(days=1)  # a bundle that is made anew, with another key, leaves who is in the middle of the former one so long


def sweep(survey: Survey) -> int:
    """Drop what nobody fetched for `UNUSED_KEPT`, what shows a photo erased since, and whatever no request or bundle names; how many files.

    A bundle whose files are dropped, or were lost, stays in the list with the hashes of its tag manifests.
    """
    needs: dict[str, set[str]] = {}
    before, outdated = survey.now() - UNUSED_KEPT, _outdated(survey)
    with survey.reading() as reader:
        idle_ones = select_idle(reader, before)
        _needed(survey, reader, needs)
    with survey.transaction() as tx:
        lock_made(tx)
        for commune, bundle in [*outdated, *(one for one in idle_ones if lock_idle(tx, *one, before))]:
            update_dropped(tx, commune, bundle)
            delete_parts_of(tx, commune, bundle)
    with survey.transaction() as tx:
        lock_made(tx)  # until the end no worker names a made file
        needed = _needed(survey, tx, needs)
        idle = [blob for blob in survey.made.hashes() if blob not in needed]
        for blob in idle:
            survey.made.erase(blob)
    return len(idle) + survey.made.sweep()


def _outdated(survey: Survey) -> list[tuple[str, str]]:
    """The bundles that nobody may have any more, and those whose layouts are lost or damaged, once each."""
    found: dict[tuple[str, str], None] = {}
    with survey.reading() as reader:
        made = [(select_bundle(reader, commune, bundle), layout) for commune, bundle, layout in select_layouts(reader)]
    for one, layout in made:
        content = whole(survey, layout)
        if one is not None and (content is None or why_outdated(survey, one, load([content])) is not None):
            found[one.basis.commune, one.id] = None
    return list(found)


def _needed(survey: Survey, reader: Reader, needs: dict[str, set[str]]) -> set[str]:
    """The blobs that rows name, and those that these name; *needs* remembers what each layout and draft was found to name."""
    layouts = [*(layout for _, _, layout in select_layouts(reader)), *select_replaced(reader, survey.now() - _REPLACED_KEPT)]
    drafts = select_drafts(reader)
    for layout in layouts:
        if layout not in needs:
            needs[layout] = _sources(survey, layout)
    for draft in drafts:
        if draft not in needs:
            content = whole(survey, draft)
            needs[draft] = set() if content is None else {read_draft(json.loads(content)).blob}
    return select_part_blobs(reader).union(layouts, drafts, *_named(needs, [*layouts, *drafts]))


def _sources(survey: Survey, layout: str) -> set[str]:
    """The made files behind a zip; none where its layout is lost: then nobody gets it any more."""
    content = whole(survey, layout)
    return set() if content is None else {member.source.partition(":")[0] for member in load([content]).members if member.source}


def _named(needs: dict[str, set[str]], blobs: Iterable[str]) -> list[set[str]]:
    return [needs[blob] for blob in blobs]
