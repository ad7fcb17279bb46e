"""Names that every system takes (文件名): safe on Windows, Linux and in archives, and no two of them the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from reportgen.source import clean_text

MAX_BYTES, MAX_CHARACTERS = 200, 120
"""The longest name, suffix and all: in UTF-8, and as Windows counts it, whose whole paths have 260."""
SPARE = 20
"""Room that a stem leaves for what is put before and behind it: a number, a suffix."""

# What separates folders, what Windows refuses or takes for something else, and C0 and C1 controls.
_UNSAFE = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f-\x9f]+')
# Hidden files, the lock files of office programs, and what Windows cuts off in silence.
_START, _END = re.compile(r"^(?:[. ]|~\$)+"), re.compile(r"[. ]+$")
# Windows opens the device whatever is behind the first dot; old programs fold wide letters to narrow ones.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|com\d|lpt\d) *(?:\.|$)")
# More marks on one character than any script has.
_MOST_MARKS = 8


def safe_name(text: str, spare: int = SPARE) -> str:
    """A text as a file's name without its suffix (文件名), as every system takes it; never empty.

    `spare` bytes of the longest name are left for what is put before and behind it.
    """
    name = _stripped(_UNSAFE.sub("_", " ".join(clean_text(text)[0].split())))
    if _DEVICE.match(folded(name)):
        name = f"_{name}"
    return _stripped(_cut(name, spare)) or "_"


def is_file_name(text: str, spare: int = 0) -> bool:
    """Whether a text can be a file's name as it is (能作文件名): every system takes it, and it leads nowhere else."""
    if not text or _UNSAFE.search(text) or _stripped(text) != text or _DEVICE.match(folded(text)):
        return False
    return clean_text(text)[0] == text.replace("\xa0", " ") and _cut(text, spare) == text


def unique_names(stems: Sequence[str], spare: int = SPARE) -> tuple[str, ...]:
    """A safe name for each stem, no two the same to any system (不重名): the first keeps its name, others get a number.

    Names that differ in nothing but case, width or the way that an accent is written are the same.
    """
    names = [safe_name(stem, spare) for stem in stems]
    firsts: dict[str, int] = {}
    for at, name in enumerate(names):
        firsts.setdefault(folded(name), at)
    taken = set(firsts)
    numbers: dict[str, int] = {}
    for at, name in enumerate(names):
        same = folded(name)
        if firsts[same] == at:
            continue
        while folded(names[at]) in taken:
            numbers[same] = numbers.get(same, 1) + 1
            number = f"_{numbers[same]}"
            names[at] = _stripped(_cut(name, spare + len(number))) + number
        taken.add(folded(names[at]))
    return tuple(names)


def folded(name: str) -> str:
    """A name as systems compare it (同名): without case, width and ways of writing an accent."""
    name = unicodedata.normalize("NFKD", unicodedata.normalize("NFD", name).upper().casefold())
    return unicodedata.normalize("NFKC", name.upper().casefold())


def _stripped(name: str) -> str:
    return _END.sub("", _START.sub("", name))


def _cut(name: str, spare: int) -> str:
    """As much of the name as there is room for; a character keeps its marks or is left out with them."""
    end = min(len(name), MAX_CHARACTERS - spare)
    room = MAX_BYTES - spare
    size = len(name[:end].encode())
    while size > room:
        end -= 1
        size -= len(name[end].encode())
    whole = end
    while whole and whole < len(name) and end - whole < _MOST_MARKS and _is_mark(name[whole]):
        whole -= 1
    return name[: whole if not _is_mark(name[whole : whole + 1]) else end]


def _is_mark(character: str) -> bool:
    return bool(character) and unicodedata.category(character).startswith("M")
