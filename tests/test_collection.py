"""What a collection gives to look at (待看事项): by gap, by lead and by file; who has returned; remarks; reminders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from reportgen.intake.collection import Collection
from reportgen.intake.findings import Finding, Kind, State
from reportgen.intake.merging import Merged, merge
from reportgen.intake.reminders import reminder_facts
from reportgen.intake.replies import Reply
from reportgen.ledger.ids import with_ids
from reportgen.ledger.model import Ledger, Sheet
from reportgen.ledger.origins import Origin, Use
from reportgen.ledger.records import Received, Record
from reportgen.problems import InputError, Location, error, warning
from reportgen.template.loading import load_config
from reportgen.template.return_forms import load_return_form, reminder_text
from tests.projects import CONFIG, ROOT, goal, project
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
    states,
    workbook,
)

SCHOOL, HALLS = "新建学校3所", JOINT.text
VERDICTS_LISTED = "可用：符合预期、不达预期、符合时间节点"


def recorded(before: Merged, *origins: Origin, returns: tuple[Received, ...]) -> Merged:
    """A ledger with a record of just these origins."""
    return replace(before, record=Record(period=PERIOD, returns=returns, origins=origins))


def received(unit: str = LEAD, file: str = "", rows: int = 1, seed: str = "1", **fields: object) -> Received:
    name = file or f"{unit}.xlsx"
    sha256 = (seed + unit.encode().hex()).ljust(64, "0")[:64]
    given = {"file": name, "unit": unit, "sha256": sha256, "rows": rows, "moment": "2026-07-01 09:00:00"}
    return Received(**{**given, **fields})  # type: ignore[arg-type]


def said(source: Received, use: Use, text: str = "", field: str = "progress", **fields: object) -> Origin:
    where = Location(file=source.file, sheet="重点任务", cell="I5")
    given = {"field": field, "text": text, "unit": source.unit, "digest": source.digest, "where": where, "use": use}
    return Origin(**{**given, **fields})  # type: ignore[arg-type]


def whats(points: list[Finding]) -> list[tuple[str, str]]:
    return [(each.unit, each.what) for each in points]


# ---- what a lead has not said


def test_a_progress_without_a_judgement_is_an_open_point_until_the_ledger_has_one():
    before = begun()
    merged = merge(before, [reply(before, LEAD, [row(), row(HALLS, "改造1处。", 6, judgement="正常推进")])], ANSWERING)
    assert whats(found(merged, Kind.UNJUDGED)) == [(LEAD, "报了进展，没有点选推进情况")]
    assert (look(merged).counts()["answered"], look(merged).counts()["unjudged"]) == (2, 1)
    mended = reopened(merged, judgement="正常推进")
    assert (found(mended, Kind.UNJUDGED), look(mended).counts()["unjudged"]) == ([], 0)


@pytest.mark.parametrize(
    ("sheet", "text", "words"),
    [
        (Sheet.GOALS, "滞后", f"评价「滞后」不是规定的写法，是否要写「不达预期」？{VERDICTS_LISTED}"),
        (Sheet.GOALS, "正常", f"评价「正常」不是规定的写法，是否要写「符合预期」？{VERDICTS_LISTED}"),
        (Sheet.TASKS, "差不多", "推进情况「差不多」不是规定的写法，可用：正常推进、推进较为滞后"),
    ],
)
def test_a_status_that_is_no_word_is_one_point_with_the_word_that_is_meant(sheet: Sheet, text: str, words: str):
    listed = (entry(sheet=sheet),)
    goals, tasks = (listed, ()) if sheet is Sheet.GOALS else ((), listed)
    ledger = Ledger(file="台账.yaml", goals=goals, tasks=tasks)
    before = Merged(ledger=with_ids(ledger), record=Record(period=PERIOD))
    (mine,) = before.ledger
    source = received()
    status = said(source, Use.UNREAD_JUDGEMENT, text, "judgement", id=mine.id)
    merged = recorded(before, status, returns=(source,))
    (point,) = found(merged, Kind.UNREAD_JUDGEMENT)
    assert (point.what, point.theirs, point.is_open) == (words, text, True)
    assert found(merged, Kind.NOTE) == []
    assert found(merged, Kind.UNJUDGED) == []


def test_a_status_that_is_no_word_needs_nobody_once_the_ledger_has_one():
    before = begun(entry(judgement="正常推进"))
    judged = replace(before, ledger=replace(before.ledger, tasks=(replace(first(before), judgement="正常推进"),)))
    source = received()
    status = said(source, Use.UNREAD_JUDGEMENT, "还行", "judgement", id=first(before).id)
    merged = recorded(judged, status, returns=(source,))
    assert [each.theirs for each in found(merged, Kind.NOTE)] == ["还行"]
    assert found(merged, Kind.UNREAD_JUDGEMENT) == []


def test_a_text_that_only_fills_its_cell_is_an_empty_answer_that_says_what_stood_there():
    before = begun()
    source = received()
    merged = recorded(before, said(source, Use.PLACEHOLDER, "见附件", id=first(before).id), returns=(source,))
    (point,) = found(merged, Kind.EMPTY)
    assert (point.unit, point.what, point.theirs) == (LEAD, "已交表，这一项只写了「见附件」", "见附件")
    assert states(merged)[LEAD] is State.BLANK


def test_a_placeholder_among_the_phrases_is_no_gap():
    before = begun()
    source = received()
    number = first(before).id
    phrase = said(source, Use.PLACEHOLDER, "无", "phrase", id=number)
    merged = recorded(before, phrase, said(source, Use.TAKEN, "建成2所。", id=number), returns=(source,))
    assert found(merged, Kind.EMPTY) == []


def test_an_empty_answer_counts_gaps_not_rows():
    before = begun()
    rows = [row(progress="", line=5), row(progress="", line=9), row(HALLS, "改造1处。", 12)]
    again = [row(progress="", line=7)]
    replies = [reply(before, LEAD, rows), reply(before, LEAD, again, "补充.xlsx", "2026-07-02 09:00:00")]
    merged = merge(before, replies, ANSWERING)
    assert whats(found(merged, Kind.EMPTY)) == [(LEAD, "已交表，未填这一项")]


def test_neither_a_strangers_nor_a_support_units_text_hides_that_a_lead_is_silent():
    before = begun(entry(), entry("修桥2座", support_units=()), entry("植树3万株"))
    replies = [
        reply(before, LEAD, [row("植树3万株", "植树。")]),
        reply(before, STRANGER, [row("修桥2座", "修了。")]),
        reply(before, HELPER, [row(progress="审计了。")]),
    ]
    merged = merge(before, replies, ANSWERING)
    assert [(each.unit, each.task) for each in found(merged, Kind.UNREPORTED)] == [(LEAD, SCHOOL), (LEAD, "修桥2座")]
    assert whats(found(merged, Kind.SUPPORT_USED)) == [(HELPER, "进展情况：责任单位区教委已反馈，没有写这一项")]


def test_a_support_units_text_is_used_because_no_lead_has_returned_and_that_is_said():
    before = begun()
    merged = merge(before, [reply(before, HELPER, [row(progress="审计了。")])], ANSWERING)
    assert whats(found(merged, Kind.SUPPORT_USED)) == [(HELPER, "进展情况：责任单位区教委没有反馈")]
    assert [(each.unit, each.task) for each in found(merged, Kind.WAITING)] == [
        (LEAD, SCHOOL),
        (f"{LEAD}、{SECOND}", HALLS),
    ]


def test_of_joint_leads_a_silent_one_is_only_for_reference_when_the_other_has_answered():
    before = begun(entry(lead_units=(SECOND,)), JOINT)
    replies = [reply(before, LEAD, [row(HALLS, "改造3处。")]), reply(before, SECOND, [row()])]
    merged = merge(before, replies, ANSWERING)
    assert found(merged, Kind.UNREPORTED) == []
    (point,) = found(merged, Kind.JOINT_SILENT)
    assert (point.unit, point.what, point.is_open) == (SECOND, "没有单独报；区教委已报", False)
    empty = [replies[0], reply(before, SECOND, [row(), row(HALLS, "", 6)])]
    left = merge(before, empty, ANSWERING)
    assert whats(found(left, Kind.JOINT_SILENT)) == [(SECOND, "已交表，未填这一项；区教委已报")]
    assert found(left, Kind.EMPTY) == []


def test_of_joint_leads_both_are_asked_when_neither_has_answered():
    before = begun(entry(lead_units=(LEAD, SECOND)), entry("修桥2座", lead_units=(LEAD, SECOND)))
    replies = [reply(before, unit, [row("修桥2座", "修了。")]) for unit in (LEAD, SECOND)]
    merged = merge(before, replies, ANSWERING)
    assert [each.unit for each in found(merged, Kind.UNREPORTED)] == [LEAD, SECOND]


def test_each_member_of_a_group_has_its_own_part_in_the_entry():
    before = begun(GROUPED, entry("修桥2座", lead_units=("青木镇",)))
    texts = {"柳荫镇": (GROUPED.text, "整治6条。"), "青木镇": ("修桥2座", "修了。")}
    replies = [reply(before, unit, [row(*words)]) for unit, words in texts.items()]
    merged = merge(before, replies, ANSWERING)
    (point,) = found(merged, Kind.UNREPORTED)
    assert (point.unit, point.what, point.is_open) == ("青木镇", "同组的柳荫镇已报，这个单位没有报", True)


# ---- what was sent and not used


def test_a_text_in_last_periods_column_is_an_open_point_with_its_words():
    before = begun(entry(progress="建成1所。"))
    source = received()
    number = first(before).id
    changed = said(source, Use.NOT_ITS, "建成2所。", "last_progress", id=number)
    same = replace(changed, text="建成 1所。")
    merged = recorded(before, changed, same, returns=(source,))
    (point,) = found(merged, Kind.IN_LAST)
    assert (point.what, point.ours, point.theirs, point.is_open) == (
        "写在上期一栏，没有采用", "建成1所。", "建成2所。", True,
    )  # fmt: skip


def test_a_return_of_another_period_is_one_point_and_its_unit_has_not_returned():
    before = begun(entry(), JOINT)
    source = received(note="写的报告期是「2025年1—6月」")
    texts = [said(source, Use.OTHER_PERIOD, "去年的。", id=each.id) for each in before.ledger]
    other = said(source, Use.NOT_ITS, "前年的。", "last_progress", id=first(before).id)
    merged = recorded(before, *texts, other, said(source, Use.EMPTY, id=first(before).id), returns=(source,))
    (point,) = [each for each in look(merged).findings if each.unit == LEAD and each.is_open]
    assert (point.kind, point.what) == (
        Kind.OTHER_PERIOD,
        "写的报告期是「2025年1—6月」；2 条内容没有采用，记在「来源」表",
    )
    assert states(merged)[LEAD] is State.OTHER_PERIOD
    assert look(merged).counts()["returned"] == 0
    assert [each["unit"] for each in reminder_facts(look(merged))["other_period"]] == [LEAD]


def test_a_file_whose_name_and_head_name_two_units_is_an_open_point():
    before = begun()
    doubt = warning("return.unit-contradiction", "文件名是区财政局", "请核对", Location(file="区财政局.xlsx"))
    answer = reply(before, LEAD, [row()], "区财政局.xlsx")
    merged = merge(before, [replace(answer, problems=(doubt,))], ANSWERING)
    assert whats(found(merged, Kind.UNIT_DOUBT)) == [(LEAD, "文件名是区财政局。请核对")]
    assert found(merged, Kind.NOTE) == []


def test_a_nameless_return_is_listed_text_by_text_and_not_once_more():
    before = begun()
    source = received("", "反馈.xlsx")
    fault = said(source, Use.FAULT, "看不出是哪个单位", "", how="return.unknown-unit", note="请写明")
    text = said(source, Use.NAMELESS, "建成2所。", id=first(before).id)
    merged = recorded(before, fault, text, returns=(source,))
    assert [(each.task, each.theirs) for each in found(merged, Kind.NAMELESS)] == [(SCHOOL, "建成2所。")]
    bare = recorded(before, fault, returns=(source,))
    assert [each.what for each in found(bare, Kind.NAMELESS)] == ["看不出是哪个单位。请写明"]


def test_a_return_that_was_mended_says_nothing_of_itself_any_more():
    before = begun()
    source = received("", "反馈.xlsx", replaced=True)
    fault = said(source, Use.FAULT, "看不出是哪个单位", "", how="return.unknown-unit")
    assert look(recorded(before, fault, returns=(source,))).counts()["open"] == 2  # the two units that are missing
    assert found(recorded(before, fault, returns=(source,)), Kind.NAMELESS) == []


def test_a_row_that_was_taken_out_of_the_ledger_is_told_as_that_with_its_return_or_without():
    before = begun()
    number = before.ledger.tasks[1].id
    sent = [reply(before, LEAD, [row(), row(HALLS, "改造1处。", 6, id=number, judgement="正常推进")])]
    merged = reopened(merge(before, sent, ANSWERING))
    fewer = replace(merged, ledger=replace(merged.ledger, tasks=merged.ledger.tasks[:1]))
    again = merge(fewer, [], ANSWERING)
    (point,) = found(again, Kind.DELETED)
    assert (point.unit, point.id, point.theirs) == (LEAD, number, "进展情况：改造1处。\n推进情况：正常推进")
    assert found(again, Kind.UNPLACED) == []


def test_the_return_itself_says_again_what_the_ledger_has_not_any_more():
    before = begun()
    number = before.ledger.tasks[1].id
    source = received()
    old = said(source, Use.OLD, "改造1处。", id=number, was_taken=True)
    row_now = said(source, Use.UNPLACED, "进展情况：改造1处。", "", said=HALLS, note=f"编号{number}，台账里没有")
    fewer = replace(before, ledger=replace(before.ledger, tasks=before.ledger.tasks[:1]))
    merged = recorded(fewer, old, row_now, returns=(source,))
    assert [(each.id, each.task) for each in found(merged, Kind.DELETED)] == [(number, HALLS)]
    assert found(merged, Kind.UNPLACED) == []
    assert found(merged, Kind.OVERWRITTEN) == []


# ---- two texts for one cell


def contradicted(before: Merged, mine: str, theirs: str) -> list[Reply]:
    return [
        reply(before, LEAD, [row(HALLS, mine, judgement="正常推进")]),
        reply(before, SECOND, [row(HALLS, theirs, judgement="正常推进")]),
    ]


def remarked(merged: Merged, kind: Kind, remark: str = "已核实") -> Merged:
    (point,) = found(merged, kind)
    return reopened(replace(merged, record=replace(merged.record, settled=((point.key, remark),))))


def test_a_remark_on_a_contradiction_does_not_settle_one_with_another_chosen_text():
    before = begun(JOINT)
    marked = remarked(merge(before, contradicted(before, "改造一处", "改造两处"), ANSWERING), Kind.CONTRADICTION)
    assert [each.settled for each in found(marked, Kind.CONTRADICTION)] == ["已核实"]
    changed = merge(marked, contradicted(before, "改造三处", "改造两处"), ANSWERING)
    assert [each.settled for each in found(changed, Kind.CONTRADICTION)] == [""]


def test_a_remark_stays_when_the_person_polishes_the_cell_at_the_same_time():
    before = begun(JOINT)
    sent = contradicted(before, "改造一处", "改造两处")
    marked = remarked(merge(before, sent, ANSWERING), Kind.CONTRADICTION)
    polished = replace(marked, ledger=replace(marked.ledger, tasks=(replace(first(marked), progress="改造1处。"),)))
    assert [each.settled for each in found(merge(polished, sent, ANSWERING), Kind.CONTRADICTION)] == ["已核实"]


def test_a_remark_on_what_is_no_point_any_more_is_kept_and_counts_nowhere():
    before = begun(JOINT)
    sent = contradicted(before, "改造一处", "改造两处")
    marked = remarked(merge(before, sent, ANSWERING), Kind.CONTRADICTION, "已 核实（7月8日）")
    agreed = reopened(merge(marked, contradicted(before, "改造一处", "改造一处"), ANSWERING))
    collection = look(agreed)
    ((words, remark),) = collection.closed
    assert (words[0], words[1], words[3], remark) == ("责任单位说法不一", SECOND, HALLS, "已 核实（7月8日）")
    assert collection.counts()["settled"] == 0
    assert workbook(reopened(agreed)) == workbook(agreed)
    back = merge(reopened(agreed), sent, ANSWERING)
    assert [each.settled for each in found(back, Kind.CONTRADICTION)] == ["已 核实（7月8日）"]
    assert look(back).closed == ()


def test_that_a_text_is_last_periods_is_said_where_another_rule_speaks():
    before = begun(entry(JOINT.text, lead_units=(LEAD, SECOND), progress="改造一处"))
    merged = merge(before, contradicted(before, "改造三处", "改造一处"), ANSWERING)
    (point,) = found(merged, Kind.CONTRADICTION)
    assert point.what.endswith("；与上期一字不差")
    assert found(merged, Kind.SAME_AS_LAST) == []


def test_a_support_units_copy_of_last_period_is_a_point_only_where_it_is_used():
    before = begun(entry(progress="审计了。"))
    helper = reply(before, HELPER, [row(progress="审计了。")])
    assert [each.unit for each in found(merge(before, [helper], ANSWERING), Kind.SAME_AS_LAST)] == [HELPER]
    both = merge(before, [helper, reply(before, LEAD, [row()])], ANSWERING)
    assert found(both, Kind.SAME_AS_LAST) == []


def test_files_of_one_unit_that_do_not_differ_are_one_line():
    before = begun()
    replies = [
        reply(before, LEAD, [row()], "一.xlsx", "2026-07-01 09:00:00"),
        reply(before, LEAD, [row(line=6)], "二.xlsx", "2026-07-02 09:00:00"),
    ]
    merged = merge(before, replies, ANSWERING)
    assert whats(found(merged, Kind.SEVERAL_FILES)) == [(LEAD, "报了 2 份（一.xlsx、二.xlsx），说法没有不同")]


def test_a_text_that_was_replaced_is_no_news_once_a_person_has_changed_the_cell():
    before = begun()
    once = merge(before, [reply(before, LEAD, [row()])], ANSWERING)
    new = [reply(before, LEAD, [row(progress="已建成3所。")])]
    twice = merge(reopened(once), new, ANSWERING)
    assert [each.theirs for each in found(twice, Kind.OVERWRITTEN)] == ["已建成2所。"]
    for typed in ("", "三所全部建成。"):
        assert found(merge(reopened(twice, progress=typed), new, ANSWERING), Kind.OVERWRITTEN) == []


def test_two_files_of_one_shown_name_are_told_apart():
    before = begun()
    number = first(before).id
    early = received(file="反馈.xlsx", seed="1", moment="2026-07-01 09:00:00")
    late = received(file="反馈.xlsx", seed="2", moment="2026-07-02 09:00:00")
    texts = [said(each, Use.NOT_ITS, "缺钱", "存在问题", id=number) for each in (early, late)]
    merged = recorded(before, *texts, returns=(early, late))
    (point,) = found(merged, Kind.EXTRA)
    assert point.digest == late.digest


# ---- who has returned


def test_a_unit_that_sends_a_blank_form_has_not_returned():
    before = begun()
    merged = merge(before, [reply(before, LEAD, [row(progress=""), row(HALLS, "", 6)])], ANSWERING)
    assert states(merged)[LEAD] is State.BLANK
    assert whats(found(merged, Kind.BLANK)) == [(LEAD, "交了空表（区教委.xlsx），责任任务 2 项")]
    assert found(merged, Kind.EMPTY) == []
    counts = look(merged).counts()
    assert (counts["asked"], counts["returned"], counts["missing"]) == (2, 0, 2)
    assert reminder_facts(look(merged))["blank"] == [{"unit": LEAD, "leads": 2}]


def test_a_unit_of_whose_file_nothing_could_be_read_has_not_returned():
    before = begun()
    merged = merge(before, [reply(before, LEAD, [])], ANSWERING)
    assert states(merged)[LEAD] is State.UNHEARD
    assert whats(found(merged, Kind.BLANK)) == [(LEAD, "没有读到内容（区教委.xlsx），责任任务 2 项")]


def broken(unit: str = LEAD) -> Reply:
    fault = error("file.damaged", "文件坏了", "请重报", Location(file=f"{unit}.xls"))
    return Reply(file=f"{unit}.xls", sha256="b" * 64, moment="2026-07-01 08:00:00", unit=unit, problems=(fault,))


def test_as_many_files_are_counted_unreadable_as_are_listed():
    before = begun()
    once = merge(before, [broken()], ANSWERING)
    assert (look(once).counts()["unread"], len(found(once, Kind.UNREAD))) == (1, 1)
    assert states(once)[LEAD] is State.UNREAD
    mended = merge(reopened(once), [reply(before, LEAD, [row()])], ANSWERING)
    assert (look(mended).counts()["unread"], found(mended, Kind.UNREAD)) == (0, [])


def test_the_number_of_units_asked_does_not_depend_on_who_returns():
    before = begun()
    nobody = look(merge(before, [], ANSWERING)).counts()
    assert (nobody["asked"], nobody["helpers"], nobody["helpers_returned"]) == (2, 1, 0)
    replies = [reply(before, HELPER, [row(progress="审计了。")]), reply(before, STRANGER, [row(progress="通水。")])]
    some = look(merge(before, replies, ANSWERING)).counts()
    assert (some["asked"], some["returned"], some["missing"]) == (2, 0, 2)
    assert (some["helpers"], some["helpers_returned"]) == (1, 1)


def test_a_file_dated_after_today_is_no_evidence_of_lateness():
    before = begun()
    merged = merge(before, [reply(before, LEAD, [row()], moment="2027-01-01 09:00:00")], ANSWERING)
    state = look(merged, date(2026, 7, 5), date(2026, 7, 10)).units[0]
    assert (state.state, state.day) == (State.RETURNED, "日期不可用")
    assert (state.as_json()["day"], state.as_json()["day_usable"]) == ("2027-01-01", False)


def test_a_blank_form_in_time_does_not_make_a_late_return_an_early_one():
    before = begun()
    replies = [
        reply(before, LEAD, [row(progress="")], "空.xlsx", "2026-07-01 09:00:00"),
        reply(before, LEAD, [row()], "区教委.xlsx", "2026-07-08 09:00:00"),
    ]
    merged = merge(before, replies, ANSWERING)
    assert states(merged, date(2026, 7, 5), date(2026, 7, 10))[LEAD] is State.LATE


# ---- the reminder


OFFICE = CONFIG + "returns: {deadline: 2026-07-05, contact: 王科长 6800}\n"


def reminded(collection: Collection, folder: Path, config: str = OFFICE) -> str:
    path = project(folder, {"预期目标": [goal()]}, config)
    read, source = load_config(path, path.name)
    form = load_return_form(read, folder, source.locate(("returns",))).value
    return reminder_text(form, reminder_facts(collection))


def test_the_reminder_names_units_tasks_and_the_day(tmp_path: Path):
    before = begun(entry(), JOINT, entry("修水库", lead_units=(STRANGER,)), entry("修桥2座", lead_units=(HELPER,)))
    replies = [reply(before, LEAD, [row()]), reply(before, HELPER, [row("修桥2座", "")])]
    merged = merge(before, replies, ANSWERING)
    text = reminded(look(merged, date(2026, 7, 5), date(2026, 7, 8)), tmp_path)
    school, halls, *_ = merged.ledger.tasks
    assert text.splitlines() == [
        "请以下 2 个单位尽快报送2026年1—6月工作进展情况反馈表（2026年7月5日截止，已逾期）：",
        "区财政局（责任任务 1 项）、区水利局（责任任务 1 项）。",
        "以下单位交了表，没有填写内容，请补报：区审计局（责任任务 1 项）。",
        "以下单位报了表，还有任务没有写进展，请补报：",
        f"区教委：{halls.id}「改造校舍5处」。",
        "以下单位报了进展，没有按规定点选推进情况（评价），请补报：",
        f"区教委：{school.id}「新建学校3所」。",
        "联系人：王科长 6800。",
    ]


def test_units_with_unreadable_files_and_with_forms_of_another_period_are_asked_to_send_again(tmp_path: Path):
    before = begun(entry(), entry("修水库", lead_units=(STRANGER,)))
    other = received(STRANGER)
    wrong = said(other, Use.OTHER_PERIOD, "去年的。", id=before.ledger.tasks[1].id)
    unread = merge(before, [broken()], ANSWERING)
    record = replace(unread.record, returns=(*unread.record.returns, other), origins=(*unread.record.origins, wrong))
    assert reminded(look(replace(unread, record=record)), tmp_path).splitlines() == [
        "以下单位报送的文件打不开，请用发出的反馈表重新报送：区教委。",
        "以下单位交的不是1—6月的反馈表，请用本期的表重新报送：区水利局。",
        "联系人：王科长 6800。",
    ]


def test_nobody_is_reminded_when_all_have_returned(tmp_path: Path):
    before = begun(entry())
    merged = merge(before, [reply(before, LEAD, [row(judgement="正常推进")])], ANSWERING)
    assert reminded(look(merged), tmp_path) == ""


def own_form(folder: Path, reminder: str) -> str:
    form = yaml.safe_load((ROOT / "templates" / "forms" / "return-form.yaml").read_text(encoding="utf-8"))
    folder.joinpath("反馈表.yaml").write_text(
        yaml.safe_dump({**form, "reminder": reminder}, allow_unicode=True), encoding="utf-8"
    )
    return CONFIG + "returns: {form: 反馈表.yaml}\n"


def test_an_office_reminds_in_its_own_words(tmp_path: Path):
    words = "{{ issuer }}催办：{% for each in missing %}{{ each.unit }}{% endfor %}"
    config = own_form(tmp_path, words)
    assert reminded(look(merge(begun(entry()), [], ANSWERING)), tmp_path, config) == "某区人民政府督查室催办：区教委"


def test_a_misspelt_name_in_a_reminder_is_told_with_its_place(tmp_path: Path):
    config = own_form(tmp_path, "{% for each in missing %}{{ each.units }}{% endfor %}")
    with pytest.raises(InputError) as fault:
        reminded(look(begun(entry())), tmp_path, config)
    (problem,) = fault.value.problems
    assert (problem.code, problem.where and problem.where.key) == ("template.undefined", "reminder")


def kinds_in_the_readme() -> Iterator[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    yield from re.findall(r"^\| ([^|]+) \| [^|]+\|$", text[text.index("### 报告里各项的意思") :], re.MULTILINE)


def test_the_readme_lists_what_a_person_has_to_do_in_the_order_of_the_report():
    listed = [name for name in kinds_in_the_readme() if name in {kind.title for kind in Kind}]
    assert listed == [kind.title for kind in Kind if kind.needs_person]


def test_a_row_that_speaks_of_another_task_now_is_told_at_the_one_that_it_left():
    before = begun()
    source = received()
    left = said(source, Use.MOVED, "已建成2所。", id=first(before).id)
    merged = recorded(before, replace(left, was_taken=True), returns=(source,))
    assert [each.what for each in found(merged, Kind.WITHDRAWN)] == ["进展情况：反馈里的这一行现在对到另一项任务"]
    assert found(merged, Kind.OVERWRITTEN) == []
