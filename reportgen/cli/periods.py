"""The command about two periods (两期命令): changes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reportgen.cli.shell import Command, WrongUsage, app, fail, print_json, print_problems
from reportgen.problems import ReportError

if TYPE_CHECKING:
    from reportgen.changes.model import LedgerChanges


@app.command(help="比较两期台账：新增滞后、转为正常、完成、增减、进展没更新、数字和单位的变化", cls=Command)
def changes(
    old: Annotated[Path, typer.Argument(metavar="上期台账", help="上期的台账；两个 CSV 的写它们所在的文件夹")],
    new: Annotated[Path, typer.Argument(metavar="本期台账", help="本期的台账，写法同上")],
    template: Annotated[
        str | None,
        typer.Option(metavar="用语", help="变化用语名或用语文件；不写则用配置里的，没有配置用 standard"),
    ] = None,
    config: Annotated[Path | None, typer.Option(metavar="配置", help="用这份配置里的单位名录、用词和报告期")] = None,
    excel: Annotated[Path | None, typer.Option(metavar="文件", help="另写一份 Excel（.xlsx），逐项列出")] = None,
    text: Annotated[Path | None, typer.Option(metavar="文件", help="另写一段文字（.txt），可以贴进报告")] = None,
    everything: Annotated[bool, typer.Option("--all", help="每一类全部列出")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="结果以 JSON 输出，逐项齐全")] = False,
) -> None:
    """Say what became of each entry from one period's ledger to the next."""
    from reportgen.period_changes import changes_between
    from reportgen.period_view import as_json as plain
    from reportgen.period_view import head_line, output_bytes, sum_lines
    from reportgen.publish import publish_at

    places = _places(excel, text)
    try:
        changed = changes_between(old, new, config, template)
        _refuse_inputs(places, (*changed.files, *([config] if config else [])))
        made = {place: output_bytes(changed, place) for place in places.values()}
        publish_at(made)
    except ReportError as fault:
        fail(fault, as_json)
    if as_json:
        print_json({**plain(changed), "files": [place.as_posix() for place in made]})
        return
    print_problems(changed.problems)
    print(head_line(changed.changes))
    _print_groups(changed.changes, everything)
    print("\n".join(sum_lines(changed.changes)))
    print(f"\n{changed.text}")
    for place in made:
        print(f"已写成：{place}")


def _places(excel: Path | None, text: Path | None) -> dict[str, Path]:
    """Where which option writes; raises `WrongUsage` for names with another ending, and for one name given twice."""
    places = {option: place for option, place in (("--excel", excel), ("--text", text)) if place}
    endings = {"--excel": ".xlsx", "--text": ".txt"}
    for option, place in places.items():
        if place.suffix.lower() != endings[option]:
            raise WrongUsage(f"{option} 的文件名要以 {endings[option]} 结尾")
    return places


def _refuse_inputs(places: dict[str, Path], inputs: Iterable[Path]) -> None:
    own = {os.path.realpath(path) for path in inputs}
    for option, place in places.items():
        if os.path.realpath(place) in own:
            raise WrongUsage(f"{option} 要写另一个文件名，不能写成被比较的台账")


# The columns with the number and with how an entry was paired, the shares of the others, what stands between.
_NUMBER, _PAIRED, _SHARES, _GAPS = 11, 13, (8, 4, 9), 6
_LEAST_WIDTH = 72
# What a line's end must not part: a number with its point and percent sign; a mark stays with what it follows.
_TOGETHER = re.compile(r"[“（《]*(?:[0-9A-Za-z]+(?:[.%][0-9A-Za-z]*)*|.)[，。；：、）”％%]*")


def _print_groups(found: LedgerChanges, everything: bool) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Column, Table

    from reportgen.period_view import SHOWN, TITLES, groups

    # What a ledger says is no markup of ours.
    console = Console(markup=False, highlight=False, emoji=False)
    rest = max(_LEAST_WIDTH, console.width) - _NUMBER - _PAIRED - _GAPS
    widths = (_NUMBER, *(rest * share // sum(_SHARES) for share in _SHARES), _PAIRED)
    for title, rows in groups(found):
        columns = [Column(name, width=width, overflow="fold") for name, width in zip(TITLES, widths, strict=True)]
        table = Table(*columns, box=SIMPLE_HEAD, padding=0)
        listed = rows if everything else rows[:SHOWN]
        for row in listed:
            table.add_row(*map(_wrapped, row.cells(), widths))
        with console.capture() as drawn:
            console.print(table)
        print(f"\n{title}（{len(rows)} 项）")
        # Spaces up to the edge would be in the way of who copies the table, and break where the window is narrower.
        print("\n".join(filter(None, map(str.rstrip, drawn.get().split("\n")))))
        if len(listed) < len(rows):
            print(f"……还有 {len(rows) - len(listed)} 项，加 --all 全部列出")
    print()


def _wrapped(text: str, width: int) -> str:
    """The text in lines of that width, broken between Chinese letters, never inside a number."""
    from rich.cells import cell_len

    # What stands on either side of an arrow gets a line of its own where both do not fit on one.
    parted = (line if cell_len(line) <= width else line.replace(" → ", " →\n") for line in text.split("\n"))
    lines = [""]
    for line in "\n".join(parted).split("\n"):
        for part in _TOGETHER.findall(line):
            if lines[-1] and cell_len(lines[-1]) + cell_len(part) > width:
                lines.append("")
            lines[-1] += part if lines[-1] else part.lstrip()
        lines.append("")
    return "\n".join(filter(None, lines))
