"""Stated numbers of goals and tasks: against the rows, against each other, and against the list behind them."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from reportgen.issued.kinds import Kind
from reportgen.proof.families.counts import examine
from reportgen.proof.manuscript import Manuscript
from reportgen.proof.rules import Rule
from reportgen.styles import Level
from tests.manuscripts import (
    annex_list,
    body,
    but,
    heading,
    listing,
    manuscript,
    row,
    rows,
    said,
    standard_settings,
    title,
)
from tests.manuscripts import text as words
from tests.projects import REFERENCE
from tests.reference_documents import first_manuscript

needs_references = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference documents lie outside the project and are not on this machine"
)


def told(paper: Manuscript) -> list[tuple[str, str]]:
    return said(examine(paper, standard_settings()))


def whats(paper: Manuscript) -> list[str]:
    return [finding.what for finding in examine(paper, standard_settings())]


GOALS = [
    row(given_no=str(number), text=f"{name}增长5%", progress=f"{name}增长6%")
    for number, name in enumerate(("生产总值", "工业投资", "社会零售", "税收"), 1)
]
MET = "①2项指标符合预期，分别是：生产总值增长6%，工业投资增长6%；②2项指标不达预期，分别是：社会零售增长6%，税收增长6%。"


def report(
    *,
    goals: str = "一、4项预期目标情况",
    verdicts: str = MET,
    tasks: str = "二、8项重点工作任务进展情况",
    normal: str = "8项重点工作任务中，6项任务正常推进，2项任务推进较为滞后。推进较为滞后的2项任务分别是：",
    items: str = "1.修路3公里，未开工。\n2.种树5棵，未开工。",
    lagging: int = 2,
    lagging_title: str = "推进较为滞后的2项重点工作任务进展情况表",
) -> Manuscript:
    return manuscript(
        title("关于重点任务推进情况的报告"),
        body(f"{goals}\n{verdicts}\n{tasks}\n{normal}\n{items}"),
        annex_list("附件：1.预期目标表", "2.推进较为滞后的2项重点工作任务进展情况表", "3.正常推进的6项任务表"),
        listing(GOALS, kind=Kind.GOALS, annex=1, title="预期目标表"),
        listing(rows(lagging), kind=Kind.LAGGING, annex=2, title=lagging_title),
        listing(rows(6), kind=Kind.NORMAL, annex=3, title="正常推进的6项任务表"),
    )


def test_a_report_whose_numbers_are_right_has_no_finding():
    assert told(report()) == []


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"goals": "一、5项预期目标情况"}, ("count.rows", "5项")),
        ({"goals": "一、五项预期目标情况"}, ("count.rows", "五项")),
        ({"tasks": "二、9项重点工作任务进展情况"}, ("count.rows", "9项")),
        ({"lagging_title": "推进较为滞后的3项重点工作任务进展情况表"}, ("count.rows", "3项")),
        ({"verdicts": MET.replace("①2项", "①3项")}, ("count.parts", "4项")),
        ({"verdicts": MET.replace("，工业投资增长6%", "")}, ("count.parts", "2项")),
        ({"verdicts": MET.replace("税收增长6%", "税收增长6%，生产总值增长6%")}, ("count.parts", "2项")),
        ({"items": "1.修路3公里，未开工。"}, None),
        ({"items": "1.修路3公里，未开工。\n2.种树5棵，未开工。\n3.建桥1座，未开工。"}, ("count.parts", "2项")),
    ],
)
def test_one_wrong_number_is_one_finding_at_its_place(changed, found):
    assert told(report(**changed)) == ([found] if found else [])


def test_a_number_told_against_the_rows_is_not_told_against_its_parts_as_well():
    paper = report(normal="8项重点工作任务中，7项任务正常推进，2项任务推进较为滞后。")
    assert told(paper) == [("count.rows", "7项")]
    assert whats(paper) == ["写正常推进的任务7项，表中有6行"]


def test_a_lost_row_is_told_once_with_all_places_that_still_count_it():
    (finding,) = examine(report(lagging=1), standard_settings())
    assert finding.what == "写滞后任务2项，表中有1行"
    assert [mark.quote for mark in finding.marks] == ["2项", "2项", "2项", "2项", "1"]
    assert str(finding.marks[-1].text.spot) == "附件2第1行「序号」"


def test_without_any_list_the_numbers_are_held_against_each_other():
    paper = manuscript(body("131项重点工作任务中，124项正常推进，8项推进较为滞后。"))
    assert whats(paper) == ["写重点任务共131项，正常推进的任务124项、滞后任务8项，合计132项"]
    paper = manuscript(heading("二、131项重点工作任务进展情况"), body("132项重点工作任务中，大多数正常推进。"))
    assert whats(paper) == ["重点任务一处写131项，一处写132项"]


@pytest.mark.parametrize(
    "sentence",
    [
        "131项重点工作任务中，124项正常推进，3项推进较为滞后，4项已完成。",
        "131项重点工作任务中，124项正常推进，部分滞后。",
        "131项重点工作任务全部正常推进，没有滞后的任务。",
        "共131项，其中正常推进124项，滞后7项。",
        "滞后任务较上月减少2项。",
    ],
)
def test_what_may_be_right_is_not_told(sentence):
    assert told(manuscript(heading("二、131项重点工作任务进展情况"), body(sentence))) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "区教委2项任务推进较为滞后。",
        "市级下达的15项重点任务正常推进。",
        "区城管局牵头的24项重点工作任务推进情况较好。",
        "聚焦五项重点任务，扎实开展工作。",
        "其中5项重点任务已提前完成。",
        "去年同期9项任务推进较为滞后。",
        "上月3项任务推进较为滞后，已督促整改。",
    ],
)
def test_the_number_of_a_part_is_not_held_against_all_rows(sentence):
    assert (
        told(manuscript(body(sentence), listing(rows(7), kind=Kind.LAGGING), listing(rows(124), kind=Kind.NORMAL)))
        == []
    )


def test_one_list_with_judgements_tells_how_many_are_lagging():
    tasks = [*(row("正常推进", text=f"甲{n}") for n in range(4)), row("推进较为滞后", text="乙")]
    right = manuscript(body("5项重点任务中，4项正常推进，1项滞后。"), listing(tasks))
    assert told(right) == []
    wrong = manuscript(body("5项重点任务中，3项正常推进，2项滞后。"), listing(tasks))
    assert told(wrong) == [("count.rows", "3项"), ("count.rows", "2项")]
    open_yet = manuscript(body("3项正常推进，2项滞后。"), listing([*tasks, row(text="丙")]))
    assert told(open_yet) == []


def test_a_bulletin_with_two_lists_may_count_each_or_both():
    lists = [listing(rows(3), kind=Kind.LAGGING, name="表1"), listing(rows(4), kind=Kind.LAGGING, name="表2")]
    assert told(manuscript(body("7项任务推进较为滞后。\n民生实事3项任务推进较为滞后。"), *lists)) == []
    assert told(manuscript(body("8项任务推进较为滞后。"), *lists)) == [("count.rows", "8项")]


def test_an_annex_title_is_held_against_its_own_rows():
    own = listing(rows(3), kind=Kind.TASKS, annex=0, title="5项重点任务进展情况表")
    assert told(manuscript(own)) == [("count.rows", "5项")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("存在三个方面问题：一是资金不足；二是用地紧张；三是手续未办。", ""),
        ("存在两个方面问题：一是资金不足；二是用地紧张；三是手续未办。", "写两个方面问题，列出的是3个方面"),
        ("要抓好以下4点：一是甲；二是乙；三是丙。", "写4点，列出的是3点"),
        ("2个项目：①甲厂完工。②乙厂开工。③丙厂立项。", "写2个项目，列出的是3个"),
        ("2个项目：①甲厂完工。②乙厂开工。", ""),
        ("2个项目：①甲厂完工。③乙厂开工。", ""),
        ("3个项目：①甲厂：①设计；②施工。②乙厂。", ""),
        ("完成2个项目前期手续办理进度：①甲。②乙。③丙。", ""),
        ("主要有三个方面，一是甲，二是乙。", "写三个方面，列出的是2个方面"),
        ("引进A公司、B公司、C公司等2个项目。", "列出3个名称，却写「等2个」"),
        ("引进A公司、B公司等12个项目。", ""),
        ("加快教育、医疗、建设甲校、乙校等2个项目。", ""),
        ("完成“甲、乙、丙”专项等2项工作。", ""),
        ("甲路、乙路、丙路等十条道路完工。", ""),
        ("印发《甲、乙、丙方案》等2个文件。", ""),
    ],
)
def test_a_list_names_as_many_as_its_number_says(text, found):
    assert whats(manuscript(listing(row(text="甲", progress=text)))) == ([found] if found else [])
    assert whats(manuscript(words(text))) == ([found] if found else [])


def test_paragraphs_that_go_on_with_a_list_count_with_it():
    paper = manuscript(body("下一步抓好3项工作：\n（1）抓进度。\n具体安排另行通知。\n（2）抓质量。\n二、其他"))
    assert whats(paper) == ["写3项工作，列出的是2项"]
    assert told(manuscript(body("下一步抓好3项工作：\n一是抓进度。\n二是抓质量。\n三是抓安全。"))) == []
    assert told(manuscript(body("下一步抓好3项工作：\n抓进度。\n抓质量。"))) == []


def test_a_heading_counts_the_items_below_it():
    paper = "（一）区城管局牵头{}项\n1.新增停车泊位3000个。\n2.拆除违建10万平方米。\n（二）区教委牵头1项\n建成学校。"
    assert told(manuscript(body(paper.format(2)))) == []
    assert whats(manuscript(body(paper.format(3)))) == ["写3项，列出的是2项"]


def test_a_cell_that_stands_elsewhere_is_told_there():
    cell = row(text="甲", progress="2个项目：①甲。②乙。③丙。", elsewhere=True)
    assert told(manuscript(listing(cell))) == []


def test_a_rule_that_is_off_tells_nothing():
    paper = report(goals="一、5项预期目标情况")
    by_parts = but(Rule.COUNT_ROWS, level=Level.OFF)
    assert said(examine(paper, by_parts)) == [("count.parts", "5项")]  # 2 and 2 are not 5, whatever the rows are
    assert not list(examine(paper, but(Rule.COUNT_PARTS, by_parts, level=Level.OFF)))
    assert not list(examine(paper, but(Rule.COUNT_ROWS, ignore=("5项预期目标",))))


@needs_references
@pytest.mark.parametrize(
    ("was", "becomes", "rule"),
    [
        ("10项经济", "11项经济", "count.rows"),
        ("①2项", "①3项", "count.parts"),
        ("③2项", "③1项", "count.parts"),
        ("131项重点工作任务中", "130项重点工作任务中", "count.rows"),
        ("124项任务正常", "142项任务正常", "count.rows"),
        ("的7项任务分别", "的6项任务分别", "count.rows"),
        ("，工业增加值增长3.5%", "", "count.parts"),
        ("空气质量优良天数和", "", "count.parts"),
    ],
)
def test_one_changed_number_in_the_first_reference_is_found(was, becomes, rule):
    paper = first_manuscript()
    changed = [replace(each, content=each.content.replace(was, becomes, 1)) for each in paper.texts]
    own = {id(old): new for old, new in zip(paper.texts, changed, strict=True)}
    lists = [replace(each, title=own.get(id(each.title))) for each in paper.listings]
    found = told(replace(paper, texts=tuple(changed), listings=tuple(lists)))
    assert [name for name, _ in found] == [rule]


def test_nonsense_of_any_length_is_read_quickly():
    begin = time.perf_counter()
    for text in ("7项滞后" * 3000, "3点：①" * 3000, "甲、乙、丙等2个、" * 2000, "（" * 20000, "\ud800项滞后\u200b", ""):
        assert isinstance(told(manuscript(words(text), words(text[:99] + "：" if text else ""))), list)
    assert time.perf_counter() - begin < 8
