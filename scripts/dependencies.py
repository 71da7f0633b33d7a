"""What the application depends on, read from requirements.txt (what we ask for, and why) and requirements.lock (what comes with it)."""

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
_ASKED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==(?P<version>\S+)\s*#\s*(?P<reason>.+)")
_LOCKED = re.compile(r"^(?P<name>[a-z0-9._-]+)(?:\[[a-z,]+\])?==(?P<version>[^\s;]+)", re.MULTILINE)


class Asked(NamedTuple):
    """A line of requirements.txt: the package as it is called in indexes, its version, and why it is here."""

    name: str
    version: str
    reason: str


class Locked(NamedTuple):
    """A package of a lock: its version, the SHA-256 of each file that may be installed, and who asks for it."""

    version: str
    hashes: tuple[str, ...]
    via: tuple[str, ...]


def normal(name: str) -> str:
    """A package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def asked() -> list[Asked]:
    """Every line of requirements.txt. Raises ValueError for one without an exact version or a reason."""
    found = []
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            match = _ASKED.fullmatch(line.strip())
            if match is None:
                raise ValueError(f"requirements.txt: an exact version and a reason, please: {line}")
            found.append(Asked(normal(match["name"]), match["version"], match["reason"]))
    return found


def locked(name: str = "requirements.lock") -> dict[str, Locked]:
    """Every package of a lock by its normal name."""
    text = (ROOT / name).read_text()
    begins = list(_LOCKED.finditer(text))
    ends = [match.start() for match in begins[1:]] + [len(text)]
    found = {}
    for match, end in zip(begins, ends, strict=True):
        part = text[match.end() : end]
        via = re.findall(r"^    #\s+(?:via\s+)?(?!via$)([a-z0-9][a-z0-9._-]*)$", part, re.MULTILINE)
        found[normal(match["name"])] = Locked(match["version"], tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", part)), tuple(via))
    return found


def licence(name: str) -> str:
    """What the installed package says of its licence, in a few words."""
    try:
        about = metadata(name)
    except PackageNotFoundError:
        return "not installed"
    short = (about.get("License-Expression") or "").strip()
    classified = [line.rsplit("::", 1)[-1].strip() for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    stated = (about.get("License") or "").strip().splitlines()
    return short or ", ".join(classified) or (stated[0][:60] if stated else "not stated")


def table() -> str:
    """docs/dependencies.md: each package that we ask for, with its reason and licence, then each that comes with another."""
    wanted, all_locked = asked(), locked()
    names = {one.name for one in wanted}
    lines = [
        "# Dependencies",
        "",
        "What a deployment runs, and why. `requirements.txt` says what we ask for; `requirements.lock` holds every package in its version,",
        "with the SHA-256 of each file of it: `make setup` takes nothing else. `make lock` resolves anew, `make audit` asks",
        "for known holes, `make sbom` writes `build/sbom.cdx.json` (CycloneDX). Written by `scripts/tables.py`; licences as packages say.",
        "",
        "| package | version | why | licence |",
        "|---|---|---|---|",
    ]
    lines += [f"| {one.name} | {one.version} | {one.reason} | {licence(one.name)} |" for one in sorted(wanted)]
    lines += ["", "What these bring along:", "", "| package | version | asked for by | licence |", "|---|---|---|---|"]
    for name, one in sorted(all_locked.items()):
        if name not in names:
            lines.append(f"| {name} | {one.version} | {', '.join(one.via)} | {licence(name)} |")
    return "\n".join(lines) + "\n"
