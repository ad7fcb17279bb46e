"""How the paragraphs of a Word file are set (Word 的段落格式), under the names of `look_names`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reportgen.comparison.model import Value
from reportgen.styles import POINTS_PER_MM
from reportgen.word.file import Setup
from reportgen.word.looks import Border, Look
from reportgen.word.parts import number
from reportgen.word.text import Paragraph

_ALIGN = {
    "": "左",
    "left": "左",
    "start": "左",
    "center": "居中",
    "right": "右",
    "end": "右",
    "both": "两端",
    "distribute": "分散",
}
_TABS = {"left": "左", "start": "左", "center": "居中", "right": "右", "end": "右", "decimal": "小数点", "num": "左"}
_LINES = {
    "single": "单线",
    "double": "双线",
    "thick": "粗线",
    "triple": "三线",
    "dotted": "点线",
    "dashed": "虚线",
    "dashSmallGap": "虚线",
    "dotDash": "点划线",
    "dotDotDash": "双点划线",
    "wave": "波浪线",
    "thinThickSmallGap": "上细下粗双线",
    "thickThinSmallGap": "上粗下细双线",
}
_FRAME = {
    "w": "宽",
    "h": "高",
    "x": "横向位置",
    "y": "纵向位置",
    "hAnchor": "横向基准",
    "vAnchor": "纵向基准",
    "xAlign": "横向对齐",
    "yAlign": "纵向对齐",
    "hRule": "高度",
    "wrap": "环绕",
    "hSpace": "左右间隔",
    "vSpace": "上下间隔",
    "dropCap": "首字下沉",
    "lines": "下沉行数",
}
_TWIPS_PER_MM = POINTS_PER_MM * 20
SIDES = {"top": "上框线", "bottom": "下框线", "left": "左框线", "right": "右框线"}
"""The names of rules (框线) by Word's names of the sides."""


def ruled(border: Border | None) -> str:
    """A rule as it is compared (框线): 单线 0.5磅, with its colour unless it is black; nothing for none."""
    if border is None or not border.width_pt:
        return ""
    color = "" if border.color in ("AUTO", "000000") else border.color
    return " ".join(filter(None, (_LINES.get(border.line, border.line), f"{border.width_pt:g}磅", color)))


def mm(twips: float) -> float:
    """Twips in mm (毫米), to the hundredth."""
    return round(twips / _TWIPS_PER_MM, 2)


@dataclass(slots=True)
class ParagraphLooks:
    """The looks of the paragraphs of one section (段落格式), each made once."""

    setup: Setup
    _made: dict[tuple[object, ...], Mapping[str, Value]] = field(default_factory=dict)

    def of(
        self, paragraph: Paragraph, above: Paragraph | None = None, below: Paragraph | None = None
    ) -> dict[str, Value]:
        """How a paragraph is set between those `above` and `below` it."""
        look = paragraph.look
        alike = tuple(
            look.contextual and other is not None and other.look.style == look.style for other in (above, below)
        )
        text = paragraph.text
        empty, tabs = not text.strip() and not paragraph.label, "\t" in text
        key = (id(look), paragraph.letters.unit_pt, alike, tabs, empty and paragraph.mark.size_pt)
        if key not in self._made:
            self._made[key] = dict(self._look(look, paragraph, alike, tabs=tabs, empty=empty))
        return dict(self._made[key])

    def _look(
        self, look: Look, paragraph: Paragraph, alike: tuple[bool, ...], *, tabs: bool, empty: bool
    ) -> Iterator[tuple[str, Value]]:
        unit, line = paragraph.letters.unit_pt, self.setup.line_unit_pt
        exact = look.line_rule == "exact"
        yield "对齐", _ALIGN.get(look.align_name, look.align_name)
        for name, length in (("左缩进", look.left), ("右缩进", look.right), ("首行缩进", look.first)):
            yield name, round(length.pt(unit) / POINTS_PER_MM, 2)
        yield "行距", pitch(look)
        yield "段前", 0.0 if alike[0] else round(look.before.pt(line), 2)
        yield "段后", 0.0 if alike[1] else round(look.after.pt(line), 2)
        # A grid of lines moves no line whose pitch is fixed; that a grid came or went is told of its section alone.
        if not look.snap and self.setup.grid != "none" and (not exact or self.setup.grid != "lines"):
            yield "对齐网格", False
        yield "与下段同页", look.keep_next
        yield "段中不分页", look.keep_lines
        yield "孤行控制", look.widow_control
        if tabs:
            yield (
                "制表位",
                "、".join(f"{_TABS.get(kind, kind)} {place / POINTS_PER_MM:.1f}毫米" for place, kind in look.tabs),
            )
        for side, name in SIDES.items():
            if rule := ruled(border := look.borders.get(side)):
                away = border.away_pt if border else 0.0
                yield name, f"{rule} 距文字{away:g}磅" if away else rule
        if look.background:
            yield "底纹", look.background
        if look.framed:
            yield "图文框", "，".join(_framed(look.framed))
        if empty and not exact:
            yield "空行字号", paragraph.mark.size_pt


def pitch(look: Look) -> str:
    """The line pitch (行距) as Word's dialogue says it."""
    if look.line is None:
        return "单倍"
    if look.line_rule in ("exact", "atLeast"):
        return f"{'固定值' if look.line_rule == 'exact' else '最小值'} {round(look.line / 20, 2):g}磅"
    lines = round(look.line / 240, 2)
    return "单倍" if lines == 1 else f"{lines:g}倍"


def _framed(said: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for name, text in said:
        if name in _FRAME:
            twips = None if name == "lines" else number(text)
            yield f"{_FRAME[name]}{text if twips is None else f'{twips / _TWIPS_PER_MM:.1f}毫米'}"
