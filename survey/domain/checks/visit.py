"""What the checks look at: a visit with its photos, the other visits around it, and where its photos were used elsewhere."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from survey.domain.looks import PhotoLook
from survey.domain.photos import PhotoFacts
from survey.domain.places import Border, Line
from survey.domain.submissions import Capture, FileState, Fix
from survey.domain.times import VIETNAM, is_believable


@dataclass(frozen=True)
class Use:
    """The same picture in another submission: its id and short code, its site's id and code, its round and capture time.

    *distance* is 0 for the same bytes, else the bits of 64 in which the pictures' hashes differ; *how* says which part of the newer
    picture is found in the older one, and how turned ("" for the same bytes). *commune* is "" in the own commune, else the other one's
    name. *earlier*: the other submission came first. *linked*: one of the two replaces the other.
    """

    submission: str
    code: str
    site: str | None
    site_code: str | None
    round: str | None
    captured_at: datetime
    attachment: str = ""
    distance: int = 0
    how: str = ""
    commune: str = ""
    earlier: bool = True
    linked: bool = False

    @property
    def exact(self) -> bool:
        """Whether it is the same file, byte for byte."""
        return self.how == ""


@dataclass(frozen=True)
class Picture:
    """One attachment of a visit as the checks see it.

    *reason* is the refusal's code; *broken* says that the worker could not decode it; *look* is what its pixels say, None while
    nobody has looked; *uses* are the other submissions that show the same picture; *outdoor* says that the form asks for it outdoors.
    """

    name: str
    state: FileState
    capture: Capture
    facts: PhotoFacts = field(default_factory=PhotoFacts)
    reason: str | None = None
    broken: bool = False
    look: PhotoLook | None = None
    uses: tuple[Use, ...] = ()
    outdoor: bool = False

    @property
    def fix(self) -> Fix | None:
        """Where it was taken: the phone's own position, else the one in EXIF (DESIGN 2.4)."""
        return self.capture.fix or self.exif_fix

    @property
    def exif_fix(self) -> Fix | None:
        """The position in EXIF as a second witness."""
        facts = self.facts
        if facts.latitude is None or facts.longitude is None:
            return None
        return Fix(facts.latitude, facts.longitude, facts.accuracy_m, facts.altitude_m, facts.gps_at)


@dataclass(frozen=True)
class Other:
    """Another visit, by the same person or at the same spot: when it was finished by its phone's clock, and where.

    *site_line* is its site's registered place and *clock_drift_s* how far the clock was ahead, as in `Visit`. *linked*: one of the two
    replaces the other.
    """

    submission: str
    code: str
    site: str | None
    site_code: str | None
    ended_at: datetime
    fix: Fix | None = None
    site_line: Line = ()
    clock_drift_s: float | None = None
    linked: bool = False


@dataclass(frozen=True)
class Day:
    """A person's whole day: how many different sites, between its first beginning and its last end."""

    sites: int
    seconds: float


@dataclass(frozen=True)
class Visit:
    """Everything the checks look at in one submission; what is not known is empty or None, and silences the checks that need it.

    *site_line* is the registered place as (longitude, latitude) pairs: one for a house, a road's vertices; empty where
    unknown. *border* is the commune's. *answers_missing* and *answers_impossible* are names of questions, as the form's own
    rules found them.
    *clock_drift_s* is the phone's clock minus the server's. *consent* is what the phone noted: given, refused or absent.
    *hamlet_sites* are (hamlet's name, is the visit's own) of the sites nearest to a visit whose site has no position.
    *route* are the same person's visits just before and after; *spot* those with the very same position; *day* the person's
    whole day where this visit is its last. *answered* counts answers; *identical* are the other sites with the very same answers;
    *choices* are the answers given from each list of choices.
    """

    submission: str
    received_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    site: str | None = None
    round: str | None = None
    site_line: Line = ()
    fix: Fix | None = None
    border: Border | None = None
    pictures: tuple[Picture, ...] = ()
    answers_missing: tuple[str, ...] = ()
    answers_impossible: tuple[str, ...] = ()
    clock_drift_s: float | None = None
    round_begins: datetime | None = None
    consent: str | None = None
    hamlet_sites: tuple[tuple[str, bool], ...] = ()
    route: tuple[Other, ...] = ()
    spot: tuple[Other, ...] = ()
    day: Day | None = None
    answered: int = 0
    filled_s: float | None = None
    identical: tuple[str, ...] = ()
    choices: tuple[tuple[str, ...], ...] = ()


def taken_utc(facts: PhotoFacts) -> datetime | None:
    """When the camera says the photo was taken, aware UTC; without an offset the camera is taken to run on Vietnam's time."""
    taken = facts.taken_at
    if taken is None or not is_believable(taken):  # facts that an older release read may say the year 1
        return None
    return (taken if taken.tzinfo is not None else taken.replace(tzinfo=VIETNAM)).astimezone(UTC)


def local(moment: datetime) -> str:
    """*moment* on Vietnamese clocks, as figures hold it."""
    return moment.astimezone(VIETNAM).strftime("%Y-%m-%d %H:%M")
