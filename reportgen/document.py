"""The document tree (文档树): what a report says, in reading order, never how it looks.

No font, length or style name stands here. Ordinals are finished text. Every block carries its `origin`
(出处: a template line or a ledger cell), which takes no part in equality.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from reportgen.problems import Location


class Orientation(Enum):
    """Orientation (纸张方向) of a section's pages."""

    PORTRAIT = "纵向"
    LANDSCAPE = "横向"


class ColumnKind(Enum):
    """What a table column holds (列的内容); the style sheet decides how that is set."""

    NUMBER = "序号"
    LABEL = "类别"
    UNITS = "单位"
    TEXT = "文字"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Anything in the tree that can be followed back to its origin (出处)."""

    origin: Location | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Title(Node):
    """Title (标题): one to three lines, broken where the office breaks them. GB/T 9704—2012 7.3.1."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee(Node):
    """Addressee (主送机关), with its closing colon. GB/T 9704—2012 7.3.2."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading(Node):
    """Heading (层次标题): `label` is the finished ordinal 一、（一）1.（1）. GB/T 9704—2012 7.3.3.

    `body` is the text that runs on in the same paragraph; empty if the heading stands alone.
    """

    level: int
    label: str
    text: str
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph(Node):
    """Paragraph (正文段落)."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnexEntry(Node):
    """One annex as the annex list names it; `number` is None for an only annex."""

    number: int | None
    name: str

    @property
    def label(self) -> str:
        """附件 with its number, as it stands on the annex's first line."""
        return "附件" if self.number is None else f"附件{self.number}"

    @property
    def ordinal(self) -> str:
        """The number before the name in the annex list; an only annex has none."""
        return "" if self.number is None else f"{self.number}."


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnexList(Node):
    """Annex list (附件说明) below the text; `lead` stands before the first entry. GB/T 9704—2012 7.3.4."""

    entries: tuple[AnnexEntry, ...]
    lead: str = "附件："


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature(Node):
    """Signature and date (署名、成文日期), without a seal. GB/T 9704—2012 7.3.5."""

    issuer: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnexTitle(Node):
    """Head of an annex (附件顺序号和标题), word for word the list's entry. GB/T 9704—2012 7.3.7."""

    entry: AnnexEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Table column (列); `share` is its part of the text width, 0 to 1."""

    share: float
    kind: ColumnKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell(Node):
    """Table cell (单元格): paragraphs, and how many columns and rows it covers."""

    paragraphs: tuple[str, ...]
    col_span: int = 1
    row_span: int = 1


Row: TypeAlias = tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Node):
    """Table (表格): head rows are repeated on every page; covered cells are absent, as in HTML."""

    columns: tuple[Column, ...]
    head: tuple[Row, ...]
    body: tuple[Row, ...]


Block: TypeAlias = Title | Addressee | Heading | Paragraph | AnnexList | Signature | AnnexTitle | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Section (节): begins a new page; its pages share one orientation."""

    orientation: Orientation
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Document (文档): `title` in one line for the file's properties, `issuer` as its author."""

    title: str
    issuer: str
    sections: tuple[Section, ...]
