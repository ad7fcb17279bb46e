"""`reportgen collect` (汇总反馈): from files and folders to one ledger, and the report about it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from reportgen import collect as road
from reportgen.collect import Collected, Request, collect
from reportgen.collect_view import page_values
from reportgen.confine import LIMITS
from reportgen.distribute import distribute
from reportgen.intake.findings import Finding, Kind, State
from reportgen.intake.open_sheet import record_in
from reportgen.ledger.acceptances import SIDE_ENDING, Acceptance, accept, acceptance_sheet, read_acceptances
from reportgen.ledger.files.outside import read_contents
from reportgen.ledger.files.workbook_put import put_sheet
from reportgen.ledger.files.workbook_review import CellNote, review_workbook
from reportgen.ledger.model import Sheet
from reportgen.ledger.reading import Wants, read_ledger
from reportgen.ledger.records import Received
from reportgen.limits import STANDARD
from reportgen.pages import page
from reportgen.problems import CannotWrite, InputError, Location, ReportError
from tests.conftest import Hold
from tests.libreoffice import SOFFICE, needs_libreoffice, profile
from tests.projects import CONFIG, ROOT, SAMPLE, goal, project, run, task

REGISTER = """\
version: 1
units:
  - {name: 区发展改革委, kind: 部门, aliases: [区发改委]}
  - {name: 区民政局, kind: 部门}
  - {name: 区财政局, kind: 部门}
  - {name: 区水利局, kind: 部门}
"""
OFFICE = CONFIG + "units: 名录.yaml\nreturns: {deadline: 2026-07-05, contact: 督查室 6800}\n"
CANTEEN, ESTATES = "建成社区食堂3个", "改造老旧小区5个"
ON_TIME, LATE = "2026-07-04 10:00:00", "2026-07-07 10:00:00"


def office(folder: Path, config: str = OFFICE) -> Path:
    """A project of one goal and two tasks, whose ledger is last period's."""
    tasks = [task(CANTEEN, 配合单位="区财政局"), task(ESTATES, 责任单位="区财政局、区民政局", 配合单位="")]
    path = project(folder, {"预期目标": [goal()], "重点任务": tasks}, config)
    (folder / "名录.yaml").write_text(REGISTER, encoding="utf-8")
    return path


def dated(path: Path, moment: str = ON_TIME) -> Path:
    from datetime import datetime

    stamp = datetime.fromisoformat(f"{moment}+08:00").timestamp()
    os.utime(path, (stamp, stamp))
    return path


def table(path: Path, rows: Sequence[Mapping[str, str]], moment: str = ON_TIME, sheet: str = "重点任务") -> Path:
    """A hand-made return: one sheet with the headers of the first row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = Workbook()
    book.remove(book.worksheets[0])
    page = book.create_sheet(sheet)
    page.append(list(rows[0]))
    for row in rows:
        page.append(list(row.values()))
    book.save(path)
    return dated(path, moment)


def answer(text: str, progress: str, status: str = "正常推进") -> dict[str, str]:
    return {"工作任务": text, "进展情况": progress, "推进情况": status}


def collected(config: Path, *returns: Path, into: Path | None = None, write: bool = True) -> Collected:
    target = into or config.parent / "汇总.xlsx"
    result = collect(Request(config=config, returns=returns, into=target, on=date(2026, 7, 10)))
    if write:
        target.write_bytes(result.workbook)
    return result


def found(result: Collected, kind: Kind) -> list[Finding]:
    return [each for each in result.collection.findings if each.kind is kind]


def progress_in(blob: bytes) -> list[str]:
    wants = Wants({sheet: frozenset() for sheet in Sheet})
    return [entry.progress for entry in read_ledger(blob, "汇总.xlsx", wants).value]


def refusal(config: Path, *returns: Path, into: Path | None = None) -> list[tuple[str, str]]:
    with pytest.raises(ReportError) as fault:
        collected(config, *returns, into=into, write=False)
    return [(problem.code, f"{problem.what} {problem.fix}") for problem in fault.value.problems]


# ---- the whole way with the sample


def fill(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Fill in a form as its unit would: `change` gets each row of the form, its cells by header."""
    book = load_workbook(path)
    for sheet in book.worksheets:
        head: list[str] = []
        for row in sheet.iter_rows():
            if head:
                change(dict(zip(head, row, strict=True)))
            elif any(cell.value == "编号" for cell in row):
                head = [str(cell.value or "") for cell in row]
    book.save(path)
    dated(path)


