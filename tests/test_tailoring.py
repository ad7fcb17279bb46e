"""The ledger of one unit (一个单位的台账): whose entries, in which order, as what, and where the report has them."""

from __future__ import annotations

from typing import Any

import pytest

from reportgen.generate import Request, generate
from reportgen.intake.tailoring import tailored
from reportgen.ledger.model import Entry, Ledger, ReportPlace, Sheet
from reportgen.problems import Location
from reportgen.review.readback import read_docx
from reportgen.template.compose import compose, report_places
from tests.projects import SAMPLE
from tests.units_documents import REPORT, duties_of, goal, ledger_of, places_in_report, sample, task


def own(ledger: Ledger, unit: str, report: Any = REPORT) -> list[tuple[str, str, str, str, str]]:
    """A unit's entries: text, duty, group, annex and number in the report."""
    places = dict(zip(keys_of(ledger), places_in_report(ledger, report), strict=True))
    return [
        (entry.text, entry.duty, entry.duty_group, entry.report_annex, entry.report_no)
        for entry in tailored(ledger, duties_of(ledger, unit), places)
    ]


def keys_of(ledger: Ledger) -> list[tuple[Sheet, int]]:
    return [(sheet, at) for sheet in Sheet for at in range(len(ledger.entries(sheet)))]


LEDGER = ledger_of(
    goal("甲"),
    goal("乙", lead_units=("区城管局",), support_units=("区教委",)),
    task("修路", support_units=("各镇街",)),
    task("办学", "推进较为滞后", lead_units=("区教委", "区城管局"), support_units=("石渡街道", "各镇街")),
    task("架桥", lead_units=("石渡街道",), support_units=("区城管局",)),
    task("种树", lead_units=("各镇街",), support_units=("区教委",)),
)


def test_a_unit_has_its_own_entries_alone_led_ones_first_each_with_its_place_in_the_report() -> None:
    assert own(LEDGER, "区教委") == [
        ("甲", "牵头", "", "附件1", "1"),
        ("乙", "配合", "", "附件1", "2"),
        ("办学", "牵头", "", "附件2", "1"),
        ("种树", "配合", "", "附件3", "3"),
    ]
    assert own(LEDGER, "区城管局") == [
        ("乙", "牵头", "", "附件1", "2"),
        ("修路", "牵头", "", "附件3", "1"),
        ("办学", "牵头", "", "附件2", "1"),
        ("架桥", "配合", "", "附件3", "2"),
    ]


def test_the_group_that_includes_a_unit_is_told_but_not_where_it_is_named_itself() -> None:
    assert own(LEDGER, "石渡街道") == [
        ("架桥", "牵头", "", "附件3", "2"),
        ("种树", "牵头", "各镇街", "附件3", "3"),
        ("修路", "配合", "各镇街", "附件3", "1"),
        ("办学", "配合", "", "附件2", "1"),
    ]
    assert own(LEDGER, "柳荫镇") == [
        ("种树", "牵头", "各镇街", "附件3", "3"),
        ("修路", "配合", "各镇街", "附件3", "1"),
        ("办学", "配合", "各镇街", "附件2", "1"),
    ]


def test_everything_else_of_ledger_and_entry_stays_as_it_is() -> None:
    cells = {"text": Location(file="台账.xlsx", sheet="重点任务", cell="C2")}
    whole = task("修路", progress="已开工。", category="城建", id="R-001", others=(("备注", "急"),), cells=cells)
    ledger = ledger_of(whole)
    made = tailored(ledger, duties_of(ledger, "区城管局"), {})
    assert (made.file, made.period, made.goals) == (ledger.file, "2026年1—6月", ())
    (entry,) = made.tasks
    assert (entry.id, entry.progress, entry.category, entry.others) == ("R-001", "已开工。", "城建", (("备注", "急"),))
    assert entry.where("duty") is cells["text"]
    assert ledger.tasks == (whole,), "the whole ledger is not touched"


def test_two_entries_of_the_same_words_keep_their_own_numbers() -> None:
    twice = ledger_of(task("修路"), task("架桥", lead_units=("区教委",)), task("修路"))
    assert [each[4] for each in own(twice, "区城管局")] == ["1", "3"]


def test_a_unit_with_nothing_to_do_has_an_empty_ledger() -> None:
    assert list(tailored(LEDGER, duties_of(ledger_of(), "区教委"), {})) == []


# ---- where the report shows an entry

TASKS = [task("甲"), task("乙", "推进较为滞后"), task("丙")]


