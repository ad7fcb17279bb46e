"""Workbooks that the program writes (写工作簿): forms for the units, merged ledgers, imported ones.

The same sheets always give the same bytes. Every cell is text: what begins with `=` is never a formula (CWE-1236).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from reportgen.package import timeless

# Excel takes a list in the rule itself up to here (ECMA-376 has no limit, Excel refuses to open the file).
_INLINE_LIST = 255
_CHOICES_SHEET = "选项"
_LINE_HEIGHT = 16.0
_TITLE_HEIGHT = 30.0
_GREY, _INPUT = "E7EBF0", "FFFBE6"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Column (列) of a sheet: its width in characters (half-width), and what a person may do in it."""

    title: str
    width: float
    editable: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetText:
    """One sheet to be written (要写的工作表): lines above the head, the head, rows of text.

    `above` are lines over the whole width, the first of them the title. A `protected` sheet lets people fill in the
    editable columns and nothing else, without a password.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[str]]
    above: tuple[str, ...] = ()
    protected: bool = False


def write_workbook(sheets: Sequence[SheetText], title: str = "") -> bytes:
    """The sheets as .xlsx; their texts must be clean (`source.clean_text`)."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator = "reportgen"
    book.properties.title = title or None
    lists: dict[tuple[str, ...], str] = {}
    for each in sheets:
        _write_sheet(book, each, lists)
    if lists:
        _write_lists(book, lists)
    stream = BytesIO()
    book.save(stream)
    return timeless(_undated(stream.getvalue()))


def _write_sheet(book: Any, each: SheetText, lists: dict[tuple[str, ...], str]) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(each.name)
    thin = Side(style="thin", color="9AA5B1")
    frame = Border(left=thin, right=thin, top=thin, bottom=thin)
    wrapped = Alignment(wrap_text=True, vertical="top")
    centred = Alignment(wrap_text=True, vertical="center", horizontal="center")
    last = get_column_letter(len(each.columns))
    for number, line in enumerate(each.above, 1):
        sheet.merge_cells(f"A{number}:{last}{number}")
        cell = _put(sheet, number, 1, line)
        cell.font = Font(bold=number == 1, size=14 if number == 1 else 11)
        cell.alignment = centred if number == 1 else wrapped
        room = sum(column.width for column in each.columns)
        lines = sum(max(1, -(-2 * len(part) // max(1, int(room)))) for part in line.split("\n"))
        sheet.row_dimensions[number].height = _TITLE_HEIGHT if number == 1 else _LINE_HEIGHT * lines
    head = len(each.above) + 1
    for index, column in enumerate(each.columns, 1):
        cell = _put(sheet, head, index, column.title)
        cell.font, cell.alignment, cell.border = Font(bold=True), centred, frame
        cell.fill = PatternFill("solid", start_color=_GREY)
        sheet.column_dimensions[get_column_letter(index)].width = column.width
    for number, row in enumerate(each.rows, head + 1):
        for index, (column, text) in enumerate(zip(each.columns, row, strict=True), 1):
            cell = _put(sheet, number, index, text)
            cell.alignment, cell.border = wrapped, frame
            if column.editable:
                cell.protection = Protection(locked=False)
                cell.fill = PatternFill("solid", start_color=_INPUT)
    for index, column in enumerate(each.columns, 1):
        if column.choices and each.rows:
            letter = get_column_letter(index)
            _offer(sheet, f"{letter}{head + 1}:{letter}{head + len(each.rows)}", column.choices, lists)
    sheet.freeze_panes = f"A{head + 1}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0
    sheet.print_title_rows = f"{head}:{head}"
    if each.protected:
        # Widths, heights and filters stay the reader's own business.
        sheet.protection.sheet = True
        sheet.protection.formatColumns = sheet.protection.formatRows = sheet.protection.formatCells = False


def _put(sheet: Any, row: int, column: int, text: str) -> Any:
    from openpyxl.cell.cell import Cell

    cell = Cell(sheet, row=row, column=column)
    sheet._cells[row, column] = cell
    if text:
        # A typed `_x0041_` would be decoded by whoever opens the file.
        cell.value = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)
        cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _offer(sheet: Any, area: str, choices: tuple[str, ...], lists: dict[tuple[str, ...], str]) -> None:
    """A drop-down list in the cells; a long list stands on a sheet of its own."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    inline = ",".join(choices)
    if len(inline) <= _INLINE_LIST and not any("," in choice or '"' in choice for choice in choices):
        formula = f'"{inline}"'
    else:
        letter = lists.setdefault(choices, get_column_letter(len(lists) + 1))
        formula = f"{_CHOICES_SHEET}!${letter}$1:${letter}${len(choices)}"
    rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=True)
    rule.errorTitle, rule.error = "请从列表中选择", "请点开下拉箭头，从列表中选择一项"
    rule.add(area)
    sheet.add_data_validation(rule)


def _write_lists(book: Any, lists: dict[tuple[str, ...], str]) -> None:
    sheet = book.create_sheet(_CHOICES_SHEET)
    sheet.sheet_state = "veryHidden"
    for column, choices in enumerate(lists, 1):
        for row, choice in enumerate(choices, 1):
            _put(sheet, row, column, choice)


_DATED = re.compile(rb"<dcterms:(created|modified)\b[^>]*>[^<]*</dcterms:\1>")


def _undated(blob: bytes) -> bytes:
    """The workbook without the moment at which it was written (Law 7)."""
    from zipfile import ZipFile

    stream = BytesIO()
    with ZipFile(BytesIO(blob)) as old, ZipFile(stream, "w") as new:
        for name, data in _parts(old):
            new.writestr(name, _DATED.sub(b"", data) if name == "docProps/core.xml" else data)
    return stream.getvalue()


def _parts(archive: Any) -> Iterator[tuple[str, bytes]]:
    return ((name, archive.read(name)) for name in archive.namelist())
