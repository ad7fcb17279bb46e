"""The one road: same input, same bytes; the manifest; data that looks like markup; many rows."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import docx
import pikepdf
import pytest
import weasyprint

from reportgen.generate import Request, generate
from reportgen.pdf_engine import PdfEngine
from reportgen.problems import InputError
from reportgen.review.readback_pdf import joined, plain, read_pdf
from tests.projects import CONFIG, SAMPLE, goal, ledger, project, run, task

# Two days, two zones, two hash seeds: whatever looks at the clock or iterates over a set shows here.
OTHER_DAY = """
import datetime, time
real, day, now = time.time, datetime.date, datetime.datetime
time.time = lambda: real() + 86400 * 200
class Day(day):
    today = classmethod(lambda cls: day.today() + datetime.timedelta(200))
class Now(now):
    now = classmethod(lambda cls, tz=None: now.now(tz) + datetime.timedelta(200))
    utcnow = classmethod(lambda cls: now.now() + datetime.timedelta(200))
    today = classmethod(lambda cls: now.now() + datetime.timedelta(200))
datetime.date, datetime.datetime = Day, Now
"""


@pytest.mark.row("S10")
@pytest.mark.row("D1")
def test_same_input_gives_the_same_bytes_on_any_day_in_any_process_zone_and_hash_seed(tmp_path):
    config = project(tmp_path)
    surroundings = (
        ("", {"TZ": "Asia/Shanghai", "PYTHONHASHSEED": "1"}),
        (OTHER_DAY, {"TZ": "America/New_York", "PYTHONHASHSEED": "2", "LC_ALL": "C"}),
    )
    made = []
    for number, (before, environment) in enumerate(surroundings):
        out = tmp_path / f"out{number}"
        done = run("build", config, "--out", out, "--format", "docx,pdf,html,txt", before=before, **environment)
        assert done.returncode == 0, done.stderr
        made.append({path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in out.iterdir()})
    assert made[0] == made[1]
    assert len(made[0]) == 5


def test_the_manifest_tells_inputs_outputs_and_hashes_and_no_path_of_the_machine(tmp_path):
    config = project(tmp_path)
    delivery = generate(Request(config, ("docx", "pdf")))
    manifest = json.loads(delivery.files["manifest.json"])
    for output in manifest["outputs"]:
        assert output["sha256"] == hashlib.sha256(delivery.files[output["file"]]).hexdigest()
    inputs = {kind: [each["file"] for each in listed] for kind, listed in manifest["inputs"].items()}
    assert inputs == {
        "config": ["报告.yaml"],
        "template": ["templates/half-year-report.yaml"],
        "style": ["configs/styles/gb9704.yaml"],
        "units": [],
        "ledger": ["台账.yaml"],
    }
    assert (
        manifest["inputs"]["ledger"][0]["sha256"] == hashlib.sha256((tmp_path / "台账.yaml").read_bytes()).hexdigest()
    )
    assert str(tmp_path) not in delivery.files["manifest.json"].decode()
    fonts = {font["role"]: [face["face"] for face in font["drawn_with"]] for font in manifest["fonts"]}
    assert fonts["仿宋"][0] == "FandolFang-Regular"
    assert manifest["counts"] == {"goals": 2, "tasks": 3}
    assert manifest["tables"] == [2, 1, 2]
    assert manifest["pdf_engine"] == {"name": "weasyprint", "version": weasyprint.__version__}


@pytest.mark.parametrize(("asked", "drawn_by"), [(None, "typst"), (PdfEngine.WEASYPRINT, "weasyprint")])
def test_the_command_s_engine_goes_before_the_configuration_s_and_is_in_the_manifest(asked, drawn_by, tmp_path):
    config = project(tmp_path, config=CONFIG + "pdf_engine: typst\n")
    delivery = generate(Request(config, ("pdf",), pdf_engine=asked))
    assert delivery.manifest["pdf_engine"]["name"] == drawn_by
    with pikepdf.open(io.BytesIO(delivery.files["报告.pdf"])) as pdf:
        assert drawn_by in str(pdf.docinfo.get("/Producer", pdf.docinfo.get("/Creator", ""))).lower()
    assert "pdf_engine" not in generate(Request(config, ("txt",), pdf_engine=asked)).manifest


@pytest.mark.row("D4")
def test_no_part_of_a_docx_holds_a_date_or_a_path(tmp_path):
    delivery = generate(Request(project(tmp_path), ("docx",)))
    with zipfile.ZipFile(io.BytesIO(delivery.files["报告.docx"])) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        for name in package.namelist():
            text = package.read(name).decode()
            assert str(tmp_path) not in text
            assert "dcterms" not in text


HOSTILE = (
    "甲&乙<b>丙</b>",
    "{{ 7*7 }}{% for x in y %}{# 注 #}",
    "“双引号”‘单引号’\"直引号\"'撇号'",
    '<img src="file:///etc/passwd"><link rel=attachment href=file:///etc/passwd>',
    "]]>&lt;&#65;&amp;",
    "=1+1 与 @import url(x)",
    "20000㎡、③、Ⅳ、±5℃、堃玥㕔",
    "\\n 反斜杠 %s {0} ${x}",
)


@pytest.mark.row("T4")
@pytest.mark.row("T5")
@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_looks_like_markup_comes_out_letter_for_letter(tmp_path, text):
    data = ledger(goals=[goal(报告用语=text)], tasks=[task(text)])
    delivery = generate(Request(project(tmp_path, data), ("docx", "pdf", "txt")))
    outline = delivery.files["报告.txt"].decode()
    assert outline.count(text) == 2
    document = docx.Document(io.BytesIO(delivery.files["报告.docx"]))
    assert sum(text in paragraph.text for paragraph in document.paragraphs) == 1
    assert [text] == [c.text for r in document.tables[1].rows for c in r.cells if c.text == text]
    blob = delivery.files["报告.pdf"]
    wanted = plain(outline.rstrip("\n").split("\n"))
    assert joined(read_pdf(blob), wanted) == wanted
    with pikepdf.open(io.BytesIO(blob)) as pdf:
        assert "/EmbeddedFiles" not in pdf.Root.get("/Names", {})
        assert all("/FS" not in annotation for page in pdf.pages for annotation in page.get("/Annots", []))


def test_parts_that_are_empty_vanish_and_the_rest_is_numbered_afresh(tmp_path):
    lines = generate(Request(project(tmp_path, ledger(goals=[])), ("txt",))).files["报告.txt"].decode().split("\n")
    assert [line for line in lines if line.startswith("一级标题")] == ["一级标题 一、3项重点工作任务进展情况"]
    assert [line for line in lines if line.startswith("附件序号")] == ["附件序号 附件1", "附件序号 附件2"]
    counted = "2项任务正常推进（详见附件2），1项任务推进较为滞后（详见附件1）。推进较为滞后的1项任务是："
    assert f"正文 3项重点工作任务中，{counted}" in lines


def test_a_single_annex_has_no_number(tmp_path):
    lines = generate(Request(project(tmp_path, ledger(goals=[], tasks=[task()])), ("txt",))).files["报告.txt"].decode()
    assert "附件序号 附件\n" in lines
    assert "附件说明 附件：正常推进的1项重点工作任务1—6月进展情况表\n" in lines
    assert "（详见附件）" in lines


@pytest.mark.parametrize("name", ["../外面", "a/b", "a\\b", "报告:一", ".隐藏", "名" * 100, "什么?"])
def test_an_output_name_that_would_leave_the_folder_or_that_windows_refuses_is_refused(tmp_path, name):
    config = CONFIG + f"output: {json.dumps(name, ensure_ascii=False)}\n"
    with pytest.raises(InputError) as caught:
        generate(Request(project(tmp_path, config=config), ("txt",)))
    (problem,) = caught.value.problems
    assert problem.code == "config.bad-value"
    assert problem.where is not None
    assert problem.where.line == 9
    assert "文件名" in problem.what


def test_entries_that_no_annex_takes_are_said(tmp_path):
    config = CONFIG.replace("half-year-report", "task-table")
    delivery = generate(Request(project(tmp_path, config=config), ("txt",)))
    assert [problem.code for problem in delivery.problems] == ["template.left-out"]
    assert "预期目标" in delivery.problems[0].what


def test_problems_of_template_style_register_and_ledger_come_together(tmp_path):
    config = CONFIG.replace("gb9704", "gb") + "style: gb970\nunits: 名录.yaml\nfonts:\n  宋: x.otf\n"
    (tmp_path / "名录.yaml").write_text("version: 1\nunits:\n  - {nam: 区民政局}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        generate(Request(project(tmp_path, ledger(tasks=[task("")]), config), ("docx",)))
    codes = {problem.code for problem in caught.value.problems}
    assert {"config.unknown-name", "units.unknown-key", "ledger.empty-task", "config.unknown-key"} <= codes


@pytest.mark.parametrize("count", [2_000, pytest.param(10_000, marks=pytest.mark.campaign)])
@pytest.mark.row("R5")
def test_many_rows_become_one_docx_with_every_row(count, tmp_path):
    tasks = [
        task(f"第{n}项任务", 分类=f"类别{n // 7}", 任务进展情况=f"①已办{n}件。\n②在办{n % 9}件。") for n in range(count)
    ]
    head = list(tasks[0])
    rows = [",".join(head)] + [",".join('"' + record[key] + '"' for key in head) for record in tasks]
    config = project(
        tmp_path, config=CONFIG.replace("half-year-report", "task-table").replace("台账.yaml", "重点任务.csv")
    )
    (tmp_path / "重点任务.csv").write_text("\n".join(rows), encoding="utf-8")
    blob = generate(Request(config, ("docx",))).files["报告.docx"]
    with zipfile.ZipFile(io.BytesIO(blob)) as package:
        text = package.read("word/document.xml").decode()
    assert text.count("<w:tr>") == count + 1
    assert all(text.count(f">第{n}项任务<") == 1 for n in (0, count // 2, count - 1))


def test_the_sample_report_has_no_problem_and_the_shape_of_a_real_one():
    delivery = generate(Request(SAMPLE, ("txt",), strict=True))
    assert delivery.problems == ()
    assert delivery.manifest["tables"] == [10, 7, 124]
    lines = next(blob for name, blob in delivery.files.items() if name.endswith("txt")).decode().split("\n")
    assert sum(line.startswith("三级标题") for line in lines) == 7
    categories = [line.split(" │ ")[2] for line in lines if line.startswith("表格文字") and line.count(" │ ") == 6]
    assert len({category.split(" ↓")[0] for category in categories}) == 28


def test_the_sample_folder_holds_the_ledger_that_its_configuration_names():
    assert (SAMPLE.parent / "../samples/qingping-2026h1/台账.xlsx").is_file()
    assert Path(SAMPLE).read_text(encoding="utf-8").count("台账.xlsx") == 1
