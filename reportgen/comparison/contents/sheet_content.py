"""A workbook as its content (工作簿的内容): a table for each sheet, every cell as it shows itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reportgen import package
from reportgen.comparison.model import Cell, Content, FileKind, Layer, Paragraph, Piece, Setting, Table
from reportgen.ledger.files.sheet import SheetCells, SheetsRead, Shown, damaged_sheet, letters
from reportgen.package import file_kind
from reportgen.problems import InputError

_PLAIN = Setting()
# Sheets begin with a title or two and a line of remarks; a head stands below them.
_HEAD_WITHIN = 10


def sheet_content(blob: bytes, name: str) -> Content:
    """The sheets of a workbook (工作簿内容), hidden ones too; what is written beside the cells stands beside.

    Raises `InputError` with all sheets that cannot be read.
    """
    read = _read(blob, name)
    if read.problems:
        raise InputError(read.problems)
    sheets = [sheet for sheet in read.sheets if not sheet.is_blank()]
    return Content(
        kind=FileKind.WORKBOOK,
        name=name,
        blocks=tuple(_table(sheet) for sheet in sheets if sheet.values),
        beside=tuple(each for sheet in sheets for each in _beside(sheet)),
        layers=frozenset((Layer.TEXT,)),
    )


def _read(blob: bytes, name: str) -> SheetsRead:
    match file_kind(blob):
        case package.XLS:
            from reportgen.ledger.files.xls import read_xls

            return read_xls(blob, name)
        case package.ODS:
            from reportgen.ledger.files.ods import read_ods

            return read_ods(blob, name)
    from reportgen.ledger.files.xlsx import read_xlsx

    return read_xlsx(blob, name)


def _table(sheet: SheetCells) -> Table:
    """The sheet as a grid: its first row is that of the sheet, so that a cell keeps its number."""
    spans, covered = _spans(sheet)
    rows = max(sheet.values)
    columns = max(max(cells) for cells in sheet.values.values())
    wide = {row: end for (row, column), (_, end) in spans.items() if column == 1}
    return Table(
        cells=tuple(_cells(sheet, spans, covered, columns)),
        row_count=max([rows, *(end for end, _ in spans.values())]),
        column_count=max([columns, *(end for _, end in spans.values())]),
        head_rows=_head_rows(sheet.values, wide, columns),
        part=sheet.title,
    )


_Place = tuple[int, int]


def _spans(sheet: SheetCells) -> tuple[dict[_Place, _Place], set[_Place]]:
    """The merged ranges with words in them by their first cell, from 1, and the places that they cover.

    A range over empty rows says nothing, and may be a million rows long.
    """
    last = max(sheet.values)
    widest = max(max(cells) for cells in sheet.values.values())
    room = last * widest
    spans: dict[_Place, _Place] = {}
    covered: set[_Place] = set()
    for left, top, right, bottom in sheet.merges:
        if left not in sheet.values.get(top, {}):
            continue
        bottom, right = min(bottom, last), min(right, widest)
        room -= (bottom - top + 1) * (right - left + 1)
        if room < 0:
            raise damaged_sheet(sheet.where, "的合并单元格互相重叠")
        places = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
        if len(places) < 2:
            continue
        spans[top, left] = (bottom, right)
        covered |= places - {(top, left)}
    return spans, covered


def _cells(sheet: SheetCells, spans: Mapping[_Place, _Place], covered: set[_Place], columns: int) -> Iterator[Cell]:
    """The cells of each row that says anything, empty ones between them too."""
    for row in sorted(sheet.values):
        said = sheet.values[row]
        for column in range(1, columns + 1):
            if (row, column) in covered:
                continue
            bottom, right = spans.get((row, column), (row, column))
            text = _text(said[column]) if column in said else ""
            yield Cell(
                row=row - 1,
                column=column - 1,
                rows=bottom - row + 1,
                columns=right - column + 1,
                paragraphs=tuple(_paragraphs(text)),
            )


def _text(shown: Shown) -> str:
    """What a cell shows; what nobody can show must not pass for nothing."""
    text, fault = shown
    if text.strip() or fault is None:
        return text
    return "（公式，没有算好的结果）" if fault.code == "ledger.no-cached-value" else "（读不懂）"


def _paragraphs(text: str) -> Iterator[Paragraph]:
    for line in text.split("\n"):
        yield Paragraph(pieces=(Piece(line.rstrip(), _PLAIN),) if line.strip() else ())


def _head_rows(values: Mapping[int, Mapping[int, object]], wide: Mapping[int, int], columns: int) -> int:
    """How many rows from the top a head with its titles takes: the first row whose words stand side by side ends it."""
    if columns == 1:
        return 0
    for row in sorted(values)[:_HEAD_WITHIN]:
        if len(values[row]) > 1 and wide.get(row, 1) < columns:
            return row
    return 0


def _beside(sheet: SheetCells) -> Iterator[tuple[str, Paragraph]]:
    """Comments and text boxes, called after their sheet and cell."""
    for row, column, text in sorted(sheet.comments):
        yield f"{sheet.title}·批注", Paragraph(pieces=(Piece(f"{cell_name(row, column)}：{text}", _PLAIN),))
    for text in sheet.floating:
        yield f"{sheet.title}·文本框", Paragraph(pieces=(Piece(text, _PLAIN),))


def cell_name(row: int, column: int) -> str:
    """The name of a cell (单元格地址) by its row and column, from 1: E43."""
    return f"{letters(column)}{row}"
