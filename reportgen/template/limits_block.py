"""The block `limits` of a configuration (配置里的限额): what may stand in it, and the road that keeps it.

It is looked up before anything else of the configuration is. What is wrong in it is told by whoever reads the whole of
it; until then the standard limits hold.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from reportgen.limits import GROUPS, STANDARD, Meaning, holding_values, meanings
from reportgen.problems import InputError
from reportgen.source import read_file, read_source, shown_path

P = ParamSpec("P")
T = TypeVar("T")

ENDINGS = (".yaml", ".yml", ".json")


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _field(meaning: Meaning) -> Any:
    said = f"{meaning.words}（{meaning.unit}）"
    kind: Any = int if meaning.is_whole else float
    # None stands for what is not written: what holds then is not known here.
    return kind, Field(default=None, description=said, ge=meaning.least, le=meaning.most)


def _group(name: str) -> Any:
    known = {meaning.key: _field(meaning) for meaning in meanings(getattr(STANDARD, name)).values()}
    model = create_model(f"Limits_{name}", __base__=_Block, **known)
    return model, Field(default_factory=model, description=GROUPS[name])


if TYPE_CHECKING:
    LimitsConfig = _Block
else:
    LimitsConfig = create_model("LimitsConfig", __base__=_Block, **{name: _group(name) for name in GROUPS})
    LimitsConfig.__doc__ = "Limits (限额) that an office sets otherwise: what it does not write is as usual."


def limits_in(path: Path) -> Mapping[str, Mapping[str, float]]:
    """What a configuration says of limits (配置里的限额), by group and key; nothing where it says nothing sound."""
    if path.suffix.lower() not in ENDINGS:
        return {}
    try:
        data = read_source(read_file(path, shown_path(path)), shown_path(path)).data
        block = data.get("limits") if isinstance(data, dict) else None
        found = LimitsConfig.model_validate_json(json.dumps(block)) if isinstance(block, dict) else None
    except (InputError, ValidationError):
        return {}
    return found.model_dump(exclude_unset=True) if found else {}


@contextmanager
def limits_of(path: Path | None) -> Iterator[None]:
    """The limits of a configuration hold meanwhile (配置的限额生效); without one, or any in it, those that hold."""
    with holding_values(limits_in(path) if path else {}):
        yield


def by_limits_of(config: Callable[..., Path | None]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """A road that keeps the limits of its configuration (按配置的限额), which `config` finds among its arguments."""

    def kept(road: Callable[P, T]) -> Callable[P, T]:
        @wraps(road)
        def under(*args: P.args, **kwargs: P.kwargs) -> T:
            with limits_of(config(*args, **kwargs)):
                return road(*args, **kwargs)

        return under

    return kept
