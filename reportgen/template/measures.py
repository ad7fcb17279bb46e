"""What a running text may cost (代价): steps are counted, and nothing nested is ever compared, hashed or shown.

Jinja's own filters and tests are wrapped here; a list of lists that holds itself twice would cost 2^n to compare.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from jinja2 import Undefined, pass_context
from jinja2.filters import make_attrgetter
from jinja2.runtime import Context

from reportgen.limits import held
from reportgen.template.filters import Unfit

_ORDERING = frozenset({"max", "min", "sort", "unique"})
_ARITHMETIC = frozenset({"divisibleby", "even", "odd"})
_UNCOMPARED = frozenset({"defined", "undefined", "none", "number", "string"})


class Steps:
    """How much one text may still do (步数): a count of entries and characters, the same on every machine."""

    def __init__(self) -> None:
        limits = held().texts
        self.left, self.most_text = limits.expression_steps, limits.expression_characters
        self._steps = limits.expression_steps

    def spend(self, steps: int) -> None:
        """Take so many; refused when none are left."""
        self.left -= steps
        if self.left < 0:
            raise Unfit(f"循环和计算过多，超过 {self._steps} 步，请减少嵌套和重复")


def measured(context: Context, value: Any) -> Any:
    """The value, its size counted before or after something walks over it."""
    steps: Steps = context["_steps"]
    if isinstance(value, Iterator):
        return _counted(value, steps)
    if isinstance(value, str):
        if len(value) > steps.most_text:
            raise Unfit(f"生成的文字过长，超过 {steps.most_text} 字")
        steps.spend(1 + len(value) // 32)
    else:
        steps.spend(1 + (len(value) if isinstance(value, (Sequence, Mapping)) else 0))
    return value


def _counted(values: Iterator[Any], steps: Steps) -> Iterator[Any]:
    for value in values:
        # An entry on its way through `map` or `select` costs about as much as ten turns of a loop.
        steps.spend(10)
        yield value


@pass_context
def walked(context: Context, value: Any) -> Any:
    """The value of a loop, measured; a text would be walked letter by letter, which is never meant."""
    if isinstance(value, str):
        raise Unfit("for 只能用于列表，不能用于一段文字")
    return measured(context, value)


@pass_context
def compared(context: Context, value: Any) -> Any:
    """One side of a comparison, or an index: a text, a number, true, false or nothing."""
    if value is not None and not isinstance(value, (str, int, float, Undefined)):
        raise Unfit("只能比较文字和数字；列表请先用 count 取个数，条目请写明取哪一项")
    return measured(context, value)


@pass_context
def contained(context: Context, values: Any) -> Any:
    """The right side of `in`: a text, or a flat list of texts and numbers."""
    if isinstance(values, Iterator):
        return (compared(context, value) for value in values)
    if isinstance(values, (list, tuple)):
        return [compared(context, value) for value in values]
    return compared(context, values)


def bounded_filter(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The filter with what it is given and what it gives measured, also where `map` calls it."""
    passes = getattr(getattr(function, "jinja_pass_arg", None), "name", "")

    @pass_context
    def bounded(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        value = measured(context, value)
        if name in _ORDERING:
            value = _orderable(context, name, value, args, kwargs)
        leads: dict[str, Any] = {
            "context": context, "environment": context.environment, "eval_context": context.eval_ctx,
        }  # fmt: skip
        lead = [leads[passes]] if passes else []
        return measured(context, function(*lead, value, *args, **kwargs))

    return bounded


def _orderable(
    context: Context, name: str, values: Iterable[Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> list[Any]:
    """The entries, once it is known that only texts and numbers of them are compared."""
    at = 2 if name == "sort" else 1
    attribute = kwargs.get("attribute", args[at] if len(args) > at else None)
    parts = attribute.split(",") if name == "sort" and isinstance(attribute, str) else [attribute]
    getters = [make_attrgetter(context.environment, part) for part in parts]
    items = list(values)
    for item in items:
        for getter in getters:
            compared(context, getter(item))
    return items


def bounded_test(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The test between texts and numbers only."""
    if name in _UNCOMPARED:
        return function

    @pass_context
    def bounded(context: Context, value: Any, *args: Any) -> Any:
        right = contained if name == "in" else compared
        sides = [compared(context, value)]
        sides += [right(context, argument) for argument in args]
        # To Python `%` of a text is a format, which can ask for any length.
        if name in _ARITHMETIC and not all(isinstance(side, (int, float, Undefined)) for side in sides):
            raise Unfit("even、odd、divisibleby 只能用于数字")
        return function(*sides)

    return bounded
