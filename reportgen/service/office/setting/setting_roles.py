"""What each setting file is for (设置文件的用途), as the configuration names it: an office's own, or the program's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reportgen.source import Path_
from reportgen.template.schema import Config


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What a configuration uses for one purpose (所用的文件): `name` as it names it.

    `kind` is that of the data which comes with the program; it is empty where there is none, as for a register.
    """

    path: Path_
    label: str
    name: str
    kind: str = ""

    @property
    def is_bundled(self) -> bool:
        """Whether it comes with the program: a name, not a file's."""
        return bool(self.kind) and not self.name.lower().endswith((".yaml", ".yml", ".json"))

    @property
    def key(self) -> str:
        """The key of the configuration, as it is written in an address."""
        return ".".join(map(str, self.path))


def used_by(config: Config) -> list[Used]:
    """All that a configuration uses (所用的文件), what it says nothing about, too: then it is the program's."""
    return list(_used_by(config))


def _used_by(config: Config) -> Iterator[Used]:
    yield Used(path=("template",), label="模板", name=config.template, kind="templates")
    if config.units is not None:
        yield Used(path=("units",), label="单位名录", name=config.units)
    yield Used(path=("style",), label="版式", name=config.style, kind="styles")
    yield Used(path=("judging",), label="研判规则", name=config.judging, kind="judging")
    yield Used(path=("checking",), label="校核规则", name=config.checking, kind="checking")
    yield Used(path=("changes",), label="两期变化用语", name=config.changes, kind="changes")
    for name in config.previous_ledger:
        yield Used(path=("previous_ledger",), label="上期台账", name=name)
    yield Used(path=("returns", "form"), label="反馈表", name=config.returns.form, kind="forms")
    yield Used(path=("unit_sets", "template"), label="分送件模板", name=config.unit_sets.template, kind="templates")
    for role, name in config.fonts.items():
        yield Used(path=("fonts", role), label=f"字体（{role}）", name=name)


def labels(used: list[Used], config_name: str) -> Mapping[str, str]:
    """What each file is for, by its name (用途)."""
    found = {config_name: "配置"}
    for each in used:
        if not each.is_bundled:
            found[each.name] = f"{found[each.name]}、{each.label}" if each.name in found else each.label
    return found
