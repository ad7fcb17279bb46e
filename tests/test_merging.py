"""The merge (汇总): whose word counts, what stays, what is listed, and that doing it twice changes nothing."""

from __future__ import annotations

import hashlib
import itertools
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from reportgen.intake.answering import Answering
from reportgen.intake.collection import Collection, collection_of
from reportgen.intake.findings import Finding, Kind, State
from reportgen.intake.matching import match_rows
from reportgen.intake.merging import Merged, merge, rolled_over
from reportgen.intake.open_sheet import collected_sheets, record_in
from reportgen.intake.replies import Reply
from reportgen.intake.returned import Return, ReturnRow
from reportgen.ledger.files.outside import read_contents
from reportgen.ledger.files.workbook import write_workbook
from reportgen.ledger.ids import with_ids
from reportgen.ledger.model import Entry, Ledger, Sheet
from reportgen.ledger.origins import Use, natural
from reportgen.ledger.reading import Wants, read_ledger
from reportgen.ledger.units import Group, Register, Unit
from reportgen.ledger.words import STANDARD_WORDS, plain_key
from reportgen.problems import Location, error, warning
from tests.conftest import Hold

PERIOD = "2026年1—6月"
LEAD, SECOND, HELPER, STRANGER = "区教委", "区财政局", "区审计局", "区水利局"
REGISTER = Register(
    units=(
        *(Unit(name, "部门") for name in (LEAD, SECOND, HELPER, STRANGER)),
        *(Unit(name, "镇街") for name in ("柳荫镇", "青木镇")),
    ),
    groups=(Group("各镇街", kind="镇街"), Group("有关镇街", vague=True)),
)
ANSWERING = Answering(REGISTER, None)


def entry(text: str = "新建学校3所", **fields: Any) -> Entry:
    given = {"sheet": Sheet.TASKS, "category": "教育", "lead_units": (LEAD,), "support_units": (HELPER,)}
    return Entry(text=text, **{**given, **fields})


JOINT = entry("改造校舍5处", lead_units=(LEAD, SECOND))
GROUPED = entry("整治农村道路20条", lead_units=("各镇街",), support_units=())


def begun(*entries: Entry) -> Merged:
    """A ledger of last period, at the beginning of this one."""
    return rolled_over(with_ids(Ledger(file="台账.xlsx", tasks=entries or (entry(), JOINT))), PERIOD)


def row(text: str = "新建学校3所", progress: str = "已建成2所。", line: int = 5, **fields: Any) -> ReturnRow:
    def at(column: str) -> Location:
        return Location(file="?", sheet="重点任务", cell=f"{column}{line}")

    cells = {"text": at("D"), "progress": at("I"), "judgement": at("J")}
    return ReturnRow(text=text, progress=progress, where=at("A"), cells=cells, **fields)


def reply(
    before: Merged, unit: str, rows: Iterable[ReturnRow], file: str = "", moment: str = "2026-07-01 09:00:00"
) -> Reply:
    """A file of the unit, whose fingerprint is that of what it says."""
    name = file or f"{unit}.xlsx"
    listed = tuple(rows)
    sha256 = hashlib.sha256(repr((unit, listed)).encode()).hexdigest()
    returned = Return(file=name, sha256=sha256, unit=unit, unit_from="填报单位一行" if unit else "", rows=listed)
    matches = match_rows(returned, before.ledger, ANSWERING)
    return Reply(file=name, sha256=sha256, moment=moment, returned=returned, matches=matches)


def workbook(merged: Merged) -> bytes:
    return write_workbook(collected_sheets(collection_of(merged, ANSWERING), STANDARD_WORDS))


def reopened(merged: Merged, **typed: str) -> Merged:
    """The merged ledger as it is read again from its workbook; `typed` is what a person changes in the first task."""
    blob = workbook(merged)
    ledger = read_ledger(blob, "汇总.xlsx", Wants({Sheet.TASKS: frozenset()})).value
    record = record_in({table.name: table for table in read_contents(blob, "汇总.xlsx").value.tables})
    assert record is not None
    tasks = (replace(ledger.tasks[0], **typed), *ledger.tasks[1:])  # type: ignore[arg-type]
    return Merged(ledger=replace(ledger, tasks=tasks), record=record)


def look(merged: Merged, deadline: date | None = None, on: date | None = None) -> Collection:
    return collection_of(merged, ANSWERING, deadline, on)


