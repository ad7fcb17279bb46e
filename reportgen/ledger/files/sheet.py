"""What one sheet of a spreadsheet file holds (工作表内容), whatever the file's format: .xlsx, .xls or .ods.

The readers of the formats fill `SheetCells`; limits, merged ranges, hidden parts and comments are judged here, once.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Literal, TypeAlias

from reportgen.ledger.files.formats import date_text, general_text, is_date, moment_of, number_text
from reportgen.ledger.files.package import damaged
from reportgen.ledger.tables import HEAD_ROWS, MAX_COLUMNS, MAX_DATA_ROWS, Cell, Table
from reportgen.package import short
from reportgen.problems import InputError, Location, Problem, error, warning

# Blank formatted cells do not count as data, but somebody has to read them: enough for 60,000 rows of 30.
MAX_READ_CELLS = 2_000_000
MAX_READ_ROWS = 200_000
# So many cells of a sheet that cannot be read are told one by one; a sheet with more is broken.
_UNREADABLE_TOLD = 20
# So many comments of a sheet are told one by one.
_COMMENTS_TOLD = 10

# A spreadsheet keeps fifteen digits of a number.
_INEXACT = 10**15
# and knows none that is greater.
_GREATEST = 10**308

Shown: TypeAlias = tuple[str, Problem | None]
"""What a cell shows (显示的文字), and the fault that keeps it from being read."""


@dataclass(slots=True)
class SheetCells:
    """The cells (单元格内容) of one sheet by row and column, from 1, and what is hidden, merged or commented.

    A sheet whose state is `own` cannot be unhidden by hand: it is a program's.
    """

    where: Location
    state: Literal["visible", "hidden", "own"] = "visible"
    values: dict[int, dict[int, Shown]] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    comments: list[tuple[int, int, str]] = field(default_factory=list)
    floating: list[str] = field(default_factory=list)
    pictures: int = 0
    read: int = 0
    unreadable: int = 0

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
    if sheet.read > MAX_READ_CELLS:
        raise _too_many(sheet, f"带格式的空白单元格太多（超过 {MAX_READ_CELLS} 个）")


def count_rows(sheet: SheetCells, rows: int) -> None:
    """Refuse more rows than anybody fills in (行数), blank ones too: `InputError`."""
    if rows > MAX_READ_ROWS:
        raise _too_many(sheet, f"带格式的空白行太多（超过 {MAX_READ_ROWS} 行）")


def put(sheet: SheetCells, row: int, column: int, shown: Shown) -> None:
    """Put a cell (填入) unless it is blank; raises `InputError` for a sheet with too much in it."""
    text, fault = shown
    if not text.strip() and fault is None:
        return
    if column > MAX_COLUMNS:
        what = f"第 {MAX_COLUMNS} 列以后还有内容「{short(text)}」"
        fix = f"表格最多 {MAX_COLUMNS} 列，请删去多余的列"
        raise InputError([error("ledger.too-many-columns", what, fix, place(sheet.where, row, column))])
    if row not in sheet.values:
        if len(sheet.values) >= MAX_DATA_ROWS + HEAD_ROWS:
            raise _too_many(sheet)
        sheet.values[row] = {}
    sheet.values[row][column] = shown


def _too_many(sheet: SheetCells, why: str = "") -> InputError:
    what = f"工作表「{short(sheet.title)}」" + (why or f"超过 {MAX_DATA_ROWS} 行")
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


# ---- the whole sheet


def as_table(sheet: SheetCells) -> Table:
    """The sheet as a table (转为表格): rows that hold anything, merged ranges filled."""
    width = max((max(row) for row in sheet.values.values()), default=0)
    merged = _merged_cells(sheet, width)
    rows = []
    for number, values in sorted(sheet.values.items()):
        row = []
        for column in range(1, width + 1):
            text, fault = values.get(column, ("", None))
            anchor = merged.get((number, column))
            where = place(sheet.where, number, column)
            if anchor is None:
                row.append(Cell(text, where, None, (fault,) if fault else ()))
                continue
            text, fault = sheet.values.get(anchor[0], {}).get(anchor[1], ("", None))
            # A fault is told once, where the value was typed.
            faults = (fault,) if fault and anchor == (number, column) else ()
            row.append(Cell(text, where, place(sheet.where, *anchor), faults))
        rows.append(tuple(row))
    return Table(sheet.title, rows, sheet.where)


def _merged_cells(sheet: SheetCells, width: int) -> dict[tuple[int, int], tuple[int, int]]:
    """The first cell of the merged range for each covered cell, within the rows that hold data."""
    numbers = sorted(sheet.values)
    room = len(numbers) * width
    covered: dict[tuple[int, int], tuple[int, int]] = {}
    for left, top, right, bottom in sheet.merges:
        rows = numbers[bisect_left(numbers, top) : bisect_right(numbers, bottom)]
        columns = range(left, min(right, width) + 1)
        room -= len(rows) * len(columns)
        if room < 0:
            raise damaged_sheet(sheet.where, "的合并单元格互相重叠")
        for row in rows:
            for column in columns:
                covered[row, column] = (top, left)
    return covered


def unseen(sheet: SheetCells) -> Iterator[Problem]:
    """Warnings of what the eye and the program see differently (看不到的内容): hidden parts, comments, text boxes."""
    yield from _hidden(sheet)
    yield from _covered(sheet)
    yield from _comments(sheet)
    if sheet.floating:
        text = short("；".join(sheet.floating), 60)
        what = f"工作表「{short(sheet.title)}」的文本框、图形或页眉页脚里有文字「{text}」，没有读入"
        yield warning("ledger.unseen-text", what, "如有要报的内容，请写进单元格", sheet.where)
    if sheet.pictures:
        what = f"工作表「{short(sheet.title)}」里有 {sheet.pictures} 张图片，没有读入"
        yield warning("ledger.picture", what, "图片里如有要报的内容，请写进单元格", sheet.where)


def _hidden(sheet: SheetCells) -> Iterator[Problem]:
    rows = sorted({number for number in sheet.hidden_rows if number in sheet.values})
    if rows:
        listed = "、".join(map(str, rows[:10])) + ("等" if len(rows) > 10 else "")
        what = f"有 {len(rows)} 个隐藏的行含有内容，仍已读入：第 {listed} 行"
        fix = "请取消隐藏或筛选并核对；不要的行请删除"
        yield warning("ledger.hidden", what, fix, place(sheet.where, rows[0], min(sheet.values[rows[0]])))
    used = {column for row in sheet.values.values() for column in row}
    columns = sorted({c for first, last in sheet.hidden_columns for c in used if first <= c <= last})
    if columns:
        places = [place(sheet.where, min(sheet.values), column) for column in columns]
        named = "、".join(re.sub(r"\d", "", each.cell or "") for each in places[:10])
        what = f"有 {len(columns)} 个隐藏的列含有内容，仍已读入：{named} 列"
        yield warning("ledger.hidden", what, "请取消隐藏并核对；不要的列请删除", places[0])


def _covered(sheet: SheetCells) -> Iterator[Problem]:
    """Texts below a merged range: a program may keep them there, nobody sees them."""
    width = max((max(row) for row in sheet.values.values()), default=0)
    covered = []
    for (row, column), (top, left) in _merged_cells(sheet, width).items():
        text = sheet.values[row].get(column, ("", None))[0].strip()
        if text and text != sheet.values.get(top, {}).get(left, ("", None))[0].strip():
            covered.append((row, column, text))
    if covered:
        row, column, text = min(covered)
        what = f"有 {len(covered)} 格被合并单元格盖住，里面的内容没有读入：「{short(text, 40)}」等"
        fix = "请取消合并，看看盖住的内容要不要"
        yield warning("ledger.covered-text", what, fix, place(sheet.where, row, column))


def _comments(sheet: SheetCells) -> Iterator[Problem]:
    comments = [(row, column, text) for row, column, text in sorted(sheet.comments) if text.strip()]
    fix = "批注里如有要报的内容，请写进单元格"
    for row, column, text in comments[:_COMMENTS_TOLD]:
        what = f"这一格有批注「{short(text, 60)}」，没有读入"
        yield warning("ledger.comment", what, fix, place(sheet.where, row, column))
    rest = [place(sheet.where, row, column) for row, column, _ in comments[_COMMENTS_TOLD:]]
    if rest:
        listed = "、".join(each.cell or "" for each in rest[:15]) + ("等" if len(rest) > 15 else "")
        what = f"还有 {len(rest)} 格有批注，没有读入：{listed}"
        yield warning("ledger.comment", what, fix, rest[0])
