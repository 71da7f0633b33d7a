"""The demonstration's programme: a goal, owners with dates, a roadmap, what people state and give; everybody and everything is made up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from survey import community, owners, roadmap, standing, tasks, visits
from survey.domain.community import ContributionKind
from survey.domain.outcomes import Outcome
from survey.domain.owners import Assignment, Milestone
from survey.domain.people import Actor
from survey.domain.places import Hamlet
from survey.domain.ports import Survey
from survey.domain.scoreboard import Goal
from survey.domain.statements import Aspect, Wish
from survey.domain.tasks import Origin
from survey.domain.times import local_date
from survey.paper import typeset

EDITION, AREA = "qd-51-2025", "ha-tinh-kdc-kieu-mau"
_PAPER = "Quyết định mẫu, không có thật"
_OWNED = {"2": "owner1", "8": "owner2"}  # by people who sign in; the other criteria by names without account
_STATED = {"1": Outcome.MET, "4": Outcome.MET, "9": Outcome.MET, "7": Outcome.NOT_MET}
_CLAIMED = {"1": Outcome.MET, "2": Outcome.MET, "4": Outcome.MET, "8": Outcome.NOT_MET, "9": Outcome.MET}
_DEFECTS = ("Biển chỉ dẫn ở nút giao bị che khuất", "Rãnh thoát nước đầy lá, cần khơi thông", "Chỉnh trang hàng rào nhà văn hóa")


@dataclass(frozen=True)
class _Planned:
    """A step: its days, what it needs (places in the list), which fence it is measured by, when it must end (days from the beginning)."""

    title: str
    days: int
    needs: tuple[int, ...] = ()
    hamlet: int | None = None
    due: int | None = None
    criterion: str | None = None


_ASKED = 3  # visits drawn in a hamlet
_STEPS = (
    _Planned("Phân công người phụ trách từng tiêu chí", 10),
    _Planned("Vận động hiến đất mở rộng đường thôn", 40, (0,), criterion="2"),
    _Planned("Cứng hóa đường trục thôn", 90, (1,), due=190, criterion="2"),
    _Planned("Trồng hàng rào xanh Thôn mẫu 1", 60, (0,), hamlet=0),
    _Planned("Trồng hàng rào xanh Thôn mẫu 2", 60, (0,), hamlet=1),
    _Planned("Trồng hàng rào xanh Thôn mẫu 3", 75, (0,), hamlet=2),
    _Planned("Cải tạo vườn tạp", 120, (0,), criterion="8"),
    _Planned("Khảo sát lại và duyệt minh chứng", 30, (2, 3, 4, 5, 6)),
    _Planned("Lập hồ sơ đề nghị thẩm định", 20, (7,), due=250),
)

# What was reported of a step (its place in the list): first and last day, share done. The chain to the end is a little late by it.
_REPORTED = (
    (0, 0, 12, None, "Đã có bảng phân công (mẫu)"),
    (1, 13, 61, None, "Các hộ đã ký biên bản hiến đất (mẫu)"),
    (2, 62, None, 0.6, "Còn hai đoạn chưa đổ bê tông (mẫu)"),
    (6, 12, None, 0.75, ""),
)


def begin(survey: Survey, coordinator: Actor, people: Mapping[str, Actor], hamlets: Sequence[Hamlet]) -> None:
    """Enter the goal, who answers for which criterion, and the roadmap, as of the survey's present day."""
    today = local_date(survey.now())
    by = today + timedelta(days=260)
    standing.set_goal(survey, coordinator, Goal(EDITION, 10, by, _PAPER))
    wanted = [_assigned(number, people, by) for number in range(1, 11)]
    owners.assign(survey, coordinator, EDITION, wanted)
    ids: list[str] = []
    for planned in _STEPS:
        ids.append(roadmap.save(survey, coordinator, _milestone(planned, ids, hamlets, people, today)).id)


