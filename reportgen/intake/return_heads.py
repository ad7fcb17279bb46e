"""The head of a table as a unit made it (反馈表的表头): own headings, periods in them, near ones guessed and told."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from reportgen.ledger.model import Sheet
from reportgen.ledger.tables import Cell, Table, last_tier
from reportgen.ledger.words import (
    FIELD_NAMES,
    HEADER_LETTERS,
    Words,
    header_field,
    header_key,
    plain_key,
    without_period,
)
from reportgen.package import short
from reportgen.problems import Location, Problem, warning

_YEARS = re.compile(r"(?:19|20)\d\d")
# What says that a heading tells of something else than the present progress.
_NOT_NOW = re.compile(
    r"下[一1]?(?:步|阶段|期|月|季|周)|计划|打算|安排|问题|困难|原因|建议|措施|时限|时间|期限|备注|标准|要求|目标值|序时"
)
_BEFORE = re.compile(r"上[一]?(?:期|次|月|季|周|年|阶段)|前期|此前|往期|去年")
# What a heading has in it whose field is guessed, best first.
_GUESSES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("progress", re.compile(r"进展|落实情况|完成情况|推进情况|进度|办理情况|开展情况|工作情况")),
    ("judgement", re.compile(r"状态|评价|是否滞后|是否达")),
    ("text", re.compile(r"任务|事项|工作内容|目标|指标|项目名称|工作要点|重点工作")),
    ("lead_units", re.compile(r"(?:责任|牵头|主责|主办|承办).*(?:单位|部门)|^单位名?称?$|^部门$")),
    ("support_units", re.compile(r"(?:配合|协办|协同).*(?:单位|部门)")),
    ("id", re.compile(r"编号|编码")),
)
# A status is a word or two.
_STATUS_LETTERS = 10
_GUESSED = frozenset({"text", "progress", "lead_units", "judgement"})
_CUTOFF = 0.75
_GOAL_HEADERS = frozenset(
    {
        "预期目标",
        "主要预期目标",
        "目标",
        "指标",
        "目标名称",
        "指标名称",
        "主要指标",
        "目标内容",
        "目标完成情况",
        "指标完成情况",
    }
)
_TASK_HEADERS = frozenset(
    {
        *("工作任务", "重点任务", "任务", "任务内容", "任务名称", "主要任务", "重点工作任务", "重点工作", "工作事项"),
        *("事项", "督查事项", "督办事项", "重点事项", "重点任务内容", "工作任务内容", "主要工作任务", "具体任务"),
        *("任务事项", "事项名称", "事项内容"),
    }
)


@dataclass(frozen=True, slots=True)
class ReturnHead:
    """The head of a return's table (反馈表表头): for each column its field, or None, and its header.

    `places` has the columns of each field from left to right; `top` and `first_row` enclose the head's rows. In a
    `mixed` column for the progress a cell that only has a status's word is the status.
    """

    places: dict[str, tuple[int, ...]]
    headers: tuple[str, ...]
    cells: tuple[Cell | None, ...]
    top: int
    first_row: int
    sheet: Sheet | None = None
    problems: tuple[Problem, ...] = ()
    mixed: bool = False


def find_return_head(table: Table, top: int, words: Words, guess: bool = False) -> ReturnHead | None:
    """The head that begins in row `top`, if it is one; with `guess`, near headings count too, and are told."""
    row = table.rows[top]
    cells = distinct(row)
    names = {name for cell in cells if (name := header_field(cell.text, words))}
    if table.headed and top == 0:
        return _head(table, top, words)
    if guess and names:
        names |= {name for cell in cells if (name := guessed_field(cell.text, words)) in _GUESSED}
    if len(names) < 2 or not names & {"text", "progress", "id", "given_no", "judgement"}:
        return None
    if not names & {"text", "progress", "id"}:
        return None
    if any(len(header_key(cell.text)) > HEADER_LETTERS for cell in cells):
        return None
    if _is_form_row(row, words, guess):
        return None
    return _head(table, top, words)


def guessed_field(text: str, words: Words) -> str | None:
    """The field that an unknown heading probably names (猜测的列名); None if it is near nothing."""
    key = header_key(text)
    if not 2 <= len(key) <= HEADER_LETTERS or any(mark in key for mark in "。;；!?"):
        return None
    return _guess(key, tuple((field, names) for field, names in words.columns.items()))


@lru_cache(maxsize=4096)
def _guess(key: str, columns: tuple[tuple[str, tuple[str, ...]], ...]) -> str | None:
    if _BEFORE.search(key):
        return "last_progress" if _GUESSES[0][1].search(key) else None
    # 进展情况及存在问题 tells the progress first; 存在问题及整改进展 does not.
    first = re.split(r"[及和与、,，/]|以及", key)[0] or key
    if _NOT_NOW.search(first):
        return None
    for field, names in columns:
        if any(header_key(name) == first for name in names):
            return field
    for field, pattern in _GUESSES:
        if pattern.search(first):
            return field
    known = {header_key(name): field for field, names in columns if field in _GUESSED for name in names}
    near = difflib.get_close_matches(key, list(known), n=1, cutoff=_CUTOFF)
    return known[near[0]] if near else None


def distinct(row: Sequence[Cell]) -> list[Cell]:
    """The cells of a row with text (有内容的格), each merged range once."""
    seen: set[Location] = set()
    cells = []
    for cell in row:
        if cell.text.strip() and cell.origin not in seen:
            seen.add(cell.origin)
            cells.append(cell)
    return cells


def _is_form_row(row: Sequence[Cell], words: Words, guess: bool) -> bool:
    """Whether a row is heading, value, heading, value, as forms with the headings at the left have it."""
    kinds = [bool(header_field(cell.text, words) or (guess and guessed_field(cell.text, words))) for cell in _once(row)]
    return len(kinds) >= 4 and kinds[0] and not any(a and b for a, b in pairwise(kinds))


def _once(row: Sequence[Cell]) -> Iterator[Cell]:
    last: Location | None = None
    for cell in row:
        if cell.origin != last or cell.merged is None:
            yield cell
        last = cell.origin


def _head(table: Table, top: int, words: Words) -> ReturnHead:
    bottom = last_tier(table, top)
    tiers = table.rows[top : bottom + 1]
    problems: list[Problem] = []
    places: dict[str, list[int]] = {}
    lowest: list[Cell | None] = []
    naming: dict[int, Cell] = {}
    for i in range(len(tiers[0])):
        field, by, cell = _named(tiers, i, words)
        lowest.append(cell)
        if field and by:
            places.setdefault(field, []).append(i)
            naming[i] = by
    _split_shared(places, tiers)
    for field in ("text", "progress", "lead_units", "judgement"):
        if field in places:
            continue
        named = {i for columns in places.values() for i in columns}
        near = [
            i
            for i, cell in enumerate(lowest)
            if i not in named and cell is not None and guessed_field(cell.text, words) == field
        ]
        if near:
            origins = {cell.origin for i in near if (cell := lowest[i])}
            chosen = near if len(origins) == 1 else near[:1]
            places[field] = chosen
            problems.append(told_guess(lowest[chosen[0]], field))
    body = table.rows[bottom + 1 :]
    for field, columns in places.items():
        if len(columns) > 1 and len({naming[i].origin for i in columns if i in naming}) > 1:
            places[field], told = _one_of(field, columns, naming, body, words)
            problems += told
    mixed = "progress" not in places and _tells_progress(places.get("judgement", ()), body, words)
    if mixed:
        places["progress"] = places.pop("judgement")
        problems.append(told_guess(lowest[places["progress"][0]], "progress"))
    headers = tuple(" ".join(cell.text.split()) if cell else "" for cell in lowest)
    found = {name: tuple(places[name]) for name in FIELD_NAMES if name in places}
    cells = [cell for tier in tiers for cell in tier]
    return ReturnHead(found, headers, tuple(lowest), top, bottom + 1, sheet_of_headers(cells), tuple(problems), mixed)


def _tells_progress(columns: Sequence[int], body: Sequence[tuple[Cell, ...]], words: Words) -> bool:
    """Whether what stands below 推进情况 are sentences, as in tables that have no other column for the progress."""
    return any(is_sentence(row[i].text, words) for row in body for i in columns)


def is_sentence(text: str, words: Words) -> bool:
    """Whether a text in a status's place tells a progress (写成句子的推进情况)."""
    if is_status(text, words):
        return False
    key = plain_key(text).rstrip("。.;；")
    return len(key) > _STATUS_LETTERS or bool(re.search(r"[,，。;；:：]", key))


