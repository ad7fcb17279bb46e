"""The return forms (反馈表) that go out to the units: who gets what, what may be filled in, what comes back."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from reportgen.collect import Request, Rolled, collect
from reportgen.distribute import Distribution, distribute, form_words, without_duties
from reportgen.inputs import configured_register, ledger_files, wanted_sheets
from reportgen.intake.findings import Kind
from reportgen.intake.returns import Return, read_return
from reportgen.ledger.files.outside import read_contents
from reportgen.ledger.files.workbook import write_workbook
from reportgen.ledger.ids import with_ids
from reportgen.ledger.keeping import ledger_sheets
from reportgen.ledger.model import STATUSES, VERDICTS, Ledger
from reportgen.ledger.origins import Use
from reportgen.ledger.reading import read_ledger_files
from reportgen.ledger.records import Record, record_sheet
from reportgen.ledger.words import STANDARD_WORDS
from reportgen.problems import InputError, Problem, Severity
from reportgen.template.loading import load_config
from reportgen.template.return_forms import PreparedForm, load_return_form
from tests.libreoffice import SOFFICE, needs_libreoffice, profile
from tests.projects import CONFIG, ROOT, SAMPLE, goal, ledger, project, run, task

FORM = (ROOT / "templates" / "forms" / "return-form.yaml").read_text(encoding="utf-8")
REGISTER = """\
version: 1
units:
  - {name: 区发展改革委, kind: 部门, aliases: [区发改委]}
  - {name: 区民政局, kind: 部门}
  - {name: 区财政局, kind: 部门}
  - {name: 石渡街道, kind: 镇街}
  - {name: 柳荫镇, kind: 镇街}
groups:
  - {name: 各镇街, kind: 镇街}
  - {name: 有关镇街, vague: true}
  - {name: 专班成员单位, members: [区财政局], until: 2026-06-30}
  - {name: 专班成员单位, members: [区财政局, 柳荫镇], from: 2026-07-01}
"""
WITH_REGISTER = CONFIG + "units: 名录.yaml\n"


def office(folder: Path, data: Any = None, config: str = WITH_REGISTER, register: str = REGISTER) -> Path:
    """A project with a register."""
    path = project(folder, data, config)
    (folder / "名录.yaml").write_text(register, encoding="utf-8")
    return path


def book(made: Distribution, unit: str) -> Workbook:
    (file,) = [each.file for each in made.forms if each.unit == unit]
    return load_workbook(BytesIO(made.files[file]))


def table(sheet: Worksheet) -> list[dict[str, str]]:
    """The rows of a form's sheet by header."""
    rows = [[str(value or "") for value in row] for row in sheet.iter_rows(values_only=True)]
    head = next(i for i, row in enumerate(rows) if "编号" in row)
    return [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :]]


def head_of(sheet: Worksheet, title: str = "编号") -> tuple[int, dict[str, int]]:
    """The row of a form's head and the column of each header."""
    head = next(row for row in sheet.iter_rows() if row[0].value == title)
    return head[0].row or 0, {str(cell.value): cell.column or 0 for cell in head}


def tasks_of(made: Distribution, unit: str) -> list[dict[str, str]]:
    return table(book(made, unit)["重点任务"])


def codes(problems: tuple[Problem, ...]) -> list[str]:
    """The codes of the problems, without that of a sheet that a test leaves empty."""
    return [problem.code for problem in problems if problem.code != "ledger.no-rows"]


def refused(path: Path, **arguments: Any) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as fault:
        distribute(path, **arguments)
    return fault.value.problems


# ---- the real sample


@pytest.fixture(scope="module")
def sample() -> Distribution:
    return distribute(SAMPLE)


@pytest.fixture(scope="module")
def sample_ledger() -> Ledger:
    config, source = load_config(SAMPLE, SAMPLE.name)
    register, _ = configured_register(config, SAMPLE.parent)
    wants = wanted_sheets(config, source, SAMPLE.parent, [])
    assert register
    assert wants
    return with_ids(read_ledger_files(ledger_files(config, SAMPLE.parent), wants, register.value).value)


def test_every_entry_of_the_sample_is_in_a_form_and_led_by_the_units_that_the_ledger_names(
    sample: Distribution, sample_ledger: Ledger
):
    led: dict[str, set[str]] = {}
    for form in sample.forms:
        for sheet in book(sample, form.unit):
            for row in table(sheet):
                led.setdefault(row["编号"], set())
                if row["本单位职责"].startswith("牵头"):
                    led[row["编号"]].add(form.unit)
    assert "duties.unreached" not in codes(sample.problems)
    assert set(led) == {entry.id for entry in sample_ledger}
    plain = {form.unit for form in sample.forms}
    for entry in sample_ledger:
        named = {name.partition("（")[0] for name in entry.lead_units}
        assert named & plain <= led[entry.id]


