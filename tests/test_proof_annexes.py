"""Annexes: references point at an annex that is there and fits; the annex list says what the annexes say."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from reportgen.issued.kinds import Kind
from reportgen.proof.families.annexes import examine
from reportgen.proof.manuscript import Listing, Manuscript, Role, Text
from reportgen.proof.rules import Rule
from reportgen.styles import Level
from tests.manuscripts import (
    annex_list,
    body,
    but,
    listing,
    manuscript,
    row,
    rows,
    said,
    standard_settings,
    text,
    title,
)

Part = Text | Listing | Iterable[Text]


def told(paper: Manuscript) -> list[tuple[str, str]]:
    return said(examine(paper, standard_settings()))


def whats(paper: Manuscript) -> list[str]:
    return [finding.what for finding in examine(paper, standard_settings())]


BODY = "4项指标符合预期（详见附件1）。6项任务正常推进（详见附件3），2项任务推进较为滞后（详见附件2）。"
NAMES = ("附件：1.预期目标进展情况表", "2.推进较为滞后的2项任务表", "3.正常推进的6项任务表")
TITLES = ("预期目标进展情况表", "推进较为滞后的2项任务表", "正常推进的6项任务表")
KINDS = (Kind.GOALS, Kind.LAGGING, Kind.NORMAL)


def label(number: str) -> Text:
    return text(f"附件{number}", Role.ANNEX_TITLE)


def report(words=BODY, names=NAMES, titles=TITLES, numbers=(1, 2, 3), labels=("1", "2", "3")) -> Manuscript:
    parts: list[Part] = [title("报告"), body(words), annex_list(*names)]
    for kind, name, number, mark in zip(KINDS, titles, numbers, labels, strict=False):
        parts += [label(mark), listing(rows(2), kind=kind, annex=number, title=name)]
    return manuscript(*parts)


def test_a_report_whose_annexes_agree_has_no_finding():
    assert told(report()) == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (BODY.replace("附件1", "附件4"), ("写附件4，没有这个附件", "附件4")),
        (BODY.replace("附件3", "附件2", 1), ("说的是正常推进的任务，写附件2，附件2是推进较为滞后的任务", "附件2")),
        (BODY.replace("附件2）。", "附件1）。"), ("说的是推进较为滞后的任务，写附件1，附件1是预期目标", "附件1")),
        (BODY.replace("附件1", "附件3"), ("说的是预期目标，写附件3，附件3是正常推进的任务", "附件3")),
        (BODY.replace("附件1", "附件一"), None),
        (BODY.replace("附件1", "附件五"), ("写附件5，没有这个附件", "附件五")),
        ("请按《通知》附件9的要求报送，依据〔2022〕1号附件7、《方案》（甲府〔2026〕3号）附件8办理。", None),
        ("正常推进和推进较为滞后的任务详见附件1。", None),
    ],
)
def test_a_reference_points_at_the_annex_that_it_speaks_of(words, found):
    findings = list(examine(report(words), standard_settings()))
    assert [(each.what, each.marks[0].quote) for each in findings] == ([found] if found else [])
    assert all(each.rule is Rule.ANNEX_REFERENCE for each in findings)


def test_the_right_annex_is_named_in_what_to_do():
    (finding,) = examine(report(BODY.replace("附件3", "附件2", 1)), standard_settings())
    assert finding.fix == "请改为附件3"
    assert [mark.quote for mark in finding.marks] == ["附件2", "推进较为滞后的2项任务表"]


def test_a_list_of_all_tasks_fits_both_normal_and_lagging_ones():
    paper = manuscript(
        body("6项任务正常推进（详见附件），2项任务推进较为滞后（见附件）。"),
        annex_list("附件：重点任务进展情况表"),
        label(""),
        listing(rows(8), annex=0, title="重点任务进展情况表"),
    )
    assert told(paper) == []


@pytest.mark.parametrize(
    ("names", "titles", "what", "marks"),
    [
        (
            (NAMES[0], "2.推进较为滞后的3项任务表", NAMES[2]),
            TITLES,
            "附件说明里附件2写「推进较为滞后的3项任务表」，附件标题是「推进较为滞后的2项任务表」",
            ["3", "2"],
        ),
        (
            (NAMES[0], NAMES[1], "3.正常推进的6项重点任务表"),
            TITLES,
            "附件说明里附件3写「正常推进的6项重点任务表」，附件标题是「正常推进的6项任务表」",
            ["项重点任", "项任"],
        ),
        (
            ("附件：1.甲乙丙丁", *NAMES[1:]),
            TITLES,
            "附件说明里附件1写「甲乙丙丁」，附件标题是「预期目标进展情况表」",
            ["甲乙丙丁", "预期目标进展情况表"],
        ),
        (
            (NAMES[0], NAMES[2].replace("3.", "3．")),
            TITLES,
            "附件说明里1之后是3",
            ["3．正常推进的6项任务表", "1.预期目标进展情况表"],
        ),
        ((*NAMES, "4.联系人名单"), TITLES, "附件说明有附件4，后面没有这个附件", ["4.联系人名单"]),
    ],
)
def test_the_annex_list_says_word_for_word_what_the_annexes_say(names, titles, what, marks):
    finding = next(iter(examine(report("正文。", names, titles), standard_settings())))
    assert (finding.rule, finding.what) == (Rule.ANNEX_LIST, what)
    assert [mark.quote for mark in finding.marks] == marks


def test_an_annex_that_the_list_does_not_name_is_told():
    assert whats(report("正文。", NAMES[:2])) == ["附件3没有写进附件说明"]


def test_two_annexes_with_one_number_and_a_leap_are_told():
    assert whats(report("正文。", labels=("1", "2", "2"), numbers=(1, 2, 2))) == ["有两个附件2"]
    assert whats(report("正文。", (), labels=("1", "2", "4"), numbers=(1, 2, 4))) == ["附件2之后是附件4"]
    assert whats(report("正文。", ("附件：1.预期目标进展情况表", "1.推进较为滞后的2项任务表", NAMES[2])))[0] == (
        "附件说明里的序号1用了两次"
    )


@pytest.mark.parametrize(
    "names",
    [
        ("附件：1．《预期目标进展情况表》", "2.推进较为滞后的 2项任务表", "3.正常推进的6项任务表。"),
        ("附件：\n1.预期目标进展情况表\n2.推进较为滞后的2项任务表\n3.正常推进的6项任务表",),
        ("附件：一、预期目标进展情况表", "二、推进较为滞后的2项任务表", "三、正常推进的6项任务表"),
        (*NAMES[:2], "3.正常推进的6项任务表（另发）"),
        (*NAMES, "4.任务分解系统（网上下载）"),
        (),
    ],
)
def test_ways_of_writing_the_list_that_say_the_same_are_right(names):
    assert told(report("正文。", names)) == []


def test_an_only_annex_has_no_number():
    parts: list[Part] = [
        annex_list("附件：滞后任务表"),
        label(""),
        listing(rows(2), kind=Kind.LAGGING, annex=0, title="滞后任务表"),
    ]
    assert told(manuscript(body("2项任务推进较为滞后（详见附件）。"), *parts)) == []
    paper = manuscript(body("2项任务推进较为滞后（详见附件1）。"), *parts)
    assert whats(paper) == ["写附件1，只有一个附件，没有编号"]


def test_a_title_on_two_lines_is_one_title():
    parts: list[Part] = [
        annex_list("附件：1.甲区重点任务进展情况表", "2.乙表"),
        label("1"),
        text("甲区", Role.ANNEX_TITLE),
    ]
    parts += [text("重点任务进展情况表", Role.ANNEX_TITLE), label("2"), text("乙表", Role.ANNEX_TITLE)]
    assert told(manuscript(body("正文。"), *parts)) == []


def test_an_annex_that_goes_on_with_its_label_is_no_second_one():
    parts: list[Part] = [annex_list("附件：1.甲表", "2.乙表"), label("1"), text("甲表", Role.ANNEX_TITLE)]
    parts += [text("附件1（续）", Role.ANNEX_TITLE), label("2"), text("乙表", Role.ANNEX_TITLE)]
    assert told(manuscript(body("正文。"), *parts)) == []


def test_a_text_without_any_annex_may_not_point_at_one():
    assert whats(manuscript(body("详见附件1。"))) == ["写附件1，没有附件说明，也没有附件"]
    assert whats(manuscript(body("详见附件。"))) == ["文中说见附件，没有附件"]
    assert told(manuscript(body("详见附件1。"), annex_list("附件：1.甲表", "2.乙表"))) == []


def test_a_ledger_and_an_annex_by_itself_have_no_annexes_to_compare():
    cell = row(text="甲", progress="详见附件9。")
    assert told(manuscript(listing(cell), is_ledger=True)) == []
    assert told(manuscript(label("2"), listing(cell, annex=2, title="情况表"))) == []


def test_rules_that_are_off_tell_nothing():
    paper = report(BODY.replace("附件1", "附件4"), (*NAMES, "5.戊"))
    settings = but(Rule.ANNEX_LIST, but(Rule.ANNEX_REFERENCE, level=Level.OFF), level=Level.OFF)
    assert len(told(paper)) > 1
    assert not list(examine(paper, settings))
