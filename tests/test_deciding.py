"""What the merge takes and what it only tells (取舍): nothing is lost, and no order of arrival decides."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from reportgen.intake.findings import Kind, State
from reportgen.intake.matching import match_rows
from reportgen.intake.merging import Merged, merge
from reportgen.intake.replies import Reply
from reportgen.intake.returned import ReturnRow
from reportgen.ledger.model import Sheet
from reportgen.ledger.origins import Origin, Use, answer_key
from reportgen.ledger.records import may_be_period
from reportgen.ledger.words import STANDARD_WORDS
from reportgen.problems import InputError, Location, error
from reportgen.target import read_target
from tests.test_merging import (
    ANSWERING,
    GROUPED,
    HELPER,
    JOINT,
    LEAD,
    PERIOD,
    SECOND,
    STRANGER,
    begun,
    entry,
    first,
    found,
    look,
    reopened,
    reply,
    row,
    workbook,
)

CORRECTED = "2026-07-05 09:00:00"


def run(before: Merged, *said: Reply) -> Merged:
    """The returns one by one, the ledger saved and opened between them."""
    for each in said:
        before = merge(reopened(before), [each], ANSWERING)
    return before


def uses(merged: Merged, **which: Any) -> list[tuple[str, Use]]:
    """The texts of the origins with these attributes and what became of them."""
    chosen = [
        each for each in merged.record.origins if all(getattr(each, name) == value for name, value in which.items())
    ]
    return [(each.text, each.use) for each in chosen]


def cells(merged: Merged) -> list[tuple[str, str, str]]:
    return [(each.progress, each.judgement, each.phrase) for each in merged.ledger.tasks]


def only(origins: Sequence[Origin]) -> Origin:
    (origin,) = origins
    return origin


# ---- nothing that a unit wrote is lost

# What each field of a returned row says here; a row says its task by its number, so that the text may differ.
SAID: dict[str, Any] = {
    "sheet": Sheet.TASKS,
    "id": "R-XXXXXX",
    "given_no": "并入第9项",
    "category": "分类另写",
    "text": "新建学校三所（任务原文另写）",
    "lead_units": ("区责任局",),
    "support_units": ("区配合局",),
    "progress": "进展另写",
    "judgement": "推进较为滞后",
    "unread_judgement": "差不多了",
    "phrase": "用语另写",
    "last_progress": "上期另写",
    "others": (("备注", "备注另写"), ("进展情况", "第二列进展")),
    "where": Location(file="?", sheet="重点任务", cell="A5"),
    "cells": {},
}


def texts_of(value: object) -> list[str]:
    if isinstance(value, tuple):
        return [text for each in value for text in texts_of(each)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("placed", [True, False], ids=["with its entry", "without an entry"])
@pytest.mark.parametrize(
    "field", [each.name for each in fields(ReturnRow) if each.name not in ("sheet", "where", "cells")]
)
def test_whatever_a_row_says_stands_in_the_workbook(tmp_path: Path, field: str, placed: bool):
    assert SAID.keys() == {each.name for each in fields(ReturnRow)}, "a new field of a row must be told, too"
    before = begun()
    given = {"where": SAID["where"], "progress": "好", field: SAID[field]}
    if field not in ("id", "text") and placed:
        given |= {"id": first(before).id}
    if field == "id" and placed:
        given |= {"text": "新建学校3所"}
    if field == "text" and placed:
        given |= {"id": first(before).id}
    merged = merge(before, [reply(before, LEAD, [ReturnRow(**given)])], ANSWERING)
    assert bool([each for each in merged.record.origins if each.use is Use.UNPLACED]) is not placed
    path = tmp_path / "汇总.xlsx"
    path.write_bytes(workbook(merged))
    written = "\n".join(str(cell.value) for sheet in load_workbook(path) for line in sheet.iter_rows() for cell in line)
    for text in texts_of(SAID[field]):
        assert text in written


def test_a_text_in_the_column_of_last_period_is_told_and_not_taken():
    before = begun(entry(progress="上期建成1所。"))
    typed = row(progress="", last_progress="上期建成1所。本期建成2所。")
    merged = merge(before, [reply(before, LEAD, [typed])], ANSWERING)
    assert (first(merged).last_progress, first(merged).progress) == ("上期建成1所。", "")
    assert uses(merged, field="last_progress") == [("上期建成1所。本期建成2所。", Use.NOT_ITS)]
    same_text = merge(before, [reply(before, LEAD, [row(last_progress="上期建成 1所。")])], ANSWERING)
    assert uses(same_text, field="last_progress") == []


def test_changed_support_units_are_told_and_the_same_in_another_spelling_are_not():
    before = begun(entry(support_units=(HELPER, STRANGER)))
    changed = merge(before, [reply(before, LEAD, [row(support_units=(HELPER,))])], ANSWERING)
    assert uses(changed, field="support_units") == [(HELPER, Use.NOT_ITS)]
    swapped = merge(before, [reply(before, LEAD, [row(support_units=(STRANGER, f" {HELPER}"))])], ANSWERING)
    assert uses(swapped, field="support_units") == []


@pytest.mark.parametrize(
    ("given_no", "by_number", "told"),
    [("1", False, False), ("（三）", False, False), ("并入5", False, True), ("8", True, True), ("05.", True, False)],
)
def test_a_units_own_count_of_its_rows_is_no_change_but_another_number_in_a_form_is(
    given_no: str, by_number: bool, told: bool
):
    before = begun(entry(given_no="5"))
    number = first(before).id if by_number else ""
    merged = merge(before, [reply(before, LEAD, [row(given_no=given_no, id=number)])], ANSWERING)
    assert uses(merged, field="given_no") == ([(given_no, Use.NOT_ITS)] if told else [])


def test_the_second_of_two_columns_of_one_name_never_becomes_an_answer_when_the_ledger_is_opened_again():
    before = begun()
    said = reply(before, LEAD, [row(progress="", others=(("进展情况", "另一列的话"),))])
    once = merge(before, [said], ANSWERING)
    again = merge(reopened(once), [], ANSWERING)
    assert first(again).progress == ""
    assert workbook(again) == workbook(once)


# ---- what is no answer


@pytest.mark.parametrize("text", ["无", "同上", "详见附件", "—", "／"])
@pytest.mark.parametrize("unit", [LEAD, HELPER])
def test_a_text_that_only_fills_its_cell_is_never_taken(unit: str, text: str):
    before = begun()
    merged = merge(before, [reply(before, unit, [row(progress=text, phrase=text)])], ANSWERING)
    assert cells(merged)[0] == ("", "", "")
    assert uses(merged, unit=unit) == [(text, Use.PLACEHOLDER)] * 2
    assert workbook(merge(reopened(merged), [], ANSWERING)) == workbook(merged)


def test_a_placeholder_of_a_lead_leaves_the_word_to_a_support_unit_and_of_a_later_file_takes_nothing_away():
    before = begun()
    helper = reply(before, HELPER, [row(progress="审计了2所。")])
    merged = merge(before, [helper, reply(before, LEAD, [row(progress="无")])], ANSWERING)
    assert first(merged).progress == "审计了2所。"
    said = [reply(before, LEAD, [row()], "一.xlsx"), reply(before, LEAD, [row(progress="同上")], "二.xlsx", CORRECTED)]
    assert first(merge(before, said, ANSWERING)).progress == "已建成2所。"


def test_a_status_that_is_no_word_of_the_office_is_told_as_written_and_not_taken():
    before = begun()
    merged = merge(before, [reply(before, LEAD, [row(unread_judgement="差不多了")])], ANSWERING)
    assert cells(merged)[0] == ("已建成2所。", "", "")
    assert uses(merged, field="judgement") == [("差不多了", Use.UNREAD_JUDGEMENT)]
    assert only([each for each in merged.record.origins if each.field == "judgement"]).where.cell == "J5"


def of_period(before: Merged, period: str) -> Reply:
    said = reply(before, LEAD, [row(judgement="正常推进")])
    assert said.returned is not None
    return replace(said, returned=replace(said.returned, period=period))


def test_a_return_for_another_period_is_on_record_and_never_taken():
    before = begun()
    merged = merge(before, [of_period(before, "2026年1—3月")], ANSWERING)
    assert cells(merged)[0] == ("", "", "")
    assert uses(merged, unit=LEAD) == [("已建成2所。", Use.OTHER_PERIOD), ("正常推进", Use.OTHER_PERIOD)]
    assert [each.note for each in merged.record.returns] == ["写的报告期是「2026年1—3月」"]
    assert workbook(merge(reopened(merged), [], ANSWERING)) == workbook(merged)
    assert first(merge(before, [of_period(before, "上半年")], ANSWERING)).progress == "已建成2所。"


@pytest.mark.parametrize(
    ("said", "may_be"),
    [
        ("", True),
        ("１—6 月", True),
        ("2026年1-6月", True),
        ("2026年上半年", True),
        ("截至6月底", True),
        ("2026年6月30日", True),
        ("截至2026年7月5日", True),
        ("二季度", True),
        ("2026年度", True),
        ("本期", True),
        ("2025年1—6月", False),
        ("2025年度", False),
        ("2026年1—3月", False),
        ("一季度", False),
        ("全年", False),
        ("2026年3月31日", False),
        ("1—9月", False),
    ],
)
def test_a_period_is_another_one_only_where_that_is_sure(said: str, may_be: bool):
    assert may_be_period(said, PERIOD) is may_be


# ---- whose word, in whatever order it came


@pytest.mark.parametrize(
    ("lead", "wanted"),
    [
        ({"progress": "", "judgement": "正常推进"}, ("审计了2所。", "正常推进")),
        ({"progress": "建成2所。", "judgement": ""}, ("建成2所。", "")),
        ({"progress": "建成2所。", "judgement": "正常推进"}, ("建成2所。", "正常推进")),
        ({"progress": "无", "judgement": ""}, ("审计了2所。", "推进较为滞后")),
    ],
)
def test_a_lead_and_a_support_unit_in_any_order_give_the_same_cells(lead: dict[str, Any], wanted: tuple[str, str]):
    before = begun(entry())
    said = [
        reply(before, LEAD, [row(**lead)]),
        reply(before, HELPER, [row(progress="审计了2所。", judgement="推进较为滞后")]),
    ]
    results = [merge(before, said, ANSWERING), run(before, *said), run(before, *said[::-1])]
    assert [cells(each)[0][:2] for each in results] == [wanted] * 3


def test_a_state_that_goes_because_a_lead_answered_without_one_is_told():
    before = begun(entry())
    helper = reply(before, HELPER, [row(progress="审计了2所。", judgement="推进较为滞后")])
    merged = run(before, helper, reply(before, LEAD, [row()]))
    assert first(merged).judgement == ""
    told = [(each.unit, each.theirs) for each in found(merged, Kind.OVERWRITTEN)]
    assert told == [(HELPER, "审计了2所。"), (HELPER, "推进较为滞后")]
    assert workbook(merge(reopened(merged), [], ANSWERING)) == workbook(merged)


def test_a_state_that_a_person_chose_stays_when_a_lead_answers_without_one():
    before = begun(entry())
    once = merge(before, [reply(before, HELPER, [row(judgement="推进较为滞后")])], ANSWERING)
    chosen = reopened(once, judgement="正常推进")
    merged = merge(chosen, [reply(before, LEAD, [row(progress="建成2所。")])], ANSWERING)
    assert cells(merged)[0][:2] == ("建成2所。", "正常推进")


def test_who_speaks_of_the_progress_speaks_of_its_state():
    before = begun(JOINT)
    said = [
        reply(before, LEAD, [row(JOINT.text, "", judgement="正常推进")]),
        reply(before, SECOND, [row(JOINT.text, "停工了。", judgement="推进较为滞后")]),
    ]
    for merged in (merge(before, said, ANSWERING), run(before, *said), run(before, *said[::-1])):
        assert cells(merged)[0][:2] == ("停工了。", "推进较为滞后")
        assert uses(merged, unit=LEAD, field="judgement") == [("正常推进", Use.OTHER_LEAD)]


def test_another_leads_state_fills_the_gap_of_the_lead_that_gave_the_progress():
    before = begun(JOINT)
    said = [
        reply(before, LEAD, [row(JOINT.text, "改造3处。")]),
        reply(before, SECOND, [row(JOINT.text, "改造2处。", judgement="正常推进")]),
    ]
    assert cells(merge(before, said, ANSWERING))[0][:2] == ("改造3处。", "正常推进")


# ---- what is taken back


def test_the_text_of_another_lead_or_a_stranger_is_gone_when_its_file_no_longer_says_it():
    before = begun(JOINT)
    lead = reply(before, LEAD, [row(JOINT.text, "改造3处。")])
    for unit, kind in ((SECOND, Kind.CONTRADICTION), (STRANGER, Kind.FOREIGN)):
        once = merge(before, [lead, reply(before, unit, [row(JOINT.text, "改造4处。")])], ANSWERING)
        assert len(found(once, kind)) == 1
        twice = run(once, reply(before, unit, [row(JOINT.text, "")], moment=CORRECTED))
        assert found(twice, kind) == []
        assert first(twice).progress == "改造3处。"


def test_a_standing_word_of_another_lead_is_heard_before_one_that_was_taken_back():
    before = begun(JOINT)
    both = [reply(before, LEAD, [row(JOINT.text, "改造3处。")]), reply(before, SECOND, [row(JOINT.text, "改造4处。")])]
    twice = run(merge(before, both, ANSWERING), reply(before, LEAD, [row(JOINT.text, "")], moment=CORRECTED))
    assert first(twice).progress == "改造4处。"
    assert [(each.unit, each.theirs) for each in found(twice, Kind.OVERWRITTEN)] == [(LEAD, "改造3处。")]
    assert found(twice, Kind.CONTRADICTION) == found(twice, Kind.WITHDRAWN) == []
    assert workbook(merge(reopened(twice), [], ANSWERING)) == workbook(twice)


def test_a_leads_word_that_was_taken_back_still_counts_over_a_support_units():
    before = begun(entry())
    said = [reply(before, LEAD, [row()]), reply(before, HELPER, [row(progress="审计了。")])]
    twice = run(merge(before, said, ANSWERING), reply(before, LEAD, [row(progress="")], moment=CORRECTED))
    assert first(twice).progress == "已建成2所。"
    assert [each.theirs for each in found(twice, Kind.WITHDRAWN)] == ["已建成2所。"]


def moved(merged: Merged, said: Reply, **typed: str) -> Merged:
    """The ledger in which a person corrected the second task's text, so that the row speaks of that; read anew."""
    opened = reopened(merged, **typed)
    tasks = (opened.ledger.tasks[0], replace(opened.ledger.tasks[1], text="新建学校4所"))
    edited = replace(opened, ledger=replace(opened.ledger, tasks=tasks))
    assert said.returned is not None
    again = replace(said, matches=match_rows(said.returned, edited.ledger, ANSWERING))
    return merge(edited, [again], ANSWERING)


