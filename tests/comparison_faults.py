"""Faults planted in a Word file (植入的差异): one place of its XML each, chosen by a seed.

The place of a fault is read off the XML by plain counting, not by the readers that are tested with it.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TypeAlias

from lxml import etree

from reportgen.comparison.model import Layer

Element: TypeAlias = etree._Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
DOCUMENT, STYLES, CORE = "word/document.xml", "word/styles.xml", "docProps/core.xml"
BODY = "正文"
# ISO/IEC 29500-1, CT_PPr, CT_RPr, CT_TcPr, CT_TrPr, CT_SectPr: an element goes before all that stand behind it here.
ORDER = (
    *("pStyle", "keepNext", "keepLines", "pageBreakBefore", "pBdr", "shd.p", "snapToGrid", "spacing.p", "ind", "jc"),
    *(
        "outlineLvl",
        "rPr",
        "sectPr",
        "rStyle",
        "rFonts",
        "b",
        "i",
        "strike",
        "color",
        "spacing",
        "w",
        "kern",
        "position",
    ),
    *("sz", "szCs", "highlight", "u", "effect", "shd.r", "vertAlign", "tcW", "gridSpan", "vMerge", "tcBorders", "shd"),
    *("textDirection", "vAlign", "cantSplit", "trHeight", "tblHeader"),
)


@dataclass(frozen=True)
class Spot:
    """Where a fault stands (位置): `row` below the head, the head's words above it; the paragraph's text."""

    part: str
    row: int | None = None
    column: str = ""
    text: str = ""


@dataclass(frozen=True)
class Fault:
    """One planted fault (植入的一处差异)."""

    kind: str
    layer: Layer
    spot: Spot
    blob: bytes


@dataclass(frozen=True)
class CellAt:
    """A cell in the XML (单元格) and where it stands."""

    element: Element
    row: Element
    column_index: int
    spot: Spot


class Draft:
    """A package whose parts are changed (草稿): each is parsed when it is asked for."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        self.parts = dict(parts)
        self._roots: dict[str, Element] = {}

    def root(self, part: str = DOCUMENT) -> Element:
        """The root of a part, to be changed in its place."""
        if part not in self._roots:
            self._roots[part] = deepcopy(_parsed(self.parts[part]))
        return self._roots[part]

    def blob(self) -> bytes:
        """The package with the changed parts."""
        changed = {part: _written(root) for part, root in self._roots.items()}
        return packed({**self.parts, **changed})


@cache
def _parsed(part: bytes) -> Element:
    return etree.fromstring(part)


