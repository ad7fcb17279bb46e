"""The looks of a document as classes of a page (比对网页的样式): each kind of letters or cells once.

Faces and colours come from outside and stand in a style sheet, where nothing is escaped: what is not plainly a name
or a colour is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from reportgen.comparison.model import Paragraph, Setting, Value
from reportgen.styles import FontRole
from reportgen.writers.face_names import face_kinds

_FACE = re.compile(r"[\w\- ]{1,60}")
_COLOR = re.compile(r"[0-9A-Fa-f]{6}")
_RULE = re.compile(r"([^\d\s]*)\s*([\d.]+)磅\s*([0-9A-Fa-f]{6})?")
_NO_RULES = ("", "无", "无框线")
_MM_PER_PT = 25.4 / 72
# Letters are never shown smaller than this, nor larger than that, whatever the file says.
_SMALLEST_PX, _LARGEST_PT = 11, 48
_STACKS = {
    FontRole.TITLE: '"方正小标宋简体","FZXiaoBiaoSong-B05S",STZhongsong,"Noto Serif CJK SC",serif',
    FontRole.FANGSONG: "FangSong,STFangsong,FandolFang,serif",
    FontRole.KAI: 'KaiTi,STKaiti,FandolKai,"AR PL KaitiM GB",serif',
    FontRole.HEI: 'SimHei,STHeiti,"Noto Sans CJK SC",sans-serif',
    FontRole.SONG: 'SimSun,STSong,"Noto Serif CJK SC",serif',
    FontRole.LATIN: '"Times New Roman","Liberation Serif","Noto Serif CJK SC",serif',
}
_ALIGNED = {"居中": "center", "右": "right", "两端": "justify", "分散": "justify"}
_STANDING = {"靠上": "top", "居中": "middle", "靠下": "bottom"}
_EDGES = {"上框线": "top", "下框线": "bottom", "左框线": "left", "右框线": "right"}


class Looks:
    """The classes of a page (样式类): one for each look that was asked for, in the order of asking."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def letters(self, setting: Setting) -> str:
        """The class of letters (字符样式)."""
        return self._name(_letters(setting))

    def paragraph(self, paragraph: Paragraph) -> str:
        """The class of a paragraph (段落样式)."""
        size = next((piece.setting.size_pt for piece in paragraph.pieces if piece.setting.size_pt > 0), 12.0)
        return self._name(_paragraph(paragraph.look, size))

    def cell(self, look: Mapping[str, Value], open_top: bool = False, open_bottom: bool = False) -> str:
        """The class of a cell (单元格样式); without a rule where it goes on above or below."""
        return self._name(_cell(look, open_top, open_bottom))

    def paper(self, setup: Mapping[str, Value]) -> str:
        """The class of a sheet (纸张样式): its margins, half as wide as they are, so that there is room to read."""
        return self._name(_paper(setup))

    @property
    def rules(self) -> str:
        """The rules of all classes, for a style sheet (样式表)."""
        return "\n".join(f".sheet .{name},.sheet.{name}{{{css}}}" for css, name in self._names.items())

    def _name(self, css: str) -> str:
        return self._names.setdefault(css, f"s{len(self._names) + 1}") if css else ""


@lru_cache(maxsize=512)
def _letters(setting: Setting) -> str:
    parts = [f"font-family:{_family(setting.face)}"] * bool(setting.face)
    if setting.size_pt > 0:
        parts.append(f"font-size:{_size(setting.size_pt)}")
    parts += ["font-weight:700"] * setting.bold + ["font-style:italic"] * setting.italic
    lines = ["underline"] * (setting.underline not in ("", "无", "none")) + ["line-through"] * setting.struck
    parts += [f"text-decoration:{' '.join(lines)}"] * bool(lines)
    if setting.color != "000000" and _COLOR.fullmatch(setting.color):
        parts.append(f"color:#{setting.color}")
    parts += [f"background:#{setting.background}"] * bool(_COLOR.fullmatch(setting.background))
    if setting.raised:
        parts.append(f"vertical-align:{'sub' if '下' in setting.raised or setting.raised == 'subscript' else 'super'}")
    return ";".join(parts)


def _size(points: float) -> str:
    return f"max({_SMALLEST_PX}px,calc(var(--pt)*{min(points, _LARGEST_PT):g}))"


def _family(face: str) -> str:
    """The face itself, then what may stand for it on the reader's machine."""
    own = f'"{face}",' if _FACE.fullmatch(face) else ""
    kinds = face_kinds(face, {}) or ()
    return own + next((_STACKS[role] for role in FontRole if role in kinds), "sans-serif")


def _paragraph(look: Mapping[str, Value], size: float) -> str:
    em = size * _MM_PER_PT
    parts = [f"font-size:{_size(size)}"]
    parts += [f"text-align:{_ALIGNED[align]}" for align in [str(look.get("对齐") or "")] if align in _ALIGNED]
    for name, css, least in (
        ("首行缩进", "text-indent", -8.0),
        ("左缩进", "margin-left", 0.0),
        ("右缩进", "margin-right", 0.0),
    ):
        if length := _number(look.get(name)):
            parts.append(f"{css}:{min(max(length / em, least), 16.0):.3g}em")
    for name, css in (("段前", "margin-top"), ("段后", "margin-bottom")):
        if space := _number(look.get(name)):
            parts.append(f"{css}:calc(var(--pt)*{min(max(space, 0.0), 40.0):g})")
    return ";".join(parts)


def _paper(setup: Mapping[str, Value]) -> str:
    width = _number(setup.get("纸张宽")) or 210.0
    left, right = (_number(setup.get(name)) if name in setup else 0.12 * width for name in ("左边距", "右边距"))
    sides = [min(max(50 * margin / width, 1.5), 12.0) for margin in (left, right)]
    # What is wide is shown smaller, as it is on paper.
    scale = ";--pt:var(--pt-wide)" if width > 250 else ""
    return f"padding-left:{sides[0]:.3g}%;padding-right:{sides[1]:.3g}%{scale}"


def _number(value: Value) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _cell(look: Mapping[str, Value], open_top: bool, open_bottom: bool) -> str:
    ruled = any(name in look for name in _EDGES)
    parts = [] if ruled else ["border:1px solid #555"]
    for name, edge in _EDGES.items() if ruled else ():
        parts.append(f"border-{edge}:{_rule(str(look.get(name) or ''))}")
    parts += ["border-top-style:none"] * open_top + ["border-bottom-style:none"] * open_bottom
    if (standing := str(look.get("垂直对齐") or "")) in _STANDING:
        parts.append(f"vertical-align:{_STANDING[standing]}")
    shade = str(look.get("底纹") or "").lstrip("#")
    parts += [f"background:#{shade}"] * bool(_COLOR.fullmatch(shade))
    return ";".join(parts)


def _rule(told: str) -> str:
    """A rule as it is told (单线 0.5磅 000000), as the page draws it."""
    if told in _NO_RULES:
        return "0"
    match = _RULE.search(told)
    kind, width = (match[1], float(match[2])) if match else (told, 0.5)
    style = "double" if "双" in kind else "dashed" if "虚" in kind or "点" in kind else "solid"
    thick = 3 if style == "double" else 1 if width < 1 else 2 if width < 3 else 3
    return f"{thick}px {style} #{match[3] if match and match[3] else '333333'}"
