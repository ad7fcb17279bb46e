"""What the office does at a period (六步的业务): settings, what is let stand, verdicts, and who may see it."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from reportgen.problems import ReportError
from reportgen.service.model import Job, JobKind, JobState, LedgerOrigin, Period, Person, Role
from reportgen.service.office.desk import Desk
from reportgen.service.office.reports import building, examining, ledgers, periods, steps, verdicts
from reportgen.service.office.reports.verdicts import Show
from reportgen.service.office.setting.configuration_files import placed_files, sample_files
from reportgen.service.office.setting.configuration_text import changed, read_text
from reportgen.service.office.uploads import Upload, upload_name
from reportgen.service.settings import Settings
from reportgen.service.store import blobs, editions, jobs, setting_files
from reportgen.service.store import ledgers as ledger_rows
from reportgen.service.store.opening import open_store, reading, writing

OFFICE = Person(id="a" * 32, name="督查员", role=Role.OFFICE)
UNIT = Person(id="b" * 32, name="区教委", role=Role.UNIT, unit="区教委")
CONFIG = b"""\
# one
version: 1
template: half-year-report
ledger: ledger.xlsx
year: 2026
period: H1
issuer: A
"""


@pytest.fixture
def desk(tmp_path: Path) -> Any:
    store = open_store(tmp_path)
    yield Desk(store, Settings(data=tmp_path))
    store.close()


def period_with(desk: Desk, config: bytes = CONFIG) -> Period:
    """A period with that configuration and a ledger that nobody has looked at."""
    made = periods.new_from_files(desk, OFFICE, "一期", [uploaded(desk, "c.yaml", config)])
    ledgers.put(desk, OFFICE, made.id, uploaded(desk, "台账.xlsx", b"one"))
    return made


def uploaded(desk: Desk, name: str, blob: bytes) -> Upload:
    return Upload(name=name, sha256=blobs.put(desk.store, blob), size=len(blob))


def job_of(desk: Desk, period: Period, kind: JobKind = JobKind.EXAMINE) -> Job:
    with reading(desk.store) as con:
        return jobs.jobs_of(con, period.id, [kind])[0]


def end(desk: Desk, job: Job, result: Any) -> None:
    """The job is done, with this result, as its process would leave it."""
    sha256 = blobs.put(desk.store, json.dumps(result).encode())
    with writing(desk.store) as con:
        assert jobs.begin(con, job.id)
        assert jobs.finish(con, job.id, sha256, [])


def codes(fault: pytest.ExceptionInfo[ReportError]) -> list[str]:
    return [problem.code for problem in fault.value.problems]


def finding(key: str, what: str, severity: str = "warning") -> dict[str, Any]:
    where = {"file": "台账.xlsx", "sheet": "重点任务", "cell": "F2"}
    place = {"spot": "F2", "page": None, "where": where, "quote": what}
    return {
        "key": key, "rule": "amount.share", "name": "比率", "severity": severity, "what": what, "fix": "核对",
        "places": [place],
    }  # fmt: skip


def problem(what: str, cell: str, severity: str = "error") -> dict[str, Any]:
    where = {"file": "台账.xlsx", "sheet": "重点任务", "cell": cell}
    return {"severity": severity, "code": "ledger.x", "what": what, "fix": "改", "where": where, "related": []}


def entry(number: int, judgement: str, **more: Any) -> dict[str, Any]:
    base = {"sheet": "重点任务", "id": f"T-{number}", "given_no": str(number), "text": f"任务{number}"}
    units = {"lead_units": ["区教委"], "support_units": [], "progress": "", "cells": {}}
    return {**base, **units, "number": number, "judgement": judgement, **more}


def result(findings: list[Any] = [], problems: list[Any] = [], entries: list[Any] = []) -> dict[str, Any]:  # noqa: B006
    standings = ["不一致" if each["judgement"] else "台账为空" for each in entries]
    said = [{"standing": each, "judgement": "推进较为滞后", "reason": "", "others": []} for each in standings]
    counts = {each: standings.count(each) for each in ("不一致", "台账为空", "一致", "未下结论")}
    words = {each["judgement"]: 1 for each in entries}
    errors = sum(each["severity"] == "error" for each in problems)
    return {
        "ready": not errors, "problems": problems, "findings": findings, "accepted": [], "not_checked": [],
        "counts": {"errors": errors, "warnings": len(problems) - errors, "judgements": words},
        "judged": {"counts": counts, "verdicts": said}, "entries": entries,
    }  # fmt: skip


# ---- the configuration


@pytest.mark.parametrize(
    ("text", "values", "wanted"),
    [
        ("a: 1 # x\nb: 'y'\n", {("b",): "z"}, "a: 1 # x\nb: z\n"),
        ("a: 1\n", {("b",): "x: #y"}, 'a: 1\nb: "x: #y"\n'),
        ("a: |\n  long\n  text\nb: 1\n", {("a",): "short"}, "a: short\nb: 1\n"),
        ("a:\nb: 1\n", {("a",): "now"}, "a: now\nb: 1\n"),
        ("r: # why\n    c: 1\n\nb: 1\n", {("r", "d"): "2026-07-05"}, "r: # why\n    d: 2026-07-05\n    c: 1\n\nb: 1\n"),
        ("b: 1", {("r", "d"): "true"}, 'b: 1\nr:\n  d: "true"\n'),
        ("a: x\nb: 1\n", {("a",): None}, "a: \nb: 1\n"),
        ("a: 007\n", {("a",): "008"}, 'a: "008"\n'),
    ],
)
def test_a_value_is_changed_and_all_else_stays_as_it_was_typed(text: str, values: Any, wanted: str) -> None:
    assert changed(read_text(text.encode(), "c.yaml"), values).decode() == wanted


def test_json_keeps_its_other_values_and_a_form_that_does_not_fit_is_refused() -> None:
    blob = changed(read_text(b'{"a": "x", "r": {"d": 1}}', "c.json"), {("a",): "y", ("r", "e"): 2})
    assert json.loads(blob) == {"a": "y", "r": {"d": 1, "e": 2}}
    with pytest.raises(ReportError) as fault:
        changed(read_text(b"{a: x}\n", "c.yaml"), {("b",): "y"})
    assert codes(fault) == ["config.not-by-form"]


def test_a_configuration_of_megabytes_and_a_list_are_no_configurations() -> None:
    for blob in (b"a: " + b"x" * 300_000, b"- a\n"):
        with pytest.raises(ReportError) as fault:
            read_text(blob, "c.yaml")
        assert codes(fault) == ["file.wrong-kind"]


def test_the_sample_is_whole_and_names_nothing_outside() -> None:
    placed = {each.name: each.blob for each in sample_files()}
    assert list(placed) == ["配置.yaml", "上期台账.xlsx", "units/qingping.yaml"]
    data = read_text(placed["配置.yaml"], "配置.yaml").data
    assert data["ledger"] == "台账/台账.xlsx"
    assert data["previous_ledger"] == "上期台账.xlsx"


@pytest.mark.row("H2")
def test_files_go_where_the_configuration_names_them_and_never_outside() -> None:
    text = CONFIG + b"units: ../../etc/units.yaml\nstyle: styles/own.yaml\nfonts:\n  title: /usr/share/fonts/own.ttf\n"
    others = [("own.yaml", b"version: 1\n"), ("UNITS.yaml", b"version: 1\n"), ("own.ttf", b"\0")]
    placed = placed_files([("c.yaml", text), *others])
    assert placed[0].name == "c.yaml"
    assert {each.name for each in placed[1:]} == {"units.yaml", "styles/own.yaml", "own.ttf"}
    data = read_text(placed[0].blob, "c.yaml").data
    assert (data["units"], data["fonts"]) == ("units.yaml", {"title": "own.ttf"})
    here = placed_files([("c.yaml", CONFIG + b"units: .//own/./units.yaml\n"), ("units.yaml", b"version: 1\n")])
    assert here[1].name == read_text(here[0].blob, "c.yaml").data["units"] == "own/units.yaml"


@pytest.mark.row("H2", "refused")
@pytest.mark.parametrize(
    "named",
    ["own.yaml/units.yaml", "OWN.yaml/units.yaml", "甲" * 99 + "/units.yaml", "con/units.yaml"],
)
def test_a_path_that_no_disk_takes_beside_the_others_makes_no_period(desk: Desk, named: str) -> None:
    config = CONFIG + f"units: {named}\nstyle: own.yaml\n".encode()
    sent = [("c.yaml", config), ("units.yaml", b"version: 1\n"), ("own.yaml", b"version: 1\n")]
    with pytest.raises(ReportError) as fault:
        periods.new_from_files(desk, OFFICE, "一期", [uploaded(desk, *each) for each in sent])
    assert codes(fault) == ["service.wrong-name"]
    assert "「" in fault.value.problems[0].what


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([("c.yaml", CONFIG + b"units: units.yaml\n")], "service.file-not-sent"),
        ([("c.yaml", CONFIG), ("d.yaml", CONFIG)], "service.two-configurations"),
        ([("x.xlsx", b"PK")], "service.no-configuration"),
        ([("c.yaml", b"a: [")], "text.syntax"),
    ],
)
def test_files_of_which_no_period_can_be_made_are_refused_in_words(files: Any, code: str) -> None:
    with pytest.raises(ReportError) as fault:
        placed_files(files)
    assert codes(fault) == [code]


@pytest.mark.row("H2")
def test_an_uploaded_name_is_a_label_that_leads_nowhere() -> None:
    assert upload_name("C:\\督查\\台账.xlsx") == "台账.xlsx"
    assert upload_name("../../etc/passwd") == "passwd"
    assert upload_name("..") == "_"
    assert upload_name("e\u0301\u202e.xlsx") == "é.xlsx"
    assert upload_name("") == "文件"
    assert len(upload_name("长" * 300 + ".xlsx").encode()) <= 200


def test_the_engine_of_the_pages_is_one_of_two_and_the_usual_one_where_nothing_is_said(desk: Desk) -> None:
    period = period_with(desk)
    assert periods.plain_values(desk, OFFICE, period.id).values["pdf_engine"] == "weasyprint"
    with pytest.raises(ReportError) as fault:
        periods.save_values(desk, OFFICE, period.id, "一期", {"pdf_engine": "latex"})
    assert codes(fault) == ["service.wrong-form"]
    assert "Typst" in fault.value.problems[0].fix
    unchanged = periods.save_values(desk, OFFICE, period.id, "一期", {"pdf_engine": ""})
    assert (unchanged.file.version, unchanged.values["pdf_engine"]) == (1, "weasyprint")
    saved = periods.save_values(desk, OFFICE, period.id, "一期", {"pdf_engine": "typst"})
    assert saved.values["pdf_engine"] == "typst"
    assert blobs.read(desk.store, saved.file.sha256) == CONFIG + b"pdf_engine: typst\n"


def test_values_that_do_not_fit_are_refused_and_who_comes_second_is_told(desk: Desk) -> None:
    period = period_with(desk)
    for values, wrong in (
        ({"year": "二〇二六"}, ["service.wrong-form"]),
        ({"year": "", "issuer": " "}, ["service.wrong-form"] * 2),
        ({"date": "2026-02-30"}, ["service.wrong-form"]),
    ):
        with pytest.raises(ReportError) as fault:
            periods.save_values(desk, OFFICE, period.id, "一期", values)
        assert codes(fault) == wrong
    for title in ("", "长" * 81):
        with pytest.raises(ReportError) as fault:
            periods.save_values(desk, OFFICE, period.id, title, {})
        assert codes(fault) == ["service.period-title"]
    saved = periods.save_values(desk, OFFICE, period.id, "二期", {"issuer": "B", "year": "2026"}, version=1)
    assert (saved.file.version, saved.values["issuer"]) == (2, "B")
    with pytest.raises(ReportError) as fault:
        periods.save_values(desk, OFFICE, period.id, "三期", {"issuer": "C"}, version=1)
    assert codes(fault) == ["service.changed-meanwhile"]
    assert periods.the_period(desk, OFFICE, period.id).title == "二期"


# ---- who may see it


def test_a_unit_sees_no_period_and_nobody_sees_one_that_is_not_there(desk: Desk) -> None:
    period = period_with(desk)
    doings: list[Any] = [
        lambda who, id: periods.the_period(desk, who, id),
        lambda who, id: ledgers.versions(desk, who, id),
        lambda who, id: examining.the_look(desk, who, id),
        lambda who, id: examining.accept(desk, who, id, "k", "因为"),
        lambda who, id: examining.withdraw(desk, who, id, "k"),
        lambda who, id: verdicts.override(desk, who, id, 0, "正常推进", "因为"),
        lambda who, id: building.build(desk, who, id),
        lambda who, id: building.make_sets(desk, who, id),
        lambda who, id: steps.steps_of(desk, who, id),
        lambda who, id: periods.archive(desk, who, id),
    ]
    for doing in doings:
        with pytest.raises(ReportError) as fault:
            doing(UNIT, period.id)
        assert codes(fault) == ["service.not-allowed"]
        with pytest.raises(ReportError) as fault:
            doing(OFFICE, "f" * 32)
        assert codes(fault) == ["service.not-found"]


# ---- ledger and problems


def test_the_same_ledger_sent_twice_is_one_version_and_an_old_one_comes_back_as_a_new_one(desk: Desk) -> None:
    period = period_with(desk)
    again = ledgers.put(desk, OFFICE, period.id, uploaded(desk, "台账.xlsx", b"one"))
    assert again.ledger.version == 1
    ledgers.put(desk, OFFICE, period.id, uploaded(desk, "台账.xlsx", b"two"))
    back = ledgers.restore(desk, OFFICE, period.id, 1)
    assert (back.ledger.version, back.ledger.origin, back.job.id) == (3, LedgerOrigin.RESTORED, again.job.id)
    with pytest.raises(ReportError) as fault:
        ledgers.restore(desk, OFFICE, period.id, 9)
    assert codes(fault) == ["service.not-found"]


def test_equal_causes_stand_together_what_stops_first(desk: Desk) -> None:
    period = period_with(desk)
    two = [problem("「甲」没有责任单位", "D5"), problem("「乙」没有责任单位", "D9")]
    told = [*two, problem("有空格", "A1", "warning")]
    end(desk, job_of(desk, period), result([finding("k1", "比率写58.1%", "error")], told))
    look = examining.the_look(desk, OFFICE, period.id)
    found = examining.groups(look, {})
    assert [(each.title, len(each.issues), each.stops) for each in found] == [
        ("「…」没有责任单位", 2, True), ("比率写58.1%", 1, False), ("有空格", 1, False),
    ]  # fmt: skip
    assert found[0].fix == "改"
    assert examining.listed(found).splitlines()[1] == "错误\t「重点任务」D5\t「甲」没有责任单位\t改"
    assert [each.state for each in steps.steps_of(desk, OFFICE, period.id)][:3] == ["done", "done", "look"]


def test_what_is_let_stand_needs_a_reason_and_can_be_taken_back(desk: Desk) -> None:
    period = period_with(desk)
    end(desk, job_of(desk, period), result([finding("k1", "比率写58.1%")]))
    with pytest.raises(ReportError) as fault:
        examining.accept(desk, OFFICE, period.id, "k1", " ")
    assert codes(fault) == ["service.reason-missing"]
    with pytest.raises(ReportError) as fault:
        examining.accept(desk, OFFICE, period.id, "k9", "口径不同")
    assert codes(fault) == ["service.not-found"]
    examining.accept(desk, OFFICE, period.id, "k1", "口径不同")
    accepted = examining.accepted_findings(desk, OFFICE, period.id)
    look = examining.the_look(desk, OFFICE, period.id)
    assert look.is_current
    assert examining.groups(look, accepted) == []
    assert [(each.reason, each.author) for each in examining.let_stand(look, accepted)] == [("口径不同", "督查员")]
    assert steps.steps_of(desk, OFFICE, period.id)[2].note == "没有问题"
    examining.withdraw(desk, OFFICE, period.id, "k1")
    assert steps.steps_of(desk, OFFICE, period.id)[2].note == "1 处要看"


def test_what_was_found_before_a_change_is_said_to_be_old(desk: Desk) -> None:
    period = period_with(desk)
    end(desk, job_of(desk, period), result())
    assert steps.next_section(steps.steps_of(desk, OFFICE, period.id)) == "preview"
    periods.save_values(desk, OFFICE, period.id, "一期", {"issuer": "B"})
    look = examining.the_look(desk, OFFICE, period.id)
    assert (look.is_current, look.shown is not None, look.under_way) == (False, True, None)
    assert steps.steps_of(desk, OFFICE, period.id)[2].note == "要再查一次"
    assert examining.examine(desk, OFFICE, period.id).state is JobState.WAITING
    assert steps.steps_of(desk, OFFICE, period.id)[2].state == "busy"


# ---- verdicts


def test_a_verdict_is_put_otherwise_only_with_a_reason_on_the_newest_ledger_one_at_a_time(desk: Desk) -> None:
    period = period_with(desk)
    end(desk, job_of(desk, period), result(entries=[entry(0, "正常推进"), entry(1, ""), entry(2, "正常推进")]))
    look = examining.the_look(desk, OFFICE, period.id)
    rows = verdicts.rows_of(look, {})
    assert [sum(verdicts.matches(row, show) for row in rows) for show in Show] == [2, 1, 1, 0, 3]
    assert [verdicts.matches(row, Show.ALL, "区民政局") for row in rows] == [False] * 3
    for number, judgement, reason, code in (
        (0, "好", "因为", "service.wrong-judgement"),
        (0, "正常推进", "因为", "service.wrong-judgement"),
        (0, "推进较为滞后", "", "service.reason-missing"),
        (7, "推进较为滞后", "因为", "service.not-found"),
    ):
        with pytest.raises(ReportError) as fault:
            verdicts.override(desk, OFFICE, period.id, number, judgement, reason)
        assert codes(fault) == [code]
    job = verdicts.override(desk, OFFICE, period.id, 0, "推进较为滞后", "已向单位核实")
    said = {"sheet": "重点任务", "id": "T-0", "judgement": "推进较为滞后", "reason": "已向单位核实"}
    assert job.order.options["overrides"] == [said]
    with pytest.raises(ReportError) as fault:
        verdicts.override(desk, OFFICE, period.id, 1, "正常推进", "另一处")
    assert codes(fault) == ["service.ledger-busy"]
    ledgers.put(desk, OFFICE, period.id, uploaded(desk, "台账.xlsx", b"two"))
    with pytest.raises(ReportError) as fault:
        verdicts.override(desk, OFFICE, period.id, 1, "正常推进", "另一处")
    assert codes(fault) == ["service.ledger-moved"]


def test_who_went_back_to_an_older_ledger_has_the_same_override_written_into_it_again(desk: Desk) -> None:
    period = period_with(desk)
    end(desk, job_of(desk, period), result(entries=[entry(0, "正常推进")]))
    first = verdicts.override(desk, OFFICE, period.id, 0, "推进较为滞后", "已向单位核实")
    end(desk, first, {})
    ledgers.put(desk, OFFICE, period.id, uploaded(desk, "台账.xlsx", b"two"))
    ledgers.restore(desk, OFFICE, period.id, 1)
    again = verdicts.override(desk, OFFICE, period.id, 0, "推进较为滞后", "已向单位核实")
    assert (again.state, again.id == first.id) == (JobState.WAITING, False)


def test_a_ledger_that_was_examined_long_ago_needs_no_other_examination(desk: Desk) -> None:
    period = period_with(desk)
    end(desk, job_of(desk, period), result())
    for number in range(31):
        put = ledgers.put(desk, OFFICE, period.id, uploaded(desk, "台账.xlsx", str(number).encode()))
        end(desk, put.job, result())
    ledgers.restore(desk, OFFICE, period.id, 1)
    assert examining.the_look(desk, OFFICE, period.id).is_current


# ---- the report


def test_a_report_says_of_which_ledger_it_is_and_whether_that_is_the_newest(desk: Desk) -> None:
    period = period_with(desk)
    assert building.the_report(desk, OFFICE, period.id).edition is None
    job = building.build(desk, OFFICE, period.id)
    assert building.build(desk, OFFICE, period.id).id == job.id
    end(desk, job, {"pictures": []})
    with writing(desk.store) as con:
        ledger = ledger_rows.newest(con, period.id)
        assert ledger is not None
        editions.put_edition(
            con, period=period.id, job=job.id, ledger=ledger.id, settings={}, hashes={}, template="", program="",
            author="督查员",
        )  # fmt: skip
    report = building.the_report(desk, OFFICE, period.id)
    assert (report.is_current, report.ledger) == (True, ledger)
    assert steps.steps_of(desk, OFFICE, period.id)[4].note == "第 1 版"
    ledgers.put(desk, OFFICE, period.id, uploaded(desk, "台账.xlsx", b"two"))
    report = building.the_report(desk, OFFICE, period.id)
    assert (report.is_current, report.ledger) == (False, ledger)
    assert [each.note for each in steps.steps_of(desk, OFFICE, period.id)[4:]] == ["不是最新"] * 2
    # The settings are as they were: going back to the ledger makes the edition the newest one again.
    ledgers.restore(desk, OFFICE, period.id, 1)
    assert building.the_report(desk, OFFICE, period.id).is_current


def test_a_period_after_an_earlier_one_has_its_settings_and_not_its_ledger(desk: Desk) -> None:
    first = period_with(desk)
    second = periods.new_from_earlier(desk, OFFICE, "二期", first.id)
    with reading(desk.store) as con:
        same = setting_files.current_settings(con, second.id)
        assert {name: each.sha256 for name, each in same.items()} == {
            name: each.sha256 for name, each in setting_files.current_settings(con, first.id).items()
        }
    assert ledgers.versions(desk, OFFICE, second.id) == []
    assert replace(second, id=first.id, title=first.title, at=first.at) == first
    periods.archive(desk, OFFICE, first.id)
    assert [each.id for each in periods.all_periods(desk, OFFICE)] == [second.id]


ANSWERS = {
    "year": "2026",
    "period": "1—6月",
    "issuer": "督查室",
    "date": "2026-07-10",
    "returns.deadline": "2026-07-05",
}


def test_an_office_without_a_configuration_begins_with_a_few_answers(desk: Desk) -> None:
    register = "version: 1\nunits:\n  - {name: 区教委, kind: 部门}\n".encode()
    made = periods.new_from_answers(desk, OFFICE, "2026年上半年", ANSWERS, uploaded(desk, "名录.yaml", register))
    found = periods.plain_values(desk, OFFICE, made.id)
    assert (found.problems, found.values["issuer"], found.values["output"]) == ((), "督查室", "2026年上半年督查报告")
    assert found.values["returns.deadline"] == "2026-07-05"
    with reading(desk.store) as con:
        assert set(setting_files.current_settings(con, made.id)) == {"配置.yaml", "名录.yaml"}
    for wrong, code in (
        ({"issuer": " "}, "service.wrong-form"),
        ({"year": "26"}, "service.wrong-form"),
        ({"date": "7月10日"}, "service.wrong-form"),
    ):
        with pytest.raises(ReportError) as fault:
            periods.new_from_answers(desk, OFFICE, "一期", ANSWERS | wrong)
        assert codes(fault) == [code]
    for name, blob, code in (
        ("名录.xlsx", b"PK", "file.wrong-kind"),
        ("名录.yaml", "version: 1\nunits:\n  - {name: 甲, kind: 处}\n".encode(), "units.unknown-kind"),
    ):
        with pytest.raises(ReportError) as fault:
            periods.new_from_answers(desk, OFFICE, "一期", ANSWERS, uploaded(desk, name, blob))
        assert codes(fault) == [code]
    assert len(periods.all_periods(desk, OFFICE)) == 1


def test_what_is_plainly_no_ledger_does_not_take_the_place_of_one(desk: Desk) -> None:
    period = period_with(desk)
    with io.BytesIO() as file:
        with ZipFile(file, "w") as archive:
            archive.writestr("word/document.xml", "<a/>")
        word = file.getvalue()
    for name, blob in (
        ("台账.docx", word),
        ("台账.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000)),
        ("台账.xlsx", b"\x89PNG\r\n"),
        ("台账.xlsx", b""),
        ("~$台账.xlsx", b"one"),
    ):
        with pytest.raises(ReportError) as fault:
            ledgers.put(desk, OFFICE, period.id, uploaded(desk, name, blob))
        assert codes(fault) == ["file.wrong-kind"]
        assert "原来的台账没有动" in fault.value.problems[0].fix
    assert [each.version for each in ledgers.versions(desk, OFFICE, period.id)] == [1]
