"""Files to checked models (读取配置、模板、版式): every fault becomes a placed problem, all at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from reportgen.problems import InputError, Location, Problem, did_you_mean, error
from reportgen.source import Source, key_text, read_file, read_source
from reportgen.styles import SIZES, StyleSheet
from reportgen.template.schema import Config, Template

M = TypeVar("M", bound=BaseModel)

# Beside a source checkout the data folders stand next to the package; a wheel carries them inside it.
_PACKAGE = Path(__file__).resolve().parents[1]
_ROOTS = (_PACKAGE.parent, _PACKAGE / "data")


def load_config(path: Path, name: str) -> tuple[Config, Source]:
    """The configuration file at `path`, which messages call `name`."""
    source = read_source(read_file(path, name), name)
    return check_model(Config, source), source


def load_template(name: str, beside: Path, asked: Location) -> tuple[Template, Source]:
    """The template of that name, or at that path relative to the folder `beside`."""
    path, shown = find_data("templates", name, beside, asked)
    source = read_source(read_file(path, shown), shown)
    return check_model(Template, source), source


def load_styles(name: str, beside: Path, asked: Location) -> tuple[StyleSheet, tuple[Source, ...]]:
    """The style sheet of that name; `extends` takes another one as its ground, values replaced one by one."""
    sources = _style_sources(name, beside, asked)
    data: dict[str, Any] = {}
    for source in reversed(sources):
        layer = {key: value for key, value in source.data.items() if key not in ("version", "extends")}
        data = _merged(data, layer)
    problems: list[Problem] = []
    data = _sizes_in_points(data, (), sources, problems)
    styles = _validated(TypeAdapter(StyleSheet), data, sources, problems)
    if problems or styles is None:
        raise InputError(problems)
    return styles, sources


def find_data(kind: str, name: str, beside: Path, asked: Location) -> tuple[Path, str]:
    """Path and short name of a template or style sheet; unknown names are refused with the nearest one."""
    if name.endswith((".yaml", ".yml")):
        return beside / name, name
    folder = "templates" if kind == "templates" else "configs/styles"
    known: list[str] = []
    for base in (beside, *_ROOTS):
        known += [path.stem for path in sorted((base / folder).glob("*.yaml"))]
        path = base / folder / f"{name}.yaml"
        if path.stem == name and path.is_file():
            return path, f"{folder}/{name}.yaml"
    label = "模板" if kind == "templates" else "版式"
    raise InputError(
        [
            error(
                "config.unknown-name",
                f"没有名为「{name}」的{label}",
                did_you_mean(name, dict.fromkeys(known)),
                asked,
            )
        ]
    )


def _style_sources(name: str, beside: Path, asked: Location) -> tuple[Source, ...]:
    sources: list[Source] = []
    seen: set[Path] = set()
    next_name: str | None = name
    while next_name is not None:
        path, shown = find_data("styles", next_name, beside, asked)
        if path.resolve() in seen:
            raise InputError([error("style.circle", f"版式「{shown}」间接地引用了自己", "请改正 extends", asked)])
        seen.add(path.resolve())
        source = read_source(read_file(path, shown), shown)
        if not isinstance(source.data, dict):
            raise InputError([_not_a_mapping(source)])
        sources.append(source)
        beside, asked = path.parent, source.locate(("extends",))
        extends = source.data.get("extends")
        next_name = str(extends) if extends is not None else None
    return tuple(sources)


def _merged(ground: Any, layer: Any) -> Any:
    if isinstance(ground, dict) and isinstance(layer, dict):
        return {key: _merged(ground.get(key), layer.get(key, ground.get(key))) for key in {**ground, **layer}}
    return layer


def _sizes_in_points(
    value: Any, path: tuple[str | int, ...], sources: Iterable[Source], problems: list[Problem]
) -> Any:
    if isinstance(value, dict):
        return {key: _sizes_in_points(item, (*path, key), sources, problems) for key, item in value.items()}
    if isinstance(value, str) and path[-1:] == ("size_pt",):
        if value in SIZES:
            return SIZES[value]
        what = f"没有「{value}」这个字号"
        problems.append(error("style.unknown-size", what, did_you_mean(value, SIZES), _locate(sources, path)))
        return 1.0
    return value


def check_model(model: type[M], source: Source) -> M:
    """The source's data as `model`; raises `InputError` with every fault and its line and column."""
    problems: list[Problem] = []
    if not isinstance(source.data, dict):
        raise InputError([_not_a_mapping(source)])
    value: M | None = _validated(TypeAdapter(model), source.data, (source,), problems)
    if value is None:
        raise InputError(problems)
    return value


def _not_a_mapping(source: Source) -> Problem:
    return error(
        "config.wrong-type",
        f"「{source.file}」应由「键: 值」组成",
        "请按 README 的示例填写",
        source.locate(()),
    )


def _validated(adapter: TypeAdapter[Any], data: Any, sources: tuple[Source, ...], problems: list[Problem]) -> Any:
    try:
        # JSON mode: strict on Python objects would refuse a list for a tuple and a string for a date.
        return adapter.validate_json(json.dumps(data))
    except ValidationError as fault:
        known = _keys_by_path(adapter.json_schema())
        problems += [_problem(dict(item), sources, known) for item in fault.errors(include_url=False)]
        return None


