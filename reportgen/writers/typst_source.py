"""The tree as the source of Typst (文档树转 Typst), in its code mode: nothing that a ledger says can be code there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import assert_never

from reportgen.document import (
    Addressee,
    AnnexList,
    AnnexTitle,
    Block,
    Chart,
    Closing,
    Document,
    Heading,
    Imprint,
    Letterhead,
    Note,
    Orientation,
    Paragraph,
    Section,
    Signature,
    Table,
    Title,
)
from reportgen.styles import HEADING_ROLES, TABLE_ROLES, StyleSheet, TextRole
from reportgen.writers.css import FontPlan
from reportgen.writers.imprint import closes_even_page
from reportgen.writers.letterhead import is_letter
from reportgen.writers.measure import annex_list_lines
from reportgen.writers.table_rows import used_themes
from reportgen.writers.typst_charts import chart_typst
from reportgen.writers.typst_lines import imprint_typst, letterhead_typst, signature_height, signature_typst
from reportgen.writers.typst_page import TEXT_END, page_definitions, page_name
from reportgen.writers.typst_parted import parted_definitions
from reportgen.writers.typst_tables import typst_table
from reportgen.writers.typst_text import (
    bookmarked,
    definitions,
    heading,
    kept_paragraph,
    letters,
    literal,
    paragraph,
    theme_scope,
    words,
)


def typst_source(document: Document, styles: StyleSheet, fonts: FontPlan) -> str:
    """The whole source of a report (排版源)."""
    lines = [
        f"set document(title: {literal(document.title)}, author: {literal(document.issuer)})",
        *_BASE,
        *definitions(styles, fonts, styles.text),
    ]
    for theme in used_themes(document):
        lines += definitions(styles.themed(theme), fonts, TABLE_ROLES, theme_scope(styles, theme))
    lines += parted_definitions()
    lines += page_definitions(styles, fonts, letter=is_letter(document))
    for section, following in zip_longest(document.sections, document.sections[1:]):
        ends = following is not None and _is_imprint(following)
        lines += _section(section, document, styles, fonts, ends=ends)
    return "#{\n" + "\n".join(lines) + "\n}\n"


# Each of these costs a line of the 22, or a character of the 28, otherwise (measured): the grid has no leading of its
# own, single lines may stand alone, no room comes between Chinese and figures, no mark hangs over the edge, a line
# takes what it can hold.
_BASE = (
    'set text(lang: "zh", region: "cn", fallback: false, cjk-latin-spacing: none, hyphenate: false, kerning: false, '
    'ligatures: false, overhang: false, weight: "regular", costs: (orphan: 0%, widow: 0%))',
    'set par(leading: 0pt, spacing: 0pt, linebreaks: "simple")',
    "set block(above: 0pt, below: 0pt)",
    "show heading: it => it.body",
)


def _section(section: Section, document: Document, styles: StyleSheet, fonts: FontPlan, *, ends: bool) -> Iterator[str]:
    """A section on pages of its own; `ends` says that nothing but the imprint comes behind it."""
    alone = _is_imprint(section)
    if alone and closes_even_page(document, styles):
        yield 'pagebreak(to: "even", weak: true)'
    yield f"{page_name(section.orientation)}({{"
    yield "v(0pt)"  # below a room of its own, even of none, the room above a first paragraph stays
    for block, following in zip_longest(section.blocks, section.blocks[1:]):
        kept = signature_height(following, styles) if isinstance(following, Signature) else 0.0
        yield from _block(block, section.orientation, document, styles, fonts, alone=alone, kept=kept)
    if ends:
        yield TEXT_END
    yield "})"


def _is_imprint(section: Section) -> bool:
    return len(section.blocks) == 1 and isinstance(section.blocks[0], Imprint)


def _block(
    block: Block,
    orientation: Orientation,
    document: Document,
    styles: StyleSheet,
    fonts: FontPlan,
    *,
    alone: bool,
    kept: float,
) -> Iterator[str]:
    """A block; with `kept` its last line is not left behind by that which follows it, so many points high."""

    def plain(role: TextRole, content: str, **lengths: float) -> str:
        if kept:
            return kept_paragraph(role, content, styles, kept, **lengths)
        return paragraph(role, content, **lengths)

    match block:
        case Letterhead():
            yield from letterhead_typst(block, styles)
        case Title():
            yield _title(TextRole.TITLE, "\n".join(block.lines), styles)
        case Addressee():
            yield plain(TextRole.ADDRESSEE, _text(TextRole.ADDRESSEE, block.text, styles))
        case Heading():
            yield plain(*_heading(block, styles))
        case Paragraph():
            yield plain(TextRole.BODY, _text(TextRole.BODY, block.text, styles))
        case Closing():
            yield plain(TextRole.CLOSING, _text(TextRole.CLOSING, block.text, styles))
        case AnnexList():
            lines = list(_annex_list(block, styles))
            yield from (paragraph(TextRole.ANNEX_LIST, content, **lengths) for content, lengths in lines[:-1])
            yield from (plain(TextRole.ANNEX_LIST, content, **lengths) for content, lengths in lines[-1:])
        case Signature():
            yield from signature_typst(block, styles)
        case Note():
            yield plain(TextRole.NOTE, _text(TextRole.NOTE, block.text, styles))
        case Imprint():
            yield from imprint_typst(block, document, styles, alone=alone)
        case AnnexTitle():
            yield paragraph(TextRole.ANNEX_LABEL, _text(TextRole.ANNEX_LABEL, block.entry.label, styles))
            yield _title(TextRole.ANNEX_TITLE, block.entry.name, styles)
        case Chart():
            yield from chart_typst(block, orientation, styles, fonts)
        case Table():
            yield typst_table(block, orientation, styles)
        case _:
            assert_never(block)


def _text(role: TextRole, text: str, styles: StyleSheet) -> str:
    return bookmarked(letters(role, words(text)), role, styles)


def _title(role: TextRole, text: str, styles: StyleSheet) -> str:
    return paragraph(role, heading(letters(role, words(text)), 1, styles.text[role].outline_level))


def _heading(block: Heading, styles: StyleSheet) -> tuple[TextRole, str]:
    """The role of a heading's paragraph, and what stands in it."""
    role = HEADING_ROLES[block.level - 1]
    content = letters(role, words(block.label + block.text))
    if not block.body:
        return role, heading(content, min(block.level + 1, 6), styles.text[role].outline_level)
    # One that text runs on behind is the beginning of a paragraph, in the tags and the bookmarks of every format.
    return TextRole.BODY, f"{content} + {letters(TextRole.BODY, words(block.body))}"


def _annex_list(block: AnnexList, styles: StyleSheet) -> Iterator[tuple[str, dict[str, float]]]:
    """What stands in each line, and where."""
    role = TextRole.ANNEX_LIST
    unit, style = styles.unit_pt(role), styles.text[role]
    for index, (text, left, first) in enumerate(annex_list_lines(block)):
        indent = (style.left_chars + style.first_line_chars + left) * unit
        above = {"above": 0.0} if index else {}
        yield _text(role, text, styles), {"start": indent, "first": first * unit, **above}
