"""Accepted findings of proofreading (认可的校核意见): which findings an office lets stand, and why.

They stay with the ledger: in its workbook on a sheet of their own, beside any other file in a CSV. Reading a ledger
passes over the sheet, a collection carries it along.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path

from reportgen.ledger.files.sheet_table import as_table
from reportgen.ledger.files.text import read_csv_table
from reportgen.ledger.files.workbook import Column, SheetText
from reportgen.ledger.files.workbook_edit import set_cells, split_address
from reportgen.ledger.files.workbook_put import put_sheet
from reportgen.ledger.files.xlsx import open_workbook, read_sheet
from reportgen.ledger.tables import HEAD_ROWS, MAX_CELL_CHARACTERS, Cell, Table
from reportgen.ledger.words import header_key, plain_key
from reportgen.limits import held
from reportgen.package import WORKBOOK_ENDINGS, called, short
from reportgen.problems import InputError, Location, Outcome, Problem, Severity, error, warning
from reportgen.source import clean_text

ACCEPTANCE_SHEET = "校核意见"
"""The sheet (校核意见表) of a ledger's workbook on which they stand."""
SIDE_ENDING = ".校核意见.csv"
"""What is added to the name of any other file for the file (旁边的意见文件) in which they stand."""

COLUMNS = {
    "key": Column(title="编号", width=12, centred=True),
    "level": Column(title="级别", width=7, centred=True),
    "rule": Column(title="规则", width=16),
    "spot": Column(title="所在处", width=26),
    "quote": Column(title="摘录", width=30),
    "what": Column(title="问题", width=40),
    "fix": Column(title="建议", width=34),
    "reason": Column(title="认可理由", width=28, editable=True),
}
"""The columns (列) by the field that each holds."""

_SYNONYMS = {"意见编号": "key", "理由": "reason", "认可原因": "reason", "认可的理由": "reason"}
_HEADS = {column.title: name for name, column in COLUMNS.items()} | _SYNONYMS
_ABOVE = (
    "校核意见",
    "认可一条意见：在这一行的「认可理由」里写一句为什么不改（如：口径不同，已与统计局核对），以后不再提示。其他格由程序填写。",
)
_OTHER_WIDTH = 20.0
# What stands in a form where nothing is meant.
_NO_REASON = ("无", "没有", "暂无", "空")
_KEY = re.compile(r"[0-9a-p]{8,10}")
# A program that opens the CSV would take such a text for a formula (CWE-1236), some in the letters of Chinese keyboards
# and behind blanks, too.
_FORMULA_LIKE = re.compile(r"'*(?:\t|\s*[=+\-@＝＋－＠])")
_WORD = re.compile(r"\w")
_TOLD = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """One finding as a row of the list (校核意见的一行); it is accepted if a `reason` is given.

    `others` are the columns that somebody added, `where` is the row's own place, `at` the ledger cell that the finding
    speaks of: the list of an Excel copy leads there.
    """

    key: str
    level: str = ""
    rule: str = ""
    spot: str = ""
    quote: str = ""
    what: str = ""
    fix: str = ""
    reason: str = ""
    others: tuple[tuple[str, str], ...] = ()
    where: Location | None = field(default=None, compare=False)
    at: Location | None = field(default=None, compare=False)


def kept_in(file: Path) -> Path:
    """The file (存放处) that keeps the accepted findings of a file: a ledger's workbook itself, else one beside it."""
    return file if _is_workbook(file.name) else file.with_name(file.name + SIDE_ENDING)


def _is_workbook(name: str) -> bool:
    return name.lower().endswith(WORKBOOK_ENDINGS)


def is_reason(text: str) -> bool:
    """Whether a text tells why (算不算理由): a dash, 无, or characters that nobody sees do not."""
    clean = clean_text(text)[0]
    return bool(_WORD.search(clean)) and plain_key(clean) not in _NO_REASON


# ---- reading


def read_acceptances(blob: bytes, name: str) -> Outcome[tuple[Acceptance, ...]]:
    """The rows (读意见) that a workbook's sheet or a CSV holds; raises `InputError` for a file that cannot be read."""
    table = list_table(blob, name)
    return acceptances_in(table) if table else Outcome(())


