"""The command of proofreading (校核命令): check."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reportgen.cli.shell import EXIT_CODES, Command, WrongUsage, app, fail, print_json
from reportgen.package import WORKBOOK_ENDINGS
from reportgen.problems import InputError, ReportError

if TYPE_CHECKING:
    from reportgen.check import Proofed
    from reportgen.check_basis import CheckBasis


@app.command(help="校核内容：前后数字、项数、时间、重复、标点；配置、台账、Word、PDF 都行", cls=Command)
def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="文件", help="配置（.yaml）、台账（.xlsx 等）、.docx 或 .pdf，可以写几个"),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(metavar="配置", help="查台账、Word、PDF 时，用这份配置里的单位名录、用词、报告期和规则"),
    ] = None,
    checking: Annotated[
        str | None, typer.Option(metavar="规则", help="校核规则名或规则文件；不写则用配置里的，没有配置用 standard")
    ] = None,
    ledger: Annotated[
        list[Path] | None,
        typer.Option(metavar="文件", help="查配置时，换用这份台账（CSV 可写两次，各给一个文件）"),
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="文件", help="另写一份网页（.html）")] = None,
    excel: Annotated[
        Path | None, typer.Option(metavar="文件", help="另写一份台账副本（.xlsx），意见写成批注，并列在「校核意见」表")
    ] = None,
    review: Annotated[
        Path | None, typer.Option(metavar="文件", help="另写一份 Word 审阅副本（.docx），意见写成批注")
    ] = None,
    accept: Annotated[
        list[str] | None, typer.Option(metavar="编号", help="认可这条意见，以后不再提示；可写几次，后面跟 --reason")
    ] = None,
    reason: Annotated[
        list[str] | None, typer.Option(metavar="理由", help="为什么认可；几条意见可以各写一个，也可以共用一个")
    ] = None,
    rules: Annotated[bool, typer.Option("--rules", help="列出各条规则和级别，不校核文件")] = False,
    everything: Annotated[bool, typer.Option("--all", help="同类的全部列出，已认可的也列出")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="有警告也算没有通过")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="结果以 JSON 输出")] = False,
) -> None:
    """Hold a report, or what it is made of, against itself."""
    from reportgen.check import check_file
    from reportgen.check_basis import read_basis
    from reportgen.check_files import acceptances_told
    from reportgen.check_view import as_json as plain
    from reportgen.check_view import summary, text_lines

    reasons = _reasons(accept or [], reason or [])
    outputs = {"--html": html, "--excel": excel, "--review": review}
    _refuse_wrong(files or [], outputs, reasons, rules)
    try:
        basis = read_basis(config, checking)
    except ReportError as fault:
        fail(fault, as_json)
    if rules:
        _print_rules(basis, as_json)
        return
    results: list[Proofed] = []
    for path in files or []:
        result = check_file(path, config, checking, ledgers=ledger or ())
        _refuse_beside(result, config, ledger)
        try:
            result = _written(result, outputs, reasons)
        except ReportError as fault:
            fail(fault, as_json)
        results.append(result)
        if not as_json:
            # They are counted at the end, with what was found.
            for problem in result.problems:
                print(problem, file=sys.stderr, flush=True)
            print("\n".join(text_lines(result, everything)), flush=True)
            if reasons:
                print(f"已认可 {len(reasons)} 条，理由记在：{acceptances_told(result)}")
            for place in filter(None, outputs.values() if result.kind else ()):
                print(f"已写成：{place}")
    ok = all(result.passes(strict) for result in results)
    if as_json:
        each = [plain(result, strict) for result in results]
        print_json(each[0] if len(each) == 1 else {"ok": ok, "files": each})
    elif len(results) > 1:
        print(summary(results))
    if not ok:
        raise typer.Exit(EXIT_CODES[InputError])


def _reasons(keys: Sequence[str], reasons: Sequence[str]) -> dict[str, str]:
    """The reason for each number: its own, or the only one."""
    from reportgen.ledger.acceptances import is_reason
    from reportgen.ledger.tables import MAX_CELL_CHARACTERS
    from reportgen.package import short

    if keys and len(reasons) not in (1, len(keys)):
        raise WrongUsage("每个 --accept 后面写一个 --reason，或几个 --accept 共用一个 --reason")
    if reasons and not keys:
        raise WrongUsage("--reason 要和 --accept 一起写")
    if not all(map(is_reason, reasons)):
        raise WrongUsage("--reason 不能是空的，也不能只写「无」或标点，请写明为什么不改")
    if any(len(each) > MAX_CELL_CHARACTERS for each in reasons):
        raise WrongUsage(f"--reason 太长，最多 {MAX_CELL_CHARACTERS} 字")
    given = [*reasons] * len(keys) if len(reasons) == 1 else reasons
    found: dict[str, str] = {}
    for key, text in zip((key.strip().casefold() for key in keys), map(str.strip, given), strict=True):
        if found.setdefault(key, text) != text:
            raise WrongUsage(f"编号「{short(key)}」写了两次，理由不同，请只写一次")
    return found


_ENDINGS = {"--html": (".html", ".htm"), "--excel": WORKBOOK_ENDINGS, "--review": (".docx",)}


def _refuse_wrong(files: Sequence[Path], outputs: dict[str, Path | None], reasons: dict[str, str], rules: bool) -> None:
    if not files and not rules:
        raise WrongUsage("缺少要查的文件（配置、台账、.docx 或 .pdf）")
    named = [option for option, place in outputs.items() if place]
    if len(files) > 1 and (named or reasons):
        raise WrongUsage(f"{(named or ['--accept'])[0]} 一次只能用于一个文件")
    for option in named:
        place = outputs[option]
        if place and place.suffix.lower() not in _ENDINGS[option]:
            raise WrongUsage(f"{option} 的文件名要以 {_ENDINGS[option][0]} 结尾")


def _refuse_beside(result: Proofed, config: Path | None, ledger: Sequence[Path] | None) -> None:
    """Options that say nothing to this kind of file are refused, not passed over."""
    from reportgen.check import Kind

    if config and result.kind is Kind.CONFIG:
        raise WrongUsage("查配置时不写 --config：被查的文件自己就是配置")
    if ledger and result.kind not in (None, Kind.CONFIG):
        raise WrongUsage("--ledger 只用于查配置")


def _written(result: Proofed, outputs: dict[str, Path | None], reasons: dict[str, str]) -> Proofed:
    """The result with what was accepted; the files that were asked for are written."""
    from reportgen import check_files as files
    from reportgen.check import Kind
    from reportgen.publish import publish_at

    if result.kind is None:
        return result
    html, excel, review = outputs.values()
    if excel and result.ledger is None:
        raise WrongUsage("--excel 只用于台账和配置")
    if review and result.kind not in (Kind.CONFIG, Kind.DOCX):
        raise WrongUsage("--review 只用于配置和 Word 文件")
    own = {os.path.realpath(path) for path in (*result.files, Path(result.file))}
    for option, place in outputs.items():
        if place and os.path.realpath(place) in own:
            raise WrongUsage(f"{option} 要写另一个文件名，不能写成被查的文件")
    if excel and excel.suffix.lower() != files.copy_ending(result):
        raise WrongUsage(f"--excel 的文件名要以 {files.copy_ending(result)} 结尾")
    if reasons:
        result = files.accepted(result, reasons)
    made: dict[Path, bytes] = {}
    stood = _standing(excel)
    if excel:
        files.refuse_to_lose(excel, result)
        copy = files.excel_copy(result)
        made[excel] = copy.value
        result = replace(result, problems=(*result.problems, *copy.problems))
    if review:
        copy = files.word_review(result)
        made[review] = copy.value
        result = replace(result, problems=(*result.problems, *copy.problems))
    if html:
        made[html] = files.html_page(result)
    publish_at(made, lambda: files.refuse_to_lose(excel, result) if excel and _standing(excel) != stood else None)
    return result


def _standing(place: Path | None) -> bytes | None:
    """What stands there now; what cannot be read, publishing tells."""
    try:
        return place.read_bytes() if place and place.is_file() else None
    except OSError:
        return None


def _print_rules(basis: CheckBasis, as_json: bool) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    from reportgen.check_view import rule_rows

    rows = list(rule_rows(basis.settings))
    if as_json:
        print_json({"rules": [{"id": rule, "name": name, "level": level} for rule, name, level in rows]})
        return
    table = Table("规则", Column("名称", overflow="fold"), "级别")
    for row in rows:
        table.add_row(*row)
    Console().print(table)
