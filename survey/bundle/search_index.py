"""The report's search index: what can be found, as local scripts that a page opened from a disk may load.

A browser fetches nothing for a page from a disk, but runs scripts beside it. Each portion calls `ntmFind` with JSON:
`[place, page, [[site anchor, code, name, kind, [[record anchor, code, form, person, reviewer, day,
[[photo anchor, name, sha256 start]]]]]]]`.
"""

import json
from collections.abc import Iterator
from itertools import groupby

from survey.bundle import words
from survey.bundle.chapters import Chapter, Chapters, anchor_of
from survey.bundle.criterion_rows import Criterion, Place
from survey.bundle.views import SiteViews
from survey.domain.evidence import Evidence, Item

_PORTION = 250_000  # bytes of one script, about: a browser parses it between two frames
_DIGITS = 16  # of a SHA-256: told apart among any number of photos that fit on a disk


class SearchIndex:
    """Writes the index of *evidence*."""

    def __init__(self, evidence: Evidence, chapters: Chapters, views: SiteViews) -> None:
        self._evidence = evidence
        self._chapters = chapters
        self._views = views

    def portions(self, rows: tuple[Criterion, ...], places: list[Place]) -> Iterator[bytes]:
        """The scripts, one by one: first criteria and places, then the evidence page by page."""
        names = {place.hamlet: place.name for place in places}
        heads = [[f"index.html#{row.anchor}", row.name, row.edition_title] for row in rows]
        heads += [[place.page or "", place.name, ""] for place in places]
        waiting = [f"ntmHeads({_json(heads)});\n"]
        length = 0
        for hamlet, chapters in self._chapters.of.items():
            for chapter in chapters:
                waiting.append(f"ntmFind({_json([names.get(hamlet, ''), chapter.page, self._sites(chapter)])});\n")
                length += len(waiting[-1])
                if length > _PORTION:
                    yield "".join(waiting).encode()
                    waiting, length = [], 0
        if waiting:
            yield "".join(waiting).encode()

    def _sites(self, chapter: Chapter) -> list[object]:
        found: list[object] = []
        for key, items in groupby(chapter.items, key=lambda item: item.site):
            site = self._evidence.sites[key]
            found.append([anchor_of(site), site.code, site.name, words.KINDS[site.kind], [self._record(one) for one in items]])
        return found

    def _record(self, item: Item) -> list[object]:
        people = self._evidence.people
        reviewer = people.get(item.accepted_by or "", item.accepted_by or "")
        photos = [
            [self._chapters.photo_anchor(photo), photo.name, (photo.sha256 or "")[:_DIGITS]]
            for photo in self._evidence.photos.get(item.submission, ())
        ]
        head = [self._chapters.anchor(item.submission), item.code, self._views.title(item), people.get(item.person, item.person)]
        return [*head, reviewer, words.day(item.captured_at), photos]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
