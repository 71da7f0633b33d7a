"""The bag's payload as an RO-Crate 1.1: who captured each photo, with what, when and where, and who accepted it.

https://w3id.org/ro/crate/1.1: one flat JSON-LD document beside the payload. Entities of photos, people and places are written while
the evidence is at hand (`crate_entities`), the document is put together once every file of the bag is known (`crate_chunks`).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from survey.bundle import words
from survey.bundle.arrange import Arrangement
from survey.domain.canonical import dumps
from survey.domain.evidence import Evidence, Item, Photo, Variant
from survey.domain.sites import Site
from survey.domain.submissions import Fix
from survey.domain.times import to_text

CRATE_PATH = "ro-crate-metadata.json"
Entity = Mapping[str, object]

_CONTEXT = "https://w3id.org/ro/crate/1.1/context"
_PROFILE = "https://w3id.org/ro/crate/1.1"
_SOFTWARE = "#phan-mem"
_COMMUNE = "#xa"
_LICENCE = "#su-dung"
_USE = {
    Variant.FULL: "Chỉ để thẩm định; có dữ liệu cá nhân, không công bố. / For appraisal only; personal data, not for publication.",
    Variant.PUBLIC: "Bản công khai, không có dữ liệu cá nhân. / Public version without personal data.",
}
_MEDIA = {
    "csv": "text/csv", "css": "text/css", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "geojson": "application/geo+json", "gpkg": "application/geopackage+sqlite3", "heic": "image/heic", "heif": "image/heif",
    "html": "text/html", "jpg": "image/jpeg", "js": "text/javascript", "json": "application/json", "jsonl": "application/x-ndjson",
    "kml": "application/vnd.google-earth.kml+xml", "pdf": "application/pdf", "png": "image/png", "txt": "text/plain",
    "webp": "image/webp", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xml": "application/xml",
}  # fmt: skip
_FOLDERS = {
    "anh": "ảnh gốc", "anh-cong-khai": "ảnh bản công khai", "bai-nop": "bài nộp như đã nhận", "bao-cao": "báo cáo", "ho-so": "bảng số liệu",
    "ket-qua": "kết luận và căn cứ", "nhat-ky": "nhật ký",
}  # fmt: skip


@dataclass(frozen=True)
class CrateHead:
    """What the crate says of itself: *published* is the basis' date in ISO 8601, *identifier* a `urn:uuid:`."""

    name: str
    description: str
    published: str
    identifier: str
    commune: str
    variant: Variant


def crate_entities(evidence: Evidence, arrangement: Arrangement, holds: Callable[[str], bool]) -> Iterator[Entity]:
    """The entities of what one bag holds of *evidence*: *holds* says whether a path below `data/` is in it. Each id comes once."""
    said: set[str] = set()
    for item in evidence.items:
        named = evidence.photos.get(item.submission, ())
        photos = [photo for photo in named if (path := _path(arrangement, photo)) and holds(path)]
        instance = arrangement.instances.get(item.submission, "")
        here = [instance] if instance and holds(instance) else []
        if photos or here:
            for entity in _of_item(evidence, arrangement, item, photos, here):
                if entity["@id"] not in said:
                    said.add(str(entity["@id"]))
                    yield entity


def crate_chunks(
    head: CrateHead, files: Iterable[tuple[str, int]], entities: Callable[[], Iterable[bytes]]
) -> Iterator[bytes]:
    """The document of a bag with *files* (name below `data/`, bytes) and *entities*, the lines of `crate_entities` as canonical JSON.

    *entities* is asked twice, so that nothing but names is held in memory.
    """
    sizes = {name: size for name, size in files if name != CRATE_PATH}
    described = {str(json.loads(line)["@id"]) for line in entities() if not line.startswith(b'{"@id":"#')}
    yield b'{"@context":' + dumps(_CONTEXT).encode() + b',"@graph":[\n'
    yield _lines(_frame(head, sorted(sizes)))
    for name in sorted(sizes.keys() - described):
        yield _line(_file(name, sizes[name]))
    for line in entities():
        yield b",\n" + _with_size(line, sizes)
    yield b"\n]}\n"


def _frame(head: CrateHead, names: Sequence[str]) -> Iterator[Entity]:
    yield {"@id": CRATE_PATH, "@type": "CreativeWork", "about": {"@id": "./"}, "conformsTo": {"@id": _PROFILE}}
    yield {
        "@id": "./", "@type": "Dataset", "name": head.name, "description": head.description, "datePublished": head.published,
        "identifier": head.identifier, "license": {"@id": _LICENCE}, "publisher": {"@id": _COMMUNE}, "author": {"@id": _COMMUNE},
        "hasPart": [{"@id": name} for name in names],
    }  # fmt: skip
    yield {"@id": _LICENCE, "@type": "CreativeWork", "name": "Điều kiện sử dụng", "description": _USE[head.variant]}
    yield {"@id": _COMMUNE, "@type": "Organization", "name": head.commune}
    yield {"@id": _SOFTWARE, "@type": "SoftwareApplication", "name": "ntm-field-survey"}


