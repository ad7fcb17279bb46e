"""Word styles resolved (Word 样式的继承): what a paragraph and its letters look like after all levels.

Defaults of the document, table style, paragraph style with those it is based on, numbering, character style, and what
is set by hand; bold toggles between styles; faces of the theme are looked up and remembered as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from reportgen.word.looks import SWITCHED_EFFECTS, Border, CellLook, Face, Letters, Look
from reportgen.word.parts import A, Element, W, attribute, children, number, switched, value

Properties: TypeAlias = dict[str, Any]
Zones: TypeAlias = tuple[str, ...]
"""The zones of a table style that a cell lies in (firstRow, band1Horz, …), the weakest first."""

_SLOTS = (("ascii", "asciiTheme"), ("hAnsi", "hAnsiTheme"), ("eastAsia", "eastAsiaTheme"))
# Switches of letters that toggle between styles (ISO/IEC 29500-1, 17.7.3), and the one that does not.
_SWITCHES = frozenset({"b", "vanish", "i", "strike", *SWITCHED_EFFECTS} - {"dstrike"})
_ALL_SWITCHES = _SWITCHES | {"dstrike"}
_HEADING = re.compile(r"(?:heading|标题) ?([1-9])", re.IGNORECASE)
_NAMED = frozenset({"highlight", "vertAlign", "em"})
_AMOUNTS = frozenset({"sz", "spacing", "position", "w"})
_PARAGRAPH_SWITCHES = frozenset(
    {"pageBreakBefore", "widowControl", "snapToGrid", "contextualSpacing", "keepNext", "keepLines"}
)
_START_END = {"start": "left", "end": "right", "startChars": "leftChars", "endChars": "rightChars"}
# Word's own defaults where the file says nothing (ISO/IEC 29500-1, 17.3.2.38).
_DEFAULT_HALF_POINTS = 20.0


def theme_faces(theme: Element | None, language: str) -> dict[str, str]:
    """The theme's faces (主题字体) by the names that styles use: `minorEastAsia`, `majorHAnsi`."""
    faces: dict[str, str] = {}
    scheme = None if theme is None else theme.find(f".//{A}fontScheme")
    script = "Hant" if language.casefold() in ("zh-tw", "zh-hk", "zh-mo") else "Hans"
    for kind in ("major", "minor"):
        fonts = None if scheme is None else scheme.find(f"{A}{kind}Font")
        if fonts is None:
            continue
        latin = fonts.find(A + "latin")
        east = fonts.find(A + "ea")
        name = "" if east is None else str(east.get("typeface") or "")
        for font in () if name else fonts.iterchildren(A + "font"):
            name = str(font.get("typeface") or "") if font.get("script") == script else name
        faces[f"{kind}EastAsia"] = name
        faces[f"{kind}HAnsi"] = faces[f"{kind}Ascii"] = "" if latin is None else str(latin.get("typeface") or "")
    return faces


def run_properties(rpr: Element | None, faces: Mapping[str, str]) -> Properties:
    """What one level says about letters."""
    found: Properties = {}
    for child in () if rpr is None else rpr.iterchildren("{*}*"):
        name = str(child.tag).removeprefix(W)
        if name == "rFonts":
            found |= _fonts(child, faces)
        elif name in _ALL_SWITCHES:
            found[name] = switched(child)
        elif name in _AMOUNTS and (amount := number((attribute(child) or "").removesuffix("%"))) is not None:
            found[name] = amount
        elif name == "color":
            found["color"] = (attribute(child) or "auto").upper()
        elif name in _NAMED:
            found[name] = attribute(child) or "none"
        elif name == "u":
            found[name] = _underline(child)
        elif name == "shd":
            found[name] = shading(child)
        elif name == "bdr":
            found[name] = border(child)
    return found


def _underline(element: Element) -> str:
    """The line under letters by Word's name, with its own colour; nothing for none."""
    line = attribute(element) or "none"
    color = (attribute(element, "color") or "auto").upper()
    return "" if line == "none" else line if color == "AUTO" else f"{line} {color}"


def shading(element: Element | None) -> str:
    """The colour behind something (底纹): six digits, AUTO for none; a full pattern has that of its foreground."""
    solid = attribute(element) == "solid"
    return (attribute(element, "color" if solid else "fill") or "auto").upper()


