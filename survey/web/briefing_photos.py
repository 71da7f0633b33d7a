"""The best photos before and after for a briefing: of tasks that were closed lately, both still to be seen, of different hamlets first."""

from collections.abc import Sequence

from survey.catalogue.findings import Findings
from survey.domain.briefing import MOST_PHOTOS, PhotoPair
from survey.domain.ports import Survey
from survey.domain.thresholds import Text
from survey.domain.times import local_date
from survey.store.tasks import TaskLine
from survey.web import text


def best_pairs(survey: Survey, closed: Sequence[TaskLine], findings: Findings) -> tuple[PhotoPair, ...]:
    """At most two pairs; *closed* are the tasks that were done, newest first. A photo without a view (erased, too) is passed over."""
    first_of_hamlet: dict[str | None, PhotoPair] = {}
    others: list[PhotoPair] = []
    for line in closed:
        pair = _pair(survey, line, findings)
        if pair is None:
            continue
        if line.task.hamlet in first_of_hamlet:
            others.append(pair)
        else:
            first_of_hamlet[line.task.hamlet] = pair
        if len(first_of_hamlet) == MOST_PHOTOS:
            break
    return (*first_of_hamlet.values(), *others)[:MOST_PHOTOS]


def said_of(line: TaskLine, findings: Findings) -> Text:
    """What a task says, in both languages: a finding's words with what is missing, else as a person wrote it."""
    rule = findings.rule(line.task.finding)
    if rule is None or line.task.title:
        return Text(line.task.title, line.task.title)
    return Text(*(_filled(rule.title.say(locale), line.task.missing, locale) for locale in text.LOCALES))


def _filled(words: str, missing: float | None, locale: str) -> str:
    with text.speaking(locale):
        return words.format(missing="?" if missing is None else text.format_number(round(missing, 1)))


def _pair(survey: Survey, line: TaskLine, findings: Findings) -> PhotoPair | None:
    task = line.task
    if task.before_photo is None or task.after_photo is None or task.closed_at is None:
        return None
    if any(survey.blobs.read_view(sha256, "thumb") is None for sha256 in (task.before_photo, task.after_photo)):
        return None
    place = " · ".join(part for part in (line.site_code, line.hamlet_name) if part)
    return PhotoPair(
        task.before_photo, task.after_photo, said_of(line, findings), place, local_date(task.opened_at), local_date(task.closed_at)
    )  # fmt: skip
