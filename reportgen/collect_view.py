"""What a collection found out, for the page and as plain data (汇总结果的两种样子)."""

from __future__ import annotations

from datetime import date
from typing import Any

from reportgen.collect import Collected
from reportgen.intake.findings import by_kind
from reportgen.numbering import chinese_date


def page_values(collected: Collected) -> dict[str, Any]:
    """What the page 汇总报告 shows (网页内容)."""
    collection = collected.collection
    groups = by_kind([each for each in collection.findings if not each.settled])
    return {
        "title": collected.title,
        "into": collected.name,
        "changed": collected.changed,
        "rolled": collected.rolled,
        "deadline": _shown(collection.deadline),
        "on": _shown(collection.on),
        "counts": collection.counts(),
        "open_groups": [(kind, found) for kind, found in groups.items() if kind.needs_person],
        "known_groups": [(kind, found) for kind, found in groups.items() if not kind.needs_person],
        "settled": [each for each in collection.findings if each.settled],
        "units": collection.units,
        "reminder": collected.reminder,
        "skipped": collected.skipped,
    }


def as_json(collected: Collected) -> dict[str, Any]:
    """The whole result (汇总结果) as plain data."""
    collection = collected.collection
    return {
        "complete": collected.complete,
        "changed": collected.changed,
        "period": collection.record.period,
        "rolled": collected.rolled.as_json() if collected.rolled else None,
        "deadline": collection.deadline.isoformat() if collection.deadline else None,
        "on": collection.on.isoformat() if collection.on else None,
        "counts": collection.counts(),
        "units": [each.as_json() for each in collection.units],
        "returns": [
            {
                "file": each.file,
                "unit": each.unit,
                "unit_from": each.unit_from,
                "modified": each.moment,
                "rows": each.rows,
                "readable": each.readable,
                "replaced": each.replaced,
                "sha256": each.sha256,
            }
            for each in collection.record.returns
        ],
        "findings": [each.as_json() for each in collection.findings],
        "reminder": collected.reminder,
        "skipped": [{"file": file, "why": why} for file, why in collected.skipped],
    }


def _shown(day: date | None) -> str:
    return chinese_date(day) if day else ""
