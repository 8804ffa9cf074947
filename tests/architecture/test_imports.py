"""Who may import whom. docs/architecture.md says why."""

from __future__ import annotations

import ast
import functools
from typing import NamedTuple

import pytest

from tests.support import ROOT

LEVELS = [
    {"core"},
    {"journal"},
    {"keyring"},
    {"accounts"},
    {"boards", "audit"},
    {"scores", "stream", "actions"},
    {"admin", "pages", "ops", "reference", "chaos", "merging", "server"},
]
FLOORS = {  # inside a large package: a folder imports those before it, "" is the package's own modules
    "core": ["", "concurrency", "storage", "http", "limits"],
    "stream": ["protocol", "publishing", "serving", "http", ""],
}
LEVEL = {feature: level for level, features in enumerate(LEVELS) for feature in features}
OPEN = {"types", "facts", "wire", "service", "guard", "rules"}  # what a feature shows to higher ones
FURTHER = {"journal": {"writer", "deferred", "simplefold"}, "actions": {"checks"}}
OURS = ("scoreboard", "worker", "config", "wsgi")
FLASK = {
    "routes.py",
    "guard.py",
    "stream/http/requests.py",
    "stream/http/responses.py",
    "stream/http/upgrade.py",
    "app.py",
    "roles.py",
    "core/http/assets.py",
    "core/http/compression.py",
    "core/http/conventions.py",
    "core/http/idempotency.py",
    "core/http/files.py",
    "core/limits/rules.py",
    "core/http/links.py",
    "core/http/parts.py",
    "pages/rendering.py",
}
STARTS = {"base.py", "commands/redis_server.py"}
SETTINGS = (
    "wsgi.py",
    "worker/",
    "scoreboard/__main__.py",
    "scoreboard/commands/",
    "scoreboard/base.py",
    "scoreboard/parts.py",
    "config/",
)
CONFIGURED = {"config/gunicorn.py": ("scoreboard.server.", "scoreboard.chaos.permission")}


class Import(NamedTuple):
    path: str  # of the importing file, from the root
    module: str  # that is imported
    inside: bool  # of a function
    typed: bool  # under TYPE_CHECKING

    @property
    def feature(self):
        return self.path.split("/")[1] if self.path.startswith("scoreboard/") else ""

    def __str__(self):
        return f"{self.path}: {self.module}"


@functools.cache
def sources():
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8"))
        for top in OURS
        for path in sorted({*ROOT.glob(f"{top}.py"), *ROOT.glob(f"{top}/**/*.py")})
        if "migrations" not in path.parts
    }


@functools.cache
def modules():
    return {name.removesuffix(".py").removesuffix("/__init__").replace("/", "."): name for name in sources()}


def imported(path):
    tree = sources()[path]
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = {id(one) for function in functions for one in ast.walk(function)}
    guarded = [
        one for one in ast.walk(tree) if isinstance(one, ast.If) and "TYPE_CHECKING" in ast.dump(one.test)
    ]
    typed = {id(one) for guard in guarded for one in ast.walk(guard)}
    for node in ast.walk(tree):
        for module in named(node):
            yield Import(path, module, id(node) in inside, id(node) in typed)


def named(node):
    """The modules that an import statement loads: `from package import module` loads the module."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        for alias in node.names:
            whole = f"{node.module}.{alias.name}"
            yield whole if whole in modules() else str(node.module)


@functools.cache
def imports():
    """All imports of all files. Not found while tests are collected, which each process does."""
    return sorted({one for path in sources() for one in imported(path)})


def library(one):
    return one.module.split(".")[0]


def of_another_feature(one):
    """Whether an import breaks the order of features."""
    if one.feature not in LEVEL or one.typed or library(one) != "scoreboard":
        return False
    if one.module == "scoreboard":  # its version
        return False
    _, other, *rest = [*one.module.split("."), ""]
    if other in (one.feature, "core"):
        return False
    shown = OPEN | FURTHER.get(other, set())
    if one.path.endswith("/build.py"):  # wires parts of its feature and of lower ones
        return other != "base" and (other not in LEVEL or LEVEL[other] >= LEVEL[one.feature])
    return other not in LEVEL or LEVEL[other] >= LEVEL[one.feature] or not shown & {*rest}


def of_a_higher_floor(one):
    """Whether an import inside a package points back to a folder that comes later."""
    parts, other = one.path.split("/")[:-1], one.module.split(".")
    if one.typed or len(parts) < 2 or parts[1] not in FLOORS or other[:2] != parts[:2]:
        return False
    floors = FLOORS[parts[1]]
    rank = {name: level for level, name in enumerate(floors)}
    return rank[folder(other[2:])] > rank[folder(parts[2:])]


def folder(path):
    return path[0] if path and path[0] in {name for floors in FLOORS.values() for name in floors} else ""


def of_flask(one):
    ours = one.path.removeprefix("scoreboard/")
    return library(one) == "flask" and ours not in FLASK and ours.rpartition("/")[2] not in FLASK


def of_a_database(one):
    """Databases are known in core, in stores, and where they are put together or started."""
    if library(one) not in ("peewee", "playhouse", "redis", "apsw", "psycopg") or one.path.startswith(
        "worker/"
    ):
        return False
    ours = one.path.removeprefix("scoreboard/")
    return not (ours.startswith("core/") or "/store" in ours or ours in STARTS)


RULES = {
    "features know core, and what lower ones show": of_another_feature,
    "folders of a large package know those before them": of_a_higher_floor,
    "flask is known where HTTP is": of_flask,
    "databases are known where they are": of_a_database,
    "rq is known to the worker": lambda one: library(one) == "rq" and not one.path.startswith("worker/"),
    "settings are known where things are put together": lambda one: (
        one.module.startswith("config.settings") and not one.path.startswith(SETTINGS)
    ),
    "config knows no feature": lambda one: (
        one.path.startswith("config/")
        and library(one) == "scoreboard"
        and not one.module.startswith(("scoreboard.core.", *CONFIGURED.get(one.path, ())))
    ),
    "nobody imports the worker": lambda one: library(one) == "worker" and not one.path.startswith("worker/"),
    "nothing of ours is imported inside a function": lambda one: one.inside and library(one) in OURS,
}


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_holds(rule):
    assert sorted(str(one) for one in imports() if RULES[rule](one)) == []


def test_no_module_imports_itself_by_a_circle():
    graph = {name: set() for name in modules()}
    for one in imports():
        if one.module in modules():
            graph[one.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")].add(one.module)

    while leaves := [name for name, needed in graph.items() if not needed]:
        graph = {name: needed - {*leaves} for name, needed in graph.items() if name not in leaves}

    assert sorted(graph) == []


def test_every_feature_has_a_level():
    folders = {path.parent.name for path in (ROOT / "scoreboard").glob("*/__init__.py")}

    assert folders - {"commands", "migrations"} == LEVEL.keys()
