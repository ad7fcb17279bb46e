"""What stands beside the running text of a Word file (正文之外的内容): boxes, notes, pictures, hidden letters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from reportgen.word.parts import MC, A, Element, W, attribute
from reportgen.word.walk import branch, letters, plain_text

_V = "{urn:schemas-microsoft-com:vml}"
_PICTURES = (A + "blip", _V + "imagedata")
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"


class AsideKind(Enum):
    """The kinds (种类) of what is not in the running text."""

    HIDDEN = "hidden"
    COVERED = "covered"
    PROMPT = "prompt"
    NESTED = "nested"
    TEXT_BOX = "text-box"
    NOTE = "note"
    COMMENT = "comment"
    PICTURE = "picture"
    OBJECT = "object"
    FORMULA = "formula"
    RUBY = "ruby"


@dataclass(frozen=True, slots=True)
class Aside:
    """One thing beside the running text (旁置内容), with what it says if it says anything."""

    kind: AsideKind
    text: str = ""


REVIEW_AUTHOR = "校核"
"""As whom the comments of a review copy are written (批注作者)."""
_REVIEW_HEADS = ("【错误】", "【警告】")

# Notes and comments by the tag of their mark in the text and their number.
Notes = Mapping[tuple[str, str], Element]
_COMMENT_MARK = W + "commentReference"
NOTE_MARKS = {
    W + "footnoteReference": AsideKind.NOTE,
    W + "endnoteReference": AsideKind.NOTE,
    _COMMENT_MARK: AsideKind.COMMENT,
}


def notes_of(footnotes: Element | None, endnotes: Element | None, comments: Element | None) -> Notes:
    """The notes and comments (脚注、尾注、批注) of a file."""
    found: dict[tuple[str, str], Element] = {}
    for root, mark in zip((footnotes, endnotes, comments), NOTE_MARKS, strict=True):
        for child in () if root is None else root:
            if number := attribute(child, "id"):
                found[mark, number] = child
    return found


def note(mark: Element, notes: Notes) -> Aside:
    """The note or comment (注) that a mark in the text stands for."""
    found = notes.get((str(mark.tag), attribute(mark, "id") or ""))
    return Aside(NOTE_MARKS[str(mark.tag)], "" if found is None else plain_text(found))


def is_of_review(mark: Element, notes: Notes) -> bool:
    """Whether a mark in the text stands for a comment that proofreading made (校核的批注): it belongs to no text."""
    found = notes.get((str(mark.tag), attribute(mark, "id") or ""))
    if found is None or mark.tag != _COMMENT_MARK or attribute(found, "author") != REVIEW_AUTHOR:
        return False
    return plain_text(found).lstrip().startswith(_REVIEW_HEADS)


def drawn(element: Element) -> tuple[list[Aside], list[Element]]:
    """What a drawing (图形) holds: text boxes, else a picture or an object; and the letters that are told so."""
    boxes = list(text_boxes(element))
    texts = [plain_text(box) for box in boxes]
    texts += [str(path.get("string") or "") for path in element.iter(_V + "textpath")]
    told = [letter for box in boxes for letter in letters(box)]
    found = [Aside(AsideKind.TEXT_BOX, text) for text in texts if text.strip()]
    if element.tag == W + "object" or next(element.iter(_CHART, _DIAGRAM), None) is not None:
        found.append(Aside(AsideKind.OBJECT))
    elif next(element.iter(*_PICTURES), None) is not None:
        found.append(Aside(AsideKind.PICTURE))
    return found, told


def text_boxes(element: Element) -> Iterator[Element]:
    """The text boxes (文本框), each once: the file has them again for old programs."""
    if element.tag == W + "txbxContent":
        yield element
        return
    if element.tag == MC + "AlternateContent":
        chosen = branch(element)
        children = () if chosen is None else (chosen,)
    else:
        children = tuple(element)
    for child in children:
        yield from text_boxes(child)
