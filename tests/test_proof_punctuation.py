"""Marks (标点): brackets and quotes in pairs, none inside its like, no half-width ones in Chinese, none doubled."""

from __future__ import annotations

import pytest

from reportgen.proof.families import punctuation
from reportgen.proof.manuscript import Role, Text
from reportgen.proof.rules import Rule
from reportgen.styles import Level
from tests.manuscripts import but, listing, manuscript, row, said, standard_settings, text
from tests.official_prose import PROSE


def told(*contents: str) -> list[tuple[str, str]]:
    """What is told of these paragraphs."""
    return said(punctuation.examine(manuscript(*map(text, contents)), standard_settings()))


@pytest.mark.parametrize(
    ("content", "quote"),
    [
        ("建成泵站（含配电房两座，七月投用。", "（含配电房两座"),
        ("建成泵站两座）七月投用。", "建成泵站两座）"),
        ("印发《城市更新实施方案，并组织培训。", "《城市更新实施"),
        ("印发城市更新实施方案》，并组织培训。", "更新实施方案》"),
        ("打造“1+3体系，完善制度。", "“1+3体系，"),
        ("打造1+3”体系，完善制度。", "打造1+3”"),
        ("推行“一窗通办”和“跨省通办改革。", "“跨省通办改革"),
        ("构建“3+3+X“产业体系。", "“3+3+X“"),
        ("构建”3+3+X”产业体系。", "”3+3+X”"),
        ("青府办〔2026］12号和青府发〔2026号文件已印发。", "〔2026号文"),
        ("开展“讲‘两山理论”活动。", "‘两山理论”活"),
    ],
)
def test_a_bracket_or_quote_without_its_partner_is_told(content: str, quote: str) -> None:
    assert told(content) == [("mark.unpaired", quote)]


def test_marks_that_cross_are_told_at_both() -> None:
    assert told("印发《关于工作（试行》的通知）。") == [
        ("mark.unpaired", "（试行》的通知"),
        ("mark.unpaired", "试行》的通知）"),
    ]


def test_a_wrong_direction_is_said_to_be_one() -> None:
    finding = next(iter(punctuation.examine(manuscript(text("构建“3+3+X“体系。")), standard_settings())))
    assert finding.what == "双引号前后不成对：这里的「“」应是「”」"
    assert finding.level is Level.ERROR


def test_a_quotation_may_go_on_over_paragraphs() -> None:
    assert told("会议强调：“要压实责任。", "“要严格标准。", "“要确保实效。”会议要求抓好落实。") == []
    assert told("（一季度通过", "二季度修订", "三季度再次修订）") == []


def test_a_cell_closes_what_it_opens() -> None:
    paper = manuscript(listing(row(text="建成（含附属", progress="已完成）验收")))
    assert [quote for _, quote in said(punctuation.examine(paper, standard_settings()))] == ["（含附属", "已完成）"]


@pytest.mark.parametrize(
    ("content", "quote"),
    [
        ("组织培训（含临聘人员（网格员）三十人）两期。", "（含临聘人员（网格员）三十人）"),
        ("印发《关于转发《节水办法》的通知》。", "《关于转发《节水办法》的通知》"),
    ],
)
def test_brackets_inside_their_like_are_told(content: str, quote: str) -> None:
    assert told(content.replace("网格员", "网格员队伍")) == [("mark.nested", quote.replace("网格员", "网格员队伍"))]


@pytest.mark.parametrize(
    "content",
    [
        "拆除违建。（责任单位：区城管局（区整违办））",
        "依据办法（第三条第（四）款）办理。",
        "三方（含某某集团（中国）公司）参与。",
        "涉河建筑（拦、跨（穿）河）全部建档。",
        "修订《关于修改〈实施《节水法》办法〉的决定》。",
        "附件名称须注明格式（如“（盖章件）”）再报送。",
    ],
)
def test_brackets_of_numbers_names_and_units_may_stand_in_brackets(content: str) -> None:
    assert told(content) == []


