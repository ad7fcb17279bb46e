"""The rehearsal (全流程演练): forms for all units, filled in ten bad habits, collected; the report is the golden."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from reportgen.inputs import configured_register
from reportgen.ledger.files.workbook import write_workbook
from reportgen.ledger.ids import with_ids
from reportgen.ledger.keeping import ledger_sheets
from reportgen.ledger.model import Entry, Ledger, Sheet
from reportgen.ledger.reading import Wants, read_ledger
from reportgen.ledger.units import Register
from reportgen.template.loading import load_config
from tests.habits import HABITS, Answers, Tables, filled, sends_gbk_csv
from tests.projects import ROOT, SAMPLE, run

FIELDS = frozenset({"category", "progress", "judgement", "phrase", "support_units", "given_no"})
WANTS = Wants({Sheet.GOALS: FIELDS - {"category", "support_units"}, Sheet.TASKS: FIELDS})


def sample_register() -> Register:
    """The register of the sample's district."""
    config, _ = load_config(SAMPLE, SAMPLE.name)
    register, _ = configured_register(config, SAMPLE.parent)
    assert register
    return register.value


def sample_ledger() -> Ledger:
    """The sample's ledger, numbered as the forms number it."""
    path = ROOT / "samples" / "qingping-2026h1" / "台账.xlsx"
    return with_ids(read_ledger(path.read_bytes(), path.name, WANTS, sample_register()).value)


def a_quarter_ago(ledger: Ledger) -> Ledger:
    """The ledger as the office kept it three months before: other progress, all as planned."""

    def before(entry: Entry) -> Entry:
        planned = "符合时间节点" if entry.sheet is Sheet.GOALS else "正常推进"
        return replace(entry, id="", progress=f"一季度进展（{entry.text[:6]}）：前期工作已经启动。", judgement=planned)

    return replace(ledger, goals=tuple(map(before, ledger.goals)), tasks=tuple(map(before, ledger.tasks)))


