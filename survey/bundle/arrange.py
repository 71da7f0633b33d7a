"""Where each thing lies in a bundle: names that say place, site, form and date, given in the order of the report."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from posixpath import relpath
from urllib.parse import quote

from survey.bundle.names import Names, extension, plain, plain_code
from survey.domain.evidence import Evidence, Item, Photo, Variant
from survey.domain.times import local_date

REPORT = "bao-cao"
NO_HAMLET = "Toàn xã (không thuộc riêng thôn nào)"


@dataclass(frozen=True)
class Arrangement:
    """Paths below `data/`: photos by submission and label, instances by submission, report pages by hamlet, previews by hash.

    *homes* names the folder of the bag that a file lies in where that is another one than the report's.
    """

    photos: Mapping[tuple[str, str], str]
    instances: Mapping[str, str]
    pages: Mapping[str | None, str]
    previews: Mapping[str, str]
    homes: Mapping[str, str] = field(default_factory=dict)

    def way(self, path: str, *, base: str) -> str:
        """The relative URL from a file of the report's bag in the folder *base* to the file *path*, both below `data/`.

        Bags are unpacked side by side: a file of another one is found through the folder around them.
        """
        home = self.homes.get(path)
        if home is None:
            return quote(relpath(path, base or "."))
        return quote(relpath(f"{home}/data/{path}", f"report/data/{base}".rstrip("/")))


def arrange(evidence: Evidence) -> Arrangement:
    """Name everything in *evidence*; the same evidence gets the same names."""
    folders = _hamlet_words(evidence)
    names = Names()
    photos, previews = {}, {}
    for item in evidence.items:
        for photo in evidence.photos.get(item.submission, ()):
            if photo.is_original and photo.sha256 is not None:
                stem = _stem(evidence, folders, item, photo)
                photos[photo.submission, photo.name] = names.numbered(stem, f".{extension(photo.media_type)}")
                if photo.has_preview:
                    previews[photo.sha256] = f"{REPORT}/anh/{photo.sha256}.jpg"
    is_public = evidence.variant is Variant.PUBLIC  # instances stay with the commune: no file, no way to one
    instances = {
        item.submission: "" if is_public or item.erased else names.once(f"bai-nop/{plain_code(item.code)}", ".xml")
        for item in evidence.items
    }
    return Arrangement(photos, instances, {hamlet: f"{word}.html" for hamlet, word in folders.items()}, previews)


def _stem(evidence: Evidence, folders: Mapping[str | None, str], item: Item, photo: Photo) -> str:
    site = plain_code(evidence.sites[item.site].code, limit=32)
    question = plain(photo.question.rpartition("/")[2], limit=30)
    day = local_date(item.captured_at).strftime("%Y%m%d")
    base = "anh-cong-khai" if evidence.variant is Variant.PUBLIC else "anh"
    return f"{base}/{folders[item.hamlet]}/{site}_{plain(item.form, limit=30)}_{question}_{day}"


def _hamlet_words(evidence: Evidence) -> dict[str | None, str]:
    # `index` is the front page; a hamlet of that name gets a number.
    names = Names()
    names.once("index")
    words: dict[str | None, str] = {hamlet: names.once(plain(name)) for hamlet, name in evidence.hamlet_names.items()}
    unknown: Iterable[str] = sorted({site.hamlet for site in evidence.sites.values() if site.hamlet is not None} - words.keys())
    words |= {hamlet: names.once(plain(hamlet)) for hamlet in unknown}
    return {**words, None: names.once("toan-xa")}