def found(merged: Merged, kind: Kind) -> list[Finding]:
    return [each for each in look(merged).findings if each.kind is kind]


def first(merged: Merged) -> Entry:
    return merged.ledger.tasks[0]


# ---- the beginning of a period


def test_progress_becomes_last_periods_and_what_the_units_answer_is_empty():
    old = entry(
        progress="已建成1所。", judgement="正常推进", last_progress="正在选址。", phrase="新建学校3所。建成1所。"
    )
    merged = begun(old)
    assert first(merged).last_progress == "已建成1所。"
    assert (first(merged).progress, first(merged).judgement, first(merged).phrase) == ("", "", "")
    assert merged.ledger.period == PERIOD
    kept = {(each.field, each.text) for each in merged.record.origins}
    assert kept == {("last_judgement", "正常推进"), ("last_phrase", "新建学校3所。建成1所。")}


def test_a_phrase_without_a_figure_stays():
    assert first(begun(entry(phrase="空气质量优良天数"))).phrase == "空气质量优良天数"
    assert first(begun(entry(phrase="新建三所学校、二期工程"))).phrase == ""


# ---- one unit's answer


def test_an_answer_goes_into_the_ledger_with_its_place():
    before = begun()
    merged = merge(before, [reply(before, LEAD, [row(judgement="正常推进")])], ANSWERING)
    assert (first(merged).progress, first(merged).judgement) == ("已建成2所。", "正常推进")
    origin = next(each for each in merged.record.origins if each.field == "progress" and each.use is Use.TAKEN)
    assert (origin.id, origin.unit, origin.how) == (first(merged).id, LEAD, "文字相同")
    assert str(origin.where) == "区教委.xlsx「重点任务」I5"


def test_an_empty_answer_is_told_and_changes_nothing():
    before = begun()
    merged = merge(before, [reply(before, LEAD, [row(progress=""), row(JOINT.text, "改造1处。", 6)])], ANSWERING)
    assert first(merged).progress == ""
    assert [(each.unit, each.id) for each in found(merged, Kind.EMPTY)] == [(LEAD, first(merged).id)]


def test_a_support_units_empty_answer_is_no_point():
    before = begun()
    merged = merge(before, [reply(before, HELPER, [row(progress="")])], ANSWERING)
    assert found(merged, Kind.EMPTY) == []


def test_progress_word_for_word_as_last_time_is_told_whatever_its_spaces():
    before = begun(entry(progress="已建成 1 所。\n其余在建。"))
    merged = merge(before, [reply(before, LEAD, [row(progress="已建成1所。其余在建。")])], ANSWERING)
    assert [each.unit for each in found(merged, Kind.SAME_AS_LAST)] == [LEAD]


def test_a_changed_judgement_is_told_with_both():
    before = begun(entry(progress="x", judgement="正常推进"))
    merged = merge(before, [reply(before, LEAD, [row(judgement="推进较为滞后")])], ANSWERING)
    assert [each.what for each in found(merged, Kind.JUDGEMENT)] == ["上期「正常推进」，本期「推进较为滞后」"]


def test_what_is_not_the_units_to_change_is_listed_and_not_taken():
    before = begun()
    number = first(before).id
    changed = row("新建学校4所", id=number, category="文化", lead_units=(SECOND,), others=(("存在问题", "缺钱"),))
    merged = merge(before, [reply(before, LEAD, [changed])], ANSWERING)
    now = first(merged)
    assert (now.text, now.category, now.lead_units) == ("新建学校3所", "教育", (LEAD,))
    listed = [(each.what, each.ours, each.theirs) for each in found(merged, Kind.CHANGED)]
    assert listed == [
        ("工作任务与台账不同", "新建学校3所", "新建学校4所"),
        ("分类与台账不同", "教育", "文化"),
        ("责任单位与台账不同", LEAD, SECOND),
    ]
    assert [(each.what, each.theirs) for each in found(merged, Kind.EXTRA)] == [("多出的列「存在问题」", "缺钱")]


def test_the_same_units_in_another_order_and_spelling_are_no_change():
    before = begun(JOINT)
    merged = merge(before, [reply(before, LEAD, [row(JOINT.text, lead_units=(f" {SECOND}", LEAD))])], ANSWERING)
    assert found(merged, Kind.CHANGED) == []


