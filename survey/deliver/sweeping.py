"""What is made and no longer needed goes: evidence is never touched, and every bundle can be prepared again."""

from collections.abc import Iterable
from datetime import timedelta

from survey.bundle.layout import load
from survey.deliver.drafting import kept_draft
from survey.deliver.handing import why_outdated
from survey.domain.ports import Reader, Survey
from survey.store.bundle_requests import delete_parts_of, lock_made, select_drafts, select_part_blobs
from survey.store.made_bundles import select_bundle, select_idle, select_layouts, update_dropped

UNUSED_KEPT = timedelta(days=30)
"""A bundle's made files go when it was made, and last downloaded, so long ago; our own choice: a council that asks again within a month
gets it at once, and a commune's disk does not fill with dossiers of the past."""


def sweep(survey: Survey) -> int:
    """Drop what nobody fetched for `UNUSED_KEPT`, what shows a photo erased since, and whatever no request or bundle names; how many files.

    A bundle whose files are dropped stays in the list with the hashes of its tag manifests.
    """
    needs: dict[str, set[str]] = {}
    outdated = _outdated(survey)
    with survey.reading() as reader:
        gone = [*select_idle(reader, survey.now() - UNUSED_KEPT), *outdated]
        _needed(survey, reader, needs)
    with survey.transaction() as tx:
        for commune, bundle in gone:
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
    found = []
    with survey.reading() as reader:
        made = [(select_bundle(reader, commune, bundle), layout) for commune, bundle, layout in select_layouts(reader)]
    for one, layout in made:
        if one is not None and why_outdated(survey, one, load(survey.made.read(layout))) is not None:
            found.append((one.basis.commune, one.id))
    return found


def _needed(survey: Survey, reader: Reader, needs: dict[str, set[str]]) -> set[str]:
    """The blobs that rows name, and those that these name; *needs* remembers what each layout and draft was found to name."""
    layouts, drafts = [layout for _, _, layout in select_layouts(reader)], select_drafts(reader)
    for layout in layouts:
        if layout not in needs:
            needs[layout] = {member.source.partition(":")[0] for member in load(survey.made.read(layout)).members if member.source}
    for draft in drafts:
        if draft not in needs:
            needs[draft] = {kept_draft(survey, draft).blob}
    return select_part_blobs(reader).union(layouts, drafts, *_named(needs, [*layouts, *drafts]))


def _named(needs: dict[str, set[str]], blobs: Iterable[str]) -> list[set[str]]:
    return [needs[blob] for blob in blobs]
