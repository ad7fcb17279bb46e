"""Pairing (对应): whatever becomes of the wording, no entry becomes another one; measured with three ledgers."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from reportgen.changes.candidates import candidates
from reportgen.changes.pairing import paired
from reportgen.ledger.model import Entry, Sheet
from reportgen.ledger.reading import Wants, read_ledger
from tests.test_matching import CHANGES

ROOT = Path(__file__).parents[1]
TABLES = ROOT.parent / "shared/reference/tables.json"
_WORDS = (
    ("加快", "全面"), ("推进", "实施"), ("建设", "打造"), ("完善", "健全"), ("推动", "促进"), ("提升", "提高"),
    ("建成", "完成"), ("持续", "深入"),
)  # fmt: skip


def _another_word(text: str, chance: random.Random) -> str:
    return next((text.replace(old, new, 1) for old, new in _WORDS if old in text), f"{text}工作")


def _tense(text: str, chance: random.Random) -> str:
    return chance.choice(["继续", "加快", "扎实", "统筹"]) + text


# The share of kept entries that must find themselves where a third of the ledger is worded anew.
LEAST = dict.fromkeys((*CHANGES, _tense), 0.95) | {_another_word: 0.92}


def entries(source: str) -> list[Entry]:
    if source == "sample":
        blob = (ROOT / "samples/qingping-2026h1/台账.xlsx").read_bytes()
        return list(read_ledger(blob, "台账.xlsx", Wants({Sheet.TASKS: frozenset()})).value.tasks)
    if not TABLES.exists():
        pytest.skip("../shared/reference is not there")
    tables = json.loads(TABLES.read_text(encoding="utf-8"))
    rows = (
        tables["fuling_2023h1"]["rows"]
        if source == "fuling"
        else [row for part in ("lagging", "normal") for row in tables["shapingba_2022h1"][part]]
    )
    return [
        Entry(sheet=Sheet.TASKS, text=row["task"], category=row.get("category", ""), lead_units=tuple(row["lead"]))
        for row in rows
    ]


def lead_units(entry: Entry) -> frozenset[str]:
    return frozenset(entry.lead_units)


@pytest.mark.parametrize("change", LEAST)
@pytest.mark.parametrize("source", ["sample", "shapingba", "fuling"])
def test_an_entry_never_becomes_another_one(source, change):
    """A tenth is dropped, a tenth is new, a third worded anew; the last time in another order."""
    every = entries(source)
    counts: Counter[str] = Counter()
    for seed in range(3):
        chance = random.Random(f"{source} {seed}")
        places = range(len(every))
        reworded = set(chance.sample(places, len(every) // 3))
        dropped = set(chance.sample(places, len(every) // 10))
        come = set(chance.sample([place for place in places if place not in dropped], len(every) // 10))
        old = [(place, entry) for place, entry in enumerate(every) if place not in come]
        new = [
            (place, replace(entry, text=change(entry.text, chance)) if place in reworded else entry)
            for place, entry in enumerate(every)
            if place not in dropped
        ]
        if seed == 2:
            chance.shuffle(new)
        found = paired([entry for _, entry in old], [entry for _, entry in new], lead_units)
        for pair in found.pairs:
            before, after = old[pair.old][0], new[pair.new][0]
            # A task that stands twice in its ledger is the same task.
            assert every[before].text == every[after].text, (every[before].text, new[pair.new][1].text, pair.score)
        counts["kept"] += len({place for place, _ in old} & {place for place, _ in new})
        counts["found"] += len(found.pairs)
    assert counts["found"] / counts["kept"] >= LEAST[change]


@pytest.mark.parametrize("source", ["sample", "shapingba", "fuling"])
def test_an_entry_that_was_put_in_the_place_of_another_is_not_taken_for_it(source):
    """Half of the ledger before, the other half after: the two have no task in common."""
    every = list({entry.text: entry for entry in entries(source)}.values())
    for seed in range(5):
        chance = random.Random(f"{source} {seed}")
        chance.shuffle(every)
        half = len(every) // 2
        assert paired(every[:half], every[half:], lead_units).pairs == []


def test_the_quick_way_through_many_texts_finds_what_the_long_way_finds():
    chance = random.Random(7)
    clauses = [clause for entry in entries("sample") for clause in entry.text.split("，")]
    old = ["，".join(chance.sample(clauses, 3)) for _ in range(300)]
    new = [next(iter(CHANGES))(text, chance) for text in old]
    every, quick = (
        {(one.old, one.new) for one in candidates(old, new, most) if one.score >= 0.7} for most in (10**12, 0)
    )
    assert {(place, place) for place in range(300)} <= every
    assert quick == every
