"""What goes with a bag's signature: how to check it with stock tools, who may sign, the public key.

The bag carries no dates of validity and no time-stamp: see `domain.signing.allowed_line` and docs/sealing.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from survey.domain.signing import BUNDLE, KEY, SigningKey, allowed_line, line_of_file, principal
from survey.domain.times import local_date

README = "README-verify.txt"
ALLOWED = "allowed_signers"
PUBLIC_KEY = "khoa-cong-khai.pub"
ENDORSEMENT = "khoa-cong-khai.pub.sig"
TAG_MANIFEST = "tagmanifest-sha256.txt"
SIGNATURE = "tagmanifest-sha256.txt.sig"
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class SealAbout:
    """What the instructions say of the bag: whose it is, its *folder* in the zip, number *number* of *of*, the *head* of its log."""

    commune: str
    commune_name: str
    folder: str
    number: int
    of: int
    head: tuple[int, str]
    demonstration: bool = False


def tag_files(keys: Sequence[SigningKey], about: SealAbout) -> dict[str, bytes]:
    """The tag files of a bag that the first of *keys* seals, by name; the others are its predecessors, the newest first.

    They are at the bag's root and listed in its tag manifest, so that the seal covers them. The endorsement is there where one is.
    """
    key = keys[0]
    files = {
        README: _readme(keys, about),
        ALLOWED: f"{allowed_line(about.commune, key)}\n".encode(),
        PUBLIC_KEY: line_of_file(key.public_line),
    }
    return {**files, ENDORSEMENT: key.endorsement.encode()} if key.endorsement else files


def _readme(keys: Sequence[SigningKey], about: SealAbout) -> bytes:
    named = replace(about, commune_name=" ".join(about.commune_name.split()))  # a line of it could pass for an instruction
    text = _template().get_template(README).render(
        keys=keys, about=named, principal=principal(about.commune), namespace=BUNDLE, endorsing=KEY
    )  # fmt: skip
    return text.encode("utf-8-sig")  # the mark lets every office program read the Vietnamese; no command reads this file


@cache
def _template() -> Environment:
    # Plain text for people: nothing in it is markup.
    made = Environment(  # noqa: S701  # nosec B701
        loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    made.filters["day"] = _day
    return made


def _day(moment: datetime) -> str:
    return f"{local_date(moment):%d/%m/%Y}"
