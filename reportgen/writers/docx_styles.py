"""The style sheet for Word (版式转 Word 样式): styles, settings, font table, page and table set-up.

Its equal for the PDF is `css`. Twips are twentieths of a point.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import assert_never
from xml.sax.saxutils import escape

from reportgen.document import Orientation
from reportgen.styles import (
    CHART_ROLES,
    HEADING_ROLES,
    POINTS_PER_MM,
    TABLE_ROLES,
    Align,
    FontRole,
    StyleSheet,
    TextRole,
    TextStyle,
)
from reportgen.writers.css import letter_spacing_pt
from reportgen.writers.docx_xml import (
    PARAGRAPH_END,
    RUN_END,
    element,
    fonts,
    indents,
    paragraph_start,
    part,
    run,
    run_start,
)

RUN_ROLES = (*HEADING_ROLES, TextRole.DOCUMENT_NUMBER, TextRole.SIGNER, TextRole.SIGNER_NAME)
"""The roles that also stand inside a paragraph of another one."""

SECTION_END = "SectionEnd"
"""The style of the paragraph, without height, that Word needs behind a table at a section's end."""


def style_id(role: TextRole) -> str:
    """The style's id in the file."""
    return "Normal" if role is TextRole.BODY else role.name.title().replace("_", "")


def style_name(role: TextRole) -> str:
    """The style's name in Word's list; without 公文 a Chinese Word would take 标题 for its own style."""
    return "Normal" if role is TextRole.BODY else f"公文{role.value}"


def themed_style_id(styles: StyleSheet, role: TextRole, theme: str) -> str:
    """The id of a text's style in the tables of a theme: by the theme's place, since its name may hold anything."""
    return style_id(role) + (f"Theme{list(styles.themes).index(theme) + 1}" if theme else "")


def themed_style_name(role: TextRole, theme: str) -> str:
    """The style's name in Word's list; `role_name` undoes it."""
    return f"{style_name(role)}（{theme}）" if theme else style_name(role)


def role_name(name: str) -> str:
    """The name of a style without its theme."""
    return name.partition("（")[0]


def run_style_name(role: TextRole) -> str:
    """The name of the character style of a text inside a paragraph of another role."""
    return f"{style_name(role)}文字"


def run_style_id(role: TextRole) -> str:
    """The character style of a text inside a paragraph of another role: a heading whose text runs on, a signer."""
    return style_id(role) + "Run"


def twips(points: float) -> int:
    """Points as whole twips."""
    return round(points * 20)


def run_fonts(styles: StyleSheet, role: FontRole) -> str:
    """The face names of a run in that role."""
    return fonts(styles.fonts[FontRole.LATIN].name, styles.fonts[role].name)


# Marks that both Chinese and Latin have. Word sets them in the Chinese face as `w:hint` asks; LibreOffice, and WPS at
# times, set those behind a Latin letter or a point, and some at a line's start, in the Latin face (measured).
# What stands before them is looked at behind the first of them: a search for marks alone passes over all other letters.
_BESIDE_LATIN = re.compile(
    r"([“”‘’—…·](?:(?<=·)[“”‘’—…·]*|(?<=[!-~].)[“”‘’—…]*|(?<=^.)[“”‘’—…]*))",
    re.MULTILINE,
)


# A text without them is one run as it is.
_SPECIAL = re.compile(r"[&<>\n\t“”‘’—…·]")


def text_runs(styles: StyleSheet, role: FontRole, text: str, style: str = "") -> str:
    """The runs of a text in that role; marks beside Latin letters know no face but the Chinese one."""
    return _runs_in(*_both_fonts(styles, role, style))(text)


def _both_fonts(styles: StyleSheet, role: FontRole, style: str = "") -> tuple[str, str]:
    """The faces of a text, and those of its marks beside Latin letters."""
    chinese = styles.fonts[role].name
    return style + run_fonts(styles, role), style + fonts(chinese, chinese)


@lru_cache(maxsize=256)
def _runs_in(usual: str, chinese: str) -> Callable[[str], str]:
    """What writes a text as runs."""
    starts = (run_start(usual), run_start(chinese))

    def written(text: str) -> str:
        if not _SPECIAL.search(text):
            return f"{starts[0]}{text}{RUN_END}" if text else ""
        if "\n" in text or "\t" in text:
            pieces = _BESIDE_LATIN.split(text)
            return "".join(run(piece, chinese if at % 2 else usual) for at, piece in enumerate(pieces) if piece)
        # What stands for & < > begins and ends as Latin letters do: the marks beside them are the same.
        pieces = _BESIDE_LATIN.split(escape(text))
        if len(pieces) == 1:
            return f"{starts[0]}{pieces[0]}{RUN_END}"
        return "".join([f"{starts[at % 2]}{piece}{RUN_END}" for at, piece in enumerate(pieces) if piece])

    return written


