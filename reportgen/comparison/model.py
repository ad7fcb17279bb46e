"""What two documents are compared by, and what differs (比对的内容与差异).

The readers (`word_content`, `pdf_content`, `sheet_content`, `text_content`) make a `Content` of a file, whatever its
format; nothing else of the file takes part. All lengths in mm, all sizes and pitches in points, unless said otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TypeAlias


class Layer(Enum):
    """What is looked at (比对层次); the value is how an option names it."""

    TEXT = "text"
    STRUCTURE = "structure"
    STYLE = "style"
    PAGE = "page"


LAYER_NAMES: Mapping[Layer, str] = {
    Layer.TEXT: "文字",
    Layer.STRUCTURE: "结构",
    Layer.STYLE: "样式",
    Layer.PAGE: "版面",
}


def layers_named(text: str) -> tuple[frozenset[Layer], tuple[str, ...]]:
    """The layers that a text names (所写的层次), parted by commas or blanks, and those of its words that name none."""
    known = {layer.value: layer for layer in Layer} | {name: layer for layer, name in LAYER_NAMES.items()}
    words = [word for word in re.split(r"[,，、\s]+", text.lower()) if word]
    return frozenset(known[word] for word in words if word in known), tuple(w for w in words if w not in known)


class FileKind(Enum):
    """What kind of file a content was read from (文件种类)."""

    DOCX = "docx"
    PDF = "pdf"
    WORKBOOK = "xlsx"
    TEXT = "text"


# ---- where


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page (页上的框): `page` from 1, lengths in mm from the sheet's upper left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where something stands in one of the two files (位置), in the words of the document itself.

    `part` is 正文, 附件3, 版头, 版记, 页眉, 页脚, 脚注, or a sheet's name. `table` counts the tables of a part from 1
    (0: not in a table); `row` counts its rows below the head from 1 (0: the head itself; None: the table as a whole),
    `label` is what its first ordinal column says; `column` is the head's words; `heading` is the nearest heading above.
    `paragraph` counts the paragraphs of a part from 1. `block` is the index in `Content.blocks`, and `cell` that in
    `Table.cells` (None: none): a page that shows the file finds the place by them. A difference of several paragraphs,
    rows, or cells in a row stands at the first and has their `count`. `page` and `boxes` are known of PDF files alone.
    """

    part: str = ""
    paragraph: int | None = None
    table: int = 0
    row: int | None = None
    label: str = ""
    column: str = ""
    heading: str = ""
    page: int | None = None
    boxes: tuple[Box, ...] = ()
    block: int | None = None
    cell: int | None = None
    count: int = 1


# ---- what a document shows


Value: TypeAlias = str | float | bool | None
"""A value of a look (属性值); None where the file does not say it, which differs from nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How letters are set (字符格式), as the reader sees them; `face` is the one that these letters really use.

    Its fields have their names in `look_names.SETTING_NAMES`; `effects` is what has no field of its own: 缩放90%.
    """

    face: str = ""
    size_pt: float = 0.0
    bold: bool = False
    italic: bool = False
    underline: str = ""
    struck: bool = False
    color: str = "000000"
    background: str = ""
    spacing_pt: float = 0.0
    raised: str = ""
    effects: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Letters set alike (同一格式的文字)."""

    text: str
    setting: Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph (段落), in the flow, in a cell, in a header or footer.

    `level` is 1 and up for a heading, 0 for the document's title, None for other text. `look` holds what is compared
    of it in the style layer by its Chinese name (对齐, 首行缩进, 行距, 段前, …); `page_break` says that it begins a
    page because the file wants it so. `part` is filled by `parts.with_parts`. A PDF knows its page and its boxes, one
    for each line.
    """

    pieces: tuple[Piece, ...] = ()
    level: int | None = None
    look: Mapping[str, Value] = field(default_factory=dict)
    page_break: bool = False
    part: str = ""
    page: int | None = None
    boxes: tuple[Box, ...] = ()

    @property
    def text(self) -> str:
        """What it says, automatic numbers included; a line break is `\\n`."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell (单元格) from `row` and `column` on (from 0, head rows included) over `rows` and `columns`.

    `look` is what is compared of it in the style layer (上框线 0.5磅 000000, 底纹, 垂直对齐, …).
    """

    row: int
    column: int
    rows: int = 1
    columns: int = 1
    paragraphs: tuple[Paragraph, ...] = ()
    look: Mapping[str, Value] = field(default_factory=dict)
    page: int | None = None
    boxes: tuple[Box, ...] = ()

    @property
    def text(self) -> str:
        """Its paragraphs, a line each."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table as a grid (表格): its cells in reading order, covered places left out.

    `head_rows` are those that repeat on every page, or look like a head where the file does not say; `widths` those of
    the grid's columns. `look` is what is compared of the whole in the style layer.
    """

    cells: tuple[Cell, ...]
    row_count: int
    column_count: int
    widths: tuple[float, ...] = ()
    head_rows: int = 0
    look: Mapping[str, Value] = field(default_factory=dict)
    part: str = ""
    page: int | None = None
    boxes: tuple[Box, ...] = ()

    @cached_property
    def rows(self) -> tuple[tuple[Cell, ...], ...]:
        """The cells that begin in each row."""
        found: list[list[Cell]] = [[] for _ in range(self.row_count)]
        for cell in self.cells:
            found[cell.row].append(cell)
        return tuple(map(tuple, found))


