"""The command `reportgen check` (校核命令): what it prints, what it writes, how it ends."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from reportgen.check_view import SHOWN_ALIKE
from reportgen.proof.rules import Rule
from tests.issued_by_hand import word_file
from tests.projects import CONFIG, ROOT, SAMPLE, goal, ledger, project, run, task

GOALS = [goal()]
WRONG = task("改造老旧小区5个", 任务进展情况="已完成施工144天，占全年330天的43.2%。")
DOUBLED = [task(f"第{word}项任务", 任务进展情况=f"{word}项目已经竣工验收。。") for word in "甲乙丙丁戊己庚"]


def written(folder: Path, *tasks: Any) -> Path:
    """A project with these tasks; the path of its ledger."""
    project(folder, ledger(GOALS, tasks))
    return folder / "台账.yaml"


def test_a_finding_is_told_with_place_words_and_number_and_fails(tmp_path: Path) -> None:
    path = written(tmp_path, task(), WRONG)
    done = run("check", path)
    assert done.returncode == 1
    assert done.stderr == ""
    key = (re.findall(r"编号 (\w+)", done.stdout) or [""])[0]
    assert done.stdout.splitlines() == [
        "台账.yaml（台账）",
        "  错误 「重点任务」第2项「进展情况」（第25行）：比率写43.2%，按144天÷330天应为43.6%［比率与所列数字］",
        "      原文：「43.2%」",
        f"      怎么改：请核对：数字无误的，改为43.6%（编号 {key}）",
        "共 1 处错误，0 处警告。",
        "没有查的：与报告期有关的（不知道报告期，可用 --config 给出配置）",
        "没有查的：单位是否在名录里（没有单位名录，可用 --config 给出写有 units 的配置）",
    ]


def test_nothing_found_is_said_with_what_was_looked_at() -> None:
    done = run("check", SAMPLE)
    assert done.returncode == 0
    assert re.search(r"^没有发现问题：按 \d+ 条规则查了 39 段文字、141 行表格。$", done.stdout, re.M)


def test_of_findings_alike_the_first_are_shown_and_the_others_counted(tmp_path: Path) -> None:
    path = written(tmp_path, *DOUBLED)
    few, every = run("check", path), run("check", path, "--all")
    assert few.returncode == 0  # warnings alone do not fail
    assert few.stdout.count("标点连用") == SHOWN_ALIKE
    assert f"……「标点重复」同类还有 {len(DOUBLED) - SHOWN_ALIKE} 处" in few.stdout
    assert every.stdout.count("标点连用") == len(DOUBLED)
    assert run("check", path, "--strict").returncode == 1


def test_of_the_places_of_one_finding_the_first_are_shown_and_the_others_counted(tmp_path: Path) -> None:
    alike = [task(f"第{word}项任务", 任务进展情况="项目已经竣工验收。。") for word in "甲乙丙丁戊己庚"]
    path = written(tmp_path, *alike)
    few, every = run("check", path), run("check", path, "--all")
    assert few.stdout.count("标点连用") == 1
    assert few.stdout.count("另见") == SHOWN_ALIKE
    assert f"……另外还有 {len(alike) - 1 - SHOWN_ALIKE} 处" in few.stdout
    assert every.stdout.count("另见") == len(alike) - 1


def test_the_json_holds_everything(tmp_path: Path) -> None:
    told = json.loads(run("check", written(tmp_path, task(), WRONG), "--json").stdout)
    assert (told["ok"], told["kind"], told["period"]) == (False, "ledger", None)
    assert told["counts"] == {"errors": 1, "warnings": 0, "accepted": 0}
    (finding,) = told["findings"]
    assert (finding["rule"], finding["severity"]) == ("arithmetic.rate", "error")
    (place,) = finding["places"]
    assert (place["quote"], place["where"]["line"]) == ("43.2%", 25)


def test_several_files_are_checked_one_after_the_other(tmp_path: Path) -> None:
    good, bad = written(tmp_path / "1", task()), written(tmp_path / "2", WRONG)
    done = run("check", good, bad, tmp_path / "无.docx")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "共 3 个文件：1 个没有问题，1 个有问题，1 个没有查成。"
    assert "file.not-found" in done.stderr


def test_a_finding_is_accepted_with_a_reason_and_never_fails_again(tmp_path: Path) -> None:
    path = written(tmp_path, WRONG)
    key = json.loads(run("check", path, "--json").stdout)["findings"][0]["key"]
    done = run("check", path, "--accept", key, "--reason", "按实际工期计算")
    assert (done.returncode, "，1 处已认可。" in done.stdout) == (0, True)
    again = run("check", path, "--strict", "--all")
    assert again.returncode == 0
    assert f"已认可：按实际工期计算（编号 {key}）" in again.stdout


def test_page_excel_copy_and_review_copy_are_written_where_they_are_asked_for(tmp_path: Path) -> None:
    config = project(tmp_path, ledger(GOALS, [WRONG]), CONFIG)
    places = [tmp_path / "出" / name for name in ("意见.html", "副本.xlsx", "审阅.docx")]
    done = run("check", config, "--html", places[0], "--excel", places[1], "--review", places[2])
    assert done.returncode == 1
    assert [line for line in done.stdout.splitlines() if line.startswith("已写成")] == [f"已写成：{p}" for p in places]
    assert [place.read_bytes()[:4].upper() for place in places] == [b"<!DO", b"PK\x03\x04", b"PK\x03\x04"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "缺少要查的文件"),
        (["台账.yaml", "--accept", "a1234567"], "每个 --accept 后面写一个 --reason"),
        (["台账.yaml", "--reason", "口径"], "--reason 要和 --accept 一起写"),
        (["台账.yaml", "--accept", "a1234567", "--reason", " "], "--reason 不能是空的"),
        (["台账.yaml", "台账.yaml", "--html", "a.html"], "--html 一次只能用于一个文件"),
        (["台账.yaml", "--excel", "a.csv"], "--excel 的文件名要以 .xlsx 结尾"),
        (["台账.yaml", "--review", "a.docx"], "--review 只用于配置和 Word 文件"),
        (["报告.docx", "--excel", "a.xlsx"], "--excel 只用于台账和配置"),
        (["报告.docx", "--review", "报告.docx"], "不能写成被查的文件"),
        (["报告.docx", "--ledger", "台账.yaml"], "--ledger 只用于查配置"),
        (["报告.yaml", "--config", "报告.yaml"], "被查的文件自己就是配置"),
    ],
)
def test_a_command_that_cannot_be_meant_is_refused(tmp_path: Path, arguments: list[str], said: str) -> None:
    path = written(tmp_path, task())
    path.with_name("报告.docx").write_bytes(word_file("关于重点任务的报告", "区政府：", "报告如下。"))
    named = [tmp_path / each if each.endswith((".yaml", ".docx")) else each for each in arguments]
    done = run("check", *named)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_a_configuration_is_checked_with_another_ledger(tmp_path: Path) -> None:
    config = project(tmp_path, ledger(GOALS, [task(任务进展情况="已建成2个，第三个下月完工。")]))
    other = tmp_path / "other"
    other.mkdir()
    done = run("check", config, "--ledger", written(other, WRONG), "--json")
    assert "arithmetic.rate" in {each["rule"] for each in json.loads(done.stdout)["findings"]}
    assert "arithmetic.rate" not in run("check", config, "--json").stdout


def test_the_rules_are_listed_with_their_levels(tmp_path: Path) -> None:
    (tmp_path / "规则.yaml").write_text(
        "version: 1\nextends: standard\nrules:\n  mark.doubled: {level: 不查}\n", encoding="utf-8"
    )
    told = json.loads(run("check", "--rules", "--checking", tmp_path / "规则.yaml", "--json").stdout)["rules"]
    assert [each["id"] for each in told] == [rule.value for rule in Rule]
    levels = {each["id"]: each["level"] for each in told}
    assert (levels["mark.doubled"], levels["arithmetic.rate"]) == ("不查", "错误")


def test_rules_that_are_not_there_are_refused_with_the_nearest_name(tmp_path: Path) -> None:
    done = run("check", written(tmp_path, task()), "--checking", "standart")
    assert done.returncode == 1
    assert "config.unknown-name" in done.stderr
    assert "standard" in done.stderr


def test_the_example_of_the_readme_is_what_the_sample_gives_with_two_letters_wrong(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(ROOT / "samples" / "qingping-2026h1" / "台账.xlsx")
    goals, tasks = book["预期目标"], book["重点任务"]
    goals["F3"] = goals["F3"].value.replace("8.2%", "8.3%")
    tasks["F2"] = tasks["F2"].value.replace("48.1%", "47.1%")
    book.save(tmp_path / "台账.xlsx")
    (tmp_path / "名录.yaml").write_bytes((ROOT / "configs" / "units" / "qingping.yaml").read_bytes())
    config = SAMPLE.read_text(encoding="utf-8").replace("../samples/qingping-2026h1/", "")
    path = tmp_path / SAMPLE.name
    path.write_text(config.replace("units/qingping.yaml", "名录.yaml"), encoding="utf-8")
    told = run("check", path).stdout.splitlines()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    example = readme[readme.index("configs/qingping-2026h1.yaml（配置：台账和成文") :].partition("```")[0]
    assert told[1:] == example.splitlines()[1:]
    assert told[0] == example.splitlines()[0].removeprefix("configs/")
    key = (re.findall(r"编号 (\w+)", example) or [""])[0]
    assert run("check", path, "--accept", key, "--reason", "口径不同").stdout.splitlines()[-1] == (
        "已认可 1 条，理由记在：台账.xlsx「校核意见」表"
    )


def test_a_configuration_without_a_register_is_told_where_to_write_one(tmp_path: Path) -> None:
    last = run("check", project(tmp_path, ledger(GOALS, [task()]))).stdout.splitlines()[-1]
    assert last == "没有查的：单位是否在名录里（没有单位名录，在配置里写 units）"


def test_what_reading_tells_is_counted_at_the_end_once(tmp_path: Path) -> None:
    path = written(tmp_path, task(任务进展情况="已开工建设。\u200b"))
    done = run("check", path)
    assert "text.invisible" in done.stderr
    assert "共 0 处错误" not in done.stderr
    assert done.stdout.splitlines()[1].endswith("文件本身另有 1 处警告，列在最前面。")
