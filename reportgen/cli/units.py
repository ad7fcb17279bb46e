"""The command about the units' sets (各单位分送件): units."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reportgen.cli.shell import (
    EXIT_CODES,
    PDF_ENGINE_HELP,
    Command,
    WrongUsage,
    app,
    counted_progress,
    fail,
    formats_in,
    pdf_engine_in,
    print_json,
    print_problems,
)
from reportgen.engine.model import EngineKind
from reportgen.problems import InputError, ReportError, did_you_mean
from reportgen.unit_sets.record import State

if TYPE_CHECKING:
    from reportgen.unit_sets.result import Result


@app.command(help="给每个单位生成它自己的附件，整套放进一个文件夹", cls=Command)
def units(
    config: Annotated[Path, typer.Argument(metavar="配置", help="配置文件，如 configs/qingping-2026h1.yaml")],
    out: Annotated[Path, typer.Option(metavar="文件夹", help="输出文件夹，只放这一套分送件")],
    unit: Annotated[
        list[str] | None, typer.Option(metavar="单位", help="只生成这个单位的；可写几次，也可写统称，如 各镇街")
    ] = None,
    ledger: Annotated[
        list[Path] | None, typer.Option(metavar="文件", help="换用这份台账（CSV 可写两次，各给一个文件）")
    ] = None,
    formats: Annotated[
        str, typer.Option("--format", metavar="格式", help="输出格式，用逗号隔开：docx、pdf、html、txt")
    ] = "docx,pdf",
    pdf_engine: Annotated[str | None, typer.Option(metavar="引擎", help=PDF_ENGINE_HELP)] = None,
    zipped: Annotated[bool, typer.Option("--zip", help="另外打成一个压缩包，放在同一文件夹")] = False,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="有的单位生成不了时，也放进其余的，并列出原因")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="有警告也算失败")] = False,
    engine: Annotated[
        str | None, typer.Option(metavar="引擎", help="在哪里渲染：local 本机，dask 集群；不写则按配置")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="地址", help="Dask 调度器的地址，如 tcp://10.0.0.5:8786")
    ] = None,
    workers: Annotated[
        str | None, typer.Option(metavar="个数", help="本机同时几个进程；不写则每个处理器核一个")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="结果以 JSON 输出")] = False,
) -> None:
    """Write a set of files for each unit: only what it leads and supports."""
    from reportgen.unit_sets.road import SetsRequest, make_sets

    request = SetsRequest(
        config=config,
        folder=out,
        ledgers=tuple(ledger or ()),
        units=tuple(unit or ()),
        formats=formats_in(formats),
        zipped=zipped,
        keep_going=keep_going,
        strict=strict,
        kind=_engine_kind(engine),
        scheduler=scheduler,
        workers=_worker_count(workers),
        pdf_engine=pdf_engine_in(pdf_engine),
    )
    try:
        with counted_progress("份", quiet=as_json) as told:
            result = make_sets(request, told)
    except ReportError as fault:
        fail(fault, as_json)
    if as_json:
        problems = [problem.as_json() for problem in result.problems]
        print_json({"ok": result.ok, **result.as_json(), "problems": problems})
    else:
        _print_units(result)
        print_problems(result.problems)
        _print_summary(result)
    if not result.ok:
        raise typer.Exit(EXIT_CODES[InputError])


def _engine_kind(name: str | None) -> EngineKind | None:
    if name is None:
        return None
    known = [kind.value for kind in EngineKind]
    if name.strip().lower() not in known:
        raise WrongUsage(f"没有「{name}」这种引擎。{did_you_mean(name, known)}")
    return EngineKind(name.strip().lower())


def _worker_count(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.strip().isdecimal() or not 1 <= int(text) <= _MOST_WORKERS:
        raise WrongUsage(f"--workers 后面应是 1 到 {_MOST_WORKERS} 的整数")
    return int(text)


_MOST_WORKERS = 256
# A table of more units than these is for nobody's eyes; the index has them all.
_MOST_ROWS = 100


def _print_units(result: Result) -> None:
    """A row for each unit of which there is something to say: who has what he had is in the index."""
    from rich.console import Console
    from rich.table import Column, Table

    quiet = (State.MADE.value, State.UNCONCERNED.value)
    told = [each for each in result.as_json()["units"] if each["rendered"] or each["state"] not in quiet]
    shown = [each for each in told if len(told) <= _MOST_ROWS or each["state"] != State.MADE.value][:_MOST_ROWS]
    right = ("序号", "牵头", "配合")
    heads = ("序号", "单位", "牵头", "配合", "状态", "文件（不带后缀）")
    table = Table(*(Column(head, justify="right" if head in right else "left", overflow="fold") for head in heads))
    for each in shown:
        counts = (str(each["leads"] or ""), str(each["supports"] or ""))
        stem = each["files"][0].rpartition(".")[0] if each["files"] else ""
        state = "新生成" if each["rendered"] else each["state"]
        table.add_row(str(each["number"]), each["unit"], *counts, state, stem)
    if shown:
        Console().print(table)
        sys.stdout.flush()


def _print_summary(result: Result) -> None:
    from reportgen.unit_sets.index import INDEX_NAME
    from reportgen.unit_sets.result import listed
    from reportgen.unit_sets.road import ZIP_NAME

    told = result.as_json()
    print(_summary(told))
    if not result.changed:
        newest = "" if result.stale else "里的已是最新，"
        print(f"文件夹 {result.folder} {newest}没有改动任何文件")
    else:
        archive = f"，压缩包是 {ZIP_NAME}" if ZIP_NAME in told["files"] else ""
        print(f"整套在文件夹 {result.folder}：每个单位 {'、'.join(told['formats'])}，目录是 {INDEX_NAME}{archive}")
    if told["left"]:
        print(f"不再属于这一套、已去掉的旧文件 {len(told['left'])} 个：{listed(told['left'])}")


def _summary(told: Mapping[str, Any]) -> str:
    states = Counter(each["state"] for each in told["units"])
    counts = [(state.value, states[state.value]) for state in (State.WITHOUT, State.UNCONCERNED)]
    counts += [
        (label, len(told[key])) for key, label in (("failed", "未生成"), ("stale", "未更新"), ("gone", "已去掉"))
    ]
    parts = [f"新生成 {told['rendered']} 个，沿用 {told['taken_over']} 个"]
    parts += [f"{label} {count} 个" for label, count in counts if count]
    return f"共 {len(told['units'])} 个单位：{'，'.join(parts)}；用时 {told['seconds']:g} 秒"
