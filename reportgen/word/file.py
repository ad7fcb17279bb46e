"""A Word file as its reader sees it (Word 文件的有效格式): sections and their set-up, paragraphs, tables, footers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from reportgen.styles import POINTS_PER_MM
from reportgen.word import walk
from reportgen.word.asides import notes_of
from reportgen.word.looks import Border
from reportgen.word.numbering import level_properties, numbering
from reportgen.word.parts import (
    MC,
    Element,
    Parts,
    R,
    W,
    attribute,
    children,
    number,
    open_parts,
    switch,
    value,
)
from reportgen.word.rulings import Ruling, rulings
from reportgen.word.styles import borders, style_table, theme_faces
from reportgen.word.tables import Table, read_table
from reportgen.word.text import Paragraph, TextReader

Block: TypeAlias = Paragraph | Table

_TWIPS_PER_MM = POINTS_PER_MM * 20
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxed:
    """A paragraph of a text box (文本框): where the box stands across the page, if the file says it in a word."""

    paragraph: Paragraph
    side: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A header or footer (页眉、页脚) in a `part` of the file; `rulings` are the rules that are drawn in it."""

    paragraphs: tuple[Paragraph, ...]
    boxes: tuple[Boxed, ...]
    rulings: tuple[Ruling, ...] = ()
    part: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The page set-up (页面设置) of a section; lengths in mm, None where the file says nothing.

    Headers and footers by kind: `default`, `even`, `first`. `begins` is where the section begins, `vertical` how its
    pages are filled, `direction` that of its lines, each by Word's name; `borders` are the rules around its pages.
    Every so many lines have their number at the margin: `lines_counted`.
    """

    width: float | None
    height: float | None
    top: float | None
    right: float | None
    bottom: float | None
    left: float | None
    footer: float | None
    grid: str
    grid_pitch_pt: float | None
    character_space_pt: float
    continuous: bool
    title_page: bool
    start: int | None
    number_form: str
    footers: Mapping[str, Edge]
    headers: Mapping[str, Edge]
    header: float | None = None
    begins: str = "nextPage"
    columns: int = 1
    columns_apart: float = 0.0
    columns_ruled: bool = False
    vertical: str = ""
    direction: str = ""
    borders: Mapping[str, Border] = field(default_factory=dict)
    lines_counted: int = 0

    @property
    def landscape(self) -> bool:
        """Whether the page is wider than tall."""
        return bool(self.width and self.height and self.width > self.height)

    @property
    def text_width_pt(self) -> float | None:
        """Width of the type area."""
        if self.width is None or self.left is None or self.right is None:
            return None
        return (self.width - self.left - self.right) * POINTS_PER_MM

    @property
    def text_height_pt(self) -> float | None:
        """Height of the type area."""
        if self.height is None or self.top is None or self.bottom is None:
            return None
        return (self.height - self.top - self.bottom) * POINTS_PER_MM

    @property
    def first_header(self) -> Edge | None:
        """The header of the first page."""
        return self.headers.get("first" if self.title_page else "default")

    @property
    def line_unit_pt(self) -> float:
        """What Word takes for one line in `beforeLines`."""
        return self.grid_pitch_pt if self.grid != "none" and self.grid_pitch_pt else 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WordSection:
    """A section (节): its blocks in order, and its set-up."""

    setup: Setup
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordFile:
    """A Word file (Word 文件); `odd_even` says that even pages have footers of their own.

    A file of `old` layout rules (before Word 2013) has the text of a table at the margin, not its frame. `changed`
    says that it has tracked changes (修订), which are taken as accepted. `untold` is text of the body that is shown
    but that came up nowhere: in wrappers that this reader does not know.
    """

    sections: tuple[WordSection, ...]
    odd_even: bool
    old: bool
    changed: bool = False
    untold: tuple[str, ...] = ()


def read_word(blob: bytes) -> WordFile:
    """A Word file, however it was made; what is missing or absurd in it is left out."""
    parts = open_parts(blob)
    return _read(parts, parts.xml(parts.main))


def read_traced(parts: Parts, root: Element) -> WordFile:
    """The same of an open package, `root` that of its main part: runs and paragraphs know their elements (可回溯)."""
    return _read(parts, root, traces=True)


def read_whole(parts: Parts) -> WordFile:
    """The same of an open package, with text boxes, drawings and numbers of pages as such (全部内容)."""
    return _read(parts, parts.xml(parts.main), whole=True)


def _read(parts: Parts, root: Element | None, traces: bool = False, whole: bool = False) -> WordFile:
    main = parts.main
    relations = parts.relations(main)
    settings = _related(parts, relations, "settings")
    theme = _related(parts, relations, "theme")
    faces = theme_faces(theme, value(settings, "themeFontLang", "eastAsia") or "zh-CN")
    styles = style_table(_related(parts, relations, "styles"), faces)
    lists = numbering(_related(parts, relations, "numbering"))
    styles.set_levels(level_properties(lists.lists))
    notes = notes_of(*(_related(parts, relations, kind) for kind in ("footnotes", "endnotes", "comments")))
    prompts = root is not None and next(root.iter(W + "showingPlcHdr"), None) is not None
    reader = TextReader(styles, lists, notes, prompts, traces=traces, whole=whole)
    edges = _Edges(parts, relations, reader, {})
    body = None if root is None else root.find(W + "body")
    sections = () if body is None else tuple(_sections(body, reader, edges))
    odd_even = bool(switch(settings, "evenAndOddHeaders"))
    untold = () if root is None else walk.untold(root, reader.told)
    return WordFile(
        sections=sections,
        odd_even=odd_even,
        old=_mode(settings) < _WORD_2013,
        changed=body is not None and walk.has_changes(body),
        untold=tuple(untold),
    )


_WORD_2013 = 15


def _mode(settings: Element | None) -> float:
    """The version of Word whose layout the file asks for; without a word about it an old one."""
    compat = None if settings is None else settings.find(W + "compat")
    for setting in children(compat, "compatSetting"):
        if attribute(setting, "name") == "compatibilityMode":
            return number(attribute(setting)) or 0.0
    return 0.0


def _related(parts: Parts, relations: Mapping[str, tuple[str, str]], kind: str) -> Element | None:
    return next((parts.xml(target) for found, target in relations.values() if found == kind), None)


def _sections(body: Element, reader: TextReader, edges: _Edges) -> Iterator[WordSection]:
    blocks: list[Block] = []
    above: Setup | None = None
    for found in walk.blocks(body):
        if found[0].tag == W + "tbl":
            blocks.append(read_table(found[0], reader))
            continue
        end = found[0]
        if found[0].tag == W + "p":
            paragraph = reader.paragraph(found)
            blocks.append(paragraph)
            end = paragraph.section
        if end is not None:
            above = _setup(end, edges, above)
            yield WordSection(setup=above, blocks=tuple(blocks))
            blocks = []
    if blocks:
        yield WordSection(setup=above or _setup(None, edges, None), blocks=tuple(blocks))


def _mm(text: str | None) -> float | None:
    found = number(text)
    return None if found is None else found / _TWIPS_PER_MM


def _setup(element: Element | None, edges: _Edges, above: Setup | None) -> Setup:
    def margin(name: str) -> float | None:
        found = _mm(value(element, "pgMar", name))
        return None if found is None else abs(found)

    gutter, left = margin("gutter") or 0.0, margin("left")
    pitch = number(value(element, "docGrid", "linePitch"))
    kind = value(element, "docGrid", "type")
    start = number(value(element, "pgNumType", "start"))
    return Setup(
        width=_mm(value(element, "pgSz", "w")),
        height=_mm(value(element, "pgSz", "h")),
        top=margin("top"),
        right=margin("right"),
        bottom=margin("bottom"),
        left=None if left is None else left + gutter,
        footer=margin("footer"),
        grid="none" if kind in (None, "default") else kind or "none",
        grid_pitch_pt=None if pitch is None else pitch / 20,
        # In 4096ths of a point (ISO/IEC 29500-1, 17.6.5).
        character_space_pt=(number(value(element, "docGrid", "charSpace")) or 0.0) / 4096,
        continuous=value(element, "type") == "continuous",
        title_page=bool(switch(element, "titlePg")),
        start=None if start is None else int(start),
        number_form=value(element, "pgNumType", "fmt") or "decimal",
        footers=edges.of(element, "footerReference", above.footers if above else {}),
        headers=edges.of(element, "headerReference", above.headers if above else {}),
        header=margin("header"),
        begins=value(element, "type") or "nextPage",
        columns=int(max(1, min(number(value(element, "cols", "num")) or 1, _MOST_COLUMNS))),
        columns_apart=_mm(value(element, "cols", "space")) or 0.0,
        columns_ruled=value(element, "cols", "sep") in ("1", "true", "on"),
        vertical=value(element, "vAlign") or "",
        direction=value(element, "textDirection") or "",
        borders=borders(None if element is None else element.find(W + "pgBorders")),
        lines_counted=int(max(0, number(value(element, "lnNumType", "countBy")) or 0)),
    )


# Word's own limit.
_MOST_COLUMNS = 45


@dataclass(frozen=True, slots=True)
class _Edges:
    """The headers and footers of the file, each read once."""

    parts: Parts
    relations: Mapping[str, tuple[str, str]]
    reader: TextReader
    read: dict[str, Edge]

    def of(self, section: Element | None, name: str, above: Mapping[str, Edge]) -> Mapping[str, Edge]:
        """Those of a section by kind; what it does not name it has from the section above."""
        found = dict(above)
        for reference in children(section, name):
            _, target = self.relations.get(str(reference.get(R + "id")), ("", ""))
            if target not in self.read:
                self.read[target] = self._edge(self.parts.xml(target) if target else None, target)
            found[attribute(reference, "type") or "default"] = self.read[target]
        return found

    def _edge(self, root: Element | None, part: str) -> Edge:
        if root is None:
            return Edge(paragraphs=(), boxes=())
        boxes = tuple(
            Boxed(paragraph=self.reader.paragraph((paragraph,)), side=_side(content))
            for content in root.iter(W + "txbxContent")
            # The same box stands in the file twice, the second time for old programs.
            if not any(above.tag == MC + "Fallback" for above in content.iterancestors())
            for paragraph in content.iter(W + "p")
        )
        own = tuple(self.reader.paragraph(found) for found in _all_paragraphs(root))
        return Edge(paragraphs=own, boxes=boxes, rulings=rulings(root), part=part)


def _all_paragraphs(root: Element) -> Iterator[tuple[Element, ...]]:
    for found in walk.blocks(root):
        if found[0].tag == W + "p":
            yield found
        else:
            yield from ((one,) for one in found[0].iter(W + "p") if one.getparent().tag == W + "tc")


def _side(content: Element) -> str:
    """left, center, right or outside, as the anchor of a text box says; else nothing."""
    for above in content.iterancestors(_DRAWING + "anchor"):
        align = above.find(f"{_DRAWING}positionH/{_DRAWING}align")
        return "" if align is None else str(align.text or "")
    return ""
