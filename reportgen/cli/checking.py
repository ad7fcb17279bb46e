"""The command of proofreading (校核命令): check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reportgen.cli.shell import EXIT_CODES, Command, app, fail, print_json, print_problems
from reportgen.problems import InputError, ReportError


@app.command(help="校核内容：前后数字、项数、时间、重复、标点；配置、台账、Word、PDF 都行", cls=Command)
def check(
    files: Annotated[
        list[Path], typer.Argument(metavar="文件", help="配置（.yaml）、台账（.xlsx 等）、.docx 或 .pdf，可以写几个")
    ],
    config: Annotated[
        Path | None,
        typer.Option(metavar="配置", help="查台账、Word、PDF 时，用这份配置里的单位名录、用词、报告期和规则"),
    ] = None,
    checking: Annotated[
        str | None, typer.Option(metavar="规则", help="校核规则名或规则文件；不写则用配置里的，没有配置用 standard")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="同类的全部列出")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="有提醒也算没有通过")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="结果以 JSON 输出")] = False,
) -> None:
    """Hold a report, or what it is made of, against itself."""
    from reportgen.check import Proofed, check_file
    from reportgen.check_basis import read_basis
    from reportgen.check_view import as_json as plain
    from reportgen.check_view import summary, text_lines

    try:
        read_basis(config, checking)
    except ReportError as fault:
        fail(fault, as_json)
    results: list[Proofed] = []
    for path in files:
        result = check_file(path, config, checking)
        results.append(result)
        if not as_json:
            print_problems(result.problems)
            print("\n".join(text_lines(result, everything)), flush=True)
    ok = all(result.passes(strict) for result in results)
    if as_json:
        each = [plain(result, strict) for result in results]
        print_json(each[0] if len(each) == 1 else {"ok": ok, "files": each})
    elif len(results) > 1:
        print(summary(results))
    if not ok:
        raise typer.Exit(EXIT_CODES[InputError])
