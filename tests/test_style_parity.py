"""Parity (各版式等价): every value of the style sheet, changed alone, changes the Word file and both engines' pages."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from enum import Enum
from typing import Any

import pytest

from reportgen.document import Cell, ColumnKind, Document, Row, Table
from reportgen.styles import CHART_ROLES, TABLE_ROLES, FontRole, StyleSheet, TableTheme, TextRole
from reportgen.writers.css import local_fonts
from reportgen.writers.docx import write_docx
from reportgen.writers.html import write_html
from reportgen.writers.typst_source import typst_source
from tests.builders import bulletin, cell, everything, letter, row, section, styles, table

STYLES = styles()
THEME = "紧凑"


def rows_of_all_heights() -> Table:
    """Section rows, a merged cell of 21 lines, rows of 1 to 9 lines: at each of these some rule of splitting ends."""
    lines = [row(str(number), "类", "单位", cell(*["行"] * number)) for number in range(1, 10)]
    merged = [row("10", cell(*["类"] * 21, down=2), "单位", "甲"), row("11", "单位", "乙")]
    heads: list[Row] = [
        (Cell(paragraphs=(label,), col_span=4, section_level=level),)
        for level, label in ((1, "一、甲"), (2, "（一）乙"))
    ]
    return table((0.1, 0.2, 0.2, 0.5), [row("序号", "类别", "单位", "进展")], [*heads, *lines, *merged])


TREE = replace(
    everything(),
    sections=(*everything().sections, section(rows_of_all_heights(), replace(rows_of_all_heights(), theme=THEME))),
)

# What the page's CSS does not carry, with the reason.
NOT_IN_HTML: Mapping[str, str] = {
    **{
        f"{part}.{role.value}.{name}": "单元格四周的空白由 table.padding_mm 定；CSS 的单元格没有外边距"
        for part in ("text", f"themes.{THEME}.text")
        for role in TABLE_ROLES
        for name in ("left_chars", "right_chars", "before_lines", "after_lines")
    },
    "page_number.turned_in_docx": "只管 Word；PDF 的页码总是随纸转",
    **{
        f"text.{TextRole.PAGE_NUMBER.value}.{name}": "页码不是正文元素，只有一行，位置由 page_number 定"
        for name in (
            "align",
            "first_line_chars",
            "left_chars",
            "right_chars",
            "before_lines",
            "after_lines",
            "on_grid",
            "keep_with_next",
            "outline_level",
        )
    },
}

# What the Word file does not carry, with the reason.
NOT_IN_DOCX: Mapping[str, str] = {
    f"{part}.split_lines": "Word 只有两行的孤行控制，没有跨页行最少行数" for part in ("table", f"themes.{THEME}.table")
}

# What Typst's pages do not carry besides what is in neither, with the reason.
_PLACED = "定位行：位置由 letterhead 定，按对齐算出的起点写进版面"
NOT_IN_TYPST: Mapping[str, str] = {
    "table.keep_merged_lines": "同面的行数最多半面（五号字19行）：再多的行 Typst 会排到版心之外",
    "fonts.西文.name": "换的是字体文件，引擎里的族名不变",
    "fonts.西文.stand_in": "换的是字体文件，引擎里的族名不变",
    **{
        f"{part}.{role.value}.{name}": reason
        for part in ("text", f"themes.{THEME}.text")
        for role in TABLE_ROLES
        for name, reason in {
            "outline_level": "表格里的文字不进书签",
            "keep_with_next": "表格的行能不能分开由 table.keep_row_lines 等定；表内标题行总与下一行同页",
        }.items()
        if (role, name)
        not in {(TextRole.TABLE_SECTION_1, "keep_with_next"), (TextRole.TABLE_SECTION_2, "keep_with_next")}
    },
    **{
        f"text.{role.value}.{name}": _PLACED
        for role in (TextRole.SIGNER, TextRole.SIGNER_NAME)
        for name in (
            "align",
            "first_line_chars",
            "left_chars",
            "right_chars",
            "before_lines",
            "after_lines",
            "keep_with_next",
        )
    },
    **{
        f"text.{TextRole.BULLETIN_LINE.value}.{name}": _PLACED
        for name in ("align", "first_line_chars", "after_lines", "keep_with_next")
    },
    f"text.{TextRole.PAGE_NUMBER.value}.outline_level": "页码不是正文元素",
}

# What neither carries, with the reason.
IN_NEITHER: Mapping[str, str] = {
    f"text.{role.value}.on_grid": "字比网格的一格大，不压缩，也没有按字数算的缩进"
    for role in (TextRole.TITLE, TextRole.ANNEX_TITLE, TextRole.ISSUER_MARK)
}


def changes() -> Iterator[tuple[str, StyleSheet]]:
    """Every value of the style sheet by name, and the sheet with that one value changed."""
    for part in ("page", "table", "page_number", "letterhead", "letter", "seal", "imprint"):
        for name, changed in changed_fields(getattr(STYLES, part)):
            yield f"{part}.{name}", replace(STYLES, **{part: changed})
    for kind in ColumnKind:
        aligned = {**STYLES.table.align, kind: another(STYLES.table.align[kind])}
        yield f"table.align.{kind.value}", replace(STYLES, table=replace(STYLES.table, align=aligned))
    theme = STYLES.themes[THEME]
    for name, table_style in changed_fields(theme.table):
        yield f"themes.{THEME}.table.{name}", with_theme(replace(theme, table=table_style))
    for role, style in theme.text.items():
        for name, changed in changed_fields(style):
            text = {**theme.text, role: changed}
            yield f"themes.{THEME}.text.{role.value}.{name}", with_theme(replace(theme, text=text))
    for font in FontRole:
        for name, changed in changed_fields(STYLES.fonts[font]):
            yield f"fonts.{font.value}.{name}", replace(STYLES, fonts={**STYLES.fonts, font: changed})
    # Those of charts, which few documents have, are looked at in test_charts.
    for role in (role for role in TextRole if role not in CHART_ROLES):
        for name, changed in changed_fields(STYLES.text[role]):
            yield f"text.{role.value}.{name}", replace(STYLES, text={**STYLES.text, role: changed})


def with_theme(theme: TableTheme) -> StyleSheet:
    return replace(STYLES, themes={**STYLES.themes, THEME: theme})


def changed_fields(style: Any) -> Iterator[tuple[str, Any]]:
    for field in fields(style):
        value = getattr(style, field.name)
        if not isinstance(value, Mapping):
            if value is None:
                other = {"stand_in": "替代", "outline_level": 7, "pitch_pt": 30.0, "head_fill": "D9D9D9"}[field.name]
            else:
                # A fourth seal in a row finds no room in the type area.
                other = {"in_a_row": 2}.get(field.name) or another(value)
            yield field.name, replace(style, **{field.name: other})


def another(value: Any) -> Any:
    """Another value of the same kind."""
    match value:
        case bool():
            return not value
        case Enum():
            members = [member for member in type(value) if member is not FontRole.LATIN]
            return members[(members.index(value) + 1) % len(members)]
        case int() | float():
            return value + 1
        case str():
            return value + "甲"
    raise TypeError(value)


CHANGED = dict(changes())


# The shorter one first: most values show in it already.
TREES = (letter(), TREE)


def docx_parts(tree: Document, sheet: StyleSheet) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(write_docx(tree, sheet).value)) as package:
        return {name: package.read(name) for name in package.namelist()}


_DEFINED = re.compile(r"let ([tp]_\w+)\(")


def typst_lines(tree: Document, sheet: StyleSheet) -> list[str]:
    """The source of Typst's pages without the functions that nothing there calls: what they hold changes no page."""
    lines = typst_source(tree, sheet, local_fonts(sheet)).splitlines()
    called = set(re.findall(r"\b([tp]_\w+)\(", "\n".join(line for line in lines if not line.startswith("let "))))
    return [line for line in lines if not (found := _DEFINED.match(line)) or found[1] in called]


