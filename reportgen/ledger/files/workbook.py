"""Workbooks that the program writes (写工作簿): forms for the units, merged ledgers, imported ones.

The same sheets always give the same bytes. A text stays one: what begins with `=` is never a formula (CWE-1236).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from itertools import islice
from typing import Any

from reportgen.package import timeless

# Excel takes a list in the rule itself up to here (ECMA-376 has no limit, Excel refuses to open the file).
_INLINE_LIST = 255
_CHOICES_SHEET = "选项"
# Every Chinese office machine has it; the theme's own face differs from program to program.
_FACE = "宋体"
_TITLE_SIZE = 16.0
# Letters get smaller in a cell whose text would not fit into the highest row; then its column gets wider.
_SIZES = (11.0, 10.0, 9.0)
_SHRUNK = 8.0
_MOST_WIDTH = 120.0
_LINE_PER_POINT = 1.27
# Excel and WPS know no higher row.
_MOST_HEIGHT, _ROOM_BELOW = 409.0, 3.0
_SURE_SHARE, _ROOM_IN_LINE = 0.93, 6.0
# What stands still above must leave room for rows, also on a small screen.
_MOST_FROZEN = 200.0
_GREY, _INPUT, _BLUE = "E7EBF0", "FFF7CC", "0563C1"
# Excel repairs a file that has more of them on one sheet: it takes all of them out.
_MOST_LINKS = 65_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Column (列) of a sheet: its width in characters (half-width), and what a person may do in it.

    `shrunk` is for a column that few people read: its text is small. `not_below` is another column, by its index, that
    this one must not be narrower than.
    """

    title: str
    width: float
    editable: bool = False
    choices: tuple[str, ...] = ()
    centred: bool = False
    shrunk: bool = False
    not_below: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetText:
    """One sheet to be written (要写的工作表): lines above the head, the head, rows of text.

    `above` are lines over the whole width, the first of them the title. A `protected` sheet lets people fill in the
    editable columns and nothing else, without a password; `locked` are cells (row and column of the data, from 0) in
    these columns that stay closed. `joined` are cells that are one with the cell on their right, `spare_rows` the
    empty rows below that offer the choices, too.

    A number is a whole one that can be added up. `links` are cells (row and column of the data) that open a file beside
    the workbook, `sums` the last rows that add up the others and stand outside the filter, `still_columns` the first
    columns that stay in sight.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[str | int]]
    above: tuple[str, ...] = ()
    protected: bool = False
    locked: frozenset[tuple[int, int]] = frozenset()
    joined: tuple[tuple[int, int], ...] = ()
    spare_rows: int = 0
    filtered: bool = False
    links: Mapping[tuple[int, int], str] = field(default_factory=dict)
    sums: int = 0
    still_columns: int = 0


def write_workbook(sheets: Sequence[SheetText], title: str = "") -> bytes:
    """The sheets as .xlsx; their texts must be clean (`source.clean_text`)."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator = "reportgen"
    book.properties.title = title or None
    lists: dict[tuple[str, ...], str] = {}
    looks = _Looks()
    for each in sheets:
        _write_sheet(book, each, lists, looks)
    if lists:
        _write_lists(book, lists)
    stream = BytesIO()
    book.save(stream)
    return timeless(_finished(stream.getvalue()))