def _fonts(fonts: Element, faces: Mapping[str, str]) -> Properties:
    found: Properties = {}
    for slot, theme in _SLOTS:
        if key := attribute(fonts, theme):  # of the two on one level the theme's wins
            found[slot] = Face(name=faces.get(key, ""), theme=key)
        elif name := attribute(fonts, slot):
            found[slot] = Face(name=name)
    if hint := attribute(fonts, "hint"):
        found["hint"] = hint == "eastAsia"
    return found


def paragraph_properties(ppr: Element | None) -> Properties:
    """What one level says about a paragraph."""
    found: Properties = {}
    for child in () if ppr is None else ppr.iterchildren("{*}*"):
        name = str(child.tag).removeprefix(W)
        if name in ("ind", "spacing"):
            for key, text in child.attrib.items():
                short = key.removeprefix(W)
                found[_START_END.get(short, short)] = _spacing_value(short, text)
        elif name in _PARAGRAPH_SWITCHES:
            found[name] = switched(child)
        elif name in ("jc", "outlineLvl"):
            found[name] = attribute(child)
        elif name == "framePr":
            found[name] = attribute(child, "xAlign") or "?"
            found["framed"] = tuple(sorted((key.removeprefix(W), text) for key, text in child.attrib.items()))
            found["frameTop"] = number(attribute(child, "y")) if attribute(child, "vAnchor") == "page" else None
        elif name == "pBdr":
            found["borders"] = borders(child)
        elif name == "shd":
            found[name] = shading(child)
        elif name == "tabs":
            found[name] = {
                pos: attribute(tab) or "left"
                for tab in children(child, "tab")
                if (pos := number(attribute(tab, "pos"))) is not None
            }
        elif name == "numPr":
            found |= {key: text for key in ("numId", "ilvl") if (text := value(child, key)) is not None}
    return found


def _spacing_value(name: str, text: str) -> Any:
    if name.endswith("Autospacing"):
        return text not in ("0", "false", "off")
    return text if name == "lineRule" else number(text)


def borders(element: Element | None) -> dict[str, Border]:
    """The rules (框线) of a paragraph, a table or a cell, by side."""
    found: dict[str, Border] = {}
    for side in () if element is None else element.iterchildren("{*}*"):
        name = {"start": "left", "end": "right"}.get(str(side.tag).removeprefix(W), str(side.tag).removeprefix(W))
        found[name] = border(side)
    return found


def border(side: Element) -> Border:
    """One rule (框线)."""
    line = attribute(side) or "nil"
    drawn = line not in ("nil", "none")
    return Border(
        width_pt=(number(attribute(side, "sz")) or 0.0) / 8 if drawn else 0.0,
        color=(attribute(side, "color") or "auto").upper(),
        away_pt=number(attribute(side, "space")) or 0.0,
        line=line,
    )


def cell_look(tcpr: Element | None) -> CellLook:
    """What one level says about a cell."""
    if tcpr is None:
        return NO_CELL_LOOK
    said = {str(child.tag).removeprefix(W): child for child in tcpr.iterchildren("{*}*")}
    return CellLook(
        borders=borders(said.get("tcBorders")),
        fill=shading(said["shd"]) if "shd" in said else None,
        vertical=attribute(said.get("vAlign")),
        direction=attribute(said.get("textDirection")),
        margins=margins(said.get("tcMar")),
    )


NO_CELL_LOOK = CellLook()


def margins(element: Element | None) -> dict[str, float]:
    """From the edges of cells to their text (单元格边距), in twips by side."""
    sides = () if element is None else element.iterchildren("{*}*")
    named = ((_START_END.get(name := str(each.tag).removeprefix(W), name), each) for each in sides)
    return {name: amount for name, each in named if (amount := number(attribute(each, "w"))) is not None}


def lay_over(below: Properties, above: Properties) -> Properties:
    """Two levels as one; what hangs takes away what is drawn in, and the other way round."""
    merged = dict(below)
    for one, other in (("firstLine", "hanging"), ("firstLineChars", "hangingChars")):
        if above.get(one) is not None and other not in above:
            merged.pop(other, None)
        if above.get(other) is not None and one not in above:
            merged.pop(one, None)
    merged |= {name: found for name, found in above.items() if found is not None}
    if "tabs" in below and "tabs" in above:
        merged["tabs"] = below["tabs"] | above["tabs"]
    return merged