def _written(root: Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


@cache
def parts_of(blob: bytes) -> Mapping[str, bytes]:
    """The parts of a package by name."""
    with zipfile.ZipFile(io.BytesIO(blob)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def packed(parts: Mapping[str, bytes], how: int = zipfile.ZIP_STORED, level: int | None = None) -> bytes:
    """A package of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how, compresslevel=level) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part, how, level)
    return buffer.getvalue()


# ---- places


def said(element: Element) -> str:
    """The text of an element, a line break as one."""
    steps = element.iter(W + "t", W + "br")
    return "".join("\n" if step.tag == W + "br" else step.text or "" for step in steps)


def paragraphs(draft: Draft, *styles: str) -> list[tuple[Element, Spot]]:
    """The paragraphs of the flow that say something, of these styles or of all."""
    return [
        (element, Spot(part, text=said(element)))
        for element, part in _flow(draft)
        if element.tag == W + "p" and said(element) and (not styles or _style(element) in styles)
    ]


def cells(draft: Draft, part: str = "") -> list[CellAt]:
    """The cells of all tables that stand for themselves, head rows too (row 0)."""
    return [
        cell
        for table, name in _flow(draft)
        if table.tag == W + "tbl" and name.startswith(part)
        for cell in _cells(table, name)
    ]


def _flow(draft: Draft) -> Iterator[tuple[Element, str]]:
    part = BODY
    for element in draft.root()[0]:
        if element.tag == W + "p" and _style(element) == "AnnexLabel":
            part = said(element)
        yield element, part


def _cells(table: Element, part: str) -> Iterator[CellAt]:
    heads: dict[int, str] = {}
    number = 0
    for row in table.iter(W + "tr"):
        is_head = row.find(f"{W}trPr/{W}tblHeader") is not None
        number += not is_head
        column = 0
        for cell in row.iter(W + "tc"):
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            width = 1 if span is None else int(str(span.get(W + "val")))
            if is_head:
                heads.update(dict.fromkeys(range(column, column + width), said(cell)))
            if not _continues(cell):
                yield CellAt(cell, row, column, Spot(part, number, heads.get(column, ""), said(cell)))
            column += width


def _continues(cell: Element) -> bool:
    merge = cell.find(f"{W}tcPr/{W}vMerge")
    return merge is not None and merge.get(W + "val") != "restart"


def _style(paragraph: Element) -> str:
    found = paragraph.find(f"{W}pPr/{W}pStyle")
    return "" if found is None else str(found.get(W + "val"))


def plain_rows(draft: Draft) -> list[tuple[Element, Spot]]:
    """Rows of the body of 附件3 that begin or end no merge: their neighbours belong to the same category."""
    rows = {id(cell.row): (cell.row, cell.spot) for cell in reversed(cells(draft, "附件3")) if cell.spot.row}
    found = sorted(rows.values(), key=lambda each: each[1].row or 0)
    return [
        (row, Spot(spot.part, spot.row))
        for row, spot in found
        if _goes_on(row) and (after := row.getnext()) is not None and _goes_on(after)
    ]


def _goes_on(row: Element) -> bool:
    return any(_continues(cell) for cell in row.iter(W + "tc"))


def set_property(holder: Element, properties: str, name: str, at: str = "", **values: str) -> Element:
    """Set one property in the place that the schema gives it; `at` is its name in the order where two share one."""
    found = holder.find(W + properties)
    if found is None:
        found = etree.Element(W + properties)
        holder.insert(0, found)
    for old in found.findall(W + name):
        found.remove(old)
    place = ORDER.index(at or name)
    behind = [child for child in found if _rank(child) > place]
    made = etree.Element(W + name, {W + key: value for key, value in values.items()})
    found.insert(found.index(behind[0]) if behind else len(found), made)
    return made


def _rank(child: Element) -> int:
    name = etree.QName(child).localname
    return ORDER.index(name) if name in ORDER else -1


# ---- faults


Plant: TypeAlias = Callable[[Draft, random.Random], Spot]
FAULTS: dict[str, tuple[Layer, Plant]] = {}


def fault(kind: str, layer: Layer) -> Callable[[Plant], Plant]:
    """Enter a fault under its kind, and the layer in which it must be told."""

    def enter(plant: Plant) -> Plant:
        assert kind not in FAULTS
        FAULTS[kind] = (layer, plant)
        return plant

    return enter


def planted(blob: bytes, kind: str, seed: int) -> Fault:
    """The Word file with that one fault (植入一处)."""
    layer, plant = FAULTS[kind]
    draft = Draft(parts_of(blob))
    spot = plant(draft, random.Random(f"{kind} {seed}"))
    return Fault(kind, layer, spot, draft.blob())


def _change(chance: random.Random, elements: list[Element], pattern: str, other: Callable[[str], str]) -> None:
    """Change one place that the pattern finds in the texts of these elements."""
    found = [(t, match) for e in elements for t in e.iter(W + "t") for match in re.finditer(pattern, t.text or "")]
    element, match = chance.choice(found)
    text = element.text or ""
    element.text = text[: match.start()] + other(match[0]) + text[match.end() :]


def _another_digit(digit: str) -> str:
    return str((int(digit) + 4) % 10)


def _another_letter(letter: str) -> str:
    return "甲" if letter != "甲" else "乙"


def _text_in(name: str, pattern: str, other: Callable[[str], str], *styles: str) -> None:
    """One place of a text of the flow, or of a cell, becomes another."""

    @fault(f"{name}（正文）", Layer.TEXT)
    def in_flow(draft: Draft, chance: random.Random) -> Spot:
        element, spot = chance.choice(
            [each for each in paragraphs(draft, "Normal") if re.search(pattern, each[1].text)]
        )
        _change(chance, [element], pattern, other)
        return spot

    @fault(f"{name}（单元格）", Layer.TEXT)
    def in_cell(draft: Draft, chance: random.Random) -> Spot:
        found = [each for each in cells(draft) if each.spot.row and re.search(pattern, each.spot.text)]
        cell = chance.choice(found)
        _change(chance, [cell.element], pattern, other)
        return cell.spot


_text_in("数字", r"\d", _another_digit)
_text_in("汉字", r"[\u4e00-\u9fff]", _another_letter)
_text_in("标点", r"[，。；]", lambda mark: "、")
_text_in("漏字", r"(?<=[\u4e00-\u9fff])[\u4e00-\u9fff](?=[\u4e00-\u9fff])", lambda letter: "")


@fault("标题文字", Layer.TEXT)
def _(draft: Draft, chance: random.Random) -> Spot:
    element, spot = chance.choice(paragraphs(draft, "Heading1", "AnnexTitle", "Title"))
    _change(chance, [element], r"[\u4e00-\u9fff]", _another_letter)
    return spot


@fault("表头文字", Layer.TEXT)
def _(draft: Draft, chance: random.Random) -> Spot:
    cell = chance.choice([each for each in cells(draft) if each.spot.row == 0])
    _change(chance, [cell.element], r"[\u4e00-\u9fff]", _another_letter)
    return cell.spot


@fault("单元格清空", Layer.TEXT)
def _(draft: Draft, chance: random.Random) -> Spot:
    found = [each for each in cells(draft) if each.spot.row and each.spot.column == "配合单位" and each.spot.text]
    cell = chance.choice(found)
    first, *others = cell.element.findall(W + "p")
    for other in others:
        cell.element.remove(other)
    for run in first.findall(W + "r"):
        first.remove(run)
    return cell.spot


@fault("段落删去", Layer.TEXT)
def _(draft: Draft, chance: random.Random) -> Spot:
    element, spot = chance.choice(paragraphs(draft, "Normal"))
    draft.root()[0].remove(element)
    return spot


@fault("段落增加", Layer.TEXT)
def _(draft: Draft, chance: random.Random) -> Spot:
    element, spot = chance.choice(paragraphs(draft, "Normal"))
    new = deepcopy(element)
    runs = new.findall(W + "r")
    for run in runs[1:]:
        new.remove(run)
    text = "请各责任单位对照年度目标倒排工期，逐月报送进展。"
    next(runs[0].iter(W + "t")).text = text
    element.addnext(new)
    return Spot(spot.part, text=text)


@fault("段落换位", Layer.TEXT)
def _(draft: Draft, chance: random.Random) -> Spot:
    # The seven lagging tasks, two of them changed about.
    found = [each for each in paragraphs(draft, "Normal") if re.match(r"\d\.", each[1].text)]
    at = chance.randrange(len(found) - 1)
    element, spot = found[at]
    found[at + 1][0].addnext(element)
    return spot


@fault("行删去", Layer.TEXT)
def _(draft: Draft, chance: random.Random) -> Spot:
    row, spot = chance.choice(plain_rows(draft))
    parent = row.getparent()
    assert parent is not None
    parent.remove(row)
    return spot


@fault("行增加", Layer.TEXT)
def _(draft: Draft, chance: random.Random) -> Spot:
    row, spot = chance.choice(plain_rows(draft))
    new = deepcopy(row)
    texts = iter(("新", "建设滨江步道二期", "区城管局", "各镇街", "已完成立项批复。"))
    for cell in new.findall(W + "tc"):
        for paragraph in cell.findall(W + "p")[1:]:
            cell.remove(paragraph)
        if not _continues(cell):
            _say(cell, next(texts))
    row.addnext(new)
    assert spot.row is not None
    return Spot(spot.part, spot.row + 1)


def _say(cell: Element, text: str) -> None:
    """The cell's one paragraph says that, in the letters of its first run."""
    (paragraph,) = cell.findall(W + "p")
    runs = paragraph.findall(W + "r")
    for run in runs[1:]:
        paragraph.remove(run)
    first = runs[0] if runs else etree.SubElement(paragraph, W + "r")
    for old in first.findall(W + "t"):
        first.remove(old)
    etree.SubElement(first, W + "t").text = text


@fault("行重复", Layer.TEXT)
def _(draft: Draft, chance: random.Random) -> Spot:
    row, spot = chance.choice(plain_rows(draft))
    row.addnext(deepcopy(row))
    assert spot.row is not None
    return Spot(spot.part, spot.row + 1)


@fault("行换位", Layer.TEXT)
def _(draft: Draft, chance: random.Random) -> Spot:
    rows = plain_rows(draft)
    row, spot = chance.choice([each for each in rows if any(each[0].getnext() is other for other, _ in rows)])
    after = row.getnext()
    assert after is not None
    after.addnext(row)
    return spot


FOOTERS = {"word/footerOdd.xml": "页脚", "word/footerEven.xml": "偶数页页脚"}


@fault("页脚文字", Layer.TEXT)
def _(draft: Draft, chance: random.Random) -> Spot:
    part = chance.choice(list(FOOTERS))
    _change(chance, [draft.root(part)], "—", lambda dash: "·")
    return Spot(FOOTERS[part])


@fault("页码域删去", Layer.TEXT)
def _(draft: Draft, chance: random.Random) -> Spot:
    part = chance.choice(list(FOOTERS))
    paragraph = draft.root(part)[0]
    inside = False
    for run in paragraph.findall(W + "r"):
        kind = run.find(W + "fldChar")
        inside = inside or kind is not None
        if inside:
            paragraph.remove(run)
        if kind is not None and kind.get(W + "fldCharType") == "end":
            inside = False
    return Spot(FOOTERS[part])


# ---- structure


@fault("标题级别", Layer.STRUCTURE)
def _(draft: Draft, chance: random.Random) -> Spot:
    element, spot = chance.choice(paragraphs(draft, "Heading1"))
    set_property(element, "pPr", "outlineLvl", val="2")
    return spot


@fault("段前分页", Layer.STRUCTURE)
def _(draft: Draft, chance: random.Random) -> Spot:
    element, spot = chance.choice(paragraphs(draft, "Normal", "Heading1")[1:])
    set_property(element, "pPr", "pageBreakBefore")
    return spot


@fault("分页符", Layer.STRUCTURE)
def _(draft: Draft, chance: random.Random) -> Spot:
    element, spot = chance.choice(paragraphs(draft, "Normal")[1:])
    run = etree.Element(W + "r")
    etree.SubElement(run, W + "br", {W + "type": "page"})
    first = element.find(W + "r")
    assert first is not None
    first.addprevious(run)
    return spot


@fault("列宽", Layer.STRUCTURE)
def _(draft: Draft, chance: random.Random) -> Spot:
    table, part = chance.choice([(each, part) for each, part in _flow(draft) if each.tag == W + "tbl"])
    columns = list(table.iter(W + "gridCol"))
    wider, narrower = chance.sample(range(2, len(columns)), 2)
    widths = [int(str(column.get(W + "w"))) for column in columns]
    widths[wider] += 300
    widths[narrower] -= 300
    for column, width in zip(columns, widths, strict=True):
        column.set(W + "w", str(width))
    for row in table.iter(W + "tr"):
        at = 0
        for cell in row.iter(W + "tc"):
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            end = at + (1 if span is None else int(str(span.get(W + "val"))))
            set_property(cell, "tcPr", "tcW", w=str(sum(widths[at:end])), type="dxa")
            at = end
    return Spot(part)


@fault("合并拆开", Layer.STRUCTURE)
def _(draft: Draft, chance: random.Random) -> Spot:
    # The last row of a category gets a cell of its own, an empty one.
    cell = chance.choice([each for each in cells(draft, "附件3") if _is_merged(each.element)])
    rows = [cell.row]
    while (after := rows[-1].getnext()) is not None and _goes_on(after):
        rows.append(after)
    last = next(each for each in rows[-1].iter(W + "tc") if _continues(each))
    properties = last.find(W + "tcPr")
    merge = last.find(f"{W}tcPr/{W}vMerge")
    assert properties is not None
    assert merge is not None
    properties.remove(merge)
    return cell.spot


def _is_merged(cell: Element) -> bool:
    merge = cell.find(f"{W}tcPr/{W}vMerge")
    return merge is not None and merge.get(W + "val") == "restart"


@fault("合并增加", Layer.STRUCTURE)
def _(draft: Draft, chance: random.Random) -> Spot:
    # Two rows of the same unit, the lower of which is covered.
    found = [each for each in cells(draft, "附件3") if each.spot.row and each.spot.column == "责任单位"]
    pairs = [(a, b) for a, b in pairwise(found) if a.spot.text == b.spot.text]
    upper, lower = chance.choice(pairs)
    set_property(upper.element, "tcPr", "vMerge", val="restart")
    set_property(lower.element, "tcPr", "vMerge")
    for paragraph in lower.element.findall(W + "p"):
        for run in paragraph.findall(W + "r"):
            paragraph.remove(run)
    return upper.spot


@fault("表头不再重复", Layer.STYLE)
def _(draft: Draft, chance: random.Random) -> Spot:
    cell = chance.choice([each for each in cells(draft) if each.spot.row == 0])
    properties = cell.row.find(W + "trPr")
    assert properties is not None
    properties.remove(properties[-1])
    return Spot(cell.spot.part)


def _sections(draft: Draft) -> list[tuple[Element, Spot]]:
    """The set-up of each section, and the part of the report that stands in it."""
    sections = draft.root().iter(W + "sectPr")
    return list(zip(sections, map(Spot, (BODY, "附件1", "附件2", "附件3")), strict=True))


@fault("节删去", Layer.STRUCTURE)
def _(draft: Draft, chance: random.Random) -> Spot:
    # The break between the report and 附件1, both of which stand upright.
    section, _ = _sections(draft)[0]
    properties = section.getparent()
    assert properties is not None
    properties.remove(section)
    return Spot("附件1", text="附件1")


@fault("纸张方向", Layer.STRUCTURE)
def _(draft: Draft, chance: random.Random) -> Spot:
    section, spot = chance.choice(_sections(draft))
    size = section.find(W + "pgSz")
    assert size is not None
    width, height = str(size.get(W + "w")), str(size.get(W + "h"))
    size.set(W + "w", height)
    size.set(W + "h", width)
    size.set(W + "orient", "portrait" if size.get(W + "orient") == "landscape" else "landscape")
    return spot


def _in_section(kind: str, element: str, **values: str) -> None:
    @fault(kind, Layer.STRUCTURE)
    def plant(draft: Draft, chance: random.Random) -> Spot:
        section, spot = chance.choice(_sections(draft))
        found = section.find(W + element)
        if found is None:
            found = etree.Element(W + element)
            cols = section.find(W + "cols")
            assert cols is not None
            cols.addprevious(found)
        for key, value in values.items():
            found.set(W + key, value)
        return spot


_in_section("上边距", "pgMar", top="1304")
_in_section("左边距", "pgMar", left="1134")
_in_section("页脚边距", "pgMar", footer="567")
_in_section("页码起始", "pgNumType", start="7")
_in_section("分栏", "cols", num="2")


@fault("分节方式", Layer.STRUCTURE)
def _(draft: Draft, chance: random.Random) -> Spot:
    # How the first section begins is seen by nobody.
    section, spot = chance.choice(_sections(draft)[1:])
    kind = section.find(W + "type")
    assert kind is not None
    kind.set(W + "val", "oddPage")
    return spot


@fault("纸张大小", Layer.STRUCTURE)
def _(draft: Draft, chance: random.Random) -> Spot:
    section, spot = chance.choice(_sections(draft))
    size = section.find(W + "pgSz")
    assert size is not None
    longest = "h" if size.get(W + "orient") != "landscape" else "w"
    size.set(W + longest, "15840")
    return spot


# ---- style


def _runs_of(kind: str, name: str, at: str = "", **values: str) -> None:
    """All runs of one paragraph of the flow, or of one cell, get a property."""

    @fault(f"{kind}（正文）", Layer.STYLE)
    def in_flow(draft: Draft, chance: random.Random) -> Spot:
        element, spot = chance.choice(paragraphs(draft, "Normal", "Heading1", "AnnexTitle"))
        for run in element.iter(W + "r"):
            set_property(run, "rPr", name, at, **values)
        return spot

    @fault(f"{kind}（单元格）", Layer.STYLE)
    def in_cell(draft: Draft, chance: random.Random) -> Spot:
        cell = chance.choice([each for each in cells(draft) if each.spot.row and each.spot.text])
        for run in cell.element.iter(W + "r"):
            set_property(run, "rPr", name, at, **values)
        return cell.spot


_FACE = "华文新魏"
_runs_of("字体", "rFonts", hint="eastAsia", ascii=_FACE, hAnsi=_FACE, eastAsia=_FACE, cs=_FACE)
_runs_of("字号", "sz", val="26")
_runs_of("加粗", "b")
_runs_of("倾斜", "i")
_runs_of("颜色", "color", val="C00000")
_runs_of("下划线", "u", val="single")
_runs_of("字间距", "spacing", val="40")


@fault("删除线（几个字）", Layer.STYLE)
def _(draft: Draft, chance: random.Random) -> Spot:
    element, spot = chance.choice(paragraphs(draft, "Normal"))
    set_property(chance.choice(element.findall(W + "r")), "rPr", "strike")
    return spot


def _paragraph(kind: str, name: str, at: str = "", **values: str) -> None:
    @fault(kind, Layer.STYLE)
    def plant(draft: Draft, chance: random.Random) -> Spot:
        element, spot = chance.choice(paragraphs(draft, "Normal"))
        set_property(element, "pPr", name, at, **values)
        return spot


_paragraph("首行缩进", "ind", left="0", right="0", firstLine="0")
_paragraph("左缩进", "ind", left="600", right="0", firstLine="632")
_paragraph("对齐", "jc", val="center")
_paragraph("行距", "spacing", "spacing.p", before="0", after="0", line="400", lineRule="exact")
_paragraph("段前间距", "spacing", "spacing.p", before="400", after="0", line="579", lineRule="exact")


def _cell(kind: str, name: str, **values: str) -> None:
    @fault(kind, Layer.STYLE)
    def plant(draft: Draft, chance: random.Random) -> Spot:
        cell = chance.choice([each for each in cells(draft) if each.spot.row])
        set_property(cell.element, "tcPr", name, **values)
        return cell.spot


_cell("单元格底纹", "shd", val="clear", color="auto", fill="FFF2CC")
_cell("单元格垂直对齐", "vAlign", val="bottom")
_cell("单元格文字方向", "textDirection", val="tbRlV")


@fault("单元格对齐", Layer.STYLE)
def _(draft: Draft, chance: random.Random) -> Spot:
    cell = chance.choice([each for each in cells(draft) if each.spot.row and each.spot.text])
    for paragraph in cell.element.iter(W + "p"):
        set_property(paragraph, "pPr", "jc", val="right")
    return cell.spot


@fault("框线", Layer.STYLE)
def _(draft: Draft, chance: random.Random) -> Spot:
    # The line between two cells, taken from both.
    found = [each for each in cells(draft) if each.spot.row and each.column_index >= 2]
    cell = chance.choice([each for each in found if _at(found, each, 1) is not None])
    other = _at(found, cell, 1)
    assert other is not None
    for element, side in ((cell.element, "right"), (other.element, "left")):
        borders = set_property(element, "tcPr", "tcBorders")
        etree.SubElement(borders, W + side, {W + "val": "nil"})
    return cell.spot


def _at(found: list[CellAt], cell: CellAt, columns: int) -> CellAt | None:
    wanted = (id(cell.row), cell.column_index + columns)
    return next((each for each in found if (id(each.row), each.column_index) == wanted), None)


@fault("行高", Layer.STYLE)
def _(draft: Draft, chance: random.Random) -> Spot:
    cell = chance.choice([each for each in cells(draft) if each.spot.row])
    set_property(cell.row, "trPr", "trHeight", val="2400", hRule="exact")
    return Spot(cell.spot.part, cell.spot.row)


@fault("标题字号（样式表）", Layer.STYLE)
def _(draft: Draft, chance: random.Random) -> Spot:
    style = next(each for each in draft.root(STYLES) if each.get(W + "styleId") == "Title")
    size = style.find(f"{W}rPr/{W}sz")
    assert size is not None
    size.set(W + "val", "36")
    return Spot(BODY, text=paragraphs(draft, "Title")[0][1].text)
