"""Short words for messages (提示用语): the nearest names that could be meant, a value cut to a readable length."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from typing import Any

from reportgen.problems import did_you_mean

_MOST_NAMES = 8


def hint(word: str, known: Iterable[str]) -> str:
    """Which name is probably meant, and the few known ones that are nearest to it."""
    return did_you_mean(word, difflib.get_close_matches(word[:100], sorted(set(known)), n=_MOST_NAMES, cutoff=0.0))


def shown(value: Any) -> str:
    """A value as a message quotes it, at most 40 characters of it, on one line."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:40] + "……"