def test_the_counts_are_those_of_the_rows(sample: Distribution):
    for form in sample.forms:
        duties = [row["本单位职责"][:2] for sheet in book(sample, form.unit) for row in table(sheet)]
        assert (duties.count("牵头"), duties.count("配合")) == (form.leads, form.supports)


@pytest.mark.row("D1")
def test_the_same_ledger_gives_the_same_files_in_any_process(tmp_path: Path, sample: Distribution):
    for seed in ("0", "1"):
        run("forms", SAMPLE, "--out", tmp_path / seed, PYTHONHASHSEED=seed)
    made = [{path.name: path.read_bytes() for path in (tmp_path / seed).iterdir()} for seed in ("0", "1")]
    assert made[0] == made[1] == dict(sample.files)


def test_the_files_stand_in_official_order_with_names_for_any_system(sample: Distribution):
    config, _ = load_config(SAMPLE, SAMPLE.name)
    register, _ = configured_register(config, SAMPLE.parent)
    assert register
    order = [unit.name for unit in register.value.units]
    assert [form.unit for form in sample.forms] == [name for name in order if name not in sample.without]
    assert [form.file for form in sample.forms] == sorted(form.file for form in sample.forms)
    assert sample.forms[2].file == "03_区教委_反馈表.xlsx"


# ---- who gets what


def test_a_unit_leads_before_it_supports_and_only_the_lead_says_how_a_task_stands(tmp_path: Path):
    data = ledger(
        goals=[],
        tasks=[task("甲", 责任单位="区民政局", 配合单位="区财政局"), task("乙", 责任单位="区财政局", 配合单位="")],
    )
    made = distribute(office(tmp_path, data))
    rows = tasks_of(made, "区财政局")
    assert [(row["工作任务"], row["本单位职责"]) for row in rows] == [("乙", "牵头"), ("甲", "配合")]
    sheet = book(made, "区财政局")["重点任务"]
    head, columns = head_of(sheet)
    locks = {
        (row, title): sheet.cell(head + row, columns[title]).protection.locked
        for row in (1, 2)
        for title in ("工作任务", "上期进展情况", "1—6月进展情况", "推进情况")
    }
    assert [place for place, locked in locks.items() if not locked] == [
        (1, "1—6月进展情况"),
        (1, "推进情况"),
        (2, "1—6月进展情况"),
    ]
    (rule,) = sheet.data_validations.dataValidation
    assert str(rule.sqref) == sheet.cell(head + 1, columns["推进情况"]).coordinate


def test_a_sheet_in_which_a_unit_leads_nothing_asks_it_for_no_status(tmp_path: Path):
    data = ledger(goals=[goal(责任单位="柳荫镇")], tasks=[task("甲", 责任单位="区民政局", 配合单位="柳荫镇")])
    form = book(distribute(office(tmp_path, data)), "柳荫镇")
    (lead,), (support,) = table(form["预期目标"]), table(form["重点任务"])
    assert "评价" in lead
    assert "推进情况" not in support
    assert "1—6月进展情况" in support
    assert not form["重点任务"].data_validations.dataValidation


def test_a_unit_that_leads_does_not_support_the_same_task_too(tmp_path: Path):
    data = ledger(goals=[], tasks=[task("甲", 责任单位="石渡街道", 配合单位="各镇街")])
    made = distribute(office(tmp_path, data))
    assert [(row["本单位职责"]) for row in tasks_of(made, "石渡街道")] == ["牵头"]
    assert [(row["本单位职责"]) for row in tasks_of(made, "柳荫镇")] == ["配合\n（各镇街）"]


def test_members_of_a_group_each_get_the_row_as_of_the_deadline(tmp_path: Path):
    data = ledger(goals=[], tasks=[task("甲", 责任单位="区民政局", 配合单位="专班成员单位")])
    before = distribute(office(tmp_path / "a", data, WITH_REGISTER + "returns: {deadline: 2026-06-25}\n"))
    after = distribute(office(tmp_path / "b", data, WITH_REGISTER + "returns: {deadline: 2026-07-05}\n"))
    assert [form.unit for form in before.forms] == ["区民政局", "区财政局"]
    assert [form.unit for form in after.forms] == ["区民政局", "区财政局", "柳荫镇"]


