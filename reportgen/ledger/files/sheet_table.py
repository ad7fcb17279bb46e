"""A sheet as a whole (整张工作表): its rows as a table, merged ranges filled, and what nobody sees of it.

Whatever the file's format, the sheet has been read into `SheetCells`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import overload

from reportgen.ledger.files.sheet import RowCells, SheetCells, damaged_sheet, letters, place
from reportgen.ledger.places import RowPlaces
from reportgen.ledger.tables import Cell, ComposedRows, Table
from reportgen.package import short
from reportgen.problems import Location, Problem, warning

# So many comments of a sheet are told one by one.
_COMMENTS_TOLD = 10


def as_table(sheet: SheetCells) -> Table:
    """The sheet as a table (转为表格): rows that hold anything, merged ranges filled."""
    rows = _Rows(sheet)
    return Table(sheet.title, [rows[index] for index in range(len(rows))], sheet.where)


def as_ledger_table(sheet: SheetCells) -> Table:
    """The same table, its rows made when they are asked for: a ledger may have a hundred thousand of them."""
    return Table(sheet.title, _Rows(sheet), sheet.where)


class _Rows(ComposedRows):
    """The rows of a sheet that hold anything (表格的行)."""

    def __init__(self, sheet: SheetCells) -> None:
        self._sheet = sheet
        self._numbers = sorted(sheet.values)
        self._width = max((row.width for row in sheet.values.values()), default=0)
        self._merged = _merged_cells(sheet, self._width)
        self._letters = [letters(column) for column in range(1, self._width + 1)]

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> tuple[Cell, ...]: ...

    @overload
    def __getitem__(self, index: slice) -> list[tuple[Cell, ...]]: ...

    def __getitem__(self, index: int | slice) -> tuple[Cell, ...] | list[tuple[Cell, ...]]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        number = self._numbers[index]
        values = self._sheet.values[number]
        if self._merged or values.has_faults:
            return tuple(self._cell(values, number, column) for column in range(1, self._width + 1))
        file, sheet, ending = self._sheet.where.file, self._sheet.where.sheet, str(number)
        return tuple(
            Cell(text, Location(file=file, sheet=sheet, cell=letters + ending))
            for letters, text in zip_longest(self._letters, values.texts, fillvalue="")
        )

    def _cell(self, values: RowCells, number: int, column: int) -> Cell:
        sheet = self._sheet
        where = Location(file=sheet.where.file, sheet=sheet.where.sheet, cell=f"{self._letters[column - 1]}{number}")
        anchor = self._merged.get((number, column)) if self._merged else None
        if anchor is None:
            fault = values.fault(column)
            return Cell(values.text(column), where, None, (fault,) if fault else ())
        first = sheet.values.get(anchor[0], _NO_CELLS)
        fault = first.fault(anchor[1])
        # A fault is told once, where the value was typed.
        faults = (fault,) if fault and anchor == (number, column) else ()
        return Cell(first.text(anchor[1]), where, place(sheet.where, *anchor), faults)

    def used(self, start: int) -> list[bool]:
        waiting = set(range(1, self._width + 1))
        for number in self._numbers[start:]:
            values = self._sheet.values[number]
            for column in tuple(waiting):
                own = self._merged.get((number, column), (number, column)) == (number, column)
                if own and (values.text(column).strip() or values.fault(column)):
                    waiting.discard(column)
            if not waiting:
                break
        return [column not in waiting for column in range(1, self._width + 1)]

    def places(self, index: int, letters: Mapping[str, str]) -> RowPlaces:
        return RowPlaces(self._sheet.where, self._numbers[index], letters)

    def letters(self, columns: Mapping[str, int]) -> Mapping[str, str]:
        return {name: self._letters[i] for name, i in columns.items()}


_NO_CELLS = RowCells()


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
    used = {column for row in sheet.values.values() for column in row} if sheet.hidden_columns else set()
    columns = sorted({c for first, last in sheet.hidden_columns for c in used if first <= c <= last})
    if columns:
        places = [place(sheet.where, min(sheet.values), column) for column in columns]
        named = "、".join(re.sub(r"\d", "", each.cell or "") for each in places[:10])
        what = f"有 {len(columns)} 个隐藏的列含有内容，仍已读入：{named} 列"
        yield warning("ledger.hidden", what, "请取消隐藏并核对；不要的列请删除", places[0])


def _covered(sheet: SheetCells) -> Iterator[Problem]:
    """Texts below a merged range: a program may keep them there, nobody sees them."""
    width = max((row.width for row in sheet.values.values()), default=0)
    covered = []
    for (row, column), (top, left) in _merged_cells(sheet, width).items():
        text = sheet.values[row].text(column).strip()
        if text and text != sheet.values.get(top, _NO_CELLS).text(left).strip():
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
