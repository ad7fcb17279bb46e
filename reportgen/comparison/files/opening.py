"""Files at the door of a comparison (待比文件的打开): what each is by its bytes, and whether it can be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reportgen import package
from reportgen.comparison.model import FileKind
from reportgen.confine import Limits
from reportgen.package import called, damaged, encrypted, file_kind
from reportgen.problems import InputError, Location, Problem, error, warning

ARCHIVE = "普通压缩包"
"""What `package.file_kind` calls an archive of files (压缩包)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is (文件种类): how a sentence calls it, and which reader it has, if any."""

    noun: str
    reader: FileKind | None


_READERS = {
    package.DOCX: Kind("Word 文件", FileKind.DOCX),
    package.PDF: Kind("PDF 文件", FileKind.PDF),
    package.XLSX: Kind("表格文件", FileKind.WORKBOOK),
    package.XLS: Kind("表格文件", FileKind.WORKBOOK),
    package.ODS: Kind("表格文件", FileKind.WORKBOOK),
    package.TEXT: Kind("文本文件", FileKind.TEXT),
}
# Kinds whose names begin so are text, too: their lines are compared, tags and all.
_TEXTS = ("网页", "XML")
_SUFFIXES = {
    FileKind.DOCX: (".docx", ".docm", ".dotx", ".dotm", ".wps"),
    FileKind.PDF: (".pdf",),
    FileKind.WORKBOOK: (".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlt", ".et", ".ett", ".ods", ".ots"),
}

_AS_DOCX = "请用 WPS 或 Word 打开后另存为 .docx，再比"
_AS_XLSX = "请用 WPS 或 Excel 打开后另存为 .xlsx，再比"
# Documents in formats that are not read, by how their kinds' names begin, and what to do with them. Of all other
# kinds without a reader, such as pictures, nobody expects more than whether they are the same.
_WAYS_OUT = (
    ("旧版 Word 文档", _AS_DOCX),
    ("RTF", _AS_DOCX),
    ("OpenDocument 文件", _AS_DOCX),
    ("无法识别的旧版 Office 文件", "请用 WPS 打开，另存为 .docx 或 .xlsx，再比"),
    ("旧版表格", _AS_XLSX),
    ("二进制工作簿", _AS_XLSX),
    ("OFD", "请用原来的 .docx，或导出为 PDF，再比"),
)
_EMPTY_ARCHIVE = b"PK\x05\x06"
_PACKED = ("RAR", "7z", "gzip")


def kind_of(blob: bytes, name: str) -> Kind:
    """What the bytes are (文件种类), whatever the name says; raises `InputError` for what should be read and cannot."""
    if blob.startswith(_EMPTY_ARCHIVE):
        return Kind(ARCHIVE, None)
    kind = file_kind(blob)
    if kind.startswith(_TEXTS):
        return _READERS[package.TEXT]
    if known := _READERS.get(kind):
        return known
    if kind == package.EMPTY:
        raise _refused("file.wrong-kind", f"「{called(name)}」是空文件", "请检查文件是否保存成功", name)
    if kind == package.ENCRYPTED:
        raise encrypted(name, _office(name))
    if kind == package.DAMAGED:
        if name.lower().endswith(".zip"):
            what = f"压缩包「{called(name)}」读不了：压缩包不完整"
            raise _refused("file.damaged", what, "文件可能已损坏；请重新压缩或重新下载，再比", name)
        raise damaged(name, "压缩包不完整", _office(name))
    for start, fix in _WAYS_OUT:
        if kind.startswith(start):
            raise _refused("file.wrong-kind", f"「{called(name)}」是{kind}，比不了", fix, name)
    return Kind(kind, None)


def _office(name: str) -> package.Office:
    """Which program a file is for that only its name tells of."""
    return package.WORKBOOK if name.lower().endswith(_SUFFIXES[FileKind.WORKBOOK]) else package.WORD_FILE


def refuse_unlike(first: Kind, second: Kind, names: tuple[str, str]) -> None:
    """Raise `InputError` for two files of which there is nothing to be held against each other (种类不同)."""
    pair = {first.reader, second.reader}
    if len(pair) == 1 and (first.reader or first.noun == second.noun):
        return
    if pair == {FileKind.DOCX, FileKind.PDF}:
        return
    what = f"「{called(names[0])}」是{_apart(first.noun)}，「{called(names[1])}」是{_apart(second.noun)}，不能互相比对"
    fix = "请选同一种文件；Word 文件和 PDF 可以互相比（文字和结构）"
    raise _refused("compare.kinds-differ", what, fix, names[0])


def refuse_packed(kind: Kind, name: str) -> None:
    """Raise `InputError` for an archive of a kind that is not opened (其他压缩包)."""
    if kind.noun.startswith(_PACKED):
        what = f"「{called(name)}」是{kind.noun}，打不开，看不到里面的文件"
        raise _refused("file.wrong-kind", what, "请先解压成文件夹，或压缩成 .zip，再比", name)


def open_document(blob: bytes, name: str, reader: FileKind, limits: Limits) -> Sequence[Problem]:
    """Warnings about a Word file or a PDF that can be read (打开文档); raises `InputError` for one that cannot."""
    if reader is FileKind.PDF:
        from reportgen.review.opening import COMPARING, open_pdf

        return open_pdf(blob, name, limits, COMPARING)[1]
    if reader is FileKind.DOCX:
        from reportgen.word.opening import check_word_file, has_words, refuse_half_read

        text = check_word_file(blob, name)
        refuse_half_read(blob, name)
        if not has_words(text):
            what = f"「{called(name)}」里没有文字（可能是空白文件，或只有图片），比不了"
            raise _refused("file.no-text", what, "请检查是不是选错了文件；扫描件请改用电子版", name)
    return ()


def wrong_suffix(kind: Kind, name: str) -> Iterator[Problem]:
    """A warning where the name's ending tells of another kind (扩展名不符)."""
    homes = _SUFFIXES.get(kind.reader) if kind.reader else None
    if homes and "." in called(name) and not name.lower().endswith(homes):
        what = f"「{called(name)}」的内容是{kind.noun}，已照此比对"
        yield warning("file.wrong-suffix", what, f"请把扩展名改为 {homes[0]}", Location(file=name))


def _apart(noun: str) -> str:
    """是 Word 文件, but 是表格文件."""
    return f" {noun}" if noun[:1].isascii() else noun


def _refused(code: str, what: str, fix: str, name: str) -> InputError:
    return InputError([error(code, what, fix, Location(file=name))])
