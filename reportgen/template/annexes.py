"""Entries and a column list as an annex table (附件表): head tiers and vertical merges are computed here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reportgen.document import Cell, Column, ColumnKind, Row, Table
from reportgen.ledger.model import Entry
from reportgen.problems import Location
from reportgen.template.schema import ColumnSpec

_KINDS = {
    "category": ColumnKind.LABEL,
    "judgement": ColumnKind.LABEL,
    "given_no": ColumnKind.NUMBER,
    "lead_units": ColumnKind.UNITS,
    "support_units": ColumnKind.UNITS,
}


def build_table(columns: Sequence[ColumnSpec], entries: Sequence[Entry], origin: Location | None) -> Table:
    """The annex table of the entries, numbered from 1, in their order; `columns` have rendered titles."""
    leaves = leaf_columns(columns)
    total = sum(leaf.width or 0 for leaf in leaves)
    return Table(
        columns=tuple(Column(share=(leaf.width or 0) / total, kind=_kind(leaf)) for leaf in leaves),
        head=_head(columns, origin),
        body=_body(leaves, entries),
        origin=origin,
    )


def leaf_columns(columns: Sequence[ColumnSpec]) -> list[ColumnSpec]:
    """The columns that hold cells, from left to right."""
    return [leaf for column in columns for leaf in (leaf_columns(column.columns) if column.columns else [column])]


def _kind(leaf: ColumnSpec) -> ColumnKind:
    return ColumnKind.NUMBER if leaf.number else _KINDS.get(str(leaf.field), ColumnKind.TEXT)


def _tiers(column: ColumnSpec) -> int:
    """Head rows that a column needs: untitled nested columns add none, their parent's cell stands for them."""
    if not any(child.title or child.columns for child in column.columns):
        return 1
    return 1 + max(_tiers(child) for child in column.columns)


def _head(columns: Sequence[ColumnSpec], origin: Location | None) -> tuple[Row, ...]:
    depth = max(_tiers(column) for column in columns)
    rows: list[list[Cell]] = [[] for _ in range(depth)]

    def place(column: ColumnSpec, tier: int) -> None:
        tall = _tiers(column) == 1
        cell = Cell(
            paragraphs=(column.title,),
            col_span=len(leaf_columns([column])),
            row_span=depth - tier if tall else 1,
            origin=origin,
        )
        rows[tier].append(cell)
        if not tall:
            for child in column.columns:
                place(child, tier + 1)

    for column in columns:
        place(column, 0)
    return tuple(tuple(row) for row in rows)


def _body(leaves: Sequence[ColumnSpec], entries: Sequence[Entry]) -> tuple[Row, ...]:
    rows: list[list[Cell]] = [[] for _ in entries]
    for leaf in leaves:
        cells = [_cell(leaf, number, entry) for number, entry in enumerate(entries, 1)]
        for index, cell in enumerate(_merged(cells) if leaf.merge_down else cells):
            if cell is not None:
                rows[index].append(cell)
    return tuple(tuple(row) for row in rows)


def _cell(leaf: ColumnSpec, number: int, entry: Entry) -> Cell:
    if leaf.number or leaf.field is None:
        return Cell(paragraphs=(str(number),), origin=entry.where("given_no"))
    value = getattr(entry, leaf.field)
    paragraphs = value if isinstance(value, tuple) else tuple(value.split("\n"))
    return Cell(paragraphs=paragraphs or ("",), origin=entry.where(leaf.field))


def _merged(cells: Sequence[Cell]) -> list[Cell | None]:
    """Equal neighbours as one cell; None where a cell above covers the slot. Empty cells stay apart."""
    merged: list[Cell | None] = []
    start = 0
    for index, cell in enumerate(cells):
        above = cells[start]
        if index and cell == above and any(cell.paragraphs):
            merged.append(None)
            merged[start] = replace(above, row_span=index - start + 1)
        else:
            start = index
            merged.append(cell)
    return merged
