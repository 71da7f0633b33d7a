"""How people head the columns of a register and write its choices, in Vietnamese and English, and what we call them.

Headings and choices are compared folded and without punctuation, so that `Chiều dài (m)`, `chieu_dai_m` and `CHIEU DAI M` are one.
"""

import re

from survey.domain.fold import fold
from survey.domain.sites import SiteKind

# Our field: the headings that mean it. The first is how we head it in Vietnamese, the last in English.
COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "kind": ("Loại", "loại đối tượng", "site kind", "Kind"),
    "code": ("Mã", "mã số", "mã hộ", "mã đối tượng", "mã đoạn", "mã tuyến", "mã điểm", "Code"),
    "name": (
        "Tên", "họ tên", "họ và tên", "chủ hộ", "tên chủ hộ", "họ tên chủ hộ", "họ và tên chủ hộ", "tên đường", "tên tuyến", "tên đoạn",
        "tên đoạn đường", "tên điểm", "tên công trình", "head", "head of household", "Name",
    ),
    "hamlet": ("Thôn", "tên thôn", "mã thôn", "thôn xóm", "xóm", "village", "Hamlet"),
    "latitude": ("Vĩ độ", "lat", "y", "Latitude"),
    "longitude": ("Kinh độ", "lon", "lng", "long", "x", "Longitude"),
    "position": ("Tọa độ", "vị trí", "tọa độ gps", "coordinates", "gps", "Position"),
    "geometry": ("Hình", "hình học", "geom", "wkt", "line", "Geometry"),
    "members": ("Số khẩu", "nhân khẩu", "số nhân khẩu", "số người", "Members"),
    "address": ("Địa chỉ", "Address"),
    "garden_m2": ("Diện tích vườn (m²)", "diện tích vườn", "garden m2", "garden area", "Garden area (m²)"),
    "garden_registered": ("Đăng ký vườn mẫu", "vườn mẫu", "model garden", "Garden registered"),
    "class": ("Cấp đường", "loại đường", "phân loại đường", "class", "Road class"),
    "length_m": ("Chiều dài (m)", "chiều dài", "dài m", "length", "Length (m)"),
    "length_km": ("Chiều dài (km)", "dài km", "Length (km)"),
    "width_m": (
        "Chiều rộng (m)", "chiều rộng", "bề rộng", "bề rộng m", "rộng m", "bề rộng mặt đường", "bề rộng mặt đường m", "width", "Width (m)",
    ),
    "surface": ("Mặt đường", "kết cấu", "kết cấu mặt đường", "loại mặt đường", "Surface"),
    "start": ("Điểm đầu", "từ", "from", "Start"),
    "end": ("Điểm cuối", "đến", "to", "End"),
    "type": ("Loại điểm", "loại công trình", "loại hình", "Type"),
    "note": ("Ghi chú", "notes", "Note"),
}  # fmt: skip

# Columns that every list has and nobody means to load.
SILENT_COLUMNS = frozenset({"stt", "tt", "so tt", "so thu tu", "no", "fid", "ogc fid"})

CHOICE_NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "kind": {
        SiteKind.HOUSEHOLD: ("hộ", "hộ gia đình", "hộ dân", "household"),
        SiteKind.ROAD_SEGMENT: ("đoạn đường", "đường", "tuyến đường", "road", "road segment"),
        SiteKind.PUBLIC_PLACE: ("điểm công cộng", "công trình công cộng", "public place"),
    },
    "class": {
        "commune": ("đường xã", "xã", "trục xã", "liên xã", "trục xã liên xã", "commune road"),
        "hamlet": ("đường thôn", "thôn", "trục thôn", "liên thôn", "trục thôn liên thôn", "hamlet road"),
        "lane": ("đường ngõ xóm", "ngõ xóm", "ngõ", "xóm", "liên gia", "lane"),
        "field": ("đường nội đồng", "nội đồng", "trục chính nội đồng", "đường trục chính nội đồng", "field road"),
    },
    "surface": {
        "asphalt": ("nhựa", "láng nhựa", "bê tông nhựa", "thảm nhựa", "asphalt"),
        "concrete": ("bê tông", "bê tông xi măng", "btxm", "concrete"),
        "crushed_stone": ("cấp phối", "đá dăm", "cấp phối đá dăm", "sỏi", "gravel", "crushed stone"),
        "brick": ("gạch", "lát gạch", "brick"),
        "earth": ("đất", "đường đất", "earth"),
        "other": ("khác", "other"),
    },
    "type": {
        "culture_house": ("nhà văn hóa", "nhà văn hoá thôn", "culture house"),
        "junction": ("nút giao", "ngã ba", "ngã tư", "giao lộ", "junction"),
        "drain": ("rãnh thoát nước", "rãnh", "cống", "mương", "drain"),
        "public_ground": ("khu công cộng", "sân", "sân thể thao", "khu thể thao", "khu vui chơi", "public ground"),
        "other": ("khác", "other"),
    },
    "yes_no": {
        "yes": ("có", "x", "1", "đúng", "true", "y", "yes"),
        "no": ("không", "0", "sai", "false", "n", "no"),
    },
}

# Headings that only one kind of site has tell the kind of a file that does not say it.
TELLING_FIELDS: dict[SiteKind, frozenset[str]] = {
    SiteKind.HOUSEHOLD: frozenset({"members", "garden_m2", "garden_registered"}),
    SiteKind.ROAD_SEGMENT: frozenset({"class", "width_m", "surface"}),
    SiteKind.PUBLIC_PLACE: frozenset({"type"}),
}


def plain(text: str) -> str:
    """*text* folded, with everything but letters and digits as one space, so that spellings can be compared."""
    return re.sub(r"[\W_]+", " ", fold(text.replace("²", "2"))).strip()


_FIELDS = {plain(name): field for field, names in COLUMN_NAMES.items() for name in (*names, field)}
_CHOICES = {
    question: {plain(name): choice for choice, names in choices.items() for name in (*names, choice)}
    for question, choices in CHOICE_NAMES.items()
}


def field_of(heading: str) -> str | None:
    """The field that a column's *heading* means, or None."""
    return _FIELDS.get(plain(heading))


def choice_of(question: str, text: str) -> str | None:
    """The choice of *question* that *text* means, or None."""
    return _CHOICES[question].get(plain(text))


def choice_label(question: str, choice: str, locale: str) -> str:
    """How a choice is written in *locale*: the first of its names, or the last, which is English."""
    names = CHOICE_NAMES[question][choice]
    return names[-1 if locale == "en" else 0]


def field_label(field: str, locale: str) -> str:
    """How a column of *field* is headed in *locale*."""
    return COLUMN_NAMES[field][-1 if locale == "en" else 0]


def kind_told_by(fields: frozenset[str]) -> SiteKind | None:
    """The kind that the *fields* of a file tell, or None where they tell none or more than one."""
    told = [kind for kind, telling in TELLING_FIELDS.items() if telling & fields]
    return told[0] if len(told) == 1 else None
