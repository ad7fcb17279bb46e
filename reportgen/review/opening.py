"""Outside files at the door of a check (待查文件的打开): what one is by its bytes, and whether it can be read.

Old formats, passwords, damage, bombs and scans are refused by name, with what to do. What passes is safe to hand to
the two checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from reportgen.confine import Limits
from reportgen.package import DOCUMENTS, DOCX, PDF, WORD_FILE, called, file_kind, wrong_kind
from reportgen.problems import InputError, Location, Problem, error, warning
from reportgen.word.opening import check_word_file, has_words


class FileFormat(Enum):
    """The formats that are checked (文件格式)."""

    DOCX = "docx"
    PDF = "pdf"


@dataclass(frozen=True)
class Purpose:
    """What a file is opened for (打开文件做什么), in the words of its messages: 再查, 查不了格式, 没有查."""

    again: str
    cannot: str
    undone: str


CHECKING = Purpose(again="再查", cannot="查不了格式", undone="没有查")
"""The format check (格式检查)."""
COMPARING = Purpose(again="再比", cannot="比不了", undone="没有比文字")
"""Comparing two files (比对)."""

FORMAT_NAMES = {FileFormat.DOCX: "Word 文件", FileFormat.PDF: "PDF 文件"}
_SUFFIXES = {FileFormat.DOCX: (".docx", ".docm", ".dotx", ".dotm"), FileFormat.PDF: (".pdf",)}


@dataclass(frozen=True)
class Opened:
    """A file that can be read (可查的文件): its format, its pages (None where a file has none), and warnings."""

    format: FileFormat
    pages: int | None
    problems: tuple[Problem, ...]


def open_outside(blob: bytes, name: str, limits: Limits) -> Opened:
    """What the bytes are, whatever the name says; raises `InputError` for what cannot be checked."""
    kind = file_kind(blob)
    if kind == DOCX:
        text = _main_part(blob, name)
        return Opened(FileFormat.DOCX, None, (*_wrong_suffix(name, FileFormat.DOCX, kind), *_unseen(text, name)))
    if kind == PDF:
        pages, problems = open_pdf(blob, name, limits, CHECKING)
        return Opened(FileFormat.PDF, pages, (*_wrong_suffix(name, FileFormat.PDF, kind), *problems))
    raise wrong_kind(kind, name, WORD_FILE, _WAYS_OUT)


# What to do with a file that is not checked, by how its kind's name begins.
_WAYS_OUT = (
    (DOCUMENTS, "请用 WPS 或 Word 打开后另存为 .docx，再查"),
    (("OFD",), "请用原来的 .docx，或导出为 PDF，再查"),
    (("图片",), "图片没有文字层，查不了格式；请用电子版（.docx，或由 Word、WPS 导出的 PDF）"),
    (("",), "能查的是 Word 文件（.docx）和 PDF，请选择正确的文件"),
)


def _wrong_suffix(name: str, found: FileFormat, kind: str) -> Iterator[Problem]:
    if not name.lower().endswith(_SUFFIXES[found]):
        what = f"「{called(name)}」的内容是{kind}，已按 {FORMAT_NAMES[found]}检查"
        yield warning("file.wrong-suffix", what, f"请把扩展名改为 {_SUFFIXES[found][0]}", Location(file=name))


# ---- Word files


def _main_part(blob: bytes, name: str) -> bytes:
    text = check_word_file(blob, name)
    if not has_words(text):
        what = f"「{called(name)}」里没有文字（可能是空白文件，或只有图片），查不了格式"
        raise _refused("file.no-text", what, "请检查是不是选错了文件；扫描件请改用电子版", name)
    return text


# What a reader sees but this check does not go into.
_TEXT_BOX = re.compile(rb"<(?:\w+:)?txbxContent\b.*?</(?:\w+:)?txbxContent>", re.DOTALL)
_NOTES = {"脚注": re.compile(rb"<(?:\w+:)?footnoteReference\b"), "尾注": re.compile(rb"<(?:\w+:)?endnoteReference\b")}


def _unseen(text: bytes, name: str) -> Iterator[Problem]:
    """A warning that names the kinds of text of a Word file that are not looked at."""
    boxes = ["文本框"] if any(has_words(box[0]) for box in _TEXT_BOX.finditer(text)) else []
    if kinds := [*boxes, *(kind for kind, mark in _NOTES.items() if mark.search(text))]:
        what = f"{'、'.join(kinds)}里的文字没有查"
        yield warning("file.unseen-text", what, "请另外核对；导出为 PDF 再查，就能查到", Location(file=name))


# ---- PDF

# A page whose pictures cover this share of it, and which shows fewer letters than that, was scanned. Some scanning
# programs put their own name at the foot of each page.
_COVERED = 0.5
_LETTERS = 20
# So many pieces of visible text make a page of text, whatever lies behind it: the rest need not be looked at.
_ENOUGH_PIECES = 12
# Readers look for the end mark of a PDF in its last kilobyte; ISO 32000-1, note to 7.5.5.
_END = 1024


def open_pdf(blob: bytes, name: str, limits: Limits, purpose: Purpose) -> tuple[int, list[Problem]]:
    """How many pages a PDF has (打开 PDF), with warnings; raises `InputError` for what cannot be read."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    handle = pdfium.FPDF_LoadMemDocument64(blob, len(blob), None)
    if not handle:
        raise _no_pdf(pdfium.FPDF_GetLastError(), name, purpose)
    with pypdfium2.PdfDocument(handle) as document:
        if not len(document):
            raise _damaged_pdf(name, "里面一页也没有", purpose)
        if b"%%EOF" not in blob.rstrip(b"\0 \r\n\t")[-_END:]:
            raise _damaged_pdf(name, "结尾缺失，可能没有下载或复制完整", purpose)
        pages = len(document)
        if pages > limits.pages:
            what = f"「{called(name)}」有 {pages} 页，超过 {limits.pages} 页"
            raise _refused("file.too-big", what, f"请分成几个文件{purpose.again}", name)
        seen = [_look(document, number, name, purpose) for number in range(1, pages + 1)]
    return pages, list(_scans(seen, name, purpose))


