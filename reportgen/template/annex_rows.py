"""The rows of an annex table (附件表的行), each made of its entry when it is asked for.

Of a long table nothing is kept but which cells are one with those above, and the section rows (表内小标题).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

from reportgen.document import Cell, Row
from reportgen.ledger.model import Entry
from reportgen.numbering import HEADING_MARKS, heading_label
from reportgen.template.schema import ColumnSpec

_KEPT_ROWS = 2_000
"""So many rows are made at once and kept: they cost little, and are asked for again and again."""


def annex_rows(
    leaves: Sequence[ColumnSpec], entries: Sequence[Entry], sections: Sequence[str], duties: Mapping[str, str]
) -> Sequence[Row]:
    """The body of an annex table (表体): entries numbered from 1, equal neighbours merged, section rows put in."""
    rows = _AnnexRows(leaves, entries, sections, duties)
    return tuple(rows) if len(rows) <= _KEPT_ROWS else rows


class _AnnexRows(Sequence[Row]):
    """Rows that are made when they are asked for (按需成行); they equal a tuple of the same rows."""

    def __init__(
        self,
        leaves: Sequence[ColumnSpec],
        entries: Sequence[Entry],
        sections: Sequence[str],
        duties: Mapping[str, str],
    ) -> None:
        self._entries = entries
        self._duties = duties
        # A column of the number has no field.
        self._fields = [None if leaf.number or leaf.field is None else str(leaf.field) for leaf in leaves]
        # For each row an entry's index, or, below nought, that of a section row.
        self._order = array("l")
        self._heads: list[Row] = []
        begins = bytearray(len(entries))
        for index, heads in enumerate(self._headed(sections)):
            begins[index] = bool(heads)
            for head in heads:
                self._heads.append((head,))
                self._order.append(-len(self._heads))
            self._order.append(index)
        self._spans = [
            self._merged(field, begins) if leaf.merge_down and field else None
            for leaf, field in zip(leaves, self._fields, strict=True)
        ]

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, index: int) -> Row: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Row, ...]: ...

    def __getitem__(self, index: int | slice) -> Row | tuple[Row, ...]:
        if isinstance(index, slice):
            return tuple(map(self._row, self._order[index]))
        return self._row(self._order[index])

    def __iter__(self) -> Iterator[Row]:
        return map(self._row, self._order)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, _AnnexRows | tuple):
            return NotImplemented
        return len(self) == len(other) and all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"<{len(self)} rows>"

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (tuple(self),)

    def _row(self, place: int) -> Row:
        if place < 0:
            return self._heads[-place - 1]
        entry = self._entries[place]
        where = entry.where
        cells: list[Cell] = []
        for field, spans in zip(self._fields, self._spans, strict=True):
            if field is None:
                cells.append(Cell(paragraphs=(str(place + 1),), origin=where("given_no")))
            elif spans is None:
                cells.append(Cell(paragraphs=self._paragraphs(entry, field), origin=where(field)))
            elif span := spans[place]:
                cells.append(Cell(paragraphs=self._paragraphs(entry, field), row_span=span, origin=where(field)))
        return tuple(cells)

    def _value(self, entry: Entry, field: str) -> str | tuple[str, ...]:
        value: str | tuple[str, ...] = getattr(entry, field)
        return self._duties.get(entry.duty, entry.duty) if field == "duty" else value

    def _paragraphs(self, entry: Entry, field: str) -> tuple[str, ...]:
        value = self._value(entry, field)
        if field == "duty" and entry.duty_group:
            # Who reads 配合 alone asks where he is named.
            value = f"{value}\n（{entry.duty_group}）"
        if isinstance(value, tuple):
            return value or ("",)
        return tuple(value.split("\n")) if "\n" in value else (value,)

    def _merged(self, field: str, begins: bytearray) -> array[int]:
        """How many rows each cell of a column covers: equal neighbours are one cell, whose others cover none.

        Only cells between which no section row stands are one. Empty cells stay apart.
        """
        spans = array("l")
        start = 0
        above: tuple[str, ...] = ()
        for index, entry in enumerate(self._entries):
            paragraphs = self._paragraphs(entry, field)
            if index and not begins[index] and paragraphs == above and any(paragraphs):
                spans[start] += 1
                spans.append(0)
            else:
                start, above = index, paragraphs
                spans.append(1)
        return spans

    def _headed(self, sections: Sequence[str]) -> Iterator[list[Cell]]:
        """For each entry the section rows that stand before it; where its value is empty, there is none."""
        counts = [0] * len(sections)
        above: list[str] | None = None
        for entry in self._entries:
            values = [self._line(entry, field) for field in sections]
            heads: list[Cell] = []
            for level, (field, value) in enumerate(zip(sections, values, strict=True), 1):
                if above is not None and above[:level] == values[:level]:
                    continue
                counts[level:] = [0] * (len(sections) - level)
                if value:
                    counts[level - 1] += 1
                    text = _label(level, counts[level - 1]) + value
                    width = len(self._fields)
                    cell = Cell(paragraphs=(text,), col_span=width, section_level=level, origin=entry.where(field))
                    heads.append(cell)
            above = values
            yield heads

    def _line(self, entry: Entry, field: str) -> str:
        """A field in one line, without an ordinal of its own: rows are counted afresh."""
        value = self._value(entry, field)
        text = "、".join(value) if isinstance(value, tuple) else value.replace("\n", "")
        for _, mark in HEADING_MARKS:
            if found := mark.match(text):
                return str(text[found.end() :])
        return str(text)


def _label(level: int, number: int) -> str:
    """Ordinal of a section row; beyond what Chinese numerals are read for, the number itself."""
    return heading_label(level, number) if number < 1000 else f"{number}、"
