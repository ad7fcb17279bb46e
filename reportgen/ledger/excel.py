"""Workbooks (.xlsx 工作簿) as tables: the text of every cell as it is shown, with its address.

Rows are streamed with openpyxl's own parser of sheets: its worksheet objects either believe a false size and
know no merged cells (read-only), or build every cell of a merged range before a limit could stop them.
"""

from __future__ import annotations

import re
import warnings
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cache
from io import BytesIO
from typing import Any

from reportgen.ledger.formats import CHINESE_DATES, date_text, general_text, number_text
from reportgen.ledger.model import Sheet
from reportgen.ledger.package import check_workbook, damaged
from reportgen.ledger.records import RECORD_SHEET, RECORD_SHEETS, period_in
from reportgen.ledger.tables import HEAD_ROWS, MAX_COLUMNS, MAX_DATA_ROWS, Cell, Found, Table, choose_sheets
from reportgen.package import short
from reportgen.problems import InputError, Location, Problem, error, warning

# Blank formatted cells do not count as data, but somebody has to read them: enough for 60,000 rows of 30.
MAX_READ_CELLS = 2_000_000


@dataclass(slots=True)
class _Raw:
    """What one sheet holds (原始内容): values by row and column, and what is hidden or merged."""

    values: dict[int, dict[int, tuple[str, Problem | None]]] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)


