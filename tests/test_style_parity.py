"""Parity (两种版式等价): every value of the style sheet, changed alone, changes the Word file and the page alike."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from enum import Enum
from typing import Any

import pytest

from reportgen.document import ColumnKind
from reportgen.styles import FontRole, StyleSheet, TextRole
from reportgen.writers.docx import write_docx
from reportgen.writers.html import write_html
from tests.builders import everything, letter, styles

STYLES = styles()

# What the page's CSS does not carry, with the reason.
NOT_IN_HTML: Mapping[str, str] = {
    **{
        f"text.{role.value}.{name}": "单元格四周的空白由 table.padding_mm 定；CSS 的单元格没有外边距"
        for role in (TextRole.TABLE_HEAD, TextRole.TABLE_CELL)
        for name in ("left_chars", "right_chars", "before_lines", "after_lines")
    },
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
    for font in FontRole:
        for name, changed in changed_fields(STYLES.fonts[font]):
            yield f"fonts.{font.value}.{name}", replace(STYLES, fonts={**STYLES.fonts, font: changed})
    for role in TextRole:
        for name, changed in changed_fields(STYLES.text[role]):
            yield f"text.{role.value}.{name}", replace(STYLES, text={**STYLES.text, role: changed})


def changed_fields(style: Any) -> Iterator[tuple[str, Any]]:
    for field in fields(style):
        value = getattr(style, field.name)
        if not isinstance(value, Mapping):
            other = (
                {"stand_in": "替代", "outline_level": 7, "pitch_pt": 30.0}[field.name]
                if value is None
                else another(value)
            )
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


TREES = (everything(), letter())


def docx_parts(sheet: StyleSheet) -> list[dict[str, bytes]]:
    parts = []
    for tree in TREES:
        with zipfile.ZipFile(io.BytesIO(write_docx(tree, sheet).value)) as package:
            parts.append({name: package.read(name) for name in package.namelist()})
    return parts


def html_page(sheet: StyleSheet) -> list[bytes]:
    return [write_html(tree, sheet).value for tree in TREES]


ORIGINAL_DOCX = docx_parts(STYLES)
ORIGINAL_HTML = html_page(STYLES)


@pytest.mark.parametrize("name", CHANGED)
def test_a_value_changed_alone_changes_the_word_file_and_the_page(name: str) -> None:
    in_docx = docx_parts(CHANGED[name]) != ORIGINAL_DOCX
    in_html = html_page(CHANGED[name]) != ORIGINAL_HTML
    assert (in_docx, in_html) == (name not in IN_NEITHER, name not in IN_NEITHER and name not in NOT_IN_HTML)


def test_every_exception_names_a_value() -> None:
    assert {*IN_NEITHER, *NOT_IN_HTML} <= set(CHANGED)
