"""Commands about the ledger (台账类命令): forms out to the units, their returns in, an issued report back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from reportgen.cli.shell import Command, app, report
from reportgen.problems import Problem

# ---- forms out to the units


@app.command(help="生成发给各单位的反馈表", cls=Command)
def forms(
    config: Annotated[Path, typer.Argument(metavar="配置", help="配置文件，如 configs/qingping-2026h1.yaml")],
    out: Annotated[Path, typer.Option(metavar="文件夹", help="输出文件夹")],
    unit: Annotated[
        list[str] | None, typer.Option(metavar="单位", help="只出这个单位的表；可写几次，也可写统称，如 各镇街")
    ] = None,
    ledger: Annotated[
        list[Path] | None, typer.Option(metavar="文件", help="换用这份台账（CSV 可写两次，各给一个文件）")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="结果以 JSON 输出")] = False,
) -> None:
    """Write a return form for each unit that has anything to answer."""
    from reportgen.distribute import distribute, old_forms, refuse_to_lose
    from reportgen.publish import publish

    def run() -> tuple[dict[str, Any], tuple[Problem, ...]]:
        made = distribute(config, tuple(ledger or ()), tuple(unit or ()))
        refuse_to_lose(made.files, out)
        beside = [] if unit else old_forms(made.files, out)
        publish(made.files, out)
        result = {
            "files": [(out / name).as_posix() for name in made.files],
            "forms": [each.as_json() for each in made.forms],
            "without": list(made.without),
        }
        return result, (*made.problems, *beside)

    report(run, lambda result: _print_forms(result, out), as_json)


def _print_forms(result: Mapping[str, Any], out: Path) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    table = Table(
        "单位", Column("牵头", justify="right"), Column("配合", justify="right"), Column("文件", overflow="fold")
    )
    for each in result["forms"]:
        table.add_row(each["unit"], str(each["leads"]), str(each["supports"]), each["file"])
    Console().print(table)
    if result["without"]:
        print(f"没有任务、不出表的单位 {len(result['without'])} 个：{'、'.join(result['without'])}")
    print(f"已生成 {len(result['forms'])} 份反馈表，在文件夹 {out.as_posix()}")