def test_a_vague_name_is_told_and_a_task_that_reaches_nobody_too(tmp_path: Path):
    data = ledger(
        goals=[],
        tasks=[task("甲", 责任单位="区民政局", 配合单位="有关镇街"), task("乙", 责任单位="有关镇街", 配合单位="")],
    )
    made = distribute(office(tmp_path, data))
    assert [row["工作任务"] for row in tasks_of(made, "区民政局")] == ["甲"]
    assert sorted(codes(made.problems)) == ["duties.unreached", "ledger.vague-unit"]
    (unreached,) = [problem for problem in made.problems if problem.code == "duties.unreached"]
    assert "「乙」" in unreached.what
    assert "有关镇街" in unreached.what


def test_units_without_anything_are_listed_and_get_no_file(tmp_path: Path):
    data = ledger(goals=[goal(责任单位="区发改委")], tasks=[])
    made = distribute(office(tmp_path, data))
    assert [form.unit for form in made.forms] == ["区发展改革委"]
    assert made.without == ("区民政局", "区财政局", "石渡街道", "柳荫镇")
    assert book(made, "区发展改革委").sheetnames == ["预期目标"]


def test_a_unit_that_the_register_lacks_gets_its_form_and_is_told_with_the_nearest_name(tmp_path: Path):
    data = ledger(goals=[], tasks=[task("甲", 责任单位="区民正局", 配合单位="")])
    made = distribute(office(tmp_path, data))
    assert [form.file for form in made.forms] == ["06_区民正局_反馈表.xlsx"]
    (unknown,) = [problem for problem in made.problems if problem.code == "ledger.unknown-unit"]
    assert "区民政局" in unknown.fix


def test_without_a_register_each_name_of_the_ledger_gets_a_form_and_group_names_are_told(tmp_path: Path):
    data = ledger(goals=[], tasks=[task("甲", 责任单位="区城管局（区整违办）", 配合单位="各镇街、有关部门")])
    made = distribute(project(tmp_path, data))
    assert [form.unit for form in made.forms] == ["区城管局（区整违办）", "各镇街"]
    assert codes(made.problems) == ["duties.needs-register"]
    assert made.problems[-1].what.endswith("只当作一个单位")


def test_without_a_register_a_vague_group_is_not_said_to_be_taken_for_a_unit(tmp_path: Path):
    data = ledger(goals=[], tasks=[task("甲", 责任单位="区城管局", 配合单位="各有关镇街")])
    made = distribute(project(tmp_path, data))
    assert [form.unit for form in made.forms] == ["区城管局"]
    assert codes(made.problems) == ["duties.needs-register"]
    assert made.problems[-1].what.endswith("不会发给谁")


@pytest.mark.parametrize("asked", [("区发改委",), ("区发展改革委",)])
def test_one_unit_can_be_asked_for_by_any_of_its_names(tmp_path: Path, asked: tuple[str, ...]):
    made = distribute(office(tmp_path), units=asked)
    assert [form.unit for form in made.forms] == ["区发展改革委"]
    assert list(made.files) == ["01_区发展改革委_反馈表.xlsx"]


def test_a_group_s_name_asks_for_its_members(tmp_path: Path):
    made = distribute(office(tmp_path), units=("各镇街",))
    assert [form.unit for form in made.forms] == ["石渡街道", "柳荫镇"]


def test_an_unknown_unit_is_refused_with_the_nearest_name(tmp_path: Path):
    (problem,) = refused(office(tmp_path), units=("区财证局", "区民政局"))
    assert problem.code == "duties.unknown-unit"
    assert "区财政局" in problem.fix


def test_a_number_that_two_tasks_have_is_refused(tmp_path: Path):
    data = ledger(goals=[], tasks=[task("甲", 编号="R-1"), task("乙", 编号="ｒ-1 "), task("丙"), task("丁")])
    (problem,) = (each for each in refused(office(tmp_path, data)) if each.severity is Severity.ERROR)
    assert problem.code == "ids.duplicate"
    assert "「甲」和「乙」" in problem.what
    assert problem.where is not None
    assert len(problem.related) == 1


def test_a_ledger_without_any_task_gives_no_form_and_says_so(tmp_path: Path):
    done = run("forms", office(tmp_path, ledger(goals=[], tasks=[])), "--out", tmp_path / "out")
    assert done.returncode == 0
    assert "已生成 0 份反馈表" in done.stdout
    assert "没有任务、不出表的单位 5 个" in done.stdout
    assert "ledger.no-rows" in done.stderr


# ---- what stands in a form