def test_a_row_placed_by_likeness_is_to_be_checked_with_its_score():
    before = begun()
    merged = merge(before, [reply(before, LEAD, [row("新建学校3所（含1所小学）", given_no="9")])], ANSWERING)
    (point,) = found(merged, Kind.LIKELY)
    assert (point.ours, point.theirs) == ("新建学校3所", "新建学校3所（含1所小学）")
    assert re.fullmatch(r".*，相近程度 0\.\d\d", point.what)
    assert first(merged).progress == "已建成2所。"


def test_a_row_without_a_place_keeps_all_that_it_says():
    before = begun()
    lost = row("举办龙舟赛", "办了2场。", judgement="正常推进", given_no="7", others=(("备注", "另报"),))
    merged = merge(before, [reply(before, LEAD, [lost])], ANSWERING)
    (point,) = found(merged, Kind.UNPLACED)
    assert (point.task, point.theirs) == ("举办龙舟赛", "进展情况：办了2场。\n推进情况：正常推进\n备注：另报")
    assert "序号7" in point.what
    assert point.where is not None
    assert point.where.file == "区教委.xlsx"


def test_an_unknown_number_names_the_nearest_entries_with_their_scores():
    before = begun()
    merged = merge(before, [reply(before, LEAD, [row("新建公园和学校若干所")])], ANSWERING)
    (point,) = found(merged, Kind.UNPLACED)
    assert f"{first(merged).id}「新建学校3所」" in point.what
    assert re.search(r"」0\.\d\d", point.what)


def test_what_speaks_against_a_rows_number_is_said_where_the_row_is_told():
    before = begun()
    wrong = row("举办龙舟赛", "办了2场。", id=first(before).id)
    merged = merge(before, [reply(before, LEAD, [wrong])], ANSWERING)
    (point,) = found(merged, Kind.UNPLACED)
    assert "在台账里是「新建学校3所」，这一行写的却是「举办龙舟赛」" in point.what
    assert found(merged, Kind.FAULT) == []


# ---- whose word counts


def test_the_first_named_lead_counts_and_the_other_is_a_contradiction_with_its_figures():
    before = begun(JOINT)
    said = [
        reply(before, SECOND, [row(JOINT.text, "改造4处，投资2.5亿元。")]),
        reply(before, LEAD, [row(JOINT.text, "改造3处。")]),
    ]
    merged = merge(before, said, ANSWERING)
    assert first(merged).progress == "改造3处。"
    (point,) = found(merged, Kind.CONTRADICTION)
    assert (point.unit, point.ours, point.theirs) == (SECOND, "改造3处。", "改造4处，投资2.5亿元。")
    assert point.what == "进展情况与采用的（区教委）不同（数字不同：这里 4、2.5，采用的 3）"


def test_leads_that_differ_only_in_their_judgement_contradict_each_other():
    before = begun(JOINT)
    said = [
        reply(before, LEAD, [row(JOINT.text, judgement="正常推进")]),
        reply(before, SECOND, [row(JOINT.text, judgement="推进较为滞后")]),
    ]
    merged = merge(before, said, ANSWERING)
    assert first(merged).judgement == "正常推进"
    points = [(each.unit, each.theirs) for each in found(merged, Kind.CONTRADICTION)]
    assert points == [(SECOND, "推进较为滞后")]


def test_leads_that_say_the_same_are_no_contradiction():
    before = begun(JOINT)
    said = [
        reply(before, unit, [row(JOINT.text, text)]) for unit, text in ((LEAD, "改造3处。"), (SECOND, "改造 3处。"))
    ]
    merged = merge(before, said, ANSWERING)
    assert found(merged, Kind.CONTRADICTION) == []
    assert [each.use for each in merged.record.origins if each.unit == SECOND] == [Use.SAME]


def test_a_leads_word_counts_over_a_support_units_and_that_is_listed():
    before = begun()
    said = [reply(before, HELPER, [row(progress="审计了2所。")]), reply(before, LEAD, [row()])]
    merged = merge(before, said, ANSWERING)
    assert first(merged).progress == "已建成2所。"
    assert [(each.unit, each.theirs) for each in found(merged, Kind.SUPPORT_TEXT)] == [(HELPER, "审计了2所。")]
    assert found(merged, Kind.SUPPORT_USED) == []


