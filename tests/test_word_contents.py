"""Returns in Word (Word 反馈): read as Word shows them; what is not read is told; no letter is lost."""

from __future__ import annotations

import time

import pytest
from pypdfium2 import PdfDocument

from reportgen.ledger.files.contents import Contents, Passage
from reportgen.ledger.files.word import read_word_contents
from reportgen.problems import InputError, Location, Problem, Severity
from tests.ledger_files import repacked
from tests.libreoffice import laid_out, needs_libreoffice
from tests.reliability.tally import Tally
from tests.test_template_loading import check_message
from tests.word_generated import Author, Fate, fates
from tests.word_returns import (
    BAD_RETURNS,
    GO_ON,
    HEAD,
    HIDDEN,
    KIT,
    MARK_GONE,
    NUMBERED,
    RESTART,
    ROW_GONE,
    SOUND,
    BadReturn,
    WordReturn,
    complex_field,
    gone,
    ins,
    moved,
    p,
    sdt,
    span,
    t,
    tbl,
    tc,
    tr,
    word_return,
)


def texts(contents: Contents) -> list[list[list[str]]]:
    return [[[cell.text for cell in row] for row in table.rows] for table in contents.tables]


def place(where: Location | None) -> str:
    assert where
    return " ".join(filter(None, (where.sheet, where.cell)))


def told(problems: tuple[Problem, ...]) -> list[tuple[str, str, str]]:
    return [(problem.code, place(problem.where), problem.what) for problem in problems]


@pytest.mark.row("I4")
@pytest.mark.parametrize("odd", KIT, ids=lambda odd: odd.name)
def test_an_odd_return_is_read_as_word_shows_it_and_the_rest_is_told(odd: WordReturn) -> None:
    outcome = read_word_contents(odd.make(), odd.name)
    assert texts(outcome.value) == odd.tables
    assert [passage.text for passage in outcome.value.passages] == list(odd.passages)
    found = told(outcome.problems)
    assert [(code, where) for code, where, _ in found] == [(code, where.strip()) for code, where, _ in odd.told]
    for (_, _, what), (_, _, says) in zip(found, odd.told, strict=True):
        assert says in what
    for problem in outcome.problems:
        assert problem.severity is Severity.WARNING
        assert problem.where
        assert problem.where.file == odd.name
        check_message(problem)


@pytest.mark.row("I10", "refused")
@pytest.mark.parametrize("bad", BAD_RETURNS, ids=lambda bad: bad.name)
def test_a_bad_return_is_refused_by_name_with_what_to_do(bad: BadReturn) -> None:
    blob = bad.make()
    begun = time.process_time()
    with pytest.raises(InputError) as fault:
        read_word_contents(blob, bad.name)
    assert time.process_time() - begun < 2
    (problem,) = fault.value.problems
    assert problem.code == bad.code
    assert bad.says in problem.what
    assert bad.fix in problem.fix
    assert problem.where
    assert problem.where.file == bad.name
    check_message(problem)


def test_many_warnings_of_one_kind_and_long_texts_are_cut_and_counted() -> None:
    rows = [tr("1", "甲", tc(p("已开工", t("不" * 200, HIDDEN)))) for _ in range(60)]
    problems = read_word_contents(word_return(tbl(HEAD, *rows)), "反馈.docx").problems
    assert [problem.code for problem in problems] == ["word.hidden-text"] * 40
    assert "…（共 200 字）" in problems[0].what
    assert problems[0].what.count("不") < 130
    assert [place(problem.where) for problem in problems][38:] == ["表格1 第40行第3列", "表格1 第41行第3列"]
    assert "后面还有 20 处" in problems[-1].what
    for problem in problems:
        check_message(problem)


def test_places_are_those_that_a_reader_counts() -> None:
    """Empty paragraphs, gone rows and gone tables are not counted; empty rows are, though they are dropped."""
    body = p("") + p("反馈表") + tbl(tr("旧", trpr=ROW_GONE)) + p("") + p("单位：区教委")
    body += tbl(HEAD, tr("1", "旧", "旧", trpr=ROW_GONE), tr("", "", ""), tr(tc("1", tcpr=RESTART), "甲", "已开工"))
    contents = read_word_contents(word_return(body), "反馈.docx").value
    assert [str(passage.where) for passage in contents.passages] == ["反馈.docx第1段", "反馈.docx第2段"]
    (table,) = contents.tables
    assert (table.name, str(table.where)) == ("表格1", "反馈.docx「表格1」")
    assert [row[1].where.cell for row in table.rows] == ["第1行第2列", "第3行第2列"]
    assert str(table.rows[1][2].where) == "反馈.docx「表格1」第3行第3列"


def test_a_merged_cell_says_where_its_text_was_typed() -> None:
    rows = (HEAD, tr(tc("1", tcpr=RESTART), tc("甲", tcpr=span(2))), tr(tc(tcpr=GO_ON), "乙", "已验收"))
    (table,) = read_word_contents(word_return(tbl(*rows)), "反馈.docx").value.tables
    merged = [[cell.merged.cell if cell.merged else None for cell in row] for row in table.rows]
    assert merged == [[None] * 3, ["第2行第1列", "第2行第2列", "第2行第2列"], ["第2行第1列", None, None]]
    assert [[cell.has_own_value() for cell in row] for row in table.rows[1:]] == [
        [True, True, False],
        [False, True, True],
    ]