def test_what_the_ledger_says_of_an_earlier_period_stands_beside_empty_cells(tmp_path: Path):
    made = distribute(office(tmp_path))
    rows = tasks_of(made, "区民政局")
    assert {row["上期进展情况"] for row in rows} == {"已建成2个，第三个正在装修。"}
    assert {(row["1—6月进展情况"], row["推进情况"]) for row in rows} == {("", "")}


def collected(folder: Path, period: str) -> Path:
    """An office whose ledger is a collected one of that period."""
    path = office(folder, config=WITH_REGISTER.replace("台账.yaml", "台账.xlsx"))
    wants = wanted_sheets(*load_config(path, path.name), folder, [])
    assert wants
    blob = (folder / "台账.yaml").read_bytes()
    kept = with_ids(read_ledger_files([("台账.yaml", blob)], wants).value)
    sheets = [*ledger_sheets(kept), record_sheet(Record(period=period))]
    (folder / "台账.xlsx").write_bytes(write_workbook(sheets))
    return path


def test_what_was_already_returned_in_this_period_is_filled_in_for_the_lead(tmp_path: Path):
    path = collected(tmp_path, "2026年1—6月")
    (lead, *_) = tasks_of(distribute(path), "区民政局")
    assert (lead["1—6月进展情况"], lead["推进情况"]) == ("已建成2个，第三个正在装修。", STATUSES[0])
    assert "上期进展情况" not in lead
    (support, *_) = tasks_of(distribute(path), "柳荫镇")
    assert support["1—6月进展情况"] == ""


def test_a_collected_ledger_of_another_period_is_the_last_one(tmp_path: Path):
    (lead, *_) = tasks_of(distribute(collected(tmp_path, "2026年1—3月")), "区民政局")
    assert (lead["上期进展情况"], lead["1—6月进展情况"]) == ("已建成2个，第三个正在装修。", "")


def test_the_sheet_says_whose_it_is_for_which_period_until_when_and_whom_to_ask(tmp_path: Path):
    config = WITH_REGISTER + "returns: {deadline: 2026-07-05, contact: 综合科 6000-1234}\n"
    sheet = book(distribute(office(tmp_path, config=config)), "区民政局")["重点任务"]
    lines = [str(row[0].value) for row in sheet.iter_rows(max_row=4)]
    assert lines[1:3] == ["填报单位：区民政局", "报告期：2026年1—6月"]
    assert "请于2026年7月5日前" in lines[3]
    assert "综合科 6000-1234" in lines[3]
    assert "牵头的3项" in lines[3]
    assert "配合" not in lines[3]


def test_the_head_stands_still_unless_too_much_stands_above_it(tmp_path: Path):
    short = book(distribute(office(tmp_path / "a")), "区民政局")["重点任务"]
    assert short.freeze_panes == "A6"
    assert short.sheet_view.selection[-1].activeCell == "H6"
    long = own_form(tmp_path / "b", changed({"instructions": "要求。" * 600}))
    assert book(distribute(long), "区民政局")["重点任务"].freeze_panes is None


def test_without_a_deadline_and_a_contact_the_instructions_say_nothing_of_them(tmp_path: Path):
    sheet = book(distribute(office(tmp_path)), "柳荫镇")["重点任务"]
    said = str(sheet["A4"].value)
    assert "请于" not in said
    assert "联系人" not in said
    assert "配合的3项，配合单位只写本单位的工作" in said
    assert "请直接填本表发回，不要另存为 CSV" in said


