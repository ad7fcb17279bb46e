"""The style sheet as CSS (版式转 CSS), with @page rules. Its equal for Word is `docx_styles`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from reportgen.document import ColumnKind, Orientation
from reportgen.styles import (
    CHART_ROLES,
    POINTS_PER_MM,
    TABLE_ROLES,
    Align,
    FontRole,
    PageStyle,
    StyleSheet,
    TextRole,
    TextStyle,
)


@dataclass(frozen=True)
class FontFace:
    """One @font-face rule: `sources` in CSS, `characters` its unicode-range, all if None."""

    family: str
    sources: tuple[str, ...]
    characters: str | None = None


@dataclass(frozen=True)
class FontPlan:
    """The faces of a rendering and, for each role, the family names in the order in which they are tried."""

    faces: tuple[FontFace, ...]
    families: Mapping[FontRole, tuple[str, ...]]


# Letters, digits and ASCII marks; quotes “ ” — … · stay in the Chinese face.
LATIN_RANGE = "U+20-7E"


def class_name(role: TextRole) -> str:
    """The CSS class of a text role."""
    return role.name.lower().replace("_", "-")


def kind_class(kind: ColumnKind) -> str:
    """The CSS class of a table cell."""
    return kind.name.lower()


def local_fonts(styles: StyleSheet) -> FontPlan:
    """Faces by name, for a browser on a machine that has them."""
    latin = styles.fonts[FontRole.LATIN]
    names = [latin.name, *([latin.stand_in] if latin.stand_in else []), "Liberation Serif"]
    face = FontFace("reportgen-latin", tuple(f"local({_quoted(name)})" for name in names), LATIN_RANGE)
    families = {
        role: ("reportgen-latin", font.name, *([font.stand_in] if font.stand_in else []), *_GENERIC[role])
        for role, font in styles.fonts.items()
    }
    return FontPlan((face,), families)


_GENERIC: Mapping[FontRole, tuple[str, ...]] = {
    FontRole.TITLE: ("STZhongsong", "FandolSong", "Noto Serif CJK SC"),
    FontRole.FANGSONG: ("FangSong", "STFangsong", "FandolFang"),
    FontRole.KAI: ("KaiTi", "STKaiti", "FandolKai"),
    FontRole.HEI: ("SimHei", "FandolHei", "Noto Sans CJK SC"),
    FontRole.SONG: ("SimSun", "FandolSong", "Noto Serif CJK SC"),
    FontRole.LATIN: (),
}


def write_css(styles: StyleSheet, fonts: FontPlan) -> str:
    """The whole CSS of a report."""
    rules = [_face_rule(face) for face in fonts.faces]
    rules += _page_rules(styles, fonts)
    rules.append(_BASE)
    # The page number is no element; its rules are those of the page. Those of tables are `css_tables`, those of
    # charts `html_charts`.
    elsewhere = (TextRole.PAGE_NUMBER, *TABLE_ROLES, *CHART_ROLES)
    texts = [(role, style) for role, style in styles.text.items() if role not in elsewhere]
    rules += [_text_rule(styles, role, style, fonts) for role, style in texts]
    width = _number(styles.page.size_mm(Orientation.PORTRAIT)[0] - styles.page.left_mm - styles.page.right_mm)
    rules.append(f"@media screen{{body{{max-width:{width}mm;margin:2em auto}}section{{margin-bottom:3em}}}}")
    # In a browser's window there is no sheet at whose foot a letter's second rule or an imprint could stand.
    rules.append(
        "@media screen{section.letter{padding-top:3em}.double-rule.at-foot{display:none}.foot,.apart{margin-top:3em}"
        ".apart{height:auto!important}.at-end{position:static}}"
    )
    return "\n".join(rules) + "\n"


# `body{margin:0}` and orphans/widows 1: each of them costs a line of the 22 otherwise (measured).
_BASE = """html{color:#000;background:#fff}
body{margin:0;orphans:1;widows:1}
section{break-before:page}
section:first-child{break-before:auto}
section.landscape{page:landscape}
section.letter{page:letter}
h1,h2,h3,h4,h5,p{margin:0;break-inside:auto;font-weight:normal;white-space:pre-wrap;overflow-wrap:anywhere}
.lines,.line{position:relative}
.line>p{position:absolute;margin:0;padding:0;text-indent:0;white-space:pre}
.floating{position:absolute}
.floating>p{margin:0;padding:0;text-indent:0;white-space:pre}
.double-rule{position:absolute}
.foot{float:footnote;footnote-policy:auto}
.foot::footnote-call,.foot::footnote-marker{content:none}
.text-end,.issuer,.kept{break-before:avoid}
.apart{break-before:left;page:imprint;position:relative}
.at-end{position:absolute;left:0;right:0;bottom:0}
.kept{break-after:avoid}
table{width:100%;table-layout:fixed;border-collapse:collapse}
th,td{font-weight:normal;vertical-align:middle;white-space:pre-wrap;overflow-wrap:anywhere}
tr.keep{break-inside:avoid}"""


def _face_rule(face: FontFace) -> str:
    characters = f";unicode-range:{face.characters}" if face.characters else ""
    return f"@font-face{{font-family:{_quoted(face.family)};src:{','.join(face.sources)}{characters}}}"


def _page_rules(styles: StyleSheet, fonts: FontPlan) -> list[str]:
    rules = []
    for orientation, name in ((Orientation.PORTRAIT, ""), (Orientation.LANDSCAPE, " landscape")):
        width, height = styles.page.size_mm(orientation)
        margins = " ".join(f"{_number(edge)}mm" for edge in styles.page.margins_mm(orientation))
        rules.append(f"@page{name}{{size:{_number(width)}mm {_number(height)}mm;margin:{margins}}}")
    rules += _page_number_rules(styles, fonts)
    # The first page of a letter (10.1), the page of an imprint and a blank one before it have no number (7.5).
    none = "{@bottom-right{content:none}@bottom-left{content:none}@footnote{margin:0;padding:0;border:0}}"
    rules.append("@page{@footnote{margin:0;padding:0;border:0}}")
    return rules + [f"@page {page}{none}" for page in ("letter:first", ":blank", "imprint:left", "imprint:right")]


def _page_number_rules(styles: StyleSheet, fonts: FontPlan) -> list[str]:
    number, text = styles.page_number, styles.text[TextRole.PAGE_NUMBER]
    content = f"content:{_quoted(number.before)} counter(page) {_quoted(number.after)};white-space:nowrap"
    content += f";color:#{text.color}"
    pitch = styles.pitch_pt(TextRole.PAGE_NUMBER)
    # 半角宋体 (7.5): the digits, too, are of the role's own face; that of letters comes last.
    letters, *own = fonts.families[text.font]
    families = ",".join(map(_quoted, (*own, letters)))
    font = f"font:{_number(text.size_pt)}pt/{_number(pitch)}pt {families}"
    inset = _number(number.inset_chars * text.size_pt)
    # The middle of the line, where the dash is, comes to `below_mm` under the type area.
    top = _number(number.below_mm - pitch / POINTS_PER_MM / 2)
    place = f"vertical-align:top;padding-top:{top}mm"
    rules = [
        f"@page :right{{@bottom-right{{{content};{font};{place};padding-right:{inset}pt}}}}",
        f"@page :left{{@bottom-left{{{content};{font};{place};padding-left:{inset}pt}}}}",
    ]
    return rules + [_turned_number(styles, side, content, font) for side in ("right", "left")]


def _turned_number(styles: StyleSheet, side: str, content: str, font: str) -> str:
    """On a landscape page the number stands where it would on the upright sheet, turned with it (clause 8)."""
    number, text = styles.page_number, styles.text[TextRole.PAGE_NUMBER]
    # Turned clockwise, the foot of the upright sheet is the left margin, its right end below, its left end above.
    room = styles.page.bottom_mm
    corner = "bottom" if side == "right" else "top"
    # A square as wide as the margin, so that turning it about its middle keeps its edges.
    square = f"box-sizing:border-box;width:{_number(room)}mm;height:{_number(room)}mm;vertical-align:middle"
    line = f"text-align:{side};padding-{side}:{_number(number.inset_chars * text.size_pt)}pt"
    turn = f"transform:translate({_number(room / 2 - number.below_mm)}mm,0) rotate(90deg)"
    clear = "@bottom-right{content:none}@bottom-left{content:none}"
    return f"@page landscape:{side}{{{clear}@left-{corner}{{{content};{font};{square};{line};{turn}}}}}"


def letter_spacing_pt(page: PageStyle, size_pt: float, step_pt: float) -> float:
    """What is added to each character so that the grid's characters fill a line, rounded down to whole steps.

    Rounding down keeps the last character on the line: -0.207 pt would be the exact value and holds 27. Letters that
    are too big for the grid are left as they are, fewer to a line, rather than pushed into each other.
    """
    if page.character_pt < size_pt * 0.95:
        return 0.0
    return math.floor((page.character_pt - size_pt) / step_pt + 1e-9) * step_pt


def _text_rule(styles: StyleSheet, role: TextRole, style: TextStyle, fonts: FontPlan) -> str:
    return f".{class_name(role)}{{{';'.join(text_declarations(styles, role, style, fonts))}}}"


def text_declarations(styles: StyleSheet, role: TextRole, style: TextStyle, fonts: FontPlan) -> list[str]:
    """How a text role is set, as CSS declarations."""
    unit = styles.unit_pt(role)
    line = styles.page.line_pt
    declared = [
        f"font-family:{_families(fonts, style.font)}",
        f"font-size:{_number(style.size_pt)}pt",
        f"line-height:{_number(styles.pitch_pt(role))}pt",
        f"color:#{style.color}",
        f"text-align:{_align(style.align)}",
        f"text-indent:{_number(style.first_line_chars * unit)}pt",
        f"padding-left:{_number(style.left_chars * unit)}pt",
        f"padding-right:{_number(style.right_chars * unit)}pt",
        f"margin-top:{_number(style.before_lines * line)}pt",
        f"margin-bottom:{_number(style.after_lines * line)}pt",
    ]
    spacing = letter_spacing_pt(styles.page, style.size_pt, 0.01) if style.on_grid else 0.0
    if spacing:
        declared.append(f"letter-spacing:{_number(spacing)}pt")
    declared.append(f"break-after:{'avoid' if style.keep_with_next else 'auto'}")
    declared.append(f"bookmark-level:{style.outline_level or 'none'}")
    return declared


def _align(align: Align) -> str:
    match align:
        case Align.LEFT:
            return "left"
        case Align.CENTER:
            return "center"
        case Align.RIGHT:
            return "right"
        case Align.JUSTIFY:
            return "justify"
    assert_never(align)


def _families(fonts: FontPlan, role: FontRole) -> str:
    return ",".join(_quoted(name) for name in fonts.families[role])


def _quoted(text: str) -> str:
    escaped = "".join(c if c.isprintable() and c not in '\\"<>' else f"\\{ord(c):x} " for c in text)
    return f'"{escaped}"'


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") or "0"
