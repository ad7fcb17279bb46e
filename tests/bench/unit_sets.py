"""How fast the units' sets are made (分送件用时): documents per second and core, and memory as their number grows.

usage: .venv/bin/python tests/bench/unit_sets.py [--rounds 2] [--sizes 200,1000] [--long]

The sample's units as docx, as pdf and as both: a plain loop in one process, which only composes, renders and writes,
then the road by 1 and by 2 processes, in turn, the rounds one after the other. Then a second run over the same input,
and one with one changed task. Then generated offices of growing size as docx (`--long`: one of 5,000 units).

Every case is a process of its own. CPU seconds are counted by the system: `parent` is the process that was started,
`workers` all those that it starts. `per core` is files by second of CPU, whatever else the machine does meanwhile.
Of several rounds the one with the least CPU is shown. Nothing is asserted: machines differ, and their neighbours.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import openpyxl

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from reportgen.generate import Request, read_inputs  # noqa: E402
from reportgen.ledger.files.workbook import write_workbook  # noqa: E402
from reportgen.ledger.ids import with_ids  # noqa: E402
from reportgen.ledger.keeping import ledger_sheets  # noqa: E402
from reportgen.ledger.model import Entry, Ledger, Sheet  # noqa: E402
from reportgen.unit_sets.plan import make_plan  # noqa: E402
from reportgen.unit_sets.rendering import Order, render  # noqa: E402
from reportgen.unit_sets.road import SetsRequest, make_sets  # noqa: E402
from tests.projects import CONFIG, SAMPLE  # noqa: E402

LEDGER = ROOT / "samples" / "qingping-2026h1" / "台账.xlsx"
HEADS = ("case", "units", "files", "wall s", "parent s", "workers s", "files/s·core", "parent MB", "worker MB")
MB = 1024


@dataclass(frozen=True)
class Case:
    """One measured run: `workers` 0 is the plain loop."""

    name: str
    config: Path
    folder: Path
    formats: str
    workers: int
    ledger: Path | None = None


@dataclass(frozen=True)
class Cost:
    """What a run cost: `rendered` units of `units`; seconds, and kilobytes at the highest."""

    units: int
    rendered: int
    wall: float
    parent: float
    workers: float
    parent_kb: int
    worker_kb: int


# ---- in the measured process


def run_case(config: Path, folder: Path, formats: tuple[str, ...], workers: int, ledger: Path | None) -> None:
    """Make the sets, and print what this process knows of it."""
    ledgers = (ledger,) if ledger else ()
    begun = time.monotonic()
    if workers:
        asked = SetsRequest(config=config, folder=folder, ledgers=ledgers, formats=formats, workers=workers)
        result = make_sets(asked)
        units, rendered = len(result.units), len(result.rendered)
    else:
        units = rendered = plain_loop(config, folder, formats, ledgers)
    wall, used = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_SELF)
    told = {"units": units, "rendered": rendered, "wall": wall, "parent": used.ru_utime + used.ru_stime}
    print(json.dumps(told | {"parent_kb": used.ru_maxrss}))


def case_of(arguments: list[str]) -> None:
    """The case as `measured` writes it on the command line."""
    config, folder, formats, workers, *ledger = arguments
    given = Path(ledger[0]) if ledger else None
    run_case(Path(config), Path(folder), tuple(formats.split(",")), int(workers), given)


def plain_loop(config: Path, folder: Path, formats: tuple[str, ...], ledgers: tuple[Path, ...]) -> int:
    """The least that has to be done, in one process: no plan to look at first, no key, no stage, no index."""
    inputs = read_inputs(Request(config, ledgers=ledgers), [], for_units=True)
    plan = make_plan(inputs)
    order = Order(formats, inputs.styles, inputs.fonts)
    folder.mkdir()
    for planned in plan.units:
        files = render(order, plan.compose(planned).value).files
        for kind, name in planned.file_names(formats).items():
            (folder / name).write_bytes(files[kind])
    return len(plan.units)


# ---- beside it


def measured(case: Case) -> Cost:
    """Run a case in a new process, and count that and all that it starts."""
    command = [sys.executable, __file__, "--case", str(case.config), str(case.folder), case.formats, str(case.workers)]
    before = spent_by_children()
    process = subprocess.Popen(
        [*command, *([str(case.ledger)] if case.ledger else [])], stdout=subprocess.PIPE, start_new_session=True
    )
    worker_kb = 0
    while process.poll() is None:
        worker_kb = max([worker_kb, *highest_kb(process.pid)])
        time.sleep(0.1)
    assert process.stdout is not None
    with process.stdout:
        told = json.loads(process.stdout.read())
    while True:  # what it started has come to us
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            break
    workers = spent_by_children() - before - told["parent"]
    return Cost(**told, workers=max(0.0, workers), worker_kb=worker_kb)


def spent_by_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def highest_kb(session: int) -> list[int]:
    """The highest memory, so far, of each other process of a session."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != session:
            try:
                if int((entry / "stat").read_text().rpartition(")")[2].split()[3]) == session:
                    lines = (entry / "status").read_text().splitlines()
                    found += [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
            except (OSError, IndexError):  # it has ended meanwhile
                continue
    return found


def show(case: Case, cost: Cost) -> None:
    """One line of the table."""
    files = cost.rendered * len(case.formats.split(","))
    used = cost.parent + cost.workers
    values = (
        f"{cost.units}",
        f"{files}",
        f"{cost.wall:.2f}",
        f"{cost.parent:.2f}",
        f"{cost.workers:.2f}",
        f"{files / used:.1f}" if files else "",
        f"{cost.parent_kb / MB:.0f}",
        f"{cost.worker_kb / MB:.0f}" if case.workers else "",
    )
    print(f"{case.name:<34}" + "".join(f"{value:>13}" for value in values), flush=True)


def in_turn(cases: list[Case], rounds: int) -> None:
    """All cases one after the other, so often; of each the round that cost least."""
    costs: dict[str, list[Cost]] = {case.name: [] for case in cases}
    for _ in range(rounds):
        for case in cases:
            shutil.rmtree(case.folder, ignore_errors=True)
            costs[case.name].append(measured(case))
    for case in cases:
        show(case, min(costs[case.name], key=lambda cost: cost.parent + cost.workers))


# ---- what is made


def ways(name: str, config: Path, folder: Path, formats: str) -> list[Case]:
    """The plain loop, and the road by one process and by two."""
    said = ((0, "plain loop"), (1, "1 process"), (2, "2 processes"))
    return [Case(f"{name} {formats}, {way}", config, folder / f"{workers}", formats, workers) for workers, way in said]


def one_task_changed(folder: Path) -> Path:
    """The sample's ledger with another progress of one task."""
    book = openpyxl.load_workbook(LEDGER)
    sheet = book["重点任务"]
    heads = [cell.value for cell in sheet[1]]
    column = next(at for at, head in enumerate(heads, 1) if head and "进展" in str(head))
    sheet.cell(3, column).value = "已全部完成。"
    book.save(folder / "台账.xlsx")
    return folder / "台账.xlsx"


def office(folder: Path, units: int) -> Path:
    """An office with so many units, two tasks for each and one for all together; its configuration."""
    folder.mkdir()
    names = [f"第{number}街道" for number in range(1, units + 1)]
    entry = Entry(sheet=Sheet.TASKS, given_no="", category="办好民生实事", text="", judgement="正常推进")
    tasks = [
        replace(entry, text=f"{deed}{name}{thing}", lead_units=(name,), progress=f"已完成{number}户。")
        for deed, thing in (("改造", "老旧小区"), ("修缮", "道路"))
        for number, name in enumerate(names, 1)
    ]
    lead, support = (names[0],), ("各街道",)
    tasks.append(replace(entry, text="开展卫生整治", lead_units=lead, support_units=support, progress="已办。"))
    ledger = with_ids(Ledger(file="台账.xlsx", tasks=tuple(tasks)))
    (folder / "台账.xlsx").write_bytes(write_workbook(ledger_sheets(ledger)))
    listed = "".join(f"  - {{name: {name}, kind: 镇街}}\n" for name in names)
    register = f"version: 1\nunits:\n{listed}groups:\n  - {{name: 各街道, kind: 镇街}}\n"
    (folder / "名录.yaml").write_text(register, encoding="utf-8")
    settings = CONFIG.replace("台账.yaml", "台账.xlsx").replace("half-year-report", "task-table")
    config = folder / "报告.yaml"
    config.write_text(settings + "units: 名录.yaml\n", encoding="utf-8")
    return config


def main() -> None:
    """Measure everything and print one table."""
    if sys.argv[1:2] == ["--case"]:
        return case_of(sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--sizes", type=lambda text: [int(part) for part in text.split(",")], default=[200, 1000])
    parser.add_argument("--long", action="store_true", help="5,000 units, too")
    options = parser.parse_args()
    if sys.platform.startswith("linux"):  # processes whose parent has ended come to us to be counted
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    print(f"{HEADS[0]:<34}" + "".join(f"{head:>13}" for head in HEADS[1:]))
    with tempfile.TemporaryDirectory(prefix="reportgen-bench-") as place:
        folder = Path(place)
        for formats in ("docx", "pdf", "docx,pdf"):
            in_turn(ways("sample", SAMPLE, folder, formats), options.rounds)
        again = Case("sample docx,pdf, second run", SAMPLE, folder / "2", "docx,pdf", 2)
        show(again, measured(again))
        changed = replace(again, name="sample docx,pdf, one task changed", ledger=one_task_changed(folder))
        show(changed, measured(changed))
        for units in [*options.sizes, *([5000] if options.long else [])]:
            config = office(folder / f"office-{units}", units)
            in_turn(ways(f"{units} units", config, folder, "docx"), 1)


if __name__ == "__main__":
    main()
