"""Workbooks in Office Open XML (.xlsx、.xlsm): each sheet with the text of every cell as it is shown.

Rows are streamed with openpyxl's own parser of sheets: its worksheet objects either believe a false size and
know no merged cells (read-only), or build every cell of a merged range before a limit could stop them.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from io import BytesIO
from typing import Any, Literal

from reportgen.ledger.files.formats import CHINESE_DATES
from reportgen.ledger.files.package import check_workbook, damaged
from reportgen.ledger.files.sheet import (
    SheetCells,
    SheetsRead,
    Shown,
    count_cells,
    error_cell,
    number_cell,
    page_words,
    place,
    put,
    truth_cell,
    uncalculated_cell,
)
from reportgen.ledger.tables import HEAD_ROWS
from reportgen.problems import InputError, Location, Problem

_STATES: dict[str, Literal["visible", "hidden", "own"]] = {"hidden": "hidden", "veryHidden": "own"}


@dataclass(frozen=True)
class Workbook:
    """An open workbook (工作簿): the names and states of its sheets, and all that its cells refer to."""

    sheets: tuple[SheetCells, ...]
    has_macros: bool
    _book: Any = field(repr=False)
    _strings: list[str] = field(repr=False)

    @property
    def titles(self) -> list[str]:
        """The names (表名) of the sheets."""
        return [sheet.title for sheet in self.sheets]


@contextmanager
def open_workbook(blob: bytes, name: str) -> Iterator[Workbook]:
    """The workbook (打开工作簿), its sheets still empty; everything that breaks while it is open is `damaged`."""
    check_workbook(blob, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from openpyxl import load_workbook

            book: Any = load_workbook(BytesIO(blob), read_only=True, data_only=True, keep_links=False)
            sheets = tuple(
                SheetCells(Location(file=name, sheet=sheet.title), _STATES.get(sheet.sheet_state, "visible"))
                for sheet in book.worksheets
            )
            has_macros = any(part.lower().endswith("vbaproject.bin") for part in book._archive.namelist())
            yield Workbook(sheets, has_macros, book, _shared_strings(book))
        except InputError:
            raise
        except Exception:
            # openpyxl raises whatever its parts raise; none of its words would help an office.
            raise damaged(name, "内部结构有误") from None


def read_xlsx(blob: bytes, name: str) -> SheetsRead:
    """Every sheet (读全部工作表) of a workbook."""
    sheets: list[SheetCells] = []
    problems: list[Problem] = []
    with open_workbook(blob, name) as workbook:
        for index in range(len(workbook.sheets)):
            try:
                sheets.append(read_sheet(workbook, index))
            except InputError as fault:
                problems += fault.problems
    return SheetsRead(tuple(sheets), tuple(problems), workbook.has_macros)


def read_sheet(workbook: Workbook, index: int) -> SheetCells:
    """All of one sheet (读工作表); raises `InputError` where it holds too much."""
    sheet = workbook.sheets[index]
    source = workbook._book.worksheets[index]
    for number, cells in _rows(workbook, source, sheet):
        known = number in sheet.values
        _put_row(workbook, cells, number, sheet)
        if known:
            raise damaged(sheet.where.file, f"第 {number} 行出现两次")
    _read_beside(workbook._book, source, sheet)
    return sheet


def read_top(workbook: Workbook, index: int) -> SheetCells | None:
    """The first rows of a sheet (表头部分), its merges unknown; None if even these are too much."""
    sheet = SheetCells(workbook.sheets[index].where, workbook.sheets[index].state)
    try:
        for number, cells in _rows(workbook, workbook._book.worksheets[index], sheet):
            _put_row(workbook, cells, number, sheet)
            if len(sheet.values) >= HEAD_ROWS:
                break
    except InputError:
        return None
    sheet.merges.clear()
    return sheet


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


def _rows(workbook: Workbook, source: Any, sheet: SheetCells) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """The rows of a sheet one by one; merges and hidden parts go into `sheet` on the way."""
    from openpyxl.utils import range_boundaries
    from openpyxl.worksheet import _reader as parts
    from openpyxl.xml.functions import iterparse

    book = workbook._book
    chinese = {i for i, style in enumerate(book._cell_styles) if style.numFmtId in CHINESE_DATES}
    merge_tag = parts.MERGE_TAG.replace("mergeCells", "mergeCell")
    with source._get_source() as stream:
        parser = parts.WorkSheetParser(
            stream,
            workbook._strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats | chinese,
            timedelta_formats=book._timedelta_formats,
        )
        for _, element in iterparse(stream):
            if element.tag == parts.ROW_TAG:
                count_cells(sheet, len(element))
                if not any(map(len, element)):
                    del element[:]  # only formatted: nothing in any of its cells
                lacking = [_lacks_value(cell, parts) for cell in element]
                number, cells = parser.parse_row(element)
                for cell, lacks in zip(cells, lacking, strict=True):
                    cell["lacks"] = lacks
                if element.get("hidden") in ("1", "true"):
                    sheet.hidden_rows.append(number)
                yield number, cells
            elif element.tag == parts.COL_TAG and element.get("hidden") in ("1", "true"):
                sheet.hidden_columns.append((int(element.get("min")), int(element.get("max"))))
            elif element.tag == merge_tag:
                left, top, right, bottom = range_boundaries(element.get("ref"))
                sheet.merges.append((left or 1, top or 1, right or left or 1, bottom or top or 1))
            elif _local(element) == "headerFooter":
                sheet.floating += [said for part in element for said in page_words(part.text or "")]
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


def _put_row(workbook: Workbook, cells: list[dict[str, Any]], number: int, sheet: SheetCells) -> None:
    for cell in cells:
        if cell["value"] is not None or cell["lacks"]:
            put(sheet, number, cell["column"], _shown(workbook, cell, place(sheet.where, number, cell["column"])))


_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def _shown(workbook: Workbook, cell: Mapping[str, Any], where: Location) -> Shown:
    """What the cell shows (显示的文字), or the fault that keeps it from being read."""
    value, kind = cell["value"], cell["data_type"]
    if cell["lacks"]:
        return uncalculated_cell(where)
    if kind == "e":
        return error_cell(str(value), where)
    if kind == "b":
        return truth_cell(bool(value), where)
    if isinstance(value, str):
        return _ESCAPED.sub(lambda mark: chr(int(mark[1], 16)), value), None
    assert isinstance(value, int | float | date | time | timedelta)
    return number_cell(value, _format_of(workbook._book, cell["style_id"]), where)


def _format_of(book: Any, style: int) -> str:
    from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE

    number = book._cell_styles[style].numFmtId
    if number >= BUILTIN_FORMATS_MAX_SIZE:
        return str(book._number_formats[number - BUILTIN_FORMATS_MAX_SIZE])
    return BUILTIN_FORMATS.get(number) or CHINESE_DATES.get(number, "General")


# ---- what lies beside the cells


def _read_beside(book: Any, source: Any, sheet: SheetCells) -> None:
    """The comments and text boxes of a sheet, which lie in parts of their own."""
    from openpyxl.packaging.relationship import get_dependents, get_rels_path
    from openpyxl.utils.cell import coordinate_to_tuple

    names = set(book._archive.namelist())
    rels = get_rels_path(source._worksheet_path)  # type: ignore[no-untyped-call]
    if rels not in names:
        return
    comments: dict[tuple[int, int], str] = {}
    threads: dict[tuple[int, int], str] = {}
    for relation in get_dependents(book._archive, rels):
        kind = (relation.Type or "").rpartition("/")[2]
        if relation.target not in names:
            continue
        if kind in ("comments", "threadedComment"):
            told = comments if kind == "comments" else threads
            for element in _elements(book, relation.target, ("comment", "threadedComment")):
                row_column = coordinate_to_tuple((element.get("ref") or "A1").partition(":")[0])
                told[row_column] = "；".join(filter(None, (told.get(row_column), _text(element, ("t", "text")))))
        elif kind == "drawing":
            paragraphs = (_text(p, ("t",)) for p in _elements(book, relation.target, ("p",)))
            sheet.floating += [text for text in paragraphs if text.strip()]
            sheet.pictures += sum(1 for _ in _elements(book, relation.target, ("pic",)))
    # A conversation has its text twice; its comment says first how old programs cannot show it.
    sheet.comments += [(*where, text) for where, text in {**comments, **threads}.items()]


def _elements(book: Any, part: str, names: tuple[str, ...]) -> Iterator[Any]:
    from openpyxl.xml.functions import fromstring

    root = fromstring(book._archive.read(part))
    return (element for element in root.iter() if _local(element) in names)


def _text(element: Any, names: tuple[str, ...]) -> str:
    return "".join(part.text or "" for part in element.iter() if _local(part) in names)


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
