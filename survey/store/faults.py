"""What a check of the deployment against itself finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it must be: a code, what it concerns, and what was found."""

    code: str
    subject: str
    found: str