def column(row: Mapping[str, Any], part: str) -> Any:
    return next((cell for name, cell in row.items() if part in name and "上期" not in name), None)


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The forms of the whole sample, filled in by each lead unit, and the ledger collected from them."""
    folder = tmp_path_factory.mktemp("rehearsal")
    shutil.copytree(ROOT / "configs", folder / "configs")
    shutil.copytree(ROOT / "samples" / SAMPLE.stem, folder / "samples" / SAMPLE.stem)
    config = folder / "configs" / SAMPLE.name
    returns = folder / "反馈"
    returns.mkdir()
    for name, blob in distribute(config).files.items():
        (returns / name).write_bytes(blob)

        def change(row: dict[str, Any]) -> None:
            text = (row.get("工作任务") or row["预期目标"]).value
            if str(column(row, "职责").value).startswith("牵头"):
                column(row, "进展").value = f"截至7月底：{text}"
                status = column(row, "推进情况") or column(row, "评价")
                status.value = "正常推进" if "工作任务" in row else "符合预期"

        fill(returns / name, change)
    assert run("collect", config, returns, "--into", folder / "汇总.xlsx", "--on", "2026-07-10").returncode == 0
    return config, folder / "汇总.xlsx"


def test_the_forms_of_the_sample_come_back_as_one_ledger(rehearsal: tuple[Path, Path]):
    _, target = rehearsal
    wants = Wants({sheet: frozenset({"progress", "judgement"}) for sheet in Sheet})
    ledger = read_ledger(target.read_bytes(), "汇总.xlsx", wants)
    assert ledger.problems == ()
    old = read_ledger((SAMPLE.parent.parent / "samples" / SAMPLE.stem / "台账.xlsx").read_bytes(), "台账.xlsx", wants)
    assert [each.text for each in ledger.value] == [each.text for each in old.value]
    for now, then in zip(ledger.value, old.value, strict=True):
        assert now.progress == f"截至7月底：{then.text}"
        assert now.last_progress == then.progress
        assert now.judgement in ("正常推进", "符合预期")
        assert (now.lead_units, now.support_units) == (then.lead_units, then.support_units)


def test_the_report_is_built_from_the_collected_ledger_without_noise(rehearsal: tuple[Path, Path], tmp_path: Path):
    config, target = rehearsal
    done = run("build", config, "--ledger", target, "--out", tmp_path, "--format", "txt", "--json")
    result = json.loads(done.stdout)
    assert result["ok"], result
    codes = {problem["code"] for problem in result["problems"]}
    assert codes <= {"template.unused-entry"}, result["problems"]
    assert "截至7月底" in next(tmp_path.glob("*.txt")).read_text(encoding="utf-8")


def test_collecting_the_sample_again_writes_nothing(rehearsal: tuple[Path, Path]):
    config, target = rehearsal
    before = target.read_bytes(), target.stat().st_mtime_ns
    done = run("collect", config, target.parent / "反馈", "--into", target, "--on", "2026-12-31")
    assert done.returncode == 0, done.stderr
    assert "和上次一样，没有改动" in done.stdout
    assert (target.read_bytes(), target.stat().st_mtime_ns) == before


def test_one_corrected_return_of_the_sample_changes_one_cell(rehearsal: tuple[Path, Path], tmp_path: Path):
    config, target = rehearsal
    mine = tmp_path / "汇总.xlsx"
    shutil.copy(target, mine)
    form = next((target.parent / "反馈").glob("*区教委*"))
    corrected = tmp_path / form.name
    shutil.copy(form, corrected)
    changed: list[str] = []

    def change(row: dict[str, Any]) -> None:
        if not changed and str(column(row, "职责").value).startswith("牵头"):
            changed.append(row["编号"].value)
            column(row, "进展").value = "更正：全部完成。"

    fill(corrected, change)
    before = progress_in(mine.read_bytes())
    result = collected(config, corrected, into=mine)
    after = progress_in(mine.read_bytes())
    differing = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    assert [other for _, other in differing] == ["更正：全部完成。"]
    assert [(each.id, each.unit) for each in found(result, Kind.OVERWRITTEN)] == [(changed[0], "区教委")]
    # The other units' returns were not named again and count still.
    assert {each.state for each in result.collection.units if each.leads} == {State.RETURNED}


# ---- files and folders


def test_workbooks_word_and_csv_in_folders_and_by_name_are_collected(tmp_path: Path):
    config = office(tmp_path)
    box = tmp_path / "反馈"
    table(box / "部门" / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    document = Document()
    document.add_paragraph("填报单位：区发展改革委")
    grid = document.add_table(2, 3)
    for cell, text in zip(
        (*grid.rows[0].cells, *grid.rows[1].cells),
        ("预期目标", "完成情况", "评价", "固定资产投资增长6%", "增长7.7%。", "符合预期"),
        strict=True,
    ):
        cell.text = text
    document.save(str(box / "发改.docx"))
    csv = tmp_path / "区财政局.csv"
    csv.write_bytes(f"序号,工作任务,工作进展,状态\n1,{ESTATES},改造4个。,正常\n".encode("gb18030"))
    result = collected(config, box, csv)
    assert progress_in(result.workbook) == ["增长7.7%。", "建成3个。", "改造4个。"]
    assert result.complete
    assert [each.file for each in result.collection.record.returns] == [
        "发改.docx",
        "部门/区民政局.xlsx",
        "区财政局.csv",
    ]
    places = {
        origin.where.file: str(origin.where)
        for origin in result.collection.record.origins
        if origin.field == "progress"
    }
    assert places == {
        "发改.docx": "发改.docx「表格1」第2行第2列",
        "部门/区民政局.xlsx": "部门/区民政局.xlsx「重点任务」B2",
        "区财政局.csv": "区财政局.csv第2行",
    }


def test_what_lies_in_a_folder_and_is_no_return_is_passed_over_by_name(tmp_path: Path):
    config = office(tmp_path)
    box = tmp_path / "反馈"
    table(box / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    others = ("~$区民政局.xlsx", ".~lock.区民政局.xlsx#", ".隐藏.xlsx", "Thumbs.db")
    for name in (*others, "__MACOSX/区民政局.xlsx", ".svn/甲.xlsx"):
        (box / name).parent.mkdir(exist_ok=True)
        (box / name).write_bytes(b"x")
    (box / "别处.xlsx").symlink_to(table(tmp_path / "别处" / "机密.xlsx", [answer(ESTATES, "外面的。")]))
    target = box / "汇总.xlsx"
    first = collected(config, box, into=target)
    again = collected(config, box, into=target)
    assert dict(again.skipped) == {
        "~$区民政局.xlsx": "办公软件的临时文件",
        ".~lock.区民政局.xlsx#": "办公软件的临时文件",
        ".隐藏.xlsx": "隐藏文件",
        "Thumbs.db": "系统文件",
        "__MACOSX": "系统文件夹",
        ".svn": "隐藏的文件夹",
        "别处.xlsx": "指向文件夹以外的链接",
        "汇总.xlsx": "这是要写入的文件",
    }
    assert not again.changed
    assert [each.file for each in first.collection.record.returns] == ["区民政局.xlsx"]


def test_a_collected_ledger_among_the_returns_is_told_and_not_read(tmp_path: Path):
    config = office(tmp_path)
    table(tmp_path / "反馈" / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    collected(config, tmp_path / "反馈", into=tmp_path / "反馈" / "旧汇总.xlsx")
    result = collected(config, tmp_path / "反馈")
    assert result.skipped == (("旧汇总.xlsx", "汇总好的台账，不是单位的反馈"),)
    assert result.complete
    assert [each.file for each in result.collection.record.returns] == ["区民政局.xlsx"]
    assert [code for code, _ in refusal(config, tmp_path / "反馈" / "旧汇总.xlsx")] == ["collect.no-returns"]


def test_the_configurations_ledger_among_the_returns_is_none_nor_is_a_copy_of_it(tmp_path: Path):
    config = office(tmp_path)
    row = answer(CANTEEN, "上期的话。") | {"分类": "民生", "责任单位": "区民政局"}
    goals = {"预期目标": "固定资产投资增长6%", "责任单位": "区发展改革委", "进展情况": "", "评价": ""}
    ledger = table(tmp_path / "反馈" / "台账.xlsx", [row])
    book = load_workbook(ledger)
    page = book.create_sheet("预期目标")
    page.append(list(goals))
    page.append(list(goals.values()))
    book.save(ledger)
    shutil.copy(ledger, tmp_path / "反馈" / "台账 - 副本.xlsx")
    config.write_text(OFFICE.replace("台账.yaml", "反馈/台账.xlsx"), encoding="utf-8")
    table(tmp_path / "反馈" / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    result = collected(config, tmp_path / "反馈")
    assert dict(result.skipped) == {"台账.xlsx": "这是配置里的台账", "台账 - 副本.xlsx": "和配置里的台账一字不差"}
    (entry,) = result.collection.ledger.tasks
    assert (entry.progress, entry.last_progress) == ("建成3个。", "上期的话。")
    assert [each.file for each in result.collection.record.returns] == ["区民政局.xlsx"]


def test_a_page_of_an_earlier_run_among_the_returns_is_known(tmp_path: Path):
    config = office(tmp_path)
    box = tmp_path / "反馈"
    table(box / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    first = collected(config, box)
    (box / "7月5日.html").write_bytes(page("collection", page_values(first)))
    (box / "别人的.html").write_text("<html><body>区财政局反馈</body></html>", encoding="utf-8")
    result = collected(config, box)
    assert result.skipped == (("7月5日.html", "汇总时另写的网页报告"),)
    assert [each.where.file for each in found(result, Kind.UNREAD) if each.where] == ["别人的.html"]


def test_one_absurd_return_is_told_by_its_name_and_stops_no_other(tmp_path: Path):
    config = office(tmp_path)
    box = tmp_path / "反馈"
    table(box / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    extra = {f"多余的列{number}": f"第{number}样" for number in range(12)}
    table(box / "区财政局.xlsx", [answer(ESTATES, f"改造{number}个。") | extra for number in range(800)])
    result = collected(config, box)
    assert progress_in(result.workbook)[1:] == ["建成3个。", ""]
    (point,) = found(result, Kind.UNREAD)
    assert (point.unit, point.where.file if point.where else "") == ("区财政局", "区财政局.xlsx")
    assert point.what.startswith("「区财政局.xlsx」里有 12000 条内容，超过 10000 条，没有收进来")
    (box / "区财政局.xlsx").unlink()
    lines = [f"第{number}项,{'改造' * 1_000}" for number in range(501)]
    (box / "区财政局.csv").write_text("\n".join(["工作任务,进展情况", *lines]), encoding="utf-8")
    (point,) = found(collected(config, box, into=tmp_path / "二.xlsx"), Kind.UNREAD)
    assert re.match(r"「区财政局.csv」里有 100\d{4} 字，超过 1000000 字，没有收进来", point.what)


def test_the_ledger_is_not_written_over_what_somebody_saved_meanwhile(tmp_path: Path):
    config = office(tmp_path)
    source = table(tmp_path / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    target = tmp_path / "汇总.xlsx"
    # The other person saves, opens or deletes while the returns are being read.
    beginnings: dict[str, tuple[Callable[[], object], str]] = {
        "新建": (lambda: target.write_bytes(b"mine"), "collect.target-changed"),
        "改动": (lambda: edited(target, lambda book: book.create_sheet("我的")), "collect.target-changed"),
        "打开": (lambda: (tmp_path / "~$汇总.xlsx").write_text("x"), "collect.target-open"),
        "删去": (target.unlink, "collect.target-changed"),
    }
    for name, (act, code) in beginnings.items():
        target.unlink(missing_ok=True)
        if name != "新建":
            collected(config, source)

        def at_work(done: int, of: int, act: Callable[[], object] = act) -> None:
            if done:
                act()

        result = collect(Request(config=config, returns=[source], into=target), at_work)
        before = target.read_bytes() if target.exists() else None
        with pytest.raises(CannotWrite) as fault:
            road.refuse_changed(target, result.stood)
        assert [problem.code for problem in fault.value.problems] == [code], name
        assert (target.read_bytes() if target.exists() else None) == before
        (tmp_path / "~$汇总.xlsx").unlink(missing_ok=True)
    collected(config, source)
    result = collected(config, source, write=False)
    road.refuse_changed(target, result.stood)


def test_the_command_writes_nothing_where_the_ledger_was_saved_meanwhile(tmp_path: Path):
    config = office(tmp_path)
    source = table(tmp_path / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    target = tmp_path / "汇总.xlsx"
    saving = (
        "import reportgen.receiving as r, pathlib\n"
        "whole = r.replies_of\n"
        "def late(*arguments):\n"
        f"    pathlib.Path({str(target)!r}).write_bytes(b'mine')\n"
        "    return whole(*arguments)\n"
        "r.replies_of = late\n"
    )
    done = run("collect", config, source, "--into", target, "--report", tmp_path / "报告.html", before=saving)
    assert done.returncode == 4
    assert "collect.target-changed" in done.stderr
    assert target.read_bytes() == b"mine"
    assert not (tmp_path / "报告.html").exists()


def test_without_a_register_units_are_known_by_the_names_that_they_write(tmp_path: Path):
    config = office(tmp_path, OFFICE.replace("units: 名录.yaml\n", ""))
    source = table(tmp_path / "反馈.xlsx", [answer(CANTEEN, "建成3个。")])

    def named(book: Workbook) -> None:
        book["重点任务"].insert_rows(1)
        book["重点任务"]["A1"] = "填报单位： 区 民 政 局"

    edited(source, named)
    result = collected(config, dated(source))
    assert progress_in(result.workbook)[1] == "建成3个。"
    assert {each.unit: each.state for each in result.collection.units}["区民政局"] is State.RETURNED
    assert not found(result, Kind.FOREIGN)


def test_files_of_one_name_in_two_folders_are_told_apart(tmp_path: Path):
    config = office(tmp_path)
    table(tmp_path / "区民政局" / "反馈.xlsx", [answer(CANTEEN, "建成3个。") | {"责任单位": "区民政局"}])
    table(tmp_path / "区财政局" / "反馈.xlsx", [answer(ESTATES, "改造4个。") | {"责任单位": "区财政局"}])
    result = collected(config, tmp_path / "区民政局", tmp_path / "区财政局")
    assert sorted(each.file for each in result.collection.record.returns) == [
        "区民政局/反馈.xlsx",
        "区财政局/反馈.xlsx",
    ]


def test_a_bad_file_stops_no_other(tmp_path: Path):
    config = office(tmp_path)
    box = tmp_path / "反馈"
    table(box / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    (box / "区财政局.xlsx").write_bytes(b"PK\x03\x04 broken")
    (box / "扫描件.pdf").write_bytes(b"%PDF-1.7 scanned")
    (box / "空.csv").write_bytes(b"")
    result = collected(config, box)
    assert progress_in(result.workbook)[1] == "建成3个。"
    unread = [(each.unit, each.where.file) for each in found(result, Kind.UNREAD) if each.where]
    assert unread == [("区财政局", "区财政局.xlsx"), ("", "扫描件.pdf"), ("", "空.csv")]
    assert not result.complete
    assert {each.unit: each.state for each in result.collection.units}["区财政局"] is State.UNREAD


def test_the_same_returns_named_in_another_way_change_nothing(tmp_path: Path):
    config = office(tmp_path)
    box = tmp_path / "反馈"
    files = [
        table(box / "区民政局.xlsx", [answer(CANTEEN, "建成3个。"), answer("没有的任务", "办了。")]),
        table(box / "区财政局.xlsx", [answer(ESTATES, "改造4个。")]),
        table(box / "区财政局(修改).xlsx", [answer(ESTATES, "改造5个。")], LATE),
    ]
    once = collected(config, box)
    for returns in (files[::-1], [box, *files]):
        assert not collected(config, *returns, write=False).changed
    assert progress_in(once.workbook)[2] == "改造5个。"


# ---- the target


def test_a_target_that_cannot_be_one_is_refused_before_anything_is_read(tmp_path: Path):
    config = office(tmp_path)
    source = table(tmp_path / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    (tmp_path / "文件夹.xlsx").mkdir()
    (tmp_path / "打开.xlsx").write_bytes(b"")
    (tmp_path / ".~lock.打开.xlsx#").write_text("someone")
    cases = {
        "汇总.csv": ("collect.bad-target", "汇总台账只能写成 .xlsx，不能写成「汇总.csv」"),
        "文件夹.xlsx": ("collect.bad-target", "「文件夹.xlsx」是文件夹"),
        "打开.xlsx": ("collect.target-open", "「打开.xlsx」正在 WPS、Excel 或 LibreOffice 里打开着"),
    }
    for name, (code, words) in cases.items():
        ((found_code, text),) = refusal(config, source, into=tmp_path / name)
        assert (found_code, text[: len(words)]) == (code, words)


def test_a_damaged_target_is_refused_and_stays(tmp_path: Path):
    config = office(tmp_path)
    source = table(tmp_path / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    target = tmp_path / "汇总.xlsx"
    target.write_bytes(b"PK\x03\x04 broken")
    done = run("collect", config, source, "--into", target, "--json")
    assert done.returncode == 1
    assert [problem["code"] for problem in json.loads(done.stdout)["problems"]] == ["file.damaged"]
    assert target.read_bytes() == b"PK\x03\x04 broken"


def test_a_ledger_of_another_period_is_not_collected_into(tmp_path: Path):
    config = office(tmp_path)
    source = table(tmp_path / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    collected(config, source)
    config.write_text(OFFICE.replace("1—6月", "1—9月"), encoding="utf-8")
    ((code, text),) = refusal(config, source)
    assert code == "collect.other-period"
    assert "是2026年1—6月的汇总，这次要汇总2026年1—9月" in text


def test_the_ledger_of_the_last_period_is_the_next_ones_beginning(tmp_path: Path):
    config = office(tmp_path)
    source = table(tmp_path / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    collected(config, source, into=tmp_path / "上半年.xlsx")
    third = OFFICE.replace("1—6月", "1—9月").replace("台账.yaml", "上半年.xlsx")
    config.write_text(third, encoding="utf-8")
    again = table(tmp_path / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    result = collected(config, again)
    canteen = result.collection.ledger.tasks[0]
    assert (canteen.progress, canteen.last_progress) == ("建成3个。", "建成3个。")
    assert [each.unit for each in found(result, Kind.SAME_AS_LAST)] == ["区民政局"]


def test_a_configurations_ledger_of_this_period_goes_on_with_its_record(tmp_path: Path):
    config = office(tmp_path)
    source = table(tmp_path / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    first = collected(config, source, into=tmp_path / "一.xlsx")
    config.write_text(OFFICE.replace("台账.yaml", "一.xlsx"), encoding="utf-8")
    assert collected(config, source, into=tmp_path / "二.xlsx").workbook == first.workbook


def edited(target: Path, change: Callable[[Workbook], None]) -> None:
    book = load_workbook(target)
    change(book)
    book.save(target)


def test_what_would_be_lost_from_the_target_is_named_and_nothing_is_written(tmp_path: Path):
    config = office(tmp_path)
    source = table(tmp_path / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])

    def own_sheet(book: Workbook) -> None:
        book.create_sheet("我的笔记").append(["记得打电话"])

    def comment(book: Workbook) -> None:
        book["重点任务"]["E2"].comment = Comment("局长说再核", "我")

    def remark(book: Workbook) -> None:
        book["重点任务"].append(["", "", "备注：以上为初稿"])

    def status(book: Workbook) -> None:
        sheet = book["重点任务"]
        place = next(cell.column_letter for cell in sheet[1] if cell.value == "推进情况")
        sheet[f"{place}2"] = "差不多"

    for number, (change, words) in enumerate(
        {own_sheet: "我的笔记", comment: "批注", remark: "说明行", status: "不认识的推进情况"}.items()
    ):
        target = tmp_path / f"{number}.xlsx"
        collected(config, source, into=target)
        edited(target, change)
        before = target.read_bytes()
        ((code, text),) = refusal(config, source, into=target)
        assert code == "collect.would-lose"
        assert words in text
        assert target.read_bytes() == before


def test_a_column_of_the_persons_own_is_carried_along(tmp_path: Path):
    config = office(tmp_path)
    source = table(tmp_path / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    target = tmp_path / "汇总.xlsx"
    collected(config, source)

    def change(book: Workbook) -> None:
        sheet = book["重点任务"]
        sheet.cell(1, sheet.max_column + 1, "分管领导")
        sheet.cell(2, sheet.max_column, "李区长")

    edited(target, change)
    result = collected(config, source)
    assert result.collection.ledger.tasks[0].others == (("分管领导", "李区长"),)
    assert not collected(config, source).changed


def reasons(blob: bytes) -> dict[str, str]:
    return {each.key: each.reason for each in read_acceptances(blob, "汇总.xlsx").value}


ACCEPTED = Acceptance(key="aab12345", rule="完成率", what="完成率不对", reason="口径不同", others=(("经办", "三科"),))


def test_accepted_findings_outlive_a_collection(tmp_path: Path):
    config = office(tmp_path)
    source = table(tmp_path / "区民政局.xlsx", [answer(CANTEEN, "建成1个。")])
    target = tmp_path / "汇总.xlsx"
    collected(config, source)
    rows = [ACCEPTED, Acceptance(key="b2222222", what="没有认可的")]
    target.write_bytes(put_sheet(target.read_bytes(), acceptance_sheet(rows), "汇总.xlsx"))
    later = table(tmp_path / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")], LATE)
    result = collected(config, later)
    assert "建成3个。" in progress_in(target.read_bytes())
    # What nobody wrote into is found again by the next check, if it is still so.
    assert read_acceptances(target.read_bytes(), "汇总.xlsx").value == (ACCEPTED,)
    assert [problem.code for problem in result.problems] == []
    assert not collected(config, later).changed


def test_accepted_findings_come_along_from_the_configurations_ledger(tmp_path: Path):
    config = office(tmp_path)
    source = table(tmp_path / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    beside = tmp_path / f"台账.yaml{SIDE_ENDING}"
    beside.write_bytes(accept(None, beside.name, [ACCEPTED]))
    collected(config, source)
    assert reasons((tmp_path / "汇总.xlsx").read_bytes()) == {"aab12345": "口径不同"}
    # … and from a workbook, into this period and the next one.
    for ledger in (OFFICE, OFFICE.replace("1—6月", "1—9月")):
        config.write_text(ledger.replace("台账.yaml", "汇总.xlsx"), encoding="utf-8")
        result = collected(config, source, into=tmp_path / "另一份.xlsx", write=False)
        assert reasons(result.workbook) == {"aab12345": "口径不同"}


def test_the_excel_copy_of_a_check_is_collected_into_as_the_ledger_is(tmp_path: Path):
    config = office(tmp_path)
    source = table(tmp_path / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    target = tmp_path / "汇总.xlsx"
    before = collected(config, source).workbook
    where = Location(file="汇总.xlsx", sheet="重点任务", cell="E2")
    note = CellNote(where=where, text="［错误］甲")
    target.write_bytes(review_workbook(before, "汇总.xlsx", [note], [Acceptance(key="b2222222", what="甲")]).value)
    # Nobody wrote anything into it: what the program put there comes again with the next check.
    assert collected(config, source).workbook == before


def test_what_would_be_lost_from_the_list_of_findings_is_named(tmp_path: Path):
    config = office(tmp_path)
    source = table(tmp_path / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    target = tmp_path / "汇总.xlsx"
    collected(config, source)
    target.write_bytes(put_sheet(target.read_bytes(), acceptance_sheet([ACCEPTED]), "汇总.xlsx"))
    assert not refused_places(config, source)

    def note(book: Workbook) -> None:
        book["校核意见"]["K5"] = "记得问统计局"

    edited(target, note)
    assert refused_places(config, source) == ["「校核意见」K5"]

    def spoil(book: Workbook) -> None:
        book["校核意见"]["A3"] = "号码"

    edited(target, spoil)
    ((code, text),) = refusal(config, source)
    assert code == "collect.would-lose"
    assert "别的工作表 「校核意见」" in text


def refused_places(config: Path, source: Path) -> list[str]:
    try:
        collected(config, source, write=False)
    except ReportError as fault:
        return [found[0] for problem in fault.problems if (found := re.search("「校核意见」K5", problem.what))]
    return []


def test_a_spoilt_record_is_refused(tmp_path: Path):
    config = office(tmp_path)
    source = table(tmp_path / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])

    def without_origins(book: Workbook) -> None:
        del book["来源"]

    def written_into(book: Workbook) -> None:
        book["待处理"].append(["我自己加的一行"])

    def renamed(book: Workbook) -> None:
        sheet = book["来源"]
        next(cell for row in sheet.iter_rows() for cell in row if cell.value == "采用").value = "用了"

    for number, change in enumerate((without_origins, written_into, renamed)):
        target = tmp_path / f"{number}.xlsx"
        collected(config, source, into=target)
        edited(target, change)
        assert {code for code, _ in refusal(config, source, into=target)} == {"collect.spoilt-record"}


def test_a_hand_made_target_begins_the_period_unless_a_text_would_be_lost(tmp_path: Path):
    config = office(tmp_path)
    source = table(tmp_path / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    row = {"分类": "民生", "工作任务": CANTEEN, "责任单位": "区民政局", "进展情况": "建成2个。", "推进情况": "正常推进"}
    target = table(tmp_path / "手工.xlsx", [row])
    result = collected(config, source, into=target)
    entry = result.collection.ledger.tasks[0]
    assert (entry.last_progress, entry.progress) == ("建成2个。", "建成3个。")
    other = table(tmp_path / "另一份.xlsx", [row | {"上期进展情况": "选址。"}])
    ((code, text),) = refusal(config, source, into=other)
    assert code == "collect.would-lose"
    assert "上期进展情况" in text


def test_two_tasks_of_one_number_are_refused_with_both_places(tmp_path: Path):
    config = office(tmp_path)
    source = table(tmp_path / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    rows = [{"编号": "R-1", "工作任务": text, "责任单位": "区民政局", "进展情况": ""} for text in (CANTEEN, ESTATES)]
    target = table(tmp_path / "汇总.xlsx", rows)
    with pytest.raises(InputError) as fault:
        collected(config, source, write=False)
    (problem,) = fault.value.problems
    assert (problem.code, str(problem.where), str(problem.related[0])) == (
        "ids.duplicate",
        f"{target.name}「重点任务」A3",
        f"{target.name}「重点任务」A2",
    )


def test_returns_that_are_not_there_or_too_many_are_refused(tmp_path: Path, hold: Hold):
    config = office(tmp_path)
    (tmp_path / "空").mkdir()
    assert [code for code, _ in refusal(config, tmp_path / "没有.xlsx")] == ["file.not-found"]
    assert [code for code, _ in refusal(config, tmp_path / "空")] == ["collect.no-returns"]
    hold(archives={"returns": 1})
    for name in "甲乙":
        (tmp_path / "空" / f"{name}.csv").write_text("x")
    ((code, text),) = refusal(config, tmp_path / "空")
    assert code == "collect.too-many-files"
    assert "2 个文件，超过 1 个" in text


def test_a_return_larger_than_the_limit_is_told_and_not_read(tmp_path: Path):
    config = office(tmp_path)
    table(tmp_path / "反馈" / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    with (tmp_path / "反馈" / "区财政局.xlsx").open("wb") as huge:
        huge.truncate(LIMITS.file_bytes + 1)
    result = collected(config, tmp_path / "反馈")
    (point,) = found(result, Kind.UNREAD)
    assert point.unit == "区财政局"
    assert point.what.startswith("「区财政局.xlsx」超过 50 MB。")


def test_more_texts_than_can_be_read_again_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    config = office(tmp_path)
    source = table(tmp_path / "区民政局.xlsx", [answer(CANTEEN, "建成3个。")])
    monkeypatch.setattr(road, "most_origins", lambda: 3)
    ((code, text),) = refusal(config, source)
    assert code == "collect.too-many-origins"
    assert "超过 3 条" in text
    assert "「区民政局.xlsx」2 条" in text


# ---- a person at work between two runs


def test_polish_and_remarks_of_a_person_are_kept(tmp_path: Path):
    config = office(tmp_path)
    source = table(tmp_path / "区民政局.xlsx", [answer(CANTEEN, "建成3个。"), answer("没有的任务", "办了。")])
    target = tmp_path / "汇总.xlsx"
    collected(config, source)

    def work(book: Workbook) -> None:
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if sheet.title == "重点任务" and cell.value == "建成3个。":
                        cell.value = "3个社区食堂全部建成。"
                if sheet.title == "待处理" and row[0].value == Kind.UNPLACED.title:
                    row[-1].value = "已请民政局并入第一项"

    edited(target, work)
    result = collected(config, source)
    assert progress_in(result.workbook)[1] == "3个社区食堂全部建成。"
    (point,) = found(result, Kind.UNPLACED)
    assert (point.settled, point.is_open) == ("已请民政局并入第一项", False)
    assert result.complete
    assert not collected(config, source).changed


@needs_libreoffice
def test_a_ledger_that_libreoffice_saved_is_collected_into_as_if_nothing_had_been(rehearsal: tuple[Path, Path]):
    config, target = rehearsal
    folder = target.parent / "office"
    command = [*SOFFICE, profile(), "--convert-to", "xlsx", "--outdir", str(folder), str(target)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    saved = folder / target.name
    assert saved.read_bytes() != target.read_bytes()
    result = collected(config, target.parent / "反馈", into=saved, write=False)
    assert result.workbook == target.read_bytes()


# ---- the command


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of returns with something of everything, hostile names and texts among them."""
    folder = tmp_path_factory.mktemp("evening")
    office(folder)
    box = folder / "反馈"
    table(
        box / "区民政局.xlsx", [answer(CANTEEN, "建成3个。"), answer("<b>没有</b>的任务", "<script>alert(1)</script>")]
    )
    table(box / "区财政局.xlsx", [answer(ESTATES, "[red]改造4个[/red]。")], LATE)
    table(box / "区民政局<img src=x onerror=alert(2)>.xlsx", [answer(ESTATES, '改造3个。"&{{ 7*191 }}')])
    (box / "坏\x1b[31m的.xlsx").write_bytes(b"PK\x03\x04")
    return folder


