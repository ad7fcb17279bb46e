"""Totals of tables (表中合计): a row 合计, 小计 or 总计 against the rows above it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Listing, Row, Text
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings


def table_sums(listing: Listing, settings: Settings) -> Iterator[Finding]:
    """A table's row 合计 or 小计 against the rows above it (表中合计)."""
    above: list[Row] = []
    for row in listing.rows:
        label = next((_bare(text.content) for text in row.texts.values() if text.content.strip()), "")
        if label not in ("合计", "总计", "小计", "共计"):
            above.append(row)
            continue
        for name, text in row.texts.items():
            yield from _column(text, [each.texts[name] for each in above if name in each.texts], settings)
        # 小计 begins anew; a 合计 below 小计 is theirs, which no column alone can tell.
        if label == "小计":
            above = []
        else:
            return


def _column(total: Text, cells: Sequence[Text], settings: Settings) -> Iterator[Finding]:
    wanted = _number(total.content)
    values = [_number(cell.content) for cell in cells if cell.content.strip()]
    known = [value for value in values if value is not None]
    # A column of shares is no sum, nor is one with words in it.
    if wanted is None or len(known) < 2 or len(known) != len(values) or "%" in total.content:
        return
    added = sum(known, Decimal(0))
    places = max(-_places(each) for each in (*known, wanted))
    if abs(added - wanted) * 2 > Decimal(1).scaleb(-places) * len(known) * (1 if places else 0):
        what = f"合计写{total.content.strip()}，各行相加是{added.normalize():f}"
        yield from settings.finding(
            Rule.SUM, what, "请核对各行和合计", Mark(text=total), *(Mark(text=c) for c in cells)
        )


def _bare(content: str) -> str:
    return re.sub(r"\s", "", content)


def _number(content: str) -> Decimal | None:
    try:
        value = Decimal(_bare(content).replace(",", ""))
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < 10**15 else None


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return min(exponent, 0) if isinstance(exponent, int) else 0