@dataclass(frozen=True, slots=True)
class _Style:
    identity: str
    kind: str
    below: str | None
    paragraph: Properties
    run: Properties
    zones: Mapping[str, tuple[Properties, Properties, CellLook]]
    cell: CellLook
    element: Element


@dataclass(slots=True)
class StyleTable:
    """The styles of a file (样式表), each resolved once."""

    faces: Mapping[str, str]
    _styles: dict[str, _Style]
    _default: str
    _base_paragraph: Properties
    _base_run: Properties
    _levels: Mapping[tuple[str, str], Properties] = field(default_factory=dict)
    _paragraphs: dict[str | None, Properties] = field(default_factory=dict)
    _runs: dict[str | None, Properties] = field(default_factory=dict)
    _tables: dict[tuple[str | None, Zones], tuple[Properties, Properties]] = field(default_factory=dict)
    _cells: dict[tuple[str | None, Zones], CellLook] = field(default_factory=dict)
    _own_cells: dict[bytes, CellLook] = field(default_factory=dict)
    _looks: dict[tuple[str, str | None, Zones, bytes], Look] = field(default_factory=dict)
    _letters: dict[tuple[str, str | None, Zones, str | None, bytes], Letters] = field(default_factory=dict)

    def set_levels(self, levels: Mapping[tuple[str, str], Properties]) -> None:
        """What each level of each list (编号级别) says about its paragraphs."""
        self._levels = levels

    def style_of(self, ppr: Element | None) -> str:
        """The id of a paragraph's style, the default one if it names none that there is."""
        named = value(ppr, "pStyle")
        style = self._styles.get(named or "")
        return named if named and style and style.kind == "paragraph" else self._default

    def chain(self, identity: str | None) -> Iterator[_Style]:
        """A style and those it is based on, the first one last; a circle ends where it closes."""
        found: list[_Style] = []
        seen: set[str] = set()
        while identity and identity in self._styles and identity not in seen:
            seen.add(identity)
            found.append(self._styles[identity])
            identity = found[-1].below
        yield from reversed(found)

    def table_elements(self, identity: str | None, name: str) -> Iterator[Element]:
        """`tblBorders` or `tblCellMar` of a table style and those it is based on."""
        for style in self.chain(identity):
            found = style.element.find(f"{W}tblPr/{W}{name}")
            if found is not None:
                yield found

    def zones(self, identity: str | None) -> frozenset[str]:
        """The zones (表格样式的条件格式) that a table style sets apart."""
        return frozenset(zone for style in self.chain(identity) for zone in style.zones)

    def name(self, identity: str) -> str:
        """What people call a style (样式名)."""
        style = self._styles.get(identity)
        return "" if style is None else value(style.element, "name") or ""

    def zone_cell(self, identity: str | None, zones: Zones = ()) -> CellLook:
        """What a table style says about a cell in those of its zones."""
        key = (identity, zones)
        if key not in self._cells:
            found = NO_CELL_LOOK
            for style in self.chain(identity):
                found = style.cell.over(found)
            for zone in zones:
                for style in self.chain(identity):
                    found = style.zones[zone][2].over(found) if zone in style.zones else found
            self._cells[key] = found
        return self._cells[key]

    def own_cell(self, tcpr: Element | None) -> CellLook:
        """What a cell says itself; cells that say the same have one look."""
        key = _key(tcpr)
        if key not in self._own_cells:
            self._own_cells[key] = cell_look(tcpr)
        return self._own_cells[key]

    def look(self, ppr: Element | None, table: str | None = None, zones: Zones = ()) -> Look:
        """How a paragraph is set."""
        style = self.style_of(ppr)
        key = (style, table, zones, _key(ppr))
        if key not in self._looks:
            below = lay_over(self._base_paragraph, self._table(table, zones)[0])
            merged = lay_over(below, self._paragraph_chain(style))
            own = paragraph_properties(ppr)
            if "numId" in own or "ilvl" in own:
                merged = lay_over(merged, self._level(lay_over(merged, own)))
            merged = lay_over(merged, own)
            merged.setdefault("outlineLvl", self._heading_level(style))
            self._looks[key] = Look.of(merged, style)
        return self._looks[key]

    def letters(self, style: str, rpr: Element | None, table: str | None = None, zones: Zones = ()) -> Letters:
        """How a run in a paragraph style is set; with the paragraph mark's properties as `rpr` how that is."""
        character = value(rpr, "rStyle")
        key = (style, table, zones, character, _key(rpr))
        if key not in self._letters:
            levels = (self._table(table, zones)[1], self._run_chain(style), self._run_chain(character))
            merged = dict(self._base_run)
            for level in levels:
                merged |= level
            own = run_properties(rpr, self.faces)
            merged |= own
            # ISO/IEC 29500-1, 17.7.3: styles that both make bold make it light again; the hand has the last word.
            for name in _SWITCHES - own.keys():
                odd = sum(bool(level.get(name)) for level in levels) % 2 == 1
                merged[name] = bool(self._base_run.get(name)) or odd
            merged.setdefault("sz", _DEFAULT_HALF_POINTS)
            self._letters[key] = Letters.of(merged)
        return self._letters[key]

    def _heading_level(self, identity: str) -> str | None:
        """The outline level of Word's own headings (标题 1), which they have without a word about it."""
        named = (_HEADING.fullmatch(self.name(style)) for style in (each.identity for each in self.chain(identity)))
        found = [match[1] for match in named if match]
        return str(int(found[-1]) - 1) if found else None

    def _level(self, merged: Properties) -> Properties:
        """What the list level of a paragraph says about it."""
        return self._levels.get((str(merged.get("numId")), str(merged.get("ilvl", "0"))), {})

    def _paragraph_chain(self, identity: str) -> Properties:
        if identity not in self._paragraphs:
            merged: Properties = {}
            for style in self.chain(identity):
                if "numId" in style.paragraph or "ilvl" in style.paragraph:
                    merged = lay_over(merged, self._level(lay_over(merged, style.paragraph)))
                merged = lay_over(merged, style.paragraph)
            self._paragraphs[identity] = merged
        return self._paragraphs[identity]

    def _run_chain(self, identity: str | None) -> Properties:
        if identity not in self._runs:
            merged: Properties = {}
            for style in self.chain(identity):
                merged |= style.run
            self._runs[identity] = merged
        return self._runs[identity]

    def _table(self, identity: str | None, zones: Zones) -> tuple[Properties, Properties]:
        key = (identity, zones)
        if key not in self._tables:
            paragraph: Properties = {}
            run: Properties = {}
            for style in self.chain(identity):
                paragraph = lay_over(paragraph, style.paragraph)
                run |= style.run
                for zone in zones:
                    if zone in style.zones:
                        paragraph = lay_over(paragraph, style.zones[zone][0])
                        run |= style.zones[zone][1]
            self._tables[key] = (paragraph, run)
        return self._tables[key]


