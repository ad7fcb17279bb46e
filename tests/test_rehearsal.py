"""The rehearsal (全流程演练): forms for all units, filled in ten bad habits, collected; the report is the golden."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from reportgen.inputs import configured_register
from reportgen.ledger.ids import with_ids
from reportgen.ledger.keeping import ledger_sheets
from reportgen.ledger.model import Entry, Ledger, Sheet
from reportgen.ledger.reading import Wants, read_ledger
from reportgen.ledger.units import Register
from reportgen.ledger.workbook import write_workbook
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
    """A folder in which everything was done (演练现场): its configuration, forms, returns, and what collect said."""

    config: Path
    forms: Path
    returns: Path
    ledger: Path
    report: Mapping[str, Any]
    habits: Mapping[str, str]


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
    ledger = folder / "台账.xlsx"
    done = run("collect", config, returns, "--into", ledger, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return Rehearsal(config, forms, returns, ledger, json.loads(done.stdout), habits)


def test_look(rehearsal: Rehearsal) -> None:
    shutil.copytree(rehearsal.ledger.parent, "/tmp/me/r/x", dirs_exist_ok=True)
    Path("/tmp/me/r/report.json").write_text(json.dumps(rehearsal.report, ensure_ascii=False, indent=1))