def go_on(survey: Survey, coordinator: Actor, hamlets: Sequence[Hamlet], seed: int) -> None:
    """Report the first steps, state what no survey shows with a made-up paper, claim, and enter contributions and small defects."""
    today = local_date(survey.now())
    paper = standing.keep_document(survey, coordinator, "Tài liệu mẫu.pdf", [_paper(seed)])
    for aspect, said in ((Aspect.STATE, _STATED), (Aspect.CLAIM, _CLAIMED)):
        for criterion, outcome in said.items():
            standing.state(survey, coordinator, Wish(EDITION, criterion, None, aspect, outcome, today, document=paper, note="Số liệu mẫu"))
    _report_steps(survey, coordinator, today)
    gifts = ((ContributionKind.WORK_DAYS, 120), (ContributionKind.MONEY_VND, 15_000_000), (ContributionKind.LAND_M2, 340))
    for number, hamlet in enumerate(hamlets[:3], 1):
        for kind, amount in gifts:
            community.contribute(
                survey, coordinator, hamlet=hamlet.id, kind=kind, amount=amount * number, given_on=today - timedelta(days=7),
                purpose="Làm đường thôn (số liệu mẫu)",
            )  # fmt: skip
    for number, title in enumerate(_DEFECTS):
        due = today + timedelta(days=10 * (number + 1))
        tasks.enter(survey, coordinator, tasks.Entry(title, Origin.APPRAISAL, hamlet=hamlets[number].id, due_on=due))
    _draw_visits(survey, coordinator, seed)


def _assigned(number: int, people: Mapping[str, Actor], by: date) -> Assignment:
    account = people.get(_OWNED.get(str(number), ""))
    return Assignment(
        EDITION, str(number), agency=f"Bộ phận mẫu {number}", person=account.person if account else None,
        person_name=account.name if account else f"Cán bộ mẫu {number}", due_on=by - timedelta(days=10 * (11 - number)),
    )  # fmt: skip


def _milestone(
    planned: _Planned, ids: Sequence[str], hamlets: Sequence[Hamlet], people: Mapping[str, Actor], today: date
) -> Milestone:  # fmt: skip
    fence = planned.hamlet is not None
    return Milestone(
        "", 0, planned.title, planned.days, edition=AREA if fence else EDITION if planned.criterion else None,
        criterion="3" if fence else planned.criterion, hamlet=hamlets[planned.hamlet].id if planned.hamlet is not None else None,
        indicator="3-met" if fence else None, not_before=today, due_on=None if planned.due is None else today + timedelta(days=planned.due),
        needs=tuple(ids[need] for need in planned.needs), person=people["owner2" if fence or planned.criterion == "8" else "owner1"].person,
    )  # fmt: skip


def _report_steps(survey: Survey, coordinator: Actor, today: date) -> None:
    laid_out = roadmap.plan_of(survey, coordinator)
    by_title = {one.title: one for one in laid_out.milestones.values()}
    for step, first, last, share, said in _REPORTED:
        one = by_title[_STEPS[step].title]
        began = one.not_before or today
        ended = None if last is None else began + timedelta(days=last)
        facts = roadmap.Facts(began + timedelta(days=first), ended, share)
        roadmap.report(survey, coordinator, one.id, one.number, facts, text=said)


def _draw_visits(survey: Survey, coordinator: Actor, seed: int) -> None:
    """A list of fences to visit, a few by chance in each hamlet where some are unknown."""
    seen = visits.outlook(survey, coordinator, AREA, "3", "3-ho")
    wanted = {place: min(_ASKED, count) for place, count in seen.open_sites.items() if count}
    if wanted:
        visits.draw_list(survey, coordinator, AREA, "3", "3-ho", per_hamlet=wanted, seed=f"demonstration-{seed}")


def _paper(seed: int) -> bytes:
    words = f"Trang này chỉ để trình diễn (bản {seed}). Không phải văn bản của cơ quan nào."
    return typeset("made-up", {"title": "TÀI LIỆU MẪU", "text": words})
