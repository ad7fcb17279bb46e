"""What each paragraph of a finished document is (要素辨认): by its wording, place and order, whoever made it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reportgen.numbering import HEADING_MARKS
from reportgen.styles import HEADING_ROLES, TextRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A paragraph as a reader sees it (一段文字), empty ones left out, those of tables left out.

    `starts_page` is true for the first of its page as far as that is known (a page, or a page or section break
    before it). `tall_pt` is the size of its letters; `red` whether they are. `ruled_off` is what the rules of an
    imprint (版记) enclose, as far as rules are known.
    """

    text: str
    centred: bool
    right: bool
    indented: bool
    starts_page: bool
    tall_pt: float
    red: bool = False
    after_table: bool = False
    ruled_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """The role (要素) of a passage; of a heading that runs on, only the first `length` letters have it."""

    role: TextRole
    length: int


_ANNEX_LABEL = re.compile(r"附\s*件\s*[\d０-９一二三四五六七八九十]*\s*[:：]?$")
_ANNEX_LIST = re.compile(r"附\s*件\s*[:：]")
_ANNEX_ITEM = re.compile(r"\d{1,2}\s*[.．、]")
_COPY_NUMBER = re.compile(r"\d{1,8}$")
_SECRECY = re.compile(r"((绝密|机密|秘密)(★.*)?|特急|加急|特提|平急|急件)$")
_NUMBER = re.compile(r"\S{1,20}[〔\[［【(（]\s*\d{2,4}\s*[〕\]］】)）]\s*第?\s*\d+\s*号")
_ISSUE = re.compile(r"[（(]?(\d{4}\s*年\s*)?(总)?第?\s*[\d〇一二三四五六七八九十]+\s*期.{0,12}$")
_SIGNER = re.compile(r"签发人\s*[:：]")
_DATE = re.compile(
    r"[\d〇○零一二三四五六七八九十]{4}\s*年\s*[\d一二三四五六七八九十]{1,3}\s*月\s*[\d一二三四五六七八九十]{1,3}\s*日$"
)
_CLOSING = re.compile(r"(特此|专此|以上)(报告|通报|通知|函告|函复|报告如无不妥|报告，请审阅).{0,6}$")
_PUBLISHER = re.compile(r"\S{2,40}编印?(\s*\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日)?$")
_CAPTION = re.compile(r"图\s*[\d０-９一二三四五六七八九十]{1,3}(?:\s+[^\s，。；、]|[^\s\d，。；、]).{0,80}$")
_NOTE = re.compile(r"[（(].*[）)]$", re.S)
_COPIES = re.compile(r"(抄\s*[送报]|分送|主送)\s*[:：]")
_PRINTED = re.compile(r".*\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日\s*印\s*发$", re.S)


def zones(passages: Sequence[Passage]) -> list[Zone]:
    """The zone (要素) of every passage, in their order: head, body, each annex, imprint."""
    roles = _roles(passages)
    return [Zone(role=role, length=_length(role, passage.text)) for role, passage in zip(roles, passages, strict=True)]


def _length(role: TextRole, text: str) -> int:
    """How many letters a heading takes: to its first full stop, if text follows."""
    if role not in HEADING_ROLES:
        return len(text)
    head, stop, body = text.partition("。")
    return len(head + stop) if body else len(text)


def _roles(passages: Sequence[Passage]) -> list[TextRole]:
    roles: list[TextRole] = []
    titled = any(map(_is_title, passages[:20]))
    above: TextRole | None = None
    for passage in passages:
        role = _special(passage, above) or (_head(passage, above) if titled and _in_head(roles) else None)
        if role is None:
            role = _body(passage, above)
        if role is TextRole.DATE:
            _name_issuers(roles, passages)
        roles.append(role)
        above = role
    return roles


_HEAD_ROLES = frozenset(
    {
        TextRole.COPY_NUMBER,
        TextRole.SECRECY,
        TextRole.ISSUER_MARK,
        TextRole.DOCUMENT_NUMBER,
        TextRole.SIGNER,
        TextRole.BULLETIN_LINE,
        TextRole.TITLE,
    }
)


def _in_head(roles: Sequence[TextRole]) -> bool:
    """Whether nothing of the body has come yet."""
    return all(role in _HEAD_ROLES for role in roles)


def _is_title(passage: Passage) -> bool:
    """Centred or tall: a title that is too small or stands at the left is still one."""
    text = passage.text.strip()
    other = passage.red or _ISSUE.match(text) or _NUMBER.match(text) or text.startswith(("（", "("))
    return (passage.centred or passage.tall_pt >= 17) and not other


