"""What the report's templates show of verdicts, places and submissions: texts only, nothing left to decide."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from survey.bundle import words
from survey.bundle.answers import Question, answered, label, questions
from survey.bundle.arrange import REPORT, Arrangement
from survey.domain.evidence import Evidence, Item, Photo
from survey.domain.places import distance_m, distance_to_line_m
from survey.domain.sites import Site, said_by_code
from survey.domain.verdicts import Basis, Outcome, Verdict

_SYMBOLS = {Outcome.MET: "✓", Outcome.NOT_MET: "✗", Outcome.NOT_ENOUGH_DATA: "?"}
FormKey = tuple[str, str]


@dataclass(frozen=True)
class BasisView:
    """One indicator behind a verdict, in words."""

    title: str
    decides: bool
    value: str
    range: str
    interval: str
    by_interval: bool
    age: str
    limit: str
    status: str
    status_css: str
    fraction: str
    coverage: str
    visits: str
    submissions: int
    behind: tuple[str, ...]
    reason: str
    sources: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class VerdictView:
    """A verdict in words; *href* leads to where its evidence is shown."""

    css: str
    symbol: str
    word: str
    value: str
    coverage: str
    informs: bool
    href: str
    reasons: tuple[str, ...]
    stated: str
    basis: tuple[BasisView, ...]


@dataclass(frozen=True)
class PhotoView:
    """A photo with its words; *href* leads to the original, and is None where it never came or is no photo."""

    href: str | None
    preview: str | None
    label: str
    facts: str
    state: str
    sha256: str | None


@dataclass(frozen=True)
class AnswerView:
    """One answer with its question's words."""

    label: str
    text: str


@dataclass(frozen=True)
class SubmissionView:
    """One accepted submission in words."""

    code: str
    form: str
    xml: str
    captured: str
    received: str
    accepted: str
    person: str
    reviewer: str
    position: str
    distance: str
    photos: tuple[PhotoView, ...]
    answers: tuple[AnswerView, ...]


@dataclass(frozen=True)
class SiteView:
    """One site with its evidence."""

    anchor: str
    code: str
    name: str
    kind: str
    submissions: tuple[SubmissionView, ...]


def verdict_view(verdict: Verdict, href: str, people: Mapping[str, str]) -> VerdictView:
    """*verdict* in words; *people* are the names of who states."""
    said = verdict.stated
    leading = verdict.leading
    return VerdictView(
        css=verdict.outcome.value,
        symbol=_SYMBOLS[verdict.outcome],
        word=words.OUTCOMES[verdict.outcome],
        value=words.amount(leading.value, leading.unit) if leading and leading.value is not None else "",
        coverage=f"{leading.visited}/{leading.registered}" if leading and leading.registered else "",
        informs=verdict.informs,
        href=href,
        reasons=tuple(words.REASONS.get(reason, reason) for reason in verdict.reasons),
        stated=words.stated(said, people.get(said.person, said.person)) if said else "",
        basis=tuple(_basis_view(basis) for basis in verdict.basis),
    )


def _basis_view(basis: Basis) -> BasisView:
    threshold = basis.threshold
    is_open = basis.unknown and basis.lowest is not None and basis.highest is not None
    between = f"({words.amount(basis.lowest, basis.unit)} đến {words.amount(basis.highest, basis.unit)} khi rõ hết)" if is_open else ""
    return BasisView(
        title=basis.title.vi,
        decides=basis.decides,
        value=words.amount(basis.value, basis.unit),
        range=between,
        interval=words.interval(basis.interval, basis.unit),
        by_interval=basis.decided_by == "interval",
        age=f"{words.day(basis.oldest)} đến {words.day(basis.newest)}" if basis.oldest and basis.newest else "",
        limit=words.limit(threshold),
        status=words.STATUSES[threshold.status] if threshold else "",
        status_css="weak" if threshold and threshold.weakness else "",
        fraction=f"{words.number(basis.numerator)} / {words.number(basis.denominator)}" if basis.denominator else "",
        coverage=f"{basis.visited} / {basis.registered}",
        visits=_visits(basis),
        submissions=basis.submission_count,
        behind=basis.submissions,
        reason=words.REASONS.get(basis.reason, basis.reason) if basis.reason else "",
        sources=tuple(source.text for source in threshold.sources) if threshold else (),
        note=basis.note.vi if basis.note else "",
    )


