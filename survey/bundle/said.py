"""What a bundle says of itself in bag-info.txt: who, of what, when, which part of how many."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from survey.bundle.trust import Sealed

_COMMUNE = re.compile(r"\((\d{5})\)")
_COUNT = re.compile(r"(\d{1,4}) of (\d{1,4})")
_LONGEST = 500


@dataclass(frozen=True)
class Facts:
    """What a bundle says of itself; true only as far as its faults and its *seal* allow.

    *bag* is its number and how many there are of the *group*; *source* the commune's name and code as text; *files* and *octets* count
    the payload; *head* is number and hash as text.
    """

    source: str = ""
    commune: str = ""
    basis: str = ""
    description: str = ""
    date: str = ""
    variant: str = "full"
    demonstration: bool = False
    bag: tuple[int, int] = (1, 1)
    group: str = ""
    head: str = ""
    files: int = 0
    octets: int = 0
    seal: Sealed = field(default_factory=Sealed)

    def as_json(self) -> dict[str, object]:
        """The facts as the command prints them with `--json`."""
        return {
            "source": self.source, "commune": self.commune, "basis": self.basis, "description": self.description, "date": self.date,
            "variant": self.variant, "demonstration": self.demonstration, "bag": list(self.bag), "group": self.group, "head": self.head,
            "files": self.files, "bytes": self.octets, "trust": self.seal.trust.value, "fingerprint": self.seal.fingerprint,
            "principal": self.seal.principal, "namespace": self.seal.namespace,
        }  # fmt: skip


def read_facts(info: Mapping[str, str], files: int, octets: int) -> Facts:
    """What *info*, the labels of a bag-info.txt, says; *files* and *octets* are those that the payload has."""
    source = info.get("Source-Organization", "")
    commune, count = _COMMUNE.search(source), _COUNT.fullmatch(info.get("Bag-Count", ""))
    labels = ("External-Description", "Bagging-Date", "Bag-Group-Identifier", "Log-Head")
    description, day, group, head = (_short(info.get(label, "")) for label in labels)
    return Facts(
        source=_short(source), commune=commune[1] if commune else "",
        basis=_short(info.get("External-Identifier", "").removeprefix("urn:uuid:")),
        description=description, date=day, variant="public" if info.get("Variant") == "public" else "full",
        demonstration=info.get("Demonstration") == "true", bag=(int(count[1]), int(count[2])) if count else (1, 1), group=group, head=head,
        files=files, octets=octets,
    )  # fmt: skip


def _short(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text[:_LONGEST])
