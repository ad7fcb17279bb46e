"""Quantities in a text (数量): what is counted or measured, and what only looks like it.

A numeral counts only with a unit behind it, with 万 or 亿, or as a rank: years, numbers of documents, stretches of road
(K0+000), classes (4A级, 一期, 110千伏) and names (三峡, 四好农村路) are none. Ratings (110千伏, 10G) and ages of people
(65岁以上老人) are left out with a purpose: they say of which kind a thing is, and two of them are no two values.
Every pattern begins with a numeral that no numeral stands before, and holds no open repetition: time grows with length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from reportgen.quantities.measures import UNITS, UNITS_IN_WORDS, plain_unit
from reportgen.quantities.model import Amount, Bound
from reportgen.quantities.numerals import DIGITS, PLACES, SIZES, chinese_number

_PLAIN = str.maketrans(
    {0xFF10 + digit: str(digit) for digit in range(10)}
    | {
        "．": ".",
        "＋": "+",
        "％": "%",
        "−": "-",
        "–": "—",
        "－": "-",
        "～": "~",
        "：": ":",
        "／": "/",
        "\u3000": " ",
        "\xa0": " ",
    }
)
_NUMBER = r"\d{1,3}(?:,\d{3}){1,5}(?!\d)(?:\.\d{1,8})?(?!\d)|\d{1,15}(?!\d)(?:\.\d{1,8})?(?!\d)"
_SIZE = r"万亿|[十百千][万亿]|[万亿]|[百千](?![米克瓦伏卡])"
_MORE = r"余|多个?|来"
_AFTER = r"(?P<after>个?(?:左右|上下|及?以上|以内|之内|以下))?"
_PER = rf"(?:/(?:{UNITS}|年|月|公斤|日|件))?"
_YEARS = r"年(?!度|级|底|末|初|均|来|产|报|检|会|鉴|轻|青|行动|规划|计划|任期|期|制|[ ]?\d)"
_ARABIC = re.compile(
    rf"(?<![\d./#第〔\[])(?<![\dA-Za-z]\+)(?<!\d[,:—~-])(?<![A-Za-z][—-])"
    rf"(?P<sign>(?<![\d%万亿])[-+])?(?P<number>{_NUMBER})(?![.:+/]\d)"
    rf"(?: ?(?P<low_size>{_SIZE})?(?P<low_unit>%|‰)?(?:[-—~～]{{1,2}}|至|到)(?P<upper>{_NUMBER}))?"
    rf"(?:(?P<more>{_MORE})(?! ?[,，。]))? {{0,2}}(?P<size>{_SIZE})?(?P<more2>{_MORE})? ?"
    rf"(?:(?P<unit>(?:{UNITS}){_PER}|{_YEARS})|(?P<size_only>(?<=[万亿])(?![州级伏千瓦像能])))(?P<more3>余)?{_AFTER}"
)
_SIGNS = DIGITS + "".join(PLACES) + "".join(SIZES)
_WORDS = re.compile(
    rf"(?<![{_SIGNS}第“‘\"点])(?P<number>[{_SIGNS}]{{1,16}}(?:点[{DIGITS}]{{1,8}}[万亿]{{0,2}})?)(?![{_SIGNS}])"
    rf"(?P<more>余|多|来)? ?(?:(?P<unit>{UNITS_IN_WORDS})|(?P<size_only>(?<=[万亿])(?![\u4e00-\u9fff])))"
    rf"(?P<more3>余)?{_AFTER}"
)
_FRACTION = re.compile(
    r"(?P<base>[二三四五六七八九十]{1,2}|百|千)分之(?P<part>[〇零一二三四五六七八九十百两]{1,6}(?:点[〇零一二三四五六七八九]{1,6})?)"
    + _AFTER
)
_SLASHED = re.compile(r"(?<![\d./A-Za-z年月-])([1-9])/([2-9]|10)(?![\d./A-Za-z日月年号组-])" + _AFTER)
_RATIO = re.compile(r"(?<![\d.:])(\d{1,4}(?:\.\d{1,4})?)[:比](\d{1,4}(?:\.\d{1,4})?)(?![\d.:])")
_SHARE = re.compile(
    r"(?<![\d.第])(?P<number>[一二三四五六七八九]|\d(?:\.\d)?)成(?P<half>半)?"
    r"(?:(?P<after>左右|以上|以下)|(?=[，。；、,;）)\n]|的|$))"
)
_HALF = re.compile(
    r"(?<!双)(?<!每)(?<!前)(?<!后)一半(?P<after>左右|以上|以下)?|(?<=占|已|成|率|比|均)过半(?![\u4e00-\u9fff“”])"
)
_RANK = re.compile(
    r"第 ?(?P<number>\d{1,3}|[一二三四五六七八九十]{1,3}) ?(?P<unit>名|位(?!次))(?!代|师|教|优|同|老|干|客|志)"
    r"|(?:(?<=列)|(?<=居)|(?<=排)|(?<=排名)|(?<=位)|(?<=获))第(?P<bare>\d{1,3}|[一二三四五六七八九十]{1,3})(?![\u4e00-\u9fff\d])"
    r"|前(?P<top>\d{1,3}|[一二三四五六七八九十]{1,3})(?:名|位|强(?=[，。；、,;）)]|$)|(?=[，。；、,;）)\n]|$))"
    r"|(?<=[列居第市国区县省])(?P<first>首位)"
)

_ABOUT = re.compile(r"(?:大约|(?<![预节签履合公制集条违租失])约|(?<![附最邻靠临就远])近|将近|接近|大概|上)$")
_AT_LEAST = re.compile(r"(?:不得?(?:低|少|小)于|至少|(?<![不得])超过|超|突破|逾|(?<![不得])(?:高于|大于|多于))$")
_AT_MOST = re.compile(
    r"(?:不得?超过|不得?高于|不得?大于|不得?多于|(?<![不得])(?:低于|小于|少于)|控制在|至多|最多|不足|不到)$"
)
_BOUNDS_AFTER = {"左右": Bound.ABOUT, "上下": Bound.ABOUT} | dict.fromkeys(("以内", "之内", "以下"), Bound.AT_MOST)
_EDGE = 5  # the longest bound word before a numeral
_SIGNED = re.compile(r"(?:增长|增幅|增速|增加|下降|减少|降幅|变化|为|达|至)$")
_NAME_BEHIND = re.compile(r"级|[产]业集群")
_NAMED = re.compile(
    r"八项规定|三条(?:控制|红|底)线|三件事|三项制度|两个责任|三个(?:代表|不)|四个(?:意识|自信|全面)|两个(?:确立|维护)"
)
_MAKES_FIGURE = re.compile(r"(?:近|上|约|逾|超过?|不足|不到|过)$")
_TITLE = re.compile(r"《[^《》]{0,120}》")
_ONE_NEEDS = re.compile(
    r"(?:新建|改建|建成|打造|完成|引进|新增|培育|创建|设立|成立|开工|投用|建设|启动|取得|获批|至少|仅|仅有|各)$"
)
_LASTING = re.compile(r"(?:近|约|超过?|为期|历时|满|连续|长达|达|不少于|不超过)$")


@lru_cache(maxsize=32768)
def amounts(text: str) -> tuple[Amount, ...]:
    """Every quantity (数量) of a text in reading order; no two of them overlap."""
    plain = (text or "").translate(_PLAIN)
    found = sorted(
        (*_in_figures(plain), *_in_words(plain), *_fractions(plain), *_ranks(plain)),
        key=lambda one: (one.start, -one.end),
    )
    titles = [match.span() for match in _TITLE.finditer(plain)] if "《" in plain else []
    kept: list[Amount] = []
    for amount in found:
        while titles and titles[0][1] <= amount.start:
            titles.pop(0)
        named = bool(titles) and titles[0][0] < amount.start  # 《关于…十条措施》 is a name
        if kept and _goes_on(plain, kept[-1], amount):
            kept[-1] = _joined(kept[-1], plain[amount.start - 1], amount)
        elif not named and (not kept or amount.start >= kept[-1].end):
            kept.append(amount)
    return tuple(kept)


def _goes_on(plain: str, first: Amount, second: Amount) -> bool:
    """1亿2000万元 is one number: 万 or 亿 without a unit, and right behind it a smaller number with one."""
    touching = first.end == second.start and not first.unit and plain[first.end - 1] in "万亿"
    return touching and second.upper is None and 0 < second.value < first.scale and first.decimals == 0


def _joined(first: Amount, size: str, second: Amount) -> Amount:
    return replace(
        second,
        value=first.value + second.value,
        number=f"{first.number}{size}{second.number}",
        start=first.start,
        bound=second.bound if second.bound is not Bound.EXACT else first.bound,
    )


def _bounded(plain: str, start: int, after: str | None, more: bool) -> tuple[int, Bound]:
    """Where a quantity begins with the bound word before it, and what bound it has; 以上 behind goes before 约."""
    edge = plain[max(0, start - _EDGE) : start]
    bound, begins = Bound.ABOUT if more else Bound.EXACT, start
    for pattern, meaning in ((_AT_MOST, Bound.AT_MOST), (_AT_LEAST, Bound.AT_LEAST), (_ABOUT, Bound.ABOUT)):
        if match := pattern.search(edge):
            if (
                match[0] in ("上", "不足", "不到")
                and meaning is Bound.ABOUT
                and plain[start : start + 1] not in "百千万"
            ):
                continue
            begins, bound = start - len(match[0]), meaning
            break
    if after:
        bound = _BOUNDS_AFTER.get(after.removeprefix("个").removeprefix("及"), Bound.AT_LEAST)
    return begins, bound


def _plainly(value: Decimal) -> Decimal:
    """333100, not 333100.00 nor 3.331E+5."""
    return Decimal(int(value)) if value == value.to_integral_value() else value.normalize()


def _size(words: str | None) -> int:
    worth = 1
    for sign in words or "":
        worth *= PLACES.get(sign) or SIZES[sign]
    return worth


def _in_figures(plain: str) -> Iterator[Amount]:
    """Quantities in figures: 33.31万平方米, 60余个, 3—5家, -19%."""
    for match in _ARABIC.finditer(plain):
        number, unit, size_words = match["number"], match["unit"] or "", match["size"]
        if len(number) > 1 and number[0] == "0" and number[1] != ".":
            continue  # a telephone number, a code
        if _NAME_BEHIND.match(plain, match.end()) and (size_words or unit in ("元", "人")):
            continue  # 10亿级企业, 百亿元级产业
        if not unit and size_words not in ("万", "亿", "万亿", "百万", "千万", "百亿", "千亿", "十万", "十亿"):
            continue
        if unit == "年" and not (
            len(number) == 1
            or (len(number) == 2 and _LASTING.search(plain[max(0, match.start() - _EDGE) : match.start()]))
        ):
            continue  # 2022年, 23年
        before, behind = plain[match.start() - 1 : match.start()], plain[match.end() : match.end() + 1]
        if before.isascii() and before.isalpha() and not (size_words and unit.endswith("元")):
            continue  # C3-1, G93; but FDI3000万美元
        if unit == "岁" and (match["upper"] or (behind and behind in "人老儿少居青妇群的")):
            continue  # 3-11岁人群
        if unit == "分" and before in ("时", "点"):
            continue  # 6时30分
        sign, begins = match["sign"] or "", match.start()
        if sign and unit not in ("%", "‰", "百分点") and not _SIGNED.search(plain, max(0, begins - _EDGE), begins):
            sign, begins = "", begins + 1  # 互联网+2个项目; a dash before a number
        size = _size(size_words)
        low_size = _size(match["low_size"]) if match["low_size"] else size
        decimals = len(number.partition(".")[2])
        value = Decimal(sign + number.replace(",", "")) * low_size
        upper = Decimal(match["upper"].replace(",", "")) * size if match["upper"] else None
        if upper is not None and upper <= value:
            continue  # 74-96号, 2022-1: no range
        start, bound = _bounded(plain, begins, match["after"], bool(match["more"] or match["more2"] or match["more3"]))
        yield Amount(
            value=_plainly(value),
            unit=plain_unit(unit),
            number=sign + number,
            start=start,
            end=match.end(),
            bound=bound,
            decimals=decimals,
            scale=Decimal(1).scaleb(-decimals) * low_size,
            upper=None if upper is None else _plainly(upper),
        )


def _in_words(plain: str) -> Iterator[Amount]:
    """Quantities in Chinese numerals: 十一点一亿, 两个, 近百家; 一批 and 三军医大 are none."""
    for match in _WORDS.finditer(plain):
        number, unit = match["number"], match["unit"] or ""
        before = plain[max(0, match.start() - _EDGE) : match.start()]
        more = bool(match["more"] or match["more3"])
        value = chinese_number(number)
        if value is None and number in ("百", "千", "万", "亿", "百万", "千万") and unit:
            # 近百家, 上千人: only with the word that makes it a figure; 数百家 says none.
            if match["more"] != "余" and not _MAKES_FIGURE.search(before):
                continue
            value = Decimal(_size(number))
        if value is None or value == 0 or number == "二":
            continue
        if number == "一" and not _ONE_NEEDS.search(before):
            continue
        if _NAME_BEHIND.match(plain, match.end()) and unit in ("", "元", "人"):
            continue
        if (before and before[-1] in "数几好") or _NAMED.match(plain, match.start()):
            continue
        start, bound = _bounded(plain, match.start(), match["after"], more)
        if not unit and "点" not in number and len(number) < 2:
            continue
        decimals = len(number.partition("点")[2].rstrip("万亿"))
        tail = re.search(r"[万亿]+$", number)
        size = _size(tail[0]) if tail else 1
        yield Amount(
            value=_plainly(value),
            unit=plain_unit(unit),
            number=number,
            start=start,
            end=match.end(),
            bound=bound,
            decimals=decimals,
            scale=Decimal(1).scaleb(-decimals) * size,
        )


def _share(plain: str, match: re.Match[str], value: Decimal, number: str, decimals: int = 0) -> Amount:
    groups = match.groupdict()
    start, bound = _bounded(plain, match.start(), groups.get("after"), False)
    return Amount(
        value=_plainly(value),
        unit="%",
        number=number,
        start=start,
        end=match.end(),
        bound=bound,
        decimals=decimals,
        scale=Decimal(1).scaleb(-decimals),
    )


def _fractions(plain: str) -> Iterator[Amount]:
    """Fractions as parts of a hundred: 三分之一, 百分之十五, 1/3, 七成, 过半; a ratio (配比1:1.2) is its quotient."""
    for match in _FRACTION.finditer(plain):
        base = Decimal(_size(match["base"])) if match["base"] in ("百", "千") else chinese_number(match["base"])
        part = chinese_number(match["part"])
        if base and part is not None and part <= base * 10:
            yield _share(plain, match, part * 100 / base, match[0], len(match["part"].partition("点")[2]))
    for match in _SLASHED.finditer(plain):
        if int(match[1]) < int(match[2]):
            yield _share(plain, match, Decimal(match[1]) * 100 / Decimal(match[2]), f"{match[1]}/{match[2]}")
    for match in _RATIO.finditer(plain):
        if "比" in plain[max(0, match.start() - _EDGE) : match.start()] and Decimal(match[2]):
            yield Amount(
                value=Decimal(match[1]) / Decimal(match[2]),
                unit="比",
                number=match[0],
                start=match.start(),
                end=match.end(),
            )
    for match in _SHARE.finditer(plain):
        figure = match["number"]
        tenth = Decimal(figure) if figure[0].isdigit() else chinese_number(figure)
        if tenth:
            yield _share(plain, match, tenth * 10 + (5 if match["half"] else 0), figure)
    for match in _HALF.finditer(plain):
        yield _share(plain, match, Decimal(50), match[0])


def _ranks(plain: str) -> Iterator[Amount]:
    """Ranks: 第3名, 第十三位, 排名第三, 前三, 首位."""
    for match in _RANK.finditer(plain):
        figure = match["number"] or match["bare"] or match["top"]
        value = Decimal(1) if not figure else Decimal(figure) if figure[0].isdigit() else chinese_number(figure)
        if value:
            yield Amount(
                value=value,
                unit="名",
                number=figure or match[0],
                start=match.start(),
                end=match.end(),
                bound=Bound.AT_MOST if match["top"] else Bound.EXACT,
                ordinal=True,
            )
