"""How many goals have which verdict, as a text says it (正文所述评价): 2项指标符合预期，分别是：A，B."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from reportgen.ledger.model import VERDICTS
from reportgen.ledger.words import Words
from reportgen.numbering import CIRCLED, circled, number_value

_ALL_CIRCLED = frozenset(circled(number) for number in range(1, 51))
_NUMBER = r"(?:\d{1,4}|[一二三四五六七八九十]{1,3})"
_LEAD = re.compile(r"[^：:。；\d]{0,40}?(?:分别[是为有]?[：:]?|(?:[是为即有]|包括)?[：:])\s*")
_TAIL = re.compile(r"[（(]详?见附[^（）()]*[）)]\s*(?:。\s*)?$")
# What may stand behind a list and is none of it (a pattern would take time by the square of their number).
_BEHIND = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "；;，,。、" + "".join(sorted(_ALL_CIRCLED))


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictGroup:
    """A verdict (评价), of how many goals it is said, and the list of them, empty if none is given.

    The number with 项 is `text[start:end]`; `listed` begins at `list_start`.
    """

    verdict: str
    count: int
    start: int
    end: int
    listed: str
    list_start: int


def verdict_groups(text: str, words: Words) -> Iterator[VerdictGroup]:
    """The verdicts in a text (评价分组), each with its list up to the next verdict."""
    known = {word: verdict for verdict in VERDICTS for word in (verdict, *words.judgements.get(verdict, ()))}
    heads = list(_head(tuple(known)).finditer(text))
    marked = [found for found in heads if found[0][0] in _ALL_CIRCLED]
    if len(marked) > 1:  # then what is said within their lists begins none
        heads = marked
    for found, after in zip_longest(heads, heads[1:]):
        word, number = found["v"] or found["v2"], "n" if found["n"] else "n2"
        verdict = known.get(word) or (VERDICTS[1] if word[0] in "不未" else known.get(word[1:], ""))
        rest = text[found.end() : after.start() if after else len(text)]
        lead = _LEAD.match(rest)
        listed = rest[lead.end() :] if lead else ""
        if after is None:
            listed = _TAIL.sub("", listed)
        yield VerdictGroup(
            verdict=verdict,
            count=number_value(found[number]) or 0,
            start=found.start(number),
            end=text.index("项", found.end(number)) + 1,
            listed=listed.rstrip(_BEHIND),
            list_start=found.end() + (lead.end() if lead else 0),
        )


@lru_cache(maxsize=16)
def _head(words: tuple[str, ...]) -> re.Pattern[str]:
    said = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    return re.compile(
        rf"(?:[{CIRCLED}]\s{{0,9}})?(?:(?P<n>{_NUMBER})\s*项[^，。；：:\d{CIRCLED}]{{0,14}}?(?P<v>[不未]?(?:{said}))"
        rf"|(?P<v2>[不未]?(?:{said}))[^，。；：:\d{CIRCLED}]{{0,10}}?(?P<n2>{_NUMBER})\s*项)"
    )