def read_workbook(blob: bytes, name: str, wanted: Collection[Sheet]) -> Found:
    """The tables of a workbook by sheet; `wanted` only decides what a single sheet of any name means."""
    check_workbook(blob, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _read(blob, name, wanted)
        except InputError:
            raise
        except Exception:
            # openpyxl raises whatever its parts raise; none of its words would help an office.
            raise damaged(name, "内部结构有误") from None


def _read(blob: bytes, name: str, wanted: Collection[Sheet]) -> Found:
    from openpyxl import load_workbook

    book = load_workbook(BytesIO(blob), read_only=True, data_only=True, keep_links=False)
    sheets = book.worksheets
    titles = [sheet.title for sheet in sheets]
    chosen, problems = choose_sheets(titles, name, wanted)
    if not chosen and len(titles) == 1 and set(wanted) == {Sheet.TASKS}:
        # 「Sheet1」 of a workbook that has nothing else.
        chosen = {Sheet.TASKS: [0]}
    strings = _shared_strings(book)
    tables: dict[Sheet, Table] = {}
    for kind, found in chosen.items():
        if len(found) > 1:
            continue
        sheet, where = sheets[found[0]], Location(file=name, sheet=titles[found[0]])
        if sheet.sheet_state != "visible":
            what = f"工作表「{short(sheet.title)}」是隐藏的，仍已读入"
            problems.append(warning("ledger.hidden", what, "请取消隐藏并核对，或删去这张表", where))
        try:
            raw = _read_sheet(book, sheet, strings, where)
            tables[kind] = _table(raw, sheet.title, where)
            problems += _hidden(raw, where)
        except InputError as fault:
            problems += fault.problems
    spare: list[Table] = []
    period = ""
    own = RECORD_SHEETS if RECORD_SHEET in titles else ()
    read = {i for found in chosen.values() for i in found}
    for i, sheet in enumerate(sheets):
        where = Location(file=name, sheet=titles[i])
        # A sheet that nobody can unhide by hand is a program's own.
        if i in read or sheet.sheet_state == "veryHidden":
            continue
        top = _top(book, sheet, strings, where)
        if titles[i] in own:
            period = period_in(top) if top and titles[i] == RECORD_SHEET else period
            continue
        if top is not None and not top.rows:
            continue
        if top and not set(wanted) <= chosen.keys():
            spare.append(top)
        if sheet.sheet_state == "visible":
            what = f"工作表「{short(titles[i])}」不是「预期目标」或「重点任务」，没有读入"
            problems.append(warning("ledger.unread-sheet", what, "如有台账内容，请移到这两张表里", where))
        else:
            what = f"隐藏的工作表「{short(titles[i])}」里有内容，没有读入"
            fix = "请取消隐藏并核对：有台账内容的移到「预期目标」或「重点任务」表，不要的请删除"
            problems.append(warning("ledger.hidden", what, fix, where))
    given_up = frozenset(chosen.keys() - tables.keys())
    return Found(tables, tuple(titles), tuple(problems), given_up, tuple(spare), period)


def _shared_strings(book: Any) -> list[str]:
    """The shared strings (共享文字); openpyxl drops every `x005F_`, which protects a typed `_x000D_`."""
    from openpyxl.cell.text import Text
    from openpyxl.xml.constants import SHEET_MAIN_NS
    from openpyxl.xml.functions import iterparse

    parts = [part for part in book._archive.namelist() if part.lower().endswith("sharedstrings.xml")]
    if not any(b"x005F_" in book._archive.read(part) for part in parts):
        return next((list(sheet._shared_strings) for sheet in book.worksheets), [])
    with book._archive.open(parts[0]) as source:
        nodes = (node for _, node in iterparse(source) if node.tag == f"{{{SHEET_MAIN_NS}}}si")
        return [str(Text.from_tree(node).content) for node in nodes]  # type: ignore[union-attr]


def _rows(
    book: Any, sheet: Any, strings: list[str], raw: _Raw, where: Location
) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """The rows of a sheet one by one; merges and hidden parts go into `raw` on the way."""
    from openpyxl.utils import range_boundaries
    from openpyxl.worksheet import _reader as parts
    from openpyxl.xml.functions import iterparse

    chinese = {i for i, style in enumerate(book._cell_styles) if style.numFmtId in CHINESE_DATES}
    merge_tag = parts.MERGE_TAG.replace("mergeCells", "mergeCell")
    read = 0
    with sheet._get_source() as source:
        parser = parts.WorkSheetParser(
            source,
            strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats | chinese,
            timedelta_formats=book._timedelta_formats,
        )
        for _, element in iterparse(source):
            if element.tag == parts.ROW_TAG:
                lacking = [_lacks_value(cell, parts) for cell in element]
                number, cells = parser.parse_row(element)
                read += len(cells)
                if read > MAX_READ_CELLS:
                    raise _too_many(raw, where, f"带格式的空白单元格太多（超过 {MAX_READ_CELLS} 个）")
                for cell, lacks in zip(cells, lacking, strict=True):
                    cell["lacks"] = lacks
                if element.get("hidden") in ("1", "true"):
                    raw.hidden_rows.append(number)
                yield number, cells
            elif element.tag == parts.COL_TAG and element.get("hidden") in ("1", "true"):
                raw.hidden_columns.append((int(element.get("min")), int(element.get("max"))))
            elif element.tag == merge_tag:
                left, top, right, bottom = range_boundaries(element.get("ref"))
                raw.merges.append((left or 1, top or 1, right or left or 1, bottom or top or 1))
            else:
                continue
            element.clear()


def _lacks_value(cell: Any, parts: Any) -> bool:
    """Whether a cell has a formula that nobody has calculated yet."""
    if cell.find(parts.FORMULA_TAG) is None:
        return False
    value = cell.findtext(parts.VALUE_TAG)
    # An empty value is a result only where the result is text.
    return value is None or (not value and cell.get("t") != "str")


def _too_many(raw: _Raw, where: Location, why: str = "") -> InputError:
    what = f"工作表「{short(where.sheet or '')}」" + (why or f"超过 {MAX_DATA_ROWS} 行")
    fix = "请删去多余的空白行列（整行整列删除），或拆成几份台账"
    return InputError([error("ledger.too-many-rows", what, fix, _place(where, max(raw.values, default=1), 1))])


def _read_sheet(book: Any, sheet: Any, strings: list[str], where: Location) -> _Raw:
    raw = _Raw()
    formats: dict[int, str] = {}
    for number, cells in _rows(book, sheet, strings, raw, where):
        row = _row_values(book, cells, number, formats, where)
        if not row:
            continue
        if number in raw.values:
            raise damaged(where.file, f"第 {number} 行出现两次")
        raw.values[number] = row
        if len(raw.values) > MAX_DATA_ROWS + HEAD_ROWS:
            raise _too_many(raw, where)
    return raw


def _row_values(
    book: Any, cells: Sequence[Mapping[str, Any]], number: int, formats: dict[int, str], where: Location
) -> dict[int, tuple[str, Problem | None]]:
    row: dict[int, tuple[str, Problem | None]] = {}
    for cell in cells:
        if cell["value"] is None and not cell["lacks"]:
            continue
        place = _place(where, number, cell["column"])
        text, fault = _shown(book, cell, formats, place)
        if not text.strip() and fault is None:
            continue
        if cell["column"] > MAX_COLUMNS:
            what = f"第 {MAX_COLUMNS} 列以后还有内容「{short(text)}」"
            fix = f"台账最多 {MAX_COLUMNS} 列，请删去多余的列"
            raise InputError([error("ledger.too-many-columns", what, fix, place)])
        row[cell["column"]] = (text, fault)
    return row


@cache
def _letters(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return get_column_letter(column)


def _place(where: Location, row: int, column: int) -> Location:
    return Location(file=where.file, sheet=where.sheet, cell=f"{_letters(column)}{row}")


_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def _shown(book: Any, cell: Mapping[str, Any], formats: dict[int, str], where: Location) -> tuple[str, Problem | None]:
    """What the cell shows (显示的文字), or the fault that keeps it from being read."""
    value, kind = cell["value"], cell["data_type"]
    if cell["lacks"]:
        fix = "请在 WPS 或 Excel 中打开后保存，再重试"
        return "", error("ledger.no-cached-value", "这一格是公式，但文件里没有算好的结果", fix, where)
    if kind == "e":
        what = f"这一格是错误值「{short(str(value))}」"
        return str(value), error("ledger.error-cell", what, "请改正公式，或改填文字", where)
    if kind == "b":
        # Nobody types a truth value on purpose: it comes from a tick box or a formula, and neither TRUE nor
        # 是 belongs into a report unread.
        shown = "TRUE" if value else "FALSE"
        return shown, error("ledger.boolean", f"这一格是逻辑值「{shown}」", "请改填文字", where)
    if isinstance(value, str):
        return _ESCAPED.sub(lambda mark: chr(int(mark[1], 16)), value), None
    number_format = _format_of(book, cell["style_id"], formats)
    if isinstance(value, date | time | timedelta):
        return date_text(value, number_format), None
    text = number_text(value, number_format)
    if text is None:
        text = general_text(value)
        what = f"不认识数字格式「{short(number_format, 40)}」，按「{text}」读入"
        return text, warning("ledger.number-format", what, "请核对；或把这一格改为文本格式重填", where)
    return text, None


def _format_of(book: Any, style: int, formats: dict[int, str]) -> str:
    if style not in formats:
        from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE

        number = book._cell_styles[style].numFmtId
        if number >= BUILTIN_FORMATS_MAX_SIZE:
            formats[style] = book._number_formats[number - BUILTIN_FORMATS_MAX_SIZE]
        else:
            formats[style] = BUILTIN_FORMATS.get(number) or CHINESE_DATES.get(number, "General")
    return formats[style]


def _table(raw: _Raw, title: str, where: Location) -> Table:
    width = max((max(row) for row in raw.values.values()), default=0)
    merged = _merged_cells(raw, where, width)
    rows = []
    for number, values in sorted(raw.values.items()):
        row = []
        for column in range(1, width + 1):
            text, fault = values.get(column, ("", None))
            anchor = merged.get((number, column))
            place = _place(where, number, column)
            if anchor is None:
                row.append(Cell(text, place, None, (fault,) if fault else ()))
                continue
            text, fault = raw.values.get(anchor[0], {}).get(anchor[1], ("", None))
            # A fault is told once, where the value was typed.
            faults = (fault,) if fault and anchor == (number, column) else ()
            row.append(Cell(text, place, _place(where, *anchor), faults))
        rows.append(tuple(row))
    return Table(title, rows, where)


def _merged_cells(raw: _Raw, where: Location, width: int) -> dict[tuple[int, int], tuple[int, int]]:
    """The first cell of the merged range for each covered cell, within the rows that hold data."""
    numbers = sorted(raw.values)
    room = len(numbers) * width
    covered: dict[tuple[int, int], tuple[int, int]] = {}
    for left, top, right, bottom in raw.merges:
        rows = numbers[bisect_left(numbers, top) : bisect_right(numbers, bottom)]
        columns = range(left, min(right, width) + 1)
        room -= len(rows) * len(columns)
        if room < 0:
            raise damaged(where.file, "合并单元格互相重叠")
        for row in rows:
            for column in columns:
                covered[row, column] = (top, left)
    return covered


def _hidden(raw: _Raw, where: Location) -> Iterator[Problem]:
    rows = [number for number in raw.hidden_rows if number in raw.values]
    if rows:
        listed = "、".join(map(str, rows[:10])) + ("等" if len(rows) > 10 else "")
        what = f"有 {len(rows)} 个隐藏的行含有内容，仍已读入：第 {listed} 行"
        fix = "请取消隐藏或筛选并核对；不要的行请删除"
        yield warning("ledger.hidden", what, fix, _place(where, rows[0], min(raw.values[rows[0]])))
    used = {column for row in raw.values.values() for column in row}
    columns = sorted(c for first, last in raw.hidden_columns for c in used if first <= c <= last)
    if columns:
        places = [_place(where, min(raw.values), column) for column in columns]
        letters = "、".join(re.sub(r"\d", "", place.cell or "") for place in places[:10])
        what = f"有 {len(columns)} 个隐藏的列含有内容，仍已读入：{letters} 列"
        yield warning("ledger.hidden", what, "请取消隐藏并核对；不要的列请删除", places[0])


def _top(book: Any, sheet: Any, strings: list[str], where: Location) -> Table | None:
    """The first rows of a sheet that is not read, its merges unknown; None if even these are too much."""
    raw = _Raw()
    try:
        for number, cells in _rows(book, sheet, strings, raw, where):
            if row := _row_values(book, cells, number, {}, where):
                raw.values[number] = row
            if len(raw.values) >= HEAD_ROWS:
                break
    except InputError:
        return None
    raw.merges.clear()
    return _table(raw, sheet.title, where)
