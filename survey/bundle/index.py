"""The index of a bundle: from each photo's and each submission's name to its record, its hash and its size, in the report's order."""

from collections.abc import Iterator, Mapping

from survey.bundle import words
from survey.bundle.answers import label, questions
from survey.bundle.arrange import Arrangement
from survey.bundle.rows import beside
from survey.bundle.spool import Spool
from survey.bundle.tables import csv_chunks
from survey.domain.evidence import Evidence, Item, Photo
from survey.domain.places import distance_m, distance_to_line_m
from survey.domain.sites import Site
from survey.domain.submissions import Fix

INDEX_PATH = "muc-luc.csv"
INDEX = (
    "Tệp", "Loại tệp", "Mã bài nộp", "Mã đối tượng", "Tên đối tượng", "Thôn", "Phiếu", "Câu hỏi", "Lần lặp", "Chụp lúc (giờ Việt Nam)",
    "Nguồn", "Vĩ độ", "Kinh độ", "Sai số (m)", "Cách vị trí trong sổ bộ (m)", "Người duyệt", "Duyệt lúc", "SHA-256", "Dung lượng (byte)",
)  # fmt: skip

Row = Mapping[str, object]


def add_index(spool: Spool, evidence: Evidence, arrangement: Arrangement) -> None:
    """Put the index into *spool*."""
    spool.add(INDEX_PATH, csv_chunks(INDEX, index_rows(evidence, arrangement)))


def index_rows(evidence: Evidence, arrangement: Arrangement) -> Iterator[Row]:
    """A line for each original photo and each instance XML that lies in the bundle; sizes of instances are those of their bytes."""
    labels = question_labels(evidence)
    titles = form_titles(evidence)
    for item, xml in beside(evidence.items, evidence.instances(evidence.items)):
        key = item.form, item.form_version
        for photo in evidence.photos.get(item.submission, ()):
            path = arrangement.photos.get((photo.submission, photo.name))
            if path is not None:
                question = labels.get(key, {}).get(photo.question, photo.question)
                yield _photo_row(evidence, item, photo, (path, titles.get(key, item.form), question))
        if xml is not None and arrangement.instances.get(item.submission):
            yield _instance_row(evidence, item, (arrangement.instances[item.submission], titles.get(key, item.form), len(xml)))


def form_titles(evidence: Evidence) -> dict[tuple[str, str], str]:
    """The titles of forms by id and version."""
    return {key: label(tree.get("title")) or key[0] for key, tree in evidence.forms.items()}


def question_labels(evidence: Evidence) -> dict[tuple[str, str], dict[str, str]]:
    """What each question asks, by form and version, then by the name under which a file names it: without the path to it."""
    return {key: {asked.path.rpartition("/")[2]: asked.label for asked in questions(tree)} for key, tree in evidence.forms.items()}


def distance_to_site_m(site: Site, fix: Fix | None) -> int | None:
    """Metres from *fix* to where the register has *site*, its line where it has one; None where either is unknown."""
    if fix is None:
        return None
    if site.line is not None:
        return round(distance_to_line_m(fix.latitude, fix.longitude, site.line))
    if site.latitude is None or site.longitude is None:
        return None
    return round(distance_m(site.latitude, site.longitude, fix.latitude, fix.longitude))


def _photo_row(evidence: Evidence, item: Item, photo: Photo, known: tuple[str, str, str]) -> Row:
    path, form, question = known
    fix, moment = photo.fix, words.stamp(photo.fix.at if photo.fix else None) or words.stamp(item.captured_at)
    source = words.SOURCES.get(photo.source, photo.source)
    return _row(evidence, item, (path, "ảnh"), (form, question, photo.repeat, moment, source), fix, (photo.sha256, photo.size))


def _instance_row(evidence: Evidence, item: Item, known: tuple[str, str, int]) -> Row:
    path, form, size = known
    about = form, None, None, words.stamp(item.captured_at), None
    return _row(evidence, item, (path, "bài nộp"), about, item.fix, (item.instance_sha256, size))


def _row(
    evidence: Evidence, item: Item, file: tuple[str, str], about: tuple[object, ...], fix: Fix | None, kept: tuple[str | None, int]
) -> Row:
    site = evidence.sites[item.site]
    hamlet = evidence.hamlet_names.get(item.hamlet or "", "")
    accepted = evidence.people.get(item.accepted_by or "", item.accepted_by), words.stamp(item.accepted_at)
    spot = (fix.latitude, fix.longitude, fix.accuracy_m) if fix else (None, None, None)
    record = item.code, site.code, site.name, hamlet
    return dict(zip(INDEX, (*file, *record, *about, *spot, distance_to_site_m(site, fix), *accepted, *kept), strict=True))
