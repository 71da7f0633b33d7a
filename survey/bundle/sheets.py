"""The bundle's tables from its evidence: sites, submissions, photos, decisions, flags, verdicts; each streamed into the spool."""

from collections.abc import Iterator

from survey.bundle import rows
from survey.bundle.arrange import Arrangement
from survey.bundle.spool import Spool
from survey.bundle.tables import csv_chunks, geojson_chunks, json_lines, json_list, point_feature
from survey.domain.canonical import dumps
from survey.domain.evidence import Evidence
from survey.domain.times import to_text
from survey.domain.verdicts import verdict_document


def add_tables(spool: Spool, evidence: Evidence, arrangement: Arrangement) -> None:
    """Put every table of *evidence* into *spool*."""
    spool.add("ho-so/doi-tuong.csv", csv_chunks(rows.SITE, rows.site_rows(evidence)))
    spool.add("ho-so/bai-nop.csv", csv_chunks(rows.ITEM, rows.item_rows(evidence, arrangement)))
    spool.add("ho-so/anh.csv", csv_chunks(rows.PHOTO, rows.photo_rows(evidence, arrangement)))
    spool.add("ho-so/duyet.csv", csv_chunks(rows.REVIEW, rows.review_rows(evidence)))
    spool.add("ho-so/canh-bao.csv", csv_chunks(rows.FLAG, rows.flag_rows(evidence)))
    spool.add("ho-so/khong-tinh.csv", csv_chunks(rows.LEFT_OUT, rows.left_out_rows(evidence)))
    spool.add("ho-so/doi-tuong.geojson", geojson_chunks(_site_features(evidence)))
    spool.add("ho-so/bai-nop.geojson", geojson_chunks(_item_features(evidence)))
    spool.add("ho-so/anh.geojson", geojson_chunks(_photo_features(evidence, arrangement)))
    spool.add("ket-qua/ket-qua.csv", csv_chunks(rows.VERDICT, rows.verdict_rows(evidence)))
    spool.add("ket-qua/ket-qua.json", json_list(verdict_document(verdict) for verdict in evidence.verdicts))
    spool.add("ket-qua/pham-vi.json", [dumps(_scope_document(evidence)).encode()])
    spool.add("ket-qua/bo-tieu-chi.json", [dumps(evidence.edition_documents).encode()])


def add_instances(spool: Spool, evidence: Evidence, arrangement: Arrangement) -> None:
    """Put the instance XML of every submission into *spool*, as received."""
    for item, xml in evidence.instances(evidence.items):
        spool.add(arrangement.instances[item.submission], [xml])


def add_log(spool: Spool, evidence: Evidence, name: str) -> None:
    """Put the commune's chain of events, from its beginning to the bundle's head, into *spool*."""
    spool.add(name, json_lines(evidence.events()))


def _site_features(evidence: Evidence) -> Iterator[dict[str, object]]:
    for site in evidence.sites.values():
        properties = {"code": site.code, "name": site.name, "kind": site.kind.value, "hamlet": site.hamlet}
        if site.line is not None:
            geometry = {"type": "LineString", "coordinates": [list(pair) for pair in site.line]}
            yield {"type": "Feature", "geometry": geometry, "properties": properties}
        elif site.latitude is not None and site.longitude is not None:
            yield point_feature(site.latitude, site.longitude, properties)


def _item_features(evidence: Evidence) -> Iterator[dict[str, object]]:
    for item in evidence.items:
        if item.fix is not None:
            properties = {
                "code": item.code, "site": evidence.sites[item.site].code, "form": item.form, "hamlet": item.hamlet,
                "captured_at": to_text(item.captured_at), "accuracy_m": item.fix.accuracy_m,
            }  # fmt: skip
            yield point_feature(item.fix.latitude, item.fix.longitude, properties)


def _photo_features(evidence: Evidence, arrangement: Arrangement) -> Iterator[dict[str, object]]:
    for item, photo in rows.photos_of(evidence):
        path = arrangement.photos.get((photo.submission, photo.name))
        for origin, spot in (("phone", photo.fix and (photo.fix.latitude, photo.fix.longitude)), ("exif", photo.exif_position)):
            if path is not None and spot:
                accuracy = photo.fix.accuracy_m if photo.fix and origin == "phone" else None
                properties = {
                    "file": path, "url": arrangement.way(path, base="ho-so"), "submission": item.code, "sha256": photo.sha256,
                    "position_from": origin, "accuracy_m": accuracy,
                }  # fmt: skip
                yield point_feature(*spot, properties)


def _scope_document(evidence: Evidence) -> dict[str, object]:
    return {
        "commune": {"code": evidence.commune.code, "name": evidence.commune.name, "province": evidence.commune.province},
        "demonstration": evidence.commune.demonstration,
        "scope": evidence.scope.document(),
        "log_head": {"seq": evidence.head[0], "hash": evidence.head[1]},
        "last_received_at": max((to_text(item.received_at) for item in evidence.items), default=None),
    }
