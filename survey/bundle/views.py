"""What the report's templates show of sites, submissions and photos: texts and addresses only, nothing left to decide."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from survey.bundle import words
from survey.bundle.answers import Question, answered, label, questions
from survey.bundle.arrange import REPORT, Arrangement
from survey.bundle.chapters import Chapter, Chapters, anchor_of
from survey.bundle.index import distance_to_site_m
from survey.domain.evidence import Evidence, Item, Photo, Variant
from survey.domain.sites import Site, said_by_code
from survey.domain.submissions import State
from survey.domain.times import from_text

FormKey = tuple[str, str]
Row = Mapping[str, object]


@dataclass(frozen=True)
class PhotoView:
    """A photo with its words; *href* leads to its file, and is None where it never came or is no photo."""

    anchor: str
    href: str | None
    picture: str | None
    label: str
    facts: tuple[str, ...]
    file: str
    state: str
    sha256: str | None


@dataclass(frozen=True)
class AnswerView:
    """One answer with its question's words."""

    label: str
    text: str


@dataclass(frozen=True)
class FlagView:
    """What a check found, on which file, and what a person said of it; *judgement* is empty where nobody said anything."""

    sentence: str
    about: str
    judgement: str
    reason: str
    person: str
    at: str


@dataclass(frozen=True)
class DecisionView:
    """One decision of a reviewer."""

    word: str
    reason: str
    person: str
    at: str


@dataclass(frozen=True)
class SubmissionView:
    """One accepted submission in words; *counts* are the criteria that stand on it, each with the way back to it."""

    anchor: str
    code: str
    form: str
    version: str
    xml: str | None
    sha256: str
    captured: str
    received: str
    accepted: str
    person: str
    reviewer: str
    position: str
    distance: str
    photos: tuple[PhotoView, ...]
    answers: tuple[AnswerView, ...]
    flags: tuple[FlagView, ...]
    decisions: tuple[DecisionView, ...]
    counts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SiteView:
    """One site with its evidence."""

    anchor: str
    code: str
    name: str
    kind: str
    submissions: tuple[SubmissionView, ...]


