"""Outlines as text goldens: what whole reports say, so that a change of wording or order is seen in review."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen.generate import Request, generate
from reportgen.testing.goldens import Golden
from reportgen.writers.outline import outline_lines, write_outline
from tests.builders import cell, document, row, section, small, table
from tests.projects import CONFIG, SAMPLE, goal, ledger, project, task

CASES = {
    "half-year": (CONFIG, ledger()),
    "nothing-lagging": (CONFIG, ledger(tasks=[task(), task("改造老旧小区5个")])),
    "only-goals": (CONFIG, ledger(tasks=[])),
    "without-phrases": (
        CONFIG,
        ledger(goals=[goal(报告用语="")], tasks=[task(推进情况="滞后", 任务进展情况="①甲未开工。\n②乙已停工。")]),
    ),
    "no-signature": (CONFIG.replace("date: 2026-07-10\n", "").replace("addressee: 区政府\n", ""), ledger()),
    "task-table": (CONFIG.replace("half-year-report", "task-table") + "first_annex: 2\n", ledger(goals=[])),
}


def outline_of(config: Path) -> str:
    files = generate(Request(config, ("txt",))).files
    return next(blob for name, blob in files.items() if name.endswith(".txt")).decode()


@pytest.mark.parametrize("name", CASES)
def test_a_small_report_says_what_it_said(name: str, tmp_path: Path, golden: Golden) -> None:
    config, data = CASES[name]
    golden.check(outline_of(project(tmp_path, data, config)).encode(), f"outlines/{name}.txt")


def test_the_body_of_the_sample_says_what_it_said(golden: Golden) -> None:
    lines = outline_of(SAMPLE).split("\n")
    body = "\n".join(lines[: lines.index("节 横向")]) + "\n"
    golden.check(body.encode(), "outlines/sample-body.txt")


def test_a_tree_of_every_block_reads_as_it_did(golden: Golden) -> None:
    golden.check(write_outline(small()).value, "outlines/small-tree.txt")


def test_spans_and_line_ends_stay_on_one_line() -> None:
    tree = document(
        section(table((0.3, 0.7), [row(cell("头", right=2))], [row(cell("甲\n乙", "丙", down=2), "丁"), row("戊")]))
    )
    assert outline_lines(tree)[1:] == ["表头 │ 头 →2", "表格文字 │ 甲⏎乙⏎丙 ↓2 │ 丁", "表格文字 │ 戊"]
