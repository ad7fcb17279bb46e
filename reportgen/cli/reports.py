"""Commands about finished reports (报告类命令): build, doctor, lint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reportgen.cli.shell import (
    EXIT_CODES,
    PDF_ENGINE_HELP,
    Command,
    app,
    fail,
    formats_in,
    pdf_engine_in,
    print_files,
    print_json,
    print_problems,
    progress,
    report,
)
from reportgen.problems import EnvironmentLacking, InputError, Problem, ReportError

if TYPE_CHECKING:
    from reportgen.limits import Told


@app.command(help="按配置生成报告", cls=Command)
def build(
    config: Annotated[Path, typer.Argument(metavar="配置", help="配置文件，如 configs/qingping-2026h1.yaml")],
    ledger: Annotated[
        list[Path] | None, typer.Option(metavar="文件", help="换用这份台账（CSV 可写两次，各给一个文件）")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="文件夹", help="输出文件夹")] = Path("out"),
    formats: Annotated[
        str, typer.Option("--format", metavar="格式", help="输出格式，用逗号隔开：docx、pdf、html、txt")
    ] = "docx,pdf",
    pdf_engine: Annotated[str | None, typer.Option(metavar="引擎", help=PDF_ENGINE_HELP)] = None,
    strict: Annotated[bool, typer.Option("--strict", help="有警告也算失败")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="结果以 JSON 输出")] = False,
) -> None:
    """Write the report of a configuration and its manifest."""
    from reportgen.generate import MANIFEST, Request, generate
    from reportgen.publish import left_over, publish
    from reportgen.unit_sets.standing import refuse_set

    request = Request(config, formats_in(formats), tuple(ledger or ()), strict, pdf_engine_in(pdf_engine))

    def run() -> tuple[dict[str, Any], tuple[Problem, ...]]:
        refuse_set(out)
        with progress(quiet=as_json) as told:
            delivery = generate(request, told)
        beside = left_over(delivery.files, out, MANIFEST)
        publish(delivery.files, out)
        return {"files": [(out / name).as_posix() for name in delivery.files]}, (*delivery.problems, *beside)

    report(run, print_files, as_json)


@app.command(help="检查这台机器的字体和排版组件", cls=Command)
def doctor(
    config: Annotated[
        Path | None, typer.Argument(metavar="配置", help="按这份配置里的 fonts 检查；不写则按默认")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="结果以 JSON 输出")] = False,
) -> None:
    """Say which face will be used for which role, and what is missing."""
    from reportgen.doctor import examine, examine_for

    try:
        found = examine_for(config) if config else examine({})
    except ReportError as fault:
        fail(fault, as_json)
    if as_json:
        print_json(found.as_json())
    else:
        print_problems(found.problems)
        _print_fonts(found.as_json())
        _print_limits(found.all_limits())
    if not found.can_draw:
        raise typer.Exit(EXIT_CODES[EnvironmentLacking])


@app.command(help="检查 Word 或 PDF 文件的格式，谁做的都行", cls=Command)
def lint(
    files: Annotated[list[Path], typer.Argument(metavar="文件", help="要查的 .docx 或 .pdf，可以写几个")],
    style: Annotated[
        str, typer.Option(metavar="版式", help="版式名、版式文件，或一份报告的配置（用它的版式和改动）")
    ] = "gb9704",
    everything: Annotated[bool, typer.Option("--all", help="同类的全部列出，并列出实测的数值")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="有警告也算不合格")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="结果以 JSON 输出")] = False,
) -> None:
    """Hold finished files against a style sheet."""
    from reportgen.lint import Checked, lint_file, read_basis, summary, text_lines

    try:
        basis = read_basis(style)
    except ReportError as fault:
        fail(fault, as_json)
    results: list[Checked] = []
    for path in files:
        result = lint_file(path, basis)
        results.append(result)
        if not as_json:
            print_problems(result.problems)
            print("\n".join(text_lines(result, basis, everything)), flush=True)
            if everything and result.measures:
                _print_measures(result.measure_rows())
    ok = all(result.passes(strict) for result in results)
    if as_json:
        each = [result.as_json(basis, strict, everything) for result in results]
        print_json(each[0] if len(each) == 1 else {"ok": ok, "files": each})
    elif len(results) > 1:
        print(summary(results))
    if not ok:
        raise typer.Exit(EXIT_CODES[InputError])


_UNUSABLE = "不能使用；怎样装，见 README.md 的“两个排版引擎”"


def _print_fonts(result: Mapping[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    table = Table("角色", "规定字体", "将使用", Column("文件", overflow="fold"), "是否同类")
    for row in result["fonts"]:
        same = "是" if row["same_kind"] else "否（代替）"
        table.add_row(row["role"], row["wanted"], row["face"], row["file"], same)
    Console().print(table)
    for name, version in result["pdf_engines"].items():
        asked = "（这份配置用它）" if name == result["pdf_engine"] else ""
        print(f"排版引擎 {name}：{version or _UNUSABLE}{asked}")


def _print_limits(limits: Sequence[Told]) -> None:
    """Every limit with its unit, by group; those that the configuration has set are marked."""
    for group in dict.fromkeys(each.group for each in limits):
        print(f"限额：{group}")
        for each in limits:
            if each.group == group:
                changed = "（这份配置改的）" if each.is_changed else ""
                value = f"{each.value} {each.meaning.unit}{changed}"
                print(f"  {each.meaning.words}：{value}；{each.key}，可写 {each.meaning.range}")


def _print_measures(rows: Iterable[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    numbers = [Column(name, justify="right") for name in ("实测", "应为", "相差")]
    table = Table(Column("所在处", overflow="fold"), Column("什么", overflow="fold"), *numbers, title="实测")
    for row in rows:
        table.add_row(*row)
    Console().print(table)
