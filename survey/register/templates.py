"""Templates: a small CSV per kind of site with headings that `load` knows and rows that show how cells are written."""

import csv
import io

from survey.domain.columns import field_label
from survey.domain.sites import SiteKind

# The hamlet's name is put in by the caller, so that the example loads as it stands.
_EXAMPLES: dict[SiteKind, tuple[dict[str, str], ...]] = {
    SiteKind.HOUSEHOLD: (
        {"code": "HO-0001", "name": "Nguyễn Văn An", "latitude": "18,0205", "longitude": "106,0966", "members": "4", "address": "Tổ 1"},
        {"code": "HO-0002", "name": "Trần Thị Bình", "members": "3", "garden_m2": "650", "garden_registered": "có",
         "note": "chưa có tọa độ"},
    ),
    SiteKind.ROAD_SEGMENT: (
        {"code": "DU-0001", "name": "Đường trục thôn", "class": "đường thôn", "length_m": "850", "width_m": "3,5", "surface": "bê tông",
         "start": "cổng làng", "end": "nhà văn hóa"},
        {"code": "DU-0002", "name": "Ngõ 3", "class": "đường ngõ xóm", "length_m": "120", "surface": "đất"},
    ),
    SiteKind.PUBLIC_PLACE: (
        {"code": "DC-0001", "name": "Nhà văn hóa thôn", "type": "nhà văn hóa", "latitude": "18,0212", "longitude": "106,0971"},
        {"code": "DC-0002", "name": "Ngã ba đầu thôn", "type": "nút giao"},
    ),
}  # fmt: skip
# The columns of each kind, in the order in which a person fills them in.
FIELDS: dict[SiteKind, tuple[str, ...]] = {
    SiteKind.HOUSEHOLD: (
        "code", "name", "hamlet", "latitude", "longitude", "members", "address", "garden_m2", "garden_registered", "note",
    ),
    SiteKind.ROAD_SEGMENT: ("code", "name", "hamlet", "class", "length_m", "width_m", "surface", "start", "end", "geometry", "note"),
    SiteKind.PUBLIC_PLACE: ("code", "name", "hamlet", "type", "latitude", "longitude", "length_m", "address", "note"),
}  # fmt: skip


def template(kind: SiteKind, hamlet_name: str, locale: str = "vi") -> bytes:
    """A CSV for *kind* that spreadsheets open as UTF-8, with two example rows in *hamlet_name*."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow([field_label(field, locale) for field in FIELDS[kind]])
    for example in _EXAMPLES[kind]:
        row = {"hamlet": hamlet_name, **example}
        writer.writerow([row.get(field, "") for field in FIELDS[kind]])
    return out.getvalue().encode("utf-8-sig")

