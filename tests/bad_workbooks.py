"""Bad workbooks (有毛病的工作簿): each name with how to make it, and which problems it must raise where."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from zipfile import ZIP_STORED, ZipFile

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from tests.ledger_files import (
    GOAL_HEAD,
    TASK_HEAD,
    TASK_ROW,
    repacked,
    task,
    tasks,
    with_shared_strings,
    with_sheet_xml,
    workbook,
)

Expects = list[tuple[str, str]]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def _column(header: str, value: object, edit: Callable[[Workbook], None] | None = None) -> bytes:
    """The standard ledger with one more column."""
    return workbook({"重点任务": [[*TASK_HEAD, header], [*TASK_ROW, value]]}, edit)


def _many_parts() -> bytes:
    return repacked(tasks(TASK_ROW), parts=[(f"x/{i}.xml", b"<a/>") for i in range(1001)])


def _encrypted_entry() -> bytes:
    blob = bytearray(tasks(TASK_ROW))
    # The flag word of the first entry in the central directory.
    start = blob.index(b"PK\x01\x02")
    blob[start + 8] |= 1
    return bytes(blob)


def _stored(parts: list[tuple[str, bytes]]) -> bytes:
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_STORED) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return stream.getvalue()


def _sheet(book: Workbook) -> Worksheet:
    return book[book.sheetnames[0]]


def merged(*ranges: str) -> Callable[[Workbook], None]:
    """An edit that merges the ranges of the first sheet."""

    def edit(book: Workbook) -> None:
        for place in ranges:
            _sheet(book).merge_cells(place)

    return edit


def _hide(book: Workbook) -> None:
    _sheet(book).row_dimensions[2].hidden = True
    _sheet(book).column_dimensions["F"].hidden = True


def _hide_sheet(book: Workbook) -> None:
    book["重点任务"].sheet_state = "hidden"


def _hide_other_sheet(book: Workbook) -> None:
    book["旧表"].sheet_state = "hidden"


def _number_format(book: Workbook) -> None:
    _sheet(book)["F2"].number_format = "# ?/?"


def _strict(name: str, data: bytes) -> bytes:
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return data.replace(main, b"http://purl.oclc.org/ooxml/spreadsheetml/main") if "workbook" in name else data


def _doctype(name: str, data: bytes) -> bytes:
    return b'<!DOCTYPE x [<!ENTITY a "b">]>' + data if name.endswith("sheet1.xml") else data


_DRAWN = b"""<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:twoCellAnchor><xdr:sp><xdr:txBody><a:p><a:r>
<a:t>\xe5\x8f\xa6\xe8\xa1\x8c\xe4\xb8\x8a\xe6\x8a\xa5</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:twoCellAnchor>
<xdr:twoCellAnchor><xdr:pic/></xdr:twoCellAnchor></xdr:wsDr>"""
_DRAWING = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId9" Type='
    b'"http://schemas.openxmlformats.org/officeDocument/2006/relationships/drawing" Target="../drawings/drawing1.xml"/>'
    b"</Relationships>"
)


def drawn_over() -> bytes:
    """A ledger with a text box 另行上报 and a picture over its cells."""
    parts = [("xl/drawings/drawing1.xml", _DRAWN), ("xl/worksheets/_rels/sheet1.xml.rels", _DRAWING)]
    return repacked(tasks(TASK_ROW), parts=parts)


def commented(book: Workbook) -> None:
    """An edit that puts a comment at C2."""
    _sheet(book)["C2"].comment = Comment("请再核实数量", "审核")


def _cover(blob: bytes) -> bytes:
    return with_sheet_xml(blob, "</sheetData>", '</sheetData><mergeCells><mergeCell ref="F2:F3"/></mergeCells>')


def _twice(blob: bytes) -> bytes:
    return with_sheet_xml(blob, '<row r="2">', '<row r="2"><c r="A2"><v>9</v></c></row><row r="2">')


def _overlap(blob: bytes) -> bytes:
    refs = "".join(f'<mergeCell ref="A1:G{2 + i}"/>' for i in range(3))
    return with_sheet_xml(blob, "</sheetData>", f"</sheetData><mergeCells>{refs}</mergeCells>")


def stored(cells: str) -> bytes:
    """A ledger with these cells as XML where F2 stood."""

    def change(name: str, data: bytes) -> bytes:
        if not name.startswith("xl/worksheets/"):
            return data
        changed, count = re.subn(rb'<c r="F2".*?</c>', cells.encode(), data, flags=re.DOTALL)
        assert count == 1
        return changed

    return repacked(tasks(TASK_ROW), change)


def _dated(value: float) -> bytes:
    def as_date(book: Workbook) -> None:
        _sheet(book)["F2"].number_format = "yyyy-mm-dd"

    return tasks(task(progress=value), edit=as_date)


def _of_no_namespace(name: str, data: bytes) -> bytes:
    """Its sheets would be overlooked, one and all."""
    return re.sub(rb"<workbook [^>]*>", b"<workbook>", data) if name == "xl/workbook.xml" else data


def _no_shared_strings(name: str, data: bytes) -> bytes | None:
    return b"<sst/>" if name.endswith("sharedStrings.xml") else data


BAD_WORKBOOKS: dict[str, tuple[Callable[[], bytes], Expects]] = {
    # -- what the file is
    "~$ledger.xlsx": (lambda: b"\x05admin", [("file.wrong-kind", "~$ledger.xlsx")]),
    "empty.xlsx": (lambda: b"", [("file.wrong-kind", "empty.xlsx")]),
    "old-xls.xlsx": (lambda: OLE + "Workbook".encode("utf-16-le"), [("file.wrong-kind", "")]),
    "old-doc.xlsx": (lambda: OLE + "WordDocument".encode("utf-16-le"), [("file.wrong-kind", "")]),
    "password.xlsx": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), [("file.encrypted", "")]),
    "encrypted-part.xlsx": (_encrypted_entry, [("file.encrypted", "")]),
    "no-namespace.xlsx": (lambda: repacked(tasks(TASK_ROW), _of_no_namespace), [("file.damaged", "")]),
    "pdf.xlsx": (lambda: b"%PDF-1.7\n", [("file.wrong-kind", "")]),
    "picture.xlsx": (lambda: b"\x89PNG\r\n\x1a\n", [("file.wrong-kind", "")]),
    "html.xlsx": (lambda: b"\n<html><table><tr><td>1</td></tr></table></html>", [("file.wrong-kind", "")]),
    "xml-2003.xlsx": (lambda: b'<?xml version="1.0"?><Workbook/>', [("file.wrong-kind", "")]),
    "text.xlsx": (lambda: "序号,工作任务".encode("gb18030"), [("file.wrong-kind", "")]),
    "rar.xlsx": (lambda: b"Rar!\x1a\x07\x00", [("file.wrong-kind", "")]),
    "word.xlsx": (lambda: _stored([("word/document.xml", b"<a/>")]), [("file.wrong-kind", "")]),
    "binary.xlsx": (lambda: _stored([("xl/workbook.bin", b"\0")]), [("file.wrong-kind", "")]),
    "ods.xlsx": (lambda: _stored([("mimetype", b"x"), ("content.xml", b"<a/>")]), [("file.wrong-kind", "")]),
    "zip.xlsx": (lambda: _stored([("a.txt", b"x")]), [("file.wrong-kind", "")]),
    "workbook.xls": (lambda: tasks(TASK_ROW), [("file.wrong-kind", "workbook.xls")]),
    "strict.xlsx": (lambda: repacked(tasks(TASK_ROW), _strict), [("file.strict-xlsx", "")]),
    "cut-off.xlsx": (lambda: tasks(TASK_ROW)[:3000], [("file.damaged", "")]),
    "no-strings.xlsx": (
        lambda: repacked(with_shared_strings(tasks(TASK_ROW)), _no_shared_strings),
        [("file.damaged", "")],
    ),
    "row-twice.xlsx": (lambda: _twice(tasks(TASK_ROW)), [("file.damaged", "")]),
    "merges-overlap.xlsx": (lambda: _overlap(tasks(TASK_ROW)), [("file.damaged", "")]),
    "many-parts.xlsx": (_many_parts, [("file.unsafe", "")]),
    "bomb.xlsx": (
        lambda: repacked(tasks(TASK_ROW), parts=[("xl/media/a.bin", bytes(5_000_000))]),
        [("file.unsafe", "")],
    ),
    "same-part-twice.xlsx": (
        lambda: repacked(tasks(TASK_ROW), parts=[("XL/Workbook.xml", b"<a/>")]),
        [("file.unsafe", "")],
    ),
    "doctype.xlsx": (lambda: repacked(tasks(TASK_ROW), _doctype), [("file.unsafe", "")]),
    # -- sheets
    "missing-sheet.xlsx": (
        lambda: workbook({"Sheet1": [TASK_HEAD, TASK_ROW], "Sheet2": []}),
        [("ledger.missing-sheet", "missing-sheet.xlsx"), ("ledger.unread-sheet", "Sheet1")],
    ),
    "two-sheets-alike.xlsx": (
        lambda: workbook({"重点任务1": [TASK_HEAD, TASK_ROW], "重点任务2": [TASK_HEAD, TASK_ROW]}),
        [("ledger.ambiguous-sheet", "")],
    ),
    "sheet-not-wanted.xlsx": (
        lambda: workbook({"预期目标": [["序号", "责任单位"], [1, "区教委"]], "重点任务": [TASK_HEAD, TASK_ROW]}),
        [("ledger.unread-sheet", "预期目标")],
    ),
    "hidden-sheet.xlsx": (
        lambda: workbook({"说明": [], "重点任务": [TASK_HEAD, TASK_ROW]}, _hide_sheet),
        [("ledger.hidden", "重点任务")],
    ),
    "hidden-other-sheet.xlsx": (
        lambda: workbook({"重点任务": [TASK_HEAD, TASK_ROW], "旧表": [["x"]]}, _hide_other_sheet),
        [("ledger.hidden", "旧表")],
    ),
    # -- heads
    "above-head.xlsx": (
        lambda: workbook({"重点任务": [["台账"], ["填报单位：区督查办", "6月30日"], TASK_HEAD, TASK_ROW]}),
        [("ledger.above-head", "A2")],
    ),
    "empty-sheet.xlsx": (lambda: workbook({"重点任务": []}), [("ledger.no-head", "重点任务")]),
    "no-head.xlsx": (lambda: workbook({"重点任务": [TASK_ROW, TASK_ROW]}), [("ledger.no-head", "")]),
    "no-rows.xlsx": (lambda: tasks(), [("ledger.no-rows", "重点任务")]),
    "missing-column.xlsx": (
        lambda: workbook({"重点任务": [["序号", "分类", "事项", "责任单位", "进展情况"], [1, "a", "b", "c", "d"]]}),
        [("ledger.missing-column", "A1"), ("ledger.unknown-column", "C1")],
    ),
    "two-columns.xlsx": (lambda: _column("完成情况", "x"), [("ledger.duplicate-column", "F1")]),
    "unknown-column.xlsx": (lambda: _column("联系电话", "8888"), [("ledger.unknown-column", "H1")]),
    "column-without-head.xlsx": (lambda: _column("", "8888"), [("ledger.unknown-column", "H2")]),
    "head-again.xlsx": (lambda: tasks(TASK_ROW, TASK_HEAD), [("ledger.repeated-head", "A3")]),
    "too-many-columns.xlsx": (
        lambda: tasks(TASK_ROW, [None] * 64 + ["x"]),
        [("ledger.too-many-columns", "BM3")],
    ),
    "too-many-rows.xlsx": (
        lambda: tasks(*[task(text=f"任务{i}") for i in range(10_001)]),
        [("ledger.too-many-rows", "A10002")],
    ),
    "far-too-many-rows.xlsx": (
        lambda: tasks(*[task(text=f"任务{i}") for i in range(12_000)]),
        [("ledger.too-many-rows", "A100")],
    ),
    # -- cells
    "error-cell.xlsx": (lambda: tasks(task(progress="#REF!")), [("ledger.error-cell", "F2")]),
    "formula.xlsx": (lambda: tasks(task(progress="=1+1")), [("ledger.no-cached-value", "F2")]),
    "boolean.xlsx": (lambda: tasks(task(status=True)), [("ledger.boolean", "G2")]),
    "number-format.xlsx": (
        lambda: tasks(task(progress=0.5), edit=_number_format),
        [("ledger.number-format", "F2")],
    ),
    **{
        f"stored-{i}.xlsx": (lambda cell=cell: stored(cell), [("ledger.unreadable-cell", "F2")])  # type: ignore[misc]
        for i, cell in enumerate(
            (
                '<c r="F2"><v>NaN</v></c>',
                '<c r="F2"><v>INF</v></c>',
                '<c r="F2"><v>1e999</v></c>',
                f'<c r="F2"><v>{"9" * 1000}</v></c>',
                '<c r="F2"><v>很多</v></c>',
                '<c r="F2" t="d"><v>2026-02-30</v></c>',
                '<c r="F2" t="d"><v>2026-06-30乱</v></c>',
                '<c r="F2" t="b"><v>也许</v></c>',
                '<c r="F2" s="99"><v>3</v></c>',
                '<c r="F2" s="-1"><v>3</v></c>',
                '<c r="F2" s="x"><v>3</v></c>',
            )
        )
    },
    "date-before-all.xlsx": (lambda: _dated(-2.3), [("ledger.bad-date", "F2")]),
    "date-of-no-day.xlsx": (lambda: _dated(60), [("ledger.bad-date", "F2")]),
    "date-zero.xlsx": (lambda: _dated(0), [("ledger.bad-date", "F2")]),
    "date-half.xlsx": (lambda: _dated(0.5), [("ledger.bad-date", "F2")]),
    "date-too-late.xlsx": (lambda: _dated(2_958_466), [("ledger.bad-date", "F2")]),
    "cell-twice.xlsx": (
        lambda: stored('<c r="F2"><v>1</v></c><c r="F2"><v>2</v></c>'),
        [("file.damaged", "「重点任务」F2")],
    ),
    "address-in-dollars.xlsx": (lambda: stored('<c r="$F$2"><v>1</v></c>'), [("file.damaged", "「重点任务」F2")]),
    "address-too-far.xlsx": (lambda: stored('<c r="ZZZZ2"><v>1</v></c>'), [("file.damaged", "「重点任务」F2")]),
    "row-of-letters.xlsx": (
        lambda: with_sheet_xml(tasks(TASK_ROW), '<row r="2">', '<row r="abc">'),
        [("file.damaged", "「重点任务」A2")],
    ),
    "merge-without-end.xlsx": (
        lambda: with_sheet_xml(
            tasks(TASK_ROW), "</sheetData>", '</sheetData><mergeCells><mergeCell ref="A1:"/></mergeCells>'
        ),
        [("file.damaged", "「重点任务」")],
    ),
    "columns-of-letters.xlsx": (
        lambda: with_sheet_xml(
            tasks(TASK_ROW), "<sheetData>", '<cols><col min="x" max="y" hidden="1"/></cols><sheetData>'
        ),
        [("file.damaged", "「重点任务」")],
    ),
    "broken-from-row-2.xlsx": (
        lambda: with_sheet_xml(tasks(TASK_ROW), '<row r="2">', '<row r="2"><x>'),
        [("file.damaged", "「重点任务」A2")],
    ),
    "many-unreadable.xlsx": (
        lambda: stored("".join(f'<c r="A{c}2"><v>x</v></c>' for c in "ABCDEFGHIJKLMNOPQRSTU")),
        [("file.damaged", "「重点任务」")],
    ),
    "long-number.xlsx": (lambda: tasks(task(progress=123456789012345678)), [("ledger.long-number", "F2")]),
    "comment.xlsx": (lambda: tasks(TASK_ROW, edit=commented), [("ledger.comment", "C2")]),
    "drawn-over.xlsx": (drawn_over, [("ledger.unseen-text", "重点任务"), ("ledger.picture", "重点任务")]),
    "covered.xlsx": (
        lambda: _cover(tasks(TASK_ROW, task(text="另一项", progress="盖住的话"))),
        [("ledger.covered-text", "F3")],
    ),
    "hidden.xlsx": (lambda: tasks(TASK_ROW, edit=_hide), [("ledger.hidden", "A2"), ("ledger.hidden", "F1")]),
    "merged-across.xlsx": (
        lambda: tasks(["一、城市更新"], TASK_ROW, edit=merged("A2:G2")),
        [("ledger.merged-across", "A2")],
    ),
    "invisible.xlsx": (lambda: tasks(task(text="建成\u200b公园")), [("text.invisible", "C2")]),
    "illegal.xlsx": (lambda: tasks(task(text="建成_x0007_公园")), [("text.illegal", "C2")]),
    # -- rows
    "empty-task.xlsx": (
        lambda: tasks(task(text=None), ["待定"]),
        [("ledger.empty-task", "C2"), ("ledger.empty-task", "C3")],
    ),
    "remark-row.xlsx": (
        lambda: tasks(TASK_ROW, ["备注：以上"], [None, " 合 计", "12项"], edit=merged("A3:G3")),
        [("ledger.remark-row", "A3"), ("ledger.remark-row", "B4")],
    ),
    "merged-task.xlsx": (
        lambda: tasks(TASK_ROW, task(text=None, lead="区教委"), edit=merged("C2:C3")),
        [("ledger.merged-task", "C3")],
    ),
    "no-lead-unit.xlsx": (lambda: tasks(task(lead=" \n ")), [("ledger.no-lead-unit", "D2")]),
    "unknown-status.xlsx": (
        lambda: tasks(task(status="正常推近"), task(status=None, text="另一项")),
        [("ledger.unknown-status", "G2"), ("ledger.unknown-status", "G3")],
    ),
    "goal-status-on-task.xlsx": (lambda: tasks(task(status="符合预期")), [("ledger.unknown-status", "G2")]),
    "progress.xlsx": (
        lambda: tasks(task(progress=None), task(progress="近期无进展。", text="另一项")),
        [("ledger.empty-progress", "F2"), ("ledger.no-progress", "F3")],
    ),
    "row-again.xlsx": (lambda: tasks(TASK_ROW, TASK_ROW), [("ledger.duplicate-row", "C3")]),
    "units.xlsx": (
        lambda: tasks(task(lead="区教委、区教委", support="区财政局（区金融办"), task(text="另", lead="区教位")),
        [("ledger.duplicate-unit", "D2"), ("ledger.unclosed-bracket", "E2"), ("ledger.unknown-unit", "D3")],
    ),
    "vague-unit.xlsx": (lambda: tasks(task(lead="区教委", support="区级有关部门")), [("ledger.vague-unit", "E2")]),
    "ended-unit.xlsx": (lambda: tasks(task(lead="区文教局")), [("ledger.ended-unit", "D2")]),
    "private-character.xlsx": (lambda: tasks(task(text="建成\ue123公园")), [("text.private-character", "C2")]),
    "odd-unit.xlsx": (
        lambda: tasks(task(lead="牵头：区教委 配合：区财政局")),
        [("ledger.odd-unit", "D2")],
    ),
    "goals-head-only.xlsx": (
        lambda: workbook({"预期目标": [GOAL_HEAD], "重点任务": [TASK_HEAD, TASK_ROW]}),
        [("ledger.no-rows", "预期目标")],
    ),
}
