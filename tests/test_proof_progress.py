"""Progress that says nothing (进展空话), and what was to be filled in (占位符)."""

from __future__ import annotations

import pytest

from reportgen.issued.kinds import Kind
from reportgen.proof.families import progress
from reportgen.proof.families.progress import says_nothing
from reportgen.proof.rules import Rule
from reportgen.styles import Level
from tests.manuscripts import but, listing, manuscript, row, said, standard_settings, text
from tests.official_prose import PROSE

WORDS = standard_settings().words(Rule.PROGRESS_MEANINGLESS)


def test_an_empty_progress_is_told_with_its_task() -> None:
    paper = manuscript(listing(row(text="引进基金3支", progress=" \n　"), row(text="建成泵站", progress="已竣工")))
    (finding,) = progress.examine(paper, standard_settings())
    assert (finding.rule, finding.level, finding.what) == (Rule.PROGRESS_EMPTY, Level.ERROR, "进展是空的")
    assert [mark.text.field for mark in finding.marks] == ["progress", "text"]
    assert finding.marks[1].quote == "引进基金3支"


def test_two_empty_rows_are_two_findings_with_two_numbers() -> None:
    rows = [row(text=f"建成泵站{name}", progress="") for name in "甲乙"]
    found = list(progress.examine(manuscript(listing(*rows, row(text="丙", progress="竣工"))), standard_settings()))
    assert len({each.key for each in found}) == 2


def test_a_row_without_a_cell_for_its_progress_is_told_at_its_task() -> None:
    paper = manuscript(listing(row(text="建成泵站"), row(text="建成水厂", progress="已竣工")))
    (finding,) = progress.examine(paper, standard_settings())
    assert [mark.quote for mark in finding.marks] == ["建成泵站"]


def test_a_list_that_nobody_filled_in_yet_is_one_finding() -> None:
    paper = manuscript(listing(*(row(text=f"任务{n}", progress="") for n in range(30))))
    (finding,) = progress.examine(paper, standard_settings())
    assert (finding.what, len(finding.marks)) == ("30项都没有填写进展", 30)


def test_a_list_without_such_a_column_and_another_table_have_no_progress() -> None:
    paper = manuscript(listing(row(text="建成泵站")), listing(row(text="建成水厂", progress=""), kind=None))
    assert list(progress.examine(paper, standard_settings())) == []


@pytest.mark.parametrize(
    "content",
    [
        "近期无进展。",
        "正在推进",
        "正在有序推进中。",
        "按计划推进",
        "1—6月，该项目正在按计划有序推进中。",
        "截至6月30日，各项工作正常推进。",
        "①正在推进。②持续推进。",
        "无",
        "暂无。",
        "/",
        "——",
        "同上",
        "见上",
        "略",
        "（无）",
        "N/A",
        "目前各项任务按计划有序推进，进展顺利。",
        "详见附件",
        "２０２６年上半年，工作稳步推进，进展顺利！",
    ],
)
def test_words_that_say_nothing_are_told(content: str) -> None:
    paper = manuscript(listing(row(text="建成泵站", progress=content), row(text="建成水厂", progress="已竣工投用")))
    (finding,) = progress.examine(paper, standard_settings())
    assert finding.rule is Rule.PROGRESS_MEANINGLESS
    assert finding.marks[0].quote == content


@pytest.mark.parametrize(
    "content",
    [
        *PROSE,
        "已完成。",
        "已竣工。",
        "已改建28公里。",
        "预计能够完成年度目标任务。",
        "未开工。",
        "因资金未落实，暂缓。",
        "正在开展装修工作。",
        "正在办理施工许可。",
        "无新增违法建设。",
        "12家",
    ],
)
def test_progress_that_says_something_is_left_alone(content: str) -> None:
    paper = manuscript(listing(row(text="建成泵站", progress=content), row(text="建成水厂", progress="已竣工投用")))
    assert said(progress.examine(paper, standard_settings())) == []


def test_an_office_says_which_words_say_nothing() -> None:
    assert not says_nothing("已完成。", WORDS)
    assert says_nothing("已完成。", (*WORDS, "完成"))
    paper = manuscript(listing(row(text="建成泵站", progress="已完成。")))
    found = progress.examine(paper, but(Rule.PROGRESS_MEANINGLESS, words=("已完成",)))
    assert said(found) == [("progress.meaningless", "已完成。")]


def test_nothing_at_all_is_empty_and_not_meaningless() -> None:
    assert not says_nothing("", WORDS)
    assert not says_nothing("  ", WORDS)


@pytest.mark.parametrize(
    ("content", "quote"),
    [
        ("引进XX公司落户。", "XX"),
        ("投资××亿元。", "××"),
        ("计划X月开工。", "X"),
        ("由____牵头。", "____"),
        ("增长#REF!。", "#REF!"),
        ("增长#DIV/0!。", "#DIV/0!"),
        ("【】", "【】"),
        ("责任人（　）。", "（　）"),
        ("印发《》。", "《》"),
        ("投资（待补充）亿元。", "待补充"),
        ("待填写", "待填写"),
        ("TODO：补数据。", "TODO"),
        ("{{ issuer }}印发。", "{{ issuer }}"),
        ("○○街道", "○○"),
    ],
)
def test_what_was_to_be_filled_in_is_told_wherever_it_stands(content: str, quote: str) -> None:
    assert said(progress.examine(manuscript(text(content)), standard_settings())) == [("wording.placeholder", quote)]


@pytest.mark.parametrize(
    "content",
    [
        "材料待补充完善后报送。",
        "电话139××××1234。",
        "二○○八年建成，二〇〇九年投用。",
        "机组2×35万千瓦，3×4矩阵。",
        "采用XXL码、MAX系列、5X设备。",
        "甲【乙】丙（丁）《戊》。",
        "预计X光机到货。",
    ],
)
def test_what_only_looks_like_it_is_left_alone(content: str) -> None:
    assert said(progress.examine(manuscript(text(content)), standard_settings())) == []


def test_an_issued_list_of_goals_is_read_as_well() -> None:
    paper = manuscript(listing(row(text="增长5%", progress="正在推进"), kind=Kind.GOALS, annex=1))
    assert said(progress.examine(paper, standard_settings())) == [("progress.meaningless", "正在推进")]


def test_rows_that_stand_elsewhere_are_told_there() -> None:
    paper = manuscript(
        listing(row(text="建成泵站", progress="", elsewhere=True), row(text="乙", progress="XX", elsewhere=True))
    )
    assert list(progress.examine(paper, standard_settings())) == []


@pytest.mark.parametrize(
    "content", ["正在推进" * 8_000, "X月" * 16_000, "【" * 32_000, "{{" * 16_000, "_" * 32_000, "\ud800"]
)
def test_nonsense_of_any_length_is_read_quickly(content: str) -> None:
    paper = manuscript(listing(row(text=content, progress=content)))
    assert len(list(progress.examine(paper, standard_settings()))) <= 4
