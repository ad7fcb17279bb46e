"""Ledger, tree, Word file and PDF as manuscripts (各种来源的文稿): the same texts, at their places, none lost."""

from __future__ import annotations

import pytest

from reportgen.generate import Request, read_inputs
from reportgen.issued.kinds import Kind
from reportgen.ledger.files.word import read_word_contents
from reportgen.ledger.reading import Wants, read_ledger
from reportgen.ledger.words import plain_key
from reportgen.proof.manuscript import Manuscript, Role
from reportgen.proof.manuscripts.from_contents import from_contents
from reportgen.proof.manuscripts.from_document import from_document
from reportgen.proof.manuscripts.from_ledger import from_ledger
from reportgen.proof.manuscripts.pdf_contents import read_pdf_contents
from reportgen.template.compose import compose
from tests.builders import styles
from tests.issued_by_hand import C, Cell, word_file
from tests.libreoffice import laid_out, needs_libreoffice
from tests.projects import ROOT, SAMPLE
from tests.samples import made

LEDGER = ROOT / "samples" / "qingping-2026h1" / "台账.xlsx"


def of_word(blob: bytes) -> Manuscript:
    return from_contents(read_word_contents(blob, "报告.docx").value)


def of_pdf(blob: bytes) -> Manuscript:
    contents, places = read_pdf_contents(blob, "报告.pdf", styles())
    return from_contents(contents, places=places)


def said(manuscript: Manuscript) -> list[tuple[str, str, str, str]]:
    """Every text with what it is; white space and the form of characters do not count."""
    return [(text.role.value, text.spot.words, plain_key(text.content), text.field) for text in manuscript.every_text()]


# ---- ledgers


def test_each_cell_of_a_ledger_is_a_text_with_its_place() -> None:
    manuscript = from_ledger(read_ledger(LEDGER.read_bytes(), "台账.xlsx", Wants()).value)
    goals, tasks = manuscript.listings
    assert (goals.kind, len(goals.rows), tasks.kind, len(tasks.rows)) == (Kind.GOALS, 10, Kind.TASKS, 131)
    row = tasks.rows[2]
    assert row.texts["progress"].spot.words == "「重点任务」F4「进展情况」"
    assert str(row.texts["progress"].spot.where) == "台账.xlsx「重点任务」F4"
    assert (row.judgement, row.lead_units) == ("正常推进", ("青屏高新区管委会", "青屏产投集团"))
    assert row.texts["lead_units"].content == "青屏高新区管委会\n青屏产投集团"


def test_a_category_that_holds_for_several_rows_is_one_text() -> None:
    tasks = from_ledger(read_ledger(LEDGER.read_bytes(), "台账.xlsx", Wants()).value).listings[1]
    assert tasks.rows[0].texts["category"] is tasks.rows[1].texts["category"]
    assert sum(text.field == "category" for text in Manuscript(file="", listings=(tasks,)).every_text()) < 131


CSV = "工作任务,责任单位,进展情况\n修路,区交通局,已开工\n架桥,区交通局,\n"
YAML = """重点任务:
- {工作任务: 修路, 责任单位: 区交通局}
- {工作任务: 架桥, 责任单位: 区交通局, 进展情况: ''}
"""


@pytest.mark.parametrize(
    ("name", "blob", "place"),
    [
        ("重点任务.csv", CSV, "「重点任务」第3行「进展情况」"),
        ("台账.yaml", YAML, "「重点任务」第2项「进展情况」（第3行）"),
    ],
)
def test_rows_are_counted_as_their_file_counts_them(name: str, blob: str, place: str) -> None:
    ledger = read_ledger(blob.encode(), name, Wants()).value
    text = from_ledger(ledger).listings[0].rows[1].texts["progress"]
    assert (text.content, text.spot.words) == ("", place)


# ---- the tree, its Word file, its PDF


def test_the_tree_and_its_word_file_are_the_same_manuscript() -> None:
    inputs = read_inputs(Request(SAMPLE), [])
    tree = from_document(compose(inputs.prepared, inputs.ledger).value, "报告.docx")
    word = of_word(made()[".docx"])
    assert said(tree) == said(word)
    assert [text.content for text in tree.every_text()] == [text.content for text in word.every_text()]
    assert (tree.period and tree.period.last) == (word.period and word.period.last)


