"""What a file is (文件种类) by its first bytes, and whether an Office package (压缩包) is safe to open."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from reportgen.limits import held
from reportgen.problems import InputError, Location, error
from reportgen.source import decode_text

WORKBOOK_ENDINGS = (".xlsx", ".xlsm")
"""How the names of workbooks end (工作簿的扩展名) that can be written into."""

# Small parts may shrink by any ratio; they do no harm.
RATIO_FROM = 1024 * 1024
_CHUNK = 256 * 1024

# The names of kinds that other modules ask for.
EMPTY, TEXT, PDF = "空文件", "文本文件", "PDF 文件"
ENCRYPTED, DAMAGED = "加了密码的 Office 文件", "损坏的压缩包"
XLSX, DOCX = "Excel 工作簿（.xlsx）", "Word 文档（.docx）"
XLS, ODS = "旧版表格（.xls 或 .et）", "OpenDocument 表格（.ods）"
OLDEST_XLS = "旧版表格（Excel 4.0 或更早）"
UNKNOWN, UNKNOWN_OLD = "无法识别的文件", "无法识别的旧版 Office 文件"

# What office programs and exporters write XML in. In others `<` may be hidden from the search for declarations.
_ENCODINGS = re.compile(
    rb"utf-?8|utf-?16(?:le|be)?|(?:us-)?ascii|gbk|gb2312|gb18030|iso-8859-1|windows-1252", re.IGNORECASE
)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']{0,60})[\"']")
# How a part in EBCDIC or UTF-32 begins, with and without a mark.
_ODD_STARTS = (b"Lo\xa7\x94", b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"<\0\0\0", b"\0\0\0<")
# Declarations of XML that no office program writes, in the encodings that XML readers find by themselves.
_DECLARATIONS = tuple(
    word.encode(encoding) for word in ("<!DOCTYPE", "<!ENTITY") for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
_OVERLAP = max(map(len, _DECLARATIONS))
_XML_PART = re.compile(r"\.(xml|rels|vml)$", re.IGNORECASE)
_WORKBOOK_PART = re.compile(r"^xl/workbook[^/]*\.xml$", re.IGNORECASE)
_DOCUMENT_PART = re.compile(r"^word/document[^/]*\.xml$", re.IGNORECASE)

_PICTURE = "图片"
# How systems begin what they export as a workbook; `mime-version` is Excel's web page in one file.
_WEB_TAGS = ("html", "!doctype html", "table", "meta", "head", "body", "style", "script", "div", "!--")
_WEB_PAGE = (b"mime-version:", *(f"<{tag}".encode() for tag in _WEB_TAGS))
_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
# Streams by which a file of the time before 2007 is known.
_STREAMS = {
    "EncryptedPackage": ENCRYPTED,
    "WordDocument": "旧版 Word 文档（.doc 或 .wps）",
    "PowerPoint Document": "旧版演示文稿（.ppt 或 .dps）",
    "Workbook": XLS,
    "Book\0": XLS,
    "__substg1.0_": "邮件（.msg）",
}
_MAGIC = (
    (b"%PDF", PDF),
    (b"{\\rtf", "RTF 文档"),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"II*\0", _PICTURE),
    (b"MM\0*", _PICTURE),
    (b"L\0\0\0\x01\x14\x02\0", "快捷方式"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    *((start, OLDEST_XLS) for start in (b"\t\0\x04\0", b"\t\x02\x06\0", b"\t\x04\x06\0")),
)


# How much of a file shows its kind, and how much of a package's end lists its parts.
_BEGINNING, _LISTED = 4096, 64 * 1024
_PLAIN_PARTS = (
    (b"word/document", DOCX),
    (b"ppt/presentation", "演示文稿（.pptx）"),
    (b"OFD.xml", "OFD 版式文件（.ofd）"),
    (b"META-INF/manifest.xml", "OpenDocument 文件"),
)

_XML_KINDS = (
    (b"urn:schemas-microsoft-com:office:spreadsheet", "XML 表格（Excel 2003）"),
    (_ODS_TYPE, "XML 表格（OpenDocument，.fods）"),
    (b"http://schemas.microsoft.com/office/word/2003/wordml", "RTF 一类的旧格式文档（Word 2003 XML）"),
)


def binary_kind(blob: bytes) -> str | None:
    """The name of the file kind (种类) of a file that is not text; None for what may be text."""
    if blob.startswith(b"PK\x03\x04"):
        return _package_kind(blob)
    if blob.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole_kind(blob)
    if (blob.startswith(b"RIFF") and blob[8:12] == b"WEBP") or (blob.startswith(b"BM") and blob[6:10] == bytes(4)):
        return _PICTURE
    return next((kind for magic, kind in _MAGIC if blob.startswith(magic)), None)


def plain_kind(blob: bytes) -> str:
    """The kind (种类) as far as it shows without opening a package: its last bytes name the parts that it has.

    A package that does not show what it is passes for a workbook, and a text for a text, whatever it says.
    """
    if blob.startswith(b"PK\x03\x04"):
        listed = blob[-_LISTED:]
        if b"xl/" in listed:
            return XLSX
        return next((kind for part, kind in _PLAIN_PARTS if part in listed), XLSX)
    kind = file_kind(blob[:_BEGINNING])
    return file_kind(blob) if kind == UNKNOWN_OLD or (kind == EMPTY and len(blob) > _BEGINNING) else kind


def _ole_kind(blob: bytes) -> str:
    """The kind of a file of the time before 2007 by its first stream: those of embedded objects come later.

    Entries of its directory lie at multiples of 128, so that no word of its text is taken for one.
    """
    for entry in re.finditer(b"|".join(re.escape(name.encode("utf-16-le")) for name in _STREAMS), blob):
        if entry.start() % 128 == 0:
            return _STREAMS[entry[0].decode("utf-16-le")]
    return UNKNOWN_OLD


def _package_kind(blob: bytes) -> str:
    try:
        with ZipFile(BytesIO(blob)) as archive:
            names = archive.namelist()
            is_ods = "mimetype" in names and _starts_as_ods(archive)
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        return DAMAGED
    if any(_WORKBOOK_PART.match(name) for name in names):
        return XLSX
    if is_ods:
        return ODS
    for start, kind in (
        ("word/", DOCX),
        ("ppt/", "演示文稿（.pptx）"),
        ("xl/", "二进制工作簿（.xlsb）"),
        ("OFD.xml", "OFD 版式文件（.ofd）"),
        ("content.xml", "OpenDocument 文件（不是表格）"),
    ):
        if any(name.startswith(start) for name in names):
            return kind
    return "普通压缩包"


def _starts_as_ods(archive: ZipFile) -> bool:
    try:
        with archive.open("mimetype") as stream:
            return stream.read(len(_ODS_TYPE)) == _ODS_TYPE
    except Exception:
        return False  # whatever zip libraries raise about a part that is broken or locked


def file_kind(blob: bytes) -> str:
    """The name of the file kind (种类), text included."""
    if not blob.strip(b"\0 \r\n\t"):
        return EMPTY
    if kind := binary_kind(blob):
        return kind
    start = blob[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith(_WEB_PAGE):
        return "网页（HTML）"
    if start.startswith(b"<?xml"):
        return next((kind for mark, kind in _XML_KINDS if mark in blob[:4096]), "XML 表格或网页")
    try:
        text = decode_text(blob, "")
    except InputError:
        return UNKNOWN
    return UNKNOWN if "\0" in text else TEXT


@dataclass(frozen=True)
class Office:
    """One kind of Office package (Office 文件): how messages call it, its main part, and how to save it anew."""

    kind: str
    noun: str
    main_part: re.Pattern[str] = field(repr=False)
    strict_namespace: bytes
    strict_code: str
    strict_name: str
    programs: str
    suffix: str
    save_as: str


WORKBOOK = Office(
    kind=XLSX,
    noun="工作簿",
    main_part=_WORKBOOK_PART,
    strict_namespace=b"purl.oclc.org/ooxml/spreadsheetml",
    strict_code="file.strict-xlsx",
    strict_name="Strict Open XML 电子表格",
    programs="WPS 或 Excel",
    suffix=".xlsx",
    save_as="请用 WPS 或 Excel 打开后另存为「Excel 工作簿（*.xlsx）」",
)
WORD_FILE = Office(
    kind=DOCX,
    noun="Word 文件",
    main_part=_DOCUMENT_PART,
    strict_namespace=b"purl.oclc.org/ooxml/wordprocessingml",
    strict_code="file.strict-docx",
    strict_name="Strict Open XML 文档",
    programs="WPS 或 Word",
    suffix=".docx",
    save_as="请用 WPS 或 Word 打开后另存为「Word 文档（*.docx）」",
)

ODS_FILE = Office(
    kind=ODS,
    noun="工作簿",
    main_part=re.compile(r"^content\.xml$"),
    strict_namespace=b"",
    strict_code="",
    strict_name="",
    programs="WPS 或 LibreOffice",
    suffix=".ods",
    save_as=WORKBOOK.save_as,
)


# What office programs lay beside a file while it is open, and what systems leave in any folder.
_TEMPORARY = ("~$", ".~")
_SYSTEM_FILES = frozenset({"thumbs.db", "ehthumbs.db", ".ds_store", "desktop.ini"})


def leftover(name: str) -> str:
    """What kind of file that nobody made (临时文件、系统文件) has this name; empty for any other name."""
    base = _base(name)
    if base.startswith(_TEMPORARY):
        return "办公软件的临时文件"
    return "系统文件" if base.lower() in _SYSTEM_FILES or base.startswith("._") else ""


def refuse_temporary(name: str, programs: str, noun: str) -> None:
    """Raise `InputError` for the file (临时文件) that an office program lays beside a file while it is open."""
    base = _base(name)
    for prefix in _TEMPORARY:
        if base.startswith(prefix):
            real = base.removeprefix(prefix)
            what = f"「{short(base)}」是 {programs} 打开文件时生成的临时文件，不是{noun}"
            fix = f"请改用去掉前面「{prefix}」的同名文件「{short(real, 60)}」"
            raise InputError([error("file.wrong-kind", what, fix, Location(file=name))])


def encrypted(name: str, office: Office) -> InputError:
    """The refusal of a file that a password locks (加密文件)."""
    fix = f"请用 {office.programs} 打开，取消密码后另存为 {office.suffix}"
    what = f"「{called(name)}」加了密码，读不了"
    return InputError([error("file.encrypted", what, fix, Location(file=name))])


def damaged(name: str, why: str, office: Office) -> InputError:
    """The refusal of a package that cannot be read (损坏的文件)."""
    what = f"{office.noun}「{called(name)}」读不了：{why}"
    fix = "文件可能已损坏；" + office.save_as + "，再重试"
    return InputError([error("file.damaged", what, fix, Location(file=name))])


# Kinds that WPS or Word opens, so that they can be saved as .docx.
DOCUMENTS = ("旧版 Word 文档", "RTF", "网页", "XML", "OpenDocument", TEXT)


def wrong_kind(kind: str, name: str, office: Office, ways: Sequence[tuple[tuple[str, ...], str]]) -> InputError:
    """The refusal of a file of another kind (文件种类不对); `ways` say what to do by how the kind's name begins.

    The last of them is for all others, so that it begins with nothing: `("",)`.
    """
    if kind == DAMAGED:
        return damaged(name, "压缩包不完整", office)
    if kind == ENCRYPTED:
        return encrypted(name, office)
    fix = "请检查文件是否保存成功"
    if kind != EMPTY:
        fix = next(fix for starts, fix in ways if kind.startswith(starts))
    return InputError([error("file.wrong-kind", f"「{called(name)}」的内容是{kind}", fix, Location(file=name))])


def short(text: str, length: int = 30) -> str:
    """The text in one line, cut for a message."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def called(name: str) -> str:
    """How a sentence calls a file (文件称呼): without its folders, which its place tells."""
    return short(_base(name))