@pytest.mark.row("C4")
def test_a_text_of_the_ledger_is_never_a_formula_in_a_form(tmp_path: Path):
    data = ledger(goals=[], tasks=[task("=1+1", 任务进展情况="_x0041_=HYPERLINK()")])
    sheet = book(distribute(office(tmp_path, data)), "区民政局")["重点任务"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    (row,) = table(sheet)
    assert row["工作任务"] == "=1+1"


def test_the_sheet_is_protected_without_a_password_and_lets_widths_and_heights_be_changed(tmp_path: Path):
    sheet = book(distribute(office(tmp_path)), "区发展改革委")["预期目标"]
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert not sheet.protection.formatColumns  # what is locked is True
    assert not sheet.protection.formatRows
    (rule,) = sheet.data_validations.dataValidation
    assert rule.formula1 == f'"{",".join(VERDICTS)}"'
    assert rule.showErrorMessage


def test_long_texts_have_room_and_rows_grow_with_what_is_typed(tmp_path: Path):
    """Of 400 letters 27 lines of 11 points, of 480 letters 30 lines of 10; more than 1,000 need a wider column."""
    texts = ["短。", "已建成社区食堂。" * 50, "已建成社区食堂。" * 60, "已建成社区食堂。" * 150]
    widths, found = [], []
    for count in (3, 4):
        data = ledger(goals=[], tasks=[task(str(i), 任务进展情况=text) for i, text in enumerate(texts[:count])])
        blob = distribute(office(tmp_path, data)).files["02_区民政局_反馈表.xlsx"]
        sheet = load_workbook(BytesIO(blob))["重点任务"]
        head, columns = head_of(sheet)
        column = columns["上期进展情况"]
        widths.append(sheet.column_dimensions[get_column_letter(column)].width)
        room = sheet.column_dimensions[get_column_letter(columns["1—6月进展情况"])].width
        assert room >= widths[-1]  # where one writes there is as much room as where one reads
        sizes = [sheet.cell(head + i, column).font.size for i in range(1, count + 1)]
        heights = [float(sheet.row_dimensions[head + i].height or 0) for i in range(1, count + 1)]
        found.append(list(zip(sizes, heights, strict=True)))
        assert {sheet.cell(head + i, columns["工作任务"]).font.size for i in range(1, count + 1)} == {11}
        assert b"customHeight" not in _part(blob, "xl/worksheets/sheet1.xml")
    assert [size for size, _ in found[0]] == [11, 11, 10]
    assert found[0][0][1] < 40
    assert 27 * 11 * 1.2 < found[0][1][1] <= 409
    assert 30 * 10 * 1.2 < found[0][2][1] <= 409
    assert widths[0] == 32
    assert 32 < widths[1] < 120
    assert [size for size, _ in found[1]] == [11, 11, 11, 9]
    assert max(height for _, height in found[1]) <= 409


def _part(blob: bytes, name: str) -> bytes:
    from zipfile import ZipFile

    with ZipFile(BytesIO(blob)) as archive:
        return archive.read(name)


# ---- file names


@pytest.mark.row("S8")
def test_hostile_units_of_the_ledger_get_files_of_their_own_inside_the_folder(tmp_path: Path):
    units = ["区城管局（甲/乙）", "区城管局（甲_乙）", "CON", "con（A）", "局" * 120, "局" * 121]
    data = ledger(goals=[], tasks=[task("甲", 责任单位="\n".join(units), 配合单位="")])
    done = run("forms", project(tmp_path, data), "--out", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    made = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert len(made) == len({name.casefold() for name in made}) == 6
    assert all(re.fullmatch(r"\d\d_[^/\\:*?\"<>|]+\.xlsx", name) for name in made)
    assert {each["unit"] for each in json.loads(done.stdout)["forms"]} == set(units)


# ---- the form's template


def own_form(folder: Path, form: str, more: str = "") -> Path:
    path = office(folder, config=WITH_REGISTER + "returns: {form: 反馈表.yaml}\n" + more)
    (folder / "反馈表.yaml").write_text(form, encoding="utf-8")
    return path


def changed(change: Mapping[str, Any]) -> str:
    return yaml.safe_dump({**yaml.safe_load(FORM), **change}, allow_unicode=True, sort_keys=False)


def column(title: str, field: str, **more: Any) -> dict[str, Any]:
    return {"title": title, "field": field, "width": 10} | more


SMALL = [column("编号", "id"), column("工作任务", "text"), column("进展情况", "progress", fill="全部")]


def test_an_office_has_its_own_wording_columns_and_roles(tmp_path: Path):
    tasks = [*SMALL, column("我单位角色", "duty"), column("是否滞后（点选）", "judgement", fill="牵头")]
    form = changed(
        {"title": "{{ issuer }}督查事项反馈单", "file_name": "{{ year }}{{ unit }}", "lead": "主办", "tasks": tasks}
    )
    made = distribute(own_form(tmp_path, form))
    sheet = book(made, "区民政局")["重点任务"]
    assert sheet["A1"].value == "某区人民政府督查室督查事项反馈单"
    (first, *_) = table(sheet)
    assert list(first) == ["编号", "工作任务", "进展情况", "我单位角色", "是否滞后（点选）"]
    assert first["我单位角色"] == "主办"
    assert made.forms[0].file == "01_2026区发展改革委.xlsx"


def bad_form(folder: Path, form: str) -> list[tuple[str, str]]:
    return [(problem.code, str(problem.where)) for problem in refused(own_form(folder, form))]


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"titel": "x"}, "config.unknown-key", "titel"),
        ({"title": 5}, "config.wrong-type", "title"),
        ({"title": "{{ unti }}"}, "template.undefined", "title"),
        ({"title": "{% if unit %}"}, "template.syntax", "title"),
        ({"instructions": "{{ unit.__class__ }}"}, "template.undefined", "instructions"),
        ({"title": "{% if contact %}x{% endif %}"}, "forms.empty-text", "title"),
        ({"file_name": "{{ contact }}"}, "forms.empty-text", "file_name"),
        ({"title": "{{ unit }}" + "长" * 200}, "forms.long-text", "title"),
        ({"instructions": "{% for i in [1, 2, 3] %}" + "长" * 700 + "{% endfor %}"}, "forms.long-text", "instructions"),
        ({"instructions": "{{ contact }}"}, "forms.empty-text", "instructions"),
        ({"tasks": [*SMALL, column("长" * 101, "duty")]}, "forms.long-text", "tasks[3].title"),
        ({"tasks": SMALL[:2]}, "config.bad-value", "tasks"),
        ({"tasks": [*SMALL[:2], column("进展", "progress")]}, "config.bad-value", "tasks"),
        ({"tasks": [*SMALL, column("又一列", "text")]}, "config.bad-value", "tasks"),
        ({"tasks": [*SMALL, column("职责", "duty", fill="全部")]}, "config.bad-value", "tasks"),
        ({"tasks": [*SMALL, column("x", "units")]}, "config.bad-value", "tasks[3].field"),
        ({"tasks": [*SMALL, column("x", "duty", fill="都填")]}, "config.bad-value", "tasks[3].fill"),
        ({"tasks": [*SMALL, column("x", "duty", width=1)]}, "config.bad-value", "tasks[3].width"),
        ({"tasks": [*SMALL, column("进展情况", "last_progress")]}, "forms.same-title", "tasks[3].title"),
        ({"tasks": [*SMALL, column("{{ contact }}", "duty")]}, "forms.empty-text", "tasks[3].title"),
        ({"tasks": [*SMALL, column("牵头单位", "duty")]}, "forms.same-title", "tasks[3].title"),
        ({"tasks": [*SMALL, column("备注", "lead_units"), column("备 注", "phrase")]}, "ledger.bad-words", "title"),
        ({"tasks": [*SMALL, column("责任单位", "support_units")]}, "ledger.bad-words", "tasks[3].title"),
    ],
)
def test_a_bad_form_is_told_with_its_place_before_anything_is_written(
    tmp_path: Path, change: Mapping[str, Any], code: str, place: str
):
    found = bad_form(tmp_path, changed(change))
    assert [each for each, _ in found] == [code]
    assert place in found[0][1]
    assert "反馈表.yaml" in found[0][1]


