"""Which table of an issued report is what (附表是什么): goals, lagging tasks, normal tasks, by title and head."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from reportgen.issued.heads import find_issued_head, is_goals_head, text_header, title_row
from reportgen.ledger.files.contents import Contents, Passage
from reportgen.ledger.model import STATUSES, Sheet
from reportgen.ledger.tables import Head, Table
from reportgen.ledger.words import Words, field_name, plain_key
from reportgen.package import short
from reportgen.problems import Problem, error, warning


class Kind(Enum):
    """Kind (种类) of an issued table; the value is what a reader is told."""

    GOALS = "预期目标"
    LAGGING = "推进较为滞后的任务"
    NORMAL = "正常推进的任务"
    TASKS = "重点任务"

    @property
    def sheet(self) -> Sheet:
        """The ledger's sheet for its rows."""
        return Sheet.GOALS if self is Kind.GOALS else Sheet.TASKS

    @property
    def judgement(self) -> str:
        """The status (推进情况) of all its rows; empty where the table does not tell."""
        return {Kind.LAGGING: STATUSES[1], Kind.NORMAL: STATUSES[0]}.get(self, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A table that was recognised (认出的表格): what it is, on what evidence, and where its columns are.

    `continues` says that it goes on with the table before it; `titles` are the passages that were taken as its title.
    """

    kind: Kind
    table: Table
    head: Head
    title: str
    evidence: str
    continues: bool = False
    titles: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """All tables of a report (各表认定), in order, and what is wrong; `imprint` are the tables of a 版记.

    `unread` are those that have the title of a ledger's table, and a head that nobody knows.
    """

    tables: tuple[Recognised, ...]
    unread: tuple[Table, ...]
    imprint: tuple[Table, ...]
    problems: tuple[Problem, ...]


# A title stands directly above its table, in so many passages of at most so many characters.
_TITLE_PASSAGES = 4
_TITLE_LENGTH = 80
_MARK = re.compile(r"附件(?:\d{1,2}|[一二三四五六七八九十]{1,3})?(?=\D|$)[-—]?[:：]?")
_LIST_LEAD = re.compile(r"附件[:：](?:1[.．、]|[^\d])")
_LIST_ENTRY = re.compile(r"(\d{1,2})[.．、](?!\d)(.+)")
_NUMBER = re.compile(r"附件(\d{1,2}|[一二三四五六七八九十]{1,3})")
_IMPRINT = re.compile(r"抄送|分送|印发$")
_END_OF_TITLE = re.compile(r"表$|情况$|清单$|台账$|[:：]$")
_CONTINUED = re.compile(r"\(续\w{0,2}\)|续表\d*")


def recognise(contents: Contents, words: Words) -> Kinds:
    """Every table of the report with what it is (认表)."""
    names = annex_names(contents)
    found: list[Recognised] = []
    unread: list[Table] = []
    imprint: list[Table] = []
    problems: list[Problem] = []
    above: list[Passage] = []
    for block in contents.blocks:
        if isinstance(block, Passage):
            above.append(block)
            continue
        if not block.rows or _is_imprint(block):
            imprint += [block] if block.rows else []
            continue
        title = _title_of(block, _passages_of_title(above), names, words)
        one = _recognised(block, title, found[-1] if found else None, words)
        if one:
            found.append(one)
        else:
            unread += [block] if title.kind and title.names_table else []
            problems.append(_unread(block, title, words))
        above = []
    return Kinds(tables=tuple(found), unread=tuple(unread), imprint=tuple(imprint), problems=tuple(problems))


def annex_names(contents: Contents) -> dict[str, str]:
    """The names in the annex list (附件说明) below the text, by number."""
    names: dict[str, str] = {}
    inside = False
    for passage in contents.passages:
        for line in passage.text.split("\n"):
            key = plain_key(line)
            inside = inside or bool(_LIST_LEAD.match(key))
            entry = _LIST_ENTRY.fullmatch(re.sub(r"^附件[:：]", "", key)) if inside else None
            inside = entry is not None
            if entry:
                names.setdefault(entry[1], entry[2])
    return names


def is_annex_list(text: str) -> bool:
    """Whether a passage begins an annex list (附件说明)."""
    return bool(_LIST_LEAD.match(plain_key(text)))


def kind_of_title(title: str, words: Words) -> Kind | None:
    """What a title says its table is; None if it says nothing, or both lagging and normal."""
    key = plain_key(title)
    lagging, normal = (
        any(plain_key(word) in key for word in (status, *words.judgements.get(status, ())))
        for status in reversed(STATUSES)
    )
    if lagging != normal:
        return Kind.LAGGING if lagging else Kind.NORMAL
    if re.search(r"预期目标|经济.{0,4}指标", key) and not re.search(r"重点(工作)?任务", key):
        return Kind.GOALS
    return Kind.TASKS if re.search(r"任务|重点工作|民生实事", key) else None


def _is_imprint(table: Table) -> bool:
    texts = list(dict.fromkeys(plain_key(cell.text) for row in table.rows for cell in row if cell.text.strip()))
    return len(texts) <= 6 and any(_IMPRINT.search(text) for text in texts)


def _passages_of_title(above: Sequence[Passage]) -> tuple[Passage, ...]:
    """The passages directly above a table that are its title, from 附件 on if that stands there."""
    taken: list[Passage] = []
    for passage in reversed(above[-_TITLE_PASSAGES:]):
        key = plain_key(passage.text)
        if len(key) > _TITLE_LENGTH or key.endswith(("。", "；", ";")) or (taken and _LIST_LEAD.match(key)):
            break
        taken.insert(0, passage)
        if _MARK.match(key):
            return tuple(taken)
    marked = [passage for passage in taken if _END_OF_TITLE.search(plain_key(passage.text))]
    # Without 附件, what stands above may be a signature or the last line of the text: only the nearest are meant.
    return tuple(taken[taken.index(marked[0]) :] if marked else taken[-2:])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Title:
    """A table's title, what kind it says, if any, where that stands; `number` is that of its 附件.

    `names_table` tells a title from a heading of the text that happens to stand above a table.
    """

    passages: tuple[Passage, ...]
    text: str
    kind: Kind | None
    evidence: str
    number: re.Match[str] | None
    names_table: bool


def _title_of(table: Table, passages: tuple[Passage, ...], names: dict[str, str], words: Words) -> _Title:
    above = _CONTINUED.sub("", "".join(plain_key(passage.text) for passage in passages))
    inner = "".join(dict.fromkeys(plain_key(cell.text) for cell in title_row(table)))
    text = _without_mark(above) + inner
    kind = kind_of_title(above + inner, words)
    evidence = f"标题「{short(text, 40)}」"
    number = _NUMBER.search(above)
    if kind is None and number and number[1] in names:
        kind = kind_of_title(names[number[1]], words)
        evidence = f"附件说明「{short(names[number[1]], 40)}」"
    named = bool(inner) or any(_MARK.match(key) or _END_OF_TITLE.search(key) for key in _keys(passages))
    return _Title(passages=passages, text=text, kind=kind, evidence=evidence, number=number, names_table=named)


def _keys(passages: Sequence[Passage]) -> Iterator[str]:
    for passage in passages:
        yield plain_key(passage.text)


def _recognised(table: Table, title: _Title, last: Recognised | None, words: Words) -> Recognised | None:
    kind, evidence = title.kind, title.evidence
    head = find_issued_head(table, kind.sheet if kind else Sheet.TASKS, words)
    if head and is_goals_head(table, head) and kind in (None, Kind.TASKS):
        kind, evidence = Kind.GOALS, f"表头「{short(text_header(table, head))}」"
        head = find_issued_head(table, Sheet.GOALS, words)
    if last and (goes_on := _continuation(table, replace(title, kind=kind), head, last)):
        return goes_on
    if head is None or "text" not in head.columns:
        return None
    if kind is None:
        others = [field_name(name, Sheet.TASKS) for name in ("lead_units", "progress") if name in head.columns]
        if not others:
            return None
        kind, evidence = Kind.TASKS, f"表头「{'、'.join(['工作任务', *others])}」"
    return Recognised(kind=kind, table=table, head=head, title=title.text, evidence=evidence, titles=title.passages)


def _continuation(table: Table, title: _Title, head: Head | None, last: Recognised) -> Recognised | None:
    """The table as the continuation of the one before it, which has its title, its head or both."""
    if title.number and title.number[0] not in "".join(_keys(last.titles)):
        return None
    if title.kind not in (None, last.kind):
        return None
    if head is None or "text" not in head.columns:
        if len(table.rows[0]) != len(last.table.rows[0]) or (head is not None and head.first_row):
            return None
        evidence = f"没有表头，栏数与前面的{last.table.name}相同，续表"
        head = replace(last.head, first_row=0, problems=())
    elif head.columns.keys() == last.head.columns.keys() and (title.kind is None or title.text == last.title):
        evidence = f"{'表头' if title.kind is None else '标题和表头'}与前面的{last.table.name}相同，续表"
    else:
        return None
    return replace(last, table=table, head=head, evidence=evidence, continues=True, titles=title.passages)


def _without_mark(title: str) -> str:
    return _MARK.sub("", title, count=1)


def _unread(table: Table, title: _Title, words: Words) -> Problem:
    first = "、".join(f"「{short(cell.text, 12)}」" for cell in table.rows[0][:6] if cell.text.strip())
    heads = "、".join(words.columns["text"][:4])
    if title.kind and title.names_table:
        what = (
            f"「{short(table.name)}」按{title.evidence}应是「{title.kind.value}」，但表头里认不出哪一列是任务或目标，"
        )
        what += f"{len(table.rows)} 行都没有读入；第一行是：{first}"
        fix = f"请在 Word 里把这一列的表头写成：{heads} 之一，再导入"
        fix += "；单位自己的叫法可写在配置的 columns 里，用 --config 给出"
        return error("import.unread-table", what, fix, table.where)
    what = f"「{short(table.name)}」认不出是哪张表，{len(table.rows)} 行都没有读入；第一行是：{first}"
    fix = f"如是台账内容，请在 Word 里写上表头（{heads}、责任单位等）再导入；不是台账内容的，不必处理"
    return warning("import.unread-table", what, fix, table.where)