def _base(name: str) -> str:
    return re.split(r"[/\\]", name)[-1]


def check_package(blob: bytes, name: str, office: Office) -> None:
    """Raise `InputError` unless the package of that kind can be opened without harm (预检)."""
    try:
        with ZipFile(BytesIO(blob)) as archive:
            _check_directory(archive.infolist(), name, office)
            _check_parts(archive, name, office)
    except InputError:
        raise
    except Exception:
        # zipfile, zlib, lzma and bz2 each have their own error classes; every one of them means broken data.
        raise damaged(name, "压缩包不完整", office) from None


def _unsafe(name: str, why: str, office: Office) -> InputError:
    what = f"{office.noun}「{called(name)}」不能打开：{why}"
    return InputError([error("file.unsafe", what, office.save_as + "，再重试", Location(file=name))])


def _check_directory(parts: list[ZipInfo], name: str, office: Office) -> None:
    if len(parts) > (most := held().archives.parts):
        raise _unsafe(name, f"内部文件超过 {most} 个", office)
    names = Counter(part.filename.lower() for part in parts)
    if repeated := [part for part, count in names.items() if count > 1]:
        raise _unsafe(name, f"内部文件「{short(repeated[0])}」重名", office)
    if any(part.flag_bits & 1 for part in parts):
        raise encrypted(name, office)