def test_a_support_units_word_stands_in_until_a_lead_answers():
    before = begun()
    helper = reply(before, HELPER, [row(progress="审计了2所。")])
    merged = merge(before, [helper], ANSWERING)
    assert first(merged).progress == "审计了2所。"
    assert [each.unit for each in found(merged, Kind.SUPPORT_USED)] == [HELPER]
    later = merge(reopened(merged), [helper, reply(before, LEAD, [row()])], ANSWERING)
    assert first(later).progress == "已建成2所。"
    assert [(each.unit, each.theirs) for each in found(later, Kind.OVERWRITTEN)] == [(HELPER, "审计了2所。")]


def test_a_support_units_judgement_does_not_fill_a_leads_gap():
    before = begun()
    said = [reply(before, LEAD, [row()]), reply(before, HELPER, [row(progress="审计了。", judgement="推进较为滞后")])]
    merged = merge(before, said, ANSWERING)
    assert first(merged).judgement == ""


def test_a_strangers_word_is_never_taken():
    before = begun()
    merged = merge(before, [reply(before, STRANGER, [row(progress="通水了。")])], ANSWERING)
    assert first(merged).progress == ""
    assert [(each.unit, each.theirs) for each in found(merged, Kind.FOREIGN)] == [(STRANGER, "通水了。")]


def test_a_nameless_returns_word_is_never_taken_and_is_told():
    before = begun()
    nameless = reply(before, "", [row(judgement="正常推进")], "反馈.xlsx")
    merged = merge(before, [nameless], ANSWERING)
    assert (first(merged).progress, first(merged).judgement) == ("", "")
    assert {each.use for each in merged.record.origins if each.is_answer} == {Use.NAMELESS}
    assert "已建成2所。" in [each.theirs for each in found(merged, Kind.NAMELESS)]
    later = merge(before, [nameless, reply(before, LEAD, [row(progress="建成3所。")])], ANSWERING)
    assert first(later).progress == "建成3所。"
    assert "已建成2所。" in [each.theirs for each in found(later, Kind.NAMELESS)]


def test_members_of_a_group_each_give_their_own_text():
    before = begun(GROUPED)
    said = [reply(before, unit, [row(GROUPED.text, f"{unit}整治6条。")]) for unit in ("青木镇", "柳荫镇")]
    merged = merge(before, said, ANSWERING)
    assert first(merged).progress == "柳荫镇整治6条。"
    assert [(each.unit, each.theirs) for each in found(merged, Kind.MEMBERS)] == [("青木镇", "青木镇整治6条。")]
    assert found(merged, Kind.CONTRADICTION) == []


def test_a_lead_that_names_nobody_is_told():
    merged = merge(begun(entry(lead_units=("有关镇街",))), [], ANSWERING)
    assert [each.ours for each in found(merged, Kind.NOBODY)] == ["有关镇街"]


# ---- several files, several rows


def test_of_two_files_of_one_unit_the_later_one_counts_row_by_row():
    before = begun()
    old = reply(before, LEAD, [row(), row(JOINT.text, "改造1处。", 6)], "区教委.xlsx", "2026-07-01 09:00:00")
    new = reply(before, LEAD, [row(progress="已建成3所。")], "区教委(修改).xlsx", "2026-07-03 09:00:00")
    for order in ([old, new], [new, old]):
        merged = merge(before, order, ANSWERING)
        assert [task.progress for task in merged.ledger.tasks] == ["已建成3所。", "改造1处。"]
        (point,) = found(merged, Kind.SEVERAL_FILES)
        assert (point.theirs, point.what) == ("已建成2所。", "进展情况：同一单位以「区教委(修改).xlsx」为准")


def test_an_empty_cell_of_a_later_file_takes_nothing_away():
    before = begun()
    old = reply(before, LEAD, [row()], "一.xlsx", "2026-07-01 09:00:00")
    new = reply(before, LEAD, [row(progress="")], "二.xlsx", "2026-07-03 09:00:00")
    merged = merge(before, [old, new], ANSWERING)
    assert first(merged).progress == "已建成2所。"
    assert found(merged, Kind.EMPTY) == []


def test_two_rows_of_one_file_about_one_task_are_a_point_and_the_better_placed_one_counts():
    before = begun()
    rows = [row("新建学校3所（含小学）", "只建成1所。", 5), row(progress="已建成2所。", line=9)]
    merged = merge(before, [reply(before, LEAD, rows)], ANSWERING)
    assert first(merged).progress == "已建成2所。"
    assert [each.theirs for each in found(merged, Kind.TWO_ROWS)] == ["只建成1所。"]