def _visits(basis: Basis) -> str:
    fewest, most = basis.visits_fewest, basis.visits_most
    if fewest is None or most is None:
        return ""
    numbers = words.number(most) if fewest == most else f"ít nhất {words.number(fewest)}, nhiều nhất {words.number(most)}"
    return f"{numbers} đối tượng"


class SiteViews:
    """Makes the views of one hamlet's sites, one by one, so that a report of any size needs little memory."""

    def __init__(self, evidence: Evidence, arrangement: Arrangement) -> None:
        self._evidence = evidence
        self._arrangement = arrangement
        self._asked: Mapping[FormKey, Sequence[Question]] = {key: questions(tree) for key, tree in evidence.forms.items()}
        self._titles = {key: label(tree.get("title")) or key[0] for key, tree in evidence.forms.items()}

    def of(self, items: Sequence[Item]) -> Iterator[SiteView]:
        """The views of the sites behind *items*, which stand site by site."""
        site: Site | None = None
        waiting: list[SubmissionView] = []
        for item, answers in self._evidence.answers(items):
            if site is not None and item.site != site.id:
                yield self._site(site, waiting)
                waiting = []
            site = self._evidence.sites[item.site]
            waiting.append(self._submission(site, item, answers))
        if site is not None:
            yield self._site(site, waiting)

    def _site(self, site: Site, submissions: Sequence[SubmissionView]) -> SiteView:
        return SiteView(anchor_of(site), site.code, site.name, words.KINDS[site.kind], tuple(submissions))

    def _submission(self, site: Site, item: Item, answers: Mapping[str, Any]) -> SubmissionView:
        key = item.form, item.form_version
        asked = self._asked.get(key, ())
        # A file names its question without the path to it.
        labels = {question.path.rpartition("/")[2]: question.label for question in asked}
        people = self._evidence.people
        return SubmissionView(
            code=item.code,
            form=self._titles.get(key, item.form),
            xml=self._arrangement.instances[item.submission],
            captured=words.moment(item.captured_at),
            received=words.moment(item.received_at),
            accepted=words.moment(item.accepted_at),
            person=people.get(item.person, item.person),
            reviewer=people.get(item.accepted_by or "", item.accepted_by or "–"),
            position=words.position(item.fix),
            distance=_distance(site, item),
            photos=tuple(self._photo(labels, photo) for photo in self._evidence.photos.get(item.submission, ())),
            answers=tuple(
                AnswerView(answer.question.label + (f" ({answer.repeat})" if answer.repeat else ""), answer.text)
                for answer in answered(asked, said_by_code(answers, site))
                if answer.question.is_asked and answer.question.type != "image"
            ),
        )

    def _photo(self, labels: Mapping[str, str], photo: Photo) -> PhotoView:
        path = self._arrangement.photos.get((photo.submission, photo.name))
        preview = self._arrangement.previews.get(photo.sha256 or "") if path else None
        taken = f"chụp {photo.taken_at:%H:%M %d/%m/%Y} theo máy ảnh" if photo.taken_at else ""
        facts = [taken, words.SOURCES.get(photo.source, photo.source), words.position(photo.fix) if photo.fix else ""]
        state = " – ".join(text for text in (words.file_state(photo), words.refusal(photo)) if text)
        name = labels.get(photo.question, photo.question) + (f" ({photo.repeat})" if photo.repeat else "")
        return PhotoView(
            href=f"../{path}" if path else None,
            preview=preview.removeprefix(f"{REPORT}/") if preview else None,
            label=name or photo.name,
            facts=" · ".join(fact for fact in facts if fact),
            state=state,
            sha256=photo.sha256 if path or photo.erased_at else None,
        )


def anchor_of(site: Site) -> str:
    """The fragment that leads to a site on its hamlet's page; ids are unique, codes need not be over time."""
    return f"s-{site.id}"


def _distance(site: Site, item: Item) -> str:
    if item.fix is None:
        return ""
    if site.line is not None:
        return f"cách đoạn đường trong sổ bộ {words.metres(distance_to_line_m(item.fix.latitude, item.fix.longitude, site.line))}"
    if site.latitude is None or site.longitude is None:
        return ""
    return f"cách điểm trong sổ bộ {words.metres(distance_m(site.latitude, site.longitude, item.fix.latitude, item.fix.longitude))}"
