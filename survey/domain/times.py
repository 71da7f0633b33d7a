"""Moments and dates: UTC inside, Asia/Ho_Chi_Minh where the product says *date*."""

from datetime import UTC, date, datetime, time, timedelta, timezone

# Viet Nam has had one zone without summer time since 1975-06-13 (IANA tz database, Asia/Ho_Chi_Minh).
VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
# Our own choice: no clock of a phone or camera shows another year, and at the ends of the calendar a day more or less is none.
_FIRST_YEAR, _LAST_YEAR = 1900, 2999


def to_text(moment: datetime) -> str:
    """*moment* (aware) as `2026-11-23T05:56:01.123Z`: sorts as text on every engine. Raises ValueError when naive."""
    if moment.tzinfo is None:
        raise ValueError("a stored moment needs a time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def from_text(text: str) -> datetime:
    """The aware UTC moment behind `to_text`'s form, or any ISO 8601 moment with an offset."""
    return datetime.fromisoformat(text).astimezone(UTC)


def optional_to_text(moment: datetime | None) -> str | None:
    """`to_text`, or None for None."""
    return None if moment is None else to_text(moment)


def optional_from_text(text: str | None) -> datetime | None:
    """`from_text`, or None for None."""
    return None if text is None else from_text(text)


def is_believable(moment: date) -> bool:
    """Whether a stranger's *moment* or day is one to count with: what is not is treated as not given."""
    return _FIRST_YEAR < moment.year < _LAST_YEAR


def local_date(moment: datetime) -> date:
    """The date in Viet Nam on which *moment* falls."""
    return moment.astimezone(VIETNAM).date()


def end_of(day: date) -> datetime:
    """The first moment after *day* in Viet Nam: what is known *as of* the day lies before it."""
    return datetime.combine(day + timedelta(days=1), time(), VIETNAM).astimezone(UTC)


def start_of(day: date) -> datetime:
    """The first moment of *day* in Viet Nam."""
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)


def clock_drift_s(phone_time: str, now: datetime) -> float | None:
    """Seconds that a phone's clock, as it wrote it (ISO 8601 with an offset), is ahead of *now*; None for text that is no such time."""
    try:
        phone = datetime.fromisoformat(phone_time)
        return round((phone - now).total_seconds(), 3) if phone.tzinfo and is_believable(phone) else None
    except (ValueError, OverflowError):
        return None
