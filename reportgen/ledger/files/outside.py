"""What a unit has sent back (反馈文件), by its content and not by its name's ending, as passages and tables.

Macros are never run and only told. This is read in a process of its own (`confine.confined_each`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reportgen import package
from reportgen.ledger.files.contents import Contents
from reportgen.ledger.files.sheet import SheetCells, SheetsRead
from reportgen.ledger.files.sheet_table import as_table, unseen
from reportgen.ledger.files.text import read_csv_table
from reportgen.ledger.tables import Table
from reportgen.ledger.words import STANDARD_WORDS
from reportgen.package import DAMAGED, DOCX, EMPTY, ENCRYPTED, ODS, TEXT, XLS, XLSX, called, file_kind, short
from reportgen.problems import InputError, Location, Outcome, Problem, error, refuse_errors, warning

READABLE = (".xlsx", ".xlsm", ".xls", ".et", ".ods", ".csv", ".docx")
"""The endings (扩展名) of the files that are read, as messages and the README list them."""


@dataclass(frozen=True)
class _Kind:
    """How a kind of file is called in a warning, and under which endings it is at home, the usual one first."""

    noun: str
    suffixes: tuple[str, ...]


_KINDS = {
    XLSX: _Kind("Excel 工作簿", (".xlsx", ".xlsm", ".et", ".xltx", ".xltm", ".ett")),
    XLS: _Kind("旧版表格", (".xls", ".et", ".xlt", ".ett")),
    ODS: _Kind("OpenDocument 表格", (".ods", ".ots")),
    TEXT: _Kind("CSV 文本", (".csv", ".tsv", ".txt")),
    DOCX: _Kind("Word 文档", (".docx", ".docm", ".wps", ".dotx")),
}
# Text under another ending is no table of anybody's: a program, a web page's source, a settings file.
_TEXT_SUFFIXES = (*READABLE, ".tsv", ".txt", ".tab")

_AS_SHEET = package.WORKBOOK.save_as + "，再重新报送"
_AS_WORD = package.WORD_FILE.save_as + "，再重新报送"
# What to do with a file that is not read, by how its kind's name begins.
_WAYS_OUT = (
    (EMPTY, "文件里没有内容，可能没有保存成功；请向报送单位要一份完整的"),
    ("旧版 Word 文档", _AS_WORD),
    ("RTF", _AS_WORD),
    ("OpenDocument 文件", _AS_WORD),
    ("网页", _AS_SHEET),
    ("XML", _AS_SHEET),
    ("二进制工作簿", _AS_SHEET),
    ("旧版表格", _AS_SHEET),
    ("图片", "图片里的文字读不了；请向报送单位要可以编辑的表格或 Word 文件"),
    (package.PDF, "PDF 的表格读不准；请向报送单位要可以编辑的表格或 Word 文件"),
    ("OFD", "版式文件的表格读不准；请向报送单位要可以编辑的表格或 Word 文件"),
    ("快捷方式", "这只是一个指向别处的链接；请放入它所指的文件"),
    ("邮件", "请打开邮件，把附件另存到反馈文件夹"),
)


def read_contents(blob: bytes, name: str) -> Outcome[Contents]:
    """The contents (反馈内容) of a file that came back; raises `InputError` with all that is wrong with it."""
    _refuse_leftover(name)
    kind = file_kind(blob)
    if kind == package.UNKNOWN and _suffix(name) in _KINDS[TEXT].suffixes:
        kind = TEXT  # text with a fault, whose row can be named
    problems = list(_wrong_suffix(name, kind)) if _is_readable(kind, name) else []
    match kind:
        case package.XLSX:
            from reportgen.ledger.files.xlsx import read_xlsx

            outcome = _gathered(name, read_xlsx(blob, name))
        case package.XLS:
            from reportgen.ledger.files.xls import read_xls

            outcome = _gathered(name, read_xls(blob, name))
        case package.ODS:
            from reportgen.ledger.files.ods import read_ods

            outcome = _gathered(name, read_ods(blob, name))
        case package.DOCX:
            from reportgen.ledger.files.word import read_word_contents

            outcome = read_word_contents(blob, name)
        case package.TEXT if _is_readable(kind, name):
            table = read_csv_table(blob, name)
            outcome = Outcome(Contents(name, (table.value,)), table.problems)
        case _:
            raise _refused(blob, name, kind)
    if kind != DOCX and not any(_has_text(table) for table in outcome.value.tables):
        what = f"「{called(name)}」里没有任何文字"
        fix = "请打开看看是不是空表；如果内容是图片，请向报送单位要可以编辑的文件"
        raise InputError([*outcome.problems, error("file.no-text", what, fix, Location(file=name))])
    return Outcome(outcome.value, (*problems, *outcome.problems))


# ---- which file it is


def _is_readable(kind: str, name: str) -> bool:
    return kind in _KINDS and (kind != TEXT or _suffix(name) in _TEXT_SUFFIXES)


def _suffix(name: str) -> str:
    dot = re.search(r"\.[^./\\]*$", name)
    return dot[0].lower() if dot else ""


def _wrong_suffix(name: str, kind: str) -> Iterator[Problem]:
    if _suffix(name) not in _KINDS[kind].suffixes:
        what = f"「{called(name)}」的内容是{_KINDS[kind].noun}，已照此读入"
        yield warning("file.wrong-suffix", what, f"请把扩展名改为 {_KINDS[kind].suffixes[0]}", Location(file=name))


def _refuse_leftover(name: str) -> None:
    """What programs and systems leave in a folder is nobody's return."""
    package.refuse_temporary(name, "WPS 或 Office", "反馈文件")
    if package.leftover(name):
        what = f"「{called(name)}」是操作系统留下的文件，不是反馈文件"
        raise InputError([error("file.wrong-kind", what, "不用管它，也可以删去", Location(file=name))])


