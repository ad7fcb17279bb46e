"""Texts in Typst (文字转 Typst): every text goes in as a string literal, every length comes from the style sheet.

For each text role the source has two functions of its own: `t_body(…)` sets letters, `p_body(…)` sets a paragraph of
them. Its equals are `css` and `docx_styles`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from reportgen.styles import Align, PageStyle, StyleSheet, TextRole, TextStyle
from reportgen.writers.css import FontPlan, letter_spacing_pt
from reportgen.writers.fonts import ASCENT, DESCENT
from reportgen.writers.measure import text_width

ALIGNS = {Align.LEFT: "left", Align.CENTER: "center", Align.RIGHT: "right", Align.JUSTIFY: "left"}
"""How Typst calls an alignment (对齐); that lines are justified is said of the paragraph."""

# A word, or a row of marks, that is wider than a line has places where it may be broken; CSS has a word for that.
_MARKS = r"\u2010-\u2027\u3001-\u3020\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
# Beside these no line ends: what stands alone between two of them is of the same word.
_GLUE = r"\x22\x27\xab\xbb\u2011\u2018-\u201f\u2039\u203a"
_UNBROKEN = re.compile(
    rf"(?:[^\s\u2e80-\u9fff\uf900-\uffef\U00020000-\U0003ffff{_MARKS}]|[{_GLUE}]|(?<=[{_GLUE}])\S(?=[{_GLUE}])){{3,}}"
    rf"|[{_MARKS}]{{3,}}"
)
_ESCAPES = {ord("\\"): "\\\\", ord('"'): '\\"', **{code: f"\\u{{{code:x}}}" for code in (*range(0x20), 0x7F)}}


def literal(text: str) -> str:
    """The text as a string of Typst (字符串): the only way in which a text gets into the source."""
    return f'"{text.translate(_ESCAPES)}"'


def words(text: str, width: float = 24.0) -> str:
    """The text as content (文字内容), its line ends kept; words of more than `width` characters may be broken."""
    # No face has a tab: it is drawn as the blanks that a browser would show at least.
    lines = (_breakable(line, width) for line in text.replace("\t", "    ").split("\n"))
    return "{" + "; linebreak(); ".join(lines) + "}"


def _breakable(line: str, width: float) -> str:
    parts: list[str] = []
    done = 0
    for found in _UNBROKEN.finditer(line):
        if len(found[0]) > width and text_width(found[0]) > width:  # no character is wider than one
            parts += [line[done : found.start()], *found[0]]
            done = found.end()
    parts.append(line[done:])
    # Beside a box a line may end, and an empty one is no character of the text.
    return "; box(); ".join(literal(part) for part in parts)


def points(value: float) -> str:
    """A length in points (磅)."""
    return f"{value:.3f}".rstrip("0").rstrip(".") + "pt"


def color(value: str) -> str:
    """A colour (颜色) of the style sheet."""
    return f'rgb("#{value}")'


def letters_name(role: TextRole, scope: str = "") -> str:
    """The function that sets letters of a role (文字函数); `scope` is that of a table theme."""
    return f"t_{role.name.lower()}{scope}"


def paragraph_name(role: TextRole) -> str:
    """The function that sets a paragraph of a role (段落函数)."""
    return f"p_{role.name.lower()}"


def theme_scope(styles: StyleSheet, theme: str) -> str:
    """What the names of a theme's functions end with (主题函数后缀): empty for the sheet's own look."""
    return f"_{list(styles.themes).index(theme) + 1}" if theme else ""


def definitions(styles: StyleSheet, fonts: FontPlan, roles: Iterable[TextRole], scope: str = "") -> Iterator[str]:
    """The functions of these text roles (样式函数)."""
    for role in roles:
        style = styles.text[role]
        yield _letters(styles, role, style, fonts.families[style.font], scope)
        yield _paragraph(styles, role, style, scope)


def _letters(styles: StyleSheet, role: TextRole, style: TextStyle, families: Sequence[str], scope: str) -> str:
    """Each line is exactly as high as its pitch, the letters in the middle of it as the other engine has them."""
    spread = _spacing(styles.page, style.size_pt) if style.on_grid else 0.0
    size, pitch, spacing = (points(value) for value in (style.size_pt, styles.pitch_pt(role), spread))
    faces = "".join(f"{literal(name)}, " for name in families)
    return (
        f"let {letters_name(role, scope)}(it, size: {size}, pitch: {pitch}, spread: {spacing}) = text(font: ({faces}), "
        f"size: size, tracking: spread, fill: {color(style.color)}, top-edge: (pitch - size) / 2 + size * {ASCENT}, "
        f"bottom-edge: -(pitch - size) / 2 - size * {DESCENT}, it)"
    )


def _spacing(page: PageStyle, size: float) -> float:
    """What is added to each character so that the grid's characters fill a line.

    Typst adds nothing behind the last letter of a text: a heading that a text runs on behind would cost the line its
    28th character, were the letters not set that little closer.
    """
    spacing = letter_spacing_pt(page, size, _STEP)
    if spacing >= 0 or page.characters < 2:
        return spacing
    return math.floor((page.text_width_pt() - page.characters * size) / (page.characters - 1) / _STEP) * _STEP


_STEP = 0.01


def _paragraph(styles: StyleSheet, role: TextRole, style: TextStyle, scope: str) -> str:
    unit, line = styles.unit_pt(role), styles.page.line_pt
    lengths = {
        "start": style.left_chars * unit,
        "end": style.right_chars * unit,
        "first": style.first_line_chars * unit,
        "above": style.before_lines * line,
        "below": style.after_lines * line,
    }
    given = ", ".join(f"{name}: {points(value)}" for name, value in {**lengths, "top": 0.0}.items())
    justify = "true" if style.align is Align.JUSTIFY else "false"
    given += f", sticky: {'true' if style.keep_with_next else 'false'}"
    held = f"par(justify: {justify}, first-line-indent: (amount: first, all: true), it)"
    if role is TextRole.CHART:  # a picture stands in no paragraph
        held = "it"
    return (
        f"let {paragraph_name(role)}{scope}(it, {given}) = block(width: 100%, above: above, below: below, "
        f"inset: (left: start, right: end, top: top), sticky: sticky, align({ALIGNS[style.align]}, {held}))"
    )


def paragraph(role: TextRole, content: str, **lengths: float) -> str:
    """A paragraph of a role (段落) that holds `content`; lengths in points stand in for those of its style."""
    return f"{paragraph_name(role)}({content}{_given(lengths)})"


def kept_paragraph(role: TextRole, content: str, styles: StyleSheet, following: float, **lengths: float) -> str:
    """A paragraph of which a line at least stands on the page of what follows (不脱页段落), `following` points high."""
    drawn = f"{paragraph_name(role)}({content}{_given(lengths)}, sticky: sticky)"
    return f"kept({points(following)}, {points(styles.pitch_pt(role))}, sticky => {drawn})"


def keeping(bottom: float, width: float) -> str:
    """The function of such paragraphs, on pages of which the text ends `bottom` points below the sheet's edge.

    A short one goes with what follows it; of a long one the last line does, where the room below it is too low.
    """
    return (
        "let kept(following, pitch, draw) = context { "
        f"let room = {points(bottom)} - here().position().y; "
        f"let high = measure(draw(false), width: {points(width)}).height; "
        "if high < 2.5 * pitch { draw(true) } else { "
        "if high < room + 0.5pt and room < high + following { "
        "place(bottom, float: true, clearance: 0pt, block(height: room - high + pitch / 2)) }; draw(false) } }"
    )


def letters(role: TextRole, content: str, scope: str = "", /, **lengths: float) -> str:
    """Letters of a role (文字); lengths in points stand in for those of its style."""
    return f"{letters_name(role, scope)}({content}{_given(lengths)})"


def _given(lengths: Mapping[str, float]) -> str:
    return "".join(f", {name}: {points(value)}" for name, value in lengths.items())


def heading(content: str, level: int, outline_level: int | None) -> str:
    """A heading in the file's tags (标题标签), and in its bookmarks where its style says so."""
    marked = "true" if outline_level else "false"
    return f"heading(level: {outline_level or level}, bookmarked: {marked}, {content})"


def bookmarked(content: str, role: TextRole, styles: StyleSheet) -> str:
    """What a style sheet wants among the bookmarks (书签) as a heading, everything else as it is."""
    level = styles.text[role].outline_level
    return heading(content, level, level) if level else content