def paragraphs_in(styles: StyleSheet, role: TextRole, style: str, own: str = "") -> Callable[[str], tuple[bytes, ...]]:
    """What makes a paragraph of each of many texts (段落的写法), as a table's column has them, ready to be packed.

    Most of it is the same for all of them, and is encoded once.
    """
    return _paragraphs_in(paragraph_start(style, own), *_both_fonts(styles, styles.text[role].font))


@lru_cache(maxsize=256)
def _paragraphs_in(before: str, usual: str, chinese: str) -> Callable[[str], tuple[bytes, ...]]:
    start, runs = run_start(usual), _runs_in(usual, chinese)
    whole, behind, empty = (
        (before + start).encode(),
        (RUN_END + PARAGRAPH_END).encode(),
        (before + PARAGRAPH_END).encode(),
    )
    special = _SPECIAL.search

    def written(text: str) -> tuple[bytes, ...]:
        if not special(text):
            return (whole, text.encode(), behind) if text else (empty,)
        return (f"{before}{runs(text)}{PARAGRAPH_END}".encode(),)

    return written


def alignment(align: Align) -> str:
    """Alignment (对齐) as Word writes it."""
    match align:
        case Align.LEFT:
            return "left"
        case Align.CENTER:
            return "center"
        case Align.RIGHT:
            return "right"
        case Align.JUSTIFY:
            return "both"
    assert_never(align)


def styles_part(styles: StyleSheet, themes: Sequence[str] = (), *, charts: bool = False) -> bytes:
    """`styles.xml`: one paragraph style for each text role, and the run-in headings' character styles.

    Each of the `themes` of tables has paragraph styles of its own; those of `charts` are there where charts are.
    """
    body = styles.text[TextRole.BODY]
    language = element("lang", val="en-US", eastAsia="zh-CN", bidi="ar-SA")
    defaults = element(
        "docDefaults",
        element("rPrDefault", element("rPr", run_fonts(styles, body.font), *_size(body.size_pt), language)),
        element("pPrDefault", element("pPr", element("widowControl", val="0"))),
    )
    ordered = sorted(styles.text.items(), key=lambda item: item[0] is not TextRole.BODY)
    texts = [_paragraph_style(styles, role, style) for role, style in ordered if charts or role not in CHART_ROLES]
    for theme in themes:
        sheet = styles.themed(theme)
        texts += [_paragraph_style(sheet, role, sheet.text[role], theme) for role in TABLE_ROLES]
    heads = [_run_style(styles, role) for role in RUN_ROLES]
    # As low as can be: behind a table that fills its page it must not make another.
    spacing = element("spacing", before=0, after=0, line=1, lineRule="exact")
    end = _style("paragraph", SECTION_END, "节尾", element("pPr", spacing), element("rPr", *_size(1)))
    return part("styles", defaults, *texts, *heads, end, _TABLE_NORMAL)


_TABLE_NORMAL = element(
    "style",
    element("name", val="Normal Table"),
    element("semiHidden"),
    element("tblPr", element("tblInd", w=0, type="dxa")),
    type="table",
    default="1",
    styleId="TableNormal",
)


def _style(kind: str, identity: str, name: str, *properties: str, default: bool = False) -> str:
    return element(
        "style",
        element("name", val=name),
        element("qFormat"),
        *properties,
        type=kind,
        default="1" if default else None,
        customStyle=None if default else "1",
        styleId=identity,
    )


def _paragraph_style(styles: StyleSheet, role: TextRole, style: TextStyle, theme: str = "") -> str:
    unit = styles.unit_pt(role)
    line = styles.page.line_pt
    paragraph = element(
        "pPr",
        element("keepNext") if style.keep_with_next else "",
        element("widowControl", val="0"),
        # No mark beyond the margin, as in the PDF. Word would also widen every joint of Chinese with digits: the line
        # would hold fewer than its 28 characters. (LibreOffice 7.4 inverts the first and ignores the others: measured.)
        element("overflowPunct", val="0"),
        element("autoSpaceDE", val="0"),
        element("autoSpaceDN", val="0"),
        element("adjustRightInd", val="0"),
        element("snapToGrid", val="0"),
        element(
            "spacing",
            before=twips(style.before_lines * line),
            after=twips(style.after_lines * line),
            # A line of exact height would cut a picture off.
            line=240 if role is TextRole.CHART else twips(styles.pitch_pt(role)),
            lineRule="auto" if role is TextRole.CHART else "exact",
        ),
        indents(
            left=twips(style.left_chars * unit),
            right=twips(style.right_chars * unit),
            first=twips(style.first_line_chars * unit),
        ),
        element("jc", val=alignment(style.align)),
        element("outlineLvl", val=style.outline_level - 1) if style.outline_level else "",
    )
    default = role is TextRole.BODY
    return _style(
        "paragraph",
        themed_style_id(styles, role, theme),
        themed_style_name(role, theme),
        paragraph,
        element("rPr", *_letters(styles, style)),
        default=default,
    )


