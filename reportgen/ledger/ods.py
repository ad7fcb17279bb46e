"""Workbooks of the time before 2007 (.ods)."""

from __future__ import annotations

from reportgen.ledger.sheet import SheetsRead


def read_ods(blob: bytes, name: str) -> SheetsRead:
    """Every sheet (读全部工作表) of an old workbook."""
    raise NotImplementedError