def html_page(tree: Document, sheet: StyleSheet) -> bytes:
    return write_html(tree, sheet).value


ORIGINAL_DOCX = [docx_parts(tree, STYLES) for tree in TREES]
ORIGINAL_HTML = [html_page(tree, STYLES) for tree in TREES]


@pytest.mark.parametrize("name", CHANGED)
def test_a_value_changed_alone_changes_the_word_file_and_the_page(name: str) -> None:
    changed = CHANGED[name]
    in_docx = any(docx_parts(tree, changed) != was for tree, was in zip(TREES, ORIGINAL_DOCX, strict=True))
    in_html = any(html_page(tree, changed) != was for tree, was in zip(TREES, ORIGINAL_HTML, strict=True))
    wanted = (name not in {*IN_NEITHER, *NOT_IN_DOCX}, name not in {*IN_NEITHER, *NOT_IN_HTML})
    assert (in_docx, in_html) == wanted


# The short ones first: most values show in them already.
TYPST_TREES = (letter(), bulletin(), TREE)
ORIGINAL_TYPST = [typst_lines(tree, STYLES) for tree in TYPST_TREES]


@pytest.mark.parametrize("name", CHANGED)
def test_a_value_changed_alone_changes_the_pages_of_typst(name: str) -> None:
    changed = CHANGED[name]
    pairs = zip(TYPST_TREES, ORIGINAL_TYPST, strict=True)
    shows = any(typst_lines(tree, changed) != was for tree, was in pairs)
    assert shows is (name not in {*IN_NEITHER, *NOT_IN_HTML, *NOT_IN_TYPST})


def test_every_exception_names_a_value() -> None:
    assert {*IN_NEITHER, *NOT_IN_DOCX, *NOT_IN_HTML, *NOT_IN_TYPST} <= set(CHANGED)
