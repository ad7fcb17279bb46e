"""Sums over a set's units and entries (分送件统计), as the index tells them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportgen.ledger.model import LEADS, STATUSES, SUPPORTS, Sheet
from reportgen.unit_sets.record import SetRecord

NOT_JUDGED = "未研判"
DUTIES = (LEADS, SUPPORTS)
_ALWAYS_SHOWN = (Sheet.GOALS.value, *reversed(STATUSES))


@dataclass(frozen=True, slots=True)
class UnitTable:
    """Rows of each unit by kind and duty (各单位项数): `rows` in the units' order, `total` their sums.

    A kind is 预期目标 for all goals, else a task's status.
    """

    kinds: tuple[str, ...]
    rows: tuple[tuple[int, ...], ...]
    total: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EntryGroup:
    """Entries of one sheet and judgement (一类条目): how many, how many of them reach a unit, and the units' rows."""

    sheet: str
    judgement: str
    entries: int
    reached: int
    shared: int
    leads: int
    supports: int


def unit_table(record: SetRecord) -> UnitTable:
    """The units' counts as a table (各单位项数): a column for each kind and duty that there is."""
    import pandas as pd

    counts = pd.DataFrame(
        [
            (at, _kind(each.sheet, each.judgement), each.duty, each.rows)
            for at, unit in enumerate(record.units)
            for each in unit.counts
        ],
        columns=["unit", "kind", "duty", "rows"],
    )
    found = [kind for kind in dict.fromkeys(counts["kind"]) if kind not in _ALWAYS_SHOWN]
    kinds = (*_ALWAYS_SHOWN, *sorted(found, key=lambda kind: (kind == NOT_JUDGED, kind)))
    columns = pd.MultiIndex.from_product([kinds, DUTIES])
    table = counts.pivot_table(index="unit", columns=["kind", "duty"], values="rows", aggfunc="sum", fill_value=0)
    table = table.reindex(index=range(len(record.units)), columns=columns, fill_value=0).astype("int64")
    rows = tuple(tuple(row) for row in table.to_numpy().tolist())
    return UnitTable(kinds, rows, tuple(table.sum().tolist()))


def _kind(sheet: str, judgement: str) -> str:
    return sheet if sheet == Sheet.GOALS.value else judgement or NOT_JUDGED


def entry_groups(record: SetRecord) -> Sequence[EntryGroup]:
    """The entries by sheet and judgement (各类条目), in the order in which the ledger first has each."""
    import pandas as pd

    frame = pd.DataFrame(
        [
            (each.sheet, each.judgement or NOT_JUDGED, len(each.leads), len(each.supports), len(each.outside))
            for each in record.entries
        ],
        columns=["sheet", "judgement", "leads", "supports", "outside"],
    )
    here = frame["leads"] + frame["supports"]
    frame["reached"] = (here + frame["outside"] > 0).astype("int64")
    frame["shared"] = (here > 1).astype("int64")
    groups = frame.groupby(["sheet", "judgement"], sort=False)
    sums = groups.agg(
        entries=("leads", "size"),
        reached=("reached", "sum"),
        shared=("shared", "sum"),
        leads=("leads", "sum"),
        supports=("supports", "sum"),
    )
    return [
        EntryGroup(sheet, judgement, *(int(value) for value in row))
        for (sheet, judgement), row in zip(sums.index.tolist(), sums.to_numpy().tolist(), strict=True)
    ]
