"""Bad returns (有毛病的反馈文件): each with how to make it, and which problems reading it must raise or give, where.

A return is refused if one of its problems is an error; else it is read, and its problems are warnings.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile

import xlwt
from openpyxl import Workbook

from reportgen.problems import InputError, Problem
from tests.bad_workbooks import OLE, commented, drawn_over, stored
from tests.ledger_files import TASK_HEAD, TASK_ROW, as_csv, repacked, task, tasks, with_sheet_xml, workbook

ROWS: list[list[Any]] = [TASK_HEAD, TASK_ROW, task(no=2, text="完成“老旧小区”改造3个", progress="已开工\n2个，占66.7%")]


@dataclass(frozen=True)
class BadReturn:
    """A bad return: its name, its bytes, (code, part of the place) of its problems, and words that must be said."""

    name: str
    make: Callable[[], bytes]
    expects: list[tuple[str, str]]
    says: str = ""

    @property
    def codes(self) -> list[str]:
        """The codes that it must raise."""
        return [code for code, _ in self.expects]

    def problems(self) -> tuple[Problem, ...]:
        """All problems that reading it raises or gives."""
        from reportgen.ledger.files.outside import read_contents

        try:
            return read_contents(self.make(), self.name).problems
        except InputError as fault:
            return fault.problems


# ---- making files


def zipped(*parts: tuple[str, bytes], method: int = ZIP_STORED) -> bytes:
    """A package of these parts."""
    stream = io.BytesIO()
    with ZipFile(stream, "w", method) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return stream.getvalue()


def ole(stream: str) -> bytes:
    """The beginning of a file of the time before 2007 that has this stream."""
    return OLE + stream.encode("utf-16-le") + bytes(512)


def old_workbook(edit: Callable[[xlwt.Workbook], None] | None = None) -> bytes:
    """The rows as .xls."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("重点任务")
    for r, row in enumerate(ROWS):
        for c, value in enumerate(row):
            sheet.write(r, c, value)
    if edit:
        edit(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_ODS_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0">'
    '<office:automatic-styles><style:style style:name="h" style:family="table">'
    '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    "<office:body><office:spreadsheet>"
)


def ods(*tables: str, parts: tuple[tuple[str, bytes], ...] = ()) -> bytes:
    """An OpenDocument workbook of these tables, each as XML."""
    content = _ODS_HEAD + "".join(tables) + "</office:spreadsheet></office:body></office:document-content>"
    return zipped(("mimetype", ODS_TYPE), ("content.xml", content.encode()), *parts, method=ZIP_DEFLATED)


def ods_table(*rows: str, name: str = "重点任务", style: str = "") -> str:
    """A table of an OpenDocument workbook of rows as XML."""
    return f'<table:table table:name="{name}" table:style-name="{style}">' + "".join(rows) + "</table:table>"


def ods_cell(inside: str, settings: str = "") -> str:
    """A cell of an OpenDocument workbook."""
    return f"<table:table-cell {settings}>{inside}</table:table-cell>"


def ods_row(*cells: str | None, settings: str = "") -> str:
    """A row of an OpenDocument workbook: texts, or cells as XML."""
    made = (cell if cell and cell.startswith("<") else ods_cell(f"<text:p>{cell or ''}</text:p>") for cell in cells)
    return f"<table:table-row {settings}>" + "".join(made) + "</table:table-row>"


def as_html() -> bytes:
    """A web page that calls itself a workbook, as many systems export it."""
    cells = "".join("<tr>" + "".join(f"<td>{value}</td>" for value in row) + "</tr>" for row in ROWS)
    return f"<html><head><meta charset='gbk'></head><table>{cells}</table></html>".encode("gbk")


def with_macros() -> bytes:
    """A workbook with a macro part."""
    return repacked(tasks(*ROWS[1:]), parts=[("xl/vbaProject.bin", ole("VBA"))])


def _hidden(*titles: str, state: Literal["hidden", "veryHidden"] = "hidden") -> bytes:
    def edit(book: Workbook) -> None:
        for title in titles:
            book[title].sheet_state = state

    return workbook({"重点任务": ROWS, **{title: [["旧", "表"]] for title in titles}}, edit)


def _hide_old_row(book: xlwt.Workbook) -> None:
    book.get_sheet(0).row(1).hidden = True


