"""Who acts: roles, what each may do, and the actor that every page, route and verb takes."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from survey.domain.canonical import sha256_hex
from survey.domain.problems import NOT_ALLOWED, PERSON_UNKNOWN, Problem
from survey.domain.times import local_date

# Both are our own choice: docs/operations.md.
LINK_LIFETIME = timedelta(days=3)
SEEN_EVERY = timedelta(minutes=5)  # when a phone was last seen is written no more often than that


class Role(StrEnum):
    """What a person is in a commune; the least that lets the person do the work."""

    INSPECTOR = "inspector"
    REVIEWER = "reviewer"
    OWNER = "owner"
    COORDINATOR = "coordinator"
    APPRAISER = "appraiser"
    ADMINISTRATOR = "administrator"
    PROVINCE = "province"


class Ability(StrEnum):
    """One thing that a route, page or verb asks for before it acts."""

    CAPTURE = "capture"  # hand in submissions and photos
    SEE_OWN = "see_own"  # own submissions and their photos
    SEE_ALL = "see_all"  # every submission and photo of the commune
    REVIEW = "review"  # decide on submissions
    SEE_FIGURES = "see_figures"  # indicators and verdicts
    SEE_STANDING = "see_standing"  # the goal, claims and appraisals with their history
    SEE_PLAN = "see_plan"  # owners, roadmap and briefing: how the commune works on it
    SEE_TASKS = "see_tasks"  # the desk all of the own hamlets, an owner the own ones, an appraiser the council's defects
    SEE_CRITERIA = "see_criteria"  # accepted evidence of the criteria that one answers for
    REPORT = "report"  # on the criteria, milestones and tasks that one answers for
    EDIT_REGISTER = "edit_register"  # sites and hamlets
    EXPORT = "export"  # make evidence bundles
    MANAGE = "manage"  # rounds, forms, editions, goals, what the commune decides for itself
    MANAGE_PEOPLE = "manage_people"  # accounts, phones, other people's sessions
    SEE_EVIDENCE = "see_evidence"  # sealed bundles, and what verdicts stand on
    APPRAISE = "appraise"  # say what the council found, and its defects
    PROTECT_DATA = "protect_data"  # answer people who ask about their data: report, correction, erasure
    SEE_LOGS = "see_logs"  # what was changed, and who saw and exported what
    SEE_PROVINCE = "see_province"  # all communes of the deployment side by side, as sums


_INSPECTOR = frozenset({Ability.CAPTURE, Ability.SEE_OWN})
_PLAN = frozenset({Ability.SEE_FIGURES, Ability.SEE_PLAN, Ability.SEE_TASKS, Ability.REPORT})
_REVIEWER = _INSPECTOR | _PLAN | {Ability.SEE_ALL, Ability.REVIEW, Ability.SEE_STANDING}
_COORDINATOR = _REVIEWER | {
    Ability.EDIT_REGISTER, Ability.EXPORT, Ability.MANAGE, Ability.MANAGE_PEOPLE, Ability.SEE_EVIDENCE, Ability.PROTECT_DATA,
    Ability.SEE_LOGS,
}  # fmt: skip

ABILITIES: dict[Role, frozenset[Ability]] = {
    Role.INSPECTOR: _INSPECTOR,
    Role.REVIEWER: _REVIEWER,
    Role.OWNER: _PLAN | {Ability.SEE_CRITERIA},
    Role.COORDINATOR: _COORDINATOR,
    Role.APPRAISER: frozenset(
        {Ability.SEE_FIGURES, Ability.SEE_STANDING, Ability.SEE_TASKS, Ability.SEE_EVIDENCE, Ability.APPRAISE}
    ),
    Role.ADMINISTRATOR: frozenset({Ability.MANAGE_PEOPLE, Ability.SEE_LOGS}),
    Role.PROVINCE: frozenset({Ability.SEE_PROVINCE}),
}


@dataclass(frozen=True)
class Actor:
    """The person behind a request, in one commune; *hamlets* is None where the whole commune is in scope.

    *rounds* is None where evidence of every round is in scope; an appraiser reads that of the named ones alone. *device* is the enrolled
    phone that the request came from, None for a browser where the person signed in. *province* is true where the operator lets the person
    see all communes side by side.
    """

    commune: str
    person: str
    name: str
    role: Role
    hamlets: frozenset[str] | None = None
    locale: str = "vi"
    device: str | None = None
    province: bool = False
    rounds: frozenset[str] | None = None

    def may(self, ability: Ability) -> bool:
        """Whether the actor's role includes *ability*, or the operator gave it; a phone may do what inspectors may, at most."""
        if self.device is not None and ability not in _INSPECTOR:
            return False
        return ability in ABILITIES[self.role] or (ability is Ability.SEE_PROVINCE and self.province)

    def require(self, ability: Ability) -> None:
        """Raise NOT_ALLOWED unless the actor may do *ability*."""
        if not self.may(ability):
            raise Problem(NOT_ALLOWED, ability=ability.value)

    def reaches(self, hamlet: str | None) -> bool:
        """Whether *hamlet* lies in the actor's scope; a site without a hamlet belongs to the whole commune."""
        return self.hamlets is None or hamlet is None or hamlet in self.hamlets

    def reads(self, round_id: str | None) -> bool:
        """Whether evidence of that round lies in the actor's scope; what belongs to no round is for those who read all of them."""
        return self.rounds is None or (round_id is not None and round_id in self.rounds)


