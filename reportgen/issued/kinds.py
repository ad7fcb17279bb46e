"""Which table of an issued report is what (附表是什么): goals, lagging tasks, normal tasks, by title and head."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from reportgen.ledger.files.contents import Contents, Passage
from reportgen.ledger.model import STATUSES, Sheet
from reportgen.ledger.tables import Cell, Head, Table, find_head, sheet_of_head
from reportgen.ledger.words import Words, field_name, header_key, plain_key
from reportgen.package import short
from reportgen.problems import Problem, warning


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
    """All tables of a report (各表认定), in order, and what is wrong; `imprint` are the tables of a 版记."""

    tables: tuple[Recognised, ...]
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
_GOAL_HEADERS = frozenset({"指标", "主要指标", "经济指标"})
_CONTINUED = re.compile(r"\(续\w{0,2}\)|续表\d*")


def recognise(contents: Contents, words: Words) -> Kinds:
    """Every table of the report with what it is (认表)."""
    names = annex_names(contents)
    found: list[Recognised] = []
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
        last = found[-1] if found else None
        one = _recognised(block, _title(above), names, last, words)
        if one:
            found.append(one)
        else:
            problems.append(_unread(block, words))
        above = []
    return Kinds(tables=tuple(found), imprint=tuple(imprint), problems=tuple(problems))


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


def _title(above: Sequence[Passage]) -> tuple[Passage, ...]:
    """The passages directly above a table that are its title, from 附件 on if that stands there."""
    taken: list[Passage] = []
    for passage in reversed(above[-_TITLE_PASSAGES:]):
        key = plain_key(passage.text)
        if len(key) > _TITLE_LENGTH or key.endswith(("。", "；", ";")) or (taken and _LIST_LEAD.match(key)):
            break
        taken.insert(0, passage)
        if _MARK.match(key):
            return tuple(taken)
    marked = [passage for passage in taken if re.search(r"表$|情况$|清单$|台账$|[:：]$", plain_key(passage.text))]
    # Without 附件, what stands above may be a signature or the last line of the text: only the nearest are meant.
    return tuple(taken[taken.index(marked[0]) :] if marked else taken[-2:])


def _recognised(
    table: Table, titles: tuple[Passage, ...], names: dict[str, str], last: Recognised | None, words: Words
) -> Recognised | None:
    title = _CONTINUED.sub("", "".join(plain_key(passage.text) for passage in titles))
    inner = "".join(dict.fromkeys(plain_key(cell.text) for cell in _title_row(table)))
    said = kind_of_title(title + inner, words)
    evidence = f"标题「{short(_without_mark(title) + inner, 40)}」"
    number = _NUMBER.search(title)
    if said is None and number and number[1] in names:
        said = kind_of_title(names[number[1]], words)
        evidence = f"附件说明「{short(names[number[1]], 40)}」"
    sheet = said.sheet if said else Sheet.TASKS
    head = _mended(find_head(table, sheet, frozenset(), words), table)
    if head and _is_goals_head(table, head) and said in (None, Kind.TASKS):
        said, evidence = Kind.GOALS, f"表头「{short(_goal_header(table, head))}」"
        head = _mended(find_head(table, Sheet.GOALS, frozenset(), words), table)
    if last and (goes_on := _continuation(table, titles, said, number, head, last, _without_mark(title) + inner)):
        return goes_on
    if head is None or "text" not in head.columns:
        return None
    if said is None:
        others = [field_name(name, Sheet.TASKS) for name in ("lead_units", "progress") if name in head.columns]
        if not others:
            return None
        said, evidence = Kind.TASKS, f"表头「{'、'.join(['工作任务', *others])}」"
    return Recognised(
        kind=said, table=table, head=head, title=_without_mark(title) + inner, evidence=evidence, titles=titles
    )


def _continuation(
    table: Table,
    titles: tuple[Passage, ...],
    said: Kind | None,
    number: re.Match[str] | None,
    head: Head | None,
    last: Recognised,
    title: str,
) -> Recognised | None:
    """The table as the continuation of the one before it, which has its title, its head or both."""
    if number and number[0] not in "".join(plain_key(passage.text) for passage in last.titles):
        return None
    if said not in (None, last.kind):
        return None
    if head is None or "text" not in head.columns:
        if len(table.rows[0]) != len(last.table.rows[0]) or (head is not None and head.first_row):
            return None
        evidence = f"没有表头，栏数与前面的{last.table.name}相同，续表"
        head = replace(last.head, first_row=0, problems=())
    elif head.columns.keys() == last.head.columns.keys() and (said is None or title == last.title):
        evidence = f"{'表头' if said is None else '标题和表头'}与前面的{last.table.name}相同，续表"
    else:
        return None
    return replace(last, table=table, head=head, evidence=evidence, continues=True, titles=titles)


def _title_row(table: Table) -> Iterator[Cell]:
    """The cells of the first rows that are one cell over the whole width: a title inside the table."""
    for row in table.rows[:3]:
        if len(row) < 2 or any(cell.origin != row[0].origin for cell in row):
            return
        yield row[0]


def _is_goals_head(table: Table, head: Head) -> bool:
    rows = table.rows[: head.first_row]
    named = any(header_key(cell.text) in _GOAL_HEADERS for row in rows for cell in row)
    return named or any(sheet_of_head(row) is Sheet.GOALS for row in rows)


def _goal_header(table: Table, head: Head) -> str:
    texts = [row[head.columns["text"]].text for row in table.rows[: head.first_row]] if "text" in head.columns else []
    return next((text for text in reversed(texts) if text.strip()), Sheet.GOALS.value)


def _mended(head: Head | None, table: Table) -> Head | None:
    """The head; a column without header right of the task's is the task's own, the one before it the category's.

    So it looks if the head cell over both was not merged.
    """
    if head is None or "text" not in head.columns or "category" in head.columns:
        return head
    at = head.columns["text"]
    if ("", at + 1) not in head.others:
        return head
    below = {row[at + 1].where for row in table.rows[head.first_row :]}
    return replace(
        head,
        columns={**head.columns, "category": at, "text": at + 1},
        others=tuple(other for other in head.others if other != ("", at + 1)),
        problems=tuple(problem for problem in head.problems if problem.where not in below),
    )


def _without_mark(title: str) -> str:
    return _MARK.sub("", title, count=1)


def _unread(table: Table, words: Words) -> Problem:
    first = "、".join(f"「{short(cell.text, 12)}」" for cell in table.rows[0][:6] if cell.text.strip())
    what = f"「{short(table.name)}」认不出是哪张表，{len(table.rows)} 行都没有读入；第一行是：{first}"
    heads = "、".join(words.columns["text"][:4])
    fix = f"如是台账内容，请在 Word 里写上表头（{heads}、责任单位等）再导入"
    fix += "；单位自己的叫法可写在配置的 columns 里，用 --config 给出"
    return warning("import.unread-table", what, fix, table.where)
