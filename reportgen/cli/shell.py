"""The shell of every command (命令的外壳): the app, exit codes, and how results and problems are printed.

Exit codes: 0 done · 1 problems found · 2 wrong usage · 3 this machine cannot render · 4 cannot write · 70 a bug ·
130 stopped by Ctrl-C · 143 and 129 stopped by whoever ends processes, and by the end of the session.
"""

from __future__ import annotations

import errno
import gc
import json
import os
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import typer
import typer.core

from reportgen.pdf_engine import PdfEngine
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
WRONG_USAGE, BUG, INTERRUPTED = 2, 70, 130
# What writing to a closed pipe and into a log on a full disk come to; faults of files are told as such elsewhere.
_NOBODY_LISTENS = (errno.EPIPE, errno.ENOSPC)

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
    "[文件]...": "文件…",
}


def _help_in_chinese(text: str) -> str:
    for english, chinese in _HELP_WORDS.items():
        text = text.replace(english, chinese)
    return text


class Command(typer.core.TyperCommand):
    """A command whose help is in Chinese."""

    def get_help(self, ctx: Any) -> str:
        return _help_in_chinese(super().get_help(ctx))

    def invoke(self, ctx: Any) -> Any:
        """Run it by the limits of the configuration that it is given."""
        said = ctx.params.get("config") or ctx.params.get("style")
        if not said or not str(said).lower().endswith((".yaml", ".yml", ".json")):
            return super().invoke(ctx)
        from reportgen.template.limits_block import limits_of

        with limits_of(Path(said)):
            return super().invoke(ctx)


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


Result = tuple[dict[str, Any], tuple[Problem, ...]]


def report(run: Callable[[], Result], show: Callable[[Mapping[str, Any]], None], as_json: bool) -> None:
    """Run, print the result and its problems, and leave with the right exit code."""
    try:
        result, problems = run()
    except ReportError as fault:
        fail(fault, as_json)
    if as_json:
        print_json({"ok": True, **result, "problems": [problem.as_json() for problem in problems]})
    else:
        print_problems(problems)
        show(result)


def fail(fault: ReportError, as_json: bool) -> NoReturn:
    """Print the problems and leave with the exit code of their kind."""
    if as_json:
        print_json({"ok": False, "problems": [problem.as_json() for problem in fault.problems]})
    else:
        print_problems(fault.problems)
    raise typer.Exit(next(code for kind, code in EXIT_CODES.items() if isinstance(fault, kind)))


def print_json(value: Mapping[str, Any]) -> None:
    """A result as JSON (以 JSON 输出)."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def print_problems(problems: Iterable[Problem]) -> None:
    """The problems (问题) and their count, on the error stream."""
    listed = list(problems)
    for problem in listed:
        print(problem, file=sys.stderr)
    errors = sum(problem.severity is Severity.ERROR for problem in listed)
    if listed:
        print(f"共 {errors} 处错误，{len(listed) - errors} 处警告。", file=sys.stderr)


def print_files(result: Mapping[str, Any]) -> None:
    """The files (已生成的文件) of a result."""
    print("已生成：")
    for name in result["files"]:
        print(f"  {name}")


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
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


# Where nobody watches a bar, a line comes this often: seconds, and parts of the whole.
_LINE_SECONDS, _LINES = 5.0, 10


@contextmanager
def counted_progress(unit: str, *, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Progress of many alike (逐份进度): what is done, how many of how many `unit`, at which rate, and how long still.

    A bar on a terminal; elsewhere a line at the start and then every few seconds; nothing beside JSON.
    """
    if quiet:
        yield lambda label, done, total: None
    elif sys.stderr.isatty():
        with _counting_bar(unit) as told:
            yield told
    else:
        yield _CountedLines(unit).told


