"""Each unit's own set (各单位分送件): what is made, what stays as it is, what is told; nothing is half done."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from reportgen.cli.shell import counted_progress, duration
from reportgen.document import Cell, Column, ColumnKind, Document, Orientation, Paragraph, Section, Table
from reportgen.fingerprint import fingerprint
from reportgen.pdf_engine import PdfEngine
from reportgen.problems import CannotWrite, InputError, Location, Problem, ReportError
from reportgen.template.loading import load_styles
from reportgen.unit_sets.manifest import read_manifest
from reportgen.unit_sets.record import SetRecord, State, UnitRecord
from reportgen.unit_sets.result import Result
from reportgen.unit_sets.road import ZIP_NAME, SetsRequest, make_sets
from tests.kept import kept_folder
from tests.projects import CONFIG, ROOT, SAMPLE, goal, ledger, project, run, task

REGISTER = """\
version: 1
units:
  - {name: 区发展改革委, kind: 部门, aliases: [区发改委]}
  - {name: 区民政局, kind: 部门}
  - {name: 区城管局, kind: 部门}
  - {name: 区档案馆, kind: 部门}
  - {name: 石渡街道, kind: 镇街}
  - {name: 柳荫镇, kind: 镇街}
groups:
  - {name: 各镇街, kind: 镇街}
  - {name: 治理成员单位, members: [区民政局], until: 2026-06-30}
  - {name: 治理成员单位, members: [区城管局], from: 2026-07-01}
"""
WITH_REGISTER = CONFIG + "units: 名录.yaml\n"
# A character of a plane that none of the faces has.
NO_FACE = "\U0002f9f4"


def entries(**changes: Any) -> Any:
    """A ledger in which four units lead something, one only supports, and one has nothing."""
    lagging = {"责任单位": "区城管局、区民政局", "配合单位": "", "推进情况": "推进较为滞后"}
    tasks = [
        task("建成社区食堂3个", 责任单位="区民政局", 配合单位="各镇街"),
        task("改造老旧小区5个", 责任单位="区城管局", 配合单位="石渡街道"),
        task("新建公园2座", **(lagging | changes)),
        task("修缮古镇老街", 责任单位="柳荫镇", 配合单位=""),
    ]
    return ledger([goal()], tasks)


def office(folder: Path, data: Any = None, config: str = WITH_REGISTER, register: str = REGISTER) -> Path:
    """A small office with a register; the path of its configuration."""
    path = project(folder, entries() if data is None else data, config)
    (folder / "名录.yaml").write_text(register, encoding="utf-8")
    return path


def made(config: Path, folder: Path, **asked: Any) -> Result:
    """The sets of an office as Word files, by two processes."""
    options: dict[str, Any] = {"formats": ("docx",), "workers": 2} | asked
    return make_sets(SetsRequest(config=config, folder=folder, **options))


def refused(kind: type[ReportError], config: Path, folder: Path, **asked: Any) -> dict[str, Problem]:
    """The problems for which a run is refused, by code."""
    with pytest.raises(kind) as fault:
        made(config, folder, **asked)
    return {problem.code: problem for problem in fault.value.problems}


def record(folder: Path) -> SetRecord:
    """What the manifest in a folder tells."""
    found = read_manifest((folder / "manifest.json").read_bytes())
    assert found
    return found


def of(folder: Path, unit: str) -> UnitRecord:
    """The record of a unit in the set that stands in a folder."""
    return next(each for each in record(folder).units if each.unit == unit)


def state(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Every file of a folder: its bytes, its identity and the time of its last change."""
    return {
        path.name: (path.read_bytes(), path.stat().st_ino, path.stat().st_mtime_ns) for path in sorted(folder.iterdir())
    }


