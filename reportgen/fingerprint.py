"""What a thing is made of, as one short text (指纹): equal contents have equal fingerprints, whoever reckons them.

It depends on the contents alone: not on the process, the hash seed or the place in memory, and not on fields that
take no part in equality, such as the origins of a document's blocks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Set
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any


def fingerprint(*values: Any) -> str:
    """The SHA-256 of values (指纹) made of texts, numbers, enumerations, dataclasses, sequences, sets and mappings.

    A mapping's order counts, as it does for whoever walks through it.
    """
    return hashlib.sha256("".join(_pieces(values)).encode("utf-8", "surrogatepass")).hexdigest()


def _pieces(value: Any) -> Iterator[str]:
    """The value in pieces that no other value has: each text with its length, each list with its end."""
    if isinstance(value, str):
        yield f"s{len(value)}:{value}"
    elif isinstance(value, Enum):
        yield f"e{type(value).__name__}.{value.name};"
    elif value is None or isinstance(value, bool | int | float):
        yield f"{type(value).__name__}:{value!r};"
    elif isinstance(value, tuple | list):
        yield "["
        for item in value:
            yield from _pieces(item)
        yield "]"
    elif is_dataclass(value):
        yield f"d{type(value).__name__}("
        for name in _compared(type(value)):  # type: ignore[arg-type]
            yield f"{name}="
            yield from _pieces(getattr(value, name))
        yield ")"
    elif isinstance(value, Mapping):
        yield "{"
        for key, item in value.items():
            yield from _pieces(key)
            yield from _pieces(item)
        yield "}"
    elif isinstance(value, Set):
        yield "<"
        yield from sorted("".join(_pieces(item)) for item in value)
        yield ">"
    else:
        raise TypeError(f"no fingerprint of {type(value).__name__}")


@cache
def _compared(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind) if each.compare)