class _Looks:
    """The looks of cells (单元格样式): each is made once, since openpyxl is slow to look one up."""

    def __init__(self) -> None:
        from openpyxl.styles import Border, PatternFill, Side

        thin = Side(style="thin", color="9AA5B1")
        self._frame = Border(left=thin, right=thin, top=thin, bottom=thin)
        self._fills = {name: PatternFill("solid", start_color=name) for name in (_GREY, _INPUT)}
        self._made: dict[tuple[object, ...], Any] = {}

    def title(self, cell: Any) -> None:
        """The title's (标题)."""
        self._set(cell, _TITLE_SIZE, bold=True, centred=True, framed=False)

    def line(self, cell: Any) -> None:
        """A line's above the head (表头上的说明)."""
        self._set(cell, _SIZES[0], framed=False)

    def head(self, cell: Any) -> None:
        """The head's (表头)."""
        self._set(cell, _SIZES[0], bold=True, centred=True, fill=_GREY)

    def data(self, cell: Any, size: float, *, centred: bool = False, open: bool = False, link: bool = False) -> None:
        """A row's (内容); what is `open` may be filled in, a `link` leads to a file."""
        self._set(cell, size, centred=centred, fill=_INPUT if open else "", unlocked=open, link=link)

    def sum(self, cell: Any, *, centred: bool = False) -> None:
        """A sum's (合计)."""
        self._set(cell, _SIZES[0], bold=True, centred=centred, fill=_GREY)

    def _set(
        self,
        cell: Any,
        size: float,
        *,
        bold: bool = False,
        centred: bool = False,
        fill: str = "",
        framed: bool = True,
        unlocked: bool = False,
        link: bool = False,
    ) -> None:
        is_number = cell.data_type == "n" and cell.value is not None
        key = (size, bold, centred, fill, framed, unlocked, link, is_number)
        if key in self._made:
            cell._style = self._made[key]
            return
        from openpyxl.styles import Alignment, Font, Protection

        cell.font = Font(name=_FACE, size=size, bold=bold)
        if link:
            cell.font = Font(name=_FACE, size=size, bold=bold, color=_BLUE, underline="single")
        horizontal = "center" if centred else "left"
        cell.alignment = Alignment(wrap_text=True, vertical="center" if bold else "top", horizontal=horizontal)
        if framed:
            cell.border = self._frame
        if fill:
            cell.fill = self._fills[fill]
        if unlocked:
            cell.protection = Protection(locked=False)
        cell.number_format = "0" if is_number else "@"
        self._made[key] = cell._style


def _write_sheet(book: Any, each: SheetText, lists: dict[tuple[str, ...], str], looks: _Looks) -> None:
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(each.name)
    letters = [get_column_letter(index) for index in range(1, len(each.columns) + 1)]
    widths = _widths(each)
    room = sum(widths)
    for number, line in enumerate(each.above, 1):
        sheet.merge_cells(f"A{number}:{letters[-1]}{number}")
        cell = _put(sheet, number, 1, line)
        (looks.title if number == 1 else looks.line)(cell)
        # Programs break lines a little earlier or later; a cut-off instruction would not be read.
        size, share = (_TITLE_SIZE, 1.0) if number == 1 else (_SIZES[0], _SURE_SHARE)
        _set_height(sheet, number, _height(line, room * share, size) + _ROOM_IN_LINE)
    head = len(each.above) + 1
    for index, column in enumerate(each.columns, 1):
        looks.head(_put(sheet, head, index, column.title))
        sheet.column_dimensions[letters[index - 1]].width = widths[index - 1]
    titles = [column.title for column in each.columns]
    _set_height(
        sheet, head, max(_height(text, width, _SIZES[0]) for text, width in zip(titles, widths, strict=True)) + 8
    )
    for index, row in enumerate(each.rows):
        _write_row(sheet, each, index, row, head + 1 + index, widths, looks)
    for index, at in each.joined:
        sheet.merge_cells(f"{letters[at]}{head + 1 + index}:{letters[at + 1]}{head + 1 + index}")
    for index, column in enumerate(each.columns):
        if column.choices and each.rows:
            areas = [f"{letters[index]}{head + 1 + a}:{letters[index]}{head + 1 + b}" for a, b in _open(each, index)]
            _offer(sheet, areas, column.choices, lists)
    if sum(sheet.row_dimensions[number].ht for number in range(1, head + 1)) <= _MOST_FROZEN:
        sheet.freeze_panes = f"{letters[each.still_columns]}{head + 1}"
    _begin_at(sheet, f"{letters[_first_open(each)]}{head + 1}")
    if each.filtered and len(each.rows) > each.sums:
        sheet.auto_filter.ref = f"A{head}:{letters[-1]}{head + len(each.rows) - each.sums}"
    for (index, at), file in islice(each.links.items(), _MOST_LINKS):
        _link(sheet, head + 1 + index, at + 1, file)
    _set_up_print(sheet, head)
    if each.protected:
        # Widths, heights and filters stay the reader's own business.
        sheet.protection.sheet = True
        sheet.protection.formatColumns = sheet.protection.formatRows = sheet.protection.formatCells = False
        sheet.protection.autoFilter = False