def test_a_row_that_finds_another_task_after_the_ledger_was_edited_leaves_the_old_one():
    before = begun()
    said = reply(before, LEAD, [row("新建学校4所", judgement="正常推进")])
    once = merge(before, [said], ANSWERING)
    assert first(once).progress == "已建成2所。"
    twice = moved(once, said)
    assert [each[:2] for each in cells(twice)] == [("", ""), ("已建成2所。", "正常推进")]
    number = first(twice).id
    assert uses(twice, id=number, was_taken=True) == [("已建成2所。", Use.MOVED), ("正常推进", Use.MOVED)]
    assert workbook(merge(reopened(twice), [], ANSWERING)) == workbook(twice)


def test_a_persons_text_stays_where_the_row_beneath_it_finds_another_task():
    before = begun()
    said = reply(before, LEAD, [row("新建学校4所")])
    twice = moved(merge(before, [said], ANSWERING), said, progress="人改的。")
    assert [each[0] for each in cells(twice)] == ["人改的。", "已建成2所。"]
    assert uses(twice, id=first(twice).id, field="progress") == [("已建成2所。", Use.MOVED)]


def test_a_file_that_can_for_once_not_be_read_takes_nothing_away():
    before = begun()
    said = reply(before, LEAD, [row()])
    once = merge(before, [said], ANSWERING)
    why = (error("file.too-slow", "读「区教委.xlsx」太慢", "请再汇总一次", Location(file="区教委.xlsx")),)
    twice = run(once, replace(said, returned=None, matches=(), unit=LEAD, problems=why))
    assert cells(twice) == cells(once)
    assert [each.unit for each in found(twice, Kind.UNREAD)] == [LEAD]
    assert workbook(run(twice, said)) == workbook(once)


