"""Ordinals of rows, headings and numbered paragraphs: a leap and a repeat are told, what was lost is not."""

from __future__ import annotations

import pytest

from reportgen.proof.families.ordinals import examine
from reportgen.proof.manuscript import Listing, Role
from reportgen.proof.rules import Rule
from reportgen.styles import Level
from tests.manuscripts import body, but, listing, manuscript, row, standard_settings, text


def whats(*parts) -> list[str]:
    return [finding.what for finding in examine(manuscript(*parts), standard_settings())]


def numbered(numbers: str, **how) -> Listing:
    """A list with these numbers of rows, `_` for one that is lost."""
    return listing([row(given_no=each.strip("_"), text="任务") for each in numbers.split()], **how)


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        ("1 2 3 4 5", []),
        ("1 2 3 5 6", ["序号3之后是5"]),
        ("1 2 3 5 5 6", ["序号3之后是5"]),
        ("1 2 2 3 4", ["序号2用了两次"]),
        ("1 2 2 4 5", ["序号2用了两次"]),
        ("1 2 3 4 5 6 5 8", ["序号5用了两次"]),
        ("1 2 _ _ 5", []),
        ("1 2 _ _ 6 7", ["序号2到6之间只有2行"]),
        ("_ _ _", []),
        ("2 3 4 5", ["第一个序号是2"]),
        ("8 9 10", []),
        ("1 2 3 1 2 3", []),
        ("1 2 3 1 2 4 5", ["序号2之后是4"]),
        ("1 2 3 4 5 7 6 8 9", ["序号5之后是7"]),
        ("3 17 45 46", []),
        ("17 3 45", []),
        ("一 二 四 五", ["序号2之后是4"]),
        ("（1） 2. 第3号 ４ 6", ["序号4之后是6"]),
        ("1.1 1.2 1.4", []),
        ("1-1 1-2 2-1", []),
    ],
)
def test_numbers_of_rows(numbers, found):
    assert whats(numbered(numbers)) == found


def test_the_place_is_the_number_and_the_one_before_it():
    (finding,) = examine(manuscript(numbered("1 2 3 5")), standard_settings())
    assert finding.rule is Rule.NUMBER_GAP
    assert [(str(mark.text.spot), mark.quote) for mark in finding.marks] == [
        ("重点任务第4行「序号」", "5"),
        ("重点任务第3行「序号」", "3"),
    ]


def test_a_list_may_go_on_with_the_numbers_of_the_list_before_it():
    assert whats(numbered("1", annex=1), numbered("2 3 4", annex=2)) == []
    assert whats(numbered("1 2 3", annex=1), numbered("3 4 5 6", annex=2)) == ["第一个序号是3"]


def test_a_number_over_two_rows_is_one():
    shared = row(given_no="2").texts["given_no"]
    rows = [row(given_no="1", text="甲"), row(given_no=shared, text="乙"), row(given_no=shared, text="丙")]
    assert whats(listing([*rows, row(given_no="3", text="丁")])) == []
    assert whats(listing([*rows, row(given_no="4", text="丁")])) == ["序号2之后是4"]


def test_any_other_table_is_looked_at_by_its_column_of_numbers():
    table = listing([row(序号=number, 姓名="某") for number in ("1", "2", "4", "5")], kind=None, name="表1")
    assert whats(table) == ["序号2之后是4"]
    assert whats(listing([row(年度=number) for number in ("1", "2", "4")], kind=None)) == []


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("一、总\n二、分\n三、尾", []),
        ("一、总\n二、分\n四、尾", ["「二、」之后是「四、」"]),
        ("一、总\n二、分\n二、尾", ["序号「二、」用了两次"]),
        ("一、总\n三、分\n三、尾", ["「一、」之后是「三、」"]),
        ("二、10项目标\n二、131项任务", ["第一个序号是「二、」"]),
        ("一、总\n（一）甲\n（三）乙\n二、分\n（一）甲\n（二）乙", ["「（一）」之后是「（三）」"]),
        ("一、总\n（二）甲\n（三）乙", ["第一个序号是「（二）」"]),
        ("一、总\n1.甲\n2.乙\n二、分\n1.甲\n2.乙", []),
        ("一、总\n1.甲\n2.乙\n二、分\n3.甲\n4.乙\n6.丙", ["「4.」之后是「6.」"]),
        ("1.甲\n说明。\n2.乙\n4.丁", ["「2.」之后是「4.」"]),
        ("1.甲\n（1）子\n（2）丑\n2.乙\n（1）子\n（1）丑", ["序号「（1）」用了两次"]),
        ("1.甲\n2.乙\n1.丙\n2.丁", []),
        ("二、三季度工作安排\n1、2月份\n3.5亿元投资\n2022年", []),
        ("一、二期工程完工\n三、四级医院", []),
        ("一、二季度情况\n二、问题\n三、四季度安排\n四、要求", []),
        ("1. 2026年工作\n2. 2027年打算\n4. 其他", ["「2.」之后是「4.」"]),
        ("十五、会议", []),
        ("一、总\n二、分\n三、尾\n四、十大工程", []),
        ("", []),
    ],
)
def test_ordinals_of_headings_and_paragraphs(lines, found):
    assert whats(body(lines)) == found


def test_an_annex_begins_anew():
    parts = (body("一、总\n二、分"), text("附件1", Role.ANNEX_TITLE), body("一、总\n二、分"))
    assert whats(*parts) == []


def test_rules_that_are_off_tell_nothing():
    paper = manuscript(numbered("1 2 4 5 5 6 7"))
    gap, repeat = but(Rule.NUMBER_GAP, level=Level.OFF), but(Rule.NUMBER_REPEAT, level=Level.OFF)
    assert [each.what for each in examine(paper, gap)] == ["序号5用了两次"]
    assert [each.what for each in examine(paper, repeat)] == ["序号2之后是4"]
