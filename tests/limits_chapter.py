"""The README's tables of limits and of least versions (限额表、版本表), as the program has them."""

from __future__ import annotations

from reportgen.limits import STANDARD, RenderLimits, all_told
from reportgen.versions import LEAST, LOOKED_AT

_PARTS = {"": "都要", "service": "网上服务", "postgres": "PostgreSQL", "cluster": "集群", "typst": "typst 引擎"}


def limits_table() -> str:
    """Every limit with its default, its unit and what may be written."""
    rows = ["| 键 | 意思 | 默认 | 可写 |", "|---|---|---|---|"]
    for each in all_told(STANDARD, RenderLimits()):
        rows.append(
            f"| `{each.key}` | {each.meaning.words} | {each.value} {each.meaning.unit} | {each.meaning.range} |"
        )
    return "\n".join(rows)


def versions_table() -> str:
    """Every library with its least version and the reason."""
    rows = [
        f"核对日期：{LOOKED_AT.isoformat()}。",
        "",
        "| 库 | 不低于 | 用在 | 为什么 | 漏洞编号 |",
        "|---|---|---|---|---|",
    ]
    for each in LEAST:
        known = "、".join(each.advisories) or "—"
        rows.append(f"| {each.package} | {each.version} | {_PARTS[each.extra]} | {each.why} | {known} |")
    return "\n".join(rows)
