"""Entries and a column list as an annex table (附件表).

Head tiers, vertical merges and section rows (表内小标题) are computed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from reportgen.document import Cell, Column, ColumnKind, Row, Table
from reportgen.ledger.model import LEADS, SUPPORTS, Entry
from reportgen.numbering import HEADING_MARKS, heading_label
from reportgen.problems import Location
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
    entries = [replace(entry, duty=duties.get(entry.duty, entry.duty)) for entry in entries]
    leaves = leaf_columns(columns)
    total = sum(leaf.width or 0 for leaf in leaves)
    return Table(
        columns=tuple(Column(share=(leaf.width or 0) / total, kind=_kind(leaf)) for leaf in leaves),
        head=_head(columns, origin),
        body=_body(leaves, entries, sections),
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


def _body(leaves: Sequence[ColumnSpec], entries: Sequence[Entry], sections: Sequence[str]) -> tuple[Row, ...]:
    rows: list[Row] = []
    group: list[tuple[int, Entry]] = []
    for number, (entry, heads) in enumerate(_headed(entries, sections, len(leaves)), 1):
        if heads:
            rows += (*_rows(leaves, group), *heads)
            group = []
        group.append((number, entry))
    return (*rows, *_rows(leaves, group))


def _rows(leaves: Sequence[ColumnSpec], group: Sequence[tuple[int, Entry]]) -> tuple[Row, ...]:
    """The rows of entries between which no section row stands: only these can have cells in common."""
    rows: list[list[Cell]] = [[] for _ in group]
    for leaf in leaves:
        cells = [_cell(leaf, number, entry) for number, entry in group]
        for index, cell in enumerate(_merged(cells) if leaf.merge_down else cells):
            if cell is not None:
                rows[index].append(cell)
    return tuple(tuple(row) for row in rows)


def _headed(entries: Sequence[Entry], sections: Sequence[str], width: int) -> Iterator[tuple[Entry, list[Row]]]:
    """Each entry with the section rows that stand before it; where its value is empty, there is none at that level."""
    counts = [0] * len(sections)
    above: list[str] | None = None
    for entry in entries:
        values = [_line(entry, field) for field in sections]
        heads: list[Row] = []
        for level, (field, value) in enumerate(zip(sections, values, strict=True), 1):
            if above is not None and above[:level] == values[:level]:
                continue
            counts[level:] = [0] * (len(sections) - level)
            if value:
                counts[level - 1] += 1
                text = _label(level, counts[level - 1]) + value
                cell = Cell(paragraphs=(text,), col_span=width, section_level=level, origin=entry.where(field))
                heads.append((cell,))
        above = values
        yield entry, heads


def _label(level: int, number: int) -> str:
    """Ordinal of a section row; beyond what Chinese numerals are read for, the number itself."""
    return heading_label(level, number) if number < 1000 else f"{number}、"


def _line(entry: Entry, field: str) -> str:
    """A field in one line, without an ordinal of its own: rows are counted afresh."""
    value = getattr(entry, field)
    text = "、".join(value) if isinstance(value, tuple) else value.replace("\n", "")
    for _, mark in HEADING_MARKS:
        if found := mark.match(text):
            return str(text[found.end() :])
    return str(text)


def _cell(leaf: ColumnSpec, number: int, entry: Entry) -> Cell:
    if leaf.number or leaf.field is None:
        return Cell(paragraphs=(str(number),), origin=entry.where("given_no"))
    value = getattr(entry, leaf.field)
    if leaf.field == "duty" and entry.duty_group:
        # Who reads 配合 alone asks where he is named.
        value = f"{value}\n（{entry.duty_group}）"
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
