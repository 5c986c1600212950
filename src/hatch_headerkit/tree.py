"""Where files go in a hatchling build: their places in the source tree, and how they get into the wheel or sdist.

A *distribution path* is a file's path in the wheel, with forward slashes. hatchling's `sources` map says which source
path has which distribution path; here it is read backwards for files that do not exist yet.
"""

from __future__ import annotations

import os
import shutil
import stat
from typing import TYPE_CHECKING, Any

from headerkit.errors import OutputError
from headerkit.portable import below
from headerkit.replacing import write_if_changed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headerkit.cffi_modules import Built
    from headerkit.plan import CffiModule, Plan

__all__ = ["SourceTree"]


class SourceTree:
    """The project below `root`, and the build data of one build of it."""

    def __init__(self, root: str, build_config: Any, build_data: dict[str, Any]) -> None:
        self._root = root
        self._config = build_config
        self._data = build_data
        self._scratch = ""
        self._redirected: dict[str, str] = {}

    def redirect(self, plan: Plan) -> Plan:
        """The same plan with the outputs that cannot be written where it says moved to a temporary folder."""
        for job in plan.jobs:
            if job.output and not _writable(os.path.dirname(job.output)):
                relative = self._inside(job.output) or os.path.basename(job.output)
                self._redirected[job.output] = os.path.join(self._temporary(), "outputs", relative)
        if not self._redirected:
            return plan
        moved = self._redirected.get
        jobs = [job._replace(output=moved(job.output, job.output)) for job in plan.jobs]
        modules = [module._replace(cdef=moved(module.cdef, module.cdef)) for module in plan.modules]
        return plan._replace(jobs=tuple(jobs), modules=tuple(modules))

    def add_outputs(self, plan: Plan) -> None:
        """Have the generated texts packed, whatever version control ignores."""
        back = {temporary: output for output, temporary in self._redirected.items()}
        kept: dict[tuple[str, str], list[str]] = {}
        for job in plan.jobs:
            relative = self._inside(back.get(job.output, job.output)) if job.output else None
            if relative is None:
                continue
            if job.output in back:
                self._data["force_include"][job.output] = self._config.get_distribution_path(relative)
            else:
                folder, name = os.path.split(relative)
                stem, dot, suffix = name.partition(".")
                kept.setdefault((folder, dot + suffix), []).append(stem)
        for (folder, suffix), stems in kept.items():
            self._add_outputs_of(folder, suffix, stems)

    def _add_outputs_of(self, folder: str, suffix: str, stems: list[str]) -> None:
        # hatchling compiles one pattern in less time than a hundred; it may match nothing but the outputs.
        if suffix and len(stems) > 1:
            alike = {name for name in os.listdir(os.path.join(self._root, folder)) if name.endswith(suffix)}
            if alike == {stem + suffix for stem in stems}:
                self._add_artifact(os.path.join(folder, ""), f"*{_escaped(suffix)}")
                return
        for stem in stems:
            self._add_artifact(os.path.join(folder, stem + suffix))

    def add_module(self, built: Built) -> None:
        """Put a compiled module beside the package's sources and have it packed. Raises OutputError."""
        package = built.module.module.split(".")[:-1]
        distribution_path = "/".join([*package, os.path.basename(built.path)])
        place = self._source_path(distribution_path)
        if place is None or not _writable(os.path.dirname(place)):
            self._data["force_include"][built.path] = distribution_path
            return
        _copy_if_changed(built.path, place)
        relative = os.path.relpath(place, self._root)
        if self._is_collected(relative):
            self._add_artifact(relative)
        else:  # a module beside the packages, not in one
            self._data["force_include"][place] = distribution_path

    def add_sources(self, plan: Plan) -> None:
        """Have the store and the headers that it needs packed, whatever `include` and version control say."""
        from headerkit.sdist import headers_needed, store_files  # noqa: PLC0415  (wheels do without)

        for path in (*store_files(plan), *headers_needed(plan)):
            self._data["force_include"][os.path.join(self._root, *path.split("/"))] = path

    def set_tag(self, modules: Sequence[CffiModule]) -> None:
        """Tag the wheel as compiled: for the stable ABI when all modules are and nothing else asked for a tag."""
        from headerkit.cffi_modules.abi import stable_abi_tag  # noqa: PLC0415  (pure projects do without)

        self._data["pure_python"] = False
        if self._data.get("tag") or self._data.get("infer_tag"):
            return
        stable = stable_abi_tag(modules)
        if stable:
            platform = self._config.builder.get_best_matching_tag().rpartition("-")[2]
            self._data["tag"] = f"{stable}-{platform}"
        else:
            self._data["infer_tag"] = True

    def build_dir(self) -> str:
        """Where modules are compiled: kept between builds, below a folder that hatchling packs never."""
        from headerkit.cffi_modules.abi import interpreter_name  # noqa: PLC0415  (see above)

        if not _writable(self._root):
            return os.path.join(self._temporary(), "build")
        folder = os.path.join(self._root, ".hatch", "headerkit")
        os.makedirs(folder, exist_ok=True)
        ignore = os.path.join(folder, ".gitignore")
        if not os.path.exists(ignore):
            with open(ignore, "w", encoding="utf-8") as file:
                file.write("*\n")
        return os.path.join(folder, interpreter_name())

    def clean(self, plan: Plan) -> None:
        """Remove the build folder, compiled modules of any interpreter, and outputs that hatchling would exclude."""
        import glob  # noqa: PLC0415  (builds do without)

        shutil.rmtree(os.path.join(self._root, ".hatch", "headerkit"), ignore_errors=True)
        for module in plan.modules:
            place = self._source_path(module.module.replace(".", "/"))
            if place is not None:
                stem = glob.escape(place)
                for suffix in (".so", ".*.so", ".pyd", ".*.pyd"):
                    for path in glob.glob(stem + suffix):
                        os.remove(path)
        for job in plan.jobs:
            relative = self._inside(job.output) if job.output else None
            if relative and self._config.path_is_excluded(relative) and os.path.isfile(job.output):
                os.remove(job.output)

    def _inside(self, path: str) -> str | None:
        """A path below the root as hatchling has it, with the system's separators; None for one outside."""
        relative = below(self._root, path)
        return None if relative is None else relative.replace("/", os.sep)

    def close(self) -> None:
        """Remove the temporary folder."""
        if self._scratch:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = ""

    def _temporary(self) -> str:
        if not self._scratch:
            import tempfile  # noqa: PLC0415  (only where the source tree cannot be written)

            self._scratch = tempfile.mkdtemp(prefix="headerkit-")
        return self._scratch

    def _is_collected(self, relative: str) -> bool:
        """Whether hatchling looks into this folder at all."""
        folders = [folder.rstrip("/").replace("/", os.sep) + os.sep for folder in self._config.only_include]
        return not folders or relative.startswith(tuple(folders))

    def _add_artifact(self, relative: str, pattern: str = "") -> None:
        self._data["artifacts"].append(f"/{_escaped(relative.replace(os.sep, '/'))}{pattern}")

    def _source_path(self, distribution_path: str) -> str | None:
        """Where a file of the wheel stands in the source tree: in the first package folder that exists."""
        sources: dict[str, str] = self._config.sources
        candidates = [
            source + distribution_path[len(replacement) :]
            for source, replacement in sources.items()
            if distribution_path.startswith(replacement)
        ]
        for candidate in (*candidates, distribution_path):
            place = os.path.join(self._root, candidate.replace("/", os.sep))
            if os.path.isdir(os.path.dirname(place)):
                return place
        return None


def _escaped(text: str) -> str:
    """The pattern that matches this text alone."""
    return "".join(f"\\{char}" if char in "*?[]! \\#" else char for char in text)


def _writable(folder: str) -> bool:
    while not os.path.isdir(folder) and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    return os.access(folder, os.W_OK)


def _copy_if_changed(source: str, target: str) -> None:
    try:
        with open(source, "rb") as file:
            data = file.read()
        # A new file, never the old one's bytes: a process that has the module loaded keeps the old one.
        write_if_changed(target, data, mode=stat.S_IMODE(os.stat(source).st_mode))
    except OSError as error:
        msg = f"{target}: cannot be written: {error.strerror or error}"
        raise OutputError(msg, hint="end programs that have the module loaded, or make the folder writable") from error