def test_what_the_tree_shows_of_the_ledger_stands_elsewhere_and_the_rest_does_not() -> None:
    inputs = read_inputs(Request(SAMPLE), [])
    places = {text.spot.where for text in from_ledger(inputs.ledger).every_text() if text.spot.where}
    tree = from_document(compose(inputs.prepared, inputs.ledger).value, "报告", elsewhere=places)
    cells = [text for listing in tree.listings for row in listing.rows for text in row.texts.values()]
    assert all(text.stands_elsewhere for text in cells)
    assert not any(text.stands_elsewhere for text in tree.texts)
    title = next(text for text in tree.texts if text.role is Role.TITLE)
    assert str(title.spot.where).startswith("templates/half-year-report.yaml:")


def test_our_pdf_gives_the_texts_of_the_word_file_and_their_pages() -> None:
    pdf = of_pdf(made()[".pdf"])
    assert said(pdf) == said(of_word(made()[".docx"]))
    pages = [text.spot.page for text in pdf.every_text()]
    assert None not in pages
    assert pages[0] == 1
    assert max(page or 0 for page in pages) > 20


@needs_libreoffice
def test_the_pdf_that_an_office_program_makes_gives_the_same_texts() -> None:
    assert said(of_pdf(laid_out(made()[".docx"]))) == said(of_word(made()[".docx"]))


TALL = "一是推进土地征收，已签协议12户，拆除房屋3400平方米，余下的正在逐户商谈，争取年内全部签完。" * 24


@needs_libreoffice
def test_rows_that_a_page_end_parts_are_one_again() -> None:
    head: list[Cell] = ["序号", "工作任务", "责任单位", "进展情况"]
    rows: list[list[Cell]] = [[str(n), f"建设第{n}小学", "区教委\n区财政局", f"第{n}项：{TALL}"] for n in range(1, 6)]
    blob = word_file("附件1", "重点任务推进情况表", [head, *rows])
    assert said(of_pdf(laid_out(blob))) == said(of_word(blob))


# ---- a Word file by hand


REPORT = (
    "某区人民政府督查室",
    "关于2026年上半年重点任务推进情况的报告",
    "区政府：",
    "现将有关情况报告如下。",
    "一、总体情况",
    "2项任务正常推进（详见附件2）。",
    "1.建成学校。进展顺利。",
    "附件：1.重点任务推进情况表",
    "2.有关说明",
    "某区人民政府督查室",
    "2026年7月10日",
    "（联系人：某某）",
    "附件1",
    "重点任务推进情况表",
)
HEAD = ["序号", "工作任务", "责任单位", "进展情况"]
TASKS = [HEAD, ["1", "建成学校", "区教委", "已封顶"], ["2", "修路", "区交通局", "已通车"]]


def test_the_paragraphs_of_a_report_have_their_roles_by_their_wording() -> None:
    manuscript = of_word(word_file(*REPORT, TASKS, "附件2", "有关说明", "一、统计口径", "数字均为上半年数。"))
    roles = [(text.role, text.content) for text in manuscript.texts if text.role is not Role.CELL]
    assert [role for role, _ in roles] == [
        *(Role.TITLE, Role.TITLE, Role.ADDRESSEE, Role.PARAGRAPH, Role.HEADING, Role.PARAGRAPH, Role.PARAGRAPH),
        *(Role.ANNEX_LIST, Role.ANNEX_LIST, Role.OTHER, Role.OTHER, Role.OTHER),
        *(Role.ANNEX_TITLE, Role.ANNEX_TITLE, Role.ANNEX_TITLE, Role.ANNEX_TITLE, Role.HEADING, Role.PARAGRAPH),
    ]
    assert [text.spot.words for text in manuscript.texts][3:7] == [f"正文第{n}段" for n in range(1, 5)]
    assert manuscript.texts[-1].spot.words == "附件2第2段"
    listing = manuscript.listings[0]
    assert (listing.name, listing.annex, listing.title and listing.title.content) == ("附件1", 1, REPORT[-1])
    assert manuscript.period is not None
    assert (manuscript.period.words, str(manuscript.period.last)) == ("上半年", "2026-06-30")