def _old_error(book: xlwt.Workbook) -> None:
    book.get_sheet(0).row(3).set_cell_error(5, 42)


def _ods_hidden() -> bytes:
    table = ods_table(ods_row(*TASK_HEAD), ods_row("1", "甲", settings='table:visibility="collapse"'))
    return ods(table, ods_table(ods_row("旧表"), name="旧表", style="h"))


def sparse() -> bytes:
    """A workbook whose one value lies in the last cell that there is."""
    return with_sheet_xml(
        tasks(TASK_ROW),
        "</sheetData>",
        '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>远</t></is></c></row></sheetData>',
    )


def _without_cells(name: str, data: bytes) -> bytes:
    return data if not name.startswith("xl/worksheets/") else data[: data.index(b"<sheetData>")] + b"</worksheet>"


_BOX = """<?xml version="1.0" encoding="UTF-8"?>
<office:document office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.spreadsheet"
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0">
<office:automatic-styles><style:style style:name="ta1" style:family="table" style:master-page-name="M">
<style:table-properties table:display="true"/></style:style><style:page-layout style:name="pm"><style:header-style/>
<style:footer-style/></style:page-layout></office:automatic-styles>
<office:master-styles><style:master-page style:name="M" style:page-layout-name="pm">
<style:header><text:p>填报单位：区教委</text:p></style:header>
<style:footer><text:p>第<text:page-number>1</text:page-number>页</text:p></style:footer>
</style:master-page></office:master-styles>
<office:body><office:spreadsheet><table:table table:name="重点任务" table:style-name="ta1"><table:shapes>
<draw:custom-shape svg:width="4cm" svg:height="2cm" svg:x="3cm" svg:y="5cm"><text:p>另行上报的内容</text:p>
<draw:enhanced-geometry draw:type="rectangle"/></draw:custom-shape></table:shapes><table:table-row>
<table:table-cell><office:annotation><text:p>请核实</text:p></office:annotation><text:p>甲</text:p></table:table-cell>
<table:table-cell><text:p>乙</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet>
</office:body></office:document>
"""


def beside_the_cells() -> bytes:
    """A flat OpenDocument workbook with a comment, a text box and a page header, for LibreOffice to save as others."""
    return _BOX.encode()


# ---- bombs


@cache
def bombs() -> dict[str, Callable[[], bytes]]:
    """Eight packages that unpack to far more than they are, or to too many parts."""
    good = tasks(*ROWS[1:])
    million = bytes(1024 * 1024)
    return {
        "one-part.xlsx": lambda: repacked(good, parts=[("xl/media/a.bin", million * 5)]),
        "many-parts-of-it.xlsx": lambda: repacked(good, parts=[(f"xl/m/{i}.bin", million * 2) for i in range(30)]),
        "sheet-of-blanks.xlsx": lambda: with_sheet_xml(good, "</sheetData>", " " * 3_000_000 + "</sheetData>"),
        "strings.xlsx": lambda: repacked(good, parts=[("xl/sharedStrings.xml", b"<sst>" + b" " * 4_000_000)]),
        "other-method.xlsx": lambda: repacked(good) and _with_lzma(good, million * 40),
        "too-many-parts.xlsx": lambda: repacked(good, parts=[(f"x/{i}.xml", b"<a/>") for i in range(1001)]),
        "content.ods": lambda: ods(ods_table(" " * 5_000_000)),
        "word.docx": lambda: zipped(("word/document.xml", b" " * 5_000_000), method=ZIP_DEFLATED),
    }


def _with_lzma(good: bytes, data: bytes) -> bytes:
    stream = io.BytesIO(good)
    with ZipFile(stream, "a", ZIP_LZMA) as archive:
        archive.writestr("xl/media/b.bin", data)
    return stream.getvalue()


