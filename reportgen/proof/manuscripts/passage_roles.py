"""What each paragraph of a finished document is (各段的作用): told by its wording alone, so in Word and PDF alike."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from reportgen.ledger.words import plain_key
from reportgen.numbering import HEADING_MARKS, number_value
from reportgen.proof.manuscript import Role

_NUMBER = r"(?P<number>\d{1,2}|[一二三四五六七八九十]{1,3})"
_LABEL = re.compile(rf"附件{_NUMBER}?[:：]?")
_LABELLED = re.compile(rf"附件{_NUMBER}?(?=\D)[-—:： ]*")
_LIST_LEAD = re.compile(r"附件[:：](?:1[.．、]|[^\d])")
_LIST_ENTRY = re.compile(r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})[.．、](?!\d)")

_HEAD_PASSAGES = 20
_LONGEST_ADDRESSEE = 120
_LONGEST_TITLE = 80
_LONGEST_HEADING = 60
# What stands in a letterhead (版头) above the title, by its wording.
_LETTERHEAD = re.compile(
    r"\d{6,8}|(绝密|机密|秘密)(★.*)?|特急|加急|特提|平急|急件|[\(（]?(\d{4}年)?(总)?第?[\d一二三四五六七八九十]+期.{0,12}"
    r"|\S{1,20}[〔\[［【(（]\d{2,4}[〕\]］】)）]第?\d+号.*|.*签发人[:：].*|.{2,40}编印?(\d{4}年\d{1,2}月\d{1,2}日)?"
    r"|.{0,30}\d{4}年\d{1,2}月\d{1,2}日"
)
_DATE = re.compile(
    r"\d{4}年\d{1,2}月\d{1,2}日|[〇○零一二三四五六七八九十]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日"
)
_NOTE = re.compile(r"[(（].*[)）]")
_IMPRINT = re.compile(r"(抄[送报]|分送|主送)[:：].*|.*\d{4}年\d{1,2}月\d{1,2}日印发")
_LONGEST_SIGNATURE = 30


@dataclass(frozen=True, slots=True)
class Placed:
    """A paragraph's role (作用), and the annex that it stands in: None in the body, 0 in an only one."""

    role: Role
    annex: int | None = None


def annex_number(text: str) -> int | None:
    """The number that 附件 at the beginning of a text has, 0 where it has none; None if it does not begin so."""
    found = _LABEL.fullmatch(plain_key(text)) or _LABELLED.match(plain_key(text))
    if found is None:
        return None
    number = found["number"]
    if not number:
        return 0
    return number_value(number)


def placed(texts: Sequence[str], titles: Collection[int]) -> list[Placed]:
    """The role of each paragraph; `titles` are the indexes of those that stand as title right above a table."""
    keys = [plain_key(text) for text in texts]
    head = _head(keys, titles)
    result: list[Placed] = []
    annex: int | None = None
    for index, key in enumerate(keys):
        if index < len(head):
            result.append(Placed(head[index]))
            continue
        above = result[-1].role if result else None
        listed = _is_list(key, above) and not (index in titles and _listed_before(result))
        if listed and annex is None:
            result.append(Placed(Role.ANNEX_LIST))
            continue
        number = _begins_annex(key, index in titles)
        if number is not None:
            annex = number
            result.append(Placed(Role.ANNEX_TITLE, annex))
        elif annex is not None and (index in titles or _follows_label(key, keys[index - 1] if index else "")):
            result.append(Placed(Role.ANNEX_TITLE, annex))
        else:
            result.append(Placed(_body(key), annex))
    _mark_signatures(keys, result)
    return result


def _listed_before(result: Sequence[Placed]) -> bool:
    return any(each.role is Role.ANNEX_LIST for each in result)


def _is_list(key: str, above: Role | None) -> bool:
    return bool(_LIST_LEAD.match(key)) or (above is Role.ANNEX_LIST and bool(_LIST_ENTRY.match(key)))


def _begins_annex(key: str, is_title: bool) -> int | None:
    """The number of the annex that a paragraph begins: 附件2 alone, or before the title of a table."""
    if _LABEL.fullmatch(key) or (is_title and _LABELLED.match(key)):
        return annex_number(key)
    return None


def _follows_label(key: str, above: str) -> bool:
    return bool(_LABEL.fullmatch(above)) and len(key) <= _LONGEST_TITLE and not key.endswith(("。", "；", ";"))


def _head(keys: Sequence[str], titles: Collection[int]) -> list[Role]:
    """The roles of what stands before the body: letterhead, title, addressee; nothing in an annex by itself."""
    end, addressed = 0, False
    for key in keys[:_HEAD_PASSAGES]:
        if _LABEL.fullmatch(key) or _LIST_LEAD.match(key) or end in titles:
            break
        if key.endswith((":", "：")) and len(key) <= _LONGEST_ADDRESSEE and not re.search("[,，。;；]|如下", key):
            addressed = True
            break
        if len(key) > _LONGEST_TITLE or "。" in key or any(mark.match(key) for _, mark in HEADING_MARKS):
            break
        end += 1
    tops = [index for index, key in enumerate(keys[:end]) if _LETTERHEAD.fullmatch(key)]
    # What stands above the document's number is the mark of its issuer.
    first = tops[-1] + 1 if tops else 0
    first = first if first < end else 0
    roles = [Role.OTHER] * first + [Role.TITLE] * (end - first)
    return [*roles, Role.ADDRESSEE] if addressed else roles


def _body(key: str) -> Role:
    if _IMPRINT.fullmatch(key):
        return Role.OTHER
    level = next((level for level, mark in HEADING_MARKS if mark.match(key)), None)
    if level and len(key) <= _LONGEST_HEADING and "。" not in key[:-1] and not key.endswith(("；", ";", "：", ":")):
        return Role.HEADING
    return Role.PARAGRAPH


def _mark_signatures(keys: Sequence[str], result: list[Placed]) -> None:
    """A date on a line of its own, who signs above it, and the note below."""
    for index, key in enumerate(keys):
        if not _DATE.fullmatch(key) or result[index].role is not Role.PARAGRAPH:
            continue
        annex = result[index].annex
        result[index] = Placed(Role.OTHER, annex)
        above = index - 1
        while above >= 0 and result[above].role is Role.PARAGRAPH and _may_sign(keys[above]):
            result[above] = Placed(Role.OTHER, annex)
            above -= 1
        below = index + 1
        if below < len(keys) and result[below].role is Role.PARAGRAPH and _NOTE.fullmatch(keys[below]):
            result[below] = Placed(Role.OTHER, annex)


def _may_sign(key: str) -> bool:
    return len(key) <= _LONGEST_SIGNATURE and not re.search("[。；;：:，,]", key)
