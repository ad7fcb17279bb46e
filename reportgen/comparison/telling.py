"""How a difference is told (差异的说法): what stands there, shortened around what changed, and the whole sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reportgen.comparison.letters import Span, changes, cut_back, cut_on, unseen_change
from reportgen.comparison.model import Difference, Layer, Spot
from reportgen.comparison.places import Places, beginning, pages

# Letters shown on each side of a change; a text no longer than this is shown whole.
_AROUND = 4
_WHOLE = 16
# So much of one change is shown, and so many changes of one text.
_MOST_CHANGED = 40
_MOST_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Told:
    """What changed in a text (文字改动的说法): both sides shortened, and the words of the sentence."""

    before: str
    after: str
    said: str


def plain(text: str) -> str:
    """A text as it is quoted (引文): line breaks shown, what cannot be shown replaced."""
    # A tab is quoted as a blank; which of both it was is named where only that changed.
    shown = text.replace("\n", "⏎").replace("\t", " ").replace("\u3000", "　")
    return _NEVER_SHOWN.sub("�", shown)


# What is half a letter, what a terminal takes for a command, what ends a line or turns the direction of what follows.
_NEVER_SHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def shortened(text: str, length: int = 30) -> str:
    """The beginning and the end of a text (缩略), whole letters only."""
    shown = plain(text.strip())
    if len(shown) <= length + 2:
        return shown
    tail = length // 4
    return f"{shown[: cut_back(shown, length - tail)]}…{shown[cut_on(shown, len(shown) - tail) :]}"


def told_change(before: str, after: str) -> Told:
    """What changed in a text (文字改动): “…49件…” → “…50件…”, each place with a few letters around."""
    spans = changes(before, after)
    windows = _windows(spans, before, after)
    shown = [_window(group, before, after) for group in windows]
    told = []
    for group, (one, two) in zip(windows[:_MOST_SHOWN], shown, strict=False):
        notes = dict.fromkeys(
            unseen_change(before[span.begin : span.end], after[span.other_begin : span.other_end]) for span in group
        )
        note = "；".join(filter(None, notes))
        told.append(f"“{one}” → “{two}”" + (f"（{note}）" if note else ""))
    more = f"等{len(windows)}处" if len(windows) > _MOST_SHOWN else ""
    kept = shown[:_MOST_SHOWN]
    return Told(
        _chained([one for one, _ in kept], bool(more)),
        _chained([two for _, two in kept], bool(more)),
        "；".join(told) + more,
    )


def _chained(shown: Sequence[str], more: bool) -> str:
    text = "".join(shown).replace("……", "…")
    return text if not more or text.endswith("…") else f"{text}…"


def _windows(spans: Sequence[Span], before: str, after: str) -> list[list[Span]]:
    """The changes that are shown together, because what stands between them would be shown twice."""
    if max(len(before), len(after)) <= _WHOLE:
        return [list(spans)]
    found: list[list[Span]] = []
    for span in spans:
        last = found[-1] if found else []
        # A long change is shortened in its middle: it stands alone.
        near = bool(last) and span.begin - last[-1].end <= 2 * _AROUND
        lengths = (span.end - last[0].begin, span.other_end - last[0].other_begin) if last else (0, 0)
        if near and max(lengths) <= _MOST_CHANGED:
            last.append(span)
        else:
            found.append([span])
    return found


def _window(group: Sequence[Span], before: str, after: str) -> tuple[str, str]:
    one = _part(before, group[0].begin, group[-1].end)
    two = _part(after, group[0].other_begin, group[-1].other_end)
    return one, two


def _part(text: str, begin: int, end: int) -> str:
    if len(text) <= _WHOLE:
        return plain(text)
    start, stop = cut_back(text, max(0, begin - _AROUND)), cut_on(text, min(len(text), end + _AROUND))
    # No figure is cut, and a letter or two more cost less than a mark of omission.
    while start > 0 and begin - start < 2 * _AROUND and _in_figure(text, start):
        start -= 1
    while stop < len(text) and stop - end < 2 * _AROUND and _in_figure(text, stop):
        stop += 1
    start, stop = 0 if start <= 2 else start, len(text) if len(text) - stop <= 2 else stop
    shown = plain(text[begin:end])
    if len(shown) > _MOST_CHANGED:
        half = _MOST_CHANGED // 2
        shown = f"{shown[: cut_back(shown, half)]}…{shown[cut_on(shown, len(shown) - half) :]}"
    lead, tail = "…" if start else "", "…" if stop < len(text) else ""
    return f"{lead}{plain(text[start:begin])}{shown}{plain(text[end:stop])}{tail}"


def _in_figure(text: str, at: int) -> bool:
    return all(letter.isdigit() or letter in ".%" for letter in text[at - 1 : at + 1])


@dataclass(frozen=True, slots=True)
class Sides:
    """The places of both contents (两边的位置), by which a sentence says where."""

    first: Places
    second: Places

    def where(self, first: Spot | None, second: Spot | None, quote: str = "") -> str:
        """Where that is (在哪里): as it stands now, with the old count if the row or paragraph had another one."""
        if second is None:
            return self.first.words(first, quote, old=True) if first else ""
        words = self.second.words(second)
        words += _formerly(first, second) if first else ""
        return f"{words}（“{quote}”）" if quote else words


def _formerly(first: Spot, second: Spot) -> str:
    if first.part != second.part and first.part and second.part:
        return f"（原在{first.part}）"
    if first.row and second.row and first.row != second.row and first.table and second.table:
        same = first.label and first.label == second.label and second.label != str(second.row)
        return "" if same else f"（原第{first.row}行）"
    if first.paragraph and second.paragraph and first.paragraph != second.paragraph:
        return f"（原第{first.paragraph}段）"
    return ""


def difference(
    layer: Layer,
    kind: str,
    subject: str,
    *,
    where: str,
    what: str,
    before: str = "",
    after: str = "",
    first: Spot | None = None,
    second: Spot | None = None,
) -> Difference:
    """A difference with its sentence (一处差异): where, on which pages, what."""
    said = f"{where}{pages(first, second)}：{what}" if where else what
    return Difference(
        layer=layer,
        kind=kind,
        subject=subject,
        before=before,
        after=after,
        first=first,
        second=second,
        said=said,
    )


def quote_of(text: str) -> str:
    """How a paragraph is called by its first words (段落的称呼)."""
    return beginning(plain(text))