def _zone_look(zone: Element) -> CellLook:
    """What a zone of a table style says about its cells; the rules of a zone may be said as those of a table."""
    own = cell_look(zone.find(W + "tcPr"))
    return own.over(CellLook(borders=borders(zone.find(f"{W}tblPr/{W}tblBorders"))))


def _key(properties: Element | None) -> bytes:
    from lxml import etree

    return b"" if properties is None else etree.tostring(properties, with_tail=False)


def style_table(root: Element | None, faces: Mapping[str, str]) -> StyleTable:
    """The styles of `styles.xml`; a file without one has only Word's own defaults."""
    styles: dict[str, _Style] = {}
    default = ""
    for element in children(root, "style"):
        identity, kind = attribute(element, "styleId") or "", attribute(element, "type") or "paragraph"
        zones = {
            attribute(each, "type") or "": (
                paragraph_properties(each.find(W + "pPr")),
                run_properties(each.find(W + "rPr"), faces),
                _zone_look(each),
            )
            for each in children(element, "tblStylePr")
        }
        styles[identity] = _Style(
            identity=identity,
            kind=kind,
            below=value(element, "basedOn"),
            paragraph=paragraph_properties(element.find(W + "pPr")),
            run=run_properties(element.find(W + "rPr"), faces),
            zones=zones,
            cell=cell_look(element.find(W + "tcPr")),
            element=element,
        )
        if kind == "paragraph" and attribute(element, "default") in ("1", "true", "on"):
            default = identity
    defaults = None if root is None else root.find(W + "docDefaults")
    ppr = None if defaults is None else defaults.find(f"{W}pPrDefault/{W}pPr")
    rpr = None if defaults is None else defaults.find(f"{W}rPrDefault/{W}rPr")
    return StyleTable(faces, styles, default, paragraph_properties(ppr), run_properties(rpr, faces))
