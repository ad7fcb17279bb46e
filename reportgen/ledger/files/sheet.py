"""What one sheet of a spreadsheet file holds (工作表内容), whatever the file's format: .xlsx, .xls or .ods.

The readers of the formats fill `SheetCells`; limits, and what a cell shows, are judged here, once. What the whole of it
is to others stands in `sheet_table`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Literal, TypeAlias

from reportgen.ledger.files.formats import date_text, general_text, is_date, moment_of, number_text
from reportgen.ledger.files.package import damaged
from reportgen.ledger.tables import HEAD_ROWS
from reportgen.limits import Tables, held
from reportgen.package import short
from reportgen.problems import InputError, Location, Problem, error, warning

# Blank formatted cells do not count as data, but somebody has to read them: enough for 60,000 rows of 30.
# So many cells of a sheet that cannot be read are told one by one; a sheet with more is broken.
_UNREADABLE_TOLD = 20

# A spreadsheet keeps fifteen digits of a number.
_INEXACT = 10**15
# and knows none that is greater.
_GREATEST = 10**308

Shown: TypeAlias = tuple[str, Problem | None]
"""What a cell shows (显示的文字), and the fault that keeps it from being read."""


class RowCells(Mapping[int, Shown]):
    """The cells of one row by column (一行的单元格): texts side by side, faults apart, since few cells have one."""

    __slots__ = ("_faults", "_texts")

    def __init__(self) -> None:
        self._texts: list[str | None] = []
        self._faults: dict[int, Problem] | None = None

    def put(self, column: int, shown: Shown) -> None:
        """Put a cell there (填入), in place of an earlier one."""
        text, fault = shown
        short_of = column - len(self._texts)
        if short_of == 1:
            self._texts.append(text)
        else:
            self._texts += [None] * short_of
            self._texts[column - 1] = text
        if fault is not None:
            self._faults = {**(self._faults or {}), column: fault}
        elif self._faults:
            self._faults.pop(column, None)

    @property
    def width(self) -> int:
        """The last column (末列) that holds anything."""
        return len(self._texts)

    @property
    def texts(self) -> Iterator[str]:
        """The texts (各格文字) of the first columns, empty ones too."""
        return (text or "" for text in self._texts)

    @property
    def has_faults(self) -> bool:
        """Whether anything is wrong with a cell (有无问题)."""
        return bool(self._faults)

    def text(self, column: int) -> str:
        """The text of a cell (文字); empty where there is none."""
        return (self._texts[column - 1] or "") if column <= len(self._texts) else ""

    def fault(self, column: int) -> Problem | None:
        """What is wrong with a cell (问题)."""
        return self._faults.get(column) if self._faults else None

    def __getitem__(self, column: int) -> Shown:
        """What the cell shows."""
        if not 0 < column <= len(self._texts) or (text := self._texts[column - 1]) is None:
            raise KeyError(column)
        return text, self.fault(column)

    def __iter__(self) -> Iterator[int]:
        """The columns that hold anything, from the left."""
        return (column for column, text in enumerate(self._texts, 1) if text is not None)

    def __len__(self) -> int:
        """How many cells hold anything."""
        return sum(text is not None for text in self._texts)


@dataclass(slots=True)
class SheetCells:
    """The cells (单元格内容) of one sheet by row and column, from 1, and what is hidden, merged or commented.

    A sheet whose state is `own` cannot be unhidden by hand: it is a program's.
    """

    where: Location
    limits: Tables = field(default_factory=lambda: held().tables, kw_only=True, repr=False)
    most_rows: int = field(default=0, kw_only=True)
    state: Literal["visible", "hidden", "own"] = "visible"
    values: dict[int, RowCells] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    comments: list[tuple[int, int, str]] = field(default_factory=list)
    floating: list[str] = field(default_factory=list)
    pictures: int = 0
    kept: dict[str, str] = field(default_factory=dict, repr=False)
    read: int = 0
    unreadable: int = 0

    @property
    def most(self) -> int:
        """How many rows of it are read (最多几行)."""
        return self.most_rows or self.limits.rows

    def is_blank(self) -> bool:
        """Whether the sheet (空表) has nothing that anybody could miss."""
        return not (self.values or self.comments or self.floating or self.pictures)

    @property
    def title(self) -> str:
        """The name (表名) of the sheet."""
        return self.where.sheet or ""


@dataclass(frozen=True, slots=True)
class SheetsRead:
    """What a spreadsheet file gave (读到的各表): its sheets, those that could not be read as problems."""

    sheets: tuple[SheetCells, ...]
    problems: tuple[Problem, ...] = ()
    has_macros: bool = False


# ---- filling in


def count_cells(sheet: SheetCells, cells: int) -> None:
    """Count cells that were read (计数), blank ones too; raises `InputError` for more than anybody fills in."""
    sheet.read += cells
    if sheet.read > (most := sheet.limits.read_cells):
        raise _too_many(sheet, f"带格式的空白单元格太多（超过 {most} 个）")


def count_rows(sheet: SheetCells, rows: int) -> None:
    """Refuse more rows than anybody fills in (行数), blank ones too: `InputError`."""
    if rows > (most := sheet.limits.read_rows):
        raise _too_many(sheet, f"带格式的空白行太多（超过 {most} 行）")


def put(sheet: SheetCells, row: int, column: int, shown: Shown) -> None:
    """Put a cell (填入) unless it is blank; raises `InputError` for a sheet with too much in it."""
    text, fault = shown
    if not text.strip() and fault is None:
        return
    if column > (most := sheet.limits.columns):
        what = f"第 {most} 列以后还有内容「{short(text)}」"
        fix = f"表格最多 {most} 列，请删去多余的列"
        raise InputError([error("ledger.too-many-columns", what, fix, place(sheet.where, row, column))])
    if row not in sheet.values:
        if len(sheet.values) >= sheet.most + HEAD_ROWS:
            raise _too_many(sheet)
        sheet.values[row] = RowCells()
    sheet.values[row].put(column, shown)


def _too_many(sheet: SheetCells, why: str = "") -> InputError:
    what = f"工作表「{short(sheet.title)}」" + (why or f"超过 {sheet.most} 行")
    fix = "请删去多余的空白行列（整行整列删除），或分成几份文件"
    where = place(sheet.where, max(sheet.values, default=1), 1)
    return InputError([error("ledger.too-many-rows", what, fix, where)])


def damaged_sheet(where: Location, why: str, row: int = 0, column: int = 1) -> InputError:
    """The refusal of a sheet that cannot be read (损坏的工作表), with the place of what is wrong if it is known."""
    (fault,) = damaged(where.file, f"工作表「{short(where.sheet or '')}」" + why).problems
    return InputError([replace(fault, where=place(where, row, column) if row else where)])


def place(where: Location, row: int, column: int) -> Location:
    """The place (单元格位置) of a cell of the sheet."""
    return Location(file=where.file, sheet=where.sheet, cell=f"{letters(column)}{row}")


def letters(column: int) -> str:
    """The letters (列标) of a column: 1 is A, 27 is AA."""
    text = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


_PAGE_CODE = re.compile(r'&"[^"]*"|&K[0-9A-Fa-f]{6}|&[A-Za-z]|&\d+')
_PAGE_NUMBER = re.compile(r"[\s\d/—，,-]|[第共页]|Page|of")


def page_words(text: str) -> list[str]:
    """What a page's header or footer (页眉页脚) says beside the page's number; nothing if it says no more."""
    said = " ".join(_PAGE_CODE.sub(" ", text).split())
    return [said] if _PAGE_NUMBER.sub("", said) else []


# ---- what a cell shows


def number_cell(value: int | float | date | time | timedelta, number_format: str, where: Location) -> Shown:
    """A number or date (数字、日期) as its format shows it."""
    if isinstance(value, date | time | timedelta):
        return date_text(value, number_format), None
    text = number_text(value, number_format)
    if abs(value) >= _INEXACT:
        shown = general_text(value) if text is None else text
        what = f"这一格的数超过 {len(str(_INEXACT)) - 1} 位，表格软件记不住后面的位数，按「{short(shown)}」读入"
        return shown, warning("ledger.long-number", what, "如是编号，请把这一格改为文本格式重填", where)
    if text is None:
        text = general_text(value)
        what = f"不认识数字格式「{short(number_format, 40)}」，按「{text}」读入"
        return text, warning("ledger.number-format", what, "请核对；或把这一格改为文本格式重填", where)
    return text, None


_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,4})?")


def stored_number(written: str) -> int | float | None:
    """The number (存储的数) that a file writes so; None for what is none, such as NaN, or greater than any."""
    text = written.strip()
    if len(text) > 400 or not text.isascii() or not _NUMBER.fullmatch(text):
        return None
    value = int(text) if text.lstrip("+-").isdigit() else float(text)
    return value if abs(value) < _GREATEST else None


def serial_cell(value: int | float, number_format: str, from_1904: bool, where: Location) -> Shown:
    """A stored number (数字、日期) as its format shows it; days are counted from the end of 1899, or from 1904."""
    if not is_date(number_format):
        return number_cell(value, number_format, where)
    moment = moment_of(value, number_format, from_1904)
    if moment is not None:
        return number_cell(moment, number_format, where)
    shown = general_text(value)
    what = f"这一格的格式是日期或时间，填的数「{short(shown)}」却不是哪一天的"
    return shown, error("ledger.bad-date", what, "请改填日期；不是日期的，请把这一格改为文本格式重填", where)


def iso_cell(written: str, number_format: str, sheet: SheetCells, where: Location) -> Shown:
    """A date that the file writes out (日期), such as 2026-06-30T00:00:00."""
    try:
        moment = datetime.fromisoformat(written.strip().removesuffix("Z"))
    except ValueError:
        return unreadable_cell(sheet, where, f"「{short(written)}」不是日期", written)
    return number_cell(moment if "T" in written else moment.date(), number_format, where)


def unreadable_cell(sheet: SheetCells, where: Location, why: str, text: str = "") -> Shown:
    """What the file stores for a cell, but no program could show (读不懂的单元格); raises for a sheet full of them."""
    sheet.unreadable += 1
    if sheet.unreadable > _UNREADABLE_TOLD:
        raise damaged_sheet(sheet.where, f"有 {_UNREADABLE_TOLD} 多格读不懂")
    fix = "请在 WPS 或 Excel 中打开，重填这一格后保存，再重试"
    return short(text), error("ledger.unreadable-cell", f"这一格存的内容读不懂：{why}", fix, where)


def truth_cell(value: bool, where: Location) -> Shown:
    """A truth value (逻辑值): it comes from a tick box or a formula, and belongs into no report unread."""
    shown = "TRUE" if value else "FALSE"
    return shown, error("ledger.boolean", f"这一格是逻辑值「{shown}」", "请改填文字", where)


def error_cell(text: str, where: Location) -> Shown:
    """The value of a formula that failed (错误值)."""
    what = f"这一格是错误值「{short(text)}」"
    return text, error("ledger.error-cell", what, "请改正公式，或改填文字", where)


def uncalculated_cell(where: Location) -> Shown:
    """A formula (公式) without its result."""
    fix = "请在 WPS 或 Excel 中打开后保存，再重试"
    return "", error("ledger.no-cached-value", "这一格是公式，但文件里没有算好的结果", fix, where)