def is_status(text: str, words: Words) -> bool:
    """Whether a text is a status's word (评价用词)."""
    return any(words.judgement_of(text, sheet) for sheet in Sheet)


def _named(tiers: Sequence[tuple[Cell, ...]], i: int, words: Words) -> tuple[str | None, Cell | None, Cell | None]:
    """The field of a column, the cell that names it, the lowest cell: 上期 below 进展情况 is 上期进展情况."""
    cells: list[Cell] = []
    for tier in tiers:
        if tier[i].text.strip() and (not cells or cells[-1].origin != tier[i].origin):
            cells.append(tier[i])
    if not cells:
        return None, None, None
    if len(cells) > 1:
        joined = cells[-1].text + cells[-2].text
        if (field := header_field(joined, words)) or (field := _before(joined)):
            return field, cells[-1] if field == "last_progress" else cells[-2], cells[-1]
    for cell in reversed(cells):
        if field := header_field(cell.text, words):
            # What stands below is the column's own name, for those who look at its other text.
            return field, cell, cells[-1]
    return None, None, cells[-1]


def _one_of(
    field: str, columns: Sequence[int], naming: Mapping[int, Cell], body: Sequence[tuple[Cell, ...]], words: Words
) -> tuple[list[int], list[Problem]]:
    """Of several columns for one field the one that is meant; the others stay columns of their own."""
    used = [i for i in columns if any(row[i].has_own_value() for row in body)]
    if len(used) < 2:
        return used or [columns[0]], []
    if field == "progress":
        # A rate beside the words; else the later year, and offices add the new period at the right.
        def worth(i: int) -> tuple[bool, int, int]:
            text = naming[i].text
            return "进度" not in text, max(map(int, _YEARS.findall(text)), default=0), i

        chosen = max(used, key=worth)
    else:
        names = [header_key(name) for name in words.columns[field]]
        rank = {i: names.index(key) if (key := header_key(naming[i].text)) in names else len(names) for i in used}
        chosen = min(used, key=lambda i: (rank[i], i))
    listed = "、".join(f"「{short(naming[i].text, 15)}」" for i in used[:4])
    what = f"有 {len(used)} 列都表示「{FIELD_NAMES[field]}」：{listed}，采用「{short(naming[chosen].text, 15)}」"
    fix = "请核对；其余几列的内容另行保留，没有当作这一项收入"
    places = [naming[i].where for i in used]
    return [chosen], [warning("return.duplicate-column", what, fix, places[0], places[1:])]


