"""A set's index for the people who hand it out (目录 index.xlsx)."""

from __future__ import annotations

from reportgen.unit_sets.record import SetRecord

INDEX_NAME = "index.xlsx"


def index_workbook(record: SetRecord) -> bytes:
    """The index (目录) as a workbook: the units, where each entry went, the sums, the problems."""
    raise NotImplementedError