def _write_row(
    sheet: Any,
    each: SheetText,
    index: int,
    row: Sequence[str | int],
    number: int,
    widths: Sequence[float],
    looks: _Looks,
) -> None:
    joined = {at for place, at in each.joined if place == index} if each.joined else frozenset()
    height = 0.0
    is_sum = index >= len(each.rows) - each.sums
    for at, (column, value) in enumerate(zip(each.columns, row, strict=True)):
        width = widths[at] + (widths[at + 1] if at in joined else 0)
        text = str(value)
        size, needed = (_SHRUNK, _height(text, width, _SHRUNK)) if column.shrunk else _fitting(text, width)
        height = max(height, needed)
        cell = _put(sheet, number, at + 1, value)
        if is_sum:
            looks.sum(cell, centred=column.centred)
            continue
        free = column.editable and (index, at) not in each.locked
        looks.data(cell, size, centred=column.centred, open=free, link=(index, at) in each.links)
    _set_height(sheet, number, height + _ROOM_BELOW)


def _fitting(text: str, width: float) -> tuple[float, float]:
    """The size of letters (字号) in which a text can be seen whole, the smallest if it cannot, and its height then."""
    for size in _SIZES:
        height = _height(text, width, size)
        if height + _ROOM_BELOW <= _MOST_HEIGHT:
            break
    return size, height


def _widths(each: SheetText) -> list[float]:
    """The width of each column (各列宽)."""
    widths = [_width(column, at, each.rows) for at, column in enumerate(each.columns)]
    for at, column in enumerate(each.columns):
        if column.not_below is not None:
            widths[at] = max(widths[at], widths[column.not_below])
    return widths


def _width(column: Column, at: int, rows: Sequence[Sequence[str | int]]) -> float:
    """The width (列宽) of a column, more than was asked for if a text needs it to be seen whole."""
    width = column.width
    longest = max((str(row[at]) for row in rows), key=lambda text: _height(text, width, _SIZES[-1]), default="")
    while width < _MOST_WIDTH and _height(longest, width, _SIZES[-1]) + _ROOM_BELOW > _MOST_HEIGHT:
        width += 2
    return width