class SiteViews:
    """Makes the views of one page's sites, one by one, so that a report of any size needs little memory."""

    def __init__(
        self, evidence: Evidence, arrangement: Arrangement, chapters: Chapters, counts: Mapping[str, Sequence[tuple[str, str]]]
    ) -> None:
        """*counts* gives the criteria of a submission: the fragment on its hamlet's page, and the name."""
        self._evidence = evidence
        self._arrangement = arrangement
        self._chapters = chapters
        self._counts = counts
        self._public = evidence.variant is Variant.PUBLIC
        self._asked: Mapping[FormKey, Sequence[Question]] = {key: questions(tree) for key, tree in evidence.forms.items()}
        self._titles = {key: label(tree.get("title")) or key[0] for key, tree in evidence.forms.items()}

    def of(self, chapter: Chapter) -> Iterator[SiteView]:
        """The views of the sites on *chapter*, whose submissions stand site by site."""
        flags, reviews = _by_submission(self._evidence.flags(chapter.items)), _by_submission(self._evidence.reviews(chapter.items))
        site: Site | None = None
        waiting: list[SubmissionView] = []
        for item, answers in self._evidence.answers(chapter.items):
            if site is not None and item.site != site.id:
                yield self._site(site, waiting)
                waiting = []
            site = self._evidence.sites[item.site]
            waiting.append(self._submission(site, item, answers, flags[item.submission], reviews[item.submission]))
        if site is not None:
            yield self._site(site, waiting)

    def title(self, item: Item) -> str:
        """The title of the form that *item* answers."""
        return self._titles.get((item.form, item.form_version), item.form)

    def picture(self, photo: Photo) -> str | None:
        """What a page shows of *photo*: its preview; the file itself in the public variant; None where there is neither."""
        path = self._arrangement.photos.get((photo.submission, photo.name))
        preview = self._arrangement.previews.get(photo.sha256 or "")
        shown = preview or (path if self._public else None)
        return self._arrangement.way(shown, base=REPORT) if path and shown else None

    def photo_label(self, item: Item, photo: Photo) -> str:
        """The question that *photo* answers, in the form's words."""
        # A file names its question without the path to it.
        asked = {question.path.rpartition("/")[2]: question.label for question in self._asked.get((item.form, item.form_version), ())}
        return (asked.get(photo.question, photo.question) + (f" ({photo.repeat})" if photo.repeat else "")) or photo.name

    def _site(self, site: Site, submissions: Sequence[SubmissionView]) -> SiteView:
        return SiteView(anchor_of(site), site.code, site.name, words.KINDS[site.kind], tuple(submissions))

    def _submission(
        self, site: Site, item: Item, answers: Mapping[str, Any], flags: Sequence[Row], reviews: Sequence[Row]
    ) -> SubmissionView:
        xml = self._arrangement.instances.get(item.submission)
        photos = self._evidence.photos.get(item.submission, ())
        labels = {photo.name: self.photo_label(item, photo) for photo in photos}
        return SubmissionView(
            anchor=self._chapters.anchor(item.submission),
            code=item.code,
            form=self.title(item),
            version=item.form_version,
            xml=self._arrangement.way(xml, base=REPORT) if xml else None,
            sha256=item.instance_sha256,
            captured=words.moment(item.captured_at),
            received=words.moment(item.received_at),
            accepted=words.moment(item.accepted_at),
            person=self._person(item.person),
            reviewer=self._person(item.accepted_by),
            position=words.position(item.fix),
            distance="" if self._public else _distance(site, item),
            photos=tuple(self._photo(labels[photo.name], photo) for photo in photos),
            answers=self._answers(site, item, answers),
            flags=tuple(self._flag(row, labels) for row in flags),
            decisions=tuple(self._decision(row) for row in reviews),
            counts=tuple(self._counts.get(item.submission, ())),
        )

    def _answers(self, site: Site, item: Item, answers: Mapping[str, Any]) -> tuple[AnswerView, ...]:
        asked = self._asked.get((item.form, item.form_version), ())
        return tuple(
            AnswerView(answer.question.label + (f" ({answer.repeat})" if answer.repeat else ""), answer.text)
            for answer in answered(asked, said_by_code(answers, site))
            if answer.question.is_asked and answer.question.type != "image"
        )

    def _photo(self, name: str, photo: Photo) -> PhotoView:
        path = self._arrangement.photos.get((photo.submission, photo.name))
        taken = f"chụp {photo.taken_at:%H:%M %d/%m/%Y} theo máy ảnh" if photo.taken_at else ""
        facts = [taken, words.SOURCES.get(photo.source, photo.source), words.position(photo.fix) if photo.fix else ""]
        facts += [words.size(photo.size)] if path and photo.size else []
        return PhotoView(
            anchor=self._chapters.photo_anchor(photo),
            href=self._arrangement.way(path, base=REPORT) if path else None,
            picture=self.picture(photo),
            label=name,
            facts=tuple(fact for fact in facts if fact),
            file=path or "",
            state=" – ".join(text for text in (words.file_state(photo), words.refusal(photo)) if text),
            sha256=photo.sha256 if path or photo.erased_at else None,
        )

    def _flag(self, row: Row, labels: Mapping[str, str]) -> FlagView:
        attachment = str(row["attachment"] or "")
        return FlagView(
            sentence=words.flag(row),
            about=labels.get(attachment, attachment),
            judgement=words.JUDGEMENTS.get(str(row["verdict"]), ""),
            reason=str(row["reason"] or ""),
            person=self._person(row["person"]),
            at=_moment(row["at"]),
        )

    def _decision(self, row: Row) -> DecisionView:
        state = State(str(row["to_state"]))
        return DecisionView(words.STATE_NAMES[state], str(row["reason"] or ""), self._person(row["person"]), _moment(row["at"]))

    def _person(self, person: object) -> str:
        return self._evidence.people.get(str(person), str(person)) if person else "–"


def _by_submission(rows: Iterator[Row]) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[str(row["submission"])].append(row)
    return found


def _moment(stored: object) -> str:
    if isinstance(stored, datetime):
        return words.moment(stored)
    return words.moment(from_text(str(stored))) if stored else ""


def _distance(site: Site, item: Item) -> str:
    away_m = distance_to_site_m(site, item.fix)
    what = "điểm" if site.line is None else "đoạn đường"
    return "" if away_m is None else f"cách {what} trong sổ bộ {words.metres(away_m)}"
