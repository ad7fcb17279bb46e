"""An issued report (已印发的报告) back to the ledger that it was made from: tables, verdicts, wording."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from reportgen.issued.body import Told, Usual, by_position, read_body
from reportgen.issued.counts import count_problems
from reportgen.issued.joined import merges_categories
from reportgen.issued.kinds import Kind, Kinds, Recognised, annex_names, is_annex_list, recognise
from reportgen.issued.rows import KindRows, read_kind
from reportgen.ledger.files.contents import Contents, Passage
from reportgen.ledger.ids import with_ids
from reportgen.ledger.model import STATUSES, Entry, Ledger, Sheet
from reportgen.ledger.tables import Table
from reportgen.ledger.units import Register
from reportgen.ledger.words import STANDARD_WORDS, Words, plain_key
from reportgen.package import called, short
from reportgen.problems import InputError, Location, Outcome, Problem, error, has_errors, warning


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedTable:
    """One table as it was recognised (认表结果): which, as what, on what evidence, with how many rows."""

    name: str
    kind: Kind
    title: str
    evidence: str
    rows: int
    continues: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """An issued report as it was read (导入结果).

    `renumbered` rows had no number of their own, `phrases` were found in the body. `unread` are the tables that by
    their title belong to the ledger, and are not in it.
    """

    ledger: Ledger
    tables: tuple[IssuedTable, ...]
    unread: tuple[str, ...]
    renumbered: int
    phrases: int


def read_issued(
    contents: Contents,
    usual: Usual,
    words: Words = STANDARD_WORDS,
    register: Register | None = None,
    on: date | None = None,
) -> Outcome[Issued]:
    """The ledger of an issued report; raises `InputError` where no table is one of a ledger's.

    `on` is the day for which names of units count.
    """
    kinds = recognise(contents, words)
    if not kinds.tables:
        raise InputError([*kinds.problems, _no_table(contents)])
    problems: list[Problem] = []
    merging = any(map(merges_categories, kinds.tables))
    read = [
        read_kind(kind, tables, words, register, on, merging)
        for kind in Kind
        if (tables := [one for one in kinds.tables if one.kind is kind])
    ]
    problems += [problem for each in read for problem in each.problems]
    if has_errors(problems):
        raise InputError([*kinds.problems, *problems])
    problems = [*kinds.problems, *problems]
    by_kind = {each.kind: each.entries for each in read}
    body = _body(contents, kinds)
    tasks = _tasks(kinds, by_kind)
    lagging = [entry for entry in tasks if entry.judgement == STATUSES[1]]
    goals = by_kind.get(Kind.GOALS, ())
    told = read_body(body, goals, lagging, words, register, usual)
    worded = by_position(lagging, told.lagging)
    tasks = [worded.get(id(entry), entry) for entry in tasks]
    ledger = with_ids(Ledger(file=contents.file, goals=_numbered(told.goals), tasks=_numbered(tasks)))
    problems += told.problems
    problems += _without_judgement(ledger, kinds)
    problems += count_problems(list(contents.passages), _found(ledger))
    problems += _unread_text(body, told)
    issued = Issued(
        ledger=ledger,
        tables=tuple(_shown(kinds.tables, read)),
        unread=tuple(table.name for table in kinds.unread),
        renumbered=sum(each.renumbered for each in read),
        phrases=told.phrases,
    )
    return Outcome(issued, tuple(problems))


def _shown(tables: Sequence[Recognised], read: Sequence[KindRows]) -> Iterator[IssuedTable]:
    rows = {each.kind: iter(each.rows) for each in read}
    for one in tables:
        yield IssuedTable(
            name=one.table.name,
            kind=one.kind,
            title=one.title,
            evidence=one.evidence,
            rows=next(rows[one.kind]),
            continues=one.continues,
        )


def _no_table(contents: Contents) -> Problem:
    count = sum(1 for _ in contents.tables)
    held = f"有 {count} 张表，但没有一张认得出" if count else "没有表格，只有文字"
    what = f"「{called(contents.file)}」里{held}，没有可导入的台账内容"
    fix = "请确认选对了文件；台账内容要在表格里，表头至少有「工作任务」或「预期目标」，以及责任单位、进展情况等列"
    return error("import.no-table", what, fix, Location(file=contents.file))


def _body(contents: Contents, kinds: Kinds) -> list[Passage]:
    """The passages that are no table's title and stand in no annex list (正文)."""
    titles = {id(passage) for one in kinds.tables for passage in one.titles}
    names = set(annex_names(contents).values())
    body = []
    for passage in contents.passages:
        entry = re.sub(r"^(?:附件[:：])?\d{1,2}[.．、]", "", plain_key(passage.text))
        if id(passage) not in titles and not is_annex_list(passage.text) and entry not in names:
            body.append(passage)
    return body


