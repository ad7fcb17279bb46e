"""How a paragraph and its letters are set (段落与文字的有效格式), after all inheritance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reportgen.styles import Align

SWITCHED_EFFECTS: Mapping[str, str] = {
    "dstrike": "双删除线",
    "caps": "全部大写",
    "smallCaps": "小型大写",
    "outline": "空心",
    "shadow": "阴影",
    "emboss": "阳文",
    "imprint": "阴文",
}
"""Effects on letters that are on or off (文字效果)."""
_HIGHLIGHTS = {
    "black": "000000", "blue": "0000FF", "cyan": "00FFFF", "green": "00FF00", "magenta": "FF00FF", "red": "FF0000",
    "yellow": "FFFF00", "white": "FFFFFF", "darkBlue": "000080", "darkCyan": "008080", "darkGreen": "008000",
    "darkMagenta": "800080", "darkRed": "800000", "darkYellow": "808000", "darkGray": "808080", "lightGray": "C0C0C0",
}  # fmt: skip
_RAISED = {"superscript": "上标", "subscript": "下标"}

_ALIGN = {
    "left": Align.LEFT,
    "start": Align.LEFT,
    "center": Align.CENTER,
    "right": Align.RIGHT,
    "end": Align.RIGHT,
    "both": Align.JUSTIFY,
}
# What Word makes of "automatic" space above and below, in points.
_AUTOMATIC_PT = 14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One of a run's faces (字体): its name, and the theme's name for it if it comes from there."""

    name: str = ""
    theme: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """A rule (框线); without a width there is none. That of a paragraph stands `away_pt` from its lines.

    `line` is Word's name of how it is drawn: `single`, `double`, …
    """

    width_pt: float
    color: str
    away_pt: float = 0.0
    line: str = "single"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """How letters are set (文字的有效格式). `hint` puts marks such as “ ” — … into the Chinese face.

    `underline` is Word's name of the line with its colour if it has its own, `background` six digits, `raised` 上标 or
    how far; each is empty where there is none, as `effects` is.
    """

    ascii: Face
    high: Face
    east_asian: Face
    hint: bool
    size_pt: float
    bold: bool
    color: str
    spacing_pt: float
    hidden: bool
    italic: bool = False
    underline: str = ""
    struck: bool = False
    background: str = ""
    raised: str = ""
    effects: tuple[str, ...] = ()

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Letters:
        """The letters of merged properties."""
        color = str(found.get("color", "AUTO"))
        struck = bool(found.get("strike", False)) or bool(found.get("dstrike", False))
        return cls(
            ascii=found.get("ascii", Face()),
            high=found.get("hAnsi", found.get("ascii", Face())),
            east_asian=found.get("eastAsia", Face()),
            hint=bool(found.get("hint", False)),
            size_pt=max(0.0, found["sz"] / 2),
            bold=bool(found.get("b", False)),
            color="000000" if color == "AUTO" else color,
            spacing_pt=found.get("spacing", 0.0) / 20,
            hidden=bool(found.get("vanish", False)),
            italic=bool(found.get("i", False)),
            underline=str(found.get("u", "")),
            struck=struck,
            background=_background(found),
            raised=_raised(found),
            effects=tuple(_effects(found)),
        )

    @property
    def unit_pt(self) -> float:
        """Width of one Chinese character; never so small that nothing could be divided by it."""
        return max(1.0, self.size_pt + self.spacing_pt)


def _background(found: Mapping[str, Any]) -> str:
    """What is marked lies over what is shaded; white on white paper is neither."""
    marked = str(found.get("highlight", "none"))
    color = str(found.get("shd", "")) if marked == "none" else _HIGHLIGHTS.get(marked, marked)
    return "" if color in ("AUTO", "FFFFFF") else color


def _raised(found: Mapping[str, Any]) -> str:
    if named := _RAISED.get(str(found.get("vertAlign", ""))):
        return named
    points = float(found.get("position") or 0.0) / 2
    return f"{'上移' if points > 0 else '下移'}{abs(points):g}磅" if points else ""


