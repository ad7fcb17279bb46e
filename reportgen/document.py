"""The document tree (文档树): what a report says, in reading order, never how it looks.

No font, length or style name stands here. Ordinals are finished text. Every block carries its `origin`
(出处: a template line or a ledger cell), which takes no part in equality.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from reportgen.problems import Location


class Orientation(Enum):
    """Orientation (纸张方向) of a section's pages."""

    PORTRAIT = "纵向"
    LANDSCAPE = "横向"


class LetterheadForm(Enum):
    """Form (版头格式) of a letterhead: 文件 (GB/T 9704—2012 7.2), 信函 (10.1), and the offices' own 简报."""

    DOCUMENT = "文件"
    LETTER = "信函"
    BULLETIN = "简报"


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
class Letterhead(Node):
    """Letterhead (版头) of the first page; an empty part is left out. GB/T 9704—2012 7.2, 10.1.

    `mark` holds the 发文机关标志, one line for each issuer of a joint document, and `suffix` (文件) stands behind
    an only one, right of several. With `signers` (签发人) the document is an upward one, and `signer_lead` stands
    before the first of them. A bulletin has its 期号 as `number`, and `publisher` and `date` on the line above the
    rule.
    """

    form: LetterheadForm
    mark: tuple[str, ...]
    suffix: str = ""
    number: str = ""
    signers: tuple[str, ...] = ()
    signer_lead: str = "签发人："
    copy_number: str = ""
    secrecy: str = ""
    urgency: str = ""
    publisher: str = ""
    date: str = ""


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
class Closing(Node):
    """Closing phrase (结语) on a paragraph of its own: 特此报告。"""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature(Node):
    """Signature and date (署名、成文日期). GB/T 9704—2012 7.3.5.

    A joint document has several issuers, the leading one first. `sealed` reserves the place of the seals (印章);
    a seal itself is never made.
    """

    issuers: tuple[str, ...]
    date: str
    sealed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Node):
    """Note (附注) below the date, in its brackets. GB/T 9704—2012 7.3.6."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint(Node):
    """Imprint (版记) at the foot of the last page; an empty part is left out. GB/T 9704—2012 7.4.

    `copies_to` is the finished 抄送 line with its lead and full stop; `printer` and `printed` (…印发) share a line.
    """

    copies_to: str = ""
    printer: str = ""
    printed: str = ""


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
    """Table cell (单元格): paragraphs, and how many columns and rows it covers.

    `section_level` is 1 or 2 for the only cell of a section row (表内小标题), a heading inside the table.
    """

    paragraphs: tuple[str, ...]
    col_span: int = 1
    row_span: int = 1
    section_level: int = 0


Row: TypeAlias = tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Node):
    """Table (表格): head rows are repeated on every page; covered cells are absent, as in HTML.

    A long body may make its rows when they are asked for; it equals a tuple of the same rows all the same.
    `theme` names one of the style sheet's table themes (表格样式); empty for the sheet's own.
    """

    columns: tuple[Column, ...]
    head: tuple[Row, ...]
    body: Sequence[Row]
    theme: str = ""


class ChartKind(Enum):
    """What a chart shows (图的种类); the value is what an office calls it."""

    BARS = "条形图"
    STACKED = "堆积条形图"
    BULLET = "目标进度图"
    LINE = "折线图"


class Tone(Enum):
    """What a series of figures stands for (数列的含义); the style sheet gives each its colour."""

    WELL = "正常"
    BEHIND = "滞后"
    OPEN = "未研判"
    BEFORE = "上期"
    NOW = "本期"
    GOAL = "目标"


class ChartForm(Enum):
    """How a Word file has a chart (Word 中的图): as a picture, or as Word's own chart whose figures can be edited."""

    PICTURE = "图片"
    NATIVE = "可编辑"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A series of figures (数列), one for each category; None where there is none."""

    name: str
    tone: Tone
    values: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart(Node):
    """Chart (图): its figures, not their drawing. The table with the same figures stands below it, as any table.

    `label` (图1) and `title` are its caption, `unit` is said once at the axis, `alt` says in words what the picture
    shows. A 目标进度图 has bars of its first series and a mark for each value of its second, the goals (Tone.GOAL);
    `line` is one value for all categories (半年线 50%), called `line_name`.
    """

    kind: ChartKind
    label: str
    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str
    alt: str
    line: Decimal | None = None
    line_name: str = ""
    form: ChartForm = ChartForm.PICTURE

    @property
    def caption(self) -> str:
        """The caption (图题) as it stands below the picture."""
        return f"{self.label}　{self.title}" if self.label else self.title


TextBlock: TypeAlias = (
    Letterhead
    | Title
    | Addressee
    | Heading
    | Paragraph
    | Closing
    | AnnexList
    | Signature
    | Note
    | AnnexTitle
    | Imprint
    | Chart
)
Block: TypeAlias = TextBlock | Table


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
