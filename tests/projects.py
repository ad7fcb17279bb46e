"""Small whole projects (配置与台账) in a folder, and ways to run the command on them as a user would."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import yaml

from reportgen.ledger.files.workbook import write_workbook
from reportgen.ledger.keeping import ledger_sheets
from reportgen.ledger.reading import Wants, read_ledger

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "configs" / "qingping-2026h1.yaml"
REFERENCE = ROOT.parent / "shared" / "reference"

CONFIG = """\
version: 1
template: half-year-report
ledger: 台账.yaml
year: 2026
period: 1—6月
issuer: 某区人民政府督查室
addressee: 区政府
date: 2026-07-10
"""


def goal(text: str = "固定资产投资增长6%", **cells: Any) -> dict[str, Any]:
    """One record of the sheet 预期目标."""
    return {
        "预期目标": text,
        "责任单位": "区发展改革委",
        "进展情况": "1—6月，固定资产投资增长7.1%。",
        "评价": "符合预期",
        "报告用语": "固定资产投资增长7.1%",
    } | cells


def task(text: str = "建成社区食堂3个", **cells: Any) -> dict[str, Any]:
    """One record of the sheet 重点任务."""
    return {
        "分类": "办好民生实事",
        "工作任务": text,
        "责任单位": "区民政局",
        "配合单位": "各镇街",
        "任务进展情况": "已建成2个，第三个正在装修。",
        "推进情况": "正常推进",
    } | cells


def ledger(goals: Sequence[Mapping[str, Any]] | None = None, tasks: Sequence[Mapping[str, Any]] | None = None) -> Any:
    """A small ledger with a bit of everything."""
    two = [goal(), goal("进出口总额增长5%", 评价="不达预期", 报告用语="进出口总额增长2%")]
    lagging = task("新建公园2座", 推进情况="推进较为滞后", 报告用语="新建公园2座。至6月底均未开工。")
    return {
        "预期目标": two if goals is None else goals,
        "重点任务": [task(), task("改造老旧小区5个"), lagging] if tasks is None else tasks,
    }


def project(folder: Path, data: Any = None, config: str = CONFIG) -> Path:
    """Write a configuration and its ledger; the path of the configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(ledger() if data is None else data, ensure_ascii=False, indent=1)
    (folder / "台账.yaml").write_text(text, encoding="utf-8")
    path = folder / "报告.yaml"
    path.write_text(config, encoding="utf-8")
    return path


def workbook(path: Path, data: object) -> Path:
    """The ledger of `data` as an Excel workbook."""
    read = read_ledger(yaml.safe_dump(data, allow_unicode=True).encode(), "台账.yaml", Wants()).value
    path.write_bytes(write_workbook(ledger_sheets(read)))
    return path


def run(*arguments: str | Path, before: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `reportgen` in a process of its own; `before` is Python that is run first in that process.

    A process with a changed beginning is started anew, any other one is forked with the libraries imported.
    """
    if before or environment or "forkserver" not in multiprocessing.get_all_start_methods():
        return run_anew(*arguments, before=before, **environment)
    command = ["-c", *map(str, arguments)]
    with tempfile.TemporaryDirectory(prefix="reportgen-run-") as folder:
        names = (Path(folder) / "out", Path(folder) / "err")
        process = multiprocessing.get_context("forkserver").Process(
            target=_command, args=(command, *names, dict(os.environ))
        )
        process.start()
        process.join()
        said = [name.read_text(encoding="utf-8") for name in names]
    assert process.exitcode is not None
    done = subprocess.CompletedProcess(command, process.exitcode, *said)
    process.close()
    return done


def _command(command: list[str], out: Path, err: Path, environment: dict[str, str]) -> None:
    begin_as_command(command, out, err, environment)
    import reportgen
    from reportgen.cli import main

    assert Path(reportgen.__file__).resolve().is_relative_to(ROOT)
    main()


def begin_as_command(command: list[str], out: Path, err: Path, environment: dict[str, str]) -> None:
    """In the forked process: as `python -c` would begin it."""
    for number, name in ((1, out), (2, err)):
        file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv = command
    # The fork server above serves the processes of this one, too; Python 3.11 would begin another one here.
    forkserver._forkserver.ensure_running = forkserver.ensure_running = lambda: None  # type: ignore[method-assign]


def run_anew(*arguments: str | Path, before: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `reportgen` in a new Python, as the system starts it."""
    code = f"{before}\nfrom reportgen.cli import main\nmain()"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, **environment},
        check=False,
    )
