"""For which period a return says that it is (反馈的报告期): a line, a title or the head of the progress."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from reportgen.ledger.words import plain_key

_LINE = re.compile(r"(?:报告期|填报期|统计期|反馈期|所属期|所属时期)间?[:：]")
_SAYS_WHEN = re.compile(r"[\d一二三四年]")
_ENDS = re.compile(r"\s{2,}|[\t\n，,；;。]|(?:填报|填表|联系|审核|单位|日期)[^:：]{0,6}[:：]")
_TO = r"[-—–－~～至到]+"
_YEAR = r"(?:(?:19|20)\d\d年度?)"
# 截至6月底 says where it ends only: with its year it is the year so far, without one nobody knows.
_UNTIL = re.compile(rf"(?:截至|截止|截止到|截至到)目?前?({_YEAR})?(\d{{1,2}})月(份|底|末|30日|31日)?")
_PERIOD = re.compile(
    rf"{_YEAR}?(?:\d{{1,2}}月?{_TO}\d{{1,2}}月份?|上半年|下半年|全年|前三季度|[前第]?[一二三四1-4]{_TO}[二三四2-4]季度"
    rf"|第?[一二三四1-4]季度|(?<!\d)\d{{1,2}}月份)"
)
_LONG_TITLE = 60
_LONG_PERIOD = 20


def stated_period(lines: Sequence[str], titles: Iterable[str], heads: Iterable[str]) -> str:
    """The period (报告期) of a return as it is written: a line before a title before a head; empty if none is sure.

    `titles` are the short lines above the tables, `heads` the headers of their progress.
    """
    for text in lines:
        if label := _LINE.search(text):
            period = _ENDS.split(text[label.end() :].strip())[0].strip(" 　_()（）")
            if 0 < len(period) <= _LONG_PERIOD and _SAYS_WHEN.search(period):
                return period
    for kind in (titles, heads):
        texts = ["".join(text.split()) for text in kind if len(text) <= _LONG_TITLE]
        for find in (_named, _until):
            found = sorted({plain_key(period): period for text in texts for period in find(text)}.values(), key=len)
            # 1—6月 and 2026年1—6月 say the same, as far as the shorter one goes.
            if found and all(plain_key(found[-1]).endswith(plain_key(period)) for period in found):
                return found[-1]
            if found:
                return ""
    return ""


def _named(text: str) -> Iterator[str]:
    return (match[0] for match in _PERIOD.finditer(text))


def _until(text: str) -> Iterator[str]:
    for year, month, end in _UNTIL.findall(text):
        if year and end and int(month) > 1:
            yield f"{year}1—{int(month)}月"
