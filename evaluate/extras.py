"""Packages that only measuring needs, imported when they are needed, with one line for who does not have them."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType

from vistka.errors import UsageError


def extra_module(name: str, *, needed_for: str) -> ModuleType:
    """The module `name` of the optional extra `eval`.

    Raises:
        UsageError: it is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise UsageError(
            f"the package {package} is not installed",
            where=needed_for,
            next_step="install it with: pip install 'vistka[eval]'",
        ) from error


def package_version(name: str) -> str:
    """The installed version of a package; empty where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
