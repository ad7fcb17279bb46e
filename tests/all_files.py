"""Every kind of file that the program writes (程序写出的各种文件), made of one small office in one process.

Run as a program it says the fingerprints of all of them, made so many times: `python -m tests.all_files 文件夹 20`.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from reportgen.cli import main  # noqa: F401  (the commands)
from reportgen.cli.shell import app
from tests.ledger_files import as_csv
from tests.projects import CONFIG, goal, ledger, project, task, workbook

REGISTER = """\
version: 1
units:
  - {name: 区发展改革委, kind: 部门}
  - {name: 区民政局, kind: 部门}
  - {name: 区财政局, kind: 部门}
"""
MORE = "units: 名录.yaml\nunit_sets: {template: unit-annex}\nreturns: {deadline: 2026-07-05, contact: 督查室 6800}\n"


def an_office(folder: Path, odd: Sequence[str] = ("",)) -> Path:
    """A small office with its ledger, the former one, and a return; each `odd` text begins those of a task."""
    goals = [
        goal(f"{odd[0]}固定资产投资增长6%"),
        goal(f"{odd[-1]}粮食产量5万吨", 进展情况=f"{odd[-1]}截至6月底，产3万吨。"),
    ]
    tasks = [
        task(f"{each}建成社区食堂{n}个", 分类=f"{each}民生", 任务进展情况=f"{each}已建成2个。", 配合单位="区财政局")
        for n, each in enumerate(odd, 3)
    ]
    late = {"推进情况": "推进较为滞后", "报告用语": f"{odd[0]}修路滞后", "责任单位": "区财政局", "配合单位": ""}
    tasks.append(task(f"{odd[0]}修路", **late))
    data = ledger(goals, tasks)
    config = project(folder, data, CONFIG.replace("台账.yaml", "台账.xlsx") + MORE)
    (folder / "名录.yaml").write_text(REGISTER, encoding="utf-8")
    workbook(folder / "台账.xlsx", data)
    workbook(folder / "待研判.xlsx", ledger([{**goals[0], "评价": ""}, goals[1]], tasks))
    before = [{**each, "任务进展情况": each["任务进展情况"][:-1] + "，快了。"} for each in tasks[:-1]]
    workbook(folder / "上期.xlsx", ledger(goals, [*before, task(f"{odd[-1]}架桥")]))
    head = ["序号", "工作任务", "责任单位", "进展情况", "推进情况"]
    answers = [["", each["工作任务"], "区民政局", each["任务进展情况"] + "又1个。", "正常推进"] for each in tasks[:-1]]
    others = [["", f"{each}不在台账里的事", f"{each}某某局", f"{each}办了。", f"{each}快了"] for each in odd]
    returned = folder / "=1+1区民政局.csv"
    returned.write_bytes(as_csv([head, *answers, *others]))
    os.utime(returned, (1_783_000_000, 1_783_000_000))
    return config


def commands(folder: Path, out: Path) -> Iterator[list[str | Path]]:
    """Each command that writes files, and where it writes them."""
    config, book, report = folder / "报告.yaml", folder / "台账.xlsx", out / "weasyprint" / "报告.docx"
    for engine in ("weasyprint", "typst"):
        more = ["--format", "docx,pdf,html,txt", "--pdf-engine", engine]
        yield ["build", config, "--out", out / engine, *more]
    yield ["units", config, "--out", out / "套", "--zip", "--format", "docx,pdf", "--pdf-engine", "typst"]
    yield ["forms", config, "--out", out / "反馈表"]
    returns: list[str | Path] = [
        folder / "=1+1区民政局.csv",
        "--into",
        out / "汇总.xlsx",
        "--report",
        out / "汇总.html",
    ]
    yield ["collect", config, *returns, "--on", "2026-07-08"]
    yield ["changes", folder / "上期.xlsx", book, "--excel", out / "变化.xlsx", "--text", out / "变化.txt"]
    yield ["check", book, "--config", config, "--html", out / "校核.html", "--excel", out / "校核.xlsx"]
    yield ["check", report, "--config", config, "--review", out / "审阅.docx"]
    yield ["compare", folder / "上期.xlsx", book, "--html", out / "比对.html"]
    yield ["judge", config, "--ledger", folder / "待研判.xlsx", "--out", out / "研判.xlsx"]
    yield ["import", report, "--config", config, "--out", out / "导入.xlsx"]


def carried_out(command: Sequence[str | Path]) -> None:
    """One command in this process; what it finds is no fault here, but that it wrote nothing is."""
    with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.redirect_stderr(said):
        code: Any = 0
        try:
            code = app([str(each) for each in command], standalone_mode=False)
        except typer.Exit as left:
            code = left.exit_code
    assert code in (0, 1, None), (command, code, said.getvalue())


def written(folder: Path, out: Path) -> Mapping[str, Path]:
    """All files of all commands, by their names below `out`."""
    out.mkdir()
    for command in commands(folder, out):
        carried_out(command)
    return {path.relative_to(out).as_posix(): path for path in sorted(out.rglob("*")) if path.is_file()}


def _fingerprints(folder: Path, times: int) -> dict[str, list[str]]:
    """Of one run of all commands and of so many of the report alone, every file's."""
    found: dict[str, set[str]] = {}
    for number in range(times):
        out = folder / f"第{number}次"
        if number == 0:
            files = written(folder, out)
        else:
            for command in list(commands(folder, out))[:2]:
                carried_out(command)
            files = {path.relative_to(out).as_posix(): path for path in out.rglob("*") if path.is_file()}
        for name, path in files.items():
            found.setdefault(name, set()).add(hashlib.sha256(path.read_bytes()).hexdigest())
    return {name: sorted(each) for name, each in found.items()}


if __name__ == "__main__":
    place = Path(sys.argv[1])
    an_office(place)
    print(json.dumps(_fingerprints(place, int(sys.argv[2]))))