# Endings of Word files: a broken or locked package says no more of what it was.
_WORD_SUFFIXES = (".docx", ".docm", ".dotx", ".doc", ".wps", ".dot", ".wpt")


def _office(name: str) -> package.Office:
    """Which office program a file is for (所属程序) that only its name tells of."""
    suffix = _suffix(name)
    return package.WORD_FILE if suffix in _WORD_SUFFIXES else package.WORKBOOK


def _refused(blob: bytes, name: str, kind: str) -> InputError:
    if kind == package.UNKNOWN_OLD and _suffix(name) in (*_KINDS[XLS].suffixes, ".doc", ".wps"):
        return package.damaged(name, "文件不完整", _office(name))
    if kind == DAMAGED:
        return package.damaged(name, "压缩包不完整", _office(name))
    if kind == ENCRYPTED:
        return package.encrypted(name, _office(name))
    fix = f"能读的有 {'、'.join(READABLE)}；请向报送单位要这样的文件"
    if "压缩包" in kind:
        fix = "请先解压，把里面的文件放进反馈文件夹"
    for start, way in _WAYS_OUT:
        fix = way if kind.startswith(start) else fix
    return InputError([error("file.wrong-kind", f"「{called(name)}」是{kind}，读不了", fix, Location(file=name))])


# ---- spreadsheets

_CHOICES_SHEET = "选项"  # of `workbook.write_workbook`; old formats keep it only hidden
_LONG_CHOICE = 30


def _is_choices(sheet: SheetCells) -> bool:
    """Whether a sheet holds the words of drop-down lists (选项表) and nothing else: lists of words without a head."""
    if sheet.state == "visible" or sheet.title != _CHOICES_SHEET or sheet.merges or sheet.comments:
        return False
    if list(sheet.values) != list(range(1, len(sheet.values) + 1)):
        return False
    if any(STANDARD_WORDS.field_of(text) for text, _ in sheet.values[1].values()):
        return False
    above: set[int] | None = None
    for row in sheet.values.values():
        columns = set(row)
        # Each list goes down without a gap, and its words are short.
        if (above is not None and not columns <= above) or any(
            fault or len(text) > _LONG_CHOICE or re.search("[。；;]", text) for text, fault in row.values()
        ):
            return False
        above = columns
    return bool(sheet.values)


def _gathered(name: str, read: SheetsRead) -> Outcome[Contents]:
    """A table for each sheet that has anything, with what the reader of the file must be told."""
    problems = list(read.problems)
    if read.has_macros:
        fix = "内容不受影响；以后请存为 .xlsx 报送"
        what = f"「{called(name)}」里有宏，没有运行，也没有读入"
        problems.append(warning("file.macros", what, fix, Location(file=name)))
    tables: list[Table] = []
    for sheet in read.sheets:
        if sheet.is_blank():
            continue
        if _is_choices(sheet):
            continue
        if sheet.state == "own":
            what = f"工作表「{short(sheet.title)}」是程序深度隐藏的，没有读入"
            fix = "一般不用管它；如果里面有要报的内容，请抄到看得见的表里"
            problems.append(warning("ledger.hidden", what, fix, sheet.where))
            continue
        if sheet.state == "hidden" and sheet.values:
            what = f"工作表「{short(sheet.title)}」是隐藏的，仍已读入"
            problems.append(warning("ledger.hidden", what, "请取消隐藏并核对，或删去这张表", sheet.where))
        try:
            tables.append(as_table(sheet))
            problems += unseen(sheet)
        except InputError as fault:
            problems += fault.problems
    refuse_errors(problems)
    return Outcome(Contents(name, tuple(tables)), tuple(problems))


def _has_text(table: Table) -> bool:
    return any(cell.text.strip() or cell.faults for row in table.rows for cell in row)