Block: TypeAlias = Paragraph | Table


@dataclass(frozen=True, kw_only=True)
class Section:
    """A section (节): what is compared of its set-up in the structure layer (纸张宽, 方向, 上边距, 页码起始, …).

    `setup` by Chinese names; `edges` are headers and footers by their names (页眉, 偶数页页脚, …). `first_block` is the
    index of its first block in `Content.blocks`.
    """

    setup: Mapping[str, Value]
    first_block: int
    edges: Mapping[str, tuple[Paragraph, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """A page of a PDF (页): its size, a fingerprint of all that it draws, and what stands where on it.

    `fingerprint` is equal only if the page looks equal; `lines` are its text lines from the top, `rulings` and
    `pictures` boxes. Pictures of the page itself are made when they are asked for (`page_pictures`).
    """

    number: int
    width: float
    height: float
    fingerprint: str
    lines: tuple[tuple[str, Box], ...] = ()
    rulings: tuple[Box, ...] = ()
    pictures: tuple[Box, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a file shows (文件的内容): blocks in order, sections, and of a PDF its pages.

    `beside` is text outside the flow by its name (文本框, 脚注, 批注, …). `layers` are those that this file can be
    compared in.
    """

    kind: FileKind
    name: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    pages: tuple[PageFacts, ...] = ()
    beside: tuple[tuple[str, Paragraph], ...] = ()
    layers: frozenset[Layer] = frozenset((Layer.TEXT,))

    def paragraphs(self) -> Iterator[Paragraph]:
        """Every paragraph of the flow, those in cells too."""
        for block in self.blocks:
            if isinstance(block, Paragraph):
                yield block
            else:
                for cell in block.cells:
                    yield from cell.paragraphs


# ---- what differs


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """What is still taken for equal (允差): lengths in mm, sizes and spacing in points, boxes on a page in mm.

    A picture of a page is equal where no spot of `picture_mm` across differs in brightness by more than
    `picture_level` (of 255).
    """

    length_mm: float = 0.5
    size_pt: float = 0.1
    spacing_pt: float = 0.5
    box_mm: float = 0.3
    picture_mm: float = 0.3
    picture_level: int = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference (一处差异), as a person would say it.

    `kind` is a stable code (`text.changed`, `row.added`, `merge.changed`, `page-break.gone`, …), `subject` what differs
    in a word or two (文字, 字号, 列宽, 页数); `before` and `after` are what stands there, shortened around the change,
    empty where one side has nothing. `first` and `second` are the places in both files; the place of the neighbour
    where one side has nothing. `said` is the whole sentence.
    """

    layer: Layer
    kind: str
    subject: str
    before: str
    after: str
    first: Spot | None
    second: Spot | None
    said: str
