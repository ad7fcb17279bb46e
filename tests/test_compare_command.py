"""The command `compare` (比对命令): what it prints, its exit codes, its JSON, the page that it writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reportgen.compare_view import SHOWN_ALIKE
from tests.bad_files import word_file
from tests.projects import run

LINES = [f"第{number}行的话" for number in range(30)]


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders: one equal file, one with many changed lines, one only here, one only there, one damaged."""
    first, second = tmp_path / "旧", tmp_path / "新"
    for side, word in ((first, "甲"), (second, "乙")):
        side.mkdir()
        (side / "一样.txt").write_text("一样\n", encoding="utf-8")
        (side / "改了.txt").write_text("\n".join(f"{each}{word}" for each in LINES), encoding="utf-8")
        (side / "坏了.docx").write_bytes(word_file()[: 4000 + (word == "乙")])
        (side / f"只有{word}.csv").write_text(word, encoding="utf-8")
    return first, second


def test_equal_is_zero_different_is_one_and_wrong_usage_two(tmp_path: Path) -> None:
    one, other = tmp_path / "a.txt", tmp_path / "b.txt"
    one.write_text("甲\n", encoding="utf-8")
    other.write_text("乙\n", encoding="utf-8")
    (tmp_path / "c.txt").write_text("甲  \n\n", encoding="utf-8")
    equal = run("compare", one, tmp_path / "c.txt")
    assert (equal.returncode, equal.stderr) == (0, "")
    assert equal.stdout == "原：a.txt\n现：c.txt（文本文件，比了文字）\n没有不同。\n"
    different = run("compare", one, other)
    assert different.returncode == 1
    assert different.stdout == (
        "原：a.txt\n现：b.txt（文本文件，比了文字）\n  文字，1 处：\n    第1行：“甲” → “乙”\n共 1 处不同：文字 1 处。\n"
    )
    for wrong in (
        ("compare", one),
        ("compare", one, other, "--layer", "txt"),
        ("compare", one, other, "--layer", ","),
        ("compare", one, other, "--html", tmp_path / "x.txt"),
        ("compare", one, tmp_path / "b.html", "--html", tmp_path / "b.html"),
    ):
        assert run(*wrong).returncode == 2, wrong
    assert "是否要写「text」" in run("compare", one, other, "--layer", "txt").stderr


def test_what_cannot_be_compared_is_one_with_its_problems(tmp_path: Path) -> None:
    one, other = tmp_path / "a.docx", tmp_path / "b.txt"
    one.write_bytes(word_file())
    other.write_text("甲\n", encoding="utf-8")
    ran = run("compare", one, other)
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert "[compare.kinds-differ]" in ran.stderr
    told = json.loads(run("compare", one, other, "--json").stdout)
    assert told["ok"] is False
    assert [problem["code"] for problem in told["problems"]] == ["compare.kinds-differ"]
    missing = run("compare", one, tmp_path / "没有.docx")
    assert missing.returncode == 1
    assert "[file.not-found]" in missing.stderr


def test_two_folders_are_told_file_by_file_and_counted(folders: tuple[Path, Path]) -> None:
    ran = run("compare", *folders)
    assert ran.returncode == 1
    assert "坏了.docx：错误 [file.damaged]" in ran.stderr
    lines = ran.stdout.splitlines()
    assert lines[:2] == ["原：旧", "现：新"]
    assert "少了文件：只有甲.csv" in lines
    assert "多了文件：只有乙.csv" in lines
    assert "坏了.docx：没有比成，原因见错误提示" in lines
    assert "改了.txt：30 处不同" in lines
    assert sum("行的话" in line for line in lines) == SHOWN_ALIKE
    assert f"    ……文字另有 {len(LINES) - SHOWN_ALIKE} 处（加 --all 全部列出）" in lines
    assert lines[-1] == (
        "共 5 个文件：1 个一样，1 个不同，1 个多出，1 个缺少，1 个没有比成；32 处不同：文件 2 处、文字 30 处。"
    )
    everything = run("compare", *folders, "--all").stdout
    assert sum("行的话" in line for line in everything.splitlines()) == len(LINES)
    assert "一样.txt：文件内容完全一样" in everything


def test_json_has_all_differences_with_their_places_and_no_machine_paths(folders: tuple[Path, Path]) -> None:
    ran = run("compare", *folders, "--json")
    assert ran.stderr == ""
    told = json.loads(ran.stdout)
    assert told["ok"] is False
    assert told["whole"] == "folders"
    assert told["counts"] == {"files": 5, "equal": 1, "differences": 32, "ignored": 0}
    by_name = {each["second"] or each["first"]: each for each in told["files"]}
    assert by_name["一样.txt"]["relation"] == "same-bytes"
    assert by_name["坏了.docx"]["problems"][0]["code"] == "file.damaged"
    assert by_name["只有甲.csv"]["second"] is None
    first = by_name["改了.txt"]["differences"][0]
    assert first["said"] == "第1行：“第0行的话甲” → “第0行的话乙”"
    assert (first["layer"], first["kind"], first["first"]["paragraph"]) == ("text", "text.changed", 1)
    assert str(folders[0].parent) not in ran.stdout
    assert run("compare", *folders, "--json").stdout == ran.stdout


def test_a_rule_file_is_heeded_and_a_warning_fails_a_strict_run(tmp_path: Path) -> None:
    one, other, rules = tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "不计.yaml"
    one.write_text("截至6月底\n", encoding="utf-8")
    other.write_text("截至7月底\n", encoding="utf-8")
    rules.write_text("rules:\n  - {text: '\\d+月', reason: 日期}\n  - {kind: row.*, reason: 行数}\n", encoding="utf-8")
    ran = run("compare", one, other, "--ignore", rules)
    assert ran.returncode == 0
    assert "不计.yaml:3" in ran.stderr
    assert "[compare.unused-rule]" in ran.stderr
    assert ran.stdout.endswith("没有不同。按忽略规则不计 1 处。\n")
    assert run("compare", one, other, "--ignore", rules, "--strict").returncode == 1
    rules.write_text("rules:\n  - {text: '(', reason: 日期}\n", encoding="utf-8")
    bad = run("compare", one, other, "--ignore", rules)
    assert bad.returncode == 1
    assert "[compare.bad-pattern]" in bad.stderr
    assert run("compare", one, other, "--ignore", tmp_path / "没有.yaml").returncode == 1


def test_the_page_is_never_written_into_what_is_compared(folders: tuple[Path, Path]) -> None:
    names = sorted(path.name for path in folders[1].iterdir())
    for place in (folders[1] / names[0]).with_suffix(".html"), folders[0] / "新" / "比对.html":
        ran = run("compare", *folders, "--html", place)
        assert ran.returncode == 2
        assert "不要写进被比的文件夹" in ran.stderr
    assert sorted(path.name for path in folders[1].iterdir()) == names


def test_the_page_is_written_and_named(tmp_path: Path, folders: tuple[Path, Path]) -> None:
    place = tmp_path / "比对.html"
    ran = run("compare", *folders, "--html", place)
    assert ran.returncode == 1
    assert ran.stdout.endswith(f"已写成：{place}\n")
    page = place.read_bytes()
    assert "第0行的话".encode() in page
    assert str(tmp_path).encode() not in page
    run("compare", *folders, "--html", place)
    assert place.read_bytes() == page
