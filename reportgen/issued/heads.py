"""The head of an issued table (附表的表头): its columns, by the office's words first, then by what units write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reportgen.ledger.model import Sheet
from reportgen.ledger.tables import HEAD_ROWS, Cell, Head, Table, find_head, last_tier, sheet_of_head
from reportgen.ledger.words import Words, header_field, header_key, return_words

_GOAL_HEADERS = frozenset(
    {
        *("指标", "主要指标", "经济指标", "指标名称", "指标完成情况"),
        *("主要预期目标", "目标名称", "目标内容", "目标完成情况"),
    }
)
UNKNOWN_COLUMN = "ledger.unknown-column"
"""What reading a ledger says of a column that names no field (不认识的列): an import keeps it, and says so."""


def find_issued_head(table: Table, sheet: Sheet, words: Words) -> Head | None:
    """The head of the table with what is wrong in it (认表头); None, if no row looks like a head."""
    head = _mended(find_head(table, sheet, frozenset(), _words_of_head(table, words)), table)
    if head is None:
        return None
    return replace(head, problems=tuple(problem for problem in head.problems if problem.code != UNKNOWN_COLUMN))


def is_goals_head(table: Table, head: Head) -> bool:
    """Whether the head says that the rows are goals (目标表的表头)."""
    rows = table.rows[: head.first_row]
    named = any(header_key(cell.text) in _GOAL_HEADERS for row in rows for cell in row)
    return named or any(sheet_of_head(row) is Sheet.GOALS for row in rows)


def text_header(table: Table, head: Head) -> str:
    """The header over the tasks or goals (任务列的表头)."""
    texts = [row[head.columns["text"]].text for row in table.rows[: head.first_row]] if "text" in head.columns else []
    return next((text for text in reversed(texts) if text.strip()), Sheet.GOALS.value)


def _words_of_head(table: Table, words: Words) -> Words:
    """The words, and for each field that no column has by them, the header that has it in a unit's words.

    Of two such columns the one with the more usual header is meant; the other is a column of its own.
    """
    wide = return_words(words)
    tiers = _tiers(table, wide)
    unnamed: dict[str, list[str]] = {}
    named: set[str] = set()
    for i in range(len(tiers[0]) if tiers else 0):
        texts = [tier[i].text for tier in reversed(tiers)]
        known = next((name for text in texts if (name := words.field_of(text))), None)
        if known:
            named.add(known)
            continue
        for text in texts:
            if name := header_field(text, wide):
                unnamed.setdefault(name, []).append(text)
                break
    more = {name: _most_usual(texts, wide.columns[name]) for name, texts in unnamed.items() if name not in named}
    columns = {name: (*names, *([more[name]] if name in more else [])) for name, names in words.columns.items()}
    return Words(columns, words.judgements)


def _tiers(table: Table, wide: Words) -> list[tuple[Cell, ...]]:
    """The rows of the head, the one with the task's column first of all, else the first with two headers."""
    fields = [{name for cell in row if (name := header_field(cell.text, wide))} for row in table.rows[:HEAD_ROWS]]
    heads = [i for i, names in enumerate(fields) if len(names) > 1]
    top = next((i for i in heads if "text" in fields[i]), heads[0] if heads else None)
    return list(table.rows[top : last_tier(table, top) + 1]) if top is not None else []


def _most_usual(texts: list[str], names: tuple[str, ...]) -> str:
    order = {header_key(name): i for i, name in enumerate(names)}
    return min(texts, key=lambda text: order.get(header_key(text), len(order)))


def _mended(head: Head | None, table: Table) -> Head | None:
    """The head; a column without header right of the task's is the task's own, the one before it the category's.

    So it looks if the head cell over both was not merged.
    """
    if head is None or "text" not in head.columns or "category" in head.columns:
        return head
    at = head.columns["text"]
    if ("", at + 1) not in head.others:
        return head
    return replace(
        head,
        columns={**head.columns, "category": at, "text": at + 1},
        others=tuple(other for other in head.others if other != ("", at + 1)),
    )


def title_row(table: Table) -> Iterator[Cell]:
    """The cells of the first rows that are one cell over the whole width (表内标题): a title inside the table."""
    for row in table.rows[:3]:
        if len(row) < 2 or any(cell.origin != row[0].origin for cell in row):
            return
        yield row[0]