LAUGHS = b"<!DOCTYPE a [" + b"".join(b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10) for i in range(1, 10)) + b"]>"
OUTSIDE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def entity_bombs() -> dict[str, bytes]:
    """Entities that multiply and entities that fetch, in each kind of package, in each encoding of its XML."""
    good = tasks(*ROWS[1:])
    made: dict[str, bytes] = {}
    for label, declared in (("laughs", LAUGHS), ("outside", OUTSIDE)):

        def in_sheet(name: str, data: bytes, declared: bytes = declared) -> bytes:
            return declared + data if name.endswith("sheet1.xml") else data

        def in_utf_16(name: str, data: bytes, declared: bytes = declared) -> bytes:
            return (declared + data).decode().encode("utf-16") if name.endswith("workbook.xml") else data

        made[f"{label}.xlsx"] = repacked(good, in_sheet)
        made[f"{label}-16.xlsx"] = repacked(good, in_utf_16)
        content = declared + b"<office:document-content/>"
        made[f"{label}.ods"] = zipped(("mimetype", ODS_TYPE), ("content.xml", content))
        made[f"{label}.docx"] = zipped(("word/document.xml", declared + b"<a/>"))
    return made


_RECORD_EOF = struct.pack("<HH", 0x0A, 0)
EXCEL_95 = struct.pack("<HHHHHH", 0x809, 8, 0x500, 0x05, 0, 0) + _RECORD_EOF


def excel_95() -> bytes:
    """A workbook of 1995: its stream is called Book, its records are of version 5."""
    from xlwt.CompoundDoc import XlsDoc

    stream = io.BytesIO()
    XlsDoc().save(stream, EXCEL_95 + bytes(4096))
    # The writer knows only the newer name; both are as long as a directory entry allows.
    blob = stream.getvalue()
    name = "Workbook\0".encode("utf-16-le")
    at = blob.index(name)
    older = "Book\0".encode("utf-16-le")
    entry = bytearray(blob)
    entry[at : at + len(name)] = older.ljust(len(name), b"\0")
    entry[at + 64 : at + 66] = struct.pack("<H", len(older))
    return bytes(entry)


# ---- the kit

WRONG = "file.wrong-kind"

