"""Files spoilt by chance (改坏的文件): read with every text they show, or refused in plain words, at every door."""

from __future__ import annotations

import pytest

from tests.reliability.fuzzing import ENDINGS, LOST, READ, REFUSED, fates
from tests.reliability.tally import Tally

# Every door reads the formats that come to it.
DOORS = [
    *(("ledger", kind) for kind in ("xlsx", "csv")),
    *(("check", kind) for kind in ("xlsx", "csv", "docx")),
    *(("compare", kind) for kind in ("xlsx", "docx")),
    *(("lint", "docx"), ("import", "docx")),
    *((door, "pdf") for door in ("lint", "check", "compare")),
]
FREQUENT = ("xlsx", "csv", "docx")
RETURNS = [kind for kind in ENDINGS if kind != "pdf"]


def _count(kind: str, numbers: range, door: str, tally: Tally) -> dict[str, int]:
    """How many were read and refused; none may be lost, and the first that are say by which number."""
    ends = dict.fromkeys((READ, REFUSED), 0)
    lost = []
    for number, end, why in fates(kind, numbers, door):
        if end == LOST:
            lost.append(f"{kind} {number} at the door {door}: {why}")
        else:
            ends[end] += 1
    tally.survived(ends[READ])
    tally.refused(ends[REFUSED])
    assert not lost, f"{len(lost)} files were lost:\n" + "\n".join(lost[:5])
    return ends


@pytest.mark.row("I11")
@pytest.mark.parametrize("kind", RETURNS)
def test_hundreds_of_spoilt_returns_of_each_kind_are_read_whole_or_refused(kind: str, tally: Tally) -> None:
    ends = _count(kind, range(500 if kind in FREQUENT else 200), "return", tally)
    assert min(ends.values()) > 20


@pytest.mark.row("I11")
@pytest.mark.campaign
@pytest.mark.parametrize("kind", RETURNS)
def test_four_thousand_spoilt_returns_of_each_kind_are_read_whole_or_refused(kind: str, tally: Tally) -> None:
    ends = _count(kind, range(500 if kind in FREQUENT else 200, 4500), "return", tally)
    assert min(ends.values()) > 160


@pytest.mark.row("I11")
@pytest.mark.parametrize(("door", "kind"), DOORS, ids=["-".join(each) for each in DOORS])
def test_spoilt_files_are_read_or_refused_at_every_door(door: str, kind: str, tally: Tally) -> None:
    _count(kind, range(20), door, tally)


@pytest.mark.row("I11")
@pytest.mark.campaign
@pytest.mark.parametrize(("door", "kind"), DOORS, ids=["-".join(each) for each in DOORS])
def test_hundreds_of_spoilt_files_are_read_or_refused_at_every_door(door: str, kind: str, tally: Tally) -> None:
    _count(kind, range(20, 440), door, tally)
