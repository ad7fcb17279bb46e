"""Files that cannot be checked (查不了的文件): each with how to make it, its code, and words of what must be said."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pikepdf

from reportgen.writers.docx import write_docx
from tests.bad_workbooks import OLE
from tests.builders import document, small, styles
from tests.ledger_files import TASK_ROW, repacked, tasks


@dataclass(frozen=True)
class BadFile:
    """A file that is refused: `says` stands in what is said, `fix` in what to do."""

    name: str
    make: Callable[[], bytes]
    code: str
    says: str
    fix: str


# ---- Word files


@cache
def word_file() -> bytes:
    """A sound Word file of ours."""
    return write_docx(small(), styles()).value


def zipped(*parts: tuple[str, bytes], method: int = ZIP_STORED) -> bytes:
    """A package of these parts."""
    stream = io.BytesIO()
    with ZipFile(stream, "w", method) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return stream.getvalue()


def _in_document(old: bytes, new: bytes) -> bytes:
    def edit(name: str, data: bytes) -> bytes:
        if name != "word/document.xml":
            return data
        assert old in data
        return data.replace(old, new)

    return repacked(word_file(), edit)


def _without(part: str) -> bytes:
    return repacked(word_file(), lambda name, data: None if name == part else data)


def _strict() -> bytes:
    transitional = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return _in_document(transitional, b"http://purl.oclc.org/ooxml/wordprocessingml/main")


def _locked_part() -> bytes:
    blob = bytearray(word_file())
    blob[blob.index(b"PK\x01\x02") + 8] |= 1
    return bytes(blob)


def _broken_data() -> bytes:
    blob = bytearray(word_file())
    start = blob.index(b"word/document.xml") + 60
    blob[start : start + 40] = bytes(40)
    return bytes(blob)


def _bomb(size: int, count: int = 1) -> bytes:
    more = [(f"word/media/{number}.bin", bytes(size)) for number in range(count)]
    with ZipFile(io.BytesIO(word_file())) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    return zipped(*parts, *more, method=ZIP_DEFLATED)


# ---- PDF

SCAN = "q 595 0 0 842 0 0 cm /I Do Q"


def text(words: str, more: str = "") -> str:
    """A page's content: the words, and what is drawn besides."""
    return f"{more} BT /F 16 Tf 80 700 Td ({words}) Tj ET"


LETTERS = "words enough for a whole page of text"


def pdf(*contents: str, **saving: object) -> bytes:
    """A PDF of A4 pages with these content streams; `/F` is a face, `/I` a picture, `/X` a form with the picture."""
    with pikepdf.Pdf.new() as document:
        face = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        picture = document.make_stream(
            bytes(64),
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=8,
            Height=8,
            ColorSpace=pikepdf.Name.DeviceGray,
            BitsPerComponent=8,
        )
        form = document.make_stream(
            b"q 1 0 0 1 0 0 cm /I Do Q",
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Form,
            BBox=pikepdf.Array([0, 0, 1, 1]),
            Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=picture)),
        )
        for content in contents:
            page = document.add_blank_page(page_size=(595, 842))
            page.obj.Resources = pikepdf.Dictionary(
                Font=pikepdf.Dictionary(F=face), XObject=pikepdf.Dictionary(I=picture, X=form)
            )
            page.obj.Contents = document.make_stream(content.encode())
        stream = io.BytesIO()
        document.save(stream, **saving)  # type: ignore[arg-type]
        return stream.getvalue()


def locked(user: str) -> bytes:
    """A PDF with a password to change it, and with `user` to open it."""
    return pdf(text(LETTERS), encryption=pikepdf.Encryption(owner="boss", user=user))


def _cut(blob: bytes, share: float) -> bytes:
    return blob[: int(len(blob) * share)]


def _unknown_lock() -> bytes:
    return locked("secret").replace(b"/Filter /Standard", b"/Filter /Sandiego")


WORD_ANEW = "另存为「Word 文档（*.docx）」"
CHOOSE = "能查的是 Word 文件（.docx）和 PDF"
ELECTRONIC = "请用电子版"

