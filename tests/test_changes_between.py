"""Changes between two ledgers (两期变化): what became of each entry, and what a reader must know of it."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from reportgen.changes.between import ledger_changes
from reportgen.changes.model import (
    Change,
    EntryChange,
    Figure,
    LedgerChanges,
    Move,
    Pairing,
    Progress,
    Rewording,
    UnitPart,
)
from reportgen.ledger.model import Entry, Ledger, Sheet
from reportgen.ledger.units import Group, Register, Unit, Validity
from reportgen.problems import Location, Problem

NORMAL, LAGGING = "正常推进", "推进较为滞后"
# Long enough and unlike each other: what is looked at is never which became which, unless a test is about it.
TEXTS = (
    "新建学校2所，增加学位1800个",
    "盘活存量资金2亿元",
    "完成老旧小区改造30个，惠及居民8000户",
    "培育专精特新企业20家",
    "举办促消费活动60场",
    "建成临港冷链物流基地",
    "引进高层次人才120名",
    "打通未贯通道路10条",
)


def task(text: str = TEXTS[0], **fields: Any) -> Entry:
    given = {"judgement": NORMAL, "lead_units": ("区教委",), "progress": "已开工。"} | fields
    return Entry(sheet=Sheet.TASKS, text=text, **given)


def goal(text: str, judgement: str, progress: str = "增长4.4%。") -> Entry:
    return Entry(sheet=Sheet.GOALS, text=text, judgement=judgement, progress=progress)


def book(*tasks: Entry, goals: tuple[Entry, ...] = (), period: str = "", file: str = "台账.xlsx") -> Ledger:
    return Ledger(file=file, tasks=tasks, goals=goals, period=period)


def changes(old: Ledger, new: Ledger, register: Register | None = None) -> LedgerChanges:
    return ledger_changes(old, new, register).value


def one(before: Entry, after: Entry, register: Register | None = None) -> EntryChange:
    """What became of one task among others that stay as they are."""
    others = [task(text) for text in TEXTS[1:]]
    found = changes(book(before, *others), book(after, *others), register)
    (change,) = (each for each in found.entries if each.before is before)
    return change


def problems(old: Ledger, new: Ledger) -> list[Problem]:
    return list(ledger_changes(old, new).problems)


def codes(old: Ledger, new: Ledger) -> list[str]:
    return [each.code for each in problems(old, new)]


# ---- judgements


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (NORMAL, LAGGING, Change.NEWLY_LAGGING),
        (LAGGING, LAGGING, Change.STILL_LAGGING),
        (LAGGING, NORMAL, Change.RECOVERED),
        (NORMAL, NORMAL, None),
        ("", LAGGING, None),
        (LAGGING, "", None),
    ],
)
def test_a_task_falls_behind_stays_there_or_recovers(before, after, kind):
    change = one(task(judgement=before, progress="已选址。"), task(judgement=after, progress="主体完工。"))
    assert change.kinds == ((kind,) if kind else ())


def test_a_goal_goes_from_verdict_to_verdict():
    old = book(goals=(goal("地区生产总值增长5%", "符合预期"), goal("固定资产投资增长6%", "不达预期")))
    new = book(
        goals=(goal("地区生产总值增长5%", "不达预期", "增长3%。"), goal("固定资产投资增长6%", "不达预期", "增长5%。"))
    )
    first, second = changes(old, new).entries
    assert first.kinds == (Change.FIGURE, Change.VERDICT)
    assert [each and each.judgement for each in (first.before, first.after)] == ["符合预期", "不达预期"]
    assert second.kinds == (Change.FIGURE,)


def test_a_new_task_that_lags_is_newly_lagging_so_that_the_counts_add_up():
    old = book(task(TEXTS[0], judgement=LAGGING), task(TEXTS[1]), task(TEXTS[2], judgement=LAGGING))
    new = book(task(TEXTS[0], judgement=LAGGING), task(TEXTS[1], judgement=LAGGING), task(TEXTS[5], judgement=LAGGING))
    found = changes(old, new)
    now = list(found.of(Change.NEWLY_LAGGING)) + list(found.of(Change.STILL_LAGGING))
    assert sorted(each.entry.text for each in now) == sorted(e.text for e in new.tasks)
    assert [each.entry.text for each in found.of(Change.NEW)] == [TEXTS[5]]
    (gone,) = found.of(Change.DROPPED)
    assert (gone.entry.text, gone.was_lagging, gone.is_lagging) == (TEXTS[2], True, False)


def test_a_task_is_finished_once_and_then_stands_still_without_blame():
    done = "已完成年度目标任务。"
    first = one(task(progress="已改造12个。"), task(progress=done))
    assert (first.kinds, first.finished_by) == ((Change.FINISHED,), "已完成年度目标任务")
    second = one(task(progress=done), task(progress=done))
    assert (second.kinds, second.progress, second.finished_by) == ((), Progress.SAME, "已完成年度目标任务")


def test_a_task_of_which_a_part_is_done_is_not_finished():
    assert Change.FINISHED not in one(task(), task(progress="前期工作已全部完成。")).kinds


# ---- progress, figures


def test_progress_word_for_word_the_same_is_told_and_what_little_changed_in_it():
    same = one(task(progress="完成72%， 施工中。"), task(progress="完成７２%，施工中。"))
    assert (same.kinds, same.progress) == ((Change.UNCHANGED_PROGRESS,), Progress.SAME)
    dated = one(task(progress="截至6月底，完成72%。"), task(progress="截至9月底，完成72%。"))
    assert (dated.kinds, dated.progress) == ((Change.UNCHANGED_PROGRESS,), Progress.ONLY_PERIOD)
    empty = one(task(progress="已开工。"), task(progress=""))
    assert (empty.kinds, empty.progress) == ((), Progress.MISSING)


def test_a_changed_figure_is_told_from_what_to_what():
    change = one(task(progress="1—3月，完成投资3.2亿元。"), task(progress="1—6月，完成投资5.1亿元。"))
    assert change.kinds == (Change.FIGURE,)
    assert change.figures == (Figure(of="完成投资", before="3.2亿元", after="5.1亿元"),)


# ---- units

REGISTER = Register(
    units=(
        Unit("区教委", aliases=("区教育委员会",), second_names=("区政府教育督导室",)),
        Unit("区文化委", validity=Validity(last=date(2026, 3, 1)), successor="区文化旅游委"),
        Unit("区文化旅游委"),
        Unit("甲镇", kind="镇街"),
        Unit("乙镇", kind="镇街"),
    ),
    groups=(Group("各镇街", kind="镇街"),),
)


def parts(before: Entry, after: Entry, register: Register | None = REGISTER) -> tuple[list[str], list[str]]:
    change = one(before, after, register)
    assert (Change.UNITS in change.kinds) is bool(change.units_gone or change.units_come)
    gone, come = ([f"{each.role}{each.name}" for each in side] for side in (change.units_gone, change.units_come))
    return gone, come


def test_units_that_come_and_go_are_told_with_their_part():
    before = task(lead_units=("区教委",), support_units=("区财政局",))
    assert parts(before, replace(before, lead_units=("区财政局",), support_units=("区教委",))) == (
        ["牵头区教委", "配合区财政局"],
        ["牵头区财政局", "配合区教委"],
    )
    assert one(before, replace(before, lead_units=("区教委", "甲镇"))).units_come == (
        UnitPart(name="甲镇", role="牵头"),
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("区教委", "甲镇"), ("甲镇", "区教委")),
        (("区教委",), ("区教育委员会",)),
        (("区教委",), ("区教委（区政府教育督导室）",)),
        (("区文化委",), ("区文化旅游委",)),
        (("各镇街",), ("乙镇", "甲镇")),
        (("招商专班（区商务委）",), ("招商专班(区投促中心)",)),
    ],
)
def test_order_aliases_successors_groups_and_brackets_are_no_change_of_units(before, after):
    assert parts(task(lead_units=before), task(lead_units=after)) == ([], [])


def test_a_group_of_which_a_member_is_no_longer_named_is_told():
    assert parts(task(lead_units=("各镇街",)), task(lead_units=("甲镇",))) == (["牵头各镇街"], [])


# ---- wording and place


def test_a_reworded_task_is_told_with_the_letters_that_changed():
    change = one(task("新建学校2所，增加学位1800个"), task("新建中小学校3所，增加学位1800个"))
    assert change.kinds == (Change.UNCHANGED_PROGRESS, Change.REWORDED)
    assert (change.pairing, change.score) == (Pairing.ALIKE, 0.88)
    assert change.rewordings == (
        Rewording(before="", after="中小", lead="新建", tail="学校3所"),
        Rewording(before="2", after="3", lead="中小学校", tail="所，增加"),
    )


def test_marks_width_and_an_ordinal_before_a_text_are_no_rewording():
    change = one(task("新建学校2所，增加学位1800个"), task("1.新建学校２所, 增加学位1800个。"))
    assert change.kinds == (Change.UNCHANGED_PROGRESS,)


def test_only_what_moved_is_told_as_moved():
    tasks = [task(text, category="城建") for text in TEXTS]
    moved = changes(book(*tasks), book(*tasks[1:5], tasks[0], *tasks[5:]))
    assert [(each.entry.text, each.moves) for each in moved.of(Change.MOVED)] == [(TEXTS[0], (Move.ORDER,))]
    put_in = changes(book(*tasks[1:]), book(task("举办田径锦标赛", category="城建"), *tasks[1:]))
    assert list(put_in.of(Change.MOVED)) == []
    assert [each.place_after for each in put_in.of(Change.NEW)] == [1]


def test_another_category_is_a_move_and_another_name_for_it_is_none():
    old = [task(text, category="一、城市建设" if place < 4 else "二、民生") for place, text in enumerate(TEXTS)]
    new = [replace(e, category="（1）城市更新" if place < 3 else "２．民生") for place, e in enumerate(old)]
    found = changes(book(*old), book(*new))
    assert found.renamed == (("一、城市建设", "（1）城市更新"),)
    assert [(each.entry.text, each.moves) for each in found.of(Change.MOVED)] == [(TEXTS[3], (Move.CATEGORY,))]


def test_categories_that_changed_places_move_none_of_their_tasks():
    city, people = (
        [task(text, category=name) for text in part] for name, part in (("城", TEXTS[:4]), ("民", TEXTS[4:]))
    )
    assert list(changes(book(*city, *people), book(*people, *city)).of(Change.MOVED)) == []


def test_dropped_entries_stand_where_they_stood():
    tasks = [task(text) for text in TEXTS[:6]]
    found = changes(book(*tasks), book(tasks[1], task("举办田径锦标赛"), tasks[2], tasks[5]))
    told = [(each.place_before, each.place_after) for each in found.entries]
    assert told == [(1, 0), (2, 1), (0, 2), (3, 3), (4, 0), (5, 0), (6, 4)]


# ---- which became which


def test_an_id_finds_its_entry_however_it_is_reworded():
    change = one(task(id="R-1"), task("新建中小学校2所以上，努力增加义务教育公办学位", id="ｒ-1"))
    assert (change.pairing, change.after is not None) == (Pairing.ID, True)
    assert 0.5 <= change.score < 0.7


def test_an_id_that_another_task_has_now_is_not_believed_and_told():
    old, new = task(id="R-1"), task("举办田径锦标赛", id="R-1")
    others = [task(text) for text in TEXTS[1:]]
    outcome = ledger_changes(book(old, *others), book(new, *others))
    assert [each.code for each in outcome.problems] == ["changes.id-reused"]
    assert TEXTS[0] in outcome.problems[0].what
    assert "举办田径锦标赛" in outcome.problems[0].what
    assert [each.entry for each in outcome.value.of(Change.DROPPED)] == [old]


def test_ids_that_changed_places_with_their_texts_are_not_believed():
    old = book(*(task(text, id=f"R-{i}") for i, text in enumerate(TEXTS)))
    new = book(*(task(text, id=f"R-{i if i > 1 else 1 - i}") for i, text in enumerate(TEXTS)))
    outcome = ledger_changes(old, new)
    assert [each.code for each in outcome.problems] == ["changes.id-reused"] * 2
    assert [each.before and each.before.text for each in outcome.value.entries] == list(TEXTS)


def test_ids_given_anew_in_each_period_are_told_once_and_not_used():
    old = book(*(task(text, id=str(i)) for i, text in enumerate(TEXTS, 1)))
    new = book(*(task(text, id=str(i)) for i, text in enumerate(TEXTS[2:], 1)))
    outcome = ledger_changes(old, new)
    assert [each.code for each in outcome.problems] == ["changes.ids-anew"]
    assert {each.pairing for each in outcome.value.entries if each.after} == {Pairing.SAME_TEXT}


def test_an_id_used_twice_is_told_with_its_cells_and_names_nothing():
    where = [Location(file="台账.xlsx", sheet="重点任务", cell=f"A{row}") for row in (2, 3)]
    old = book(*(task(text, id="R-1", cells={"id": cell}) for text, cell in zip(TEXTS, where, strict=False)))
    outcome = ledger_changes(old, book(task(TEXTS[1], id="R-1"), task(TEXTS[0])))
    (problem,) = outcome.problems
    assert (problem.code, problem.where, problem.related) == ("changes.id-twice", where[0], (where[1],))
    assert [each.entry.text for each in outcome.value.entries if each.before and each.after] == [TEXTS[1], TEXTS[0]]


def test_of_equal_texts_the_units_say_which_became_which():
    old = book(task("完成年度任务", lead_units=("甲局",)), task("完成年度任务", lead_units=("乙局",)))
    new = book(task("完成年度任务", lead_units=("乙局",)), task("完成年度任务", lead_units=("甲局",)))
    assert [(each.place_before, each.units_gone) for each in changes(old, new).entries] == [(2, ()), (1, ())]


def test_tasks_that_differ_in_a_word_are_not_one_and_are_told_to_be_looked_at():
    first, second = "推动区领导联系重点项目全覆盖，打通卡点堵点难点", "推动区领导联系重点企业全覆盖，打通卡点堵点难点"
    others = [task(text) for text in TEXTS]
    outcome = ledger_changes(book(task(first), *others), book(*others, task(second)))
    (problem,) = outcome.problems
    assert (problem.code, problem.severity.value) == ("changes.unsure", "warning")
    assert "0.91" in problem.what
    assert first in problem.what
    assert second in problem.what
    (unsure,) = outcome.value.unsure
    assert (unsure.before.text, unsure.after.text, unsure.score) == (first, second, 0.91)
    assert {each.entry.text for each in outcome.value.of(Change.NEW)} == {second}


def test_a_word_changed_at_the_same_place_by_the_same_units_is_a_rewording():
    change = one(task("加快推进智慧城市运行中心建设"), task("全面推进智慧城市运行中心建设"))
    assert (change.pairing, change.score) == (Pairing.ALIKE, 0.86)
    assert change.rewordings == (Rewording(before="加快", after="全面", tail="推进智慧"),)
    other_units = one(
        task("加快推进智慧城市运行中心建设"), task("全面推进智慧城市运行中心建设", lead_units=("区财政局",))
    )
    assert other_units.after is None


def test_an_entry_split_in_two_has_one_successor_and_the_other_says_where_it_came_from():
    whole = task("新建学校2所，改造老旧食堂12个，更新教学设备3000台")
    kept, split = task("新建学校2所，改造老旧食堂12个"), task("更新教学设备3000台")
    others = [task(text) for text in TEXTS[1:]]
    outcome = ledger_changes(book(whole, *others), book(kept, split, *others))
    first, second = outcome.value.entries[:2]
    assert (first.before, first.pairing) == (whole, Pairing.ALIKE)
    assert (second.kinds, second.came_from) == ((Change.NEW,), whole)
    assert outcome.problems == ()
    merged = ledger_changes(book(kept, split, *others), book(whole, *others))
    (gone,) = merged.value.of(Change.DROPPED)
    assert (gone.before, gone.went_into) == (split, whole)
    assert merged.problems == ()


def test_a_split_or_a_merger_that_can_be_doubted_is_told_to_be_looked_at():
    whole = task("新建学校2所，改造老旧食堂12个，更新教学设备3000台")
    kept, split = task("新建学校2所，改造老旧食堂12个"), task("更新教学设备3000台", lead_units=("区财政局",))
    others = [task(text) for text in TEXTS[1:]]
    outcome = ledger_changes(book(whole, *others), book(kept, split, *others))
    assert [each.code for each in outcome.problems] == ["changes.split"]
    merged = ledger_changes(book(kept, split, *others), book(whole, *others))
    assert [each.code for each in merged.problems] == ["changes.merged"]


# ---- what a reader must know


def test_a_ledger_without_judgements_cannot_say_what_lags():
    judged, not_judged = ([task(text, judgement=word) for text in TEXTS] for word in (LAGGING, ""))
    (problem,) = problems(book(*not_judged), book(*judged))
    assert problem.code == "changes.no-judgement"
    assert problem.what.startswith("上期台账的重点任务都没有填「推进情况」")
    (some,) = problems(book(*judged), book(*not_judged[:2], *judged[2:]))
    assert some.what.startswith("本期台账有 2 项重点任务没有填「推进情况」")


def test_a_better_judgement_without_any_new_progress_is_told():
    others = [task(text) for text in TEXTS[1:]]
    recovered = task(judgement=NORMAL, progress="截至9月底，完成12%。")
    lagged = task(judgement=LAGGING, progress="截至6月底，完成12%。")
    (problem,) = problems(book(lagged, *others), book(recovered, *others))
    assert problem.code == "changes.unfounded"
    assert "由「推进较为滞后」改为「正常推进」，进展却只改了统计时间" in problem.what
    assert codes(book(recovered, *others), book(lagged, *others)) == []
    goals = [(goal("固定资产投资增长6%", verdict), goal("税收增长5%", verdict)) for verdict in ("不达预期", "符合预期")]
    assert codes(book(goals=goals[0]), book(goals=goals[1])) == ["changes.unfounded"] * 2
    assert codes(book(goals=goals[1]), book(goals=goals[0])) == []


def test_two_ledgers_of_one_period_and_two_in_the_wrong_order_are_told():
    old, new = [task(text) for text in TEXTS], [task(text, progress="完工。") for text in TEXTS]
    h1, q3 = "2026年1—6月", "2026年1—9月"
    assert codes(book(*old, period=h1), book(*new, period="2026年 1—6月")) == ["changes.same-period"]
    assert codes(book(*old, period=q3), book(*new, period=h1)) == ["changes.period-order"]
    assert codes(book(*old, period=h1), book(*new, period=q3)) == []


def test_the_same_ledger_twice_is_told():
    tasks = [task(text) for text in TEXTS]
    assert codes(book(*tasks), book(*tasks, file="另存.xlsx")) == ["changes.same-ledger"]


def test_a_sheet_that_one_ledger_lacks_is_told_and_not_compared():
    goals = (goal("地区生产总值增长5%", "符合预期"),)
    tasks = [task(text) for text in TEXTS]
    outcome = ledger_changes(book(*tasks, goals=goals), book(*(replace(e, progress="完工。") for e in tasks)))
    assert [each.code for each in outcome.problems] == ["changes.sheet-missing"]
    assert "本期台账一项也没有" in outcome.problems[0].what
    assert {each.sheet for each in outcome.value.entries} == {Sheet.TASKS}


def test_ledgers_with_nothing_in_common_are_probably_the_wrong_files():
    old = book(*(task(text) for text in TEXTS[:4]))
    new = book(*(task(text) for text in TEXTS[4:]))
    assert codes(old, new) == ["changes.little-in-common"]


def test_every_message_is_short_however_long_the_texts_are():
    long = "推动区领导联系重点项目全覆盖，" * 30
    others = [task(text) for text in TEXTS]
    old = book(task(long + "打通卡点", id="R" * 400), task(long + "另一句话在这里", id="R" * 400), *others)
    new = book(task(long + "打通堵点难点", id="R" * 400), *others)
    assert all(len(each.what) <= 300 and len(each.fix) <= 300 for each in problems(old, new))


@pytest.mark.campaign
def test_two_ledgers_of_thousands_of_tasks_end_within_some_seconds():
    def text(number: int) -> str:
        return f"{TEXTS[number % 8]}，第{number}片区{chr(0x4E00 + number)}{chr(0x6E00 + number * 7 % 5000)}项目"

    old = book(*(task(text(number), progress=f"第{number}片区。") for number in range(3000)))
    new = book(*(replace(entry, text=entry.text.replace("，", "，加快") + "建设") for entry in old.tasks))
    start = time.process_time()
    kept = [each for each in changes(old, new).entries if each.before and each.after]
    assert time.process_time() - start < 20
    assert len(kept) > 2600
    assert all(each.progress is Progress.SAME for each in kept)
