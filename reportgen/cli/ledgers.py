"""Commands about the ledger (台账类命令): forms out to the units, their returns in, an issued report back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from reportgen.cli.shell import Command, WrongUsage, app, report
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


# ---- an issued report back into a ledger


@app.command("import", help="把已印发的报告（Word 文件）读回台账。--out 已有的文件不会被覆盖", cls=Command)
def import_report(
    file: Annotated[Path, typer.Argument(metavar="文件", help="已印发的报告，.docx")],
    out: Annotated[
        Path, typer.Option(metavar="文件", help="写成哪个台账，如 ledger.xlsx；已有同名文件时不写，请换个名字")
    ],
    config: Annotated[
        Path | None, typer.Option(metavar="配置", help="用这份配置里的单位名录、用词和期间；可不写")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="结果以 JSON 输出")] = False,
) -> None:
    """Read an issued report back into a ledger workbook."""
    from reportgen.importing import import_report as imported_report
    from reportgen.importing import refuse_to_replace
    from reportgen.publish import publish

    if out.suffix.lower() != ".xlsx":
        raise WrongUsage("--out 要写 .xlsx 文件，如 --out ledger.xlsx")

    def run() -> tuple[dict[str, Any], tuple[Problem, ...]]:
        imported = imported_report(file, config)
        refuse_to_replace(imported.workbook, out)
        publish({out.name: imported.workbook}, out.parent)
        return {"file": out.as_posix(), **imported.as_json()}, imported.problems

    report(run, _print_imported, as_json)


def _print_imported(result: Mapping[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    table = Table("表格", "认作", Column("行数", justify="right"), Column("依据", overflow="fold"))
    for each in result["tables"]:
        table.add_row(each["table"], each["kind"], str(each["rows"]), each["evidence"])
    Console().print(table)
    counts = result["counts"]
    judged = "，".join(f"{word} {count} 项" for word, count in result["judgements"].items())
    print(f"预期目标 {counts['goals']} 项，重点任务 {counts['tasks']} 项" + (f"；{judged}" if judged else ""))
    if result["phrases"]:
        print(f"从正文读到 {result['phrases']} 项的用语；与自动成文相同的，报告用语留空")
    if result["renumbered"]:
        print(f"原件有 {result['renumbered']} 行没有序号，已补上")
    print(f"已写成台账：{result['file']}")