def contents(folder: Path) -> dict[str, bytes]:
    """The bytes of every file of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def codes(result: Result) -> set[str]:
    return {problem.code for problem in result.problems}


# ---- the sample: all units, both formats, by one command


@pytest.fixture(scope="session")
def sample_set() -> Path:
    """The set of all units of the sample in both formats, made once by the command."""

    def make(fresh: Path) -> None:
        # By the quicker engine: 600 pages. The usual one makes a few units of it elsewhere (test_engine_cluster).
        done = run("units", SAMPLE, "--out", fresh / "set", "--pdf-engine", "typst", "--json")
        assert done.returncode == 0, done.stderr
        (fresh / "told.json").write_text(done.stdout, encoding="utf-8")

    return kept_folder("unit-sets", make)


def test_one_command_gives_every_unit_of_the_sample_a_word_file_and_a_pdf(sample_set: Path) -> None:
    told = json.loads((sample_set / "told.json").read_text(encoding="utf-8"))
    folder = sample_set / "set"
    assert told["ok"] is True
    assert told["rendered"] == len(told["units"]) == 49
    assert (told["taken_over"], told["failed"], told["without"]) == (0, [], [])
    assert {path.name for path in folder.iterdir()} == set(told["files"])
    for each in told["units"]:
        assert each["files"] == [f"附件{each['number']}_{each['unit']}.{kind}" for kind in ("docx", "pdf")]
        assert (folder / each["files"][0]).read_bytes()[:2] == b"PK"
        assert (folder / each["files"][1]).read_bytes()[:5] == b"%PDF-"
    assert [each["unit"] for each in told["units"]][17] == "区商务委"
    assert {each.sheet: each.agrees for each in record(folder).sums} == {"预期目标": True, "重点任务": True}
    assert "manifest.json" in told["files"]
    index = load_workbook(BytesIO((folder / "index.xlsx").read_bytes()))
    assert index.sheetnames == ["各单位", "逐项去向", "合计核对", "问题"]


def test_a_second_run_over_the_sample_renders_nothing_and_changes_no_file(sample_set: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(sample_set / "set", tmp_path / "set"))
    before = state(folder)
    result = made(SAMPLE, folder, formats=("docx", "pdf"), pdf_engine=PdfEngine.TYPST)
    assert (result.rendered, len(result.taken_over), result.changed) == ((), 49, False)
    assert state(folder) == before


# ---- what is made anew, and what is not


def test_a_changed_task_renders_its_units_alone_and_the_set_is_that_of_a_fresh_run(tmp_path: Path) -> None:
    config, folder = office(tmp_path), tmp_path / "set"
    first = made(config, folder)
    assert first.rendered == ("区发展改革委", "区民政局", "区城管局", "石渡街道", "柳荫镇")
    before = state(folder)
    office(tmp_path, entries(任务进展情况="两座都已开工。"))
    second = made(config, folder)
    assert second.rendered == ("区民政局", "区城管局")
    assert second.taken_over == ("区发展改革委", "石渡街道", "柳荫镇")
    for unit in second.taken_over:
        (name,) = [file.name for file in of(folder, unit).files]
        assert state(folder)[name] == before[name]
    fresh = tmp_path / "fresh"
    made(config, fresh)
    assert contents(folder) == contents(fresh)
    assert made(config, folder).changed is False


def test_the_same_bytes_come_from_one_process_and_from_eight(tmp_path: Path) -> None:
    config = office(tmp_path)
    for workers in (1, 8):
        folder = tmp_path / str(workers)
        made(config, folder, workers=workers, formats=("docx", "pdf"), units=("区民政局", "区城管局", "石渡街道"))
    assert len(contents(tmp_path / "1")) == 8
    assert contents(tmp_path / "1") == contents(tmp_path / "8")


@pytest.mark.row("S10")
def test_hash_seed_time_zone_locale_and_folder_do_not_show(tmp_path: Path) -> None:
    config = office(tmp_path)
    places = {"1": ("0", "UTC", "C.UTF-8"), "2": ("4711", "Asia/Shanghai", "zh_CN.UTF-8")}
    for name, (seed, zone, language) in places.items():
        around = {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language}
        named = config if name == "1" else Path(os.path.relpath(config, ROOT))
        done = run("units", named, "--out", tmp_path / name, "--format", "docx", "--zip", **around)
        assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "1") == contents(tmp_path / "2")


def test_an_archive_holds_the_whole_set_and_leaves_it_when_nobody_asks_for_it(tmp_path: Path) -> None:
    from zipfile import ZipFile

    config, folder = office(tmp_path), tmp_path / "set"
    result = made(config, folder, zipped=True)
    with ZipFile(folder / ZIP_NAME) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            name: blob for name, blob in contents(folder).items() if name != ZIP_NAME
        }
    assert ZIP_NAME in result.files
    again = made(config, folder)
    assert (again.rendered, again.left) == ((), (ZIP_NAME,))
    assert not (folder / ZIP_NAME).exists()


def test_files_that_people_put_beside_the_set_stay_and_one_that_is_gone_is_made_again(tmp_path: Path) -> None:
    config, folder = office(tmp_path), tmp_path / "set"
    made(config, folder)
    whole = contents(folder)
    (folder / "寄送记录.txt").write_text("已寄", encoding="utf-8")
    (folder / "附件2_区民政局.docx").unlink()
    again = made(config, folder)
    assert again.rendered == ("区民政局",)
    assert contents(folder) == whole | {"寄送记录.txt": "已寄".encode()}


def test_a_file_that_somebody_changed_is_not_written_over_and_nothing_is_rendered(tmp_path: Path) -> None:
    config, folder = office(tmp_path), tmp_path / "set"
    made(config, folder)
    changed = folder / "附件2_区民政局.docx"
    changed.write_bytes(changed.read_bytes() + b" ")
    before = state(folder)
    office(tmp_path, entries(任务进展情况="两座都已开工。"))
    problem = refused(CannotWrite, config, folder)["output.changed-file"]
    assert "附件2_区民政局.docx" in problem.what
    assert state(folder) == before


# ---- some units alone


def test_units_asked_for_are_a_set_of_their_own_in_a_fresh_folder(tmp_path: Path) -> None:
    config, folder = office(tmp_path), tmp_path / "set"
    result = made(config, folder, units=("各镇街", "区发改委"))
    assert result.rendered == ("区发展改革委", "石渡街道", "柳荫镇")
    assert [each.unit for each in record(folder).units] == ["区发展改革委", "石渡街道", "柳荫镇"]
    assert all(each.agrees for each in record(folder).sums)
    assert [each.number for each in record(folder).units] == [1, 5, 6]
    more = made(config, folder)
    assert more.rendered == ("区民政局", "区城管局")
    made(config, tmp_path / "fresh")
    assert contents(folder) == contents(tmp_path / "fresh")


def test_units_asked_for_alone_are_renewed_and_the_others_told_as_out_of_date(tmp_path: Path) -> None:
    config, folder = office(tmp_path), tmp_path / "set"
    made(config, folder)
    before = contents(folder)
    office(tmp_path, entries(任务进展情况="两座都已开工。"))
    result = made(config, folder, units=("区民政局",))
    assert (result.rendered, result.stale) == (("区民政局",), ("区城管局",))
    assert of(folder, "区城管局").state is State.STALE
    (stale,) = [problem for problem in result.problems if problem.code == "units.stale"]
    assert "区城管局" in stale.what
    after = contents(folder)
    assert {name for name in before if before[name] != after[name]} == {
        "附件2_区民政局.docx", "index.xlsx", "manifest.json",
    }  # fmt: skip
    assert made(config, folder).rendered == ("区城管局",)


def test_an_unknown_unit_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    problem = refused(InputError, office(tmp_path), tmp_path / "set", units=("区民正局",))["duties.unknown-unit"]
    assert "是否要写「区民政局」？" in problem.fix
    assert not (tmp_path / "set").exists()


def test_a_name_that_another_unit_has_now_is_not_written_over(tmp_path: Path) -> None:
    template = (ROOT / "templates/unit-annex.yaml").read_text(encoding="utf-8")
    template = template.replace("file_name: 附件{{ unit_no }}_{{ unit }}", "file_name: 附件{{ unit_no }}")
    config = office(tmp_path, config=WITH_REGISTER + "unit_sets: {template: 本单位.yaml}\n")
    (tmp_path / "本单位.yaml").write_text(template, encoding="utf-8")
    made(config, tmp_path / "set")
    two, three = "  - {name: 区民政局, kind: 部门}\n", "  - {name: 区城管局, kind: 部门}\n"
    office(
        tmp_path,
        config=WITH_REGISTER + "unit_sets: {template: 本单位.yaml}\n",
        register=REGISTER.replace(two + three, three + two),
    )
    before = state(tmp_path / "set")
    problem = refused(InputError, config, tmp_path / "set", units=("区民政局",))["units.name-taken"]
    assert "附件3.docx" in problem.what
    assert state(tmp_path / "set") == before
    assert set(made(config, tmp_path / "set").rendered) == {"区城管局", "区民政局"}


# ---- documents that fail


def failing(folder: Path) -> Path:
    """An office of which one unit has a character that no face has."""
    return office(folder, entries(任务进展情况=f"已开工{NO_FACE}座。", 责任单位="区城管局"))


def test_with_one_document_that_fails_nothing_is_put_in_place(tmp_path: Path) -> None:
    config, folder = office(tmp_path), tmp_path / "set"
    made(config, folder, formats=("docx", "pdf"))
    before = state(folder)
    failing(tmp_path)
    found = refused(InputError, config, folder, formats=("docx", "pdf"))
    assert found["fonts.no-glyph"].where
    assert found["fonts.no-glyph"].where.key == "重点任务[2].任务进展情况"
    assert "「区城管局」" in found["units.failed"].what
    assert state(folder) == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".reportgen")] == []


@pytest.mark.row("S9")
def test_keep_going_publishes_the_others_and_says_why_one_failed(tmp_path: Path) -> None:
    config, folder = failing(tmp_path), tmp_path / "set"
    result = made(config, folder, formats=("docx", "pdf"), keep_going=True)
    assert (result.failed, result.ok) == (("区城管局",), False)
    assert of(folder, "区城管局").state is State.FAILED
    assert [problem.code for problem in of(folder, "区城管局").problems] == ["fonts.no-glyph"]
    assert not [name for name in contents(folder) if "区城管局" in name]
    assert len([name for name in contents(folder) if name.endswith(".pdf")]) == 4
    assert all(each.agrees for each in record(folder).sums)
    other = made(config, folder, formats=("docx", "pdf"), units=("区民政局",))
    assert (other.ok, other.changed, codes(other), other.stale) == (True, False, {"units.stale"}, ("区城管局",))
    office(tmp_path)
    mended = made(config, folder, formats=("docx", "pdf"))
    assert (mended.ok, "区城管局" in mended.rendered) == (True, True)
    assert of(folder, "区城管局").state is State.MADE


def test_the_command_tells_failed_units_and_leaves_with_1(tmp_path: Path) -> None:
    done = run("units", failing(tmp_path), "--out", tmp_path / "set", "--format", "pdf", "--keep-going", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, done.stderr, told["ok"], told["failed"]) == (1, "", False, ["区城管局"])
    assert {problem["code"] for problem in told["problems"]} >= {"fonts.no-glyph", "units.failed"}


def test_a_machine_without_a_chinese_face_is_refused_with_exit_code_3(tmp_path: Path) -> None:
    bare = "import reportgen.writers.fonts as fonts; fonts.font_folders = lambda: ()"
    done = run("units", office(tmp_path), "--out", tmp_path / "set", before=bare)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.count("[fonts.no-face]") == 1
    assert not (tmp_path / "set").exists()


# ---- units: gone, unknown, without anything


def test_a_unit_that_is_gone_leaves_the_set_and_is_told(tmp_path: Path) -> None:
    config, folder = office(tmp_path), tmp_path / "set"
    made(config, folder)
    data = entries()
    data["重点任务"][3]["责任单位"] = "石渡街道"
    office(tmp_path, data, register=REGISTER.replace("  - {name: 柳荫镇, kind: 镇街}\n", ""))
    result = made(config, folder)
    assert (result.gone, result.left) == (("柳荫镇",), ("附件6_柳荫镇.docx",))
    assert "units.gone" in codes(result)
    made(config, tmp_path / "fresh")
    assert contents(folder) == contents(tmp_path / "fresh")


def test_a_unit_that_the_register_lacks_has_its_set_behind_the_others_and_is_told(tmp_path: Path) -> None:
    data = entries()
    data["重点任务"].append(task("整治河道", 责任单位="区河长办", 配合单位=""))
    result = made(office(tmp_path, data), tmp_path / "set")
    last = record(tmp_path / "set").units[-1]
    assert (last.unit, last.number, last.is_registered) == ("区河长办", 7, False)
    assert [file.name for file in last.files] == ["附件7_区河长办.docx"]
    assert "ledger.unknown-unit" in codes(result)


def test_an_empty_register_is_refused_and_without_a_register_the_ledger_names_the_units(tmp_path: Path) -> None:
    empty = refused(InputError, office(tmp_path, register="version: 1\nunits: []\n"), tmp_path / "set")
    assert set(empty) == {"units.empty"}
    result = made(project(tmp_path, entries()), tmp_path / "set")
    assert result.rendered == ("区发展改革委", "区民政局", "各镇街", "区城管局", "石渡街道", "柳荫镇")
    assert "duties.needs-register" in codes(result)


def test_the_members_of_a_group_are_those_of_the_day_of_the_report(tmp_path: Path) -> None:
    data = ledger([goal()], [task(责任单位="治理成员单位", 配合单位="")])
    before = office(tmp_path, data, WITH_REGISTER.replace("2026-07-10", "2026-06-10"))
    assert made(before, tmp_path / "before").rendered == ("区发展改革委", "区民政局")
    after = office(tmp_path, data)
    assert made(after, tmp_path / "after").rendered == ("区发展改革委", "区城管局")


@pytest.mark.parametrize(
    ("way", "its_state", "has_file"),
    [("列明", State.WITHOUT, False), ("出文件", State.MADE, True), ("不列", None, False)],
)
def test_a_unit_without_tasks_is_listed_has_a_file_or_neither(
    tmp_path: Path, way: str, its_state: State | None, has_file: bool
) -> None:
    config = office(tmp_path, config=WITH_REGISTER + f"unit_sets: {{without_tasks: {way}}}\n")
    result = made(config, tmp_path / "set", units=("区档案馆", "区民政局"))
    found = [each for each in result.units if each.unit == "区档案馆"]
    assert [each.state for each in found] == ([its_state] if its_state else [])
    assert (tmp_path / "set" / "附件4_区档案馆.docx").exists() is has_file
    assert ("区档案馆" in result.without) is (way == "列明")


LETTERS = """\
version: 1
name: 督查函
per_unit: true
partial: true
file_name: 函_{{ unit }}
lists:
  lagging: {sheet: 重点任务, judgement: 推进较为滞后, duty: 牵头, required: true}
