"""The command line (命令行): parses, calls, prints. Decides nothing but exit codes.

Exit codes: 0 done · 1 problems found · 2 wrong usage · 3 this machine cannot render · 4 cannot write · 70 a bug.
"""

from __future__ import annotations

import json
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
import typer.core

from reportgen.problems import (
    CannotWrite,
    EnvironmentLacking,
    InputError,
    Problem,
    ReportError,
    Severity,
    did_you_mean,
)

EXIT_CODES: Mapping[type[ReportError], int] = {InputError: 1, EnvironmentLacking: 3, CannotWrite: 4}
WRONG_USAGE, BUG = 2, 70

_HELP_WORDS = {
    "Usage:": "用法：",
    "Arguments:": "参数：",
    "Options:": "选项：",
    "Commands:": "命令：",
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 [参数]…",
    "Show this message and exit.": "显示本说明",
    "[default: ": "[默认：",
    "[required]": "[必填]",
    "<path>": "",
    "<list[Path]>": "",
    "{文件}...": "文件…",
}


def _help_in_chinese(text: str) -> str:
    for english, chinese in _HELP_WORDS.items():
        text = text.replace(english, chinese)
    return text


class _Command(typer.core.TyperCommand):
    """A command whose help is in Chinese."""

    def get_help(self, ctx: Any) -> str:
        return _help_in_chinese(super().get_help(ctx))


class _Group(typer.core.TyperGroup):
    """The same for the program itself."""

    def get_help(self, ctx: Any) -> str:
        return _help_in_chinese(super().get_help(ctx))


app = typer.Typer(
    cls=_Group,
    help="督查报告生成：一份台账，一条命令，得到 GB/T 9704 版式的正式报告和全部附件（DOCX 与 PDF）。",
    add_completion=False,
    rich_markup_mode=None,
)


# typer carries Click inside since 0.2x and has no public name for this class; its public children have.
_USAGE_ERROR: type[Exception] = typer.BadParameter.__bases__[0]


class WrongUsage(Exception):
    """A command line that cannot be understood (用法错误)."""


@app.callback()
def _commands() -> None:
    """With a callback typer keeps sub-commands even while there are few."""


@app.command(help="按配置生成报告", cls=_Command)
def build(
    config: Annotated[Path, typer.Argument(metavar="配置", help="配置文件，如 configs/qingping-2026h1.yaml")],
    ledger: Annotated[
        list[Path] | None, typer.Option(metavar="文件", help="换用这份台账（CSV 可写两次，各给一个文件）")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="文件夹", help="输出文件夹")] = Path("out"),
    formats: Annotated[
        str, typer.Option("--format", metavar="格式", help="输出格式，用逗号隔开：docx、pdf、html、txt")
    ] = "docx,pdf",
    strict: Annotated[bool, typer.Option("--strict", help="有警告也算失败")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="结果以 JSON 输出")] = False,
) -> None:
    """Write the report of a configuration and its manifest."""
    from reportgen.generate import MANIFEST, Request, generate
    from reportgen.publish import left_over, publish

    request = Request(config, _formats(formats), tuple(ledger or ()), strict)

    def run() -> tuple[dict[str, Any], tuple[Problem, ...]]:
        with _progress(quiet=as_json) as progress:
            delivery = generate(request, progress)
        beside = left_over(delivery.files, out, MANIFEST)
        publish(delivery.files, out)
        return {"files": [(out / name).as_posix() for name in delivery.files]}, (*delivery.problems, *beside)

    _report(run, _print_files, as_json)


@app.command(help="检查这台机器的字体和排版组件", cls=_Command)
def doctor(
    config: Annotated[
        Path | None, typer.Argument(metavar="配置", help="按这份配置里的 fonts 检查；不写则按默认")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="结果以 JSON 输出")] = False,
) -> None:
    """Say which face will be used for which role, and what is missing."""
    from reportgen.doctor import examine
    from reportgen.generate import configured_fonts

    try:
        found = examine(configured_fonts(config) if config else {})
    except ReportError as fault:
        _fail(fault, as_json)
    if as_json:
        _print_json(found.as_json())
    else:
        _print_problems(found.problems)
        _print_fonts(found.as_json())
    if not found.can_draw:
        raise typer.Exit(EXIT_CODES[EnvironmentLacking])


@app.command(help="检查 Word 或 PDF 文件的格式，谁做的都行", cls=_Command)
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
        _fail(fault, as_json)
    results: list[Checked] = []
    for path in files:
        result = lint_file(path, basis)
        results.append(result)
        if not as_json:
            _print_problems(result.problems)
            print("\n".join(text_lines(result, basis, everything)), flush=True)
            if everything and result.measures:
                _print_measures(result.measure_rows())
    ok = all(result.passes(strict) for result in results)
    if as_json:
        each = [result.as_json(basis, strict, everything) for result in results]
        _print_json(each[0] if len(each) == 1 else {"ok": ok, "files": each})
    elif len(results) > 1:
        print(summary(results))
    if not ok:
        raise typer.Exit(EXIT_CODES[InputError])