def _check_parts(archive: ZipFile, name: str, office: Office) -> None:
    unpacked, limits = 0, held().archives
    for part in archive.infolist():
        # Never trust the size that the directory declares: count what really comes out.
        size, tail = 0, b""
        is_xml = bool(_XML_PART.search(part.filename))
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if unpacked + size > limits.unpacked_bytes:
                    raise _unsafe(name, f"解压后超过 {limits.unpacked_bytes // 1024 // 1024} MB", office)
                if size > RATIO_FROM and size > limits.ratio * max(1, part.compress_size):
                    raise _unsafe(name, f"内部文件「{short(part.filename)}」的压缩比超过 {limits.ratio}", office)
                if is_xml:
                    if not tail:
                        _check_encoding(chunk, part, name, office)
                    _check_xml(tail + chunk, part, name, office)
                    tail = chunk[-_OVERLAP:]
        unpacked += size


def _check_encoding(start: bytes, part: ZipInfo, name: str, office: Office) -> None:
    declared = _DECLARED.search(start[:1024].replace(b"\0", b""))
    if start.startswith(_ODD_STARTS) or (declared and not _ENCODINGS.fullmatch(declared[1])):
        raise _unsafe(name, f"内部文件「{short(part.filename)}」的编码少见", office)


def _check_xml(data: bytes, part: ZipInfo, name: str, office: Office) -> None:
    if any(word in data for word in _DECLARATIONS):
        raise _unsafe(name, f"内部文件「{short(part.filename)}」含有 DOCTYPE 或 ENTITY 声明", office)
    strict = office.strict_namespace
    if strict and office.main_part.match(part.filename) and strict in data:
        what = f"「{called(name)}」是「{office.strict_name}」，本程序不读这种格式"
        raise InputError([error(office.strict_code, what, office.save_as, Location(file=name))])