def list_table(blob: bytes, name: str) -> Table | None:
    """The list as it stands in the file (意见表原样); None for a workbook without that sheet, or with an empty one."""
    if not _is_workbook(name):
        return read_csv_table(blob, name).value
    with open_workbook(blob, name) as workbook:
        for index, title in enumerate(workbook.titles):
            if is_acceptance_title(title):
                table = as_table(read_sheet(workbook, index))
                return table if table.rows else None
    return None


def is_acceptance_title(title: str) -> bool:
    """Whether a sheet is called as the list is (表名)."""
    return plain_key(title) == ACCEPTANCE_SHEET


def has_acceptances(table: Table) -> bool:
    """Whether a table is such a list (是否校核意见表): an office may call a sheet of its own so."""
    return is_acceptance_title(table.name) and _head(table) is not None


def acceptances_in(table: Table) -> Outcome[tuple[Acceptance, ...]]:
    """The rows (表里的意见) of the list, each finding once, and what is wrong with it in sentences."""
    head = _head(table)
    if head is None:
        return Outcome((), (replace(no_head(table), severity=Severity.WARNING),))
    problems: list[Problem] = []
    found: dict[str, Acceptance] = {}
    for row in table.rows[head.top + 1 :]:
        each = _acceptance(row, head, problems)
        if each is None:
            continue
        first = found.setdefault(each.key, each)
        if first is each or first.reason == each.reason or not each.reason:
            continue
        if not first.reason:
            found[each.key] = replace(each, others=each.others or first.others)
            continue
        what = f"意见 {short(each.key)} 有两行，认可理由不同，用前面一行的「{short(first.reason, 40)}」"
        related = [first.where] if first.where else []
        problems.append(warning("accept.twice", what, "请只留一行", each.where, related))
    return Outcome(tuple(found.values()), tuple(problems))


def accepted_in(tables: Iterable[Table]) -> Outcome[tuple[Acceptance, ...]]:
    """The rows that a person wrote into (认可的意见), in whichever of a workbook's tables is the list."""
    for table in tables:
        if has_acceptances(table):
            read = acceptances_in(table)
            return Outcome(worth_keeping(read.value), read.problems)
    return Outcome(())


def strange_cells(table: Table) -> Iterator[Cell]:
    """What stands on the list's sheet and would not be written again (表外内容): cells without a head or a number."""
    head = _head(table)
    if head is None:
        return
    known = {*head.places.values(), *(i for i, _ in head.others)}
    for number, row in enumerate(table.rows):
        if number == head.top:
            continue
        below, keyed = number > head.top, plain_key(row[head.places["key"]].text)
        for i, cell in enumerate(row):
            own = (keyed and i in known) if below else _is_ours(cell.text)
            if cell.text.strip() and not own:
                yield cell


_COUNT_LINE = re.compile(r"意见共\d+条,这里列出\d+条。")


def _is_ours(text: str) -> bool:
    """Whether a line above the head is the program's."""
    key = plain_key(text)
    return key in map(plain_key, _ABOVE) or bool(_COUNT_LINE.fullmatch(key))


@dataclass(frozen=True, slots=True)
class _Head:
    """The row of the head, which column holds which field, and the headers of the columns that somebody added."""

    top: int
    places: dict[str, int]
    others: tuple[tuple[int, str], ...]


def _head(table: Table) -> _Head | None:
    for top, row in enumerate(table.rows[:HEAD_ROWS]):
        places: dict[str, int] = {}
        others: list[tuple[int, str]] = []
        for i, cell in enumerate(row):
            name = _HEADS.get(header_key(cell.text))
            if name and name not in places:
                places[name] = i
            elif cell.text.strip():
                others.append((i, cell.text.strip()))
        if {"key", "reason"} <= places.keys():
            return _Head(top, places, tuple(others))
    return None


def no_head(table: Table) -> Problem:
    """What is wrong with a list whose head is spoilt (表头认不出), or with another sheet of its name."""
    what = f"「{called(table.name)}」里找不到「编号」和「认可理由」两列，认可的意见都没有采用"
    listed = "、".join(column.title for column in COLUMNS.values())
    return error("accept.no-head", what, f"请恢复表头：{listed}；这张表另有他用的，请改名", table.where)