def test_the_same_file_under_two_names_counts_once():
    before = begun()
    one = reply(before, LEAD, [row()], "区教委.xlsx")
    copy = replace(one, file="副本.xlsx", moment="2026-07-20 09:00:00")
    merged = merge(before, [copy, one], ANSWERING)
    assert [(each.file, each.day) for each in merged.record.returns] == [("副本.xlsx", "2026-07-01")]
    assert [each.what for each in found(merged, Kind.COPY)] == ["内容相同的另有：区教委.xlsx"]


def test_a_file_that_cannot_be_read_is_told_and_read_next_time():
    before = begun()
    why = (error("file.damaged", "工作簿「区教委.xlsx」读不了：压缩包不完整", "请重报", Location(file="区教委.xlsx")),)
    broken = Reply(file="区教委.xlsx", sha256="ab" * 32, moment="2026-07-01 09:00:00", unit=LEAD, problems=why)
    merged = merge(before, [broken], ANSWERING)
    (point,) = found(merged, Kind.UNREAD)
    assert (point.unit, point.what) == (LEAD, "工作簿「区教委.xlsx」读不了：压缩包不完整。请重报")
    assert {each.unit: each.state for each in look(merged).units}[LEAD] is State.UNREAD
    for name in ("区教委.xlsx", "区教委（重报）.xlsx"):
        again = [reply(before, LEAD, [row()], name, "2026-07-09 09:00:00")]
        later = merge(reopened(merged), again, ANSWERING)
        assert found(later, Kind.UNREAD) == []
        assert states(later, date(2026, 7, 5))[LEAD] is State.LATE
        assert look(merge(reopened(later), again, ANSWERING), date(2026, 7, 5)) == look(later, date(2026, 7, 5))


def test_what_a_reader_told_of_a_return_is_kept_with_it():
    before = begun()
    told = (
        error(
            "return.no-progress-column", "没有进展情况一列", "请加上", Location(file="x", sheet="重点任务", cell="A1")
        ),
        warning("ledger.hidden", "有 1 个隐藏的行", "请核对", Location(file="x", sheet="重点任务", cell="A3")),
    )
    merged = reopened(merge(before, [replace(reply(before, LEAD, [row()]), problems=told)], ANSWERING))
    assert [each.what for each in found(merged, Kind.FAULT)] == ["没有进展情况一列。请加上"]
    assert [each.what for each in found(merged, Kind.NOTE)] == ["有 1 个隐藏的行。请核对"]


# ---- doing it again


def test_the_same_returns_again_give_the_same_bytes():
    before = begun(entry(progress="已建成2所。", judgement="正常推进", phrase="新建3所"), JOINT, GROUPED)
    said = every_habit(before)
    once = merge(before, said, ANSWERING)
    twice = merge(reopened(once), said, ANSWERING)
    assert workbook(twice) == workbook(once)
    assert workbook(merge(reopened(twice), said, ANSWERING)) == workbook(once)


def test_more_origins_than_a_sheet_holds_go_on_in_the_next_one(hold: Hold):
    before = begun(entry(), JOINT, GROUPED)
    once = merge(before, every_habit(before), ANSWERING)
    hold(tables={"rows": 7})
    blob = workbook(once)
    tables = {table.name: table for table in read_contents(blob, "汇总.xlsx").value.tables}
    assert [name for name in tables if name.startswith("来源")] == ["来源", "来源（2）", "来源（3）"]
    assert workbook(merge(reopened(once), every_habit(before), ANSWERING)) == blob
    assert read_ledger(blob, "汇总.xlsx", Wants({Sheet.TASKS: frozenset()})).problems == ()


