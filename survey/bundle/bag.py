"""A BagIt 1.0 bag (RFC 8493) with SHA-256 manifests, streamed into a zip while every byte is hashed once more."""

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from survey.bundle.spool import Spool
from survey.bundle.zipstream import ZipMismatchError, ZipStream
from survey.domain.problems import BLOB_DAMAGED, FILE_UNKNOWN, Problem

BAGIT_TXT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


@dataclass(frozen=True)
class Original:
    """A photo for the payload: its name below `data/`, what was stored of it at receipt, and how to read its bytes."""

    name: str
    sha256: str
    crc32: int
    size: int
    read: Callable[[], Iterable[bytes]]


@dataclass(frozen=True)
class Preview:
    """A small view for the report: its name below `data/`; *read* gives None where it has been deleted meanwhile."""

    name: str
    read: Callable[[], bytes | None]


class _Bag:
    def __init__(self, folder: str, day: date) -> None:
        self._folder = folder
        self._zip = ZipStream(day)
        self._manifest: list[str] = []
        self._tags: list[str] = []
        self._octets = 0

    def original(self, photo: Original) -> Iterator[bytes]:
        self._enter(photo.name, photo.sha256, photo.size)
        path = f"{self._folder}/data/{photo.name}"
        try:
            yield from self._zip.member(path, size=photo.size, crc32=photo.crc32, chunks=_checked(photo))
        except ZipMismatchError as error:
            raise Problem(BLOB_DAMAGED, sha256=photo.sha256) from error
        except Problem as problem:
            raise (Problem(BLOB_DAMAGED, sha256=photo.sha256) if problem.kind is FILE_UNKNOWN else problem) from problem

    def small(self, name: str, content: bytes) -> Iterator[bytes]:
        self._enter(name, hashlib.sha256(content).hexdigest(), len(content))
        yield from self._member(f"data/{name}", content)

    def made(self, spool: Spool) -> Iterator[bytes]:
        for made in spool.files:
            self._enter(made.name, made.sha256, made.size)
            path = f"{self._folder}/data/{made.name}"
            yield from self._zip.member(path, size=made.size, crc32=made.crc32, chunks=spool.read(made))

    def tag(self, name: str, content: bytes) -> Iterator[bytes]:
        self._tags.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
        yield from self._member(name, content)

    def close(self, info: Mapping[str, str]) -> Iterator[bytes]:
        labels = {**info, "Payload-Oxum": f"{self._octets}.{len(self._manifest)}"}
        yield from self.tag("bag-info.txt", "".join(f"{label}: {_one_line(value)}\n" for label, value in labels.items()).encode())
        yield from self.tag("manifest-sha256.txt", "".join(self._manifest).encode())
        yield from self._member("tagmanifest-sha256.txt", "".join(self._tags).encode())
        yield from self._zip.finish()

    def _enter(self, name: str, sha256: str, size: int) -> None:
        self._manifest.append(f"{sha256}  data/{name}\n")
        self._octets += size

    def _member(self, path: str, content: bytes) -> Iterator[bytes]:
        yield from self._zip.member(f"{self._folder}/{path}", size=len(content), crc32=zlib.crc32(content), chunks=(content,))


def bag_chunks(
    folder: str,
    day: date,
    info: Mapping[str, str],
    *,
    originals: Iterable[Original],
    previews: Iterable[Preview],
    spool: Spool,
) -> Iterator[bytes]:
    """The bytes of a zip that holds one bag named *folder*; *info* becomes bag-info.txt. Closes *spool* at the end.

    Names are unique and ASCII (see `names`), so nothing in a manifest needs percent-encoding.
    Raises BLOB_DAMAGED in mid-stream where a photo's bytes are no longer those received: the receiver gets a torn zip, never a false one.
    """
    bag = _Bag(folder, day)
    try:
        yield from bag.tag("bagit.txt", BAGIT_TXT)
        for original in originals:
            yield from bag.original(original)
        for preview in previews:
            content = preview.read()
            if content is not None:
                yield from bag.small(preview.name, content)
        yield from bag.made(spool)
        yield from bag.close(info)
    finally:
        spool.close()


def _checked(photo: Original) -> Iterator[bytes]:
    digest = hashlib.sha256()
    for chunk in photo.read():
        digest.update(chunk)
        yield chunk
    if digest.hexdigest() != photo.sha256:
        raise Problem(BLOB_DAMAGED, sha256=photo.sha256)


def _one_line(value: str) -> str:
    return " ".join(value.split())
