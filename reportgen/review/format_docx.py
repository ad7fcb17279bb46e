"""The format check of a Word file (Word 格式检查): its effective XML against the style sheet, whoever made it."""

from __future__ import annotations

from reportgen.review.findings import Examiner
from reportgen.review.format_docx_elements import check_elements
from reportgen.review.format_docx_imprint import check_imprint
from reportgen.review.format_docx_letterhead import check_letterhead
from reportgen.review.format_docx_letters import check_letters
from reportgen.review.format_docx_numbers import check_numbers
from reportgen.review.format_docx_page import check_pages
from reportgen.review.format_docx_paragraphs import check_paragraphs
from reportgen.review.format_docx_reading import Tally, read
from reportgen.review.format_docx_tables import check_table
from reportgen.review.word import read_word
from reportgen.styles import StyleSheet


def check_docx(blob: bytes, styles: StyleSheet) -> Examiner:
    """What is not as the style sheet wants it, one finding for each kind of breach, with the first place and how many.

    An element that is not there is no breach, except the page number; without evidence there is no finding.
    """
    reading = read(read_word(blob), styles)
    tally = Tally(Examiner(styles.checks), styles.fonts)
    check_pages(reading, styles, tally)
    check_numbers(reading, styles, tally)
    for item in reading.items:
        check_letters(item, styles, tally)
    check_paragraphs(reading, styles, tally)
    check_letterhead(reading, styles, tally)
    check_elements(reading, styles, tally)
    check_imprint(reading, styles, tally)
    for table in reading.tables:
        check_table(table, styles, tally)
    return tally.close()
