"""Small views of photos that wait at the desk: made by a worker like those of evidence, shown to their owner alone."""

from collections.abc import Callable
from typing import BinaryIO

from survey import photos
from survey.desk.bringing import open_photo, photo_key, thumb_key
from survey.domain.people import Ability, Actor
from survey.domain.photos import PhotoFacts, facts_from_json
from survey.domain.ports import Survey
from survey.domain.problems import FILE_UNKNOWN, PHOTO_BROKEN, Problem
from survey.photos import Developed
from survey.store.desk import select_desk_photo, update_desk_thumb

Darkroom = Callable[[BinaryIO, PhotoFacts], Developed]


def make_small(survey: Survey, commune: str, person: str, sha256: str, *, darkroom: Darkroom = photos.develop) -> None:
    """Make the small view of a photo that waits; nothing happens where it is gone or has one. Raises PHOTO_UNFINISHED: try again."""
    with survey.reading() as reader:
        row = select_desk_photo(reader, commune, person, sha256)
    if row is None or row["thumb"] is not None:
        return
    try:
        staged = open_photo(survey, commune, person, sha256, row["size"])
        try:
            with staged.path.open("rb") as file:
                thumb = darkroom(file, facts_from_json(row["facts"])).thumb
        finally:
            survey.blobs.discard(staged)
        survey.blobs.write_part(thumb_key(commune, person, sha256), 0, [thumb], len(thumb))
    except Problem as problem:
        if problem.kind not in {PHOTO_BROKEN, FILE_UNKNOWN}:
            raise
        thumb = b""
    with survey.transaction() as tx:
        still_here = update_desk_thumb(tx, commune, person, sha256, len(thumb))
    if not still_here:  # thrown away meanwhile
        survey.blobs.drop_parts(thumb_key(commune, person, sha256))
        survey.blobs.drop_parts(photo_key(commune, person, sha256))


def read_small(survey: Survey, actor: Actor, sha256: str) -> bytes | None:
    """The JPEG of the actor's own photo; None while it has none. Raises NOT_ALLOWED, FILE_UNKNOWN for what is not the actor's."""
    actor.require(Ability.CAPTURE)
    with survey.reading() as reader:
        row = select_desk_photo(reader, actor.commune, actor.person, sha256)
    if row is None:
        raise Problem(FILE_UNKNOWN, name=sha256[:12])
    if not row["thumb"]:
        return None
    staged = survey.blobs.finish_parts(thumb_key(actor.commune, actor.person, sha256), row["thumb"])
    if staged is None:
        return None
    try:
        return staged.path.read_bytes()
    finally:
        survey.blobs.discard(staged)