def _acceptance(row: Sequence[Cell], head: _Head, problems: list[Problem]) -> Acceptance | None:
    texts = {name: _unguarded(row[i].text.strip()) for name, i in head.places.items()}
    others = tuple((title, text) for i, title in head.others if (text := _unguarded(row[i].text.strip())))
    cell = row[head.places["reason"]]
    reason, faults = texts.pop("reason"), cell.faults
    problems += [replace(fault, severity=Severity.WARNING) for fault in faults]
    key = plain_key(texts.pop("key")).casefold()
    if reason and (faults or not _WORD.search(reason)):
        reason = ""
    elif plain_key(reason) in _NO_REASON:
        what = f"「{short(reason)}」不是理由，这条意见没有认可"
        problems.append(warning("accept.no-reason", what, "请写明为什么不改；不认可的，请清空这一格", cell.where))
        reason = ""
    if not key:
        if reason:
            what = f"这一行填了认可理由「{short(reason, 40)}」，却没有编号，没有采用"
            problems.append(warning("accept.no-key", what, "请从校核结果里抄来编号", row[head.places["key"]].where))
        return None
    if reason and not _KEY.fullmatch(key):
        what = f"「{short(key)}」不是意见编号，这一行的认可理由没有采用"
        problems.append(warning("accept.bad-key", what, "请从校核结果里抄来编号", row[head.places["key"]].where))
    where = cell.merged or cell.where
    found = {name: texts.get(name, "") for name in COLUMNS}
    return Acceptance(
        key=key,
        level=found["level"],
        rule=found["rule"],
        spot=found["spot"],
        quote=found["quote"],
        what=found["what"],
        fix=found["fix"],
        reason=reason,
        others=others,
        where=where,
    )


def unfound(kept: Sequence[Acceptance], keys: Collection[str], name: str) -> Iterator[Problem]:
    """What to tell of accepted findings that are no findings any more (已无对应的意见): they stay in the list."""
    gone = [each for each in kept if each.reason and each.key not in keys and _KEY.fullmatch(each.key)]
    if gone:
        listed = "、".join(each.key for each in gone[:_TOLD]) + ("等" if len(gone) > _TOLD else "")
        what = f"认可过的 {len(gone)} 条意见这次没有出现（文字可能已经改过）：{listed}"
        fix = "不用处理，认可理由仍留着；不要的可以删去这一行"
        where = gone[0].where or Location(file=name)
        yield warning("accept.unfound", what, fix, where)


def with_reasons(rows: Sequence[Acceptance], kept: Sequence[Acceptance]) -> tuple[Acceptance, ...]:
    """The findings of this run as rows of the list (列出意见) with the reasons that were kept.

    Below them come the rows that were accepted, or written into, and are no findings any more.
    """
    known = {each.key: each for each in kept}
    listed = [
        replace(row, reason=row.reason or known[row.key].reason, others=known[row.key].others)
        if row.key in known
        else row
        for row in rows
    ]
    keys = {row.key for row in rows}
    return (*listed, *(each for each in worth_keeping(kept) if each.key not in keys))


def worth_keeping(rows: Sequence[Acceptance]) -> tuple[Acceptance, ...]:
    """The rows in which a person wrote something (有人填写的行); all others can be found again."""
    return tuple(each for each in rows if each.reason or each.others)


# ---- writing


def acceptance_sheet(rows: Sequence[Acceptance]) -> SheetText:
    """The list as a sheet (写成工作表); of more findings than a sheet can be read with, those accepted all come."""
    listed = _readable(rows)
    head, lines = _lines(listed)
    known = {column.title: column for column in COLUMNS.values()}
    columns = tuple(known.get(title) or Column(title=title, width=_OTHER_WIDTH) for title in head)
    above = _ABOVE if len(listed) == len(rows) else (*_ABOVE, f"意见共 {len(rows)} 条，这里列出 {len(listed)} 条。")
    return SheetText(name=ACCEPTANCE_SHEET, columns=columns, rows=lines, above=above, filtered=bool(lines))


def acceptance_csv(rows: Sequence[Acceptance]) -> bytes:
    """The list as CSV (写成 CSV), with the mark by which Excel knows UTF-8."""
    head, lines = _lines(_readable(rows))
    return _csv([[*map(_guarded, line)] for line in (head, *lines)])