def _run_style(styles: StyleSheet, role: TextRole) -> str:
    letters = element("rPr", *_letters(styles, styles.text[role]))
    return _style("character", run_style_id(role), run_style_name(role), letters)


def _letters(styles: StyleSheet, style: TextStyle) -> Sequence[str]:
    spacing = round(letter_spacing_pt(styles.page, style.size_pt, 0.05) * 20) if style.on_grid else 0
    return (
        run_fonts(styles, style.font),
        element("b", val="0"),
        element("color", val=style.color),
        element("spacing", val=spacing),
        element("kern", val="0"),
        *_size(style.size_pt),
    )


def _size(points: float) -> tuple[str, str]:
    half_points = round(points * 2)
    return element("sz", val=half_points), element("szCs", val=half_points)


def settings_part() -> bytes:
    """`settings.xml`: different odd and even pages, today's layout rules, no squeezed punctuation."""
    compat = element(
        "compat",
        element(
            "compatSetting",
            name="compatibilityMode",
            uri="http://schemas.microsoft.com/office/word",
            val="15",
        ),
    )
    return part(
        "settings",
        element("zoom", percent=100),
        element("evenAndOddHeaders"),
        element("characterSpacingControl", val="doNotCompress"),
        compat,
        element("themeFontLang", val="en-US", eastAsia="zh-CN"),
    )


def font_table_part(styles: StyleSheet) -> bytes:
    """`fontTable.xml`: each face, and what Word may take where it is not installed."""
    entries = []
    for role, names in styles.fonts.items():
        latin = role is FontRole.LATIN
        entries.append(
            element(
                "font",
                element("altName", val=names.stand_in) if names.stand_in else "",
                element("charset", val="00" if latin else "86"),
                element("family", val="roman" if latin else "auto"),
                element("pitch", val="variable"),
                name=names.name,
            )
        )
    return part("fonts", *entries)


def section_properties(
    styles: StyleSheet,
    orientation: Orientation,
    references: str,
    *,
    start: str = "nextPage",
    first_apart: bool = False,
) -> str:
    """Page and grid (页面设置) of a section; `references` are those to its headers and footers.

    It starts on the next page or, as `start` says, the next even one; `first_apart` gives its first page others.
    """
    width, height = styles.page.size_mm(orientation)
    top, right, bottom, left = (twips(edge * POINTS_PER_MM) for edge in styles.page.margins_mm(orientation))
    landscape = orientation is Orientation.LANDSCAPE
    return element(
        "sectPr",
        references,
        element("type", val=start),
        element(
            "pgSz",
            w=twips(width * POINTS_PER_MM),
            h=twips(height * POINTS_PER_MM),
            orient="landscape" if landscape else None,
        ),
        element(
            "pgMar",
            top=top,
            right=right,
            bottom=bottom,
            left=left,
            header=851,
            footer=_footer_distance(styles, orientation, start),
            gutter=0,
        ),
        element("cols", space=425),
        element("titlePg") if first_apart else "",
        # A grid of lines only: with one of characters a character wider than its cell takes two (measured). A turned
        # page has none: its height is no whole number of lines, and LibreOffice would centre them on it.
        "" if landscape else element("docGrid", type="lines", linePitch=twips(styles.page.line_pt)),
    )


def _footer_distance(styles: StyleSheet, orientation: Orientation, start: str) -> int:
    """From the sheet's edge to the bottom of the number's line, whose middle is `below_mm` under the text.

    On the even page of an imprint no number stands in the line, which reaches up to the type area: there LibreOffice
    counts the foot of the type area from the upper edge of the footer's line (measured).
    """
    bottom, pitch = styles.page.margins_mm(orientation)[2], styles.pitch_pt(TextRole.PAGE_NUMBER)
    if start == "evenPage":
        return max(0, twips(bottom * POINTS_PER_MM - pitch))
    return twips((bottom - styles.page_number.below_mm) * POINTS_PER_MM - pitch / 2)


def page_number_indents(styles: StyleSheet, *, odd: bool) -> str:
    """The number's place: odd pages right, even pages left, one character in. GB/T 9704—2012 7.5."""
    inset = twips(styles.page_number.inset_chars * styles.text[TextRole.PAGE_NUMBER].size_pt)
    side = alignment(Align.RIGHT if odd else Align.LEFT)
    return indents(left=0 if odd else inset, right=inset if odd else 0, first=0) + element("jc", val=side)