def _problem(item: Mapping[str, Any], sources: tuple[Source, ...], known: Mapping[str, tuple[str, ...]]) -> Problem:
    path = tuple(part for part in item["loc"] if part not in ("str", "tuple[constrained-str, ...]"))
    path = _without_union_tags(path)
    where = _locate(sources, path)
    kind, given, context = str(item["type"]), item.get("input"), item.get("ctx", {})
    key = str(path[-1]) if path else ""
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        owners = known.get(_shape(path[:-1]), ())
        return error(
            "config.unknown-key",
            f"没有「{key}」这个键",
            did_you_mean(key, owners) if owners else "请删去",
            where,
        )
    if kind in ("missing", "missing_argument"):
        return error("config.missing-key", f"缺少「{key_text(path)}」", "请补上这个键", where)
    what, fix = _SAYS.get(kind, ("「{key}」的值「{given}」不合要求", "请按 README 的说明填写"))
    words = {"key": key_text(path), "given": _shown(given), **context}
    if kind in ("enum", "literal_error"):
        options = [option.strip(" '") for option in str(context.get("expected", "")).replace(" or ", ",").split(",")]
        fix = did_you_mean(str(given), options)
        return error("config.bad-value", what.format_map(words), fix, where)
    code = "config.wrong-type" if kind.endswith("_type") else "config.bad-value"
    if kind == "value_error":
        return error(code, f"「{key_text(path)}」{context['error']}", fix, where)
    return error(code, what.format_map(words), fix.format_map(words), where)


# pydantic's English never reaches a user; a test holds that every type our models can raise stands here.
_SAYS: Mapping[str, tuple[str, str]] = {
    "string_type": ("「{key}」应是文字，现为「{given}」", "请写成文字；数字样的文字用引号括起来"),
    "string_too_short": ("「{key}」是空的", "请填写内容"),
    "string_pattern_mismatch": (
        "「{key}」的值「{given}」不合要求",
        "请用小写字母开头，只含小写字母、数字和下划线",
    ),
    "int_type": ("「{key}」应是整数，现为「{given}」", "请写不带引号的整数"),
    "float_type": ("「{key}」应是数字，现为「{given}」", "请写不带引号的数字"),
    "bool_type": ("「{key}」应是 true 或 false，现为「{given}」", "请写 true 或 false"),
    "dict_type": ("「{key}」应由「键: 值」组成", "请按 README 的示例填写"),
    "model_type": ("「{key}」应由「键: 值」组成", "请按 README 的示例填写"),
    "dataclass_type": ("「{key}」应由「键: 值」组成", "请按 README 的示例填写"),
    "tuple_type": ("「{key}」应是列表", "请每项一行，以「- 」开头"),
    "date_type": ("「{key}」应是日期，现为「{given}」", "请写成 2026-07-10 的样子"),
    "date_parsing": ("「{key}」的「{given}」不是日期", "请写成 2026-07-10 的样子"),
    "date_from_datetime_parsing": ("「{key}」的「{given}」不是日期", "请写成 2026-07-10 的样子"),
    "date_from_datetime_inexact": ("「{key}」的「{given}」不是日期", "请写成 2026-07-10 的样子"),
    "greater_than": ("「{key}」应大于 {gt}，现为「{given}」", "请改正数值"),
    "greater_than_equal": ("「{key}」不能小于 {ge}，现为「{given}」", "请改正数值"),
    "less_than_equal": ("「{key}」不能大于 {le}，现为「{given}」", "请改正数值"),
    "too_short": ("「{key}」至少要有一项", "请补上"),
    "enum": ("「{key}」的值「{given}」不在可选之列", ""),
    "literal_error": ("「{key}」的值「{given}」不在可选之列", ""),
    "value_error": ("「{key}」不合要求", "请按 README 的说明改正"),
}


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, (bool, type(None), list, dict)) else str(value)
    return text if len(text) <= 40 else text[:40] + "……"


def _without_union_tags(path: tuple[Any, ...]) -> tuple[str | int, ...]:
    return tuple(part for part in path if not (isinstance(part, str) and ("[" in part or part == "constrained-str")))


def _locate(sources: Iterable[Source], path: tuple[str | int, ...]) -> Location:
    """The place in the first file that has the whole path, else in the one that has most of it."""
    layers = list(sources)
    for source in layers:
        if path in source.places:
            return source.locate(path)
    return layers[0].locate(path)


def _shape(path: tuple[str | int, ...]) -> str:
    return "/".join("*" if isinstance(part, int) else part for part in path)


def _keys_by_path(schema: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The keys that each place of a model knows, by the place's shape (`annexes/*`)."""
    known: dict[str, tuple[str, ...]] = {}
    definitions = schema.get("$defs", {})

    def walk(node: Mapping[str, Any], shape: str, depth: int) -> None:
        if depth > 8:
            return
        for option in (node, *node.get("anyOf", ()), *node.get("allOf", ())):
            if "$ref" in option:
                walk(definitions[option["$ref"].rpartition("/")[2]], shape, depth + 1)
            if "properties" in option:
                known.setdefault(shape, tuple(option["properties"]))
                for key, child in option["properties"].items():
                    walk(child, f"{shape}/{key}" if shape else key, depth + 1)
            if isinstance(option.get("items"), dict):
                walk(option["items"], f"{shape}/*", depth + 1)
            if isinstance(option.get("additionalProperties"), dict):
                names = option.get("propertyNames", {})
                enum = definitions.get(str(names.get("$ref", "")).rpartition("/")[2], names).get("enum", ())
                for key in enum:
                    walk(option["additionalProperties"], f"{shape}/{key}", depth + 1)

    walk(schema, "", 0)
    return known