def _tasks(kinds: Kinds, by_kind: Mapping[Kind, tuple[Entry, ...]]) -> list[Entry]:
    """The tasks of all annexes, in the order in which the annexes stand."""
    order = dict.fromkeys(one.kind for one in kinds.tables if one.kind is not Kind.GOALS)
    return [entry for kind in order for entry in by_kind.get(kind, ())]


def _numbered(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    return tuple(replace(entry, given_no=str(number)) for number, entry in enumerate(entries, 1))


def _found(ledger: Ledger) -> dict[Kind, int]:
    """How many entries of each kind there are; no status, no number to compare."""
    found = {Kind.GOALS: len(ledger.goals), Kind.TASKS: len(ledger.tasks)}
    for kind in (Kind.LAGGING, Kind.NORMAL):
        count = sum(entry.judgement == kind.judgement for entry in ledger.tasks)
        if count or not any(not entry.judgement for entry in ledger.tasks):
            found[kind] = count
    return found


def _without_judgement(ledger: Ledger, kinds: Kinds) -> Iterator[Problem]:
    for sheet, code, name, why, when in (
        (
            *(Sheet.GOALS, "import.no-verdict", "评价", "正文里没有读到哪些目标符合预期、哪些不达预期"),
            "生成报告前要填，空着不能生成",
        ),
        (
            *(Sheet.TASKS, "import.no-status", "推进情况", "文件没有按正常推进、推进较为滞后分成附件"),
            "生成分正常、滞后的报告前要填，只出一张任务表的可以空着",
        ),
    ):
        empty = [entry for entry in ledger.entries(sheet) if not entry.judgement]
        if empty:
            first = next(one.table for one in kinds.tables if one.kind.sheet is sheet)
            what = f"{len(empty)} 项{sheet.value}没有「{name}」，如「{short(empty[0].text)}」：{why}"
            fix = f"请在台账的「{name}」列填写；{when}"
            yield warning(code, what, fix, empty[0].where("text") or _place(first))


def _place(table: Table) -> Location:
    return table.where


_NO_DATA = re.compile(r"(?:19|20)\d\d年?|\d{1,2}(?:[-—–－~～至到]\d{1,2})?月(?:份|底|末)?|\d{1,2}日|〔\d+〕\d+号")
_BESIDE_PERIOD = re.compile(
    r"与(?:上期|(?:\d{4}年)?(?:\d{1,2}[-—–－~～至到]\d{1,2}月|上半年|前三季度|[一二三四]季度))相比，"
)
_CHANGES = re.compile(r"项（.*(?:转为正常|不再列入|没有更新)|新列入\d+项|滞后任务中，新增\d+项")
_NO_TEXT = re.compile(r"抄送|分送|附件|签发人|印发$")


def _unread_text(body: Sequence[Passage], told: Told) -> Iterator[Problem]:
    """One warning with the sentences that hold figures and of which nothing went into the ledger."""
    used = {id(passage) for passage in told.used}
    left = []
    for passage in body:
        key = plain_key(passage.text)
        sentence = key.endswith(("。", ";", "）", ")")) and not _NO_TEXT.search(key)
        if id(passage) not in used and sentence and re.search(r"\d", _NO_DATA.sub("", key)):
            left.append(passage)
    left = [passage for passage in left if not _only_counts(passage) and not _of_changes(passage)]
    if left:
        what = f"正文有 {len(left)} 段带数字的话没有进入台账，第一段是「{short(left[0].text, 40)}」"
        fix = "请看一看；需要的，请填到台账相应条目的「报告用语」里"
        yield warning("import.unread-text", what, fix, left[0].where, [passage.where for passage in left[1:6]])


def _of_changes(passage: Passage) -> bool:
    """Whether a passage tells the changes between two periods, which are made of both ledgers (两期变化那一段)."""
    return bool(_BESIDE_PERIOD.match(passage.text.strip()) and _CHANGES.search(passage.text))


def _only_counts(passage: Passage) -> bool:
    """Whether all figures of a passage are numbers of entries, which are held against the rows."""
    return not re.search(r"\d(?!\d*(?:项|个?单位))", _NO_DATA.sub("", plain_key(passage.text)))
