"""Workbooks in Office Open XML (.xlsx、.xlsm): each sheet with the text of every cell as it is shown.

The rows are streamed (`xlsx_rows`), not read by openpyxl: its worksheet objects either believe a false size and know no
merged cells (read-only), or build every cell of a merged range before a limit could stop them, and its parser gives up
the file for one bad cell. Nor does it find the sheets and their styles (`xlsx_book` says why).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from reportgen.ledger.files.package import check_workbook, damaged
from reportgen.ledger.files.sheet import SheetCells, SheetsRead, Shown, damaged_sheet, put
from reportgen.ledger.files.xlsx_book import Book, parsed, read_book, relations
from reportgen.ledger.files.xlsx_rows import row_and_column, rows
from reportgen.ledger.tables import HEAD_ROWS
from reportgen.problems import InputError, Location, Problem

MARK = "【reportgen 校核】"
"""How the program's own words in a comment begin (程序写的批注): they go to the end of the comment."""


@dataclass(frozen=True)
class Workbook:
    """An open workbook (工作簿): the names and states of its sheets, and all that its cells refer to."""

    sheets: tuple[SheetCells, ...]
    has_macros: bool
    _book: Book = field(repr=False)

    @property
    def titles(self) -> list[str]:
        """The names (表名) of the sheets."""
        return [sheet.title for sheet in self.sheets]


@contextmanager
def open_workbook(blob: bytes, name: str, most_rows: int = 0) -> Iterator[Workbook]:
    """The workbook (打开工作簿), its sheets still empty, for so many rows in each.

    Everything that breaks while it is open is `damaged`.
    """
    check_workbook(blob, name)
    try:
        with ZipFile(BytesIO(blob)) as archive:
            book = read_book(archive, name)
            sheets = tuple(
                SheetCells(Location(file=name, sheet=each.title), each.state, most_rows=most_rows)
                for each in book.sheets
            )
            has_macros = any(part.lower().endswith("vbaproject.bin") for part in book.parts)
            yield Workbook(sheets, has_macros, book)
    except InputError:
        raise
    except Exception:
        # lxml and zipfile raise whatever they raise; none of their words would help an office.
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
    """All of one sheet (读工作表); raises `InputError` where it holds too much, or cannot be read."""
    sheet = workbook.sheets[index]
    part = workbook._book.sheets[index].part
    number, read = 0, False
    try:
        for number, cells in _rows(workbook, part, sheet):
            known = number in sheet.values
            for column, shown in cells:
                put(sheet, number, column, shown)
            if known:
                raise damaged_sheet(sheet.where, f"第 {number} 行出现两次", number)
        read = True
        _read_beside(workbook._book, part, sheet)
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
        for number, cells in _rows(workbook, workbook._book.sheets[index].part, sheet):
            for column, shown in cells:
                put(sheet, number, column, shown)
            if len(sheet.values) >= HEAD_ROWS:
                break
    except InputError:
        return None
    sheet.merges.clear()
    return sheet


def _rows(workbook: Workbook, part: str, sheet: SheetCells) -> Iterator[tuple[int, list[tuple[int, Shown]]]]:
    with workbook._book.archive.open(part) as stream:
        yield from rows(stream, sheet, workbook._book.given)


# ---- what lies beside the cells


def _read_beside(book: Book, part: str, sheet: SheetCells) -> None:
    """The comments and text boxes of a sheet, which lie in parts of their own."""
    comments: dict[tuple[int, int], str] = {}
    threads: dict[tuple[int, int], str] = {}
    for kind, _, target in relations(book.archive, book.parts, part):
        if target not in book.parts:
            continue
        if kind in ("comments", "threadedComment"):
            told = comments if kind == "comments" else threads
            for element in _elements(book, target, ("comment", "threadedComment")):
                row_column = row_and_column((element.get("ref") or "A1").partition(":")[0])
                told[row_column] = "；".join(filter(None, (told.get(row_column), _text(element, ("t", "text")))))
        elif kind == "drawing":
            paragraphs = (_text(p, ("t",)) for p in _elements(book, target, ("p",)))
            sheet.floating += [text for text in paragraphs if text.strip()]
            sheet.pictures += sum(1 for _ in _elements(book, target, ("pic",)))
    # A conversation has its text twice; its comment says first how old programs cannot show it.
    for where, text in {**comments, **threads}.items():
        # What the program wrote there is nothing that anybody could miss.
        theirs = text.partition(MARK)[0].rstrip()
        if theirs or MARK not in text:
            sheet.comments.append((*where, theirs))


def _elements(book: Book, part: str, names: tuple[str, ...]) -> Iterator[Any]:
    return (element for element in parsed(book.archive, part).iter() if _local(element) in names)


def _text(element: Any, names: tuple[str, ...]) -> str:
    return "".join(part.text or "" for part in element.iter() if _local(part) in names)


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