def _special(passage: Passage, above: TextRole | None) -> TextRole | None:
    """What its wording alone gives away, anywhere."""
    text = passage.text.strip()
    if passage.ruled_off:
        return TextRole.IMPRINT
    if _ANNEX_LABEL.match(text) and (passage.starts_page or not passage.indented):
        return TextRole.ANNEX_LABEL
    # What follows the label is the title, wherever it stands; further lines of it are centred or tall.
    if above is TextRole.ANNEX_LABEL and not passage.after_table and not text.endswith("。") and len(text) < 120:
        return TextRole.ANNEX_TITLE
    if _is_caption(passage):
        return TextRole.CHART_TITLE
    if above is TextRole.ANNEX_TITLE and not passage.after_table and (passage.centred or passage.tall_pt >= 17):
        return TextRole.ANNEX_TITLE
    if _COPIES.match(text) or _PRINTED.match(text):
        return TextRole.IMPRINT
    return None


def _is_caption(passage: Passage) -> bool:
    """图1 and what it shows, centred below it: in the text and right below an annex's title alike."""
    text = passage.text.strip()
    return passage.centred and _CAPTION.match(text) is not None and not text.endswith("。")


def _head(passage: Passage, above: TextRole | None) -> TextRole | None:
    """The element of the letterhead, the title or the addressee."""
    text = passage.text.strip()
    if above is not TextRole.TITLE:
        if _COPY_NUMBER.match(text):
            return TextRole.COPY_NUMBER
        if _SECRECY.match(text):
            return TextRole.SECRECY
        if _NUMBER.match(text) or _ISSUE.match(text):
            return TextRole.DOCUMENT_NUMBER
        if _SIGNER.search(text):
            return TextRole.SIGNER
        # Letters of a long name are small (7.2.4). No title is as tall as that: a mark that is not red is still one.
        if passage.red or (passage.centred and passage.tall_pt >= 30):
            return TextRole.ISSUER_MARK
        if _is_bulletin_line(passage, text, above):
            return TextRole.BULLETIN_LINE
        # 签发人 behind the first stand two to a line, the last one beside the number, without the word.
        if above in (TextRole.DOCUMENT_NUMBER, TextRole.SIGNER) and passage.right and len(text) <= 8:
            return TextRole.SIGNER
    if _is_title(passage):
        return TextRole.TITLE
    # Two characters in, it is an addressee only if it does not lead to what follows.
    leads = passage.indented and re.search(r"[，。]|如下.$", text)
    if above is TextRole.TITLE and text.endswith(("：", ":")) and len(text) < 120 and not leads:
        return TextRole.ADDRESSEE
    return None


def _is_bulletin_line(passage: Passage, text: str, above: TextRole | None) -> bool:
    """Who publishes a 简报 or 专报 and when: below its mark and number, or first if those are on the paper already."""
    if passage.centred or passage.tall_pt >= 17:
        return False
    if _PUBLISHER.match(text):
        return True
    plain = not passage.right and len(text) <= 30 and not re.search(r"[，。：；、:]", text)
    below = above in (TextRole.ISSUER_MARK, TextRole.DOCUMENT_NUMBER)
    return (below and plain) or ((below or above is None) and _DATE.search(text) is not None)


def _body(passage: Passage, above: TextRole | None) -> TextRole:
    text = passage.text.strip()
    if _ANNEX_LIST.match(text):
        return TextRole.ANNEX_LIST
    if above is TextRole.ANNEX_LIST and _ANNEX_ITEM.match(text):
        return TextRole.ANNEX_LIST
    if _DATE.match(text) and len(text) < 20:
        return TextRole.DATE
    if above in (TextRole.DATE, TextRole.NOTE) and _NOTE.match(text):
        return TextRole.NOTE
    if _CLOSING.match(text):
        return TextRole.CLOSING
    for level, mark in HEADING_MARKS:
        if mark.match(text):
            return HEADING_ROLES[level - 1]
    return TextRole.BODY


def _name_issuers(roles: list[TextRole], passages: Sequence[Passage]) -> None:
    """The short paragraphs without a full stop right above a date are who signs."""
    for index in range(len(roles) - 1, -1, -1):
        text = passages[index].text.strip()
        plain = roles[index] is TextRole.BODY and len(text) <= 30 and not text.endswith(("。", "：", "；"))
        if not plain or (passages[index].indented and not passages[index].right):
            return
        roles[index] = TextRole.ISSUER
