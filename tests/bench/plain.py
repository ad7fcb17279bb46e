"""A report as plain data (普通数据): what the peers are given, and what every output is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from reportgen.document import (
    Addressee,
    AnnexList,
    AnnexTitle,
    Cell,
    Closing,
    ColumnKind,
    Document,
    Heading,
    Note,
    Orientation,
    Paragraph,
    Row,
    Signature,
    Table,
    TextBlock,
    Title,
)
from reportgen.grid import Start, resolve


@dataclass(frozen=True)
class Text:
    """A paragraph: `kind` is 标题, 正文, or 节 for the first of a new section; newlines are line breaks."""

    text: str
    kind: str = "正文"


class HeadCell(NamedTuple):
    """A cell of a table's head, and how many columns and rows it covers."""

    text: str
    columns: int
    rows: int


@dataclass(frozen=True)
class Grid:
    """A table; `labels` are the columns whose cells may be said again where a page parts them.

    A cell of its body is None where the one above covers it, and so it is in `head_rows`.
    """

    landscape: bool
    shares: tuple[float, ...]
    centered: tuple[bool, ...]
    labels: tuple[bool, ...]
    head: tuple[tuple[HeadCell, ...], ...]
    head_rows: tuple[tuple[str | None, ...], ...]
    rows: tuple[tuple[str | None, ...], ...]


Part: TypeAlias = Text | Grid


@dataclass(frozen=True)
class Report:
    """A report in reading order."""

    title: str
    parts: tuple[Part, ...]

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(len(part.rows) for part in self.parts if isinstance(part, Grid))


def plain(document: Document) -> Report:
    """The tree of a report without anything but texts, tables and what is merged."""
    parts: list[Part] = []
    for section in document.sections:
        kind = "节"
        for block in section.blocks:
            if isinstance(block, Table):
                parts.append(_grid(block, section.orientation is Orientation.LANDSCAPE))
                continue
            for text in _texts(block):
                is_title = isinstance(block, Title) or (isinstance(block, AnnexTitle) and kind != "节")
                parts.append(Text(text, "标题" if is_title and kind != "节" else kind))
                kind = "正文"
    return Report(document.title, tuple(parts))


def _texts(block: TextBlock) -> tuple[str, ...]:
    match block:
        case Title():
            return ("\n".join(block.lines),)
        case Addressee() | Paragraph() | Closing() | Note():
            return (block.text,)
        case Heading():
            return (block.label + block.text + block.body,)
        case AnnexList():
            names = [f"{entry.ordinal}{entry.name}" for entry in block.entries]
            return (block.lead + names[0], *names[1:])
        case Signature():
            return (*block.issuers, *((block.date,) if block.date else ()))
        case AnnexTitle():
            return (block.entry.label, block.entry.name)
        case _:
            raise NotImplementedError(f"the benchmark's reports have no {type(block).__name__}")


def _grid(table: Table, landscape: bool) -> Grid:
    assert all(cell.col_span == 1 for row in table.body for cell in row)
    return Grid(
        landscape,
        tuple(column.share for column in table.columns),
        tuple(column.kind is not ColumnKind.TEXT for column in table.columns),
        tuple(column.kind is ColumnKind.LABEL for column in table.columns),
        tuple(tuple(HeadCell(_said(cell), cell.col_span, cell.row_span) for cell in row) for row in table.head),
        _rows(table.head, len(table.columns)),
        _rows(table.body, len(table.columns)),
    )


def _rows(rows: Sequence[Row], width: int) -> tuple[tuple[str | None, ...], ...]:
    """Each row as a Word file has it: None where a cell further up goes on, one cell for all its columns."""
    return tuple(
        tuple(
            _said(slot.cell) if isinstance(slot, Start) else None
            for slot in slots
            if isinstance(slot, Start) or not slot.from_left
        )
        for slots in resolve(rows, width)
    )


def _said(cell: Cell) -> str:
    return "\n".join(cell.paragraphs)
