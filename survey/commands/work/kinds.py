"""The kinds of work: how each job is done, how people are told where it cannot be, and what is tidied up every hour."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from survey import access, assess, community, deliver, desk, heads, logs, privacy, signing, tasks, tuning
from survey.commands import operator
from survey.develop import Darkroom, Memory, compare_communes, develop, examine_again, give_up, say_unexamined
from survey.personal import keeping
from survey.personal.erasing import HOME_JOB, finish
from survey.store.finding_rules import ALL_JOB, SITE_JOB
from survey.store.jobs import Job
from survey.wiring import Survey


@dataclass(frozen=True)
class Bench:
    """What jobs work with: the survey, what decodes one photo, the likenesses in memory. It lives as long as its worker."""

    survey: Survey
    darkroom: Darkroom
    memory: Memory = field(default_factory=Memory)


@dataclass(frozen=True)
class Kind:
    """How one kind of job is done and, where no attempt succeeded, how people are told; each may run twice without harm."""

    do: Callable[[Bench, Job], object]
    give_up: Callable[[Bench, Job], None] | None = None


def _develop(bench: Bench, job: Job) -> None:
    develop(bench.survey, job.commune, str(job.payload["submission"]), darkroom=bench.darkroom, memory=bench.memory)


def _give_up(bench: Bench, job: Job) -> None:
    submission = str(job.payload["submission"])
    try:
        give_up(bench.survey, job.commune, submission)
    except Exception:
        say_unexamined(bench.survey, job.commune, submission)
        raise


def _examine(bench: Bench, job: Job) -> None:
    examine_again(bench.survey, job.commune, str(job.payload["submission"]))


def _compare_communes(bench: Bench, job: Job) -> None:
    compare_communes(bench.survey, job.commune)


def _erase(bench: Bench, job: Job) -> None:
    privacy.forget(bench.survey, job.commune, str(job.payload["sha256"]))


def _erase_home(bench: Bench, job: Job) -> None:
    finish(bench.survey, job.commune, job.payload)
    deliver.sweep(bench.survey)


def _desk_thumb(bench: Bench, job: Job) -> None:
    desk.make_small(bench.survey, job.commune, str(job.payload["person"]), str(job.payload["sha256"]), darkroom=bench.darkroom)


def _reexamine(bench: Bench, job: Job) -> None:
    portion = tuning.next_portion(bench.survey, job)
    for entry in portion:
        examine_again(bench.survey, job.commune, entry.submission)
    tuning.go_on(bench.survey, job, portion)


def _resident_view(bench: Bench, job: Job) -> None:
    community.make_view(bench.survey, job.commune, str(job.payload["report"]), darkroom=bench.darkroom)


def _follow_site(bench: Bench, job: Job) -> None:
    tasks.follow_site(bench.survey, job.commune, str(job.payload["site"]))


def _follow_portion(bench: Bench, job: Job) -> None:
    tasks.follow_portion(bench.survey, job)


def _bundle(bench: Bench, job: Job) -> None:
    verdicts_for = partial(assess.verdicts_of, bench.survey, operator(job.commune))
    deliver.advance(bench.survey, job.commune, str(job.payload["request"]), verdicts_for, partial(signing.sealer, bench.survey))
    heads.ask(bench.survey, bench.survey.settings.heads_post, bench.survey.settings.timestamp_url)


def _bundle_part(bench: Bench, job: Job) -> None:
    deliver.make(bench.survey, job.commune, str(job.payload["request"]), str(job.payload["part"]))


def _give_bundle_up(bench: Bench, job: Job) -> None:
    deliver.give_up(bench.survey, job.commune, str(job.payload["request"]))


KINDS: Mapping[str, Kind] = {
    "develop": Kind(_develop, give_up=_give_up),
    "examine": Kind(_examine),
    "compare_communes": Kind(_compare_communes),
    "erase": Kind(_erase),
    HOME_JOB: Kind(_erase_home),
    desk.THUMB_JOB: Kind(_desk_thumb),
    tuning.KIND: Kind(_reexamine),
    community.VIEW_JOB: Kind(_resident_view),
    deliver.BUNDLE_JOB: Kind(_bundle, give_up=_give_bundle_up),
    deliver.PART_JOB: Kind(_bundle_part, give_up=_give_bundle_up),
    assess.JOB: Kind(lambda bench, job: assess.renew_figures(bench.survey, job.commune)),
    assess.FORECAST_JOB: Kind(lambda bench, job: assess.foresee(bench.survey, job.commune)),
    heads.POST_JOB: Kind(lambda bench, _: heads.post_waiting(bench.survey, signing.sealer(bench.survey), bench.survey.settings.heads_post)),
    heads.STAMP_JOB: Kind(lambda bench, _: heads.stamp_waiting(bench.survey, bench.survey.settings.timestamp_url)),
    SITE_JOB: Kind(_follow_site),
    ALL_JOB: Kind(_follow_portion),
}

SWEEPS: Sequence[Callable[[Survey], object]] = (
    lambda survey: survey.blobs.sweep(), desk.sweep, privacy.sweep, keeping.sweep, community.sweep, assess.sweep,
    lambda survey: heads.ask(survey, survey.settings.heads_post, survey.settings.timestamp_url), deliver.sweep,
    access.sweep, logs.index_old,
)  # fmt: skip
