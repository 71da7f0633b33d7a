"""A BagIt 1.0 bag (RFC 8493) with SHA-256 manifests as members of a zip: what is in it is known by name, size and hash beforehand."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from survey.bundle.layout import Member
from survey.bundle.spool import Made, Spool

BAGIT_TXT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
TAG_MANIFEST = "tagmanifest-sha256.txt"
SIGNATURE = f"{TAG_MANIFEST}.sig"
SELF = "@"
"""The source of a file that lies in the spool at hand, whose own hash is not known yet: `@:<first byte>`."""


@dataclass(frozen=True)
class Sealing:
    """What the seal of a bag adds: *tags* are files at its root, named in the tag manifest, which *sign* puts its name under."""

    labels: Mapping[str, str]
    tags: Mapping[str, bytes]
    sign: Callable[[bytes], str]


@dataclass(frozen=True)
class ClosedBag:
    """A bag's members, paths below its folder, and the SHA-256 of its tag manifest."""

    members: Sequence[Member]
    tag_manifest: str


def close_bag(spool: Spool, payload: Sequence[Member], sealing: Sealing) -> ClosedBag:
    """Write the tag files of a bag with *payload* (paths from `data/` on) into *spool*; names are unique and ASCII (see `names`)."""
    tags = [spool.add("bagit.txt", [BAGIT_TXT])]
    oxum = f"{sum(member.size for member in payload)}.{len(payload)}"
    tags.append(spool.add("bag-info.txt", [info_text({**sealing.labels, "Payload-Oxum": oxum})]))
    tags.append(spool.add("manifest-sha256.txt", _manifest(payload)))
    tags.extend(spool.add(name, [content]) for name, content in sealing.tags.items())
    text = b"".join(f"{tag.sha256}  {tag.name}\n".encode() for tag in tags)
    manifest = spool.add(TAG_MANIFEST, [text])
    signature = spool.add(SIGNATURE, [sealing.sign(text).encode()])
    rest = [member_of(made, made.name) for made in (*tags[1:], manifest, signature)]
    return ClosedBag([member_of(tags[0], tags[0].name), *payload, *rest], manifest.sha256)


def member_of(made: Made, path: str) -> Member:
    """A file in the spool at hand as a member of the zip."""
    return Member(path, made.size, made.crc32, made.sha256, f"{SELF}:{made.start}")


def placed(members: Iterable[Member], folder: str, blob: str) -> Iterator[Member]:
    """*members* below *folder*, those of the spool at hand in the made *blob* that it was kept as."""
    for member in members:
        at, _, start = member.source.partition(":")
        source = f"{blob}:{start}" if at == SELF else member.source
        yield Member(f"{folder}/{member.path}", member.size, member.crc32, member.sha256, source)


def info_text(labels: Mapping[str, str]) -> bytes:
    """bag-info.txt; a line break in a value cannot add a label."""
    return "".join(f"{label}: {' '.join(value.split())}\n" for label, value in labels.items()).encode()


def _manifest(payload: Iterable[Member]) -> Iterator[bytes]:
    return (f"{member.sha256}  {member.path}\n".encode() for member in payload)
