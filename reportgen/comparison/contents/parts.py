"""Which part of a document a block belongs to (文中部分): 版头, 正文, 附件N, 版记, by the document's own words.

The words alone decide, so that a Word file and a PDF of the same report have the same parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from reportgen.comparison.letters import unspaced
from reportgen.comparison.model import Block, Content, FileKind, Paragraph, Table
from reportgen.numbering import number_value

_LABEL = re.compile(r"附件([\d０-９]{1,3}|[一二三四五六七八九十]{1,3})?[:：]?")
_LABEL_AND_TITLE = re.compile(r"\s*附\s*件\s*([\d０-９]{1,3}|[一二三四五六七八九十]{1,3})\s*[:：\s]\s*\S[^。；]{1,60}")
_LIST = re.compile(r"附件[:：]")
_NUMBER = re.compile(r"[^。，]{1,20}[〔\[［【(（]\d{2,4}[〕\]］】)）]第?\d+号([\u3000 ]*签发人.*)?")
_ISSUE = re.compile(r"[（(]?(\d{4}年)?(总)?第[\d〇一二三四五六七八九十]+期.{0,30}")
_COPIES = re.compile(r"(抄送|抄报|分送|主送)[:：]")
_PRINTED = re.compile(r".{0,60}\d{4}年\d{1,2}月\d{1,2}日印发")
_HEAD_BLOCKS = 14
_IMPRINT_BLOCKS = 8
_BODY = "正文"


def with_parts(content: Content) -> Content:
    """The content with the part of every block (划分部分); a part that the reader gave already stays."""
    if content.kind in (FileKind.WORKBOOK, FileKind.TEXT) or all(block.part for block in content.blocks):
        return content
    parts = _parts(content.blocks)
    blocks = tuple(
        block if block.part else replace(block, part=part) for block, part in zip(content.blocks, parts, strict=True)
    )
    return replace(content, blocks=blocks)


def _parts(blocks: Sequence[Block]) -> list[str]:
    texts = [_text(block) for block in blocks]
    head, imprint = _head_end(texts), _imprint_start(texts)
    starts = dict(_annexes(blocks, texts, head, imprint))
    found, part = [], _BODY
    for number in range(len(blocks)):
        part = starts.get(number, part)
        found.append("版头" if number < head else "版记" if number >= imprint else part)
    return found


def _text(block: Block) -> str:
    if isinstance(block, Paragraph):
        return unspaced(block.text)
    # A head or an imprint may be set in a table without rulings, a long one is neither.
    return unspaced("".join(cell.text for cell in block.cells)) if len(block.cells) <= 8 else ""


def _head_end(texts: Sequence[str]) -> int:
    """Behind the number of the document, and who signs it beside it or below."""
    for number, text in enumerate(texts[:_HEAD_BLOCKS]):
        if _NUMBER.fullmatch(text) or _ISSUE.fullmatch(text):
            end = number + 1
            while end < min(len(texts), _HEAD_BLOCKS) and texts[end].startswith("签发人"):
                end += 1
            # The issuer and the day of a bulletin stand on the next line.
            if end < len(texts) and re.fullmatch(r".{2,30}\d{4}年\d{1,2}月\d{1,2}日", texts[end]):
                end += 1
            return end
    return 0


def _imprint_start(texts: Sequence[str]) -> int:
    """From 抄送 or the day of printing on, if it is near the end of the document."""
    full = [number for number, text in enumerate(texts) if text]
    last = full[-_IMPRINT_BLOCKS:]
    for number in last:
        if _COPIES.match(texts[number]) and any(_PRINTED.search(text) for text in texts[number:]):
            return number
    for number in last[-3:]:
        if _PRINTED.fullmatch(texts[number]) or (_COPIES.match(texts[number]) and number == last[-1]):
            # The office that prints may stand on a line of its own above the day.
            alone = re.fullmatch(r"\d{4}年\d{1,2}月\d{1,2}日印发", texts[number]) and number in last[1:]
            above = last[last.index(number) - 1] if alone else number
            return above if len(texts[above]) <= 20 and "。" not in texts[above] else number
    return len(texts)


def _annexes(blocks: Sequence[Block], texts: Sequence[str], head: int, imprint: int) -> Iterator[tuple[int, str]]:
    """Where each annex begins, and how it is called."""
    bare: dict[str, int] = {}
    titled: dict[str, int] = {}
    listing = False
    for number in range(head, imprint):
        block, text = blocks[number], texts[number]
        if isinstance(block, Table) or not text:
            continue
        # 附件： and what follows it line by line is the list of the annexes.
        if _LABEL.fullmatch(text) and not (_LIST.fullmatch(text) and _goes_on(texts, number)):
            bare[_name(_LABEL.fullmatch(text))] = number
            listing = False
        elif _LIST.match(text):
            listing = True
        elif (match := _LABEL_AND_TITLE.fullmatch(block.text.strip())) and not listing:
            follows = next((t for t in texts[number + 1 :] if t), "")
            if not _LABEL_AND_TITLE.fullmatch(follows):
                titled[_name(match)] = number
        elif listing and not re.match(r"\d{1,2}[.．、]", text):
            listing = False
    for name, number in {**titled, **bare}.items():
        yield number, name


def _goes_on(texts: Sequence[str], number: int) -> bool:
    follows = next((text for text in texts[number + 1 :] if text), "")
    return bool(re.match(r"\d{1,2}[.．、]", follows))


def _name(match: re.Match[str] | None) -> str:
    number = match[1] if match else None
    return f"附件{number_value(number) or number}" if number else "附件"