BAD_FILES = (
    # -- other kinds, whatever they are called
    BadFile("old.doc", lambda: OLE + "WordDocument".encode("utf-16-le"), "file.wrong-kind", ".doc", "另存为 .docx"),
    BadFile("old.docx", lambda: OLE + "WordDocument".encode("utf-16-le"), "file.wrong-kind", ".wps", "另存为 .docx"),
    BadFile("old.wps", lambda: OLE + "WordDocument".encode("utf-16-le"), "file.wrong-kind", ".wps", "另存为 .docx"),
    BadFile("table.et", lambda: OLE + "Workbook".encode("utf-16-le"), "file.wrong-kind", "旧版表格", CHOOSE),
    BadFile("show.docx", lambda: OLE + "PowerPoint Document".encode("utf-16-le"), "file.wrong-kind", ".ppt", CHOOSE),
    BadFile("sheet.docx", lambda: tasks(TASK_ROW), "file.wrong-kind", "Excel 工作簿", CHOOSE),
    BadFile("zip.docx", lambda: zipped(("a.txt", b"x")), "file.wrong-kind", "普通压缩包", CHOOSE),
    BadFile("ofd.docx", lambda: zipped(("OFD.xml", b"<a/>")), "file.wrong-kind", "OFD", "导出为 PDF"),
    BadFile("odt.docx", lambda: zipped(("content.xml", b"<a/>")), "file.wrong-kind", "OpenDocument", "另存为 .docx"),
    BadFile("text.docx", lambda: "关于上半年工作的报告".encode(), "file.wrong-kind", "文本文件", "另存为 .docx"),
    BadFile("page.docx", lambda: b"<html><body>x</body></html>", "file.wrong-kind", "网页", "另存为 .docx"),
    BadFile("flat.docx", lambda: b'<?xml version="1.0"?><a/>', "file.wrong-kind", "XML", "另存为 .docx"),
    BadFile("rich.docx", lambda: b"{\\rtf1 x}", "file.wrong-kind", "RTF", "另存为 .docx"),
    BadFile("picture.pdf", lambda: b"\x89PNG\r\n\x1a\n", "file.wrong-kind", "图片", "电子版"),
    BadFile("noise.docx", lambda: bytes(range(256)) * 9, "file.wrong-kind", "无法识别", CHOOSE),
    BadFile("empty.docx", lambda: b"", "file.wrong-kind", "空文件", "是否保存成功"),
    BadFile("zeros.pdf", lambda: bytes(4096), "file.wrong-kind", "空文件", "是否保存成功"),
    # -- Word files
    BadFile("locked.docx", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "file.encrypted", "密码", "取消密码"),
    BadFile("locked-part.docx", _locked_part, "file.encrypted", "密码", "取消密码后另存为 .docx"),
    BadFile("cut.docx", lambda: _cut(word_file(), 0.6), "file.damaged", "压缩包不完整", WORD_ANEW),
    BadFile("broken.docx", _broken_data, "file.damaged", "压缩包不完整", WORD_ANEW),
    BadFile("blank.docx", lambda: write_docx(document(), styles()).value, "file.no-text", "没有文字",
            "请检查是不是选错了文件"),
    BadFile("no-body.docx", lambda: _without("word/document.xml"), "file.damaged", "缺少正文部分", WORD_ANEW),
    BadFile("no-types.docx", lambda: _without("[Content_Types].xml"), "file.damaged", "Content_Types", WORD_ANEW),
    BadFile("half.docx", lambda: _in_document(b"</w:body>", b""), "file.damaged", "不是完整的 XML", WORD_ANEW),
    BadFile("code.docx", lambda: _in_document(b"UTF-8", b"none"), "file.unsafe", "编码少见", WORD_ANEW),
    BadFile("strict.docx", _strict, "file.strict-docx", "Strict Open XML 文档", WORD_ANEW),
    BadFile(
        "doctype.docx",
        lambda: _in_document(b"<w:document", b'<!DOCTYPE a [<!ENTITY b "c">]><w:document'),
        "file.unsafe",
        "DOCTYPE",
        WORD_ANEW,
    ),
    BadFile("bomb.docx", lambda: _bomb(5_000_000), "file.unsafe", "压缩比", WORD_ANEW),
    BadFile("many-bombs.docx", lambda: _bomb(1_000_000, 210), "file.unsafe", "解压后超过 200 MB", WORD_ANEW),
    BadFile("many-parts.docx", lambda: _bomb(1, 1001), "file.unsafe", "超过 1000 个", WORD_ANEW),
    BadFile(
        "twice.docx",
        lambda: repacked(word_file(), parts=[("WORD/document.xml", b"<a/>")]),
        "file.unsafe",
        "重名",
        WORD_ANEW,
    ),
    # -- PDF
    BadFile("locked.pdf", lambda: locked("secret"), "file.encrypted", "密码", "取消密码"),
    BadFile("other-lock.pdf", _unknown_lock, "file.encrypted", "加密方式", "取消加密"),
    BadFile("cut.pdf", lambda: _cut(pdf(*[text(LETTERS)] * 9), 0.9), "file.damaged", "读不了", "重新导出 PDF"),
    BadFile("half.pdf", lambda: _cut(pdf(*[text(LETTERS)] * 9), 0.5), "file.damaged", "读不了", "重新导出 PDF"),
    BadFile("noise.pdf", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 20, "file.damaged", "读不了", "重新导出 PDF"),
    BadFile("no-page.pdf", pdf, "file.damaged", "一页也没有", "重新导出 PDF"),
    BadFile("scan.pdf", lambda: pdf(SCAN, SCAN), "file.scanned", "扫描件，没有文字层", ELECTRONIC),
    BadFile("scan-in-form.pdf", lambda: pdf("q 595 0 0 842 0 0 cm /X Do Q"), "file.scanned", "扫描件", ELECTRONIC),
    BadFile("strips.pdf", lambda: pdf("q 595 0 0 421 0 0 cm /I Do Q q 595 0 0 421 0 421 cm /I Do Q"),
            "file.scanned", "扫描件", ELECTRONIC),
    BadFile("read-scan.pdf", lambda: pdf(text(LETTERS, SCAN + " 3 Tr")), "file.scanned", "扫描件", ELECTRONIC),
    BadFile("marked-scan.pdf", lambda: pdf(*[text("made by scanner", SCAN)] * 2), "file.scanned", "扫描", ELECTRONIC),
    BadFile("curves.pdf", lambda: pdf("100 100 200 200 re f"), "file.no-text", "没有文字", ELECTRONIC),
    BadFile("blank.pdf", lambda: pdf(""), "file.no-text", "没有文字", ELECTRONIC),
    BadFile("long.pdf", lambda: pdf(*[""] * 2001), "file.too-big", "2001 页", "分成几个文件"),
)  # fmt: skip
