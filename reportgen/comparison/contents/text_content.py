"""A text file as its content (文本文件的内容): JSON, YAML, CSV, Markdown, web pages; a paragraph for each line."""

from __future__ import annotations

import re
from dataclasses import replace

from reportgen.comparison.model import Block, Content, FileKind, Layer, Paragraph, Piece, Setting
from reportgen.limits import held
from reportgen.package import called
from reportgen.problems import InputError, Location, error
from reportgen.source import clean_text, decode_text

_PLAIN = Setting()


def text_content(blob: bytes, name: str) -> Content:
    """The lines of a text file (文本内容); blanks at their ends do not count, nor does how the file is encoded.

    Raises `InputError` for what is no text, and for more lines than anybody compares.
    """
    text, _, _ = clean_text(decode_text(blob, called(name)))
    lines = text.split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    if len(lines) > (most := held().texts.compared_lines):
        what = f"「{called(name)}」有 {len(lines)} 行，超过 {most} 行，没有比"
        raise InputError([error("compare.too-long", what, "请分成几份，再比", Location(file=name))])
    blocks = tuple(Paragraph(pieces=(Piece(each, _PLAIN),) if each else ()) for each in map(str.rstrip, lines))
    return Content(kind=FileKind.TEXT, name=name, blocks=blocks, layers=frozenset((Layer.TEXT,)))


# ---- the list of a set of files, which lies among them

_OUR_LISTS = ('"format": "reportgen-unit-set"', '"reportgen": "')
_OF_THE_FILES = re.compile(r'("sha256": "|"key": "|"size": |"bytes": )[0-9a-z:-]+')
_AT_THE_HEAD = 5


def without_fingerprints(content: Content) -> Content:
    """The list of a set (文件组清单 manifest.json) without what it says of the bytes of files: these lie beside it.

    Any other text is left as it is.
    """
    head = "".join(_text(block) for block in content.blocks[:_AT_THE_HEAD])
    if not any(mark in head for mark in _OUR_LISTS):
        return content
    return replace(content, blocks=tuple(map(_plain, content.blocks)))


def _text(block: Block) -> str:
    return block.text if isinstance(block, Paragraph) else ""


def _plain(block: Block) -> Block:
    assert isinstance(block, Paragraph), "a text has nothing else"
    text = _OF_THE_FILES.sub(r"\1…", block.text)
    return replace(block, pieces=(Piece(text, _PLAIN),)) if text != block.text else block
