"""What a file is (文件种类) by its first bytes, and whether an Office package (压缩包) is safe to open."""

from __future__ import annotations

import re
from collections import Counter
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from reportgen.problems import InputError, Location, error
from reportgen.source import decode_text

MAX_PARTS = 1_000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 100
# Small parts may shrink by any ratio; they do no harm.
RATIO_FROM = 1024 * 1024
_CHUNK = 256 * 1024

SAVE_AS_XLSX = "请用 WPS 或 Excel 打开后另存为「Excel 工作簿（*.xlsx）」"

# Declarations of XML that no office program writes, in the encodings that XML readers find by themselves.
_DECLARATIONS = tuple(
    word.encode(encoding) for word in ("<!DOCTYPE", "<!ENTITY") for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
_OVERLAP = max(map(len, _DECLARATIONS))
_XML_PART = re.compile(r"\.(xml|rels|vml)$", re.IGNORECASE)
_WORKBOOK_PART = re.compile(r"^xl/workbook[^/]*\.xml$", re.IGNORECASE)

# Kinds that a spreadsheet program opens.
_SPREADSHEETS = ("旧版表格", "网页", "XML", "二进制工作簿", "OpenDocument")

_MAGIC = (
    (b"%PDF", "PDF 文件"),
    (b"{\\rtf", "RTF 文档"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
)


def binary_kind(blob: bytes) -> str | None:
    """The name of the file kind (种类) of a file that is not text; None for what may be text."""
    if blob.startswith(b"PK\x03\x04"):
        return _package_kind(blob)
    if blob.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in blob:
            return "加了密码的 Office 文件"
        if "WordDocument".encode("utf-16-le") in blob:
            return "旧版 Word 文档（.doc 或 .wps）"
        return "旧版表格（.xls 或 .et）"
    return next((kind for magic, kind in _MAGIC if blob.startswith(magic)), None)


def _package_kind(blob: bytes) -> str:
    try:
        with ZipFile(BytesIO(blob)) as archive:
            names = archive.namelist()
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        return "损坏的压缩包"
    if any(_WORKBOOK_PART.match(name) for name in names):
        return "Excel 工作簿（.xlsx）"
    for start, kind in (
        ("word/", "Word 文档（.docx）"),
        ("ppt/", "演示文稿（.pptx）"),
        ("xl/", "二进制工作簿（.xlsb）"),
        ("content.xml", "OpenDocument 文件（.ods 或 .odt）"),
    ):
        if any(name.startswith(start) for name in names):
            return kind
    return "普通压缩包"


def file_kind(blob: bytes) -> str:
    """The name of the file kind (种类), text included."""
    if not blob.strip(b"\0 \r\n\t"):
        return "空文件"
    if kind := binary_kind(blob):
        return kind
    start = blob[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<head")):
        return "网页（HTML）"
    if start.startswith(b"<?xml"):
        return "XML 表格或网页"
    try:
        text = decode_text(blob, "")
    except InputError:
        return "无法识别的文件"
    return "无法识别的文件" if "\0" in text else "文本文件"


def wrong_kind(blob: bytes, name: str) -> InputError:
    """The refusal (文件种类不对) of a file that is not what its name says, with what to do."""
    kind = file_kind(blob)
    if kind == "损坏的压缩包":
        return damaged(name, "压缩包不完整")
    if kind.startswith("加了密码"):
        return _encrypted(name)
    if kind == "空文件":
        fix = "请检查文件是否保存成功"
    elif kind == "文本文件":
        fix = "如果是 CSV，请把扩展名改为 .csv；否则" + SAVE_AS_XLSX
    elif kind.startswith("Excel"):
        fix = "请把扩展名改为 .xlsx"
    elif kind.startswith(_SPREADSHEETS):
        fix = SAVE_AS_XLSX
    else:
        fix = "请选择正确的文件；台账应是 .xlsx、.csv、.yaml 或 .json 文件"
    what = f"「{short(name)}」的内容是{kind}"
    return InputError([error("file.wrong-kind", what, fix, Location(file=name))])


def refuse_temporary(name: str) -> None:
    """Raise `InputError` for the file (临时文件) that WPS or Excel lays beside a workbook while it is open."""
    base = re.split(r"[/\\]", name)[-1]
    for prefix in ("~$", ".~"):
        if base.startswith(prefix):
            real = base.removeprefix(prefix)
            what = f"「{short(base)}」是 WPS 或 Excel 打开文件时生成的临时文件，不是台账"
            fix = f"请改用去掉前面「{prefix}」的同名文件「{short(real, 60)}」"
            raise InputError([error("file.wrong-kind", what, fix, Location(file=name))])


def _encrypted(name: str) -> InputError:
    fix = "请用 WPS 或 Excel 打开，取消密码后另存为 .xlsx"
    what = f"「{short(name)}」加了密码，读不了"
    return InputError([error("file.encrypted", what, fix, Location(file=name))])


def damaged(name: str, why: str) -> InputError:
    """The refusal of a workbook that cannot be read."""
    what = f"工作簿「{short(name)}」读不了：{why}"
    fix = "文件可能已损坏；" + SAVE_AS_XLSX + "，再重试"
    return InputError([error("file.damaged", what, fix, Location(file=name))])


def short(text: str, length: int = 30) -> str:
    """The text in one line, cut for a message."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def check_workbook(blob: bytes, name: str) -> None:
    """Raise `InputError` unless the bytes are a workbook that can be opened without harm (预检)."""
    if not blob.startswith(b"PK\x03\x04") or not file_kind(blob).startswith("Excel"):
        raise wrong_kind(blob, name)
    try:
        with ZipFile(BytesIO(blob)) as archive:
            _check_directory(archive.infolist(), name)
            _check_parts(archive, name)
    except InputError:
        raise
    except Exception:
        # zipfile, zlib, lzma and bz2 each have their own error classes; every one of them means broken data.
        raise damaged(name, "压缩包不完整") from None


def _unsafe(name: str, why: str) -> InputError:
    what = f"工作簿「{short(name)}」不能打开：{why}"
    return InputError([error("file.unsafe", what, SAVE_AS_XLSX + "，再重试", Location(file=name))])


def _check_directory(parts: list[ZipInfo], name: str) -> None:
    if len(parts) > MAX_PARTS:
        raise _unsafe(name, f"内部文件超过 {MAX_PARTS} 个")
    names = Counter(part.filename.lower() for part in parts)
    if repeated := [part for part, count in names.items() if count > 1]:
        raise _unsafe(name, f"内部文件「{short(repeated[0])}」重名")
    if any(part.flag_bits & 1 for part in parts):
        raise _encrypted(name)


def _check_parts(archive: ZipFile, name: str) -> None:
    unpacked = 0
    for part in archive.infolist():
        # Never trust the size that the directory declares: count what really comes out.
        size, tail = 0, b""
        is_xml = bool(_XML_PART.search(part.filename))
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if unpacked + size > MAX_UNPACKED:
                    raise _unsafe(name, f"解压后超过 {MAX_UNPACKED // 1024 // 1024} MB")
                if size > RATIO_FROM and size > MAX_RATIO * max(1, part.compress_size):
                    raise _unsafe(name, f"内部文件「{short(part.filename)}」的压缩比超过 {MAX_RATIO}")
                if is_xml:
                    _check_xml(tail + chunk, part, name)
                    tail = chunk[-_OVERLAP:]
        unpacked += size


def _check_xml(data: bytes, part: ZipInfo, name: str) -> None:
    if any(word in data for word in _DECLARATIONS):
        raise _unsafe(name, f"内部文件「{short(part.filename)}」含有 DOCTYPE 或 ENTITY 声明")
    if _WORKBOOK_PART.match(part.filename) and b"purl.oclc.org/ooxml/spreadsheetml" in data:
        what = f"「{short(name)}」是「Strict Open XML 电子表格」，本程序不读这种格式"
        raise InputError([error("file.strict-xlsx", what, SAVE_AS_XLSX, Location(file=name))])
