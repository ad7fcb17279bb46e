"""What files say by walks of their own (另行读出的文字), beside the program's own readers."""

from __future__ import annotations

from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MARKS = {W + "tab": "\t", W + "br": "\n"}


def word_text(paragraph: Any) -> str:
    """A paragraph of a Word file: letters, tabs, ends of lines; a tab within the properties is a tab stop."""
    found = (each for each in paragraph.iter(W + "t", *_MARKS) if each.getparent().tag == W + "r")
    return "".join(_MARKS.get(each.tag) or each.text or "" for each in found)


def page_text(element: Any) -> str:
    """An element of a web page."""
    parts = [element.text or ""]
    for child in element:
        parts += [("\n" if child.tag == "br" else "") + page_text(child), child.tail or ""]
    return "".join(parts)