@dataclass(frozen=True)
class Person:
    """An account in one commune; *has_password* is false where the person signs in by one-time links only.

    *closes_on* is the last day in Viet Nam on which it works, None where no end is set.
    """

    commune: str
    id: str
    login: str
    name: str
    role: Role
    locale: str
    hamlets: frozenset[str]
    has_password: bool
    created_at: datetime
    disabled_at: datetime | None
    province: bool = False
    rounds: frozenset[str] = frozenset()
    closes_on: date | None = None

    @property
    def actor(self) -> Actor:
        """The person as the one who acts.

        An inspector reaches the hamlets that were given, and none where none was; desk roles reach the whole commune unless hamlets
        were given. An appraiser reads the rounds that were given, and none where none was.
        """
        everywhere = not self.hamlets and self.role is not Role.INSPECTOR
        rounds = self.rounds if self.role is Role.APPRAISER else None
        return Actor(
            self.commune, self.id, self.name, self.role, None if everywhere else self.hamlets, self.locale, province=self.province,
            rounds=rounds,
        )  # fmt: skip

    def behind(self, device: str) -> Actor:
        """The person as whoever holds the enrolled phone: no more than an inspector, since phones get lost.

        Who may not capture at the desk may not by phone either: such a phone, enrolled under an earlier role, can do nothing.
        """
        role = Role.INSPECTOR if Ability.CAPTURE in ABILITIES[self.role] else self.role
        return replace(self.actor, role=role, device=device, province=False)

    def is_open(self, now: datetime) -> bool:
        """Whether the account works at that moment."""
        return self.disabled_at is None and (self.closes_on is None or local_date(now) <= self.closes_on)


@dataclass(frozen=True)
class Device:
    """An enrolled phone of *person*; *name* is what the coordinator calls it, *username* what it is called on the wire."""

    commune: str
    id: str
    person: str
    name: str
    username: str
    created_at: datetime
    enrolled_at: datetime | None
    seen_at: datetime | None
    revoked_at: datetime | None

    @property
    def is_awaited(self) -> bool:
        """Whether nothing has come from the phone yet: neither was its link opened, nor its token used."""
        return self.enrolled_at is None and self.seen_at is None


@dataclass(frozen=True)
class Session:
    """A signed-in browser: who, since when, until when; of an enrolled phone, which one and when it was last seen."""

    person: Person
    created_at: datetime
    expires_at: datetime
    device: str | None = None
    device_seen_at: datetime | None = None
    id: str = ""  # may be shown: it opens nothing
    way: str = ""  # how it began: password, link, oidc, phone; empty where an older release began it
    browser: str = ""  # a short name such as "Chrome · Android"
    seen_at: datetime | None = None

    @property
    def actor(self) -> Actor:
        """Who acts in this session; an enrolled phone may do no more than an inspector."""
        return self.person.actor if self.device is None else self.person.behind(self.device)


@dataclass(frozen=True)
class Link:
    """A one-time link that still works: whom it signs in, and the phone that it enrols with its name, where it does."""

    person: Person
    device: str | None = None
    device_name: str = ""


def require_manager(by: Actor | None, commune: str) -> None:
    """Raise NOT_ALLOWED or PERSON_UNKNOWN unless *by* manages people and phones of *commune*; None is the operator at the server."""
    if by is None:
        return
    by.require(Ability.MANAGE_PEOPLE)
    if by.commune != commune:
        raise Problem(PERSON_UNKNOWN)


def actor_id(by: Actor | None) -> str:
    """What a log event says of *by*."""
    return "operator" if by is None else by.person


def split_secret(value: str) -> tuple[str, str]:
    """The commune and the hash of the secret in `<commune>.<secret>`, which cookies, links and phones' tokens look like."""
    commune, _, secret = value.partition(".")
    return commune if commune.isalnum() else "", sha256_hex(secret)