def _csv(lines: Sequence[Sequence[str]]) -> bytes:
    stream = StringIO(newline="")
    csv.writer(stream).writerows(lines)
    return stream.getvalue().encode("utf-8-sig")


def _readable(rows: Sequence[Acceptance]) -> Sequence[Acceptance]:
    """So many rows as can be read again, and before all those in which a person wrote."""
    most = held().tables.rows
    if len(rows) <= most:
        return rows
    room = most - len(worth_keeping(rows))
    kept = []
    for row in rows:
        if not (row.reason or row.others):
            room -= 1
            if room < 0:
                continue
        kept.append(row)
    return kept[:most]


def _lines(rows: Sequence[Acceptance]) -> tuple[list[str], list[list[str]]]:
    others = list(dict.fromkeys(title for row in rows for title, _ in row.others))
    head = [*(column.title for column in COLUMNS.values()), *others]
    return head, [
        [
            *(_cell_text(getattr(row, name)) for name in COLUMNS),
            *(_cell_text(dict(row.others).get(t, "")) for t in others),
        ]
        for row in rows
    ]


def _cell_text(text: str) -> str:
    return clean_text(text)[0][:MAX_CELL_CHARACTERS]


def _guarded(text: str) -> str:
    return f"'{text}" if _FORMULA_LIKE.match(text) else text


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and _FORMULA_LIKE.match(text) else text


def accept(blob: bytes | None, name: str, rows: Sequence[Acceptance]) -> bytes:
    """The file with these findings accepted (记下认可): their rows added, or their reasons renewed.

    In a workbook nothing else changes. `blob` is None where there is no CSV yet. Raises `InputError` for a file that
    cannot be read or must not be changed.
    """
    table = list_table(blob, name) if blob is not None else None
    if table is not None and table.rows and _head(table) is None:
        raise InputError([no_head(table)])
    if not _is_workbook(name):
        return _accepted_in_csv(table, rows) if table is not None and table.rows else acceptance_csv(rows)
    if blob is None:
        raise InputError([error("accept.no-ledger", f"没有「{called(name)}」", "请检查文件名", Location(file=name))])
    if table is None:
        return put_sheet(blob, acceptance_sheet(rows), name)
    return _accepted_in_sheet(blob, name, table, rows)


def _accepted_in_csv(table: Table, rows: Sequence[Acceptance]) -> bytes:
    """The CSV with these rows renewed or added; all else that an office wrote into it stays."""
    head = _head(table)
    assert head, "refused above"
    lines = [[cell.text for cell in row] for row in table.rows]
    standing = {plain_key(line[head.places["key"]]).casefold(): line for line in reversed(lines[head.top + 1 :])}
    for each in {row.key: row for row in rows}.values():
        line = standing.get(each.key)
        if line is None:
            line = [""] * len(lines[head.top])
            for name, i in head.places.items():
                line[i] = _guarded(_cell_text(getattr(each, name)))
            lines.append(line)
        line[head.places["reason"]] = _guarded(_cell_text(each.reason))
    return _csv(lines)


def _accepted_in_sheet(blob: bytes, name: str, table: Table, rows: Sequence[Acceptance]) -> bytes:
    head = _head(table)
    assert head, "refused above"
    body = table.rows[head.top + 1 :]
    standing = {plain_key(row[head.places["key"]].text).casefold(): row for row in reversed(body)}
    numbers = [split_address(row[0].where.cell or "")[0] for row in table.rows]
    last, spare = numbers[-1], numbers[-1]
    letters = {key: re.sub(r"\d", "", table.rows[0][i].where.cell or "") for key, i in head.places.items()}
    texts: dict[tuple[str, str], str] = {}
    like: dict[tuple[str, int], int] = {}
    for each in {row.key: row for row in rows}.values():
        row = standing.get(each.key)
        if row is not None:
            cell = row[head.places["reason"]]
            texts[table.name, (cell.merged or cell.where).cell or ""] = each.reason
            continue
        spare += 1
        like[table.name, spare] = last if body else 0
        texts |= {(table.name, f"{at}{spare}"): _cell_text(getattr(each, key)) for key, at in letters.items()}
    return set_cells(blob, texts, name, replace=True, like=like)