title: 关于报送整改进展的函
addressee: "{{ unit }}："
body: 请报送{{ lagging | count }}项任务的进展。
annexes:
  - id: WHICH
    rows: WHICH
    title: 任务表
    columns: [{title: 任务, field: text, width: 1}]
"""


@pytest.mark.parametrize("way", ["列明", "出文件", "不列"])
def test_a_unit_that_the_template_is_not_about_gets_nothing_and_is_no_failure(tmp_path: Path, way: str) -> None:
    vague = entries()
    vague["重点任务"][1]["配合单位"] = "石渡街道、有关镇街"
    own = f"unit_sets: {{template: 函.yaml, without_tasks: {way}}}\n"
    config = office(tmp_path, vague, WITH_REGISTER + own, REGISTER + "  - {name: 有关镇街, vague: true}\n")
    (tmp_path / "函.yaml").write_text(LETTERS.replace("WHICH", "lagging"), encoding="utf-8")
    result = made(config, tmp_path / "set", strict=True)
    assert result.ok
    assert [name for name in result.files if name.startswith("函")] == ["函_区民政局.docx", "函_区城管局.docx"]
    others = {"区发展改革委": "不涉及", "区档案馆": "无任务", "石渡街道": "不涉及", "柳荫镇": "不涉及"}
    told = {each.unit: each.state.value for each in result.units if not each.files}
    assert told == ({} if way == "不列" else others)
    assert set(result.without) == told.keys()
    # The vague name stands on a task that no letter is about.
    assert result.problems == ()
    assert all(each.agrees for each in record(tmp_path / "set").sums)
    assert not made(config, tmp_path / "set").changed


def test_what_reaches_nobody_since_the_template_is_not_about_its_unit_is_told(tmp_path: Path) -> None:
    config = office(tmp_path, config=WITH_REGISTER + "unit_sets: {template: 函.yaml}\n")
    whole = LETTERS.replace("partial: true\n", "").replace("WHICH", "tasks")
    (tmp_path / "函.yaml").write_text(whole, encoding="utf-8")
    result = made(config, tmp_path / "set")
    told = [problem.what for problem in result.problems if problem.code == "units.unreached"]
    assert told == [
        "分送件模板的表都不列「预期目标」里的 1 项，如「固定资产投资增长6%」",
        "分送件模板的表都不列「重点任务」里的 1 项，如「修缮古镇老街」",
    ]
    assert all(each.agrees for each in record(tmp_path / "set").sums)


def test_a_name_behind_which_the_register_puts_nobody_is_not_called_unknown(tmp_path: Path) -> None:
    vague = REGISTER + "  - {name: 有关镇街, vague: true, note: 按所在地确定}\n"
    config = office(tmp_path, register=vague)
    problem = refused(InputError, config, tmp_path / "set", units=("有关镇街",))["duties.unknown-unit"]
    assert problem.what == "单位名录里的「有关镇街」没有写明是哪些单位（按所在地确定）"


def test_the_command_lists_the_units_that_have_changed_and_counts_the_others(tmp_path: Path) -> None:
    config, folder = office(tmp_path), tmp_path / "set"
    first = run("units", str(config), "--out", str(folder), "--format", "docx", "--zip")
    assert "柳荫镇" in first.stdout
    assert f"压缩包是 {ZIP_NAME}" in first.stdout
    assert "共 6 个单位：新生成 5 个" in first.stdout
    office(tmp_path, entries(任务进展情况="已完成一半。"))
    again = run("units", str(config), "--out", str(folder), "--format", "docx")
    assert "区城管局" in again.stdout
    assert "柳荫镇" not in again.stdout
    assert "新生成 2 个，沿用 3 个，无任务 1 个；用时" in again.stdout


def test_warnings_are_told_once_and_are_failures_when_strict(tmp_path: Path) -> None:
    data = entries()
    data["重点任务"].append(task("整治河道", 责任单位="区河长办", 配合单位=""))
    config = office(tmp_path, data)
    told = made(config, tmp_path / "set").problems
    assert len(told) == len(set(told))
    assert [problem.code for problem in told].count("ledger.unknown-unit") == 1
    before = state(tmp_path / "set")
    office(tmp_path, data | {"预期目标": [goal("外贸增长5%")]})
    assert "ledger.unknown-unit" in refused(InputError, config, tmp_path / "set", strict=True)
    assert state(tmp_path / "set") == before


def test_all_faults_of_the_inputs_come_together_before_those_of_the_folder(tmp_path: Path) -> None:
    config = office(
        tmp_path, config=WITH_REGISTER + "unit_sets: {template: 没有}\nengine: dask\nfonts: {仿宋: 没有.ttf}\n"
    )
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "别的.txt").write_text("x", encoding="utf-8")
    found = refused(InputError, config, tmp_path / "set")
    assert set(found) == {"config.unknown-name", "config.scheduler-missing", "file.not-found"}
    office(tmp_path)
    assert set(refused(CannotWrite, config, tmp_path / "set")) == {"output.not-a-set"}


def test_templates_for_all_and_for_one_unit_are_not_mistaken_for_each_other(tmp_path: Path) -> None:
    wrong = office(tmp_path, config=WITH_REGISTER + "unit_sets: {template: half-year-report}\n")
    assert set(refused(InputError, wrong, tmp_path / "set")) >= {"template.not-per-unit"}
    wrong = office(tmp_path, config=WITH_REGISTER.replace("half-year-report", "unit-annex"))
    assert "template.per-unit" in refused(InputError, wrong, tmp_path / "set")


# ---- progress, and options


def test_progress_says_how_many_at_which_rate_and_beside_json_nothing(tmp_path: Path) -> None:
    config = office(tmp_path)
    done = run("units", config, "--out", tmp_path / "set", "--format", "docx")
    assert done.stderr.startswith("读取配置、模板和台账\n成文\n生成，共 5 份\n")
    assert "份/秒" in done.stderr
    assert "共 6 个单位：新生成 5 个，沿用 0 个，无任务 1 个；用时" in done.stdout
    quiet = run("units", config, "--out", tmp_path / "set", "--format", "docx", "--json")
    assert quiet.stderr == ""
    assert json.loads(quiet.stdout)["changed"] is False
    plain = run("units", config, "--out", tmp_path / "set", "--format", "docx")
    assert "里的已是最新，没有改动任何文件" in plain.stdout


class Screen(StringIO):
    """A terminal that remembers what was shown."""

    def isatty(self) -> bool:
        return True


def test_a_bar_on_a_terminal_of_80_columns_says_how_many_at_which_rate_and_how_long_still(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    for name, value in {"TERM": "xterm", "COLUMNS": "80", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    with counted_progress("份", quiet=False) as told:
        told("成文", 0, 0)
        told("生成", 0, 5000)
        time.sleep(0.02)
        told("生成", 4, 5000)
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue())
    last = [line for line in re.split(r"[\r\n]+", shown) if "生成" in line][-1].rstrip()
    assert re.search(r"4/5000  [\d.]+ 份/秒  还需 (\d+ 分 )?\d+ 秒$", last)
    assert len(last.encode("gbk", "replace")) <= 80


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.4, "0 秒"), (59.6, "1 分 00 秒"), (3599, "59 分 59 秒"), (7270, "2 小时 1 分")]
)
def test_the_rest_is_said_in_hours_minutes_and_seconds(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (("--workers", "0"), "--workers 后面应是 1 到 256 的整数"),
        (("--engine", "lokal"), "没有「lokal」这种引擎。是否要写「local」？可用：local、dask"),
        (("--format", "odt"), "没有「odt」这种输出格式。"),
    ],
)
def test_wrong_options_are_told_and_leave_with_2(tmp_path: Path, options: tuple[str, ...], what: str) -> None:
    done = run("units", office(tmp_path), "--out", tmp_path / "set", *options)
    assert done.returncode == 2
    assert what in done.stderr


def test_an_option_that_says_nothing_is_refused(tmp_path: Path) -> None:
    asked = {"workers": 2, "scheduler": "tcp://127.0.0.1:1"}
    assert set(refused(InputError, office(tmp_path), tmp_path / "set", **asked)) == {"config.unused-option"}


def test_a_scheduler_that_is_not_there_is_told_with_exit_code_3(tmp_path: Path) -> None:
    nowhere = ("--engine", "dask", "--scheduler", "tcp://127.0.0.1:1")
    done = run("units", office(tmp_path), "--out", tmp_path / "set", "--format", "docx", *nowhere)
    assert done.returncode == 3
    assert "cluster.unreachable" in done.stderr
    assert not (tmp_path / "set").exists()


# ---- fingerprints


def a_document(text: str = "甲", origin: Location | None = None, **table: Any) -> Document:
    cell = Cell(paragraphs=(text,), origin=origin)
    block = Table(columns=(Column(share=1.0, kind=ColumnKind.TEXT),), head=(), body=((cell,),), **table)
    section = Section(orientation=Orientation.PORTRAIT, blocks=(Paragraph(text="正文"), block))
    return Document(title="题", issuer="办", sections=(section,))


def test_a_fingerprint_is_of_the_contents_and_not_of_their_origins() -> None:
    here, there = Location(file="a.xlsx", cell="B2"), Location(file="b.xlsx", cell="C9")
    assert fingerprint(a_document(origin=here)) == fingerprint(a_document(origin=there))
    others: list[Any] = [a_document("乙"), a_document(theme="x"), a_document("甲\n")]
    assert len({fingerprint(each) for each in (a_document(), *others)}) == 4


def test_no_two_values_have_a_fingerprint_in_common() -> None:
    values: list[Any] = [
        (), ("",), ("a", "b"), ("ab",), ("a", ("b",)), (("a", "b"),), (1,), ("1",), (1.0,), (True,), (None,),
        ({"a": "b"},), ({"a": ("b",)},), ({"a": "b", "c": "d"},), ({"c": "d", "a": "b"},), (frozenset("ab"),),
        (Orientation.PORTRAIT,), (Orientation.LANDSCAPE,), ("s1:a",),
    ]  # fmt: skip
    assert len({fingerprint(*each) for each in values}) == len(values)


def test_a_fingerprint_is_the_same_in_every_process() -> None:
    code = (
        "from pathlib import Path; from reportgen.fingerprint import fingerprint\n"
        "from reportgen.problems import Location; from reportgen.template.loading import load_styles\n"
        "print(fingerprint(load_styles('gb9704', Path(), Location(file='x'))[0], frozenset('abcdef')))"
    )
    made_here = fingerprint(load_styles("gb9704", Path(), Location(file="x"))[0], frozenset("abcdef"))
    for seed in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True, text=True, check=True, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed},
        )  # fmt: skip
        assert done.stdout.strip() == made_here


def test_what_has_no_canonical_form_has_no_fingerprint() -> None:
    with pytest.raises(TypeError):
        fingerprint(object())