def test_a_form_that_is_not_there_is_told_where_it_is_asked_for(tmp_path: Path):
    path = office(tmp_path, config=WITH_REGISTER + "returns: {form: return-from}\n")
    (problem,) = refused(path)
    assert (problem.code, problem.where and problem.where.key) == ("config.unknown-name", "returns.form")
    assert "return-form" in problem.fix


def test_all_faults_of_all_files_come_together(tmp_path: Path):
    path = own_form(tmp_path, changed({"titel": "x"}))
    (tmp_path / "名录.yaml").write_text("version: 1\nunits: []\n", encoding="utf-8")
    (tmp_path / "台账.yaml").write_text("重点任务: [{工作任务: 甲, 责任单位: ''}]", encoding="utf-8")
    found = codes(refused(path))
    assert {"config.unknown-key", "units.empty", "ledger.no-lead-unit"} <= set(found)


# ---- what comes back


def returned(made: Distribution, unit: str, form: PreparedForm, path: Path, fill: Mapping[str, str]) -> Return:
    """The form of a unit with some cells of its first row filled in, read as a return."""
    filled = book(made, unit)
    sheet = filled["重点任务"]
    head, columns = head_of(sheet)
    for title, text in fill.items():
        sheet.cell(head + 1, columns[title]).value = text
    stream = BytesIO()
    filled.save(stream)
    config, _ = load_config(path, path.name)
    register, _ = configured_register(config, path.parent)
    contents = read_contents(stream.getvalue(), "反馈.xlsx").value
    words = form_words(STANDARD_WORDS, form)
    digest = hashlib.sha256(stream.getvalue()).hexdigest()
    return without_duties(read_return(contents, digest, words, register.value if register else None), form)


def form_of(path: Path) -> PreparedForm:
    config, source = load_config(path, path.name)
    return load_return_form(config, path.parent, source.locate(())).value