def _no_pdf(code: int, name: str, purpose: Purpose) -> InputError:
    import pypdfium2.raw as pdfium

    if code == pdfium.FPDF_ERR_PASSWORD:
        fix = f"请在 PDF 阅读器里输入密码打开，取消密码后另存，{purpose.again}"
        return _refused("file.encrypted", f"「{called(name)}」加了密码，读不了", fix, name)
    if code == pdfium.FPDF_ERR_SECURITY:
        what = f"「{called(name)}」的加密方式本程序不认识，读不了"
        return _refused("file.encrypted", what, "请取消加密后另存，或用原来的 .docx", name)
    return _damaged_pdf(name, "内部结构不完整", purpose)


@dataclass(frozen=True)
class _Seen:
    """What a page shows: whether it is a scan, and whether there is any letter on it."""

    number: int
    scan: bool
    letters: bool


def _look(document: Any, number: int, name: str, purpose: Purpose) -> _Seen:
    import pypdfium2
    import pypdfium2.raw as pdfium

    try:
        page = document[number - 1]
        width, height = page.get_size()
        pieces, covered = [], 0.0
        for piece in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_IMAGE)):
            if piece.type == pdfium.FPDF_PAGEOBJ_IMAGE:
                left, bottom, right, top = piece.get_bounds()
                # A form (表单对象) has its own scale: what is drawn in it is taken for as large as the page.
                covered += 1.0 if piece.level else abs((right - left) * (top - bottom)) / (width * height or 1)
            # An invisible letter was put over a scan by a program that reads pictures.
            elif pdfium.FPDFTextObj_GetTextRenderMode(piece) != pdfium.FPDF_TEXTRENDERMODE_INVISIBLE:
                pieces.append(piece)
                if len(pieces) >= _ENOUGH_PIECES:
                    return _Seen(number, scan=False, letters=True)
        text = page.get_textpage()
        # The length in bytes of UTF-16 with a zero at its end.
        letters = sum(max(0, pdfium.FPDFTextObj_GetText(piece, text, None, 0) // 2 - 1) for piece in pieces)
    except pypdfium2.PdfiumError:
        raise _damaged_pdf(name, f"第 {number} 页打不开", purpose) from None
    return _Seen(number, scan=letters < _LETTERS and covered >= _COVERED, letters=letters > 0)


def _scans(seen: Sequence[_Seen], name: str, purpose: Purpose) -> Iterator[Problem]:
    """A warning that names the scanned pages; a PDF of nothing else is refused."""
    scans = [page.number for page in seen if page.scan]
    electronic = "请用电子版：由 Word、WPS 导出的 PDF，或原来的 .docx"
    if scans and all(page.scan or not page.letters for page in seen):
        what = f"「{called(name)}」是扫描件，没有文字层，{purpose.cannot}"
        raise _refused("file.scanned", what, electronic, name)
    if not any(page.letters for page in seen):
        what = f"「{called(name)}」里没有文字（文字可能已转成图形），{purpose.cannot}"
        raise _refused("file.no-text", what, electronic, name)
    if scans:
        what = f"{_page_list(scans)}是扫描的图片，没有文字层，这些页{purpose.undone}"
        yield warning("file.scanned-pages", what, electronic, Location(file=name))


def _page_list(numbers: Sequence[int]) -> str:
    """`第 1—3、7 页`, the first few of them."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    listed = "、".join("—".join(map(str, run)) for run in runs[:10])
    return f"第 {listed} 页" if len(runs) <= 10 else f"第 {listed} 页等 {len(numbers)} 页"


def _damaged_pdf(name: str, why: str, purpose: Purpose) -> InputError:
    fix = f"文件可能已损坏；请从原来的文件重新导出 PDF，{purpose.again}"
    return _refused("file.damaged", f"PDF 文件「{called(name)}」读不了：{why}", fix, name)


def _refused(code: str, what: str, fix: str, name: str) -> InputError:
    return InputError([error(code, what, fix, Location(file=name))])
