"""The format check of a PDF (版面检查): any laid-out document measured against the style sheet."""

from __future__ import annotations

from dataclasses import replace

from reportgen.review.findings import Examiner, Finding, Place
from reportgen.review.format_pdf_elements import check_elements
from reportgen.review.format_pdf_grid import check_grid
from reportgen.review.format_pdf_imprint import check_imprint
from reportgen.review.format_pdf_letterhead import check_letterhead
from reportgen.review.format_pdf_letters import check_letters
from reportgen.review.format_pdf_numbers import check_numbers
from reportgen.review.format_pdf_paragraphs import check_paragraphs
from reportgen.review.format_pdf_tables import check_tables
from reportgen.review.page_reading import read_pages
from reportgen.review.passages import read
from reportgen.rules import Rule
from reportgen.styles import StyleSheet

# What is off by another length in each place is the same fault all the same.
_SCATTERED = frozenset({Rule.ALIGN, Rule.INDENT, Rule.HANGING, Rule.TABLE_WIDTH, Rule.NUMBER_HEIGHT, Rule.NUMBER_INSET})


def check_pdf(blob: bytes, styles: StyleSheet) -> Examiner:
    """What of a PDF's pages differs from the style sheet, in the order of the pages, and all that was measured.

    A fault that many paragraphs share is one finding, at its first place.
    """
    examiner = Examiner(styles.checks)
    reading = read(read_pages(blob), styles)
    if reading.sheets:
        check_grid(reading, styles, examiner)
        check_letterhead(reading, styles, examiner)
        check_imprint(reading, styles, examiner)
        check_letters(reading, styles, examiner)
        check_paragraphs(reading, styles, examiner)
        check_elements(reading, styles, examiner)
        check_tables(reading, styles, examiner)
        check_numbers(reading, styles, examiner)
    examiner.findings[:] = _gathered(examiner.findings)
    return examiner


def _gathered(findings: list[Finding]) -> list[Finding]:
    """Findings that say the same made one that tells how often and on which pages; sorted by page."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        found = "" if finding.rule in _SCATTERED else finding.found
        groups.setdefault((finding.rule.value, finding.what, found, finding.wanted), []).append(finding)
    gathered = [_one(sorted(group, key=_page)) for group in groups.values()]
    return sorted(gathered, key=_page)


def _page(finding: Finding) -> int:
    return finding.place.page or 0


def _one(group: list[Finding]) -> Finding:
    first, last = group[0], group[-1]
    if len(group) == 1:
        return first
    until = f"，至第{last.place.page}页" if last.place.page != first.place.page else ""
    spot = f"{first.place.spot}等{len(group)}处{until}" if first.place.spot else f"共{len(group)}处{until}"
    return replace(first, place=Place(page=first.place.page, spot=spot))


RULES = frozenset(
    {
        Rule.PAPER,
        Rule.TOP,
        Rule.LEFT,
        Rule.RIGHT,
        Rule.BOTTOM,
        Rule.OUTSIDE,
        Rule.LINES,
        Rule.CHARACTERS,
        Rule.PITCH,
        Rule.FACE,
        Rule.LATIN_FACE,
        Rule.MARKS,
        Rule.SIZE,
        Rule.COLOR,
        Rule.BOLD,
        Rule.ALIGN,
        Rule.INDENT,
        Rule.HANGING,
        Rule.SPACE,
        Rule.PARAGRAPH_PITCH,
        Rule.HEADING_MARK,
        Rule.TITLE_LINES,
        Rule.COPY_NUMBER_FORM,
        Rule.NUMBER_FORM,
        Rule.NUMBER_PLACE,
        Rule.MARK_TOP,
        Rule.RULE,
        Rule.LETTER_RULES,
        Rule.ANNEX_LABEL,
        Rule.ANNEX_TITLE,
        Rule.ANNEX_LABEL_FORM,
        Rule.ANNEX_LIST_FORM,
        Rule.SIGNATURE,
        Rule.SEAL,
        Rule.DATE_FORM,
        Rule.NOTE_FORM,
        Rule.IMPRINT_PLACE,
        Rule.IMPRINT_RULES,
        Rule.IMPRINT_THICKNESS,
        Rule.NUMBER_MISSING,
        Rule.NUMBER_SIDE,
        Rule.NUMBER_HEIGHT,
        Rule.NUMBER_INSET,
        Rule.NUMBER_LOOK,
        Rule.NUMBER_ORDER,
        Rule.TABLE_WIDTH,
        Rule.TABLE_HEAD,
        Rule.TABLE_RULES,
        Rule.TABLE_ROWS,
        Rule.EMBEDDED,
    }
)
"""What the check of a PDF looks at (所查规则), all its modules together."""