def test_a_file_whose_name_names_another_unit_takes_nothing_away_when_it_can_for_once_not_be_read():
    before = begun()
    said = reply(before, LEAD, [row()], "反馈.xlsx")
    once = merge(before, [said], ANSWERING)
    twice = run(once, replace(said, returned=None, matches=(), unit=SECOND))
    assert cells(twice) == cells(once)
    assert uses(twice, field="progress") == [("已建成2所。", Use.TAKEN)]


def test_a_number_that_a_person_wrote_in_small_letters_is_the_same_number():
    before = begun()
    said = reply(before, LEAD, [row()])
    opened = reopened(merge(before, [said], ANSWERING), progress="人改的。")
    small = tuple(replace(each, id=each.id.lower()) for each in opened.ledger.tasks)
    again = merge(replace(opened, ledger=replace(opened.ledger, tasks=small)), [], ANSWERING)
    assert [(each.ours, each.theirs) for each in found(again, Kind.POLISHED)] == [("人改的。", "已建成2所。")]


# ---- files


def test_the_same_bytes_from_two_units_are_two_returns_together_or_one_by_one():
    before = begun(JOINT)
    one = reply(before, LEAD, [row(JOINT.text, "本期无进展。")])
    other = replace(one, file=f"{SECOND}.xlsx", unit=SECOND)
    assert one.returned is not None
    other = replace(other, returned=replace(one.returned, unit=SECOND))
    results = [merge(before, [one, other], ANSWERING), run(before, one, other), run(before, other, one)]
    for merged in results:
        states = {each.unit: each.state for each in look(merged).units}
        assert (states[LEAD], states[SECOND]) == (State.RETURNED, State.RETURNED)
        assert uses(merged, unit=SECOND) == [("本期无进展。", Use.SAME)]
        assert found(merged, Kind.COPY) == []
        assert workbook(merged) == workbook(results[0])