def _height(text: str, width: float, size: float) -> float:
    """The height (行高) in points of a text in a column of that width; a Chinese character takes two places."""
    # One place of a column is 7 pixels, a half-width letter of 11 points is about as wide; the rest is the margin.
    places = max(2.0, (width - 1.2) * 5.25 / (size / 2))
    lines = 0
    for part in text.split("\n"):
        lines += max(1, int(-(-len(part.encode("gb18030", "replace")) // places)))
    return lines * size * _LINE_PER_POINT


def _set_height(sheet: Any, number: int, height: float) -> None:
    """A height from which the row still grows with what is typed into it: it is not the user's own (customHeight)."""
    sheet.row_dimensions[number] = _estimated()(sheet, index=number, ht=round(min(height, _MOST_HEIGHT), 1))


@cache
def _estimated() -> Any:
    from openpyxl.worksheet.dimensions import RowDimension

    class Estimated(RowDimension):
        customHeight = False

    return Estimated


def _first_open(each: SheetText) -> int:
    return next((at for at, column in enumerate(each.columns) if column.editable and (0, at) not in each.locked), 0)


def _begin_at(sheet: Any, cell: str) -> None:
    """The cell that is marked when somebody opens the file (打开时所在的格)."""
    for selection in sheet.sheet_view.selection:
        selection.activeCell = selection.sqref = cell


def _open(each: SheetText, at: int) -> Iterator[tuple[int, int]]:
    """The runs of rows, from 0, in which the column is not locked; the last goes on over the spare rows."""
    last = len(each.rows) - 1 + each.spare_rows
    start = 0
    for stop in sorted(row for row, column in each.locked if column == at):
        if start < stop:
            yield start, stop - 1
        start = stop + 1
    if start <= last:
        yield start, last


def _set_up_print(sheet: Any, head: int) -> None:
    """Landscape A4, as wide as the paper, with the head on each page (打印设置)."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0
    sheet.print_title_rows = f"{head}:{head}"
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.footer = 0.5, 0.6, 0.3
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"


def _link(sheet: Any, row: int, column: int, file: str) -> None:
    """A link (链接) to a file beside the workbook, wherever both are taken.

    Chinese stays as it is: Excel and WPS take a name's escapes for those of their own code page.
    """
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.hyperlink import Hyperlink

    target = re.sub(r"[%#?\s\"<>\[\]^`{}|\\]", lambda found: f"%{ord(found[0]):02X}", file)
    place = f"{get_column_letter(column)}{row}"
    sheet._cells[row, column]._hyperlink = Hyperlink(ref=place, target=target)


def _put(sheet: Any, row: int, column: int, text: str | int) -> Any:
    from openpyxl.cell.cell import Cell

    cell: Any = Cell(sheet, row=row, column=column)
    sheet._cells[row, column] = cell
    if isinstance(text, int):
        cell._value = text
    elif text:
        # A typed `_x0041_` would be decoded by whoever opens the file. Past the setter, which cuts at 32,767
        # characters of the escaped text, not of the shown one.
        cell._value = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)
        cell.data_type = "s"
    return cell


def _offer(sheet: Any, areas: Sequence[str], choices: tuple[str, ...], lists: dict[tuple[str, ...], str]) -> None:
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
    for area in areas:
        rule.add(area)
    if areas:
        sheet.add_data_validation(rule)


def _write_lists(book: Any, lists: dict[tuple[str, ...], str]) -> None:
    sheet = book.create_sheet(_CHOICES_SHEET)
    sheet.sheet_state = "veryHidden"
    for column, choices in enumerate(lists, 1):
        for row, choice in enumerate(choices, 1):
            _put(sheet, row, column, choice)


_DATED = re.compile(rb"<dcterms:(created|modified)\b[^>]*>[^<]*</dcterms:\1>")


# Else Excel marks each number in a text cell with a green corner: 序号 is text on purpose. openpyxl has no word for it;
# nothing of what it writes for us stands behind this part (CT_Worksheet).
_NOT_WRONG = b'<ignoredErrors><ignoredError sqref="A1:XFD1048576" numberStoredAsText="1"/></ignoredErrors></worksheet>'


def _finished(blob: bytes) -> bytes:
    """The workbook without the moment at which it was written (Law 7), and without marks of errors that are none."""
    from zipfile import ZipFile

    stream = BytesIO()
    with ZipFile(BytesIO(blob)) as old, ZipFile(stream, "w") as new:
        for name, data in _parts(old):
            if name == "docProps/core.xml":
                data = _DATED.sub(b"", data)
            elif name.startswith("xl/worksheets/sheet"):
                data = data.removesuffix(b"</worksheet>") + _NOT_WRONG
            new.writestr(name, data)
    return stream.getvalue()


def is_as_written(blob: bytes) -> bool:
    """Whether a workbook is as this program wrote it (未改动): whoever saves it anew dates it."""
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(BytesIO(blob)) as archive:
            properties = archive.read("docProps/core.xml")
    except (BadZipFile, KeyError, OSError, ValueError, NotImplementedError):
        return False
    return b"reportgen" in properties and not _DATED.search(properties)


def _parts(archive: Any) -> Iterator[tuple[str, bytes]]:
    return ((name, archive.read(name)) for name in archive.namelist())