def _before(joined: str) -> str | None:
    key = header_key(joined)
    return "last_progress" if _BEFORE.match(key) and _GUESSES[0][1].search(key) else None


def _split_shared(places: dict[str, list[int]], tiers: Sequence[tuple[Cell, ...]]) -> None:
    """One head cell over two columns: the office keeps the category before the task."""
    texts = places.get("text", [])
    if len(texts) != 2 or "category" in places:
        return
    cells = [next((tier[i] for tier in reversed(tiers) if tier[i].text.strip()), None) for i in texts]
    if cells[0] and cells[1] and cells[0].merged is not None and cells[0].merged == cells[1].merged:
        places["category"], places["text"] = [texts[0]], [texts[1]]


def told_guess(cell: Cell | None, field: str) -> Problem:
    """That a heading was guessed (猜测的表头)."""
    header = short(cell.text, 20) if cell else ""
    name = FIELD_NAMES[field]
    what = f"表头「{header}」不认识，按「{name}」读入"
    fix = f"请核对；如不是，请改写表头。要消除此警告，请把表头写成「{name}」，或在设置的 columns 里加上这个说法"
    return warning("return.guessed-column", what, fix, cell.where if cell else None)


def sheet_of_headers(cells: Sequence[Cell]) -> Sheet | None:
    """Which sheet headings speak of (哪张表); None if they fit both."""
    keys = {without_period(key) or key for cell in cells if (key := header_key(cell.text))}
    goals, tasks = bool(keys & _GOAL_HEADERS), bool(keys & _TASK_HEADERS)
    if goals != tasks:
        return Sheet.GOALS if goals else Sheet.TASKS
    if not goals and keys & {"评价", "评价结果"}:
        return Sheet.GOALS
    return Sheet.TASKS if not goals and keys & {"推进情况", "推进状态"} else None


def sheet_of_name(text: str) -> Sheet | None:
    """Which sheet a table's name or title speaks of (按名称判断); None if it names none or both."""
    key = header_key(text)
    named = [sheet for sheet in Sheet if sheet.value in key]
    return named[0] if len(named) == 1 else None
