"""The roads that write files (写文件的各条路): every command that does, over small files, into a folder of its own.

Each has its inputs twice, `old` and `new`: what it makes of the old ones stands in the folder when it is disturbed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from reportgen.ledger.files.workbook import write_workbook
from reportgen.ledger.keeping import ledger_sheets
from reportgen.ledger.reading import Wants, read_ledger
from tests.kept import kept_folder
from tests.projects import CONFIG, ledger, project, run, task
from tests.test_collect import CANTEEN, OFFICE, REGISTER, answer, office, table

Words: TypeAlias = list[str | Path]


@dataclass(frozen=True)
class Road:
    """A command that writes (写文件的命令): its words for these inputs and that folder, and what it ends with.

    `begins` puts into the folder what the command changes in place; else, what it replaces is what an earlier run of it
    has made there, unless it `replaces` nothing.
    """

    name: str
    words: Callable[[Path, Path], Words]
    begins: Callable[[Path, Path], object] | None = None
    ends: int = 0
    replaces: bool = True


def _build(inputs: Path, out: Path) -> Words:
    return ["build", inputs / "报告.yaml", "--out", out, "--format", "docx,html,txt"]


def _collect(inputs: Path, out: Path) -> Words:
    words: Words = ["collect", inputs / "收" / "报告.yaml", inputs / "收" / "反馈", "--on", "2026-07-08"]
    return [*words, "--into", out / "汇总.xlsx", "--report", out / "汇总.html"]


def _check_book(inputs: Path, out: Path) -> Words:
    words: Words = ["check", inputs / "错.xlsx", "--config", inputs / "报告.yaml"]
    return [*words, "--excel", out / "副本.xlsx", "--html", out / "校核.html"]


def _accept(inputs: Path, out: Path) -> Words:
    key = (inputs / "编号.txt").read_text(encoding="utf-8")
    words: Words = ["check", out / "错.xlsx", "--config", inputs / "报告.yaml"]
    return [*words, "--accept", key, "--reason", f"口径{inputs.name}"]


def _changes(inputs: Path, out: Path) -> Words:
    words: Words = ["changes", inputs / "上期.xlsx", inputs / "台账.xlsx"]
    return [*words, "--excel", out / "变化.xlsx", "--text", out / "变化.txt"]


ROADS = (
    Road("build", _build),
    Road("forms", lambda inputs, out: ["forms", inputs / "报告.yaml", "--out", out]),
    Road("collect", _collect),
    Road("judge --out", lambda inputs, out: ["judge", inputs / "空.yaml", "--out", out / "研判.xlsx"], replaces=False),
    Road(
        "judge --write",
        lambda inputs, out: ["judge", inputs / "空.yaml", "--ledger", out / "空.xlsx", "--write"],
        lambda inputs, out: shutil.copyfile(inputs / "空.xlsx", out / "空.xlsx"),
    ),
    Road("check ledger", _check_book, ends=1),
    Road(
        "check Word",
        lambda inputs, out: ["check", inputs / "报告.docx", "--review", out / "审阅.docx", "--html", out / "校核.html"],
        ends=1,
    ),
    Road("check --accept", _accept, lambda inputs, out: shutil.copyfile(inputs / "错.xlsx", out / "错.xlsx"), ends=1),
    Road(
        "compare",
        lambda inputs, out: ["compare", inputs / "原.docx", inputs / "报告.docx", "--html", out / "比对.html"],
        ends=1,
    ),
    Road("import", lambda inputs, out: ["import", inputs / "报告.docx", "--out", out / "导入.xlsx"], replaces=False),
    Road("changes", _changes),
)


def inputs() -> Path:
    """The folder of the inputs, `old` and `new`, made once in a run of the tests."""
    return kept_folder("roads", _make)


def _make(fresh: Path) -> None:
    for name, said in (("old", "已建成2个。"), ("new", "已建成5个，超过计划。")):
        _fill(fresh / name, said)


def _fill(inputs: Path, said: str) -> None:
    wrong = task("实施老旧管网改造", 任务进展情况=f"{said}共120个，已完成45个，完成率43.2%。")
    rows = ledger(tasks=[task(CANTEEN, 任务进展情况=said), wrong])
    project(inputs, rows, CONFIG + "units: 名录.yaml\n")
    (inputs / "名录.yaml").write_text(REGISTER, encoding="utf-8")
    for name, tasks in (("上期", [task(CANTEEN)]), ("台账", rows["重点任务"]), ("错", [wrong])):
        _book(inputs / f"{name}.xlsx", ledger(tasks=tasks))
    _book(inputs / "空.xlsx", ledger(tasks=[task(CANTEEN, 任务进展情况=said, 推进情况="")]))
    (inputs / "空.yaml").write_text(CONFIG.replace("台账.yaml", "空.xlsx"), encoding="utf-8")
    for name in ("原", "报告"):
        more = ("--ledger", inputs / "上期.xlsx") if name == "原" else ()
        made = run("build", inputs / "报告.yaml", "--out", inputs / name, "--format", "docx", *more)
        assert made.returncode == 0, made.stderr
        (document,) = (inputs / name).glob("*.docx")
        document.rename(inputs / f"{name}.docx")
    config = office(inputs / "收", OFFICE)
    table(config.parent / "反馈" / "区民政局.xlsx", [answer(CANTEEN, said)])
    found = run("check", inputs / "错.xlsx", "--config", inputs / "报告.yaml", "--json")
    (inputs / "编号.txt").write_text(json.loads(found.stdout)["findings"][0]["key"], encoding="utf-8")


def _book(path: Path, data: object) -> None:
    """The ledger as a workbook; the columns that are empty are kept."""
    read = read_ledger(json.dumps(data, ensure_ascii=False).encode(), "台账.json", Wants()).value
    path.write_bytes(write_workbook(ledger_sheets(read)))
