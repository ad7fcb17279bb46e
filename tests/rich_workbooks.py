"""Workbooks as offices have them (花样多的工作簿): all that an edit must leave as it is."""

from __future__ import annotations

import io
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill, Protection
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from tests.ledger_files import GOAL_HEAD, GOAL_ROW, TASK_HEAD, repacked, task

MACROS = b"\xd0\xcf\x11\xe0 no real macros"


def picture() -> bytes:
    """A small PNG (图片)."""
    from PIL import Image as Pixels

    stream = io.BytesIO()
    Pixels.new("RGB", (12, 8), (200, 30, 30)).save(stream, "PNG")
    return stream.getvalue()


def rich(*, comments: bool = True) -> bytes:
    """A ledger with colours, formulas, pictures, a chart, lists, comments, names, hidden and frozen parts.

    Of its tasks the second and the third have no status; the goals' sheet has a letter that XML must escape.
    """
    book = Workbook()
    goals = book.create_sheet("预期目标")
    sheet = book.create_sheet("重点任务")
    extra = book.create_sheet("汇总 & <统计>'表")
    book.remove(book.worksheets[0])
    for row in (GOAL_HEAD, GOAL_ROW):
        goals.append(row)
    sheet.append([*TASK_HEAD, "备注"])
    for number in range(1, 6):
        row = task(no=number, text=f"建成口袋公园{number}个", progress=f"已建成{number}个。")
        sheet.append([*row, "=A2+1" if number == 1 else None])
    for place in ("G3", "G4"):
        sheet[place] = None
        sheet[place].fill = PatternFill("solid", start_color="FFEE99")
        sheet[place].font = Font(name="仿宋", bold=True, color="CC0000")
    sheet.merge_cells("B5:B6")
    sheet.row_dimensions[5].hidden = True
    sheet.column_dimensions["H"].hidden = True
    sheet.column_dimensions["F"].width = 55
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = "A1:H6"
    rule = DataValidation(type="list", formula1='"正常推进,进展滞后"', allow_blank=True)
    rule.add("G2:G6")
    sheet.add_data_validation(rule)
    red = PatternFill("solid", bgColor="FF9999")
    sheet.conditional_formatting.add("G2:G6", CellIsRule(operator="equal", formula=['"进展滞后"'], fill=red))
    sheet["C2"].hyperlink = "https://example.invalid/a"
    if comments:
        sheet["C3"].comment = Comment("请区城管局再核一下", "王科")
    sheet.add_image(Image(io.BytesIO(picture())), "J2")
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=1, min_row=1, max_row=6), titles_from_data=True)
    sheet.add_chart(chart, "J8")
    extra["A1"] = '=COUNTIF(重点任务!G2:G6,"正常推进")'
    extra["A2"] = "合计"
    extra.sheet_state = "hidden"
    book.defined_names["任务区"] = DefinedName("任务区", attr_text="重点任务!$A$2:$G$6")
    stream = io.BytesIO()
    book.save(stream)
    return repacked(stream.getvalue(), _calculated)


def _calculated(name: str, data: bytes) -> bytes:
    """The results of the formulas beside them, as Excel saves them; openpyxl writes none."""
    return data.replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>").replace(b"<v/>", b"<v>2</v>")


def with_macros(blob: bytes) -> bytes:
    """The workbook as .xlsm (带宏)."""

    def change(name: str, data: bytes) -> bytes:
        if name == "[Content_Types].xml":
            data = data.replace(
                b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
            )
            return data.replace(
                b"</Types>",
                b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>',
            )
        if name == "xl/_rels/workbook.xml.rels":
            kind = b"http://schemas.microsoft.com/office/2006/relationships/vbaProject"
            more = b'<Relationship Id="rIdMacros" Type="' + kind + b'" Target="vbaProject.bin"/></Relationships>'
            return data.replace(b"</Relationships>", more)
        return data

    return repacked(blob, change, parts=[("xl/vbaProject.bin", MACROS)])


def prefixed(blob: bytes) -> bytes:
    """The workbook with its sheets' elements under a prefix, as some exporters write them (带前缀的命名空间)."""
    from lxml import etree

    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

    def change(name: str, data: bytes) -> bytes:
        if not name.startswith("xl/worksheets/sheet"):
            return data
        old = etree.fromstring(data)
        new = etree.Element(old.tag, nsmap={"x": main, **{key: each for key, each in old.nsmap.items() if key}})
        new.attrib.update(old.attrib)
        new.extend(list(old))
        etree.cleanup_namespaces(new, keep_ns_prefixes=["x"])
        text = etree.tostring(new, xml_declaration=True, encoding="UTF-8", standalone=True)
        assert b"<x:row" in text
        return text

    return repacked(blob, change)


def parts(blob: bytes) -> dict[str, bytes]:
    """The parts of a package (各部分) by name."""
    with ZipFile(io.BytesIO(blob)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed_parts(old: bytes, new: bytes) -> set[str]:
    """The names of the parts (改动的部分) that differ, were added or are gone."""
    before, after = parts(old), parts(new)
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def values(blob: bytes, title: str) -> list[tuple[object, ...]]:
    """What openpyxl sees in a sheet (单元格的值): formulas as such."""
    return [tuple(row) for row in load_workbook(io.BytesIO(blob))[title].iter_rows(values_only=True)]


def sheet_of(blob: bytes, title: str) -> Worksheet:
    """A sheet as openpyxl reads it (工作表)."""
    sheet = load_workbook(io.BytesIO(blob))[title]
    assert isinstance(sheet, Worksheet)
    return sheet


def protect(book: Workbook) -> None:
    """Protect the first sheet but for its cell G3 (保护工作表)."""
    sheet = book.worksheets[0]
    sheet["G3"].protection = Protection(locked=False)
    sheet.protection.sheet = True
