"""Workbooks in Office Open XML (.xlsx、.xlsm): each sheet with the text of every cell as it is shown.

openpyxl finds the sheets and their styles; the rows are streamed past it (`xlsx_rows`): its worksheet objects either
believe a false size and know no merged cells (read-only), or build every cell of a merged range before a limit could
stop them, and its parser gives up the file for one bad cell.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any, Literal

from reportgen.ledger.files.formats import CHINESE_DATES
from reportgen.ledger.files.package import check_workbook, damaged
from reportgen.ledger.files.sheet import SheetCells, SheetsRead, Shown, damaged_sheet, put
from reportgen.ledger.files.xlsx_rows import Given, read_strings, rows
from reportgen.ledger.tables import HEAD_ROWS
from reportgen.problems import InputError, Location, Problem

MARK = "【reportgen 校核】"
"""How the program's own words in a comment begin (程序写的批注): they go to the end of the comment."""

_STATES: dict[str, Literal["visible", "hidden", "own"]] = {"hidden": "hidden", "veryHidden": "own"}


@dataclass(frozen=True)
class Workbook:
    """An open workbook (工作簿): the names and states of its sheets, and all that its cells refer to."""

    sheets: tuple[SheetCells, ...]
    has_macros: bool
    _book: Any = field(repr=False)
    _given: Given = field(repr=False)

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
            reader = _reader()(BytesIO(blob), read_only=True, data_only=True, keep_links=False)
            reader.called = name
            reader.read()
            book = reader.wb
            sheets = tuple(
                SheetCells(Location(file=name, sheet=sheet.title), _STATES.get(sheet.sheet_state, "visible"))
                for sheet in book.worksheets
            )
            has_macros = any(part.lower().endswith("vbaproject.bin") for part in book._archive.namelist())
            yield Workbook(sheets, has_macros, book, Given(reader.shared_strings, _formats(book), _is_of_1904(book)))
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


@cache
def _reader() -> Any:
    """openpyxl's reader of workbooks, without what may be broken in one and says nothing about its cells."""
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.xml.constants import SHARED_STRINGS

    class Reader(ExcelReader):
        called = ""

        def read_strings(self) -> None:
            part = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
            name = part.PartName[1:] if part is not None else ""
            if name in self.valid_files:
                with self.archive.open(name) as stream:
                    self.shared_strings = read_strings(stream, self.called)

        def read_properties(self) -> None: ...

        def read_custom(self) -> None: ...

        def read_theme(self) -> None: ...

        def read_chartsheet(self, sheet: Any, rel: Any) -> None:
            """A sheet that is nothing but a chart has no cells."""

    return Reader


def _formats(book: Any) -> tuple[str, ...]:
    """The number format of each style; none at all where the file says nothing about styles."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE

    def written(number: int) -> str:
        if number >= BUILTIN_FORMATS_MAX_SIZE:
            return str(book._number_formats[number - BUILTIN_FORMATS_MAX_SIZE])
        return BUILTIN_FORMATS.get(number) or CHINESE_DATES.get(number, "General")

    if "xl/styles.xml" not in book._archive.namelist():
        return ()
    return tuple(written(style.numFmtId) for style in book._cell_styles)


def _is_of_1904(book: Any) -> bool:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    return bool(book.epoch == CALENDAR_MAC_1904)


def read_sheet(workbook: Workbook, index: int) -> SheetCells:
    """All of one sheet (读工作表); raises `InputError` where it holds too much, or cannot be read."""
    sheet = workbook.sheets[index]
    source = workbook._book.worksheets[index]
    number, read = 0, False
    try:
        for number, cells in _rows(workbook, source, sheet):
            known = number in sheet.values
            for column, shown in cells:
                put(sheet, number, column, shown)
            if known:
                raise damaged_sheet(sheet.where, f"第 {number} 行出现两次", number)
        read = True
        _read_beside(workbook._book, source, sheet)
    except InputError:
        raise
    except Exception:
        # Broken XML, or a part whose numbers are none.
        why = "里的批注或图形有误" if read else "从这一行起内部结构有误"
        raise damaged_sheet(sheet.where, why, 0 if read else number + 1) from None
    return sheet


def read_top(workbook: Workbook, index: int) -> SheetCells | None:
    """The first rows of a sheet (表头部分), its merges unknown; None if even these are too much."""
    sheet = SheetCells(workbook.sheets[index].where, workbook.sheets[index].state)
    try:
        for number, cells in _rows(workbook, workbook._book.worksheets[index], sheet):
            for column, shown in cells:
                put(sheet, number, column, shown)
            if len(sheet.values) >= HEAD_ROWS:
                break
    except InputError:
        return None
    sheet.merges.clear()
    return sheet


def _rows(workbook: Workbook, source: Any, sheet: SheetCells) -> Iterator[tuple[int, list[tuple[int, Shown]]]]:
    with source._get_source() as stream:
        yield from rows(stream, sheet, workbook._given)


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
    for where, text in {**comments, **threads}.items():
        # What the program wrote there is nothing that anybody could miss.
        theirs = text.partition(MARK)[0].rstrip()
        if theirs or MARK not in text:
            sheet.comments.append((*where, theirs))


def _elements(book: Any, part: str, names: tuple[str, ...]) -> Iterator[Any]:
    from openpyxl.xml.functions import fromstring

    root = fromstring(book._archive.read(part))
    return (element for element in root.iter() if _local(element) in names)


def _text(element: Any, names: tuple[str, ...]) -> str:
    return "".join(part.text or "" for part in element.iter() if _local(part) in names)


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
