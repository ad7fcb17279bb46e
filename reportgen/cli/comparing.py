"""The command of comparing (比对命令): compare."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reportgen.cli.shell import (
    EXIT_CODES,
    Command,
    WrongUsage,
    app,
    counted_progress,
    fail,
    print_json,
    print_problems,
)
from reportgen.problems import InputError, ReportError, did_you_mean

if TYPE_CHECKING:
    from reportgen.compare import Compared, Request
    from reportgen.comparison.model import Layer


@app.command(help="比对两份文件（Word、PDF、表格、文本），或两个文件夹、两个压缩包：哪里不一样", cls=Command)
def compare(
    first: Annotated[Path, typer.Argument(metavar="原文件", help="原来的文件、文件夹或 .zip")],
    second: Annotated[Path, typer.Argument(metavar="现文件", help="现在的文件、文件夹或 .zip")],
    layer: Annotated[
        str | None,
        typer.Option(
            metavar="层次",
            help="只比这些：text 文字、structure 结构、style 样式、page 版面，用逗号隔开；不写则能比的都比",
        ),
    ] = None,
    ignore: Annotated[Path | None, typer.Option(metavar="文件", help="忽略规则（.yaml）：哪些差异不计，为什么")] = None,
    html: Annotated[Path | None, typer.Option(metavar="文件", help="另写一份网页（.html），两边对照着看")] = None,
    everything: Annotated[bool, typer.Option("--all", help="全部列出，不计的和略过的也列出")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="有警告也算不一样")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="结果以 JSON 输出")] = False,
) -> None:
    """Hold two files or folders against each other."""
    from reportgen.compare import compare_paths
    from reportgen.compare_view import as_json as plain
    from reportgen.compare_view import text_lines

    layers = _layers(layer)
    _refuse_wrong(html, first, second, ignore)
    try:
        request = _request(layers, ignore, keep=html is not None)
        with counted_progress("对", quiet=as_json or _are_files(first, second)) as told:
            compared = compare_paths(first, second, request, told)
        if html:
            _write(html, compared)
    except ReportError as fault:
        fail(fault, as_json)
    if as_json:
        print_json(plain(compared, strict))
    else:
        print_problems(compared.every_problem())
        sys.stderr.flush()
        print("\n".join(text_lines(compared, everything)))
        if html:
            print(f"已写成：{html}")
    if not compared.passes(strict):
        raise typer.Exit(EXIT_CODES[InputError])


def _layers(text: str | None) -> frozenset[Layer]:
    from reportgen.comparison.model import Layer, layers_named

    if text is None:
        return frozenset()
    layers, unknown = layers_named(text)
    if unknown or not layers:
        choices = [layer.value for layer in Layer]
        raise WrongUsage(f"没有「{'、'.join(unknown) or text}」这种层次。{did_you_mean((*unknown, text)[0], choices)}")
    return layers


def _refuse_wrong(html: Path | None, *read: Path | None) -> None:
    if html is None:
        return
    if html.suffix.lower() not in (".html", ".htm"):
        raise WrongUsage("--html 的文件名要以 .html 结尾")
    if os.path.realpath(html) in {os.path.realpath(path) for path in read if path}:
        raise WrongUsage("--html 要写另一个文件名，不能写成被比的文件")
    place = os.path.realpath(html)
    for path in read:
        # It might replace one of the files, and would itself be compared the next time.
        if path and os.path.isdir(path) and place.startswith(os.path.join(os.path.realpath(path), "")):
            raise WrongUsage("--html 请写到别的文件夹，不要写进被比的文件夹")


def _request(layers: frozenset[Layer], ignore: Path | None, keep: bool) -> Request:
    from reportgen.compare import Request
    from reportgen.comparison.files.ignoring import NOTHING_IGNORED

    if ignore is None:
        return Request(layers=layers, ignoring=NOTHING_IGNORED, keep=keep)
    from reportgen.comparison.files.ignoring_file import read_ignoring

    return Request(layers=layers, ignoring=read_ignoring(ignore), keep=keep)


def _are_files(first: Path, second: Path) -> bool:
    """Whether there is nothing to watch: two files are compared before a bar stands."""
    return not any(os.path.isdir(path) or path.suffix.lower() == ".zip" for path in (first, second))


def _write(place: Path, compared: Compared) -> None:
    from reportgen.pages.comparing import comparison_page
    from reportgen.publish import publish_at

    publish_at({place: comparison_page(compared)})
