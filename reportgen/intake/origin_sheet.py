"""The sheet 来源 of a collected ledger (来源表): everything that the units said, one text a row, and back again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reportgen.ledger.files.workbook import Column, SheetText
from reportgen.ledger.model import Ledger, Sheet
from reportgen.ledger.origins import Origin, Use, column_name, column_of
from reportgen.ledger.records import ORIGINS_SHEETS, rows_below
from reportgen.ledger.tables import MAX_CELL_CHARACTERS, Table
from reportgen.limits import held
from reportgen.problems import Location
from reportgen.source import clean_text

ORIGINS_COLUMNS = (
    Column(title="编号", width=13),
    Column(title="列", width=14),
    Column(title="反馈原文", width=60),
    Column(title="文件", width=30),
    Column(title="工作表", width=14),
    Column(title="位置", width=12),
    Column(title="单位", width=18),
    Column(title="依据", width=16),
    Column(title="得分", width=7, centred=True),
    Column(title="采用情况", width=24),
    Column(title="行里的任务原文", width=36),
    Column(title="说明", width=36),
    Column(title="反馈校验码", width=16, shrunk=True),
)
_WAS_TAKEN = "；曾采用"
_SCORE = re.compile(r"[01]\.\d\d")
_CUT = "……（太长，余下的见原文件）"


def origins_sheets(origins: tuple[Origin, ...], ledger: Ledger) -> Iterator[SheetText]:
    """The origins as one sheet of the ledger's workbook, or as several where they are very many."""
    sheets = {entry.id: entry.sheet for entry in ledger}
    above = (
        "来源（由程序填写，请勿改动）",
        "台账里各单位反馈的每一格从哪里来；没有采用的也在这里。",
    )
    most = held().tables.rows
    for number, name in enumerate(ORIGINS_SHEETS):
        part = origins[number * most : (number + 1) * most]
        if part or not number:
            rows = [_row(each, sheets) for each in part]
            yield SheetText(name=name, columns=ORIGINS_COLUMNS, rows=rows, above=above, filtered=bool(rows))


def most_origins() -> int:
    """How many origins the ledger can keep (来源最多几条)."""
    return held().tables.rows * len(ORIGINS_SHEETS)


def _row(each: Origin, sheets: Mapping[str, Sheet]) -> tuple[str, ...]:
    use = each.use.value + (_WAS_TAKEN if each.was_taken else "")
    score = "" if each.score is None else f"{each.score:.2f}"
    cells = (
        *(each.id, column_name(each.field, sheets.get(each.id)), each.text, each.where.file, each.where.sheet or ""),
        *(each.where.cell or "", each.unit, each.how, score, use, each.said, each.note, each.digest),
    )
    return tuple(map(cell_text, cells))


def cell_text(text: str) -> str:
    """The text as a cell can hold it (单元格文字)."""
    clean = clean_text(text)[0]
    return clean if len(clean) <= MAX_CELL_CHARACTERS else clean[: MAX_CELL_CHARACTERS - len(_CUT)] + _CUT


def origins_in(table: Table) -> tuple[Origin, ...]:
    """The origins that the sheet states; a row that somebody spoilt is left out, which `open_sheet` tells."""
    return tuple(filter(None, map(_origin, rows_below(table, ORIGINS_COLUMNS))))


def is_origin(row: tuple[str, ...]) -> bool:
    """Whether a row of the sheet says what became of its text, as the program writes it (行完好)."""
    return _origin(row) is not None


def _origin(row: tuple[str, ...]) -> Origin | None:
    id, column, text, file, sheet, cell, unit, how, score, use, said, note, digest = row
    plain = use.removesuffix(_WAS_TAKEN)
    known = next((each for each in Use if each.value == plain), None)
    if known is None:
        return None
    return Origin(
        id=id,
        field=column_of(column),
        text=text,
        unit=unit,
        where=Location(file=file, sheet=sheet or None, cell=cell or None),
        digest=digest,
        how=how,
        score=float(score) if _SCORE.fullmatch(score) else None,
        said=said,
        note=note,
        use=known,
        was_taken=use != plain,
    )
