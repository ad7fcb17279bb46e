"""Files to checked models (读取配置、模板、版式): every fault becomes a placed problem, all at once."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from reportgen.problems import InputError, Location, Outcome, Problem, error
from reportgen.source import Path_, Source, key_text, read_file, read_source
from reportgen.styles import SIZES, TABLE_ROLES, StyleSheet
from reportgen.template.forms import Misformed
from reportgen.template.hints import hint, shown
from reportgen.template.schema import ChangesTemplate, Config, LayerHead, Template
from reportgen.template.style_faults import style_faults

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")

# Beside a source checkout the data folders stand next to the package; a wheel carries them inside it.
_PACKAGE = Path(__file__).resolve().parents[1]
_ROOTS = (_PACKAGE.parent, _PACKAGE / "data")


def load_config(path: Path, name: str) -> tuple[Config, Source]:
    """The configuration file at `path`, which messages call `name`."""
    source = _config_source(path, name)
    return check_model(Config, source), source


def _config_source(path: Path, name: str) -> Source:
    """The text of a configuration; another kind of file, such as the ledger itself, is refused by name."""
    if path.suffix.lower() not in (".yaml", ".yml", ".json") and os.path.isfile(path):
        fix = "请给出配置文件（.yaml）；台账写在配置的 ledger 里，或用 --ledger 给出"
        raise InputError([error("file.wrong-kind", f"「{name}」不是配置文件", fix, Location(file=name))])
    return read_source(read_file(path, name), name)


# What stands in for a required value that is wrong or missing, while the other files are looked at.
_STAND_INS = {"version": 1, "template": "-", "ledger": "-", "period": "-", "year": 2000, "issuer": "-"}


def load_sound_config(path: Path, name: str) -> Outcome[tuple[Config, Source]]:
    """The configuration as far as it is sound, its faults beside it.

    So the faults of the files that it names come in the same run. A template or ledger that it does not name soundly
    is empty in it. Raises `InputError` where nothing of it can be used.
    """
    source = _config_source(path, name)
    problems: list[Problem] = []
    if not isinstance(source.data, dict):
        raise InputError([_not_a_mapping(source)])
    config: Config | None = _validated(Config, source.data, (source,), problems)
    if config is None:
        wrong = {
            re.split(r"[.\[]", problem.where.key)[0] for problem in problems if problem.where and problem.where.key
        }
        sound = {key: value for key, value in source.data.items() if key not in wrong}
        config = _validated(Config, _STAND_INS | sound, (source,), [])
        if config is None:
            raise InputError(problems)
        unknown: dict[str, Any] = {"template": "", "ledger": ()}
        config = config.model_copy(update={key: value for key, value in unknown.items() if key not in sound})
    return Outcome((config, source), tuple(problems))


def load_template(name: str, beside: Path, asked: Location) -> tuple[Template, Source]:
    """The template of that name, or at that path relative to the folder `beside`."""
    path, shown = find_data("templates", name, beside, asked)
    source = read_source(read_file(path, shown), shown)
    return check_model(Template, source), source


def load_changes_template(name: str, beside: Path, asked: Location) -> tuple[ChangesTemplate, Source]:
    """The wording of the changes between two periods (两期变化用语), found as a template is."""
    path, shown = find_data("changes", name, beside, asked)
    source = read_source(read_file(path, shown), shown)
    return check_model(ChangesTemplate, source), source


def load_styles(
    name: str, beside: Path, asked: Location, changes: Source | None = None
) -> tuple[StyleSheet, tuple[Source, ...]]:
    """The style sheet of that name and its files; `extends` takes another one as its ground.

    Values are replaced one by one, those of the files by `changes`, which are written like a style file without head.
    """
    files = _layers("styles", name, beside, asked)
    layers = (changes, *files) if changes else files
    data: dict[str, Any] = {}
    for layer in reversed(layers):
        head = _LAYER_HEAD if layer is not changes else ()
        data = _merged(data, {key: value for key, value in layer.data.items() if key not in head})
    problems: list[Problem] = []
    data = _whole_themes(_sizes_in_points(data, (), layers, problems))
    styles = _validated(StyleSheet, data, layers, problems)
    if styles is not None:
        problems += style_faults(styles, lambda path: _locate(layers, path))
    if problems or styles is None:
        raise InputError(problems)
    return styles, files


def configured_styles(config: Config, source: Source, beside: Path) -> tuple[StyleSheet, tuple[Source, ...]]:
    """The style sheet that a configuration in the folder `beside` names, with its own changes on top."""
    changes = source.part("style_changes") if config.style_changes else None
    return load_styles(config.style, beside, source.locate(("style",)), changes)


# Where the data of each kind lies, and how a message calls it.
_FOLDERS = {
    "templates": ("templates", "模板"),
    "forms": ("templates/forms", "反馈表"),
    "changes": ("templates/changes", "两期变化用语"),
    "styles": ("configs/styles", "版式"),
    "judging": ("configs/judging", "研判规则"),
    "checking": ("configs/checking", "校核规则"),
}


def find_data(kind: str, name: str, beside: Path, asked: Location) -> tuple[Path, str]:
    """Path and short name of a template, return form or style sheet; unknown names are refused with the nearest one."""
    if name.endswith((".yaml", ".yml", ".json")):
        return beside / name, Path(name).name if Path(name).is_absolute() else name
    folder, label = _FOLDERS[kind]
    known: list[str] = []
    for base in (beside, *_ROOTS):
        for path in sorted((base / folder).glob("*.yaml")):
            if path.stem == name:
                return path, f"{folder}/{path.name}"
            known.append(path.stem)
    raise InputError([error("config.unknown-name", f"没有名为「{shown(name)}」的{label}", hint(name, known), asked)])


_LAYER_HEAD = ("version", "extends")


class RuleSet(Protocol):
    """Rules as a file gives them (规则文件的内容): their settings by id, and which keys each of them heeds."""

    heeded: ClassVar[Mapping[str, tuple[str, ...]]]


R = TypeVar("R", bound=RuleSet)


def load_rules(kind: str, model: type[R], name: str, beside: Path, asked: Location) -> tuple[R, tuple[Source, ...]]:
    """The rules (规则) of that name as `model`, a dataclass, and their files; `extends` takes other ones as ground.

    `kind` is `judging` or `checking`. Values are replaced one by one, lists as a whole; faults are told at their lines.
    """
    files = _layers(kind, name, beside, asked)
    data: dict[str, Any] = {}
    for layer in reversed(files):
        data = _merged(data, {key: value for key, value in layer.data.items() if key not in _LAYER_HEAD})
    problems: list[Problem] = []
    rules = _validated(model, data, files, problems)
    problems += () if problems else _unheeded(files, model.heeded)
    if rules is None or problems:
        raise InputError(problems)
    return rules, files


def _unheeded(files: Sequence[Source], heeded: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
    """Keys that say nothing to their rule: who sets one believes that it does something."""
    for source in files:
        for rule, setting in source.data.get("rules", {}).items():
            for key in setting:
                if key not in heeded[rule]:
                    what = f"规则「{rule}」用不到「{key}」，写了也不起作用"
                    fix = f"请删去；这条规则可以改 {'、'.join(heeded[rule])}"
                    yield error("config.unused-key", what, fix, source.locate(("rules", rule, key)))


def _layers(kind: str, name: str, beside: Path, asked: Location) -> tuple[Source, ...]:
    """The layers of a style sheet or of rules, the asked one first."""
    sources: list[Source] = []
    seen: set[str] = set()
    path = beside
    next_name: str | None = name
    while next_name is not None:
        # A path is relative to the file that names it; a bare name is looked for where the first one was.
        named_by = path.parent if sources and next_name.endswith(".yaml") else beside
        path, short_name = find_data(kind, next_name, named_by, asked)
        if (real := os.path.realpath(path)) in seen:
            what = f"{_FOLDERS[kind][1]}「{shown(short_name)}」间接地引用了自己"
            raise InputError([error("style.circle", what, "请改正 extends", asked)])
        seen.add(real)
        source = read_source(read_file(path, short_name), short_name)
        if not isinstance(source.data, dict):
            raise InputError([_not_a_mapping(source)])
        # The layers are checked together; what each says about itself is checked here.
        head = {key: source.data[key] for key in _LAYER_HEAD if key in source.data}
        problems: list[Problem] = []
        checked = _validated(LayerHead, head, (source,), problems)
        if checked is None:
            raise InputError(problems)
        sources.append(source)
        asked = source.locate(("extends",))
        next_name = checked.extends
    return tuple(sources)


def _merged(ground: Any, layer: Any) -> Any:
    if isinstance(ground, dict) and isinstance(layer, dict):
        return {key: _merged(ground.get(key), layer.get(key, ground.get(key))) for key in {**ground, **layer}}
    return layer


def _whole_themes(data: dict[str, Any]) -> dict[str, Any]:
    """The data with each theme on top of the sheet's own table and texts, so that it is whole."""
    themes = data.get("themes")
    if not isinstance(themes, dict):
        return data
    ground = {"table": data.get("table", {}), "text": data.get("text", {})}
    return data | {"themes": {name: _whole_theme(ground, theme) for name, theme in themes.items()}}


