"""The grid of a Word table in a ledger (台账的 Word 表格): within the limits of a ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reportgen.ledger.tables import HEAD_ROWS
from reportgen.limits import held
from reportgen.package import short
from reportgen.problems import InputError, Location, error
from reportgen.word import grid
from reportgen.word.grid import Slot
from reportgen.word.tables import Row


def slots(rows: Sequence[Row], widths: Sequence[float] | None, where: Location) -> list[list[Slot]]:
    """The grid of the rows that are shown; columns count by the edges of cells, not by the file's own grid."""
    most = held().tables
    if len(rows) > most.rows + HEAD_ROWS:
        what = f"{where.sheet}超过 {most.rows} 行"
        place = Location(file=where.file, sheet=where.sheet, cell=f"第{most.rows + 1}行")
        raise InputError([error("ledger.too-many-rows", what, "请删去多余的空行，或拆成几份文件", place)])
    index = grid.edge_numbers(rows, widths)
    _refuse_wide(rows, index, where, most.columns)
    width = min(max(index.values(), default=0), most.columns)
    return grid.slots(rows, index, width)


def _refuse_wide(rows: Sequence[Row], index: Mapping[int, int], where: Location, most: int) -> None:
    """Raise `InputError` if anything stands beyond the columns that a ledger can have."""
    for r, row in enumerate(rows, start=1):
        for cell in row.cells:
            if index[cell.column] >= most and any(each.text.strip() or each.asides for each in cell.paragraphs):
                what = f"第 {most} 列以后还有内容「{short(cell.text)}」"
                place = Location(file=where.file, sheet=where.sheet, cell=f"第{r}行第{index[cell.column] + 1}列")
                raise InputError([error("ledger.too-many-columns", what, "请删去多余的列", place)])