def test_what_stands_above_the_documents_number_is_no_title() -> None:
    head = ("特急", "某区人民政府文件", "某府〔2026〕5号", "关于重点任务的报告", "区政府：", "报告如下。")
    manuscript = of_word(word_file(*head))
    assert [text.role for text in manuscript.texts] == [
        *(Role.OTHER, Role.OTHER, Role.OTHER, Role.TITLE, Role.ADDRESSEE, Role.PARAGRAPH)
    ]


def test_a_continued_table_is_one_list_and_its_head_comes_once() -> None:
    more = [HEAD, ["3", "架桥", "区交通局", "已合龙"]]
    manuscript = of_word(word_file(*REPORT, TASKS, more))
    assert [len(listing.rows) for listing in manuscript.listings] == [3]
    assert [text.content for text in manuscript.texts if text.role is Role.CELL] == HEAD
    assert manuscript.listings[0].rows[2].texts["progress"].spot.words == "附件1第3行「进展情况」"


def test_a_number_that_is_not_the_row_is_told_with_the_row() -> None:
    rows = [HEAD, ["1", "建成学校", "区教委", "已封顶"], ["3", "修路", "区交通局", "已通车"]]
    row = of_word(word_file(*REPORT, rows)).listings[0].rows[1]
    assert row.texts["progress"].spot.words == "附件1第2行（序号3）「进展情况」"


def test_nothing_that_is_seen_is_lost() -> None:
    rows: list[list[Cell]] = [
        [*HEAD, "备注"],
        [C("一、教育", span=5)],
        ["1", "建成学校", "区教委", "已封顶", "市级项目"],
        ["", "", "", "另：操场已完工", ""],
        ["2", "修路", "区交通局", "已通车", ""],
        ["", "合计2项", "", "", ""],
        [C("二、卫生", span=5)],
        ["注：截至6月底", "", "", "", ""],
        ["9", "", "", "", ""],
    ]
    other: list[list[Cell]] = [["项目", "金额"], ["甲", "12"], ["乙", "30"]]
    blob = word_file(*REPORT, rows, "另附：", other, [["只有一格"]])
    manuscript = of_word(blob)
    seen = "\n".join(text.content for text in manuscript.every_text())
    shown = [cell if isinstance(cell, str) else cell.text for table in [rows, other] for row in table for cell in row]
    assert [text for text in (*REPORT, *shown, "另附：", "只有一格") if text not in seen] == []
    assert [listing.kind for listing in manuscript.listings] == [Kind.TASKS, None, None]
    assert manuscript.listings[1].rows[0].content("金额") == "12"


@pytest.mark.parametrize(
    ("title", "text", "last"),
    [
        ("关于2025年1—9月重点任务的报告", "报告如下。", "2025-09-30"),
        ("关于重点任务的报告", "现将2026年一季度情况报告如下。", "2026-03-31"),
        ("上半年情况", "2024年的投资增长5%，2024年的出口增长3%，2023年的未计。", "2024-06-30"),
        ("关于重点任务的报告", "报告如下。", None),
        ("关于２０２６年３－６月重点任务的报告", "报告如下。", "2026-06-30"),
        # The year of the tasks, a look back, an aim: none is what is reported.
        ("2026年度重点任务上半年推进情况", "报告如下。", "2026-06-30"),
        ("关于2025年度考核和2026年一季度推进情况的通报", "报告如下。", "2026-03-31"),
        ("2026年工作要点落实情况", "全区聚焦完成年度任务，增速较一季度加快。", None),
        ("2025年全年工作情况", "报告如下。", "2025-12-31"),
    ],
)
def test_the_reporting_period_is_found_in_title_or_first_words(title: str, text: str, last: str | None) -> None:
    period = of_word(word_file(title, "区政府：", text)).period
    assert (str(period.last) if period else None) == last


def test_texts_without_any_sense_are_read() -> None:
    odd = ("附件", "：", "附件十二", "\u200b", "甲" * 10_000, "一、", "（", "2026年7月10日", "附件：")
    manuscript = of_word(word_file(*odd, [["", ""], ["1", ""]]))
    assert any(len(text.content) == 10_000 for text in manuscript.texts)