def _whole_theme(ground: Mapping[str, Any], theme: Any) -> Any:
    if not isinstance(theme, dict):
        return theme
    whole = {**theme, "table": _merged(ground["table"], theme.get("table", {})), "text": theme.get("text", {})}
    if isinstance(whole["text"], dict) and isinstance(ground["text"], dict):
        names = {role.value for role in TABLE_ROLES}
        # A role that the sheet itself lacks is told there.
        texts = [role for role in whole["text"] if role in ground["text"] or role not in names]
        whole["text"] = {role: _merged(ground["text"].get(role), whole["text"][role]) for role in texts}
    return whole


_SIZE_DIGITS = str.maketrans("123456", "一二三四五六")


def _sizes_in_points(value: Any, path: Path_, sources: Sequence[Source], problems: list[Problem]) -> Any:
    """The data with the printers' names of sizes (三号) as points."""
    if isinstance(value, dict):
        return {key: _sizes_in_points(item, (*path, key), sources, problems) for key, item in value.items()}
    if isinstance(value, str) and path[-1:] == ("size_pt",):
        size = re.sub(r"^小?[1-6]号?$", lambda typed: typed[0].translate(_SIZE_DIGITS), value)
        size = size.removesuffix("号") if size.startswith("小") else size
        if size in SIZES:
            return SIZES[size]
        what = f"没有「{shown(value)}」这个字号"
        problems.append(error("style.unknown-size", what, hint(value, SIZES), _locate(sources, path)))
        return 1.0
    return value