def test_a_file_without_a_name_is_a_copy_where_a_unit_sent_just_that_and_gone_when_it_gets_a_name():
    before = begun()
    named = reply(before, LEAD, [row()])
    assert named.returned is not None
    nameless = replace(named, file="反馈.xlsx", returned=replace(named.returned, unit=""))
    together = merge(before, [nameless, named], ANSWERING)
    assert [each.file for each in together.record.returns] == ["区教委.xlsx"]
    assert [each.what for each in found(together, Kind.COPY)] == ["内容相同的另有：反馈.xlsx"]
    renamed = run(before, nameless, named)
    assert [(each.file, each.unit) for each in renamed.record.returns] == [("区教委.xlsx", LEAD)]
    assert found(renamed, Kind.NAMELESS) == []
    assert first(renamed).progress == "已建成2所。"


@pytest.mark.parametrize("seed", range(60))
def test_returns_one_by_one_in_any_order_give_the_cells_and_the_uses_of_all_at_once(seed: int):
    chance = random.Random(seed)
    before = begun(entry(), JOINT, replace(GROUPED, support_units=(HELPER,)))
    said = []
    for number in range(chance.randint(2, 5)):
        unit = chance.choice([LEAD, SECOND, HELPER, STRANGER, "柳荫镇", "青木镇", ""])
        rows = [
            row(
                text,
                chance.choice(["", "无", "甲", "乙", "甲 乙"]),
                line,
                judgement=chance.choice(["", "正常推进", "推进较为滞后"]),
                phrase=chance.choice(["", "", "用语"]),
            )
            for text in ("新建学校3所", "改造校舍5处", "整治农村道路20条")
            for line in chance.sample(range(5, 30), chance.choice([0, 1, 1, 2]))
        ]
        moment = f"2026-07-0{chance.randint(1, 3)} 09:00:00"
        said.append(reply(before, unit, rows, f"{unit}{number}.xlsx", moment))
    at_once = merge(before, said, ANSWERING)
    wanted = [(each.key, each.use) for each in at_once.record.origins]
    for order in itertools.islice(itertools.permutations(said), chance.randint(0, 5), None, 19):
        stepwise = before
        for each in order:
            stepwise = merge(stepwise, [each], ANSWERING)
        assert cells(stepwise) == cells(at_once)
        assert [(each.key, each.use) for each in stepwise.record.origins] == wanted
        assert merge(stepwise, said, ANSWERING) == stepwise
    for old, new in zip(before.ledger.tasks, at_once.ledger.tasks, strict=True):
        assert replace(new, progress="", judgement="", phrase="") == old