@pytest.mark.parametrize("name", ["反馈.docm", "反馈.doc", "反馈"])
def test_a_word_file_is_read_whatever_its_name_and_its_macros_are_nothing(name: str) -> None:
    blob = repacked(SOUND, parts=[("word/vbaProject.bin", b"\0" * 100)])
    outcome = read_word_contents(blob, name)
    assert texts(outcome.value) == [[["序号", "工作任务", "进展情况"], ["1", "建公园", "已开工"]]]
    assert outcome.problems == ()


# ---- the sum of the letters


def read_and_told(blob: bytes) -> tuple[str, str]:
    """All that a file's contents say, merged cells once, and all that its warnings say."""
    outcome = read_word_contents(blob, "反馈.docx")
    read = []
    for block in outcome.value.blocks:
        if isinstance(block, Passage):
            read.append(block.text)
        else:
            read += [cell.text for row in block.rows for cell in row if cell.merged in (None, cell.where)]
    return "\n".join(read), "\n".join(problem.what for problem in outcome.problems)


@pytest.mark.row("I4")
@pytest.mark.parametrize("odd", KIT, ids=lambda odd: odd.name)
def test_no_letter_of_an_odd_return_is_lost(odd: WordReturn) -> None:
    blob = odd.make()
    read, told = read_and_told(blob)
    lost = [letter for letter, fate in fates(blob).items() if fate not in (Fate.GONE, Fate.NOT_READ)]
    assert [letter for letter in lost if letter not in read + told] == []


@pytest.mark.row("I4")
@pytest.mark.parametrize("begin", range(0, 500, 50))
def test_no_letter_of_a_generated_file_is_lost(begin: int, tally: Tally) -> None:
    cuts = 0
    for seed in range(begin, begin + 50):
        blob = Author(seed).file()
        read, told = read_and_told(blob)
        becomes = fates(blob)
        order = {letter for letter, fate in becomes.items() if fate is Fate.READ}
        assert [letter for letter in read if letter in order] == list(filter(order.__contains__, becomes)), seed
        # A long text is told by its first words and its length.
        cut = "（共 " in told
        for letter, fate in becomes.items():
            if fate is Fate.READ_OR_TOLD:
                assert letter in read + told, (seed, letter)
            elif fate is not Fate.READ:
                assert letter not in read, (seed, letter)
            if fate is Fate.TOLD:
                assert letter in told or cut, (seed, letter)
            if fate is Fate.GONE:
                assert letter not in told, (seed, letter)
        cuts += cut
        tally.survived()
    assert cuts < 5


# ---- a second reader


@needs_libreoffice
def test_what_is_read_is_what_libreoffice_shows() -> None:
    """Numbers in empty cells, tracked changes, merged cells, controls, fields and links, laid out without markup."""
    body = p("反馈表") + tbl(
        HEAD,
        tr(tc(p(ppr=NUMBERED)), "甲", tc(p("已", ins(t("开工")), gone("停工")))),
        sdt(tr(tc(p(ppr=NUMBERED)), "乙", tc(p("前", ppr=MARK_GONE) + p(gone("删"), "后")))),
        tr(tc(p(ppr=NUMBERED), tcpr=RESTART), "丙", tc(p(complex_field("MERGEFIELD A", t("域")), sdt(t("控件"))))),
        tr(tc(tcpr=GO_ON), "丁", tc(p(f'<w:hyperlink r:id="x">{t("链接")}</w:hyperlink>', moved("移走", "moveFrom")))),
        tr(tc(p(ppr=NUMBERED)), tc(p("横", moved("移来", "moveTo"), t("藏", HIDDEN)), tcpr=span(2))),
        grid=(900, 3500, 4500),
    )
    body += (
        p("列", ppr=NUMBERED) + p("旧", ppr=NUMBERED + MARK_GONE).replace(t("旧"), gone("旧")) + p("尾", ppr=NUMBERED)
    )
    blob = word_return(body, {"settings": '<w:revisionView w:markup="0"/>'})
    with PdfDocument(laid_out(blob)) as pdf:
        shown = pdf[0].get_textpage().get_text_range()
    read, _ = read_and_told(blob)
    assert "".join(read.split()) == "".join(shown.split())
    assert texts(read_word_contents(blob, "反馈.docx").value)[0][3:] == [
        ["3", "丙", "域控件"],
        ["3", "丁", "链接"],
        ["4", "横移来", "横移来"],
    ]


@pytest.mark.parametrize(
    ("space", "shown"),
    [("urn:unknown", "后备"), ("http://schemas.microsoft.com/office/word/2010/wordml", "选择")],
)
def test_of_two_writings_the_one_that_word_knows_is_read(space: str, shown: str) -> None:
    both = (
        f'<mc:AlternateContent xmlns:z="{space}">'
        f'<mc:Choice Requires="z">{t("选择")}</mc:Choice><mc:Fallback>{t("后备")}</mc:Fallback></mc:AlternateContent>'
    )
    outcome = read_word_contents(word_return(tbl(tr(tc(f"<w:p>{both}</w:p>")))), "a.docx")
    assert texts(outcome.value) == [[[shown]]]