def test_the_terminal_says_the_counts_first_and_then_what_to_do(evening: Path):
    done = run("collect", evening / "报告.yaml", evening / "反馈", "--into", evening / "一.xlsx", "--on", "2026-07-10")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[:5] == [
        "2026年1—6月：应反馈 3 个单位，已反馈 2 个（其中迟报 1 个）。",
        "读了 4 份反馈，其中 1 份读不了；台账 3 项，已有进展 2 项。",
        "底稿：台账.yaml（作为上期，3 项进展移到上期栏）",
        "逾期未反馈 1 个：区发展改革委",
        "迟报（按文件日期） 1 个：区财政局 2026-07-07",
    ]
    for words in ("读不了的文件", "对不上的行", "责任单位说法不一", "没有反馈的单位"):
        assert words in done.stdout
    assert "\x1b" not in done.stdout
    assert "已写入：" in lines[-1]


def test_json_says_all_that_the_report_says(evening: Path):
    target = evening / "二.xlsx"
    done = run("collect", evening / "报告.yaml", evening / "反馈", "--into", target, "--on", "2026-07-10", "--json")
    result = json.loads(done.stdout)
    assert (done.returncode, result["ok"], result["complete"], result["changed"]) == (1, False, False, True)
    assert result["files"] == [target.as_posix()]
    assert (result["deadline"], result["on"]) == ("2026-07-05", "2026-07-10")
    assert result["counts"] == {
        "asked": 3,
        "returned": 2,
        "late": 1,
        "missing": 1,
        "helpers": 0,
        "helpers_returned": 0,
        "files": 4,
        "unread": 1,
        "entries": 3,
        "answered": 2,
        "unjudged": 0,
        "open": 4,
        "settled": 0,
    }
    assert [(each["unit"], each["state"], each["answered"], each["leads"]) for each in result["units"]] == [
        ("区发展改革委", "overdue", 0, 1),
        ("区民政局", "returned", 2, 2),
        ("区财政局", "late", 1, 1),
    ]
    kinds = [each["kind"] for each in result["findings"] if each["open"]]
    assert kinds == ["unread", "unplaced", "contradiction", "missing"]
    assert result["reminder"].endswith("联系人：督查室 6800。")


