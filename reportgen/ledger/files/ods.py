"""OpenDocument workbooks (.ods): what stands in the cells, read from the file's own XML.

Text is what the program that wrote the file showed; dates and plain numbers are written as in every other workbook.
python-calamine 0.9.1 was measured against it on one sheet saved by LibreOffice: #DIV/0! and #N/A came as blanks, 007
as 7, 50.0% as 0.5, TRUE as 1.0, a tab as nothing, merged ranges, hidden rows and comments not at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from reportgen.ledger.files.package import damaged
from reportgen.ledger.files.sheet import (
    SheetCells,
    SheetsRead,
    Shown,
    count_cells,
    damaged_sheet,
    error_cell,
    number_cell,
    page_words,
    place,
    put,
    stored_number,
    truth_cell,
    uncalculated_cell,
    unreadable_cell,
)
from reportgen.ledger.tables import HEAD_ROWS
from reportgen.limits import held
from reportgen.package import ODS_FILE, check_package, encrypted, short
from reportgen.problems import InputError, Location, Problem

_NAMESPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "number": "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}


def _q(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{_NAMESPACES[prefix]}}}{local}"


_SPREADSHEET, _TABLE, _ROW, _COLUMN = map(
    _q, ("office:spreadsheet", "table:table", "table:table-row", "table:table-column")
)
_CELL, _COVERED = _q("table:table-cell"), _q("table:covered-table-cell")
_STYLE, _SHAPES, _ANNOTATION, _P = _q("style:style"), _q("table:shapes"), _q("office:annotation"), _q("text:p")
_DRAWN = f"{{{_NAMESPACES['draw']}}}"
# A run of spaces longer than this is nobody's text.
_MOST_SPACES = 1_000

_DATE_PARTS = {
    "year": "yyyy", "month": "m", "day": "d", "hours": "h", "minutes": ":mm", "seconds": ":ss",
    "day-of-week": "dddd",
}  # fmt: skip


@dataclass(slots=True)
class _Styles:
    """The number format of each cell style: a pattern of dates, `General`, or empty for any other."""

    cells: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)
    hidden_tables: set[str] = field(default_factory=set)
    pages: dict[str, str] = field(default_factory=dict)
    page_words: dict[str, list[str]] = field(default_factory=dict)

    def format_of(self, style: str | None) -> str:
        """The number format (数字格式) of a cell style, or of the one that it is made from."""
        for _ in range(10):
            data, parent = self.cells.get(style or "Default", (None, None))
            if data is not None:
                return self.formats.get(data, "")
            if parent is None:
                break
            style = parent
        return "General"


def read_ods(blob: bytes, name: str) -> SheetsRead:
    """Every sheet (读全部工作表) of an OpenDocument workbook."""
    check_package(blob, name, ODS_FILE)
    try:
        with ZipFile(BytesIO(blob)) as archive:
            parts = set(archive.namelist())
            if "META-INF/manifest.xml" in parts and b"encryption-data" in archive.read("META-INF/manifest.xml"):
                raise encrypted(name, ODS_FILE)
            styles = _Styles()
            if "styles.xml" in parts:
                _read_styles(archive.read("styles.xml"), styles)
            has_macros = any(
                part.startswith("Basic/") and not part.endswith(("script-lc.xml", "script-lb.xml", "/"))
                for part in parts
            )
            sheets, problems = _read(archive.read("content.xml"), name, styles)
        return SheetsRead(sheets, problems, has_macros)
    except InputError:
        raise
    except Exception:
        # Broken XML, a missing part, a number that is none: no word of the libraries would help an office.
        raise damaged(name, "内部结构有误") from None


def _events(data: bytes) -> Iterator[tuple[str, Any]]:
    from lxml import etree

    yield from etree.iterparse(
        BytesIO(data), events=("start", "end"), resolve_entities=False, load_dtd=False, no_network=True
    )


def _read_styles(data: bytes, styles: _Styles) -> None:
    for event, element in _events(data):
        if event == "end":
            _note_style(element, styles)


def _note_style(element: Any, styles: _Styles) -> None:
    name = element.get(_q("style:name"))
    if name is None:
        return
    local = str(element.tag).rpartition("}")[2]
    if element.tag == _STYLE and element.get(_q("style:family")) == "table-cell":
        styles.cells[name] = element.get(_q("style:data-style-name")), element.get(_q("style:parent-style-name"))
    elif element.tag == _STYLE and element.get(_q("style:family")) == "table":
        looks = element.find(_q("style:table-properties"))
        if looks is not None and looks.get(_q("table:display")) == "false":
            styles.hidden_tables.add(name)
        styles.pages[name] = element.get(_q("style:master-page-name"), "")
    elif local == "master-page":
        parts = [part for part in element if str(part.tag).rpartition("}")[2] in ("header", "footer")]
        lines = ["\n".join(_text(p) for p in part.iter(_P)) for part in parts]
        styles.page_words[name] = [said for line in lines for said in page_words(line)]
    elif local in ("date-style", "time-style"):
        styles.formats[name] = "".join(_date_part(part) for part in element)
    elif local == "number-style":
        number = element.find(_q("number:number"))
        plain = number is not None and len(element) == 1 and not len(number)
        settings = {str(key).rpartition("}")[2]: value for key, value in number.attrib.items()} if plain else {}
        styles.formats[name] = "General" if plain and settings in ({}, {"min-integer-digits": "1"}) else ""


def _date_part(part: Any) -> str:
    local = str(part.tag).rpartition("}")[2]
    return _DATE_PARTS.get(local, f'"{part.text or ""}"' if local == "text" else "")


# ---- sheets, rows, columns


@dataclass(slots=True)
class _Position:
    """Where in a sheet the reader is: the next row, the next column, and the styles of its columns."""

    row: int = 1
    column: int = 1
    column_styles: list[tuple[int, str | None]] = field(default_factory=list)

    def style_of(self, column: int) -> str | None:
        """The style (默认样式) of cells without their own in a column."""
        return next((style for last, style in self.column_styles if column <= last), None)


@dataclass(slots=True)
class _Reading:
    """How far the content is read: the sheets so far, the one that is open, and where in it the reader is."""

    name: str
    styles: _Styles
    sheets: list[SheetCells] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    sheet: SheetCells | None = None
    at: _Position = field(default_factory=_Position)
    is_workbook: bool = False


def _read(data: bytes, name: str, styles: _Styles) -> tuple[tuple[SheetCells, ...], tuple[Problem, ...]]:
    reading = _Reading(name, styles)
    try:
        for event, element in _events(data):
            if event == "start":
                _begin(element, reading)
            else:
                _take(element, reading)
    except InputError:
        raise
    except Exception:
        if reading.sheet is None:
            raise
        raise damaged_sheet(reading.sheet.where, "从这一行起内部结构有误", reading.at.row) from None
    if not reading.is_workbook:
        raise damaged(name, "不是表格文件")
    return tuple(reading.sheets), tuple(reading.problems)


def _begin(element: Any, reading: _Reading) -> None:
    reading.is_workbook = reading.is_workbook or element.tag == _SPREADSHEET
    if element.tag == _TABLE and _is_sheet(element):
        style = element.get(_q("table:style-name"), "")
        hidden = style in reading.styles.hidden_tables
        where = Location(file=reading.name, sheet=element.get(_q("table:name"), ""))
        reading.sheet, reading.at = SheetCells(where, "hidden" if hidden else "visible"), _Position()
        reading.sheet.floating += reading.styles.page_words.get(reading.styles.pages.get(style, ""), [])
        reading.sheets.append(reading.sheet)
        if len(reading.sheets) > (most := held().tables.sheets):
            raise damaged(reading.name, f"工作表超过 {most} 张")


def _take(element: Any, reading: _Reading) -> None:
    """What has come to its end: a style, a sheet, a part of the sheet that is open."""
    tag, sheet, at = element.tag, reading.sheet, reading.at
    if sheet is None:
        _note_style(element, reading.styles)
        if tag == _SPREADSHEET and _has_strays(element):
            raise damaged(reading.name, "工作表外面有文字")
    elif tag == _TABLE and _is_sheet(element):
        if _has_strays(element):
            _give_up(damaged_sheet(sheet.where, "里有不认识的内容"), sheet, reading)
        reading.sheet = None
        _forget(element, _TABLE)
    elif tag == _COLUMN and _belongs(element):
        _read_column(element, sheet, at)
    elif tag == _SHAPES and _belongs(element):
        _note_drawn(element, sheet)
        element.clear()
    elif tag == _ROW and _belongs(element):
        try:
            _read_row(element, sheet, at, reading.styles)
        except InputError as fault:
            _give_up(fault, sheet, reading)
        _forget(element, _ROW)


def _give_up(fault: InputError, sheet: SheetCells, reading: _Reading) -> None:
    reading.problems += fault.problems
    # What else is wrong with such a sheet nobody needs to know.
    if sheet in reading.sheets:
        reading.sheets.remove(sheet)
    reading.sheet = SheetCells(sheet.where)


# What a table, and a workbook beside its tables, hold of words that are no data.
_NO_DATA = ("title", "desc", "forms", "content-validations", "tracked-changes", "dde-links", "database-ranges")


def _has_strays(element: Any) -> bool:
    """Whether any text is left where no cell is: what has been read is gone by then."""
    for part in element:
        is_data = isinstance(part.tag, str) and str(part.tag).rpartition("}")[2] not in _NO_DATA
        if (part.tail or "").strip() or (is_data and ((part.text or "").strip() or _has_strays(part))):
            return True
    return False


def _forget(element: Any, tag: str) -> None:
    """Free the memory of an element and of its like before it."""
    element.clear()
    while element.getprevious() is not None and element.getprevious().tag == tag:
        element.getparent().remove(element.getprevious())


def _is_sheet(table: Any) -> bool:
    return table.getparent() is not None and table.getparent().tag == _SPREADSHEET


def _belongs(element: Any) -> bool:
    """Whether a row or column is the sheet's own and not one of a table inside a cell or a link's store."""
    for parent in element.iterancestors():
        if parent.tag in (_CELL, _COVERED):
            return False
        if parent.tag == _TABLE:
            return _is_sheet(parent)
    return False


def _repeated(element: Any, name: str) -> int:
    return max(1, int(element.get(_q(f"table:number-{name}"), "1")[:12]))


def _read_column(element: Any, sheet: SheetCells, at: _Position) -> None:
    last = at.column + _repeated(element, "columns-repeated") - 1
    if element.get(_q("table:visibility")) in ("collapse", "filter"):
        sheet.hidden_columns.append((at.column, last))
    at.column_styles.append((last, element.get(_q("table:default-cell-style-name"))))
    at.column = last + 1


def _read_row(row: Any, sheet: SheetCells, at: _Position, styles: _Styles) -> None:
    times = _repeated(row, "rows-repeated")
    cells = [cell for cell in row if cell.tag in (_CELL, _COVERED)]
    if len(cells) < len(row) and any("".join(each.itertext()).strip() for each in row if each not in cells):
        raise damaged_sheet(sheet.where, "这一行里有不认识的内容", at.row)
    count_cells(sheet, len(cells))
    column = 1
    # A row that stands for more rows than a sheet may have is one too many at the limit; nobody writes them all.
    numbers = range(at.row, at.row + min(times, sheet.limits.rows * 2 + HEAD_ROWS))
    before = len(sheet.values)
    for cell in cells:
        wide = _repeated(cell, "columns-repeated")
        if len(cell) or len(cell.attrib):
            style = cell.get(_q("table:style-name")) or row.get(_q("table:default-cell-style-name"))
            number_format = styles.format_of(style or at.style_of(column))
            for each in range(column, column + min(wide, sheet.limits.columns + 1)):
                shown = _shown(cell, number_format, sheet, place(sheet.where, at.row, each))
                if not shown[0].strip() and shown[1] is None:
                    break
                for number in numbers:
                    put(sheet, number, each, shown)
            _note_beside(cell, sheet, at.row, column)
        column += wide
    if row.get(_q("table:visibility")) in ("collapse", "filter") and len(sheet.values) > before:
        sheet.hidden_rows += numbers
    at.row += times


def _note_beside(cell: Any, sheet: SheetCells, row: int, column: int) -> None:
    """The comment, the drawings and the merged range that begin at a cell."""
    across, down = _repeated(cell, "columns-spanned"), _repeated(cell, "rows-spanned")
    if cell.tag == _CELL and (across > 1 or down > 1):
        sheet.merges.append((column, row, column + across - 1, row + down - 1))
    for part in cell:
        if part.tag == _ANNOTATION:
            sheet.comments.append((row, column, "\n".join(_text(p) for p in part.iter(_P))))
        elif str(part.tag).startswith(_DRAWN):
            _note_drawn(part, sheet)


def _note_drawn(drawn: Any, sheet: SheetCells) -> None:
    sheet.floating += [text for p in drawn.iter(_P) if (text := _text(p)).strip()]
    sheet.pictures += sum(1 for _ in drawn.iter(_q("draw:image")))


# ---- what a cell shows

_ERRORS = re.compile(r"#(N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!)|Err:\d+")


def _shown(cell: Any, number_format: str, sheet: SheetCells, where: Location) -> Shown:
    """What the cell shows (显示的文字), or the fault that keeps it from being read."""
    if (cell.text or "").strip() or any((part.tail or "").strip() for part in cell):
        return unreadable_cell(sheet, where, "里面有不认识的内容", "".join(cell.itertext()))
    kind = cell.get(_q("office:value-type"))
    paragraphs = list(_paragraphs(cell))
    text = "\n".join(_text(p) for p in paragraphs)
    is_formula = cell.get(_q("table:formula")) is not None
    if cell.get(_q("calcext:value-type")) == "error" or (is_formula and _ERRORS.fullmatch(text)):
        return error_cell(text, where)
    if is_formula and kind is None and not paragraphs:
        return uncalculated_cell(where)
    if kind == "boolean":
        return truth_cell(cell.get(_q("office:boolean-value")) == "true", where)
    if kind in ("float", "percentage", "currency"):
        written = cell.get(_q("office:value"))
        value = stored_number(written or "")
        if value is None:
            return (
                (text, None) if written is None else unreadable_cell(sheet, where, f"「{short(written)}」不是数", text)
            )
        # LibreOffice writes a truth value as a number that shows a word.
        if value in (0, 1) and text.upper() in ("TRUE", "FALSE", "真", "假"):
            return truth_cell(value == 1, where)
        if number_format == "General" or not text:
            return number_cell(int(value) if float(value).is_integer() else value, "General", where)
        return text, None
    if kind == "date":
        return _date_text(cell.get(_q("office:date-value"), ""), number_format, text, sheet, where)
    if kind == "time":
        return _time_text(cell.get(_q("office:time-value"), ""), text, sheet, where)
    if kind == "string" and not paragraphs:
        return cell.get(_q("office:string-value"), ""), None
    return text, None


def _date_text(written: str, number_format: str, text: str, sheet: SheetCells, where: Location) -> Shown:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return (text, None) if text else unreadable_cell(sheet, where, f"「{short(written)}」不是日期", written)
    value: date = moment if "T" in written else moment.date()
    known = number_format if "General" not in number_format else ""
    return number_cell(value, known or ("yyyy-m-d h:mm" if "T" in written else "yyyy-m-d"), where)


def _time_text(written: str, text: str, sheet: SheetCells, where: Location) -> Shown:
    found = re.fullmatch(r"PT(\d{1,6})H(\d{1,2})M(\d{1,2})(?:\.\d+)?S", written)
    if not found:
        return (text, None) if text else unreadable_cell(sheet, where, f"「{short(written)}」不是时间", written)
    hours, minutes, seconds = map(int, found.groups())
    return number_cell(timedelta(hours=hours, minutes=minutes, seconds=seconds), "[h]:mm", where)


def _paragraphs(cell: Any) -> Iterator[Any]:
    """The paragraphs of the cell itself, not those of its comment or of a drawing over it."""
    for part in cell:
        # Another element with a text of its own is shown like a paragraph, whatever it is.
        if part.tag == _P or (isinstance(part.tag, str) and (part.text or "").strip() and part.tag != _ANNOTATION):
            yield part
        elif part.tag != _ANNOTATION and not str(part.tag).startswith(_DRAWN):
            yield from _paragraphs(part)


def _count(written: str) -> int:
    """How many spaces; one where that is not said rightly, for one there is."""
    return int(written) if re.fullmatch(r"[0-9]{1,9}", written) else 1


# What stands in a paragraph but is not its text, and what is filled in on each page.
_NO_TEXT = ("annotation", "ruby-text", "page-number", "page-count", "sheet-name", "date", "time", "file-name")


def _text(node: Any) -> str:
    """The text of a paragraph; spaces in a row, tabs and line breaks are elements."""
    words = [node.text or ""]
    for part in node:
        local = str(part.tag).rpartition("}")[2]
        if local == "s":
            words.append(" " * min(_MOST_SPACES, _count(part.get(_q("text:c")) or "")))
        elif local in ("tab", "line-break"):
            words.append("\t" if local == "tab" else "\n")
        elif local not in _NO_TEXT and isinstance(part.tag, str):
            words.append(_text(part))
        words.append(part.tail or "")
    return "".join(words)