def test_a_filled_form_comes_back_with_its_unit_its_numbers_and_nothing_else(tmp_path: Path):
    path = office(tmp_path)
    made = distribute(path)
    fill = {"1—6月进展情况": "已全部建成。", "推进情况": STATUSES[0]}
    back = returned(made, "区民政局", form_of(path), path, fill)
    assert (back.unit, back.unit_from) == ("区民政局", "填报单位一行")
    assert [row.id for row in back.rows] == [row["编号"] for row in tasks_of(made, "区民政局")]
    assert [(row.progress, row.judgement) for row in back.rows] == [("已全部建成。", STATUSES[0]), ("", ""), ("", "")]
    assert {row.others for row in back.rows} == {()}


def test_a_form_with_an_office_s_own_headers_is_read_by_them(tmp_path: Path):
    tasks = [
        column("查办号", "id"),
        column("编号", "given_no"),
        column("交办内容", "text"),
        column("我单位角色", "duty"),
        column("落实成效", "progress", fill="全部"),
        column("点选结论", "judgement", fill="牵头"),
    ]
    with pytest.raises(InputError):  # 编号 is the id's own name everywhere
        distribute(own_form(tmp_path / "a", changed({"tasks": tasks})))
    tasks[1]["title"] = "台账序号"
    tasks.insert(0, column("编号", "category"))
    with pytest.raises(InputError):
        distribute(own_form(tmp_path / "b", changed({"tasks": tasks})))
    path = own_form(tmp_path / "c", changed({"tasks": tasks[1:]}))
    made = distribute(path)
    filled = book(made, "区民政局")
    head, columns = head_of(filled["重点任务"], "查办号")
    assert list(columns) == ["查办号", "交办内容", "我单位角色", "落实成效", "点选结论"]
    filled["重点任务"].cell(head + 1, 4).value = "已全部建成。"
    filled["重点任务"].cell(head + 1, 5).value = STATUSES[1]
    stream = BytesIO()
    filled.save(stream)
    form = form_of(path)
    contents = read_contents(stream.getvalue(), "区民政局.xlsx").value
    back = without_duties(read_return(contents, "0" * 64, form_words(STANDARD_WORDS, form), None), form)
    first = back.rows[0]
    assert (first.text, first.progress, first.judgement) == ("建成社区食堂3个", "已全部建成。", STATUSES[1])
    assert first.id.startswith("R-")
    assert first.others == ()


# ---- the command


