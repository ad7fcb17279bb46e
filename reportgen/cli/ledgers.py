"""Commands about the ledger (台账类命令): forms out to the units, their returns in, an issued report back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reportgen.cli.shell import (
    EXIT_CODES,
    Command,
    WrongUsage,
    app,
    fail,
    print_json,
    print_problems,
    report,
)
from reportgen.problems import InputError, Problem, ReportError

if TYPE_CHECKING:
    from reportgen.collect import Collected

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
        publish(made.files, out, lambda: refuse_to_lose(made.files, out))
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
    if result["forms"]:
        Console().print(table)
    if result["without"]:
        print(f"没有任务、不出表的单位 {len(result['without'])} 个：{_some(result['without'])}")
    print(f"已生成 {len(result['forms'])} 份反馈表，在文件夹 {out}")


# ---- the returns in


@app.command(help="把各单位的反馈汇总成一份台账。有读不了或对不上的，其余照样汇总，逐条列出，退出码为 1", cls=Command)
def collect(
    config: Annotated[Path, typer.Argument(metavar="配置", help="配置文件，如 configs/qingping-2026h1.yaml")],
    returns: Annotated[list[Path], typer.Argument(metavar="反馈", help="反馈文件或存放反馈的文件夹，可以写几个")],
    into: Annotated[Path, typer.Option(metavar="文件", help="汇总到这份台账（.xlsx）；已有的，接着汇总")],
    page: Annotated[Path | None, typer.Option("--report", metavar="文件", help="另写一份网页报告（.html）")] = None,
    on: Annotated[
        str | None, typer.Option(metavar="日期", help="按这一天判断是否逾期，如 2026-07-10；不写则是今天")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="有读不了或对不上的，就什么也不写")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="结果以 JSON 输出")] = False,
) -> None:
    """Merge the returns of the units into one ledger."""
    from reportgen.collect import Request, collect, refuse_changed
    from reportgen.collect_view import as_json as plain
    from reportgen.collect_view import page_values
    from reportgen.pages import page as drawn
    from reportgen.publish import publish_at

    day = _day(on)
    if page is not None and page.suffix.lower() not in (".html", ".htm"):
        raise WrongUsage("--report 的文件名要以 .html 结尾")
    files: dict[Path, bytes] = {}
    try:
        request = Request(config=config, returns=returns, into=into, on=day, own=(page,) if page else ())
        with _progress() as told:
            collected = collect(request, told)
        written = collected.complete or not strict
        if page is not None:
            files[page] = drawn("collection", page_values(collected))
        if written and collected.changed:
            files[into] = collected.workbook
        publish_at(files, lambda: refuse_changed(into, collected.stood) if into in files else None)
    except ReportError as fault:
        fail(fault, as_json)
    if as_json:
        problems = [problem.as_json() for problem in collected.problems]
        names = [path.as_posix() for path in files]
        print_json({"ok": collected.complete, "files": names, **plain(collected), "problems": problems})
    else:
        print_problems(collected.problems)
        _print_collected(collected, into, page, written)
    if not collected.complete:
        raise typer.Exit(EXIT_CODES[InputError])


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """How far the reading of many files is, for the eye: one line on the terminal that vanishes at the end."""
    import sys

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("正在读反馈"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as shown:
        task = shown.add_task("", total=None)
        yield lambda done, of: shown.update(task, completed=done, total=of)


def _day(text: str | None) -> date:
    from datetime import datetime

    from reportgen.arrivals import CHINA_TIME
    from reportgen.numbering import date_in

    if text is None:
        return datetime.now(CHINA_TIME).date()
    try:
        day = date_in(text)
    except ValueError:
        day = None
    if day is None:
        raise WrongUsage(f"--on 的「{text}」不是日期，请写成 2026-07-10 的样子")
    return day


def _print_collected(collected: Collected, into: Path, page: Path | None, written: bool) -> None:
    """The counts, what to do by kind, and where all of it stands."""
    from reportgen.intake.findings import State, by_kind

    collection = collected.collection
    counts = collection.counts()
    late = f"（其中迟报 {counts['late']} 个）" if counts["late"] else ""
    helpers = (
        f"另有 {counts['helpers']} 个配合单位，已反馈 {counts['helpers_returned']} 个。" if counts["helpers"] else ""
    )
    print(f"{collected.title}：应反馈 {counts['asked']} 个单位，已反馈 {counts['returned']} 个{late}。{helpers}")
    unread = f"，其中 {counts['unread']} 份读不了" if counts["unread"] else ""
    unjudged = f"，其中 {counts['unjudged']} 项还没有推进情况（评价），不能成文" if counts["unjudged"] else ""
    answered = f"台账 {counts['entries']} 项，已有进展 {counts['answered']} 项{unjudged}。"
    print(f"读了 {counts['files']} 份反馈{unread}；{answered}")
    if rolled := collected.rolled:
        print(f"底稿：{rolled.ledger}（作为上期，{rolled.moved} 项进展移到上期栏）")
    for state in (State.OVERDUE, State.MISSING, State.UNREAD, State.OTHER_PERIOD, State.BLANK, State.UNHEARD):
        if units := collection.units_in(state):
            print(f"{state.value} {len(units)} 个：{_some([each.unit for each in units])}")
    if late_units := [each for each in collection.units_in(State.LATE) if each.leads]:
        print(f"{State.LATE.value} {len(late_units)} 个：{_some([f'{each.unit} {each.day}' for each in late_units])}")
    if groups := by_kind(collection.open_findings):
        # No table: in the width of a terminal its columns would be three words wide.
        print(f"要办的事 {counts['open']} 件：")
        for kind, found in groups.items():
            concerned = _some([each.unit or (each.where.file if each.where else "") for each in found])
            print(f"  {kind.title} {len(found)} 件" + (f"：{concerned}" if concerned else ""))
            print(f"      怎么办：{kind.advice}")
    if collected.skipped:
        print(f"略过 {len(collected.skipped)} 个文件：{_some([f'{name}（{why}）' for name, why in collected.skipped])}")
    if not written:
        print("有读不了或对不上的，按 --strict 没有写入台账。")
    elif collected.changed:
        print(f"已写入：{into}（逐条清单在「待处理」表，出处在「来源」表）")
    else:
        print(f"{into} 和上次一样，没有改动。")
    if page is not None:
        print(f"网页报告：{page}")


def _some(names: Sequence[str]) -> str:
    """The first of the names, each once, and how many there are."""
    listed = list(dict.fromkeys(filter(None, names)))
    more = f" 等 {len(listed)} 个（见网页报告/--json）" if len(listed) > _MOST_LISTED else ""
    return "、".join(listed[:_MOST_LISTED]) + more


_MOST_LISTED = 10
# ---- an issued report back into a ledger


@app.command(
    "import",
    help="把已印发的报告（Word 文件）读回台账。--out 已有的文件不会被覆盖；"
    "有该读而没有读入的表，其余照样写成台账，退出码为 1",
    cls=Command,
)
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
    from reportgen.publish import publish_at

    if out.suffix.lower() != ".xlsx":
        raise WrongUsage("--out 要写 .xlsx 文件，如 --out ledger.xlsx")

    try:
        imported = imported_report(file, config)
        refuse_to_replace(imported.workbook, out)
        publish_at({out: imported.workbook}, lambda: refuse_to_replace(imported.workbook, out))
    except ReportError as fault:
        fail(fault, as_json)
    result = {"ok": imported.complete, "file": out.as_posix(), **imported.as_json()}
    if as_json:
        print_json({**result, "problems": [problem.as_json() for problem in imported.problems]})
    else:
        print_problems(imported.problems)
        _print_imported(result)
    if not imported.complete:
        raise typer.Exit(EXIT_CODES[InputError])


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
    if result["unread"]:
        print(f"没有读入的表 {len(result['unread'])} 张：{'、'.join(result['unread'])}（原因见上面的错误），台账不全")
    print(f"已写成台账：{result['file']}")
