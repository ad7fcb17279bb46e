"""What a thing is made of, as one short text (指纹): equal contents have equal fingerprints, whoever reckons them.

It depends on the contents alone: not on the process, the hash seed or the place in memory, and not on fields that
take no part in equality, such as the origins of a document's blocks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Set
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any


def fingerprint(*values: Any) -> str:
    """The SHA-256 of values (指纹) made of texts, numbers, enumerations, dataclasses, sequences, sets and mappings.

    A mapping's order counts, as it does for whoever walks through it.
    """
    return hashlib.sha256(_whole(values).encode("utf-8", "surrogatepass")).hexdigest()


def _put(value: Any, put: Callable[[str], None]) -> None:
    """The value in pieces that no other value has: each text with its length, each list with its end."""
    if isinstance(value, str):
        put(f"s{len(value)}:{value}")
    elif isinstance(value, Enum):
        put(f"e{type(value).__name__}.{value.name};")
    elif value is None or isinstance(value, bool | int | float):
        put(f"{type(value).__name__}:{value!r};")
    elif isinstance(value, tuple | list):
        put("[")
        for item in value:
            _put(item, put)
        put("]")
    elif is_dataclass(value):
        put(f"d{type(value).__name__}(")
        for name in _compared(type(value)):  # type: ignore[arg-type]
            put(f"{name}=")
            _put(getattr(value, name), put)
        put(")")
    elif isinstance(value, Mapping):
        put("{")
        for key, item in value.items():
            _put(key, put)
            _put(item, put)
        put("}")
    elif isinstance(value, Set):
        put("<")
        for text in sorted(map(_whole, value)):
            put(text)
        put(">")
    else:
        raise TypeError(f"no fingerprint of {type(value).__name__}")


def _whole(value: Any) -> str:
    pieces: list[str] = []
    _put(value, pieces.append)
    return "".join(pieces)


@cache
def _compared(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind) if each.compare)
