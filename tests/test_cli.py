"""The command line: exit codes, messages, and that the old output stays whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reportgen.pdf_engine import PdfEngine
from reportgen.styles import FontRole
from reportgen.writers.fonts import find_fonts
from tests.projects import CONFIG, goal, ledger, project, run, task

NO_PANGO = "import cffi\ndef refuse(*a, **k): raise OSError('no library')\ncffi.FFI.dlopen = refuse"
NO_TYPST = (
    "import sys\nfrom importlib import metadata\nsys.modules['typst'] = None\nknown = metadata.version\n"
    "def version(name):\n    if name == 'typst': raise metadata.PackageNotFoundError(name)\n    return known(name)\n"
    "metadata.version = version"
)


def only_faces(*names: str) -> str:
    """Python that hides every face of the machine but these files."""
    return (
        "from reportgen.writers import fonts\n"
        "everything = fonts.installed_files(fonts.font_folders())\n"
        f"kept = {{name: path for name, path in everything.items() if name in {names!r}}}\n"
        "fonts.installed_files = lambda folders: kept"
    )


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_report_comes_out_in_all_formats_with_a_manifest(tmp_path):
    done = run("build", project(tmp_path), "--out", tmp_path / "out", "--format", "docx,pdf,html,txt")
    assert done.returncode == 0, done.stderr
    assert set(snapshot(tmp_path / "out")) == {f"报告.{each}" for each in ("docx", "pdf", "html", "txt")} | {
        "manifest.json"
    }
    assert "已生成" in done.stdout
    assert "[1/6] 读取配置、模板和台账" in done.stderr


def test_json_output_is_one_document_and_nothing_beside_it(tmp_path):
    done = run("build", project(tmp_path), "--out", tmp_path / "out", "--format", "docx", "--json")
    result = json.loads(done.stdout)
    assert result["ok"] is True
    assert result["problems"] == []
    assert [Path(name).name for name in result["files"]] == ["报告.docx", "manifest.json"]
    assert done.stderr == ""


def test_problems_of_all_files_come_together_and_leave_the_old_output_whole(tmp_path):
    config = project(tmp_path)
    assert run("build", config, "--out", tmp_path / "out", "--format", "docx").returncode == 0
    before = snapshot(tmp_path / "out")
    broken = CONFIG.replace("half-year-report", "half-yaer-report").replace("period:", "periode: x\nperiod:")
    project(tmp_path, config=broken.replace("2026\n", "'2026'\n", 1))
    done = run("build", config, "--out", tmp_path / "out", "--format", "docx")
    assert done.returncode == 1
    for code in ("config.unknown-key", "config.unknown-name", "config.wrong-type"):
        assert code in done.stderr
    project(
        tmp_path,
        ledger(tasks=[task(推进情况="进行得不错"), task("")]),
        CONFIG.replace("gb9704", "gb") + "units: 无.yaml\n",
    )
    done = run("build", config, "--out", tmp_path / "out", "--format", "docx")
    assert done.returncode == 1
    for code in ("ledger.unknown-status", "ledger.empty-task", "file.not-found"):
        assert code in done.stderr
    assert "怎么改" in done.stderr
    assert "Traceback" not in done.stderr
    assert snapshot(tmp_path / "out") == before


def test_faults_of_the_ledger_come_with_those_of_the_configuration(tmp_path):
    config = CONFIG.replace("2026\n", "'2026'\n", 1).replace("period: 1—6月\n", "")
    done = run("build", project(tmp_path, ledger(tasks=[task("")]), config), "--out", tmp_path / "out", "--json")
    codes = [problem["code"] for problem in json.loads(done.stdout)["problems"]]
    assert sorted(codes) == ["config.missing-key", "config.wrong-type", "ledger.empty-task"]


def test_help_is_in_chinese():
    said = run("build", "--help").stdout
    assert "用法：" in said
    assert "选项：" in said
    for english in ("Usage", "Options", "Arguments", "Show this", "default", "required"):
        assert english not in said
    assert run("--help").stdout == run().stdout


def test_warnings_travel_beside_the_result_and_strict_refuses_them(tmp_path):
    config = project(tmp_path, ledger(tasks=[task(任务进展情况="近期无进展。"), task("")][:1]))
    done = run("build", config, "--out", tmp_path / "out", "--format", "docx")
    assert done.returncode == 0
    assert "警告 [ledger.no-progress]" in done.stderr
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert [problem["code"] for problem in manifest["problems"]] == ["ledger.no-progress"]
    refused = run("build", config, "--out", tmp_path / "strict", "--format", "docx", "--strict", "--json")
    assert refused.returncode == 1
    assert json.loads(refused.stdout)["problems"][0]["severity"] == "error"
    assert not (tmp_path / "strict").exists()


def test_another_ledger_can_stand_in_for_the_configured_one(tmp_path):
    config = project(tmp_path)
    (tmp_path / "预期目标.csv").write_text(
        "预期目标,责任单位,进展情况,评价\n外贸增长5%,区商务委,增长6%。,符合预期\n", encoding="utf-8"
    )
    (tmp_path / "重点任务.csv").write_text(
        "分类,工作任务,责任单位,配合单位,进展情况,推进情况\n民生,修路,区交通局,,已通车。,正常\n", encoding="gb18030"
    )
    sheets = ("--ledger", tmp_path / "预期目标.csv", "--ledger", tmp_path / "重点任务.csv")
    done = run("build", config, *sheets, "--out", tmp_path / "out", "--format", "txt")
    assert done.returncode == 0, done.stderr
    assert "修路" in (tmp_path / "out" / "报告.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["buld"], "是否要写「build」"),
        (["build"], "缺少配置"),
        (["forms", "x.yaml"], "缺少 --out 文件夹"),
        (["collect", "x.yaml", "反馈"], "缺少 --into 文件"),
        (["collect", "x.yaml", "--into", "y.xlsx"], "缺少反馈"),
        (["import", "x.docx"], "缺少 --out 文件"),
        (["build", "x.yaml", "--fromat", "pdf"], "--format"),
        (["build", "x.yaml", "--format", "odt"], "没有「odt」这种输出格式"),
        (["build", "x.yaml", "--format", ","], "输出格式"),
        (["build", "x.yaml", "--out"], "后面缺少内容"),
        (["build", "x.yaml", "--strict=yes"], "后面不写内容"),
        (["build", "x.yaml", "y.yaml"], "参数太多"),
    ],
)
def test_wrong_usage_is_said_in_chinese_with_exit_code_2(arguments, said):
    done = run(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_output_folder_that_cannot_be_written_gives_exit_code_4(tmp_path):
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    done = run("build", project(tmp_path), "--out", tmp_path / "taken", "--format", "docx")
    assert done.returncode == 4
    assert "output.cannot-write" in done.stderr


def test_without_pango_the_pdf_is_refused_with_exit_code_3_and_the_line_to_run(tmp_path):
    config = project(tmp_path)
    done = run("build", config, "--out", tmp_path / "out", before=NO_PANGO)
    assert done.returncode == 3
    assert "pdf.no-pango" in done.stderr
    assert "apt-get install" in done.stderr
    assert not (tmp_path / "out").exists()
    assert run("build", config, "--out", tmp_path / "out", "--format", "docx", before=NO_PANGO).returncode == 0
    assert "--pdf-engine typst" in done.stderr
    assert run("doctor", config, before=NO_PANGO).returncode == 3


@pytest.mark.row("R11", "refused")
def test_a_machine_without_a_chinese_face_is_refused_with_exit_code_3(tmp_path):
    config = project(tmp_path)
    done = run("build", config, "--out", tmp_path / "out", before=only_faces("liberationserif-regular.ttf"))
    assert done.returncode == 3
    assert "fonts.no-face" in done.stderr
    assert "仿宋" in done.stderr
    assert run("doctor", "--json", before=only_faces()).returncode == 3


@pytest.mark.row("R10", "refused")
def test_stand_in_faces_are_a_warning_and_strict_refuses_them(tmp_path):
    config = project(tmp_path)
    noto = only_faces("notoserifsc-regular.otf", "notosanssc-regular.otf")
    done = run("build", config, "--out", tmp_path / "out", "--json", before=noto)
    assert done.returncode == 0, done.stderr
    said = [problem["what"] for problem in json.loads(done.stdout)["problems"]]
    assert [what[:3].strip("由") for what in said] == ["小标宋", "仿宋", "楷体"]
    fonts = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))["fonts"]
    assert {font["role"]: font["stand_in"] for font in fonts}["仿宋"] is True
    project(tmp_path, ledger(tasks=[task(任务进展情况="近期无进展。")]))
    refused = run("build", config, "--out", tmp_path / "strict", "--strict", "--json", before=noto)
    assert refused.returncode == 1
    codes = [problem["code"] for problem in json.loads(refused.stdout)["problems"]]
    assert codes == ["ledger.no-progress", "fonts.stand-in", "fonts.stand-in", "fonts.stand-in"]
    assert not (tmp_path / "strict").exists()


@pytest.mark.row("R9", "refused")
def test_a_character_that_no_face_has_is_refused_with_its_ledger_cell(tmp_path):
    data = ledger(goals=[goal(报告用语="\U00031350增长")], tasks=[task(任务进展情况="住在\U0002a6d7村。")])
    done = run("build", project(tmp_path, data), "--out", tmp_path / "out", "--json")
    assert done.returncode == 3
    problems = {p["what"]: p["where"] for p in json.loads(done.stdout)["problems"]}
    cell = problems["没有字体能显示「\U0002a6d7」（U+2A6D7）"]
    assert cell["file"] == "台账.yaml"
    assert (tmp_path / "台账.yaml").read_text(encoding="utf-8").split("\n")[cell["line"] - 1].count("\U0002a6d7") == 1
    assert all(p["file"] == "台账.yaml" for p in problems.values())
    assert len(problems) == 2


@pytest.mark.row("R11")
def test_a_system_without_fonts_of_its_own_still_makes_the_pdf(tmp_path):
    empty = tmp_path / "fonts.conf"
    empty.write_text(f"<fontconfig><cachedir>{tmp_path}/cache</cachedir></fontconfig>", encoding="utf-8")
    done = run("build", project(tmp_path), "--out", tmp_path / "out", "--format", "pdf", FONTCONFIG_FILE=str(empty))
    assert done.returncode == 0
    assert "Warning" not in done.stderr


def test_doctor_names_a_face_for_every_role():
    done = run("doctor", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert [row["role"] for row in result["fonts"]] == ["小标宋", "仿宋", "楷体", "黑体", "宋体", "西文"]
    assert all(row["same_kind"] for row in result["fonts"])
    assert result["pdf_engines"] == {each.value: each.version for each in PdfEngine}
    assert all(result["pdf_engines"].values())
    table = run("doctor").stdout
    assert "Fandol 仿宋" in table
    assert "排版一份文件的时间：60 秒；rendering.seconds，可写 1—3600" in table
    assert "一个外来文件（台账、反馈、来件）的大小：50 MB；limits.outside.file_mb，可写 1—2048" in table


def test_doctor_says_what_a_document_may_cost(tmp_path):
    config = project(tmp_path, config=CONFIG + "rendering: {seconds: 90, memory_mb: 1024}\n")
    table = run("doctor", config).stdout
    assert "排版一份文件的时间：90 秒（这份配置改的）；rendering.seconds" in table
    assert "排版一份文件的内存（只在 Linux 上限制）：1024 MB（这份配置改的）；rendering.memory_mb" in table
    told = json.loads(run("doctor", config, "--json").stdout)["rendering"]
    assert told == {"seconds": 90, "memory_bytes": 1024**3}


@pytest.mark.row("R10", "refused")
def test_a_font_file_that_is_missing_is_told_at_its_line_of_the_configuration(tmp_path):
    config = project(tmp_path, config=CONFIG + "fonts:\n  仿宋: 没有.ttf\n  宋: x.ttf\n")
    for arguments in (("doctor", config), ("build", config, "--out", tmp_path / "out", "--format", "docx")):
        done = run(*arguments)
        assert done.returncode == 1
        assert "报告.yaml:10" in done.stderr
        assert "没有这个" not in done.stderr
        assert "「宋」这个字体角色" in done.stderr


@pytest.mark.parametrize("keep", [0, 100, 5_000, 200_000])
@pytest.mark.row("R8", "refused")
def test_a_damaged_font_file_is_refused_by_build_and_doctor(tmp_path, keep):
    whole = find_fonts({}).roles[FontRole.FANGSONG].face.path.read_bytes()
    (tmp_path / "cut.otf").write_bytes(whole[:keep])
    config = project(tmp_path, config=CONFIG + "fonts: {仿宋: cut.otf}\n")
    for arguments in (("doctor", config), ("build", config, "--out", tmp_path / "out")):
        done = run(*arguments)
        assert done.returncode == 3
        assert "fonts.unreadable" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.row("R10")
def test_a_configured_face_without_chinese_is_told(tmp_path):
    latin = find_fonts({}).roles[FontRole.LATIN].face.path
    config = project(tmp_path, config=CONFIG + f"fonts: {{仿宋: {latin.as_posix()}}}\n")
    done = run("build", config, "--out", tmp_path / "out", "--json")
    assert done.returncode == 0
    assert "没有大部分汉字" in json.loads(done.stdout)["problems"][0]["what"]


def test_doctor_says_what_there_is_even_where_something_is_missing(tmp_path):
    config = project(tmp_path)
    result = json.loads(run("doctor", config, "--json", before=NO_PANGO).stdout)
    assert result["ok"] is False
    assert result["pdf_engine"] == "weasyprint"
    assert result["pdf_engines"]["weasyprint"] is None
    assert len(result["fonts"]) == 6


def test_a_machine_without_pango_draws_by_the_other_engine_and_says_how(tmp_path):
    told = json.loads(run("doctor", "--json", before=NO_PANGO).stdout)
    assert told["ok"] is True
    assert [(each["code"], each["severity"]) for each in told["problems"]] == [("pdf.no-pango", "warning")]
    assert "--pdf-engine typst" in told["problems"][0]["fix"]
    config = project(tmp_path, config=CONFIG + "pdf_engine: typst\n")
    done = run("doctor", config, before=NO_PANGO)
    assert done.returncode == 0
    assert "排版引擎 weasyprint：不能使用" in done.stdout
    assert "（这份配置用它）" in done.stdout
    assert "pdf.no-pango" not in done.stderr


def test_an_engine_that_is_not_there_is_named_with_the_line_that_brings_it(tmp_path):
    config = project(tmp_path, config=CONFIG + "pdf_engine: typst\n")
    done = run("doctor", config, before=NO_TYPST)
    assert done.returncode == 3
    assert "pdf.no-typst" in done.stderr
    assert "duban-reportgen[typst]" in done.stderr
    assert run("doctor", before=NO_TYPST).returncode == 0
    assert run("doctor", before=f"{NO_PANGO}\n{NO_TYPST}").returncode == 3


@pytest.mark.parametrize("command", ["build", "units"])
def test_an_unknown_engine_is_told_with_the_known_ones(command, tmp_path):
    done = run(command, project(tmp_path), "--out", tmp_path / "out", "--pdf-engine", "latex")
    assert done.returncode == 2
    assert "没有「latex」这种排版引擎" in done.stderr
    assert "weasyprint、typst" in done.stderr


def test_the_ledger_given_as_the_configuration_is_told(tmp_path):
    (tmp_path / "台账.xlsx").write_bytes(b"PK")
    done = run("build", tmp_path / "台账.xlsx", "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "请给出配置文件" in done.stderr


def test_a_file_of_an_earlier_run_is_told(tmp_path):
    config = project(tmp_path)
    run("build", config, "--out", tmp_path / "out", "--format", "docx，html")
    done = run("build", config, "--out", tmp_path / "out", "--format", "docx")
    assert done.returncode == 0
    assert "output.left-over" in done.stderr
    assert "报告.html" in done.stderr


def test_a_bug_is_told_apart_with_exit_code_70(tmp_path):
    broken = "import reportgen.publish\ndef publish(*a): raise RuntimeError('bug')\nreportgen.publish.publish = publish"
    done = run("build", project(tmp_path), "--out", tmp_path / "out", "--format", "txt", before=broken)
    assert done.returncode == 70
    assert "程序内部错误" in done.stderr
