"""What the parts of planning share: the settings, the run's choices, and the problems found so far."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from headerkit.errors import HeaderNotFoundError
from headerkit.settings.problems import Problems, member

if TYPE_CHECKING:
    from headerkit.errors import TargetError, WriterError
    from headerkit.planning.units import Flags
    from headerkit.settings import HeaderEntry, Overrides, Settings

__all__ = ["Context"]


class Context:
    """One planning run. `base` is the folder that literal paths of the command line start from."""

    def __init__(self, settings: Settings, overrides: Overrides) -> None:
        self.settings = settings
        self.overrides = overrides
        self.root = settings.root
        self.base = overrides.base or settings.root
        built = {overrides.build_dir, os.path.realpath(overrides.build_dir)} if overrides.build_dir else set()
        folders = tuple(folder.rstrip(os.sep) + os.sep for folder in built)
        # A build in the source tree, or a project that a build fetched: then the folder says nothing.
        self._built = () if f"{self.root}{os.sep}".startswith(folders) else folders
        self.problems = Problems()
        self.missing: list[tuple[str, str]] = []
        """Where a header that does not exist is named, and what to say about it."""
        self.unknown: dict[tuple[str, str], TargetError | WriterError] = {}
        """Targets and writers that there are not, by where they are named and their names."""
        self.warnings: list[str] = []
        self.flags: dict[tuple[HeaderEntry, ...], Flags] = {}
        """What the settings say for headers that these entries mean, as far as it was asked."""

    @cached_property
    def target(self) -> str:
        """The target of every header that names none."""
        from headerkit.target import host_target  # noqa: PLC0415  (not asked of the platform where it is set)

        return self.normal_target(self.settings.target, self._target_place()) if self.settings.target else host_target()

    def _target_place(self) -> str:
        return "--target" if self.overrides.target is not None else member(self.settings.where, "target")

    def normal_target(self, triple: str, where: str) -> str:
        """The canonical form of a target triple."""
        from headerkit.errors import TargetError  # noqa: PLC0415
        from headerkit.targets.wheels import one_target  # noqa: PLC0415  (few settings name a target)

        try:
            return one_target(triple)
        except TargetError as error:
            self.unknown[where, triple] = error
            return triple

    def below_root(self, path: str) -> str | None:
        """The path below the project root with forward slashes ("." for the root itself), or None for one outside.

        What lies in the folder of a build counts as outside: another build has it elsewhere.
        """
        if f"{path}{os.sep}".startswith(self._built):
            return None
        # Resolved only where the spelling says no: a shell's $PWD may lead to the project through a link.
        for resolve in (os.path.normpath, os.path.realpath):
            prefix, resolved = resolve(self.root).rstrip(os.sep) + os.sep, resolve(path)
            if resolved + os.sep == prefix:
                return "."
            if resolved.startswith(prefix):
                return resolved[len(prefix) :].replace(os.sep, "/")
        return None

    def miss(self, where: str, what: str) -> None:
        """Note a missing header; `where` is "" on the command line, whose words say it."""
        self.missing.append((where, what))

    def raise_problems(self) -> None:
        """Raise one error with all problems, if there are any; its class says what is wrong where all are of a kind."""
        if self.missing and not self.problems:
            lines = [f"{where}: {what}" if where else what for where, what in self.missing]
            msg = lines[0] if len(lines) == 1 else "\n".join(["these headers are missing:", *(f"  {x}" for x in lines)])
            unexplained = all(not where and what.endswith("does not exist") for where, what in self.missing)
            hint = "headerkit --help   (a header is a path from here or from the project, or its name below an -I DIR)"
            raise HeaderNotFoundError(msg, hint=hint if unexplained else "")
        kinds = {type(error) for error in self.unknown.values()}
        if len(kinds) == 1 and not self.problems and not self.missing:
            lines = [f"{where}: {error.message}" for (where, _), error in self.unknown.items()]
            hints = {error.hint for error in self.unknown.values()}
            several = [f"{len(lines)} names are unknown:", *(f"  {line}" for line in lines)]
            msg = lines[0] if len(lines) == 1 else "\n".join(several)
            raise kinds.pop()(msg, hint=hints.pop() if len(hints) == 1 else "")
        for where, what in self.missing:
            self.problems.add(where, what)
        for (where, _), error in self.unknown.items():
            self.problems.add(where, error.message)
        self.problems.raise_any(os.path.basename(self.settings.file))