class _Elements(HTMLParser):
    """Every element and attribute of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_shows_hostile_texts_letter_for_letter_and_runs_nothing(evening: Path):
    page_file = evening / "反馈" / "报告.html"
    arguments = ("--into", evening / "三.xlsx", "--report", page_file, "--on", "2026-07-10")
    for _ in range(2):  # the page itself is no return
        run("collect", evening / "报告.yaml", evening / "反馈", *arguments)
    text = page_file.read_text(encoding="utf-8")
    seen = _Elements()
    seen.feed(text)
    assert not seen.tags & {"script", "img", "iframe", "link"}
    assert not {name for name in seen.attributes if name.startswith("on") or name in ("src", "srcdoc")}
    for words in (
        "<script>alert(1)</script>",
        "<b>没有</b>的任务",
        '改造3个。"&{{ 7*191 }}',
        "区民政局<img src=x onerror=alert(2)>.xlsx",
        "[red]改造4个[/red]。",
    ):
        assert words in seen.text
    assert "1337" not in text
    assert "读不了的文件" in seen.text
    assert "报告.html" in seen.text[seen.text.index("略过的文件") :]
    links = set(re.findall(r'href="([^"]*)"', text))
    assert links == {f"#{name}" for name in re.findall(r'<h3 id="([^"]*)"', text)}


def test_a_strict_run_writes_no_ledger_where_something_could_not_be_collected(evening: Path):
    target, page_file = evening / "四.xlsx", evening / "四.html"
    arguments = ("--into", target, "--report", page_file, "--strict")
    done = run("collect", evening / "报告.yaml", evening / "反馈", *arguments)
    assert done.returncode == 1
    assert "按 --strict 没有写入台账" in done.stdout
    assert not target.exists()
    assert page_file.exists()


def test_a_page_that_cannot_be_written_leaves_the_ledger_alone(evening: Path):
    target = evening / "五.xlsx"
    (evening / "占.html").mkdir(exist_ok=True)
    arguments = ("--into", target, "--report", evening / "占.html")
    done = run("collect", evening / "报告.yaml", evening / "反馈", *arguments)
    assert done.returncode == 4
    assert "output.cannot-write" in done.stderr
    assert not target.exists()


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [("--on", "昨天", "不是日期"), ("--on", "2026-02-30", "不是日期"), ("--report", "报告.docx", "以 .html 结尾")],
)
def test_options_that_make_no_sense_are_wrong_usage(tmp_path: Path, option: str, value: str, words: str):
    config = office(tmp_path)
    done = run("collect", config, tmp_path, "--into", tmp_path / "汇总.xlsx", option, value)
    assert (done.returncode, words in done.stderr) == (2, True)


def received_in(target: Path) -> tuple[Received, ...]:
    record = record_in({table.name: table for table in read_contents(target.read_bytes(), "汇总.xlsx").value.tables})
    assert record is not None
    return record.returns


@pytest.mark.row("S10")
@pytest.mark.row("D1")
def test_the_same_collection_gives_the_same_bytes_in_any_process_and_zone(tmp_path: Path):
    config = office(tmp_path)
    table(tmp_path / "反馈" / "区民政局.xlsx", [answer(CANTEEN, "建成3个。"), answer(ESTATES, "3个。")])
    table(tmp_path / "反馈" / "区财政局.xlsx", [answer(ESTATES, "4个。"), answer("没有的", "x")])
    digests = set()
    # At ten in the morning here it is the evening before in New York.
    dated(tmp_path / "反馈" / "区民政局.xlsx", "2026-07-06 02:00:00")
    for seed, zone in (("0", "UTC"), ("4711", "America/New_York"), ("1", "Asia/Shanghai")):
        target = tmp_path / f"{seed}.xlsx"
        run("collect", config, tmp_path / "反馈", "--into", target, PYTHONHASHSEED=seed, TZ=zone)
        digests.add(hashlib.sha256(target.read_bytes()).hexdigest())
        days = {received.file: received.day for received in received_in(target)}
        assert days == {"区民政局.xlsx": "2026-07-06", "区财政局.xlsx": "2026-07-04"}
    assert len(digests) == 1


def test_a_misspelt_value_of_a_page_fails_loudly():
    with pytest.raises(Exception, match="undefined"):
        page("collection", {"title": "x"})


def test_the_readme_says_what_each_finding_each_state_and_each_key_means(evening: Path):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    chapter = text[text.index("\n## 汇总反馈\n") :]
    chapter = chapter[: chapter.index("\n## ", 4)]
    assert [kind.title for kind in Kind if kind.needs_person and f"| {kind.title} |" not in chapter] == []
    assert [kind.title for kind in Kind if kind.title not in chapter] == []
    assert [state.value for state in State if state.value not in chapter] == []
    assert f"一次最多 {STANDARD.archives.returns} 个文件" in chapter
    done = run("collect", evening / "报告.yaml", evening / "反馈", "--into", evening / "六.xlsx", "--json")
    assert [key for key in json.loads(done.stdout) if f"`{key}`" not in chapter] == []


def test_what_was_not_collected_is_what_strict_refuses():
    refused = (Kind.UNREAD, Kind.OTHER_PERIOD, Kind.FAULT, Kind.UNPLACED, Kind.NAMELESS)
    assert refused == road.NOT_COLLECTED
