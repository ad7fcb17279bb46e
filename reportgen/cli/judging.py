"""The command about judging (研判命令): judge."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reportgen.cli.shell import EXIT_CODES, Command, WrongUsage, app, fail, print_json, print_problems
from reportgen.package import WORKBOOK_ENDINGS
from reportgen.problems import InputError, Location, ReportError

if TYPE_CHECKING:
    from reportgen.judge import Filled, Judged
    from reportgen.judging.verdicts import Verdict
    from reportgen.ledger.model import Entry


@app.command(
    "judge",
    help="按研判规则判断每项目标、任务的评价和推进情况，列出依据；人填的永远为准。--write 只填台账里空着的格",
    cls=Command,
)
def judge_command(
    config: Annotated[Path, typer.Argument(metavar="配置", help="配置文件，如 configs/qingping-2026h1.yaml")],
    ledger: Annotated[
        list[Path] | None, typer.Option(metavar="文件", help="换用这份台账（CSV 可写两次，各给一个文件）")
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="把结论填进台账（.xlsx、.xlsm）里空着的格")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="文件", help="把填好的台账另存成这个 .xlsx，原台账不动；不覆盖已有的文件")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="一致的、未下结论的也全部列出")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="有不一致的，退出码为 1")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="结果以 JSON 输出")] = False,
) -> None:
    """Judge a ledger by stated rules, and fill its empty judgements."""
    from reportgen.importing import refuse_to_replace
    from reportgen.judge import fill, fill_new, judge_ledger, refuse_changed
    from reportgen.publish import publish_at

    if write and out:
        raise WrongUsage("--write 和 --out 只写一个")
    if out is not None and out.suffix.lower() not in WORKBOOK_ENDINGS:
        raise WrongUsage("--out 要写 .xlsx 文件，如 --out ledger.xlsx")
    filled: Filled | None = None
    try:
        judged = judge_ledger(config, tuple(ledger or ()))
        if write:
            filled = fill(judged)
            refuse_changed(judged)
            publish_at(filled.files, lambda: refuse_changed(judged))
        elif out is not None:
            filled = fill_new(judged, out)
            blob = filled.files[out]
            refuse_to_replace(blob, out)
            publish_at(filled.files, lambda: refuse_to_replace(blob, out))
    except ReportError as fault:
        fail(fault, as_json)
    ok = not (strict and judged.disagrees)
    if as_json:
        written = {"files": [path.as_posix() for path in filled.files], "filled": len(filled.entries)} if filled else {}
        told = (*judged.problems, *(filled.problems if filled else ()))
        problems = [problem.as_json() for problem in told]
        print_json({"ok": ok, **judged.as_json(), **written, "problems": problems})
    else:
        print_problems((*judged.problems, *(filled.problems if filled else ())))
        _print_verdicts(judged, everything)
        if filled is not None:
            _print_filled(filled)
    if not ok:
        raise typer.Exit(EXIT_CODES[InputError])


def _print_verdicts(judged: Judged, everything: bool) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    from reportgen.judging.verdicts import Standing

    shown = judged.in_reading_order(everything)
    table = Table(
        Column("编号", overflow="fold"),
        Column("目标、任务", overflow="fold", ratio=3),
        Column("台账", overflow="fold", min_width=8),
        Column("规则研判", overflow="fold", min_width=8),
        Column("依据", overflow="fold", ratio=5),
        Column("单元格", overflow="fold"),
        show_lines=True,
        expand=True,
    )
    for verdict in shown:
        table.add_row(*_row(judged, verdict))
    if shown:
        Console().print(table)
    counts = judged.counts()
    told = "，".join(f"{standing.value} {count} 项" for standing, count in counts.items() if count)
    print(f"{judged.ledger.file}：共 {len(judged.verdicts)} 项，{told}。{judged.elapsed.words}。")
    if counts[Standing.DIFFERS]:
        print("不一致的以台账为准，请人工核实。")
    if len(shown) < len(judged.verdicts):
        print("加 --all 列出全部。")


def _row(judged: Judged, verdict: Verdict) -> Sequence[str]:
    entry = verdict.entry
    if verdict.decided:
        reason = f"〔{judged.rules.rules[verdict.decided.rule].name}〕{verdict.reason}"
        places = dict.fromkeys(place.where(entry) for place in verdict.decided.rests_on)
    else:
        reason = verdict.reason
        places = dict.fromkeys([entry.where("progress")])
    cells = [_cell(entry, where) for where in places if where]
    text = entry.text if len(entry.text) <= _TEXT_SHOWN else entry.text[:_TEXT_SHOWN] + "…"
    return (
        entry.id or entry.given_no,
        text,
        entry.judgement or "（空）",
        verdict.judgement or "—",
        reason,
        "\n".join(cells),
    )


def _cell(entry: Entry, where: Location) -> str:
    """Where to look: the cell, of a text file the line."""
    return f"{entry.sheet.value}{where.cell or (f'第{where.line}行' if where.line else '')}"


_TEXT_SHOWN = 40


def _print_filled(filled: Filled) -> None:
    for path in filled.files:
        print(f"已写入：{path}")
    if filled.entries:
        print(f"填了 {len(filled.entries)} 格空着的评价、推进情况，其余都没有动。")
    else:
        print("没有空着而规则能下结论的格，台账没有改动。")
    if filled.left:
        print(f"有 {len(filled.left)} 项的格是几行合并的，结论不同，没有填。")
