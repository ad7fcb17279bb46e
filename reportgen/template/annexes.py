"""Entries and a column list as an annex table (附件表).

Head tiers are computed here, the rows of the body in `annex_rows`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reportgen.document import Cell, Column, ColumnKind, Row, Table
from reportgen.ledger.model import LEADS, SUPPORTS, Entry
from reportgen.problems import Location
from reportgen.template.annex_rows import annex_rows
from reportgen.template.schema import ColumnSpec

_KINDS = {
    "category": ColumnKind.LABEL,
    "judgement": ColumnKind.LABEL,
    "given_no": ColumnKind.NUMBER,
    # No labels: where a row goes on over a page, they would stand there again without the number that they belong to.
    "duty": ColumnKind.UNITS,
    "report_annex": ColumnKind.NUMBER,
    "report_no": ColumnKind.NUMBER,
    "lead_units": ColumnKind.UNITS,
    "support_units": ColumnKind.UNITS,
}

_DUTIES: Mapping[str, str] = {LEADS: LEADS, SUPPORTS: SUPPORTS}


def build_table(
    columns: Sequence[ColumnSpec],
    entries: Sequence[Entry],
    origin: Location | None,
    sections: Sequence[str] = (),
    theme: str = "",
    duties: Mapping[str, str] = _DUTIES,
) -> Table:
    """The annex table of the entries, numbered from 1, in their order; `columns` have rendered titles.

    `sections` are the entries' fields of which each change makes a section row, one field for each of its levels.
    `duties` says how 牵头 and 配合 are written.
    """
    leaves = leaf_columns(columns)
    total = sum(leaf.width or 0 for leaf in leaves)
    return Table(
        columns=tuple(Column(share=(leaf.width or 0) / total, kind=_kind(leaf)) for leaf in leaves),
        head=_head(columns, origin),
        body=annex_rows(leaves, entries, sections, duties),
        theme=theme,
        origin=origin,
    )


def without_empty(columns: Sequence[ColumnSpec], entries: Sequence[Entry]) -> tuple[ColumnSpec, ...]:
    """The columns but the optional ones (可省的列) of which every entry's cell would be empty."""
    kept = []
    for column in columns:
        if column.columns:
            if inner := without_empty(column.columns, entries):
                kept.append(column.model_copy(update={"columns": inner}))
        elif not column.optional or any(getattr(entry, str(column.field)) for entry in entries):
            kept.append(column)
    return tuple(kept)


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
