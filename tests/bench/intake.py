"""How long fifty returns take (汇总用时): forms out, returns in ten bad habits, one ledger, at three sizes.

usage: .venv/bin/python tests/bench/intake.py [--rounds 3]

Prints for each step the smallest wall seconds of the rounds, and beside `collect` what it takes merely to open the
same files with openpyxl and python-docx, in the same run. Nothing is asserted: machines differ.
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from reportgen.collect import Request, collect  # noqa: E402
from reportgen.distribute import distribute  # noqa: E402
from reportgen.intake.duties import duties_by_unit  # noqa: E402
from reportgen.ledger.files.workbook import write_workbook  # noqa: E402
from reportgen.ledger.ids import with_ids  # noqa: E402
from reportgen.ledger.keeping import ledger_sheets  # noqa: E402
from reportgen.ledger.model import Ledger  # noqa: E402
from tests.habits import HABITS, filled, sends_gbk_csv  # noqa: E402
from tests.projects import SAMPLE  # noqa: E402
from tests.test_rehearsal import sample_ledger, sample_register  # noqa: E402


def grown(times: int) -> Ledger:
    """The sample's ledger with its tasks so many times, each text made different."""
    ledger = sample_ledger()
    tasks = [
        replace(task, id="", text=f"{task.text}（第{copy}批）" if copy else task.text)
        for copy in range(times)
        for task in ledger.tasks
    ]
    return with_ids(replace(ledger, tasks=tuple(tasks)))


def office(folder: Path, times: int) -> tuple[Path, Ledger]:
    """A folder with a configuration over that ledger."""
    ledger = grown(times)
    shutil.copytree(ROOT / "configs" / "units", folder / "units")
    (folder / "台账.xlsx").write_bytes(write_workbook(ledger_sheets(ledger)))
    config = folder / SAMPLE.name
    text = SAMPLE.read_text(encoding="utf-8").replace("../samples/qingping-2026h1/台账.xlsx", "台账.xlsx")
    config.write_text(text, encoding="utf-8")
    return config, ledger


def send(folder: Path, forms: Mapping[str, bytes], ledger: Ledger) -> None:
    """The units' files, in one habit after another."""
    answers = {entry.id: (f"{entry.progress}又有进展。", entry.judgement) for entry in ledger}
    register = sample_register()
    for turn, (name, form) in enumerate(sorted(forms.items())):
        (unit,) = register.mentioned(name)
        tables = filled(form, answers)
        habit = HABITS[turn % len(HABITS)]
        if habit is sends_gbk_csv and len(tables) > 1:
            habit = HABITS[0]
        (folder / unit).mkdir(parents=True)
        for file, blob in habit(unit, tables):
            (folder / unit / file).write_bytes(blob)


def opened(folder: Path) -> int:
    """The same files merely opened by the plain libraries, every cell looked at once."""
    import docx
    from openpyxl import load_workbook

    letters = 0
    for path in sorted(folder.rglob("*.*")):
        blob = path.read_bytes()
        if path.suffix == ".xlsx":
            for sheet in load_workbook(io.BytesIO(blob)).worksheets:
                letters += sum(len(str(cell)) for row in sheet.iter_rows(values_only=True) for cell in row)
        elif path.suffix == ".docx":
            for table in docx.Document(io.BytesIO(blob)).tables:
                letters += sum(len(cell.text) for row in table.rows for cell in row.cells)
        else:
            letters += len(blob.decode("gb18030"))
    return letters


def measured(work: Callable[[], object], rounds: int) -> float:
    """The smallest wall time of several rounds, in seconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Print one line for each size."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    print(f"{'entries':>8} {'files':>6} {'rows':>6} {'forms s':>9} {'collect s':>10} {'opened s':>9} {'ratio':>6}")
    for times in (1, 2, 4):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            config, ledger = office(folder, times)
            send(folder / "反馈", distribute(config).files, ledger)
            files = sum(path.is_file() for path in (folder / "反馈").rglob("*"))
            duties = duties_by_unit(ledger, sample_register(), date(2026, 7, 10)).value
            rows = sum(len(unit.duties) for unit in duties)
            into = Request(config=config, returns=[folder / "反馈"], into=folder / "汇总.xlsx", on=date(2026, 7, 10))
            out = measured(lambda: distribute(config), rounds)  # noqa: B023  (called at once)
            back = measured(lambda: collect(into), rounds)  # noqa: B023
            plain = measured(lambda: opened(folder / "反馈"), rounds)  # noqa: B023
            entries = len(ledger.goals) + len(ledger.tasks)
            print(f"{entries:8} {files:6} {rows:6} {out:9.2f} {back:10.2f} {plain:9.2f} {back / plain:6.2f}")


if __name__ == "__main__":
    main()
