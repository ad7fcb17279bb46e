"""Growth written with a minus (增长负数): 增长-19% is written 下降19%."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Manuscript
from reportgen.proof.rules import Rule
from reportgen.proof.settings import Settings

# Not 增长率为-3% or 增速-3%: a rate may be negative, growing by less than nothing may not.
_NEGATIVE = re.compile(
    r"(?P<verb>增长|增加|上升|提高|提升|下降|减少|降低)(?:了|约)?\s?[-－−–](?P<number>\d[\d.,]{0,15}\s?(?:[%％]|个?百分点))"
)
_UP = ("增长", "增加", "上升", "提高", "提升")


def examine(manuscript: Manuscript, settings: Settings) -> Iterator[Finding]:
    """Every growth by a negative number, and every fall by one (增长负数、下降负数)."""
    if not settings.looks_at(Rule.NEGATIVE_GROWTH):
        return
    for text in manuscript.every_text():
        if text.stands_elsewhere:
            continue
        for match in _NEGATIVE.finditer(text.content):
            verb, number = match["verb"], match["number"]
            mark = Mark(text=text, start=match.start(), end=match.end())
            if verb in _UP:
                down = "下降" if verb in ("增长", "上升") else "降低" if verb in ("提高", "提升") else "减少"
                what, fix = f"「{match[0]}」是负数，不能说{verb}", f"改写为「{down}{number}」"
            else:
                what, fix = f"「{match[0]}」两次说了下降", f"确是下降的，改写为「{verb}{number}」"
            yield from settings.finding(Rule.NEGATIVE_GROWTH, what, fix, mark)
