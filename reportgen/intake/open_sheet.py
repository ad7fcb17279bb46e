"""The sheet 待处理 of a collected ledger (待处理表): what a person has to do, and the remarks that it is done."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.intake.collection import Collection
from reportgen.intake.findings import Finding, Kind
from reportgen.intake.origin_sheet import ORIGINS_COLUMNS, cell_text, is_origin, origins_in, origins_sheets
from reportgen.ledger.files.workbook import Column, SheetText
from reportgen.ledger.keeping import ledger_sheets
from reportgen.ledger.records import (
    OPEN_SHEET,
    ORIGINS_SHEETS,
    RECORD_SHEET,
    RETURNS_COLUMNS,
    Record,
    cells_beside,
    record_of,
    record_sheet,
    rows_below,
)
from reportgen.ledger.tables import Cell, Table
from reportgen.ledger.words import Words
from reportgen.limits import held

_COLUMNS = (
    Column(title="事项类别", width=18),
    Column(title="单位", width=16),
    Column(title="编号", width=13),
    Column(title="任务", width=34),
    Column(title="要看什么", width=34),
    Column(title="台账现有", width=34),
    Column(title="反馈内容", width=34),
    Column(title="文件", width=26),
    Column(title="位置", width=16),
    Column(title="采用文字校验码", width=9, shrunk=True),
    Column(title="状态", width=9, centred=True),
    Column(title="处理结果", width=20, editable=True),
)
_TO_DO, _DONE, _CLOSED = "待办", "已处理", "已了结"


def collected_sheets(collection: Collection, words: Words) -> tuple[SheetText, ...]:
    """All sheets of a collected ledger (汇总台账的工作表): the ledger's own, what is open, the origins, the record."""
    record = collection.record
    return (
        *ledger_sheets(collection.ledger, words=words),
        open_sheet(collection),
        *origins_sheets(record.origins, collection.ledger),
        record_sheet(record),
    )


def open_sheet(collection: Collection) -> SheetText:
    """What a person has to do, what is done, and below it the remarks on what is no point any more."""
    points = [each for each in collection.findings if each.kind.needs_person]
    most = held().tables.rows
    room = most - min(len(collection.closed), most // 2)
    if len(points) > room:
        # What is more than a sheet can hold comes when these are done; no remark may go. The page counts all of them.
        points.sort(key=lambda each: not each.settled)
    rows = [tuple(map(cell_text, _row(each))) for each in points[:room]]
    rows += [tuple(map(cell_text, _closed_row(words, remark))) for words, remark in collection.closed]
    above = (
        "待处理（由程序填写）",
        "办完一件，在「处理结果」里写一句（如：已核实），以后汇总会记得，不再计入待处理；其他格请勿改动。"
        if rows
        else "没有需要处理的事项。",
    )
    return SheetText(name=OPEN_SHEET, columns=_COLUMNS, rows=rows, above=above, filtered=bool(rows))


def _row(each: Finding) -> Iterator[str]:
    yield from (each.kind.title, each.unit, each.id, each.task, each.what, each.ours, each.theirs)
    yield each.where.file if each.where else ""
    yield f"{each.where.sheet or ''} {each.where.cell or ''}".strip() if each.where else ""
    yield from (each.mark, _DONE if each.settled else _TO_DO, each.settled)


def _closed_row(words: tuple[str, ...], remark: str) -> tuple[str, ...]:
    """A remark whose point is none any more: if the same point comes again, it holds again."""
    kind, unit, id, task, what, theirs, mark = words
    return (kind, unit, id, task, what, "", theirs, "", "", mark, _CLOSED, remark)


def settled_in(table: Table) -> Iterator[tuple[tuple[str, ...], str]]:
    """The remarks (处理结果) in the sheet, each by the words of its point."""
    for kind, unit, id, task, what, _, theirs, _, _, mark, _, remark in rows_below(table, _COLUMNS):
        if remark:
            yield (kind, unit, id, task, what, theirs, mark), remark


def record_in(tables: dict[str, Table]) -> Record | None:
    """The whole record (汇总记录) in the sheets of a workbook by their names; None if it was never collected into."""
    if RECORD_SHEET not in tables:
        return None
    record = record_of(tables[RECORD_SHEET])
    origins = tuple(origin for name in ORIGINS_SHEETS if name in tables for origin in origins_in(tables[name]))
    settled = tuple(settled_in(tables[OPEN_SHEET])) if OPEN_SHEET in tables else ()
    return Record(period=record.period, returns=record.returns, origins=origins, settled=settled)


def spoilt_cells(table: Table) -> Iterator[Cell]:
    """What in a sheet of the record the program did not write (认不出的内容), and would not write again."""
    if table.name in ORIGINS_SHEETS:
        yield from cells_beside(table, ORIGINS_COLUMNS)
        spoilt = [row for row in rows_below(table, ORIGINS_COLUMNS) if not is_origin(row)]
    elif table.name == OPEN_SHEET:
        yield from cells_beside(table, _COLUMNS)
        kinds = {kind.title for kind in Kind}
        spoilt = [row for row in rows_below(table, _COLUMNS) if row[0] not in kinds]
    else:
        yield from cells_beside(table, RETURNS_COLUMNS)
        spoilt = [row for row in rows_below(table, RETURNS_COLUMNS) if not row[-1]]
    texts = {text for row in spoilt for text in row if text}
    yield from (cell for row in table.rows for cell in row if cell.text.strip() in texts)