def check_model(model: type[M], source: Source) -> M:
    """The source's data as `model`; raises `InputError` with every fault and its line and column."""
    problems: list[Problem] = []
    if not isinstance(source.data, dict):
        raise InputError([_not_a_mapping(source)])
    value = _validated(model, source.data, (source,), problems)
    if value is None:
        raise InputError(problems)
    return value


def _not_a_mapping(source: Source) -> Problem:
    what = f"「{source.file}」应由「键: 值」组成"
    return error("config.wrong-type", what, "请按 README 的示例填写", source.locate(()))


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """What checks data against a class; to make one takes longer than to use it a hundred times."""
    return TypeAdapter(kind)


def _validated(kind: Callable[..., T], data: Any, sources: Sequence[Source], problems: list[Problem]) -> T | None:
    try:
        # JSON mode: strict on Python objects would refuse a list for a tuple and a string for a date.
        value: T = _adapter(kind).validate_json(json.dumps(data))
        return value
    except ValidationError as fault:
        known = _known_keys(kind)
        items = fault.errors(include_url=False)
        places = {item["loc"][:end] for item in items for end in range(len(item["loc"]))}
        # A list of which every item is wrong is not also too short; what stands under a wrong key is not looked at.
        strange = {item["loc"][:-1] for item in items if item["loc"][-1:] == ("[key]",)}
        told = [
            item
            for item in items
            if (item["type"] != "too_short" or item["loc"] not in places)
            and (item["loc"][-1:] == ("[key]",) or not any(item["loc"][: len(key)] == key for key in strange))
        ]
        # What a theme takes over from its style sheet is told of the sheet alone.
        wrong = {item["loc"] for item in items}
        told = [item for item in told if not _taken_over(item["loc"], wrong)]
        problems += [_problem(dict(item), sources, known) for item in told]
        return None


