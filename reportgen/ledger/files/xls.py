"""Workbooks of the time before 2007 (.xls, WPS's .et), read with xlrd: each cell's text as it is shown.

python-calamine 0.9.1 reads them too, but without a word loses what xlrd keeps: on one sheet saved by LibreOffice
#DIV/0! and #N/A came as blanks, 007 as 7, 50.0% as 0.5, an amount of 1,234,567.50万元 as 1234567.5, and hidden rows,
hidden sheets and comments not at all. Text boxes, pictures and page headers, which xlrd passes over, are found in the
file's records. A formula always has a result in such a file: that of one never calculated is an empty text.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import StringIO
from math import isfinite
from typing import Any, Literal

from reportgen.ledger.files.formats import CHINESE_DATES
from reportgen.ledger.files.package import damaged
from reportgen.ledger.files.sheet import (
    SheetCells,
    SheetsRead,
    Shown,
    count_cells,
    damaged_sheet,
    error_cell,
    page_words,
    place,
    put,
    serial_cell,
    truth_cell,
    unreadable_cell,
)
from reportgen.package import WORKBOOK, called, encrypted
from reportgen.problems import InputError, Location, Problem, error

_STATES: tuple[Literal["visible", "hidden", "own"], ...] = ("visible", "hidden", "own")
_BIFF8 = 80


def read_xls(blob: bytes, name: str) -> SheetsRead:
    """Every sheet (读全部工作表) of an old workbook."""
    import xlrd

    try:
        book = xlrd.open_workbook(
            file_contents=blob, logfile=StringIO(), formatting_info=True, on_demand=True, ragged_rows=True
        )
        if book.biff_version < _BIFF8:
            what = f"「{called(name)}」是 Excel 95 或更早的工作簿，本程序不读这种格式"
            raise InputError([error("file.old-xls", what, WORKBOOK.save_as, Location(file=name))])
        return _read(book, name, blob)
    except InputError:
        raise
    except xlrd.XLRDError as fault:
        if "encrypted" in str(fault):
            raise encrypted(name, WORKBOOK) from None
        raise damaged(name, "内部结构有误") from None
    except Exception:
        # A broken file makes xlrd raise whatever its parsers meet: IndexError, AssertionError, struct.error.
        raise damaged(name, "内部结构有误") from None


def _read(book: Any, name: str, blob: bytes) -> SheetsRead:
    sheets: list[SheetCells] = []
    problems: list[Problem] = []
    book._sharedstrings = _Strings(book._sharedstrings)
    for index, title in enumerate(book.sheet_names()):
        where = Location(file=name, sheet=title)
        try:
            source = book.sheet_by_index(index)
            sheet = SheetCells(where, _STATES[min(source.visibility, 2)])
            _fill(book, source, sheet)
            sheets.append(sheet)
        except InputError as fault:
            problems += fault.problems
        except Exception:
            # A broken sheet makes xlrd raise whatever its parsers meet: IndexError, AssertionError, struct.error.
            problems += damaged_sheet(where, "内部结构有误").problems
        book.unload_sheet(index)
    has_macros = "_VBA_PROJECT_CUR".encode("utf-16-le") in blob
    return SheetsRead(tuple(sheets), tuple(problems), has_macros)


class _Missing(str):
    """A shared text that the file does not have (不存在的文字); its letters are its number."""


class _Strings(list[str]):
    """The shared texts (共享文字); xlrd gives up the file where a cell asks for one that is not there."""

    def __getitem__(self, index: Any) -> Any:
        return list.__getitem__(self, index) if 0 <= index < len(self) else _Missing(index)


def _fill(book: Any, source: Any, sheet: SheetCells) -> None:
    for row, column, cell in _cells(source, sheet):
        put(sheet, row + 1, column + 1, _shown(book, cell, sheet, place(sheet.where, row + 1, column + 1)))
    sheet.merges += [(left + 1, top + 1, right, bottom) for top, bottom, left, right in source.merged_cells]
    sheet.hidden_rows += [row + 1 for row, info in source.rowinfo_map.items() if info.hidden]
    sheet.hidden_columns += [(column + 1, column + 1) for column, info in source.colinfo_map.items() if info.hidden]
    _read_beside(bytes(book.mem), book._sh_abs_posn[source.number], sheet)
    sheet.comments += [(row + 1, column + 1, note.text) for (row, column), note in source.cell_note_map.items()]


def _cells(source: Any, sheet: SheetCells) -> Iterator[tuple[int, int, Any]]:
    for row in range(source.nrows):
        cells = source.row(row)
        count_cells(sheet, len(cells))
        yield from ((row, column, cell) for column, cell in enumerate(cells))


def _shown(book: Any, cell: Any, sheet: SheetCells, where: Location) -> Shown:
    """What the cell shows (显示的文字), or the fault that keeps it from being read."""
    import xlrd

    match cell.ctype:
        case xlrd.XL_CELL_EMPTY | xlrd.XL_CELL_BLANK:
            return "", None
        case xlrd.XL_CELL_TEXT if isinstance(cell.value, _Missing):
            return unreadable_cell(sheet, where, f"文字的序号「{cell.value}」不存在")
        case xlrd.XL_CELL_TEXT:
            return str(cell.value), None
        case xlrd.XL_CELL_BOOLEAN:
            return truth_cell(bool(cell.value), where)
        case xlrd.XL_CELL_ERROR:
            return error_cell(xlrd.error_text_from_code.get(cell.value, "#?"), where)
        case _:
            number_format = _format_of(book, cell.xf_index)
            if number_format is None:
                return unreadable_cell(
                    sheet, where, f"「{cell.value}」的样式序号「{cell.xf_index}」不存在", str(cell.value)
                )
            if not isfinite(cell.value):
                return unreadable_cell(sheet, where, "不是数")
            return serial_cell(cell.value, number_format, bool(book.datemode), where)


def _format_of(book: Any, xf_index: int | None) -> str | None:
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    if xf_index is None:
        return "General"
    if not 0 <= xf_index < len(book.xf_list):
        return None
    key = book.xf_list[xf_index].format_key
    # Chinese Excel writes its own dates by number only.
    if key in CHINESE_DATES:
        return CHINESE_DATES[key]
    written = book.format_map[key].format_str if key in book.format_map else ""
    return written or BUILTIN_FORMATS.get(key, "General")


# ---- what lies beside the cells

# Records of a sheet, and kinds of drawn objects ([MS-XLS] 2.3, 2.5.143).
_BOF, _EOF, _HEADER, _FOOTER, _CONTINUE, _OBJ, _TXO = 0x809, 0x0A, 0x14, 0x15, 0x3C, 0x5D, 0x1B6
_PICTURE, _NOTE = 8, 25


def _records(data: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of the sheet that begins there, charts inside it included."""
    depth = 0
    while at + 4 <= len(data):
        code, length = struct.unpack_from("<HH", data, at)
        yield code, data[at + 4 : at + 4 + length]
        at += 4 + length
        depth += (code == _BOF) - (code == _EOF)
        if depth <= 0:
            return


def _read_beside(data: bytes, at: int, sheet: SheetCells) -> None:
    """The text boxes, pictures and page headers of a sheet."""
    drawn = lacking = 0
    for code, record in _records(data, at):
        if code == _OBJ and len(record) >= 6:
            drawn = int.from_bytes(record[4:6], "little")
            sheet.pictures += drawn == _PICTURE
        elif code == _TXO and len(record) >= 12:
            lacking = 0 if drawn == _NOTE else int.from_bytes(record[10:12], "little")
            if lacking:
                sheet.floating.append("")
        elif code == _CONTINUE and lacking and record:
            text = _characters(record)[:lacking]
            lacking -= len(text)
            sheet.floating[-1] += text
        elif code in (_HEADER, _FOOTER) and len(record) > 3:
            sheet.floating += page_words(_characters(record[2:]))


def _characters(record: bytes) -> str:
    """Text after a byte that says whether it has one byte a character, or two."""
    return record[1:].decode("utf-16-le" if record[0] & 1 else "latin-1", "replace")