def every_habit(before: Merged) -> list[Reply]:
    """Returns with something for every kind of point that a merge can have."""
    number = before.ledger.tasks[0].id
    return [
        reply(before, LEAD, [row(judgement="推进较为滞后"), row(JOINT.text, "改造1处。", 6)]),
        reply(before, LEAD, [row(progress="已建成3所。", line=7)], "区教委(修改).xlsx", "2026-07-09 10:00:00"),
        reply(before, SECOND, [row(JOINT.text, "改造2处。"), row("无此任务", "办了\n两场", 8)]),
        reply(before, HELPER, [row("改了的任务", "审计了。", id=number), row("新建学校3所（含小学）", "审了", 9)]),
        reply(before, STRANGER, [row(progress="=1+1"), row(GROUPED.text, "", 11)]),
        reply(before, "柳荫镇", [row(GROUPED.text, "_x0041_"), row(GROUPED.text, "两行", 6)]),
        reply(before, "青木镇", [row(GROUPED.text, "青木镇6条", others=(("备注", "一\n二"),))]),
        reply(before, "", [row(progress="没有名字")], "反馈.csv"),
    ]


def test_a_file_named_with_its_folder_or_without_it_is_the_same_return():
    before = begun()
    once = merge(before, [reply(before, LEAD, [row()], "部门/区教委.xlsx")], ANSWERING)
    again = merge(reopened(once), [reply(before, LEAD, [row()], "区教委.xlsx")], ANSWERING)
    assert workbook(again) == workbook(once)
    corrected = [reply(before, LEAD, [row(progress="已建成3所。")], "区教委.xlsx", "2026-06-01 09:00:00")]
    assert first(merge(reopened(once), corrected, ANSWERING)).progress == "已建成3所。"


def test_the_order_of_the_files_does_not_matter():
    before = begun(entry(), JOINT, GROUPED)
    said = every_habit(before)
    wanted = workbook(merge(before, said, ANSWERING))
    for order in (said[::-1], said[3:] + said[:3]):
        assert workbook(merge(before, order, ANSWERING)) == wanted


def test_returns_that_come_one_by_one_give_the_ledger_of_all_at_once():
    before = begun(entry(), JOINT, GROUPED)
    said = every_habit(before)
    wanted = [task.progress for task in merge(before, said, ANSWERING).ledger.tasks]
    for order in itertools.islice(itertools.permutations(said), 0, 40320, 8001):
        merged = before
        for each in order:
            merged = reopened(merge(merged, [each], ANSWERING))
        assert [task.progress for task in merged.ledger.tasks] == wanted


def test_a_corrected_return_changes_its_cell_and_lists_the_old_text_with_both_places():
    before = begun()
    once = merge(before, [reply(before, LEAD, [row(), row(JOINT.text, "改造1处。", 6)])], ANSWERING)
    new = [reply(before, LEAD, [row(progress="已建成3所。"), row(JOINT.text, "改造1处。", 6)])]
    twice = merge(reopened(once), new, ANSWERING)
    assert [task.progress for task in twice.ledger.tasks] == ["已建成3所。", "改造1处。"]
    (point,) = found(twice, Kind.OVERWRITTEN)
    assert (point.theirs, point.ours) == ("已建成2所。", "已建成3所。")
    assert point.what == "进展情况：换成了「区教委.xlsx」重点任务I5的（区教委）"
    assert workbook(merge(reopened(twice), new, ANSWERING)) == workbook(twice)


def test_a_corrected_return_that_leaves_a_task_out_does_not_take_it_from_the_ledger():
    before = begun()
    once = merge(before, [reply(before, LEAD, [row(), row(JOINT.text, "改造1处。", 6)])], ANSWERING)
    new = [reply(before, LEAD, [row()])]
    twice = merge(reopened(once), new, ANSWERING)
    assert twice.ledger.tasks[1].progress == "改造1处。"
    assert [(each.unit, each.theirs) for each in found(twice, Kind.WITHDRAWN)] == [(LEAD, "改造1处。")]
    assert workbook(merge(reopened(twice), new, ANSWERING)) == workbook(twice)


def test_a_row_that_found_no_place_is_gone_when_its_corrected_return_comes():
    before = begun()
    once = merge(before, [reply(before, LEAD, [row("无此任务", "办了")])], ANSWERING)
    twice = merge(reopened(once), [reply(before, LEAD, [row()])], ANSWERING)
    assert [len(found(each, Kind.UNPLACED)) for each in (once, twice)] == [1, 0]


def test_a_persons_polish_stays_while_the_return_says_the_same():
    before = begun()
    said = [reply(before, LEAD, [row()])]
    polished = reopened(merge(before, said, ANSWERING), progress="3所学校已建成2所。")
    again = merge(polished, said, ANSWERING)
    assert first(again).progress == "3所学校已建成2所。"
    assert [(each.ours, each.theirs) for each in found(again, Kind.POLISHED)] == [("3所学校已建成2所。", "已建成2所。")]
    assert found(again, Kind.CONFLICT) == []