def _taken_over(place: Path_, wrong: Collection[Path_]) -> bool:
    """Whether the place lies in a theme, and what the theme takes it from is wrong itself."""
    own = place[2:] if place[:1] == ("themes",) else ()
    return any(own[:end] in wrong for end in range(1, len(own) + 1))


def _problem(item: Mapping[str, Any], sources: Sequence[Source], known: Mapping[str, tuple[str, ...]]) -> Problem:
    """One of pydantic's faults in our words, with its place."""
    kind, given, context = str(item["type"]), item.get("input"), item.get("ctx", {})
    # pydantic puts "[key]" behind a key that itself is wrong.
    path: Path_ = tuple(part for part in item["loc"] if part != "[key]")
    where = _locate(sources, path)
    key = shown(path[-1]) if path else ""
    if kind in _UNKNOWN or path != item["loc"]:
        owners = known.get(_shape(path[:-1])) or _choices(context)
        fix = hint(str(path[-1]), owners) if owners else "请删去"
        return error("config.unknown-key", f"没有「{key}」这个键", fix, where)
    if kind in _MISSING:
        return error("config.missing-key", f"缺少「{key_text(path)}」", "请补上这个键", where)
    if isinstance(fault := context.get("error"), Misformed):
        return error(fault.code, fault.what, fault.fix, where)
    what, fix = _SAYS.get(kind, ("「{key}」的值「{given}」不合要求", "请按 README 的说明填写"))
    words = {"key": key_text(path) if path else sources[0].file, "given": shown(given), **context}
    if kind in ("enum", "literal_error"):
        fix = hint(str(given), _choices(context) or (context["expected"],))
    code = "config.wrong-type" if kind.endswith("_type") else "config.bad-value"
    return error(code, what.format_map(words), fix.format_map(words), where)


def _choices(context: Mapping[str, Any]) -> tuple[str, ...]:
    """The values of an enumeration as pydantic lists them."""
    return tuple(re.findall(r"'([^']*)'", str(context.get("expected", ""))))


_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")
_MISSING = ("missing", "missing_argument")
_NO_MAPPING = ("「{key}」应由「键: 值」组成，现为「{given}」", "请按 README 的示例填写")
_NO_DATE = ("「{key}」的「{given}」不是日期", "请写成 2026-07-10 的样子")
_NO_CHOICE = ("「{key}」的值「{given}」不在可选之列", "")

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
    "dict_type": _NO_MAPPING,
    "model_type": _NO_MAPPING,
    "dataclass_type": _NO_MAPPING,
    "tuple_type": ("「{key}」应是列表，现为「{given}」", "请每项一行，以「- 」开头"),
    "date_type": ("「{key}」应是日期，现为「{given}」", "请写成 2026-07-10 的样子"),
    "date_parsing": _NO_DATE,
    "date_from_datetime_parsing": _NO_DATE,
    "date_from_datetime_inexact": _NO_DATE,
    "greater_than": ("「{key}」应大于 {gt:g}，现为「{given}」", "请改正数值"),
    "greater_than_equal": ("「{key}」不能小于 {ge:g}，现为「{given}」", "请改正数值"),
    "less_than_equal": ("「{key}」不能大于 {le:g}，现为「{given}」", "请改正数值"),
    "too_long": ("「{key}」最多 {max_length} 项", "请删去用不到的"),
    "too_short": ("「{key}」至少要有一项", "请补上"),
    "enum": _NO_CHOICE,
    "literal_error": _NO_CHOICE,
    "value_error": ("「{key}」{error}", "请改正这一项"),
}


def _locate(sources: Sequence[Source], path: Path_) -> Location:
    """The place in the first file that has the whole path, else in the one that has most of it."""
    for end in range(len(path), 0, -1):
        for source in sources:
            if path[:end] in source.places:
                return source.locate(path)
    # What no file has is missing in the file that was asked for, not in the changes on top of it.
    return next(source for source in sources if not source.above).locate(path)


def _shape(path: Path_) -> str:
    return "/".join("*" if isinstance(part, int) else part for part in path)


@cache
def _known_keys(kind: Any) -> Mapping[str, tuple[str, ...]]:
    """The keys that each place of a class knows, by the place's shape (`annexes/*`)."""
    schema = _adapter(kind).json_schema()
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
