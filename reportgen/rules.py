"""The rules of the format check (格式检查规则): their stable ids. Clauses, levels and tolerances are style data."""

from __future__ import annotations

from enum import Enum


class Rule(Enum):
    """One rule (规则). The comment gives the unit of its tolerance; none means that nothing may be off."""

    # Page and grid. GB/T 9704—2012 5.1, 5.2.
    PAPER = "page.paper"  # mm
    TOP = "page.top"  # mm
    LEFT = "page.left"  # mm
    RIGHT = "page.right"  # mm
    BOTTOM = "page.bottom"  # mm
    OUTSIDE = "page.outside"  # mm, text beyond the type area
    LINES = "grid.lines"  # lines, on a full page
    CHARACTERS = "grid.characters"  # characters, on a full line
    PITCH = "grid.pitch"  # pt, from baseline to baseline
    # Letters of every zone.
    FACE = "text.face"
    LATIN_FACE = "text.latin-face"
    MARKS = "text.marks"  # “ ” — … set in the Latin face
    SIZE = "text.size"  # pt
    COLOR = "text.color"
    BOLD = "text.bold"
    # Paragraphs.
    ALIGN = "paragraph.align"  # mm, centre or edge
    INDENT = "paragraph.indent"  # characters, first line
    HANGING = "paragraph.hanging"  # characters, further lines
    SPACE = "paragraph.space"  # lines, above or below
    PARAGRAPH_PITCH = "paragraph.pitch"  # pt
    HEADING_MARK = "heading.mark"
    # Elements.
    TITLE_LINES = "title.lines"
    COPY_NUMBER_FORM = "letterhead.copy-number"
    NUMBER_FORM = "letterhead.number"
    NUMBER_PLACE = "letterhead.number-place"  # mm
    MARK_TOP = "letterhead.mark-top"  # mm
    RULE = "letterhead.rule"  # mm, its place and width
    LETTER_RULES = "letter.rules"  # mm
    ANNEX_LABEL = "annex.label"  # lines; on line 1 of a new page, flush left
    ANNEX_TITLE = "annex.title-line"  # lines; on line 3
    ANNEX_LABEL_FORM = "annex.label-form"
    ANNEX_LIST_FORM = "annex-list.form"
    SIGNATURE = "signature.place"  # characters
    SEAL = "signature.seal"  # characters
    DATE_FORM = "signature.date-form"
    NOTE_FORM = "note.form"
    IMPRINT_PLACE = "imprint.place"  # mm; on the last, even page, at the foot of the type area
    IMPRINT_RULES = "imprint.rules"  # mm, width
    IMPRINT_THICKNESS = "imprint.thickness"  # pt
    NUMBER_MISSING = "page-number.missing"
    NUMBER_SIDE = "page-number.side"
    NUMBER_HEIGHT = "page-number.place"  # mm, below the type area
    NUMBER_INSET = "page-number.inset"  # mm
    NUMBER_LOOK = "page-number.form"  # — 1 —
    NUMBER_ORDER = "page-number.order"
    # Tables.
    TABLE_WIDTH = "table.width"  # mm, inside the type area
    TABLE_HEAD = "table.head"  # repeated on every page
    TABLE_RULES = "table.rules"  # pt
    TABLE_ROWS = "table.rows"  # short rows are not split
    # What Word and WPS stumble over (only DOCX), and what a PDF must carry.
    THEME_FACE = "docx.theme-font"
    EAST_ASIAN_FACE = "docx.east-asian-font"
    TABLE_GRID = "docx.table-grid"
    EMPTY_PARAGRAPH = "docx.empty-paragraph"
    SPACES = "docx.spaces"  # indents and centring by spaces
    GRID = "docx.grid"
    OUTLINE = "docx.outline"  # headings that the navigation does not show
    WIDOWS = "docx.widow-control"
    EMBEDDED = "pdf.embedded"
