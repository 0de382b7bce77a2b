"""Provenance: all that a system's predictions depend on besides what it is given, so far as can be told from outside.

A key of kept predictions that leaves out the model, its parameters or its code serves the answers of one system as
those of another. So the provenance has four parts: the name (with an adapter's argument), the distribution that
registers it and its version, a digest of its code, and what the system says of itself where it has a method
`identity`.

The code is every module that the system's module imports from its own top-level package, and the files beside them that
are no modules: lexicons, prompts, weights. What is imported by a computed name, and what lies outside of the package (a
program, a model on a server), is for `identity` to tell.
"""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from onrecord.baselines.recording import FOLDER
from onrecord.baselines.registry import Identified, System, entry

UNKNOWN: Final = ""
"""The code of a system that no file holds: nothing is known about it, so nothing can be said to be equal."""

_COMPILED: Final = frozenset({".pyc", ".pyo"})


def provenance(name: str, system: System) -> dict[str, str]:
    """Return what the predictions of `system`, called `name`, depend on: `system`, `package`, `code`, `identity`."""
    point = entry(name)
    modules = {type(system).__module__, *([point.module] if point else [])}
    return {
        "system": name,
        "package": _package(point),
        "code": code_digest(frozenset(modules)),
        "identity": str(system.identity()) if isinstance(system, Identified) else "",
    }


def _package(point: EntryPoint | None) -> str:
    return f"{point.dist.name} {point.dist.version}" if point and point.dist else ""


def code_digest(modules: frozenset[str]) -> str:
    """Return the sha256 of the code that `modules` consist of, or `UNKNOWN` where a module has no file."""
    found: dict[str, Path] = {}
    for module in modules:
        _follow(module, found)
    if not modules <= set(found):
        return UNKNOWN
    files = {path: name for name, path in found.items()}
    for folder in {folder for module in modules if (folder := _home(module, found))}:
        files |= {path: path.relative_to(folder).as_posix() for path in _beside(folder)}
    digest = hashlib.sha256()
    for name, content in sorted((name, hashlib.sha256(path.read_bytes()).digest()) for path, name in files.items()):
        digest.update(name.encode() + b"\0" + content)
    return digest.hexdigest()


def _home(module: str, found: dict[str, Path]) -> Path | None:
    """Return the folder of the outermost package, if not a namespace, that `module` is in."""
    parents = module.split(".")
    inits = (found.get(".".join(parents[:n])) for n in range(1, len(parents) + 1))
    return next((path.parent for path in inits if path and path.name == "__init__.py"), None)


def _beside(folder: Path) -> Iterator[Path]:
    """Yield the files of a package that are no modules; recorded predictions are no code."""
    for path in folder.iterdir():
        if path.is_file() and path.suffix not in {".py", *_COMPILED}:
            yield path
        elif path.is_dir() and path.name not in {"__pycache__", FOLDER} and not (path / "__init__.py").exists():
            yield from _beside(path)


def _follow(module: str, found: dict[str, Path]) -> None:
    """Add the file of `module` to `found`, and those of the modules of its top-level package that it imports."""
    parents = module.split(".")
    for name in (".".join(parents[:n]) for n in range(1, len(parents) + 1)):
        parent = found.get(name.rpartition(".")[0])
        if parent is not None and parent.name != "__init__.py":
            return  # a name in a module; to look for it would run the module
        if name not in found and (path := _file(name)) is not None:
            found[name] = path
            for imported in _imports(path, name):
                if imported.partition(".")[0] == parents[0]:
                    _follow(imported, found)


def _file(module: str) -> Path | None:
    origin = getattr(sys.modules.get(module), "__file__", None)
    if origin is None:
        try:
            spec = find_spec(module)
        except (ImportError, ValueError):  # no such module: a name that is imported from one
            return None
        origin = spec.origin if spec and spec.has_location else None
    return Path(origin) if origin and Path(origin).is_file() else None


def _imports(path: Path, module: str) -> Iterator[str]:
    """Yield the names that a module's source imports: modules, or names in them."""
    if path.suffix != ".py":
        return
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)
