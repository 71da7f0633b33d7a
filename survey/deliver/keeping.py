"""Made files, by their hash: kept durable, whole, and there for as long as a row names them."""

import hashlib
from collections.abc import Iterable

from survey.domain.ports import Survey
from survey.domain.problems import BLOB_DAMAGED, FILE_UNKNOWN, Problem

_MOST = 1 << 44


def keep(survey: Survey, chunks: Iterable[bytes]) -> str:
    """The SHA-256 of *chunks*, durable among the made files; what lies there damaged under that name is replaced."""
    staged = survey.made.stage(chunks, name="bundle", limit=_MOST)
    try:
        if survey.made.size(staged.sha256) is not None and not is_whole(survey, staged.sha256):
            survey.made.erase(staged.sha256)
        survey.made.keep(staged)
    finally:
        survey.made.discard(staged)
    return staged.sha256


def is_whole(survey: Survey, blob: str) -> bool:
    """Whether the made file *blob* is there with the bytes that it is named after; reads all of it."""
    digest = hashlib.sha256()
    try:
        for chunk in survey.made.read(blob):
            digest.update(chunk)
    except Problem as problem:
        if problem.kind in (FILE_UNKNOWN, BLOB_DAMAGED):
            return False
        raise
    return digest.hexdigest() == blob


def whole(survey: Survey, blob: str) -> bytes | None:
    """The bytes of the made file *blob*, a list of names; None where it is lost or damaged, as after a move without the made files."""
    try:
        content = b"".join(survey.made.read(blob))
    except Problem as problem:
        if problem.kind in (FILE_UNKNOWN, BLOB_DAMAGED):
            return None
        raise
    return content if hashlib.sha256(content).hexdigest() == blob else None


def require_kept(survey: Survey, blobs: Iterable[str]) -> None:
    """Raise FILE_UNKNOWN where a sweep has taken one of *blobs* since; under `lock_made` none goes any more."""
    for blob in blobs:
        if survey.made.size(blob) is None:
            raise Problem(FILE_UNKNOWN, name=blob[:12])