def test_the_command_lists_who_gets_what(tmp_path: Path):
    done = run("forms", office(tmp_path), "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert re.search(r"区民政局 +│ +3 │ +0 │ 02_区民政局_反馈表\.xlsx", done.stdout)
    assert "没有任务、不出表的单位 1 个：区财政局" in done.stdout
    assert "已生成 4 份反馈表" in done.stdout
    assert len(list((tmp_path / "out").iterdir())) == 4


def test_the_same_as_json(tmp_path: Path):
    done = run("forms", office(tmp_path), "--out", tmp_path / "out", "--json")
    told = json.loads(done.stdout)
    assert told["ok"]
    assert told["forms"][1] == {
        "unit": "区民政局", "kind": "部门", "leads": 3, "supports": 0, "file": "02_区民政局_反馈表.xlsx",
    }  # fmt: skip
    assert told["without"] == ["区财政局"]
    assert told["problems"] == []
    assert all(Path(name).is_file() for name in told["files"])


def test_another_ledger_can_be_given(tmp_path: Path):
    path = office(tmp_path / "a")
    project(tmp_path / "b", ledger(goals=[], tasks=[task("别的任务", 责任单位="柳荫镇", 配合单位="")]))
    done = run("forms", path, "--out", tmp_path / "out", "--ledger", tmp_path / "b" / "台账.yaml", "--json")
    assert [each["unit"] for each in json.loads(done.stdout)["forms"]] == ["柳荫镇"]


def test_a_form_that_somebody_has_filled_in_is_never_replaced(tmp_path: Path):
    path, out = office(tmp_path), tmp_path / "out"
    assert run("forms", path, "--out", out).returncode == 0
    assert run("forms", path, "--out", out).returncode == 0  # our own files may be replaced
    filled = out / "02_区民政局_反馈表.xlsx"
    workbook = load_workbook(filled)
    workbook["重点任务"]["H6"] = "已全部建成。"
    workbook.save(filled)
    before = {each.name: each.read_bytes() for each in out.iterdir()}
    (tmp_path / "台账.yaml").write_text(json.dumps(ledger(tasks=[task("新任务")])), encoding="utf-8")
    done = run("forms", path, "--out", out, "--json")
    assert done.returncode == 4
    (problem,) = json.loads(done.stdout)["problems"]
    assert problem["code"] == "output.filled-form"
    assert "02_区民政局_反馈表.xlsx" in problem["what"]
    assert {each.name: each.read_bytes() for each in out.iterdir()} == before


def test_forms_of_an_earlier_run_beside_the_new_ones_are_told(tmp_path: Path):
    path, out = office(tmp_path), tmp_path / "out"
    run("forms", path, "--out", out)
    (tmp_path / "台账.yaml").write_text(json.dumps(ledger(tasks=[])), encoding="utf-8")
    told = json.loads(run("forms", path, "--out", out, "--json").stdout)
    (problem,) = [each for each in told["problems"] if each["code"] == "output.left-over"]
    assert "02_区民政局_反馈表.xlsx" in problem["what"]
    # Who asks for one unit expects the others to stay.
    assert json.loads(run("forms", path, "--out", out, "--unit", "区发改委", "--json").stdout)["problems"] == [
        each for each in told["problems"] if each["code"] != "output.left-over"
    ]


# ---- LibreOffice, a second reader of what we write


@needs_libreoffice
def test_libreoffice_keeps_the_locks_the_lists_and_every_text(tmp_path: Path, sample: Distribution):
    assert shutil.which("soffice")
    names = ["02_区发展改革委_反馈表.xlsx", "39_文昌街道_反馈表.xlsx"]
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    for name in names:
        (source / name).write_bytes(sample.files[name])
    command = [*SOFFICE, profile(), "--convert-to", "xlsx", "--outdir", str(target)]
    files = [str(source / name) for name in names]
    done = subprocess.run([*command, *files], check=True, capture_output=True, text=True, timeout=120)
    assert done.stdout.count("using filter") == 2
    for name in names:
        ours, theirs = load_workbook(source / name), load_workbook(target / name)
        assert theirs.sheetnames == ours.sheetnames
        for sheet in ours:
            other = theirs[sheet.title]
            assert other.protection.sheet
            assert not other.protection.formatColumns
            for row in sheet.iter_rows():
                for cell in row:
                    twin = other[cell.coordinate]
                    assert (twin.value or "") == (cell.value or "")
                    assert twin.protection.locked == cell.protection.locked
            rules, kept = sheet.data_validations.dataValidation, other.data_validations.dataValidation
            assert [(rule.formula1, str(rule.sqref)) for rule in kept] == [
                (rule.formula1, str(rule.sqref)) for rule in rules
            ]


def test_every_form_of_the_sample_comes_back_whole_though_nobody_filled_it_in(
    sample: Distribution, sample_ledger: Ledger
):
    """Beside what the office itself wrote into its ledger, all that is told is that the progress is empty."""
    form = form_of(SAMPLE)
    config, _ = load_config(SAMPLE, SAMPLE.name)
    register, _ = configured_register(config, SAMPLE.parent)
    assert register
    words = form_words(STANDARD_WORDS, form)
    known = {entry.id: entry for entry in sample_ledger}
    told: set[str] = set()
    for each in sample.forms:
        contents = read_contents(sample.files[each.file], "反馈.xlsx")
        back = without_duties(read_return(contents.value, "0" * 64, words, register.value), form)
        assert (back.unit, len(back.rows)) == (each.unit, each.leads + each.supports)
        for row in back.rows:
            entry = known[row.id]
            assert (row.sheet, row.text, row.given_no) == (entry.sheet, entry.text, entry.given_no)
            assert (row.lead_units, row.support_units) == (entry.lead_units, entry.support_units)
            assert (row.last_progress, row.progress, row.others) == (entry.progress, "", ())
        told |= {problem.code for problem in (*contents.problems, *back.problems)}
    assert told == {"return.empty-progress"}


def test_forms_that_nobody_filled_in_answer_nothing(tmp_path: Path, sample: Distribution):
    """Collected as they went out: no text of ours is taken for a unit's, and each unit is told what it left empty."""
    for name, blob in sample.files.items():
        (tmp_path / name).write_bytes(blob)
    result = collect(Request(config=SAMPLE, returns=[tmp_path], into=tmp_path / "汇总.xlsx"))
    assert result.rolled == Rolled("../samples/qingping-2026h1/台账.xlsx", 141)
    assert result.collection.counts()["answered"] == 0
    assert [each for each in result.collection.record.origins if each.is_answer and each.use is not Use.EMPTY] == []
    kinds = {each.kind for each in result.collection.open_findings}
    assert kinds == {Kind.BLANK}
