"""Both reference documents as manuscripts: the text outside the tables, and the rows as their tables.json has them.

The extraction lost some row numbers; a number that it lost is an empty cell here.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from reportgen.issued.kinds import Kind
from reportgen.ledger.units import Register
from reportgen.proof.manuscript import Listing, Manuscript, Row, Text
from tests.manuscripts import annex_list, body, listing, manuscript, row, title
from tests.projects import REFERENCE

FIRST = "000_e60aa22c5259564f.txt"
SECOND = "004_d83afeb5c6bc625e.txt"


@cache
def _tables() -> Any:
    return json.loads((REFERENCE / "tables.json").read_text(encoding="utf-8"))


def _row(each: Any, categories: dict[str, Text]) -> Row:
    fields: dict[str, Any] = {
        "given_no": str(each.get("given_no") or ""),
        "text": each.get("task") or each["goal"],
        "lead_units": "\n".join(each["lead"]),
        "progress": each["progress"],
    }
    if "support" in each:
        fields["support_units"] = "\n".join(each["support"])
    if each.get("category"):
        made = row(category=each["category"]).texts["category"]
        fields["category"] = categories.setdefault(each["category"], made)
    return row(**fields)


def _listing(key: str, part: str, kind: Kind, annex: int, name: str) -> Listing:
    categories: dict[str, Text] = {}
    return listing([_row(each, categories) for each in _tables()[key][part]], kind=kind, annex=annex, title=name)


@cache
def first_reference(register: Register | None = None) -> Manuscript:
    """沙坪坝区 2022 half-year report: body, annex list, annexes 1 to 3."""
    text = (REFERENCE / FIRST).read_text(encoding="utf-8").replace("[bookmark: _GoBack]", "")
    above = text[: text.index("附件1\n经济")]
    head, _, rest = above.partition("区政府：")
    listed = rest[rest.index("附件：1.") :]
    names = [line.strip() for line in listed.splitlines() if line.strip()]
    titles = [name.partition(".")[2] for name in names]
    key = "shapingba_2022h1"
    return manuscript(
        [title(line.strip()) for line in head.splitlines() if line.strip()],
        body(rest[: rest.index("附件：1.")]),
        annex_list(*names),
        _listing(key, "goals", Kind.GOALS, 1, titles[0]),
        _listing(key, "lagging", Kind.LAGGING, 2, titles[1]),
        _listing(key, "normal", Kind.NORMAL, 3, titles[2]),
        register=register,
        period=None,
        file=FIRST,
    )


@cache
def second_reference(register: Register | None = None) -> Manuscript:
    """涪陵区 2023 half-year, its annex 2 alone."""
    name = "上半年政府工作报告主要目标任务完成情况"
    return manuscript(
        _listing("fuling_2023h1", "rows", Kind.TASKS, 2, name), register=register, period=None, file=SECOND
    )