_EPOCH = (1980, 1, 1, 0, 0, 0)
# Long tables are packed in less than half the time that the usual 6 takes, and need a sixth more room (measured).
_LEVEL = 1


def with_parts(blob: bytes, parts: Iterable[tuple[str, Iterable[bytes]]], level: int = _LEVEL) -> bytes:
    """The package (压缩包) with `parts` behind its own, each packed as its pieces come, whatever the clock says.

    Without a package, of them alone.
    """
    buffer = BytesIO(blob)
    with ZipFile(buffer, "a" if blob else "w", ZIP_DEFLATED, compresslevel=level) as package:
        for name, pieces in parts:
            # By its name alone a part has the format's first day.
            with package.open(name, "w") as stream:
                for piece in pieces:
                    stream.write(piece)
            package.getinfo(name).create_system = 0
    return buffer.getvalue()


def timeless(blob: bytes) -> bytes:
    """The same package (压缩包) with sorted parts and the zip format's first day, whatever the clock says."""
    buffer = BytesIO()
    with ZipFile(BytesIO(blob)) as old, ZipFile(buffer, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            info = ZipInfo(name, _EPOCH)
            info.compress_type = ZIP_DEFLATED
            info.create_system = 0
            new.writestr(info, old.read(name))
    return buffer.getvalue()
