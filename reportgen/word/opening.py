"""Word files at the door (Word 文件的打开): a package that can be opened without harm, with a whole text in it."""

from __future__ import annotations

import re
from io import BytesIO
from xml.parsers import expat
from zipfile import ZipFile

from reportgen.package import WORD_FILE, check_package, damaged, short
from reportgen.word.parts import W, open_parts

# A letter of a text.
_WORDS = re.compile(rb"<(?:\w+:)?t(?: [^>]*)?>\s*[^<\s]")


def check_word_file(blob: bytes, name: str) -> bytes:
    """Beyond the package (预检): the parts without which nothing can be read, XML that is XML; gives its main part."""
    check_package(blob, name, WORD_FILE)
    with ZipFile(BytesIO(blob)) as archive:
        names = archive.namelist()
        if not any(WORD_FILE.main_part.match(part) for part in names):
            raise damaged(name, "缺少正文部分 word/document.xml", WORD_FILE)
        if missing := [part for part in ("[Content_Types].xml", "_rels/.rels") if part not in names]:
            raise damaged(name, f"缺少内部文件 {missing[0]}", WORD_FILE)
        for part in names:
            if part.lower().endswith((".xml", ".rels")) and not _is_xml(archive.read(part)):
                raise damaged(name, f"内部文件「{short(part)}」不是完整的 XML", WORD_FILE)
        return b"".join(archive.read(part) for part in names if WORD_FILE.main_part.match(part))


def has_words(xml: bytes) -> bool:
    """Whether there is any letter (文字) in a part."""
    return bool(_WORDS.search(xml))


def refuse_half_read(blob: bytes, name: str) -> None:
    """Raise `InputError` where the reader would stop on its way (读不全), at its limits of depth and length."""
    parts = open_parts(blob)
    for part in sorted(parts.names):
        if part.startswith("word/") and part.endswith(".xml") and not parts.is_whole(part):
            why = f"内部文件「{short(part)}」的层次太深，或一处的文字太长"
            raise damaged(name, why, WORD_FILE)
    root = parts.xml(parts.main)
    if root is None or root.tag != W + "document" or root.find(W + "body") is None:
        raise damaged(name, "正文部分不是 Word 的正文", WORD_FILE)


def _is_xml(data: bytes) -> bool:
    try:
        expat.ParserCreate().Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError):  # the latter two for encodings that nobody knows
        return False
    return True