def places(entries: list[Entry], report: Any = REPORT, **config: Any) -> list[tuple[str, str]]:
    return [(place.annex, place.number) for place in places_in_report(ledger_of(*entries), report, **config)]


def annex(name: str, rows: str, *columns: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "rows": rows, "title": name, "columns": list(columns)}


NUMBER = {"title": "序号", "number": True, "width": 1}
TEXT = {"title": "任务", "field": "text", "width": 4}
LATE = {"late": {"sheet": "重点任务", "judgement": "推进较为滞后"}}


def test_annexes_count_as_the_report_numbers_them() -> None:
    assert places([goal(), *TASKS]) == [("附件1", "1"), ("附件3", "1"), ("附件2", "1"), ("附件3", "2")]
    assert places(TASKS) == [("附件2", "1"), ("附件1", "1"), ("附件2", "2")]
    assert places(TASKS, first_annex=4) == [("附件5", "1"), ("附件4", "1"), ("附件5", "2")]


def test_an_only_annex_has_no_number_of_its_own() -> None:
    assert places([task("甲"), task("乙")]) == [("附件", "1"), ("附件", "2")]
    assert places([task("甲")], first_annex=2) == [("附件2", "1")]


def test_the_first_annex_that_lists_an_entry_counts() -> None:
    everything, late = annex("all", "tasks", NUMBER, TEXT), annex("late", "late", NUMBER, TEXT)
    report = {"lists": LATE, "annexes": [everything, late]}
    assert places(TASKS, report) == [("附件1", "1"), ("附件1", "2"), ("附件1", "3")]
    assert places(TASKS, {"lists": LATE, "annexes": [late, everything]}) == [
        ("附件2", "1"),
        ("附件1", "1"),
        ("附件2", "3"),
    ]


def test_what_no_annex_lists_has_an_empty_place() -> None:
    report = {"partial": True, "lists": LATE, "annexes": [annex("late", "late", NUMBER, TEXT)]}
    assert places([goal(), *TASKS], report) == [("", ""), ("", ""), ("附件", "1"), ("", "")]
    assert places(TASKS, {"body": "共{{ tasks | count }}项。", "partial": True}) == [("", "")] * 3


def test_the_number_is_the_one_that_the_report_s_table_shows() -> None:
    entries = [task("甲", given_no="12"), task("乙", given_no="15")]
    given = annex("a", "tasks", {"title": "原序号", "field": "given_no", "width": 1}, TEXT)
    assert places(entries, {"annexes": [given]}) == [("附件", "12"), ("附件", "15")]
    assert places(entries, {"annexes": [annex("a", "tasks", TEXT)]}) == [("附件", ""), ("附件", "")]
    nested = annex("a", "tasks", {"title": "项", "columns": [NUMBER, TEXT]})
    assert places(entries, {"annexes": [nested]}) == [("附件", "1"), ("附件", "2")]


def test_section_rows_do_not_count() -> None:
    report = {"annexes": [annex("a", "tasks", NUMBER, TEXT) | {"sections": ["category"]}]}
    entries = [task("甲", category="城建"), task("乙", category="民生")]
    assert places(entries, report) == [("附件", "1"), ("附件", "2")]


def test_every_place_of_the_sample_is_where_its_finished_report_has_the_task() -> None:
    """Read off the Word file of the report, which knows nothing of `report_places`."""
    (blob,) = [blob for name, blob in generate(Request(SAMPLE, ("docx",))).files.items() if name.endswith(".docx")]
    shown: dict[tuple[str, str], str] = {}
    label = ""
    for line in read_docx(blob):
        if line.startswith("附件序号 "):
            label = line.removeprefix("附件序号 ")
        elif line.startswith("表格文字 │ "):
            shown[label, line.split(" │ ")[1]] = line
    ledger = sample().inputs.ledger
    found = report_places(sample().inputs.prepared, ledger)
    assert len(found) == len(shown) == len(list(ledger))
    for (sheet, at), place in found.items():
        assert ledger.entries(sheet)[at].text.replace("\n", "⏎") in shown[place.annex, place.number]


def test_the_sample_s_places_are_all_different() -> None:
    inputs = sample().inputs
    assert compose(inputs.prepared, inputs.ledger).problems == ()
    found = list(report_places(inputs.prepared, inputs.ledger).values())
    assert len(set(found)) == len(found) > 100
    assert ReportPlace() not in found


@pytest.mark.parametrize("unit", ["区教委", "柳荫镇"])
def test_a_second_tailoring_gives_the_same_ledger(unit: str) -> None:
    duties = duties_of(LEDGER, unit)
    assert tailored(LEDGER, duties, {}) == tailored(LEDGER, duties, {})