# ---- what is the same text


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("投资1 5万元", "投资15万元", False),
        ("面积10²", "面积102", False),
        ("①完成", "1完成", False),
        ("1. 5所", "1.5所", False),
        ("A 1栋", "A1栋", False),
        ("建成 2 所，\n　在建1所", "建成２所,在建1所", True),
        ("完成５０％", "完成50%", True),
        ("甲\u00a0乙", "甲乙", True),
    ],
)
def test_white_space_and_widths_make_no_other_text_but_figures_do(one: str, other: str, same: bool):
    assert (answer_key(one) == answer_key(other)) is same


def test_a_correction_of_a_figures_space_is_a_change():
    before = begun()
    once = merge(before, [reply(before, LEAD, [row(progress="投资1 5万元")])], ANSWERING)
    assert first(run(once, reply(before, LEAD, [row(progress="投资15万元")]))).progress == "投资15万元"


# ---- the record


@pytest.fixture
def collected(tmp_path: Path) -> Path:
    before = begun()
    path = tmp_path / "汇总.xlsx"
    path.write_bytes(workbook(merge(before, [reply(before, LEAD, [row()])], ANSWERING)))
    return path


def edit(path: Path, change: Callable[[Workbook], None]) -> None:
    book = load_workbook(path)
    change(book)
    book.save(path)


