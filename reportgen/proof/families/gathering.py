"""Many findings of one kind in one text are one finding (同类合并): nobody reads the same sentence fifty times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from reportgen.proof.findings import Finding

# So many of one rule in one text are told one by one.
_FEW = 8
_MOST_MARKS = 20


def gathered(findings: Iterable[Finding], few: int = _FEW) -> Iterator[Finding]:
    """The findings of one rule in one text (同类意见), as one if there are more than `few`; `what` tells how many."""
    found = list(findings)
    if len(found) <= few:
        yield from found
        return
    what = f"{found[0].what}；这一段里同样的问题共{len(found)}处"
    yield replace(found[0], what=what, marks=tuple(each.marks[0] for each in found[:_MOST_MARKS]))
