"""The build backend inside the PEP 517 wrapper: which one it is, and calling its hooks."""

from __future__ import annotations

import importlib
import os
import re
import sys
from typing import TYPE_CHECKING, Any

from headerkit.errors import SettingsError, UsageError
from headerkit.settings import load_settings
from headerkit.settings.model import BuildSettings, CacheSettings, Settings
from headerkit.settings.read import keys_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["InnerBackend"]

# The distributions that backends come in, to name the line to add, and to know one by its requirement.
_DISTRIBUTIONS = {
    "hatchling.build": "hatchling",
    "setuptools.build_meta": "setuptools",
    "flit_core.buildapi": "flit_core",
    "poetry.core.masonry.api": "poetry-core",
    "pdm.backend": "pdm-backend",
    "uv_build": "uv_build",
    "mesonpy": "meson-python",
    "scikit_build_core.build": "scikit-build-core",
    "maturin": "maturin",
}


class InnerBackend:
    """A backend by its name, `module` or `module:object`; `settings` are the config settings that it is to get.

    `project` are the project's settings, with those config settings that are headerkit's own applied.
    """

    def __init__(self, name: str, project: Settings, settings: dict[str, Any] | None) -> None:
        self.name = name
        self.project = project
        self.settings = settings
        self._loaded: Any = None

    @classmethod
    def of_project(cls, root: str, config_settings: Mapping[str, Any] | None = None) -> InnerBackend:
        """The inner backend of the project at `root`: the config setting, else the settings, else what is required.

        Raises SettingsError.
        """
        project = load_settings(root, config_settings=config_settings)
        name = project.build.inner_backend
        if name == BuildSettings().inner_backend and "inner-backend" not in (config_settings or {}):
            name = _required_backend(project.file) or name
        if name.partition(":")[0] == "headerkit.build_backend":
            msg = "tool.headerkit.build.inner-backend: the wrapper cannot wrap itself"
            raise SettingsError(msg, hint='name the backend that builds, like "setuptools.build_meta"')
        ours = _own_config_settings()
        settings = None
        if config_settings is not None:
            # Some backends refuse settings that they do not know.
            settings = {key: value for key, value in config_settings.items() if key not in ours}
        return cls(name, project, settings)

    def has(self, hook: str) -> bool:
        """Whether it has the hook. Raises SettingsError where it cannot be imported."""
        return hasattr(self._load(), hook)

    def may_have(self, hook: str) -> bool:
        """Whether an optional hook is to be offered, before any config setting is known.

        A backend that is not installed may still be replaced by a config setting: then what the front end cannot do
        without is offered, and the call decides.
        """
        try:
            return self.has(hook)
        except _NotInstalledError:
            return hook == "build_editable"

    def call(self, hook: str, *arguments: object) -> Any:
        """Call a hook. Raises SettingsError where it cannot be imported, UsageError where it lacks the hook."""
        if not self.has(hook):
            msg = f"the inner backend {self.name!r} has no {hook}"
            raise UsageError(msg, hint="choose another one in [tool.headerkit.build] inner-backend")
        return getattr(self._load(), hook)(*arguments)

    def _load(self) -> Any:
        if self._loaded is None:
            module, _, path = self.name.partition(":")
            folders = [os.path.join(self.project.root, folder) for folder in self.project.build.backend_path]
            sys.path[:0] = [folder for folder in folders if folder not in sys.path]
            try:
                loaded = importlib.import_module(module)
                for attribute in filter(None, path.split(".")):
                    loaded = getattr(loaded, attribute)
            except ModuleNotFoundError as error:
                if not error.name or not f"{module}.".startswith(f"{error.name}."):
                    raise
                raise self._not_installed() from error
            except AttributeError as error:
                msg = f"tool.headerkit.build.inner-backend: the module {module!r} has no {path!r}"
                raise SettingsError(msg, hint="correct the name: it is `module` or `module:object`") from error
            self._loaded = loaded
        return self._loaded

    def _not_installed(self) -> _NotInstalledError:
        module = self.name.partition(":")[0]
        if self.project.build.backend_path:
            msg = f"the inner backend {self.name!r} is in none of the folders of tool.headerkit.build.backend-path"
            return _NotInstalledError(msg, hint="correct inner-backend or backend-path in [tool.headerkit.build]")
        distribution = _DISTRIBUTIONS.get(module, module.partition(".")[0])
        msg = f"the inner backend {self.name!r} is not installed in the build environment"
        return _NotInstalledError(
            msg,
            cause=f"[build-system] requires does not list {distribution}",
            hint=f'in [build-system]: requires = ["headerkit", "{distribution}"]',
        )


class _NotInstalledError(SettingsError):
    """The backend's module does not exist."""


def _own_config_settings() -> set[str]:
    tables = (Settings, BuildSettings, CacheSettings)
    return {found.metadata["config_setting"] for table in tables for found, _ in keys_of(table).values()} - {""}


def _required_backend(file: str) -> str:
    """The only backend that `[build-system] requires` lists, for projects that do not list hatchling."""
    from headerkit._compat import tomllib  # noqa: PLC0415  (a chosen backend needs no second look)

    if not file or os.path.basename(file) != "pyproject.toml":
        return ""
    with open(file, "rb") as opened:
        requires = tomllib.load(opened).get("build-system", {}).get("requires", [])
    listed = {re.split(r"[^\w.-]", text.strip(), maxsplit=1)[0].lower().replace("_", "-") for text in requires}
    found = [name for name, distribution in _DISTRIBUTIONS.items() if distribution.replace("_", "-") in listed]
    return found[0] if len(found) == 1 else ""