BAD_RETURNS = [
    # -- what a folder of returns holds beside returns
    BadReturn("~$区教委.xlsx", lambda: b"\x05admin" + bytes(159), [(WRONG, "")], "临时文件"),
    BadReturn(".~区教委.et", lambda: bytes(100), [(WRONG, "")], "「区教委.et」"),
    BadReturn("Thumbs.db", lambda: ole("Catalog"), [(WRONG, "")], "操作系统留下的文件"),
    BadReturn("反馈/._区教委.xlsx", lambda: bytes(120), [(WRONG, "")], "操作系统留下的文件"),
    BadReturn("空.xlsx", lambda: b"", [(WRONG, "")], "空文件"),
    BadReturn("旧.doc", lambda: ole("WordDocument"), [(WRONG, "")], "旧版 Word 文档"),
    BadReturn("旧.wps", lambda: ole("WordDocument"), [(WRONG, "")], "另存为「Word 文档（*.docx）」"),
    BadReturn("旧.dps", lambda: ole("PowerPoint Document"), [(WRONG, "")], "旧版演示文稿"),
    BadReturn("邮件.msg", lambda: ole("__substg1.0_1000001E"), [(WRONG, "")], "把附件另存"),
    BadReturn("扫描.pdf", lambda: b"%PDF-1.7\n", [(WRONG, "")], "PDF 的表格读不准"),
    BadReturn("反馈.rtf", lambda: b"{\\rtf1 a}", [(WRONG, "")], "RTF 文档"),
    BadReturn("截图.png", lambda: b"\x89PNG\r\n\x1a\n", [(WRONG, "")], "图片里的文字读不了"),
    BadReturn("截图.bmp", lambda: b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0", [(WRONG, "")], "是图片"),
    BadReturn("截图.webp", lambda: b"RIFF\x10\0\0\0WEBPVP8 ", [(WRONG, "")], "是图片"),
    BadReturn("打包.zip", lambda: zipped(("a.txt", b"x")), [(WRONG, "")], "先解压"),
    BadReturn("打包.rar", lambda: b"Rar!\x1a\x07\x00", [(WRONG, "")], "先解压"),
    BadReturn("打包.7z", lambda: b"7z\xbc\xaf\x27\x1c", [(WRONG, "")], "先解压"),
    BadReturn("快捷方式.lnk", lambda: b"L\0\0\0\x01\x14\x02\0" + bytes(60), [(WRONG, "")], "快捷方式"),
    BadReturn("公文.ofd", lambda: zipped(("OFD.xml", b"<a/>")), [(WRONG, "")], "版式文件"),
    BadReturn("文字.odt", lambda: zipped(("content.xml", b"<a/>")), [(WRONG, "")], "OpenDocument 文件"),
    BadReturn("幻灯片.pptx", lambda: zipped(("ppt/presentation.xml", b"<a/>")), [(WRONG, "")], "演示文稿"),
    BadReturn("二进制.xlsb", lambda: zipped(("xl/workbook.bin", b"\0")), [(WRONG, "")], "二进制工作簿"),
    BadReturn("网页.xls", as_html, [(WRONG, "")], "网页"),
    BadReturn("单个网页.xls", lambda: b"MIME-Version: 1.0\nX-Document-Type: Workbook\n", [(WRONG, "")], "网页"),
    BadReturn("表格2003.xls", lambda: b'<?xml version="1.0"?><Workbook/>', [(WRONG, "")], "XML 表格"),
    BadReturn("平.fods", beside_the_cells, [(WRONG, "")], "OpenDocument，.fods"),
    BadReturn(
        "二〇〇三.xml",
        lambda: b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        [(WRONG, "")],
        "Excel 2003",
    ),
    BadReturn("二.xls", lambda: b"\t\0\x04\0\x02\0\x10\0" + bytes(40), [(WRONG, "")], "旧版表格"),
    BadReturn("四.xls", lambda: b"\t\x04\x06\0\0\0\x10\0" + bytes(40), [(WRONG, "")], "旧版表格"),
    BadReturn("设置.yaml", lambda: b"a: 1\n", [(WRONG, "")], "文本文件"),
    BadReturn("程序.exe", lambda: b"MZ\x90\0\x03\0\xff\xff", [(WRONG, "")], "无法识别的文件"),
    BadReturn("加密.xlsx", lambda: ole("EncryptedPackage"), [("file.encrypted", "")], "取消密码"),
    # -- broken
    BadReturn("断.xlsx", lambda: tasks(TASK_ROW)[:3000], [("file.damaged", "")], "可能已损坏"),
    BadReturn("断.xls", lambda: old_workbook()[:2500], [("file.damaged", "")], "可能已损坏"),
    BadReturn("假.xls", lambda: ole("Workbook"), [("file.damaged", "")], "可能已损坏"),
    BadReturn("断.ods", lambda: ods(ods_table("<table:table-row>")), [("file.damaged", "")], "可能已损坏"),
    BadReturn("无正文.ods", lambda: zipped(("mimetype", ODS_TYPE)), [("file.damaged", "")], "可能已损坏"),
    BadReturn("缺表.xlsx", lambda: repacked(tasks(), _without_cells), [("file.damaged", "")], "没有存放单元格的部分"),
    BadReturn("空表.ods", lambda: ods(ods_table(ods_row("", ""))), [("file.no-text", "")], "没有任何文字"),
    BadReturn("空.csv", lambda: b" ,\n,\n", [("file.no-text", "")], "没有任何文字"),
    BadReturn(
        "加密.ods",
        lambda: zipped(
            ("mimetype", ODS_TYPE),
            ("content.xml", b"\x8f\x01"),
            ("META-INF/manifest.xml", b"<manifest:encryption-data/>"),
        ),
        [("file.encrypted", "")],
        "加了密码",
    ),
    BadReturn("九五.xls", excel_95, [("file.old-xls", "")], "Excel 95"),
    BadReturn(
        "断.docx",
        lambda: zipped(("word/document.xml", b"x" * 2000))[:900],
        [("file.damaged", "")],
        "Word 文档（*.docx）",
    ),
    BadReturn("加密.docx", lambda: ole("EncryptedPackage"), [("file.encrypted", "")], "另存为 .docx"),
    BadReturn(
        "重格.xlsx", lambda: stored('<c r="F2"><v>1</v></c>' * 2), [("file.damaged", "「重点任务」F2")], "出现两次"
    ),
    BadReturn(
        "断行.ods",
        lambda: ods(ods_table(ods_row("甲", settings='table:number-rows-repeated="x"'))),
        [("file.damaged", "「重点任务」A1")],
        "从这一行起",
    ),
    # -- too much
    BadReturn("远.xlsx", sparse, [("ledger.too-many-columns", "XFD1048576")], "最多 64 列"),
    BadReturn(
        "长.xlsx",
        lambda: tasks(*[task(text=f"任务{i}") for i in range(10_020)]),
        [("ledger.too-many-rows", "A10010")],
        "超过 10000 行",
    ),
    BadReturn(
        "长.ods",
        lambda: ods(ods_table(ods_row("甲", settings='table:number-rows-repeated="1048576"'))),
        [("ledger.too-many-rows", "A10010")],
        "超过 10000 行",
    ),
    BadReturn(
        "宽.ods",
        lambda: ods(
            ods_table(
                ods_row(
                    '<table:table-cell table:number-columns-repeated="16384"><text:p>甲</text:p></table:table-cell>'
                )
            )
        ),
        [("ledger.too-many-columns", "BM1")],
        "最多 64 列",
    ),
    BadReturn("长.csv", lambda: as_csv([["甲", "乙"]] * 10_020), [("ledger.too-many-rows", ":10011")], "超过 10000 行"),
    BadReturn("宽.csv", lambda: as_csv([["甲"] * 65]), [("ledger.too-many-columns", ":1:65")], "最多 64 个"),
    # -- CSV
    BadReturn("引号.csv", lambda: '序号,工作任务\n1,"甲\n2,乙\n'.encode(), [("text.csv-quote", ":2")], "引号没有成对"),
    BadReturn("分号.csv", lambda: "序号;工作任务;进展\n1;甲;乙\n".encode(), [("text.csv-mark", ":1")], "用「;」分列"),
    BadReturn(
        "竖线.csv", lambda: "反馈表\n序号|工作任务|进展\n1|甲|乙\n".encode(), [("text.csv-mark", ":2")], "用「|」分列"
    ),
    BadReturn("无标记.csv", lambda: "序号,甲\n一,乙\n".encode("utf-16-le"), [("file.encoding", ":1")], "UTF-16"),
    BadReturn("三十二位.csv", lambda: "序号,甲\n1,x\n".encode("utf-32"), [("file.encoding", ":1")], "UTF-32"),
    BadReturn("引号二.csv", lambda: '序号,甲\n1,"a\nb"\n2,"丙\n'.encode(), [("text.csv-quote", ":4")], "引号没有成对"),
    BadReturn("错列.csv", lambda: "序号,工作任务\n1,甲\n2\n3,乙,丙\n".encode(), [("text.ragged-row", ":3")] * 2, ""),
    BadReturn("长题.csv", lambda: "甲,乙,丙\n序号,工作任务\n1,甲\n".encode(), [("text.ragged-row", ":1")], ""),
    BadReturn("空字符.csv", lambda: "序号,工作任务\n1,甲\0\n".encode(), [("text.nul", ":2")], "空字符"),
    BadReturn(
        "问号.csv",
        lambda: "序号,工作任务,进展情况\n1,新建学校2所,已开工\n".encode("ascii", "replace"),
        [("text.question-marks", ":1:1")],
        "报送原来的 .xlsx",
    ),
    # -- read, with a word on what is odd
    BadReturn("表.xlsx", lambda: as_csv(ROWS), [("file.wrong-suffix", "")], "CSV 文本"),
    BadReturn("表.xls", lambda: tasks(*ROWS[1:]), [("file.wrong-suffix", "")], "Excel 工作簿"),
    BadReturn("表.csv", old_workbook, [("file.wrong-suffix", "")], "旧版表格"),
    BadReturn("表", lambda: ods(ods_table(ods_row("甲"))), [("file.wrong-suffix", "")], ".ods"),
    BadReturn("宏.xlsm", with_macros, [("file.macros", "")], "没有运行"),
    BadReturn("隐藏.xlsx", lambda: _hidden("旧表"), [("ledger.hidden", "旧表")], "仍已读入"),
    BadReturn("深藏.xlsx", lambda: _hidden("旧表", state="veryHidden"), [("ledger.hidden", "旧表")], "没有读入"),
    BadReturn("隐藏行.xls", lambda: old_workbook(_hide_old_row), [("ledger.hidden", "A2")], "第 2 行"),
    BadReturn("隐藏.ods", _ods_hidden, [("ledger.hidden", "A2"), ("ledger.hidden", "旧表")], "仍已读入"),
    BadReturn("批注.xlsx", lambda: tasks(TASK_ROW, edit=commented), [("ledger.comment", "C2")], "请再核实数量"),
    BadReturn(
        "图形.xlsx", drawn_over, [("ledger.unseen-text", "重点任务"), ("ledger.picture", "重点任务")], "另行上报"
    ),
]
