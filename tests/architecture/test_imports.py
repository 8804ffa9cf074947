"""The allowed imports. docs/architecture.md has the reasons."""

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
    {"scores", "stream", "actions", "profiles", "moderation"},
    {"admin", "pages", "ops", "reference", "chaos", "merging", "server"},
]
FOLDER_LEVELS = {  # in a large package: a folder imports those before it, "" is the package's own modules
    "core": ["", "concurrency", "storage", "http", "limits"],
    "stream": ["protocol", "publishing", "serving", "http", ""],
}
LEVEL = {feature: level for level, features in enumerate(LEVELS) for feature in features}
PUBLIC = {"types", "facts", "wire", "service", "guard", "rules"}  # modules that higher features may import
MORE_PUBLIC = {"journal": {"writer", "deferred", "simplefold"}, "actions": {"checks"}}
OURS = ("scoreboard", "worker", "config", "wsgi")
FLASK_MODULES = {
    "routes.py",
    "stream/http/responses.py",
    "stream/http/upgrade.py",
    "app.py",
    "roles.py",
    "core/http/assets.py",
    "core/http/compression.py",
    "core/http/conventions.py",
    "core/http/idempotency.py",
    "core/http/files.py",
    "core/http/links.py",
    "pages/rendering.py",
}
DATABASE_STARTERS = {"base.py", "commands/redis_server.py"}
SETTINGS_READERS = (
    "wsgi.py",
    "worker/",
    "scoreboard/__main__.py",
    "scoreboard/commands/",
    "scoreboard/base.py",
    "scoreboard/parts.py",
    "config/",
)
CONFIG_IMPORTS = {"config/gunicorn.py": ("scoreboard.server.", "scoreboard.chaos.permission")}


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


def imports_of(path):
    tree = sources()[path]
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = {id(one) for function in functions for one in ast.walk(function)}
    guarded = [
        one for one in ast.walk(tree) if isinstance(one, ast.If) and "TYPE_CHECKING" in ast.dump(one.test)
    ]
    typed = {id(one) for guard in guarded for one in ast.walk(guard)}
    for node in ast.walk(tree):
        for module in modules_of(node):
            yield Import(path, module, id(node) in inside, id(node) in typed)


def modules_of(node):
    """The modules that an import statement loads: `from package import module` loads the module."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        for alias in node.names:
            whole = f"{node.module}.{alias.name}"
            yield whole if whole in modules() else str(node.module)


@functools.cache
def imports():
    """All imports of all files. Cached, and read by the first test instead of at collection."""
    return sorted({one for path in sources() for one in imports_of(path)})


def library(one):
    return one.module.split(".")[0]


def of_another_feature(one):
    """True if an import breaks the order of features."""
    if one.feature not in LEVEL or one.typed or library(one) != "scoreboard":
        return False
    if one.module == "scoreboard":  # its version
        return False
    _, other, *rest = [*one.module.split("."), ""]
    if other in (one.feature, "core"):
        return False
    public = PUBLIC | MORE_PUBLIC.get(other, set())
    if one.path.endswith("/build.py"):  # wires parts of its feature and of lower ones
        return other != "base" and (other not in LEVEL or LEVEL[other] >= LEVEL[one.feature])
    return other not in LEVEL or LEVEL[other] >= LEVEL[one.feature] or not public & {*rest}


def of_a_later_folder(one):
    """True if a module of a large package imports a folder that comes after its own."""
    parts, other = one.path.split("/")[:-1], one.module.split(".")
    if one.typed or len(parts) < 2 or parts[1] not in FOLDER_LEVELS or other[:2] != parts[:2]:
        return False
    folders = FOLDER_LEVELS[parts[1]]
    rank = {name: level for level, name in enumerate(folders)}
    return rank[folder(other[2:])] > rank[folder(parts[2:])]


def folder(path):
    return (
        path[0]
        if path and path[0] in {name for folders in FOLDER_LEVELS.values() for name in folders}
        else ""
    )


def of_flask(one):
    ours = one.path.removeprefix("scoreboard/")
    return (
        library(one) == "flask" and ours not in FLASK_MODULES and ours.rpartition("/")[2] not in FLASK_MODULES
    )


def of_a_database(one):
    """True if a module imports a database library outside of core, stores and the code that starts them."""
    if library(one) not in ("peewee", "playhouse", "redis", "apsw", "psycopg") or one.path.startswith(
        "worker/"
    ):
        return False
    ours = one.path.removeprefix("scoreboard/")
    return not (ours.startswith("core/") or "/store" in ours or ours in DATABASE_STARTERS)


RULES = {
    "features import core, and the public modules of lower features": of_another_feature,
    "folders of a large package import those before them": of_a_later_folder,
    "only modules for HTTP import flask": of_flask,
    "only core and stores import database libraries": of_a_database,
    "only the worker imports rq": lambda one: library(one) == "rq" and not one.path.startswith("worker/"),
    "only the composition root and commands import settings": lambda one: (
        one.module.startswith("config.settings") and not one.path.startswith(SETTINGS_READERS)
    ),
    "config imports no feature": lambda one: (
        one.path.startswith("config/")
        and library(one) == "scoreboard"
        and not one.module.startswith(("scoreboard.core.", *CONFIG_IMPORTS.get(one.path, ())))
    ),
    "no other package imports the worker": lambda one: (
        library(one) == "worker" and not one.path.startswith("worker/")
    ),
    "no function imports a module of ours": lambda one: one.inside and library(one) in OURS,
}


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_holds(rule):
    assert sorted(str(one) for one in imports() if RULES[rule](one)) == []


def test_there_are_no_import_cycles():
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
