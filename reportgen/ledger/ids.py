"""Stable numbers of entries (编号): by them a return finds its row again, however the office sorts its ledger."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from reportgen.ledger.model import Entry, Ledger, Sheet
from reportgen.ledger.words import plain_key
from reportgen.package import short
from reportgen.problems import Problem, error

# Neither 0 and O nor 1 and I, which people mix up, nor vowels, which make words.
_LETTERS = "23456789BCDFGHJKMNPQRSTVWXYZ"
_LENGTH = 6
_PREFIX = {Sheet.GOALS: "M", Sheet.TASKS: "R"}


def id_key(text: str) -> str:
    """The form in which numbers are compared (编号比较用): as people type them, in any width and case."""
    return plain_key(text).upper()


def with_ids(ledger: Ledger) -> Ledger:
    """The same ledger, every entry with a number (编号) of its own.

    What the ledger says stays. A new number comes from category and text alone, so that the same ledger always gets
    the same numbers; of two entries that say the same, the later one's ends in -2.
    """
    taken = Counter(id_key(entry.id) for entry in ledger if entry.id)
    goals, tasks = (tuple(_numbered(ledger.entries(sheet), taken)) for sheet in Sheet)
    return replace(ledger, goals=goals, tasks=tasks)


def same_ids(ledger: Ledger) -> Iterator[Problem]:
    """An error for each entry whose number (编号) another one has already: nobody could say which a return means."""
    first: dict[str, Entry] = {}
    for entry in ledger:
        other = first.setdefault(id_key(entry.id), entry)
        if other is not entry and entry.id:
            both = f"「{short(other.text, 40)}」和「{short(entry.text, 40)}」"
            what = f"编号「{short(entry.id, 20)}」有两项：{both}"
            place = other.where("id")
            fix = "请清空后面一项的编号，程序会另编一个"
            yield error("ids.duplicate", what, fix, entry.where("id"), [place] if place else [])


def _numbered(entries: Sequence[Entry], taken: Counter[str]) -> Iterator[Entry]:
    for entry in entries:
        if entry.id:
            yield entry
            continue
        new = _derived(entry)
        count = 1
        while (number := new if count == 1 else f"{new}-{count}") in taken:
            count += 1
        taken[number] += 1
        yield replace(entry, id=number)


def _derived(entry: Entry) -> str:
    said = "\x1f".join(map(plain_key, (entry.sheet.value, entry.category, entry.text)))
    rest = int.from_bytes(hashlib.sha256(said.encode()).digest()[:8])
    letters = []
    for _ in range(_LENGTH):
        rest, index = divmod(rest, len(_LETTERS))
        letters.append(_LETTERS[index])
    return f"{_PREFIX[entry.sheet]}-{''.join(letters)}"