@contextmanager
def _counting_bar(unit: str) -> Iterator[Callable[[str, int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TextColumn("{task.fields[counts]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True, expand=True) as bar:
        task = bar.add_task("准备", total=None, counts="")
        step, begun = "", 0.0

        def told(label: str, done: int, total: int) -> None:
            nonlocal step, begun
            now = time.monotonic()
            if step != label:  # the rate is that of this step alone
                step, begun = label, now
                bar.reset(task, description=label, total=total or None)
            rate = done / (now - begun) if done and now > begun else None
            bar.update(task, completed=done, counts=_counts(done, total, unit, rate) if total else "")

        yield told


class _CountedLines:
    """A line now and then: the first, the last, and those between that nobody has to wait for too long."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._label = ""
        self._begun = self._said = self._done = 0.0

    def told(self, label: str, done: int, total: int) -> None:
        now = time.monotonic()
        if label != self._label:
            self._label, self._begun, self._said, self._done = label, now, now, done
            whole = f"，共 {total} {self._unit}" if total else ""
            print(f"{label}{whole}", file=sys.stderr, flush=True)
            return
        waited, more = now - self._said, done - self._done
        is_last = done == total
        if is_last or waited >= _LINE_SECONDS or (waited >= 1 and more * _LINES >= total):
            self._said, self._done = now, done
            rate = done / (now - self._begun) if now > self._begun else None
            print(f"{label} {_counts(done, total, self._unit, rate)}", file=sys.stderr, flush=True)


def _counts(done: int, total: int, unit: str, rate: float | None) -> str:
    text = f"{done}/{total}"
    if rate:
        text += f"  {rate:.1f} {unit}/秒"
        if done < total:
            text += f"  还需 {duration((total - done) / rate)}"
    return text


def duration(seconds: float) -> str:
    """A time to wait (还需多久), in the two largest parts."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return f"{minutes // 60} 小时 {minutes % 60} 分"
    return f"{minutes} 分 {rest:02d} 秒" if minutes else f"{rest} 秒"


def formats_in(text: str) -> tuple[str, ...]:
    """The output formats (输出格式) that an option names; raises `WrongUsage` for others."""
    from reportgen.writers import WRITERS

    names = tuple(dict.fromkeys(name.lower() for name in re.split(r"[,，、\s]+", text) if name))
    unknown = [name for name in names if name not in WRITERS]
    if unknown or not names:
        raise WrongUsage(
            f"没有「{'、'.join(unknown) or text}」这种输出格式。{did_you_mean((*unknown, text)[0], WRITERS)}"
        )
    return names


PDF_ENGINE_HELP = "PDF 用哪个引擎排版：weasyprint、typst；不写则按配置"
"""What `--pdf-engine` is for (选项说明), in each command that has it."""


def pdf_engine_in(name: str | None) -> PdfEngine | None:
    """The engine of the pages (排版引擎) that an option names, None for the configuration's; else `WrongUsage`."""
    if name is None:
        return None
    known = [engine.value for engine in PdfEngine]
    if name.strip().lower() not in known:
        raise WrongUsage(f"没有「{name}」这种排版引擎。{did_you_mean(name, known)}")
    return PdfEngine(name.strip().lower())


def run_app() -> NoReturn:
    """Run the command (运行命令) and leave with its exit code."""
    # Nothing that a ledger is read into refers to itself: looking for such rings every 700 objects is a tenth of a run.
    gc.set_threshold(50_000, 20, 50)
    _fill_closed_streams()
    _end_well()
    for stream in (sys.stdout, sys.stderr):  # the console of a Chinese Windows speaks GBK
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(_run())


def _fill_closed_streams() -> None:
    """Nothing takes what is said where a stream is closed (关闭的输出), and no file of a run gets its number."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115


def _end_well() -> None:
    """Who ends the program otherwise than by Ctrl-C finds as little left behind (被终止)."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:  # `nohup` ignores the end of the session
            signal.signal(number, _interrupt)


_ended_by: list[int] = []


def _interrupt(number: int, _: FrameType | None) -> None:
    if not _ended_by:  # who waits for the end and asks again must not disturb it
        _ended_by.append(number)
        raise KeyboardInterrupt


def _run() -> int:
    try:
        code = app(sys.argv[1:] or ["--help"], standalone_mode=False)
        if code == INTERRUPTED:  # typer takes Ctrl-C for an exit like any other
            raise KeyboardInterrupt
        return code if isinstance(code, int) else 0
    except WrongUsage as fault:
        return _wrong_usage(str(fault))
    except _USAGE_ERROR as fault:
        return _wrong_usage(_in_chinese(fault))
    except (KeyboardInterrupt, typer.Abort):
        # Maybe just when all was in its place.
        print("已中断。要写的文件，或者全是原来的，或者全是新的。", file=sys.stderr)
        return 128 + _ended_by[0] if _ended_by else INTERRUPTED
    except Exception as fault:
        if isinstance(fault, OSError) and fault.filename is None and fault.errno in _NOBODY_LISTENS:
            print("结果没有写出来：接收的一头已经关闭，或磁盘空间不足；文件是否换新，请看输出文件夹。", file=sys.stderr)
            return EXIT_CODES[CannotWrite]
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
        if param is None:
            return "缺少参数"
        # Of an option the reader must learn its name, of an argument its place is enough.
        option = f" {param.opts[0]} " if param.param_type_name == "option" else ""
        return f"缺少{option}{param.metavar or param.name}"
    if kind == "BadOptionUsage" and "requires an argument" in fault.message:
        return f"选项 {fault.option_name} 后面缺少内容"
    if "No such command" in fault.message:
        name = (re.findall(r"'([^']*)'", fault.message) or [""])[0]
        known = [each.name or each.callback.__name__ for each in app.registered_commands if each.callback]
        return f"没有命令「{name}」。{did_you_mean(name, known)}"
    if kind == "BadOptionUsage" and "does not take a value" in fault.message:
        return f"选项 {fault.option_name} 后面不写内容"
    return "参数太多，或写法不对；文件名里有空格的，要加引号"