def _effects(found: Mapping[str, Any]) -> Iterator[str]:
    yield from (said for name, said in SWITCHED_EFFECTS.items() if found.get(name))
    if found.get("em", "none") != "none":
        yield "着重号"
    if (scale := float(found.get("w") or 100.0)) != 100.0:
        yield f"缩放{scale:g}%"
    if (border := found.get("bdr")) is not None and border.width_pt:
        yield f"字符边框{border.width_pt:g}磅{'' if border.color == 'AUTO' else border.color}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """A length in characters or lines where the file says so, else in points."""

    units: float = 0.0
    points: float = 0.0

    def pt(self, unit_pt: float) -> float:
        """The length in points."""
        return self.units * unit_pt if self.units else self.points


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a paragraph is set (段落的有效格式). A `first` below zero hangs; `align` is None if it has no name here.

    `tabs` are the tab stops that are set, each with its place in points; `frame_top_pt` is where a frame stands on
    the sheet, None where the file does not say it. `align_name` is the alignment as Word names it, `borders` are the
    rules on all its sides, `background` its shading in six digits, `framed` all that the file says of its frame.
    """

    style: str
    align: Align | None
    left: Length
    right: Length
    first: Length
    before: Length
    after: Length
    line: float | None
    line_rule: str
    outline: int | None
    page_break: bool
    widow_control: bool
    snap: bool
    contextual: bool
    top: Border | None
    bottom: Border | None
    tabs: tuple[tuple[float, str], ...]
    frame: str
    frame_top_pt: float | None
    numbering: tuple[str, str] | None
    align_name: str = ""
    borders: Mapping[str, Border] = field(default_factory=dict)
    background: str = ""
    keep_next: bool = False
    keep_lines: bool = False
    framed: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, found: Mapping[str, Any], style: str) -> Look:
        """The paragraph of merged properties."""

        def amount(name: str, scale: float) -> float:
            return float(found.get(name) or 0.0) / scale

        hanging = Length(units=amount("hangingChars", 100), points=amount("hanging", 20))
        hangs = hanging.units or hanging.points
        first = Length(units=amount("firstLineChars", 100), points=amount("firstLine", 20))
        if hangs:
            first = Length(units=-hanging.units, points=-hanging.points)
        # Word's left indent in characters is that of the first line: what hangs is added to it.
        left_chars = amount("leftChars", 100)
        left_chars += hanging.units if left_chars else 0.0
        level = str(found.get("outlineLvl") or "")
        edges = found.get("borders", {})
        listed = str(found.get("numId") or "0")
        return cls(
            style=style,
            align=_ALIGN.get(str(found.get("jc") or "left")),
            left=Length(units=left_chars, points=amount("left", 20)),
            right=Length(units=amount("rightChars", 100), points=amount("right", 20)),
            first=first,
            before=_space(found, "before"),
            after=_space(found, "after"),
            line=found.get("line"),
            line_rule=str(found.get("lineRule") or "auto"),
            outline=int(level) + 1 if level.isdecimal() and len(level) == 1 and int(level) < 9 else None,
            page_break=bool(found.get("pageBreakBefore", False)),
            widow_control=bool(found.get("widowControl", True)),
            snap=bool(found.get("snapToGrid", True)),
            contextual=bool(found.get("contextualSpacing", False)),
            top=edges.get("top"),
            bottom=edges.get("bottom"),
            tabs=tuple(
                sorted((pos / 20, kind) for pos, kind in found.get("tabs", {}).items() if kind not in ("clear", "bar"))
            ),
            frame=str(found.get("framePr") or ""),
            frame_top_pt=None if found.get("frameTop") is None else found["frameTop"] / 20,
            numbering=(listed, str(found.get("ilvl") or "0")) if listed != "0" else None,
            align_name=str(found.get("jc") or ""),
            borders=edges,
            background="" if found.get("shd") in (None, "AUTO", "FFFFFF") else str(found["shd"]),
            keep_next=bool(found.get("keepNext", False)),
            keep_lines=bool(found.get("keepLines", False)),
            framed=found.get("framed", ()),
        )

    @property
    def exact_pt(self) -> float | None:
        """The line pitch if it is a fixed one."""
        return self.line / 20 if self.line_rule == "exact" and self.line is not None else None


def _space(found: Mapping[str, Any], side: str) -> Length:
    if found.get(f"{side}Autospacing"):
        return Length(points=_AUTOMATIC_PT)
    return Length(units=float(found.get(f"{side}Lines") or 0.0) / 100, points=float(found.get(side) or 0.0) / 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellLook:
    """How a cell is set (单元格格式), as one level says it: None and missing sides are left to the level below.

    `margins` are those of its text to its edges in twips by side; a `fill` is six digits, AUTO for none.
    """

    borders: Mapping[str, Border] = field(default_factory=dict)
    fill: str | None = None
    vertical: str | None = None
    direction: str | None = None
    margins: Mapping[str, float] = field(default_factory=dict)

    def over(self, below: CellLook) -> CellLook:
        """Both levels as one."""
        return CellLook(
            borders={**below.borders, **self.borders},
            fill=below.fill if self.fill is None else self.fill,
            vertical=below.vertical if self.vertical is None else self.vertical,
            direction=below.direction if self.direction is None else self.direction,
            margins={**below.margins, **self.margins},
        )