def test_an_office_may_have_its_unit_brackets_told() -> None:
    paper = manuscript(text("拆除违建。（责任单位：区城管局（区整违办））"))
    found = punctuation.examine(paper, but(Rule.MARK_NESTED, ignore=()))
    assert said(found) == [("mark.nested", "（责任单位：区城管局（区整违办））")]


@pytest.mark.parametrize(
    ("content", "quotes"),
    [
        ("已完成选址,正在办理用地。", [","]),
        ("完成12%,同比增长。", [","]),
        ("沙滨路:已完成绿化。", [":"]),
        ("完成选址;办理用地。", [";"]),
        ("怎么干?大家干!", ["?", "!"]),
        ("已完成验收.下一步移交.", [".", "."]),
        ("增长12%.1—6月到位资金.", [".", "."]),
        ("井双路(一期)已完工。", ["(一期)"]),
        ("推进BOT(建设—运营—移交)模式。", ["(建设—运营—移交)"]),
        ('开展"马路办公"活动。', ['"马路办公"']),
        ("混用（一期)和(二期）。", []),
    ],
)
def test_half_width_marks_in_chinese_are_told_together(content: str, quotes: list[str]) -> None:
    found = [
        each
        for each in punctuation.examine(manuscript(text(content)), standard_settings())
        if each.rule is Rule.MARK_HALF_WIDTH
    ]
    assert [mark.quote for each in found for mark in each.marks] == quotes
    assert len(found) == (1 if quotes else 0)


def test_a_half_width_finding_names_the_marks_to_write() -> None:
    (finding,) = punctuation.examine(manuscript(text("完成选址,办理用地;启动(二期)招标")), standard_settings())
    assert finding.what == "中文里用了半角标点「,」「;」「(」「)」"
    assert finding.fix == "请改用全角的「，」「；」「（」「）」"


@pytest.mark.parametrize(
    ("content", "quote"),
    [
        ("已完成。。下一步验收。", "。。"),
        ("已完成，，正在验收。", "，，"),
        ("已完成，，3月验收。", "，，"),
        ("甲、、乙两处完工。", "、、"),
        ("完成选址；。", "；。"),
        ("完成选址，。", "，。"),
        ("已完成！。", "！。"),
        ("提出“全部完工。”。", "。”。"),
        ("完成选址，;办理用地。", "，;"),
    ],
)
def test_marks_that_follow_each_other_are_told(content: str, quote: str) -> None:
    assert ("mark.doubled", quote) in told(content)


def test_dashes_and_dots_stand_in_pairs() -> None:
    assert told("三个一——一抓到底……成效初显。", "干什么？！马上干！！") == []


@pytest.mark.parametrize("content", PROSE)
def test_prose_without_slips_is_left_alone(content: str) -> None:
    assert told(content) == []


def test_a_text_that_stands_elsewhere_is_told_there() -> None:
    bad = "建成（含附属,已完成。。验收"
    assert len(told(bad)) == 3
    assert list(punctuation.examine(manuscript(text(bad, elsewhere=True)), standard_settings())) == []


def test_many_marks_in_one_text_are_one_finding() -> None:
    (finding,) = punctuation.examine(manuscript(text("完工。。" * 30)), standard_settings())
    assert finding.what == "标点连用：「。。」；这一段里同样的问题共30处"
    assert len(finding.marks) == 20


@pytest.mark.parametrize(
    "content", ["（" * 30_000, "“（" * 15_000, "(甲" * 10_000, "a." * 16_000, "》" * 30_000, "\ud800（"]
)
def test_nonsense_of_any_length_is_read_quickly(content: str) -> None:
    cell = Text(content=content, spot=text("").spot, role=Role.CELL)
    assert len(list(punctuation.examine(manuscript(cell), standard_settings()))) < 10
