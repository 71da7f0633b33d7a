"""Photos in the cells of a workbook: in the one workbook while they are few, else in workbooks by hamlet of a size that opens with ease."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from survey.bundle.arrange import NO_HAMLET, Arrangement
from survey.bundle.cells import Picture
from survey.bundle.rows import photo_row, photos_of
from survey.domain.evidence import Evidence, Item, Photo

FOLDER = "ho-so"
# Our own choice: a thousand small views are some 15 MB, which an office computer opens in seconds.
INLINE = 1000


@dataclass(frozen=True)
class PhotoBook:
    """One workbook of photos: its path below `data/`, its title, and its photos in the report's order."""

    path: str
    title: str
    photos: Sequence[tuple[Item, Photo]]


def photo_books(evidence: Evidence, arrangement: Arrangement) -> list[PhotoBook]:
    """The workbooks that the photos of *evidence* fill, none where they fit into the one; only photos whose bytes are in the bundle."""
    shown = [pair for pair in photos_of(evidence) if _key(pair[1]) in arrangement.photos]
    if len(shown) <= INLINE:
        return []
    books = []
    for hamlet, group in groupby(shown, key=lambda pair: pair[0].hamlet):
        word = arrangement.pages[hamlet].removesuffix(".html")
        name = evidence.hamlet_names.get(hamlet, hamlet) if hamlet else NO_HAMLET
        portions = list(_portions(list(group)))
        for number, portion in enumerate(portions, 1):
            part, of = (f"-{number}", f" ({number}/{len(portions)})") if len(portions) > 1 else ("", "")
            books.append(PhotoBook(f"{FOLDER}/ho-so-anh-{word}{part}.xlsx", f"Ảnh {name}{of}", portion))
    return books


def photo_sheet_rows(
    evidence: Evidence, arrangement: Arrangement, photos: Iterable[tuple[Item, Photo]], folder: Path
) -> Iterator[Mapping[str, object]]:
    """The rows of *photos* with their small views under `picture`; views are laid into *folder*, which must outlive the workbook."""
    for item, photo in photos:
        row, path = photo_row(evidence, arrangement, item, photo), arrangement.photos.get(_key(photo))
        view = None if path is None or photo.sha256 is None else _view(evidence, photo.sha256, folder)
        if path is None or view is None:
            yield row
        else:
            yield {**row, "picture": Picture(view, arrangement.way(path, base=FOLDER), path.rpartition("/")[2])}


def _view(evidence: Evidence, sha256: str, folder: Path) -> Path | None:
    file = folder / f"{sha256}.jpg"
    if not file.exists():
        content = evidence.thumb(sha256)
        if content is None:
            return None
        file.write_bytes(content)
    return file


def _portions(pairs: Sequence[tuple[Item, Photo]]) -> Iterator[Sequence[tuple[Item, Photo]]]:
    return (pairs[start : start + INLINE] for start in range(0, len(pairs), INLINE))


def _key(photo: Photo) -> tuple[str, str]:
    return photo.submission, photo.name