def _formats(text: str) -> tuple[str, ...]:
    from reportgen.writers import WRITERS

    names = tuple(dict.fromkeys(name.lower() for name in re.split(r"[,，、\s]+", text) if name))
    unknown = [name for name in names if name not in WRITERS]
    if unknown or not names:
        raise WrongUsage(
            f"没有「{'、'.join(unknown) or text}」这种输出格式。{did_you_mean((*unknown, text)[0], WRITERS)}"
        )
    return names


Result = tuple[dict[str, Any], tuple[Problem, ...]]


def _report(run: Callable[[], Result], show: Callable[[Mapping[str, Any]], None], as_json: bool) -> None:
    """Run, print the result and its problems, and leave with the right exit code."""
    try:
        result, problems = run()
    except ReportError as fault:
        _fail(fault, as_json)
    if as_json:
        _print_json({"ok": True, **result, "problems": [problem.as_json() for problem in problems]})
    else:
        _print_problems(problems)
        show(result)


def _fail(fault: ReportError, as_json: bool) -> NoReturn:
    """Print the problems and leave with the exit code of their kind."""
    if as_json:
        _print_json({"ok": False, "problems": [problem.as_json() for problem in fault.problems]})
    else:
        _print_problems(fault.problems)
    raise typer.Exit(next(code for kind, code in EXIT_CODES.items() if isinstance(fault, kind)))


def _print_json(value: Mapping[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _print_problems(problems: Iterable[Problem]) -> None:
    listed = list(problems)
    for problem in listed:
        print(problem, file=sys.stderr)
    errors = sum(problem.severity is Severity.ERROR for problem in listed)
    if listed:
        print(f"共 {errors} 处错误，{len(listed) - errors} 处警告。", file=sys.stderr)


def _print_files(result: Mapping[str, Any]) -> None:
    print("已生成：")
    for name in result["files"]:
        print(f"  {name}")


def _print_fonts(result: Mapping[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    from reportgen.confine import LIMITS

    table = Table("角色", "规定字体", "将使用", Column("文件", overflow="fold"), "是否同类")
    for row in result["fonts"]:
        same = "是" if row["same_kind"] else "否（代替）"
        table.add_row(row["role"], row["wanted"], row["face"], row["file"], same)
    Console().print(table)
    print(f"查外来文件的限额：{LIMITS}")
    engine = result["pdf_engine"]
    print(f"排版组件：WeasyPrint {engine}" if engine else "排版组件：不能使用，不能生成 PDF")


def _print_measures(rows: Iterable[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    numbers = [Column(name, justify="right") for name in ("实测", "应为", "相差")]
    table = Table(Column("所在处", overflow="fold"), Column("什么", overflow="fold"), *numbers, title="实测")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """A bar on a terminal, a line for each step elsewhere, nothing beside JSON."""
    if quiet:
        yield lambda label, step, steps: None
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("准备")
            yield lambda label, step, steps: bar.update(task, description=label, total=steps, completed=step - 1)
    else:
        yield lambda label, step, steps: print(f"[{step}/{steps}] {label}", file=sys.stderr, flush=True)


def main() -> NoReturn:
    """The command `reportgen`."""
    for stream in (sys.stdout, sys.stderr):  # the console of a Chinese Windows speaks GBK
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(_run())


def _run() -> int:
    try:
        code = app(sys.argv[1:] or ["--help"], standalone_mode=False)
        return code if isinstance(code, int) else 0
    except WrongUsage as fault:
        return _wrong_usage(str(fault))
    except _USAGE_ERROR as fault:
        return _wrong_usage(_in_chinese(fault))
    except (KeyboardInterrupt, typer.Abort):
        print("已中断，原有文件没有改动。", file=sys.stderr)
        return 130
    except Exception:
        traceback.print_exc()
        print("程序内部错误，请把上面的内容交给维护人员；原有文件没有改动。", file=sys.stderr)
        return BUG


def _wrong_usage(what: str) -> int:
    print(f"用法有误：{what}\n    怎么改：运行 reportgen --help 或 reportgen 命令 --help 查看用法", file=sys.stderr)
    return WRONG_USAGE


def _in_chinese(fault: Any) -> str:
    kind = type(fault).__name__
    if kind == "NoSuchOption":
        near = fault.possibilities or ()
        return f"没有选项 {fault.option_name}" + (f"，是否要写 {near[0]}" if near else "")
    if kind == "MissingParameter":
        param = fault.param
        return f"缺少{(param.metavar or param.name) if param else '参数'}"
    if kind == "BadOptionUsage" and "requires an argument" in fault.message:
        return f"选项 {fault.option_name} 后面缺少内容"
    if "No such command" in fault.message:
        name = (re.findall(r"'([^']*)'", fault.message) or [""])[0]
        known = [command.callback.__name__ for command in app.registered_commands if command.callback]
        return f"没有命令「{name}」。{did_you_mean(name, known)}"
    if kind == "BadOptionUsage" and "does not take a value" in fault.message:
        return f"选项 {fault.option_name} 后面不写内容"
    return "参数太多，或写法不对"
