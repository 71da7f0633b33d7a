"""The bundle's places as KML 2.2 (OGC 07-147r2) for Google Earth: border, then hamlet, site and photos, with links to the originals.

Nothing points into a network: no icon has an address. Google Earth shows linked local files where its settings allow that.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from markupsafe import Markup, escape

from survey.bundle import words
from survey.bundle.answers import answered, questions
from survey.bundle.arrange import NO_HAMLET, Arrangement
from survey.bundle.index import form_titles
from survey.bundle.rows import beside
from survey.bundle.sketch import Point, border_rings
from survey.bundle.spool import Spool
from survey.domain.evidence import Evidence, Item, Photo
from survey.domain.sites import Site, said_by_code

KML_PATH, _BASE = "ho-so/ho-so.kml", "ho-so"
_ANSWERS, _LETTERS = 12, 300  # of one submission, of one answer: a balloon on a map is no page; the tables have everything
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2">
<Document>
"""
_STYLES = """<Style id="xa"><LineStyle><color>ff3c3cdc</color><width>2</width></LineStyle><PolyStyle><fill>0</fill></PolyStyle></Style>
<Style id="doi-tuong"><IconStyle><color>ff2f8f2f</color><scale>1.0</scale></IconStyle>\
<LineStyle><color>ff2f8f2f</color><width>4</width></LineStyle></Style>
<Style id="anh"><IconStyle><color>ffd07020</color><scale>0.7</scale></IconStyle><LabelStyle><scale>0</scale></LabelStyle></Style>
"""


def add_kml(spool: Spool, evidence: Evidence, arrangement: Arrangement) -> None:
    """Put the KML file into *spool*."""
    spool.add(KML_PATH, (piece.encode() for piece in _document(evidence, arrangement)))


def _document(evidence: Evidence, arrangement: Arrangement) -> Iterator[str]:
    mark = "TRÌNH DIỄN – " if evidence.commune.demonstration else ""
    border = f"Ranh giới xã {evidence.commune.name}"
    yield _HEAD
    yield _tag("name", f"{mark}Hồ sơ minh chứng xã {evidence.commune.name}, đến ngày {words.day(evidence.scope.as_of)}")
    yield "<open>1</open>\n" + _STYLES
    yield f"<Placemark>{_tag('name', border)}<styleUrl>#xa</styleUrl>{_border(evidence)}</Placemark>\n"
    folders = _Folders(evidence, arrangement)
    for hamlet, sites in groupby(evidence.sites.values(), key=lambda site: site.hamlet):
        name = evidence.hamlet_names.get(hamlet, hamlet) if hamlet else NO_HAMLET
        yield f"<Folder>{_tag('name', name)}\n"
        for site in sites:
            yield folders.of(site)
        yield "</Folder>\n"
    yield "</Document>\n</kml>\n"


class _Folders:
    """The folder of each site; sites are asked for in the register's order, in which the submissions are too."""

    def __init__(self, evidence: Evidence, arrangement: Arrangement) -> None:
        self._evidence, self._arrangement = evidence, arrangement
        self._titles = form_titles(evidence)
        self._asked = {key: questions(tree) for key, tree in evidence.forms.items()}
        visits = beside(evidence.items, evidence.answers(evidence.items))
        self._visits = groupby(visits, key=lambda visit: visit[0].site)
        self._ahead = next(self._visits, None)

    def of(self, site: Site) -> str:
        visits: list[tuple[Item, Mapping[str, Any] | None]] = []
        if self._ahead is not None and self._ahead[0] == site.id:
            visits = list(self._ahead[1])
            self._ahead = next(self._visits, None)
        title = _short(f"{site.code} {site.name}")
        about = Markup("").join(self._visit(site, item, answers) for item, answers in visits) or Markup("<p>Chưa có bài nộp được tính.</p>")
        shape = f"{_tag('description', about)}<styleUrl>#doi-tuong</styleUrl>{_place(site)}"
        photos = "".join(self._photo(item, photo) for item, _ in visits for photo in self._evidence.photos.get(item.submission, ()))
        return f"<Folder>{_tag('name', title)}\n<Placemark>{_tag('name', title)}{shape}</Placemark>\n{photos}</Folder>\n"

    def _visit(self, site: Site, item: Item, answers: Mapping[str, Any] | None) -> Markup:
        key = item.form, item.form_version
        said = [
            answer
            for answer in answered(self._asked.get(key, ()), said_by_code(answers or {}, site))
            if answer.question.is_asked and answer.question.type != "image"
        ]
        person = self._evidence.people.get(item.person, item.person)
        head = Markup("<h3>{}</h3><p>{} · {} · {}</p>").format(
            self._titles.get(key, item.form), item.code, words.moment(item.captured_at), person
        )
        lines = (Markup("<tr><td>{}</td><td>{}</td></tr>").format(one.question.label, _short(one.text)) for one in said[:_ANSWERS])
        return head + Markup("<table>{}</table>").format(Markup("").join(lines))

    def _photo(self, item: Item, photo: Photo) -> str:
        path = self._arrangement.photos.get((photo.submission, photo.name))
        if path is None:
            return ""
        way, facts = self._arrangement.way(path, base=_BASE), f"{item.code} · {words.moment(item.captured_at)} · SHA-256 {photo.sha256}"
        about = Markup('<p><a href="{0}"><img src="{0}" width="400"></a></p><p>{1}</p>').format(way, facts)
        name = _tag("name", path.rpartition("/")[2])
        return f"<Placemark>{name}{_tag('description', about)}<styleUrl>#anh</styleUrl>{_spot(photo)}</Placemark>\n"


def _tag(name: str, text: str) -> str:
    # A balloon's HTML is escaped once more: it is the text of an element.
    return f"<{name}>{escape(_ILLEGAL.sub(chr(0xFFFD), str(text)))}</{name}>"


def _short(text: str) -> str:
    return text if len(text) <= _LETTERS else f"{text[:_LETTERS]}…"


def _spot(photo: Photo) -> str:
    at = (photo.fix.latitude, photo.fix.longitude) if photo.fix else photo.exif_position
    return "" if at is None else _point(*at)


def _place(site: Site) -> str:
    if site.line is not None:
        return f"<LineString><tessellate>1</tessellate><coordinates>{_pairs(site.line)}</coordinates></LineString>"
    return "" if site.latitude is None or site.longitude is None else _point(site.latitude, site.longitude)


def _point(latitude: float, longitude: float) -> str:
    return f"<Point><coordinates>{_pairs([(longitude, latitude)])}</coordinates></Point>"


def _border(evidence: Evidence) -> str:
    rings = "".join(
        f"<LineString><tessellate>1</tessellate><coordinates>{_pairs(ring)}</coordinates></LineString>"
        for ring in border_rings(evidence.commune.border.geometry)
    )
    return f"<MultiGeometry>{rings}</MultiGeometry>"


def _pairs(line: Iterable[Point]) -> str:
    return " ".join(f"{longitude:.7f},{latitude:.7f}" for longitude, latitude in line)
