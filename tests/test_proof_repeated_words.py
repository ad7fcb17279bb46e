"""Words that stand twice (词语重复): 产值产值, 预计…预计, 的的; what is made by doubling is left alone."""

from __future__ import annotations

import pytest

from reportgen.proof.families import repeated_words
from reportgen.proof.rules import Rule
from reportgen.styles import Level
from tests.manuscripts import but, listing, manuscript, row, said, standard_settings, text
from tests.official_prose import PROSE


def told(content: str) -> list[str]:
    """The words that are told of a paragraph."""
    return [quote for _, quote in said(repeated_words.examine(manuscript(text(content)), standard_settings()))]


@pytest.mark.parametrize(
    ("content", "quote"),
    [
        ("预计完成规上工业产值产值378亿元。", "产值产值"),
        ("破获电信网络诈骗案件案件689起。", "案件案件"),
        ("上半年完成完成投资12亿元。", "完成完成"),
        ("正在推进推进施工招标。", "推进推进"),
        ("区政府区政府常务会议审议通过。", "区政府区政府"),
        ("加快推进加快推进管网建设。", "加快推进加快推进"),
        ("全面建成社区食堂社区食堂12个。", "社区食堂社区食堂"),
        ("完成全部建设内容的的验收。", "的的"),
        ("已完成了了竣工验收。", "了了"),
        ("区商务委委牵头实施。", "委委"),
        ("报请区财政局局审核。", "局局"),
        ("增长12%%。", "%%"),
        ("完成投资3.2亿亿元。", "亿亿"),
        ("开展主题活动60场余场。", "场余场"),
    ],
)
def test_a_word_that_stands_twice_in_a_row_is_told(content: str, quote: str) -> None:
    assert told(content) == [quote]


@pytest.mark.parametrize(
    ("content", "quote"),
    [
        ("固定资产投资增长12%，预计进出口总额预计增长10%；其余指标待核。", "预计进出口总额预计"),
        ("同比工业增加值同比增长7%。", "同比工业增加值同比"),
        ("累计发放贷款累计4.5亿元。", "累计发放贷款累计"),
        ("目前该项目目前进展顺利。", "目前该项目目前"),
    ],
)
def test_a_word_that_stands_twice_in_a_clause_is_told(content: str, quote: str) -> None:
    assert told(content) == [quote]


@pytest.mark.parametrize(
    "content",
    [
        "预计增长5%，预计年底完成。",
        "预计投资3亿元预计年底到位。",
        "累计签约和累计开工项目数均居前列。",
        "同比增长5%、环比增长3%，同比增速加快。",
    ],
)
def test_over_a_mark_a_figure_or_an_and_it_is_said_of_two_things(content: str) -> None:
    assert told(content) == []


@pytest.mark.parametrize("content", PROSE)
def test_words_made_by_doubling_and_words_that_meet_are_left_alone(content: str) -> None:
    assert told(content) == []


def test_the_finding_says_which_word() -> None:
    (finding,) = repeated_words.examine(manuscript(text("规上工业产值产值378亿元。")), standard_settings())
    assert (finding.what, finding.fix) == ("「产值」重复了", "请删去多余的一个")
    assert finding.level is Level.WARNING


def test_an_office_adds_words_of_its_own() -> None:
    paper = manuscript(text("力争年内项目力争竣工。"))
    assert list(repeated_words.examine(paper, standard_settings())) == []
    assert said(repeated_words.examine(paper, but(Rule.WORD_TWICE, words=("力争",)))) == [
        ("wording.twice", "力争年内项目力争")
    ]


def test_a_sentence_that_the_office_lets_pass_is_not_told() -> None:
    paper = manuscript(text("工业产值产值378亿元。农业产值产值12亿元。"))
    found = repeated_words.examine(paper, but(Rule.WORD_TWICE, ignore=("农业",)))
    assert [each.marks[0].start for each in found] == [2]


def test_without_words_only_neighbours_are_told() -> None:
    paper = manuscript(text("预计出口预计增长，产值产值3亿元。"))
    assert said(repeated_words.examine(paper, but(Rule.WORD_TWICE, words=()))) == [("wording.twice", "产值产值")]


def test_cells_are_read_as_paragraphs_are_and_each_cell_once() -> None:
    category = text("狠抓招商招商招商")
    paper = manuscript(
        listing(
            row(text="推进", category=category, progress="工业产值产值3亿元"),
            row(text="推进", category=category, progress="已竣工"),
        )
    )
    assert said(repeated_words.examine(paper, standard_settings())) == [("wording.twice", "产值产值")]


@pytest.mark.parametrize(
    "content", ["预计" * 16_000, "的" * 32_000, "甲乙" * 16_000, "预计甲" * 10_000, "甲乙丙丁" * 8_000]
)
def test_nonsense_of_any_length_is_read_quickly(content: str) -> None:
    assert len(told(content)) <= 8
