"""How a configuration writes the elements of a 公文 (要素的写法): brought to one form, or refused with a cure."""

from __future__ import annotations

import re
from typing import Any

from reportgen.template.hints import shown

_SECRECY = re.compile(r"(绝密|机密|秘密)(★([1-9]\d?(年|个月|天|日)|长期))?")
_URGENCY = ("特急", "加急", "特提", "平急")
_NUMBER = re.compile(r"(?P<code>[^\s\d〔〕]+)〔(?P<year>(?:19|20)\d\d)〕(?P<serial>[1-9]\d{0,4})号")
_LIKE_A_NUMBER = re.compile(
    r"(?P<code>[^\d\[(（［【〔]+)[\[(（［【〔](?P<year>(?:19|20)\d\d)年?[\])）］】〕]第?0*(?P<serial>[1-9]\d{0,4})号?"
)
_BRACKETS = (("（", "）"), ("(", ")"))


class Misformed(ValueError):
    """An element in a form that the standard does not know (写法不合规范): `code`, what is wrong, how to mend it."""

    def __init__(self, code: str, what: str, fix: str) -> None:
        super().__init__(what)
        self.code = code
        self.what = what
        self.fix = fix


def document_number(value: Any) -> Any:
    """发文字号: code, year in full in 〔〕, serial number without 第 or a leading zero. GB/T 9704—2012 7.2.5."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if _NUMBER.fullmatch(text):
        return text
    meant = _LIKE_A_NUMBER.fullmatch(re.sub(r"\s", "", text))
    right = f"{meant['code']}〔{meant['year']}〕{meant['serial']}号" if meant else "青督〔2026〕5号"
    fix = f"请写成 {right}{'' if meant else ' 的样子'}：年份写全，用六角括号〔〕，序号前不加“第”，不补零"
    raise Misformed("config.document-number", f"「{shown(value)}」不是规范的发文字号", fix)


def copy_number(value: Any) -> Any:
    """份号: six digits, zeros put before it. GB/T 9704—2012 7.2.1."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if isinstance(text, str) and re.fullmatch(r"0*[1-9]\d*", text.strip()) and len(text.strip()) <= 6:
        return text.strip().zfill(6)
    what = f"份号「{shown(value)}」不是六位以内的数"
    raise Misformed("config.copy-number", what, "请写成 1 或 000001 的样子，不足六位的会补零")


def secrecy(value: Any) -> Any:
    """密级 and its term: 机密★1年. GB/T 9704—2012 7.2.2."""
    text = re.sub(r"\s", "", value) if isinstance(value, str) else ""
    if _SECRECY.fullmatch(text):
        return text
    fix = "请写成 秘密、机密、绝密，有保密期限的用★隔开，如 机密★1年"
    raise Misformed("config.secrecy", f"「{shown(value)}」不是规范的密级和保密期限", fix)


def urgency(value: Any) -> Any:
    """紧急程度: 特急 or 加急; 特提 and 平急 are those of telegrams. GB/T 9704—2012 7.2.3."""
    if isinstance(value, str) and value.strip() in _URGENCY:
        return value.strip()
    fix = "公文请写 特急 或 加急；电报还可写 特提、平急"
    raise Misformed("config.urgency", f"没有「{shown(value)}」这种紧急程度", fix)


def issue(value: Any) -> Any:
    """期号 of a bulletin: a number becomes 第5期; other words stay as they are."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if isinstance(text, str) and (digits := re.fullmatch(r"0*([1-9]\d{0,4})", text.strip())):
        return f"第{digits[1]}期"
    if isinstance(text, str) and re.search(r"[^\s\d\-]", text):
        return text
    raise Misformed("config.issue", f"期号「{shown(value)}」不合要求", "请写成 5 或 第5期 的样子")


def names(value: Any) -> Any:
    """One name, several parted by 、，； or a list of them, as a list; an empty or a second equal one is refused."""
    listed = [value] if isinstance(value, str) else [] if value is None else value
    fix = "请写一个名称，或每行一个、以「- 」开头的列表"
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise Misformed("config.names", f"「{shown(value)}」不是名称，也不是名称的列表", fix)
    parts = [part.strip() for each in listed for part in re.split("[、，；]", each)]
    if "" in parts or any("\n" in part for part in parts):
        raise Misformed("config.names", f"「{shown(value)}」里有空的名称，或名称中有换行", fix)
    twice = next((part for index, part in enumerate(parts) if part in parts[:index]), None)
    if twice is not None:
        raise Misformed("config.names", f"「{shown(twice)}」写了两遍", "请删去其中一个")
    return tuple(parts)


def copies_to(value: Any) -> Any:
    """抄送机关 as a list: a text stays as written, without its lead and full stop, which are put there anyway."""
    if isinstance(value, str):
        value = [re.sub(r"^\s*抄送\s*[：:]|。\s*$", "", value)]
    value = [] if value is None else value
    if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() for each in value):
        fix = "请写成一行文字，如 区委办公室，区人大常委会办公室；或每行一个、以「- 」开头的列表"
        raise Misformed("config.names", f"抄送「{shown(value)}」是空的，或不是名称的列表", fix)
    return tuple(each.strip() for each in value)


def without_brackets(value: Any) -> Any:
    """附注 without the brackets around it, which are put there anyway. GB/T 9704—2012 7.3.6."""
    if isinstance(value, str):
        value = value.strip()
        for opening, closing in _BRACKETS:
            inner = value[1:-1]
            if value.startswith(opening) and value.endswith(closing) and not {opening, closing} & {*inner}:
                return inner.strip()
    return value


def in_brackets(text: str) -> str:
    """附注 in its brackets （）."""
    return f"（{without_brackets(text)}）"
