"""The letters of a Word file as pieces that are set alike (Word 的文字格式): each with the face that it really uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from reportgen.comparison.face_aliases import one_name
from reportgen.comparison.model import Piece, Setting
from reportgen.word.looks import SWITCHED_EFFECTS, Letters
from reportgen.word.text import Paragraph, Run

# Letters that always have the Chinese face; those that have it if the run asks for it; all others have a Latin one
# (ISO/IEC 29500-1, 17.3.2.26).
_EAST_ASIAN = (
    "\u1100-\u11ff\u2e80-\u2fff\u3000-\u9fff\ua000-\ua4cf\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
    "\U00020000-\U0003ffff"
)
_KINDS = re.compile(f"(?P<east>[{_EAST_ASIAN}]+)|(?P<ascii>[\\x00-\\x7f]+)|(?P<mark>[^{_EAST_ASIAN}\\x00-\\x7f]+)")
_UNDERLINES = {
    "single": "单线",
    "double": "双线",
    "thick": "粗线",
    "dotted": "点线",
    "dash": "虚线",
    "wave": "波浪线",
    "words": "字下加线",
    "dotDash": "点划线",
}
PAGE_NUMBER, PAGE_COUNT = "{页码}", "{页数}"
"""What stands for numbers that Word counts (页码、页数的占位)."""


@dataclass(slots=True)
class Settings:
    """The settings of a file (字符格式), each made once; letters are known by their identity while the file is held."""

    _made: dict[tuple[int, str], Setting] = field(default_factory=dict)

    def pieces(self, runs: Sequence[Run]) -> Iterator[Piece]:
        """Runs as pieces, neighbours that are set alike as one."""
        if len(runs) == 1 and not runs[0].page_number and (alike := _KINDS.fullmatch(runs[0].text)):
            if not runs[0].letters.hidden:
                yield Piece(runs[0].text, self.of(runs[0].letters, str(alike.lastgroup)))
            return
        last: Piece | None = None
        for text, setting in self._cut(runs):
            if last is None:
                last = Piece(text, setting)
            elif last.setting == setting or (text.isspace() and _like_blanks(setting, last.setting) == setting):
                last = Piece(last.text + text, last.setting)
            elif last.text.isspace() and _like_blanks(last.setting, setting) == last.setting:
                last = Piece(last.text + text, setting)
            else:
                yield last
                last = Piece(text, setting)
        if last is not None:
            yield last

    def _cut(self, runs: Sequence[Run]) -> Iterator[tuple[str, Setting]]:
        for run in runs:
            letters = run.letters
            if letters.hidden:
                continue
            if run.page_number:
                yield PAGE_COUNT if run.page_count else PAGE_NUMBER, self.of(letters, "ascii")
            elif letters.ascii == letters.high == letters.east_asian:
                yield run.text, self.of(letters, "ascii")
            else:
                for match in _KINDS.finditer(run.text):
                    yield match[0], self.of(letters, str(match.lastgroup))

    def of(self, letters: Letters, kind: str) -> Setting:
        """How letters of a kind are set."""
        key = (id(letters), kind)
        if key not in self._made:
            east = kind == "east" or (kind == "mark" and letters.hint)
            face = letters.east_asian if east else letters.ascii if kind == "ascii" else letters.high
            name, _, color = letters.underline.partition(" ")
            self._made[key] = Setting(
                face=one_name(face.name),
                size_pt=letters.size_pt,
                bold=letters.bold,
                italic=letters.italic,
                underline=" ".join(filter(None, (_UNDERLINES.get(name, name), color))),
                # Two lines through are an effect of their own, told under its name.
                struck=letters.struck and SWITCHED_EFFECTS["dstrike"] not in letters.effects,
                color=letters.color,
                background=letters.background,
                spacing_pt=round(letters.spacing_pt, 2),
                raised=letters.raised,
                effects="、".join(letters.effects),
            )
        return self._made[key]


def _like_blanks(blank: Setting, other: Setting) -> Setting:
    """The other setting as far as it can be seen of blanks: face, weight, slant and colour of a blank show nothing."""
    return replace(
        blank,
        face=blank.face,
        size_pt=other.size_pt,
        underline=other.underline,
        struck=other.struck,
        background=other.background,
        spacing_pt=other.spacing_pt,
        raised=other.raised,
    )


def shown_runs(paragraph: Paragraph) -> tuple[Run, ...]:
    """The runs that are seen (可见文字), the automatic number first, as its reader sees it.

    An empty paragraph of a list shows its number too. Behind a number a gap keeps 1 and 2026 apart.
    """
    label, runs = paragraph.label, paragraph.runs
    if not label:
        return runs
    if any(run.text.strip() for run in runs):
        first, rest = runs[0], runs[1:]
    else:
        first, rest = Run(text=label, letters=paragraph.mark), ()
    # A bullet of a symbol face is a dot, whatever its code there.
    text = "".join("•" if "\ue000" <= letter <= "\uf8ff" else letter for letter in first.text)
    gap = " " if rest and text[-1:].isalnum() else ""
    return (replace(first, text=text + gap), *rest)