def _of_item(
    evidence: Evidence, arrangement: Arrangement, item: Item, photos: Sequence[Photo], here: Sequence[str]
) -> Iterator[Entity]:
    site = evidence.sites[item.site]
    files = [{"@id": name} for name in [*here, *(_path(arrangement, photo) for photo in photos)]]
    yield _person(evidence, item.person)
    yield _place(evidence, site)
    yield {
        "@id": _id("thu-thap", item.submission), "@type": "CreateAction", "name": f"Khảo sát {site.code}, bài nộp {item.code}",
        "agent": {"@id": _person_id(item.person)}, "instrument": {"@id": _SOFTWARE}, "endTime": to_text(item.captured_at),
        "object": {"@id": _place_id(site)}, "result": files,
    }  # fmt: skip
    if item.accepted_by is not None and item.accepted_at is not None:
        yield _person(evidence, item.accepted_by)
        yield {
            "@id": _id("duyet", item.submission), "@type": "ReviewAction", "name": f"Chấp nhận bài nộp {item.code}",
            "agent": {"@id": _person_id(item.accepted_by)}, "endTime": to_text(item.accepted_at), "object": files,
        }  # fmt: skip
    for name in here:
        yield {
            "@id": name, "@type": "File", "name": f"Bài nộp {item.code}", "description": f"Phiếu {item.form} như đã nhận",
            "encodingFormat": _MEDIA["xml"], "identifier": f"sha256:{item.instance_sha256}",
        }  # fmt: skip
    for photo in photos:
        yield from _of_photo(evidence, arrangement, item, photo)


def _of_photo(evidence: Evidence, arrangement: Arrangement, item: Item, photo: Photo) -> Iterator[Entity]:
    path = _path(arrangement, photo)
    source = words.SOURCES.get(photo.source, photo.source)
    entity: dict[str, object] = {
        "@id": path, "@type": "File", "name": f"Ảnh của bài nộp {item.code}", "encodingFormat": _media(path),
        "description": f"{photo.question.rpartition('/')[2]}; {source}", "contentLocation": {"@id": _place_id(evidence.sites[item.site])},
    }  # fmt: skip
    if evidence.variant is Variant.FULL and photo.sha256 is not None:
        entity |= {"identifier": f"sha256:{photo.sha256}", "contentSize": str(photo.size)}
    if photo.taken_at is not None:
        entity["dateCreated"] = photo.taken_at.isoformat()  # the camera's own clock, which knows no zone
    if photo.camera:
        entity["instrument"] = {"@id": _id("may", photo.camera)}
        yield {"@id": _id("may", photo.camera), "@type": "IndividualProduct", "name": photo.camera}
    if photo.fix is not None:
        entity["contentLocation"] = {"@id": _id("noi", path)}
        yield _fix_place(_id("noi", path), photo.fix)
    yield entity


def _person(evidence: Evidence, person: str) -> Entity:
    return {"@id": _person_id(person), "@type": "Person", "name": evidence.people.get(person, person)}


def _person_id(person: str) -> str:
    return _id("nguoi", person)


def _place(evidence: Evidence, site: Site) -> Entity:
    hamlet = evidence.hamlet_names.get(site.hamlet or "", "")
    place = {"@id": _place_id(site), "@type": "Place", "name": f"{site.code} {site.name}".strip(), "description": hamlet or "Toàn xã"}
    if site.latitude is None or site.longitude is None:
        return place
    return {**place, "latitude": str(site.latitude), "longitude": str(site.longitude)}


def _place_id(site: Site) -> str:
    return _id("doi-tuong", site.id)


def _id(kind: str, name: str) -> str:
    return f"#{kind}-{quote(name, safe='')}"


def _fix_place(name: str, fix: Fix) -> Entity:
    accuracy = "" if fix.accuracy_m is None else f", sai số {words.number(fix.accuracy_m)} m"
    return {
        "@id": name, "@type": "Place", "name": f"Vị trí máy báo{accuracy}", "latitude": str(fix.latitude), "longitude": str(fix.longitude)
    }


def _path(arrangement: Arrangement, photo: Photo) -> str:
    return arrangement.photos.get((photo.submission, photo.name), "")


def _file(name: str, size: int) -> Entity:
    folder, _, last = name.rpartition("/")
    about = _FOLDERS.get(folder.partition("/")[0], "tệp của hồ sơ")
    return {
        "@id": name, "@type": "File", "name": last, "description": about, "encodingFormat": _media(name), "contentSize": str(size)
    }


def _media(name: str) -> str:
    return _MEDIA.get(name.rpartition(".")[2], "application/octet-stream")


def _with_size(line: bytes, sizes: Mapping[str, int]) -> bytes:
    """A file's entity says its size where the evidence could not."""
    if line.startswith(b'{"@id":"#'):
        return line.rstrip(b"\n")
    entity = json.loads(line)
    return dumps({"contentSize": str(sizes[entity["@id"]]), **entity}).encode() if entity["@id"] in sizes else line.rstrip(b"\n")


def _line(entity: Entity) -> bytes:
    return b",\n" + dumps(entity).encode()


def _lines(entities: Iterable[Entity]) -> bytes:
    return b",\n".join(dumps(entity).encode() for entity in entities)
