"""From the files that arrived to what they say (读入反馈): each is read, and its rows placed, in a bounded process."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from reportgen.arrivals import Arrival, Arrivals
from reportgen.confine import confined_each, read_outside
from reportgen.intake.answering import Answering
from reportgen.intake.file_names import unit_in_name
from reportgen.intake.matching import Match, match_rows
from reportgen.intake.replies import Reply
from reportgen.intake.returned import Return
from reportgen.intake.returns import read_return
from reportgen.ledger.files.outside import read_contents
from reportgen.ledger.model import Ledger
from reportgen.ledger.origins import COLLECTED
from reportgen.ledger.records import RECORD_SHEET
from reportgen.ledger.units import Register
from reportgen.ledger.words import Words
from reportgen.limits import held
from reportgen.package import called
from reportgen.problems import InputError, Location, ReportError, error

# A file with more was not filled in by a unit: the largest ledger known has 206 tasks, each with three texts.
# All of it goes into 来源 as it was written: 15 million letters took minutes to write.

Told = Callable[[int, int], None]
"""Whom it is told (进度) how many of the files have been read, of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the returns are read with (读取依据): the ledger whose entries they speak of, units, words, the day."""

    ledger: Ledger
    register: Register | None
    words: Words
    day: date | None


def replies_of(found: Arrivals, setting: Setting, told: Told) -> tuple[list[Reply], Arrivals]:
    """Each file as it was read, and the arrivals without those that turned out to be no returns.

    A file that fails, or that takes too long, is a reply that says so.
    """
    sound = [each for each in found.files if not each.problems]
    names = [each.name for each in sound]
    # Packed once: the ledger goes the way to every process with every file.
    packed = pickle.dumps(setting)
    read = confined_each(names, held().outside, _read_one, [each.path for each in sound], names, [packed] * len(sound))
    results: dict[Path, _Said | ReportError | None] = {}
    told(0, len(sound))
    for each in sound:
        results[each.path] = next(read)
        told(len(results), len(sound))
    replies, files = [], []
    skipped = list(found.skipped)
    for each in found.files:
        result = results.get(each.path)
        if each.path in results and result is None:
            skipped.append((each.name, "汇总好的台账，不是单位的反馈"))
            continue
        files.append(each)
        replies.append(_reply(each, result, setting.register))
    return replies, Arrivals(tuple(files), tuple(sorted(skipped)))


def _reply(each: Arrival, result: _Said | ReportError | None, register: Register | None) -> Reply:
    problems = result.problems if isinstance(result, ReportError) else each.problems
    unit = unit_in_name(each.name, register)
    reply = Reply(file=each.name, sha256=each.sha256, moment=each.moment, unit=unit, problems=problems)
    if isinstance(result, _Said):
        reply = replace(reply, returned=result.returned, matches=result.matches)
    return reply


# ---- in the worker


@dataclass(frozen=True, slots=True)
class _Said:
    """What a file says (一份文件所言), with the entry of each of its rows."""

    returned: Return
    matches: tuple[Match, ...]


@lru_cache(maxsize=1)
def _unpacked(setting: bytes) -> tuple[Setting, Answering]:
    """The setting, once for all files that a process reads."""
    unpacked: Setting = pickle.loads(setting)
    return unpacked, Answering(unpacked.register, unpacked.day)


def _read_one(path: Path, name: str, packed: bytes) -> _Said | None:
    """One return from disk to placed rows; None for a collected ledger, which is no return."""
    setting, answering = _unpacked(packed)
    blob = read_outside(path, name)
    outcome = read_contents(blob, name)
    contents = outcome.value
    if any(table.name == RECORD_SHEET for table in contents.tables):
        return None
    returned = read_return(contents, hashlib.sha256(blob).hexdigest(), setting.words, setting.register)
    returned = replace(returned, problems=(*outcome.problems, *returned.problems))
    matches = match_rows(returned, setting.ledger, answering)
    count, letters = sum(map(_texts_in, matches)), sum(map(_letters_in, matches))
    most = held().tables
    if count > most.return_texts or letters > most.return_characters:
        told = f"{letters} 字，超过 {most.return_characters} 字"
        if count > most.return_texts:
            told = f"{count} 条内容，超过 {most.return_texts} 条"
        what = f"「{called(name)}」里有 {told}，没有收进来"
        fix = "请检查是不是选错了文件；请删去多余的行和列，或请单位照填报表重报"
        raise InputError([error("collect.too-many-texts", what, fix, Location(file=name))])
    return _Said(returned, matches)


def _letters_in(match: Match) -> int:
    row = match.row
    said = sum(len(getattr(row, field)) for field in COLLECTED)
    return len(row.text) + said + sum(len(text) for _, text in row.others)


def _texts_in(match: Match) -> int:
    """How many rows of 来源 a row may take; one that found no entry takes one."""
    if match.entry is None:
        return 1
    said = sum(bool(getattr(match.row, field)) for field in COLLECTED)
    return 1 + said + sum(bool(text) for _, text in match.row.others)