@pytest.mark.parametrize("line", ["报告期:2026年1—6月", " 报告期 ： 2026年1—6月 ", "报告期﹕2026年1-6月"])
def test_a_period_line_that_somebody_typed_anew_goes_on_with_the_collection(collected: Path, line: str):
    def change(book: Workbook) -> None:
        assert book["汇总记录"]["A2"].value == f"报告期：{PERIOD}"
        book["汇总记录"]["A2"].value = line

    edit(collected, change)
    standing = read_target(
        collected, line.replace("：", ":").replace("﹕", ":").partition(":")[2], STANDARD_WORDS, None, None
    )
    assert standing is not None
    assert standing.merged.ledger.tasks[0].progress == "已建成2所。"


@pytest.mark.parametrize("line", [None, "报告期：", "2026年1—6月"])
def test_a_collection_without_its_period_is_refused_and_not_begun_anew(collected: Path, line: str | None):
    def change(book: Workbook) -> None:
        book["汇总记录"]["A2"].value = line

    edit(collected, change)
    with pytest.raises(InputError) as caught:
        read_target(collected, PERIOD, STANDARD_WORDS, None, None)
    assert "collect.spoilt-record" in {each.code for each in caught.value.problems}


def test_remarks_are_carried_along_whatever_is_open():
    before = begun()
    remark = ((("责任单位说法不一", "", "", "", "x", "y"), "已核实"),)
    noted = replace(before, record=replace(before.record, settled=remark))
    assert merge(noted, [reply(before, LEAD, [row()])], ANSWERING).record.settled == remark