def test_a_persons_polish_and_a_new_return_are_a_conflict_until_somebody_decides():
    before = begun()
    polished = reopened(merge(before, [reply(before, LEAD, [row()])], ANSWERING), progress="3所学校已建成2所。")
    new = [reply(before, LEAD, [row(progress="已建成3所。")])]
    again = merge(polished, new, ANSWERING)
    assert first(again).progress == "3所学校已建成2所。"
    (point,) = found(again, Kind.CONFLICT)
    assert (point.ours, point.theirs) == ("3所学校已建成2所。", "已建成3所。")
    assert workbook(merge(reopened(again), new, ANSWERING)) == workbook(again)
    decided = merge(reopened(again, progress="已建成3所。"), new, ANSWERING)
    assert found(decided, Kind.CONFLICT) == []
    assert [each.theirs for each in found(decided, Kind.OVERWRITTEN)] == ["已建成2所。"]


def test_a_text_that_a_person_typed_before_any_return_is_not_overwritten():
    before = replace(begun(), ledger=replace(begun().ledger, tasks=(replace(first(begun()), progress="电话了解。"),)))
    merged = merge(before, [reply(before, LEAD, [row()])], ANSWERING)
    assert first(merged).progress == "电话了解。"
    assert [each.theirs for each in found(merged, Kind.CONFLICT)] == ["已建成2所。"]


def test_a_cell_that_a_person_emptied_stays_empty_and_a_new_text_is_a_conflict():
    before = begun()
    said = [reply(before, LEAD, [row()])]
    emptied = reopened(merge(before, said, ANSWERING), progress="")
    assert first(merge(emptied, said, ANSWERING)).progress == ""
    new = merge(emptied, [reply(before, LEAD, [row(progress="已建成3所。")])], ANSWERING)
    assert first(new).progress == ""
    assert [each.theirs for each in found(new, Kind.CONFLICT)] == ["已建成3所。"]


def test_the_texts_of_a_task_that_somebody_took_out_stay_on_record():
    before = begun()
    merged = reopened(merge(before, [reply(before, LEAD, [row(), row(JOINT.text, "改造1处。", 6)])], ANSWERING))
    fewer = replace(merged, ledger=replace(merged.ledger, tasks=merged.ledger.tasks[:1]))
    again = merge(fewer, [], ANSWERING)
    assert found(again, Kind.UNPLACED) == []
    assert [(each.unit, each.theirs, each.what) for each in found(again, Kind.DELETED)] == [
        (LEAD, "进展情况：改造1处。", "台账里已经没有这个编号")
    ]


def test_a_remark_settles_a_point_and_is_remembered_as_long_as_it_says_the_same():
    before = begun(JOINT)
    said = [reply(before, LEAD, [row(JOINT.text, "一")]), reply(before, SECOND, [row(JOINT.text, "二")])]
    once = merge(before, said, ANSWERING)
    (point,) = found(once, Kind.CONTRADICTION)
    marked = reopened(replace(once, record=replace(once.record, settled=((point.key, "已核实"),))))
    again = merge(marked, said, ANSWERING)
    assert [each.settled for each in found(again, Kind.CONTRADICTION)] == ["已核实"]
    assert Kind.CONTRADICTION not in {each.kind for each in look(again).open_findings}
    changed = merge(marked, [said[0], reply(before, SECOND, [row(JOINT.text, "三")])], ANSWERING)
    assert [each.settled for each in found(changed, Kind.CONTRADICTION)] == [""]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_comes_nothing_is_lost_unlisted_or_different_the_second_time(seed: int):
    chance = random.Random(seed)
    base = merged = begun(entry(progress="甲", judgement="正常推进"), JOINT, GROUPED)
    tasks = [task.text for task in base.ledger.tasks] + ["新建学校3所（含小学）", "没有此事"]
    for _ in range(3):
        said = []
        for number in range(chance.randint(1, 4)):
            unit = chance.choice([LEAD, SECOND, HELPER, STRANGER, "柳荫镇", "青木镇", ""])
            rows = [
                row(chance.choice(tasks), chance.choice(["", "甲", "乙 1", "丙\n2", "乙1"]), line)
                for line in range(5, 5 + chance.randint(1, 3))
            ]
            moment = f"2026-07-0{chance.randint(1, 9)} 09:00:00"
            said.append(reply(base, unit, rows, f"{unit}{number if chance.random() < 0.5 else ''}.xlsx", moment))
        polish = {"progress": chance.choice(["人改", "", "甲"])} if chance.random() < 0.4 else {}
        before = reopened(merged, **polish)
        merged = merge(before, said, ANSWERING)
        blob = workbook(merged)
        assert workbook(merge(reopened(merged), said, ANSWERING)) == blob
        assert workbook(merge(before, said[::-1], ANSWERING)) == blob
        kept = {plain_key(origin.text) for origin in merged.record.origins}
        placed = [match.row for each in said for match in each.matches if match.entry]
        assert {plain_key(each.progress) for each in placed} <= kept | {""}
        told = {(each.id, plain_key(each.theirs)) for each in found(merged, Kind.OVERWRITTEN)}
        for old, new in zip(before.ledger.tasks, merged.ledger.tasks, strict=True):
            assert old.progress in ("", new.progress) or (old.id, plain_key(old.progress)) in told


