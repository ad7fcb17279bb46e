"""The format check knows every element of our own documents (要素辨认), however long, many or few its parts are.

An element that is not known is held against the body's measures: right documents got findings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from reportgen.document import (
    Addressee,
    AnnexEntry,
    AnnexList,
    Block,
    Closing,
    Document,
    Imprint,
    Letterhead,
    LetterheadForm,
    Signature,
    Title,
)
from reportgen.review.format_docx import check_docx
from reportgen.review.format_pdf import check_pdf
from reportgen.review.page_reading import read_pages
from reportgen.review.passages import read
from reportgen.review.zones import Passage, zones
from reportgen.styles import StyleSheet, TextRole
from reportgen.writers.docx import write_docx
from reportgen.writers.fonts import find_fonts
from reportgen.writers.pdf import write_pdf
from tests.builders import document, imprint, letterhead, p, section, sentences, styles
from tests.test_lint_letterhead import FANG, RULE, found_in

BULLETIN, LETTER = LetterheadForm.BULLETIN, LetterheadForm.LETTER
NAME = "测试区甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒"
NUMBER = "测督〔2026〕5号"


def report(*blocks: Block) -> Document:
    """A short report with these blocks around its text: a letterhead before, all others behind it."""
    heads = [block for block in blocks if isinstance(block, Letterhead)]
    ends = [block for block in blocks if not isinstance(block, Letterhead)]
    title, addressee = Title(lines=("关于甲的报告",)), Addressee(text="甲局：")
    return document(section(*heads, title, addressee, p(sentences(9)), *ends))


def preprinted(sheet: StyleSheet) -> StyleSheet:
    return replace(sheet, letterhead=replace(sheet.letterhead, preprinted=True))


def signed(*issuers: str, sealed: bool = False) -> tuple[Block, ...]:
    return Closing(text="特此报告。"), Signature(issuers=issuers, date="2026年7月15日", sealed=sealed)


def copied(lines: int) -> Imprint:
    """An imprint whose 抄送 takes that many lines at least."""
    names = "，".join(f"第{number}工作部门" for number in range(1, 4 * lines))
    return Imprint(copies_to=f"抄送：{names}。", printer="测试区人民政府督查室", printed="2026年7月12日印发")


RIGHT: Mapping[str, Document] = {
    "a mark of 15 pt": report(letterhead(mark=(NAME[:26],), number=NUMBER)),
    "marks of a joint document under 20 pt": report(
        letterhead(mark=(NAME[:20], NAME[2:11]), number=NUMBER, signers=("甲某某", "乙某"))
    ),
    "a mark under 20 pt and an issue with its year": report(
        letterhead(BULLETIN, mark=(NAME[:24],), number="2026年第1期（总第88期）", publisher="督查室编")
    ),
    "four lines of 抄送": report(letterhead(number=NUMBER), copied(4)),
    "twelve lines of 抄送": report(letterhead(number=NUMBER), copied(12)),
    "five lines of 抄送 in a letter": report(letterhead(LETTER, number=NUMBER), copied(5)),
    "five signers": report(letterhead(number=NUMBER, signers=("甲某", "乙某", "丙某", "丁某", "欧阳某某"))),
    "two signers of which the second is shorter": report(letterhead(number=NUMBER, signers=("甲某某", "乙某"))),
    "signers right behind a long number": report(
        letterhead(number="某某政督查办发〔2026〕125号", signers=("甲某某", "乙某"))
    ),
    "a bulletin with neither number nor date": report(letterhead(BULLETIN, publisher="测试区人民政府督查室编")),
    "a bulletin with a number and a name alone": report(
        letterhead(BULLETIN, number="第5期", publisher="测试区人民政府督查室")
    ),
    "a signature of 19 characters": report(*signed(NAME[:19])),
    "a signature of 24 characters": report(*signed(NAME[:24])),
    "a signature of 25 characters": report(*signed(NAME[:25])),
    "a sealed signature of 22 characters": report(*signed(NAME[:22], sealed=True)),
    "wide signatures of a joint document": report(*signed(NAME[:25], NAME[:11], NAME[2:26])),
    "wide sealed signatures of a joint document": report(*signed(NAME[:25], NAME[:11], NAME[2:26], sealed=True)),
}


def told(tree: Document, sheet: StyleSheet) -> list[str]:
    """The findings in the PDF and in the Word file of a document."""
    checked = (
        check_pdf(write_pdf(tree, sheet, find_fonts({})).value, sheet),
        check_docx(write_docx(tree, sheet).value, sheet),
    )
    assert all(examiner.measures for examiner in checked), "nothing was measured"
    return [str(finding) for examiner in checked for finding in examiner.findings]


@pytest.mark.parametrize("case", RIGHT)
def test_every_element_is_known_with(case: str) -> None:
    assert told(RIGHT[case], styles()) == []


ON_PRINTED_PAPER: Mapping[str, Document] = {
    "a letter": report(letterhead(LETTER, number=NUMBER), imprint()),
    "a document": report(letterhead(number=NUMBER), imprint()),
    "a bulletin without a number": report(letterhead(BULLETIN, publisher="督查室", date="2026年7月10日"), imprint()),
}


@pytest.mark.parametrize("case", ON_PRINTED_PAPER)
def test_every_element_is_known_on_paper_that_has_its_mark_and_rules_already(case: str) -> None:
    assert told(ON_PRINTED_PAPER[case], preprinted(styles())) == []


@pytest.mark.parametrize("rule", ["", f'<div style="{RULE};top:12mm;left:0;width:156mm"></div>'])
def test_a_number_at_the_right_is_that_of_a_letter_only_if_nothing_is_red(rule: str) -> None:
    head = f'<div style="height:30mm"><p style="{FANG};top:0;right:0">测督函〔2026〕5号</p>{rule}</div>'
    assert ("letterhead.number-place" in found_in(head, "", {})) is bool(rule)


@pytest.mark.parametrize("form", [LetterheadForm.DOCUMENT, LETTER])
def test_all_lines_of_copies_are_one_paragraph_of_the_imprint(form: LetterheadForm) -> None:
    tree = report(letterhead(form, number=NUMBER), copied(4))
    reading = read(read_pages(write_pdf(tree, styles(), find_fonts({})).value), styles())
    parts = [element for element in reading.elements if element.role is TextRole.IMPRINT]
    assert parts[0].text == copied(4).copies_to
    assert all(not part.text.startswith("抄送") for part in parts[1:])


def test_a_wide_signature_on_the_next_page_does_not_go_on_with_the_list_of_annexes() -> None:
    entry = AnnexEntry(number=None, name=NAME[:22] + "5")
    tree = report(p(sentences(28)), AnnexList(entries=(entry,)), *signed(NAME[:22], sealed=True)[1:])
    reading = read(read_pages(write_pdf(tree, styles(), find_fonts({})).value), styles())
    assert [element.text for element in reading.elements if element.role is TextRole.ISSUER] == [NAME[:22]]
    assert told(tree, styles()) == []


def passage(text: str, where: str, tall: float = 16, *, red: bool = False) -> Passage:
    return Passage(
        text=text,
        centred=where == "mid",
        right=where == "right",
        indented=True,
        starts_page=False,
        tall_pt=tall,
        red=red,
    )


def test_a_red_line_below_the_title_is_no_mark() -> None:
    found = zones([passage("关于甲的报告", "mid", 22), passage("红色的一段正文", "in", red=True)])
    assert [zone.role for zone in found] == [TextRole.TITLE, TextRole.BODY]


def test_a_sentence_below_the_number_is_no_publisher() -> None:
    found = zones(
        [
            passage("某督〔2026〕5号", "mid"),
            passage("现将有关情况通报如下，请认真落实。", "in"),
            passage("上半年情况", "mid", 22),
        ]
    )
    assert found[1].role is TextRole.BODY
