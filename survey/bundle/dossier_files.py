"""The dossier's forms as files that an office edits: a Word document and a workbook of the same tables."""

import io
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

import xlsxwriter
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Row

from survey.bundle.arrange import Arrangement
from survey.bundle.cells import cleaned, fitting
from survey.bundle.dossier import Dossier, Table, read_dossier
from survey.bundle.names import Names
from survey.bundle.office import same_bytes
from survey.bundle.spool import Spool
from survey.domain.evidence import Evidence

WORD_PATH, SHEET_PATH = "ho-so-trinh/ho-so-xet-cong-nhan.docx", "ho-so-trinh/ho-so-xet-cong-nhan.xlsx"
_FONT = "Times New Roman"  # of official papers, Nghị định 30/2020/NĐ-CP, Phụ lục I
_PROPERTY_LENGTH = 255  # letters of a document's title in Word
_ACROSS_CM = 26.7  # A4 across without its margins
_TITLE_LENGTH = 31  # letters of a sheet's name in Excel
_WIDTHS = {
    "TT": 7, "Tiêu chí": 20, "Nội dung (chỉ tiêu)": 28, "Nội dung": 34, "Quy định": 13, "Tài liệu": 48, "Mẫu": 20, "Ghi chú": 22, "ĐVT": 9,
}  # fmt: skip
_WIDTH = 12  # letters of every other column
_LINE_PT = 15.5  # height of a line of the workbook

_LOOKS: dict[str, dict[str, object]] = {
    "title": {"bold": True, "font_size": 14},
    "note": {"italic": True, "text_wrap": True, "valign": "top"},
    "head": {"bold": True, "border": 1, "text_wrap": True, "align": "center", "valign": "vcenter"},
    "cell": {"border": 1, "text_wrap": True, "valign": "top"},
}


def add_dossier(spool: Spool, evidence: Evidence, _arrangement: Arrangement) -> None:
    """Put both files into *spool*."""
    dossier, day = read_dossier(evidence), evidence.scope.as_of
    spool.add(WORD_PATH, [same_bytes(_word(dossier, day))])
    spool.add(SHEET_PATH, [same_bytes(_workbook(dossier, day))])


def _word(dossier: Dossier, day: date) -> bytes:
    document = Document()
    _drop_thumbnail(document)
    about = document.core_properties
    about.title, about.author, about.language = cleaned(dossier.title)[:_PROPERTY_LENGTH], "", "vi"
    about.created = about.modified = datetime.combine(day, time(), UTC)
    _lay_out(document)
    document.add_heading(cleaned(dossier.title), level=0)
    for mark in dossier.marks:
        document.add_paragraph(cleaned(mark))
    for table in dossier.tables:
        document.add_heading(cleaned(table.title), level=1)
        document.add_paragraph(cleaned(table.note))
        _word_table(document, table)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _drop_thumbnail(document: WordDocument) -> None:
    """The library's template brings a picture of an empty page of its own, with the facts of the program that drew it."""
    relations = document.part.package.rels
    for name in [name for name, relation in relations.items() if relation.reltype.endswith("/thumbnail")]:
        relations.pop(name)


def _lay_out(document: WordDocument) -> None:
    """A4 across, in the typeface of official papers."""
    for style, size in (("Normal", 11), ("Heading 1", 13), ("Title", 16)):
        font = document.styles[style].font
        font.name, font.size, font.color.rgb = _FONT, Pt(size), RGBColor(0, 0, 0)
        fonts = document.styles[style].element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):  # a theme's typeface wins over a named one
            fonts.attrib.pop(qn(theme), None)
        for script in ("w:eastAsia", "w:cs"):
            fonts.set(qn(script), _FONT)
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(1.5)


def _word_table(document: WordDocument, table: Table) -> None:
    drawn = document.add_table(rows=1, cols=len(table.head), style="Table Grid")
    drawn.autofit = False
    for column, width in zip(drawn.columns, _columns(table), strict=True):
        column.width = Cm(_ACROSS_CM * width / sum(_columns(table)))
    _fill(drawn.rows[0], table.head, bold=True)
    mark = OxmlElement("w:tblHeader")  # the head comes again on every page
    mark.set(qn("w:val"), "true")
    drawn.rows[0]._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 - the library has no name for it
    for row in table.rows:
        _fill(drawn.add_row(), row)


def _fill(row: _Row, values: tuple[object, ...], *, bold: bool = False) -> None:
    for cell, value in zip(row.cells, values, strict=True):
        run = cell.paragraphs[0].add_run("" if value is None else cleaned(str(value)))
        run.bold, run.font.size = bold, Pt(9)
    whole = OxmlElement("w:cantSplit")  # a row stays on one page
    row._tr.get_or_add_trPr().append(whole)  # noqa: SLF001 - the library has no name for it


def _columns(table: Table) -> list[int]:
    """The columns' widths in letters."""
    return [_WIDTHS.get(name, _WIDTH) for name in table.head]


def _height(table: Table, row: tuple[object, ...]) -> float:
    """The height in points that shows every cell of *row* whole; a spreadsheet does not work it out for a file that it did not write."""
    lines = (max(1, -(-len(str(value)) * 6 // (width * 5))) for value, width in zip(row, _columns(table), strict=True))
    return _LINE_PT * min(max(lines), 26)


def _workbook(dossier: Dossier, day: date) -> bytes:
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"title": cleaned(dossier.title)[:_PROPERTY_LENGTH], "created": datetime.combine(day, time())})
        names = Names()
        styles = {name: book.add_format({"font_name": _FONT, "font_size": 11, **look}) for name, look in _LOOKS.items()}
        for table in dossier.tables:
            sheet = book.add_worksheet(_sheet_name(names, table.title))
            _fill_sheet(sheet, dossier, table, styles)
    return content.getvalue()


def _fill_sheet(sheet: Any, dossier: Dossier, table: Table, styles: Mapping[str, Any]) -> None:
    last, top = len(table.head) - 1, 2 + len(dossier.marks)
    sheet.write_string(0, 0, fitting(dossier.title), styles["title"])
    for number, mark in enumerate(dossier.marks, 1):
        sheet.write_string(number, 0, fitting(mark))
    sheet.merge_range(top - 1, 0, top - 1, last, cleaned(table.note), styles["note"])
    sheet.set_row(top - 1, 48)
    for column, name in enumerate(table.head):
        sheet.write_string(top, column, name, styles["head"])
        sheet.set_column(column, column, _WIDTHS.get(name, _WIDTH))
    sheet.set_row(top, _height(table, table.head))
    for number, row in enumerate(table.rows, top + 1):
        sheet.set_row(number, _height(table, row))
        for column, value in enumerate(row):
            if isinstance(value, int | float):
                sheet.write_number(number, column, value, styles["cell"])
            else:
                sheet.write_string(number, column, fitting(str(value or "")), styles["cell"])
    sheet.freeze_panes(top + 1, 2)
    sheet.autofilter(top, 0, top + len(table.rows), last)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)


def _sheet_name(names: Names, title: str) -> str:
    """*title* as Excel takes it: without the letters that it forbids, at most 31 long, no two alike."""
    plain = "".join(" " if letter in "[]:*?/\\'" else letter for letter in cleaned(title))
    return names.once(" ".join(plain.split())[: _TITLE_LENGTH - 3].strip())
