"""Office files that are the same bytes for the same content."""

import io
import zipfile

import openpyxl
import pytest

from survey.bundle.office import same_bytes, same_chunks

_MEMBERS = {
    "xl/workbook.xml": b"<workbook/>" * 5000,
    "xl/media/image1.jpeg": bytes(range(256)) * 40,
    "_rels/.rels": b"<Relationships/>",
    "[Content_Types].xml": b"<Types/>",
}


def _packed(names: list[str], moment: tuple[int, int, int, int, int, int], mode: int) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            info = zipfile.ZipInfo(name, moment)
            info.external_attr = mode << 16
            made.writestr(info, _MEMBERS[name])
    return content.getvalue()


def test_moments_order_and_rights_leave_no_trace() -> None:
    """Two files of one content, packed on two days by two makers, become one."""
    one = _packed(list(_MEMBERS), (2026, 11, 23, 9, 0, 0), 0o600)
    other = _packed(sorted(_MEMBERS), (2027, 1, 2, 3, 4, 6), 0o644)

    assert one != other
    assert same_bytes(one) == same_bytes(other)
    assert same_bytes(same_bytes(one)) == same_bytes(one)


def test_every_member_stays_as_it_was() -> None:
    """Only the container changes; types come first, pictures are not packed twice, no size stands behind its member."""
    with zipfile.ZipFile(io.BytesIO(same_bytes(_packed(list(_MEMBERS), (2026, 11, 23, 9, 0, 0), 0o600)))) as read:
        infos = {info.filename: info for info in read.infolist()}

        assert list(infos) == ["[Content_Types].xml", "_rels/.rels", "xl/media/image1.jpeg", "xl/workbook.xml"]
        assert {name: read.read(name) for name in infos} == _MEMBERS
        assert read.testzip() is None
    assert infos["xl/media/image1.jpeg"].compress_type == zipfile.ZIP_STORED
    assert infos["xl/workbook.xml"].compress_size < len(_MEMBERS["xl/workbook.xml"]) // 10
    assert all(info.date_time == (1980, 1, 1, 0, 0, 0) and not info.flag_bits & 8 for info in infos.values())


def test_a_large_file_comes_in_pieces() -> None:
    """What comes of a stream is what comes of the whole, in pieces of a fixed size."""
    content = _packed(list(_MEMBERS), (2026, 11, 23, 9, 0, 0), 0o600)
    big = io.BytesIO()
    with zipfile.ZipFile(big, "w") as made:
        made.writestr("xl/media/image1.png", bytes(1_000_000))

    assert b"".join(same_chunks(io.BytesIO(content))) == same_bytes(content)
    assert max(map(len, same_chunks(big))) <= 1 << 16


def test_a_workbook_still_opens() -> None:
    """A spreadsheet that another library wrote reads as before."""
    book, content = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Thôn Đông", 12.5])
    book.save(content)

    read = openpyxl.load_workbook(io.BytesIO(same_bytes(content.getvalue())))
    assert [cell.value for cell in read.worksheets[0][1]] == ["Thôn Đông", 12.5]


def test_what_is_no_office_file_is_refused() -> None:
    """Bytes that are no zip raise what the standard library raises."""
    with pytest.raises(zipfile.BadZipFile):
        same_bytes(b"not a zip")