@dataclass(frozen=True)
class Rehearsal:
    """A folder in which everything was done (演练现场): configuration, forms, returns, and what collect said."""

    config: Path
    returns: Path
    ledger: Path
    report: Mapping[str, Any]
    habits: Mapping[str, str]
    answers: Answers

    def collect(self, into: Path | None = None) -> Mapping[str, Any]:
        """Collect all returns, over what is there."""
        done = run("collect", self.config, self.returns, "--into", into or self.ledger, "--on", "2026-07-10", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        report: Mapping[str, Any] = json.loads(done.stdout)
        return report


def office(folder: Path) -> Path:
    """The sample's configuration in a folder of its own, over the ledger of three months ago."""
    shutil.copytree(ROOT / "configs" / "units", folder / "units")
    old = write_workbook(ledger_sheets(a_quarter_ago(sample_ledger())))
    (folder / "上期台账.xlsx").write_bytes(old)
    text = SAMPLE.read_text(encoding="utf-8").replace("../samples/qingping-2026h1/台账.xlsx", "上期台账.xlsx")
    config = folder / SAMPLE.name
    config.write_text(text, encoding="utf-8")
    return config


def returned(unit: str, tables: Tables, turn: int) -> tuple[str, list[tuple[str, bytes]]]:
    """What the unit sends back, and the name of its habit; a CSV can hold only one table."""
    habit = HABITS[turn % len(HABITS)]
    if habit is sends_gbk_csv and len(tables) > 1:
        habit = HABITS[(turn + 1) % len(HABITS)]
    return habit.__name__, habit(unit, tables)


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    folder = tmp_path_factory.mktemp("演练")
    config, forms, returns = office(folder), folder / "反馈表", folder / "反馈"
    done = run("forms", config, "--out", forms, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    answers: Answers = {entry.id: (entry.progress, entry.judgement) for entry in sample_ledger()}
    register = sample_register()
    habits: dict[str, str] = {}
    returns.mkdir()
    for turn, form in enumerate(sorted(forms.glob("*.xlsx"))):
        (unit,) = register.mentioned(form.stem)
        tables = filled(form.read_bytes(), answers)
        habits[unit], files = returned(unit, tables, turn)
        for name, blob in files:
            # Some habits give every file the same name; the clerk who saves the mails keeps them apart.
            (returns / unit).mkdir(exist_ok=True)
            (returns / unit / name).write_bytes(blob)
            # Every tenth unit is late: the deadline is the 5th of July.
            arrived = datetime(2026, 7, 7 if turn % 10 == 9 else 3, 10).timestamp()
            os.utime(returns / unit / name, (arrived, arrived))
    made = Rehearsal(config, returns, folder / "台账.xlsx", {}, habits, answers)
    return replace(made, report=made.collect())


def collected(rehearsal: Rehearsal) -> Ledger:
    """The ledger that came out."""
    return read_ledger(rehearsal.ledger.read_bytes(), rehearsal.ledger.name, WANTS, sample_register()).value


def write_the_wording(path: Path) -> None:
    """What the office does next: in WPS it writes its 报告用语 into the ledger, which no unit could know."""
    wording = {entry.id: entry.phrase for entry in sample_ledger()}
    book = load_workbook(path)
    for name in (sheet.value for sheet in Sheet):
        head, *rows = book[name].iter_rows()
        titles = [cell.value for cell in head]
        for row in rows:
            if phrase := wording.get(str(row[titles.index("编号")].value)):
                row[titles.index("报告用语")].value = phrase
    book.save(path)


def test_every_unit_answered_and_every_habit_was_tried(rehearsal: Rehearsal) -> None:
    assert set(rehearsal.habits.values()) == {habit.__name__ for habit in HABITS}
    counts = rehearsal.report["counts"]
    assert len(rehearsal.habits) == 49
    assert (counts["asked"], counts["returned"]) == (42, 42)
    assert (counts["helpers"], counts["helpers_returned"]) == (7, 7)
    assert (counts["missing"], counts["unread"], counts["open"], counts["unjudged"]) == (0, 0, 0, 0)
    assert sum(unit["state"] == "late" for unit in rehearsal.report["units"]) == 4
    assert (counts["files"], counts["entries"], counts["answered"]) == (53, 141, 141)


def test_every_answer_stands_in_its_row_and_nothing_else_changed(rehearsal: Rehearsal) -> None:
    found, sent = collected(rehearsal), sample_ledger()
    answers = {entry.id: (entry.progress, entry.judgement) for entry in found}
    assert answers == rehearsal.answers
    fixed = [(e.id, e.given_no, e.category, e.text, e.lead_units, e.support_units) for e in found]
    assert fixed == [(e.id, e.given_no, e.category, e.text, e.lead_units, e.support_units) for e in sent]
    last = {entry.text: entry.last_progress for entry in found}
    assert last == {entry.text: entry.progress for entry in a_quarter_ago(sent)}


def test_collecting_twice_changes_nothing(rehearsal: Rehearsal) -> None:
    before = rehearsal.ledger.read_bytes()
    again = rehearsal.collect()
    assert rehearsal.ledger.read_bytes() == before
    assert again["changed"] is False
    assert again["counts"] == rehearsal.report["counts"]


def test_the_report_of_the_collected_ledger_is_the_golden_one(rehearsal: Rehearsal, tmp_path: Path) -> None:
    write_the_wording(rehearsal.ledger)
    rehearsal.collect()  # a late return must not undo what the office wrote
    built = run(
        "build", rehearsal.config, "--ledger", rehearsal.ledger, "--format", "docx,txt", "--out", tmp_path / "一"
    )
    golden = run("build", SAMPLE, "--format", "docx,txt", "--out", tmp_path / "二")
    assert (built.returncode, golden.returncode) == (0, 0), built.stderr + golden.stderr
    stem = "青屏区2026年上半年督查报告"
    for name in (f"{stem}.txt", f"{stem}.docx"):
        assert (tmp_path / "一" / name).read_bytes() == (tmp_path / "二" / name).read_bytes(), name
