"""The format check of a Word file (Word 格式检查): its effective XML against the style sheet, whoever made it."""

from __future__ import annotations

from reportgen.review import (
    format_docx_elements,
    format_docx_imprint,
    format_docx_letterhead,
    format_docx_letters,
    format_docx_numbers,
    format_docx_page,
    format_docx_paragraphs,
    format_docx_tables,
)
from reportgen.review.findings import Examiner
from reportgen.review.format_docx_reading import Tally, read
from reportgen.rules import Rule
from reportgen.styles import StyleSheet
from reportgen.word.file import read_word

_MODULES = (
    format_docx_elements,
    format_docx_imprint,
    format_docx_letterhead,
    format_docx_letters,
    format_docx_numbers,
    format_docx_page,
    format_docx_paragraphs,
    format_docx_tables,
)
RULES: frozenset[Rule] = frozenset().union(*(module.RULES for module in _MODULES))
"""What the check of a Word file looks at (所查规则), all its modules together."""


def check_docx(blob: bytes, styles: StyleSheet) -> Examiner:
    """What is not as the style sheet wants it, one finding for each kind of breach, with the first place and how many.

    An element that is not there is no breach, except the page number; without evidence there is no finding.
    """
    reading = read(read_word(blob), styles)
    tally = Tally(Examiner(styles.checks), styles.fonts)
    format_docx_page.check_pages(reading, styles, tally)
    format_docx_numbers.check_numbers(reading, styles, tally)
    for item in reading.items:
        format_docx_letters.check_letters(item, styles, tally)
    format_docx_paragraphs.check_paragraphs(reading, styles, tally)
    format_docx_letterhead.check_letterhead(reading, styles, tally)
    format_docx_elements.check_elements(reading, styles, tally)
    format_docx_imprint.check_imprint(reading, styles, tally)
    for table in reading.tables:
        format_docx_tables.check_table(table, styles, tally)
    return tally.close()