# ---- who has returned


def states(merged: Merged, deadline: date | None = None, on: date | None = None) -> dict[str, State]:
    return {each.unit: each.state for each in look(merged, deadline, on).units}


def test_who_returned_who_is_late_who_is_missing_and_who_need_not():
    before = begun(JOINT, entry("修水库", lead_units=(STRANGER,), support_units=("青木镇",)))
    said = [
        reply(before, LEAD, [row(JOINT.text)], moment="2026-07-05 23:59:59"),
        reply(before, SECOND, [row(JOINT.text)], moment="2026-07-06 00:00:01"),
    ]
    merged = merge(before, said, ANSWERING)
    deadline = date(2026, 7, 5)
    assert states(merged, deadline, date(2026, 7, 6)) == {
        LEAD: State.RETURNED,
        SECOND: State.LATE,
        HELPER: State.NOT_ASKED,
        STRANGER: State.OVERDUE,
        "青木镇": State.NOT_ASKED,
    }
    assert states(merged, deadline, date(2026, 7, 5))[STRANGER] is State.MISSING
    assert states(merged)[SECOND] is State.RETURNED
    assert list(states(merged)) == [LEAD, SECOND, HELPER, STRANGER, "青木镇"]


def test_a_late_correction_makes_nobody_late():
    before = begun()
    on_time = reply(before, LEAD, [row()], moment="2026-07-05 08:00:00")
    once = merge(before, [on_time], ANSWERING)
    new = reply(before, LEAD, [row(progress="已建成3所。")], moment="2026-07-09 08:00:00")
    twice = merge(reopened(once), [new], ANSWERING)
    assert states(twice, date(2026, 7, 5))[LEAD] is State.RETURNED


def test_a_copied_file_keeps_the_day_on_which_it_was_first_seen():
    before = begun()
    once = merge(before, [reply(before, LEAD, [row()], moment="2026-07-01 08:00:00")], ANSWERING)
    again = merge(reopened(once), [reply(before, LEAD, [row()], moment="2026-08-09 08:00:00")], ANSWERING)
    assert workbook(again) == workbook(once)


def test_tasks_that_a_returning_unit_left_out_are_told_apart_from_those_still_awaited():
    before = begun(entry(), JOINT, entry("修水库", lead_units=(STRANGER,)))
    merged = merge(before, [reply(before, LEAD, [row()])], ANSWERING)
    assert [(each.unit, each.task) for each in found(merged, Kind.UNREPORTED)] == [(LEAD, JOINT.text)]
    assert [(each.unit, each.task) for each in found(merged, Kind.WAITING)] == [(STRANGER, "修水库")]
    assert [(each.unit, each.what) for each in found(merged, Kind.MISSING)] == [
        (SECOND, "没有收到反馈，责任任务 1 项"),
        (STRANGER, "没有收到反馈，责任任务 1 项"),
    ]


@pytest.mark.parametrize(
    ("places", "kind"),
    [(["B9", "C10", "A100"], "cells"), (["第2行第3列", "第10行第1列"], "Word"), (["第9行", "第10行"], "lines")],
)
def test_places_sort_as_they_stand(places: Sequence[str], kind: str):
    shuffled = [*places[1:], places[0]]
    assert sorted(shuffled, key=natural) == list(places), kind
