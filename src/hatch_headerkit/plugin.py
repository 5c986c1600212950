"""The build hook `headerkit`: generate, compile, tell hatchling what belongs into the wheel or sdist.

Everything that it does is in `[tool.headerkit]`; its own table takes hatchling's keys only. Outputs and compiled
modules go into the source tree (hatchling's editable wheels import nothing else) and from there into the wheel; where
the source tree cannot be written, into a temporary folder.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

from headerkit.errors import HeaderkitError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hatch_headerkit.tree import SourceTree
    from headerkit.plan import Plan

__all__ = ["HeaderkitBuildHook"]

_HATCHLINGS_KEYS = ("dependencies", "require-runtime-dependencies", "require-runtime-features", "enable-by-default")


class HeaderkitBuildHook(BuildHookInterface[BuilderConfig]):
    """See the module."""

    PLUGIN_NAME = "headerkit"
    _tree: SourceTree | None = None

    def dependencies(self) -> list[str]:
        """What this build needs: cffi and setuptools to compile, libclang on a certain store miss."""
        # Standard output is the front end's answer: nothing may be printed there.
        with self._one_message():
            from headerkit.requirements import build_requirements  # noqa: PLC0415  (not needed by the builds themselves)

            return build_requirements(self._plan(), compiles=self.target_name == "wheel")

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  (both versions are alike)
        """Generate and compile, before hatchling collects files."""
        with self._one_message():
            from hatch_headerkit.tree import SourceTree  # noqa: PLC0415  (dependencies() does without)
            from headerkit.sdist import NO_HINDRANCE  # noqa: PLC0415  (as above)

            self._tree = SourceTree(self.root, self.build_config, build_data)
            plan = self._tree.redirect(self._plan())
            try:
                self._generate(plan)
            except NO_HINDRANCE as error:
                if self.target_name != "sdist":
                    raise
                self.app.display_warning(f"headerkit: warning: the sdist's store is not complete: {error}")
            if self.target_name == "sdist":
                self._tree.add_sources(plan)
                return
            self._tree.add_outputs(plan)
            if self.target_name == "wheel" and plan.modules:
                self._compile(plan)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove what was made outside the source tree."""
        if self._tree is not None:
            self._tree.close()

    def clean(self, versions: list[str]) -> None:  # noqa: ARG002
        """Remove the compiled modules, the build folder, and the outputs that version control ignores."""
        with self._one_message():
            from hatch_headerkit.tree import SourceTree  # noqa: PLC0415  (see above)

            SourceTree(self.root, self.build_config, {}).clean(self._plan())

    def _plan(self) -> Plan:
        from headerkit.planning import make_plan  # noqa: PLC0415  (an error in there is to be one message)
        from headerkit.settings import load_settings  # noqa: PLC0415

        ours = [key for key in self.config if key not in _HATCHLINGS_KEYS]
        if ours:
            msg = "\n".join(f"tool.hatch.build.hooks.headerkit.{key}: unknown key" for key in ours)
            raise SettingsError(msg, hint="move it to [tool.headerkit]; the hook's own table takes no keys")
        return make_plan(load_settings(self.root))

    def _generate(self, plan: Plan) -> None:
        from headerkit.generation import run  # noqa: PLC0415  (dependencies() does without)

        for warning in plan.warnings:
            self.app.display_warning(f"headerkit: warning: {warning}")
        results = run(plan)
        for result in results:
            for note in result.notes:
                self.app.display_warning(f"headerkit: {result.job.unit.header}: {note}")
        made = sum(result.status != "hit" for result in results)
        counted = f"{len(results)} output{'s' if len(results) != 1 else ''}"
        source = "from the store" if not made else f"{made} of them made anew"
        self.app.display_info(f"headerkit: {counted}, {source}")

    def _compile(self, plan: Plan) -> None:
        from headerkit.cffi_modules import compile_modules  # noqa: PLC0415  (pure projects do without)

        tree = self._tree
        assert tree is not None  # noqa: S101  (initialize made it)
        for built in compile_modules(plan.modules, tree.build_dir(), root=self.root):
            if built.log.strip():
                self.app.display_info(built.log.rstrip())
            tree.add_module(built)
            done = "compiled" if built.compiled else "is up to date"
            self.app.display_info(f"headerkit: {built.module.module} {done}")
        tree.set_tag(plan.modules)

    @contextlib.contextmanager
    def _one_message(self) -> Iterator[None]:
        """Turn an error of ours into its text and its exit code: front ends show a traceback for anything raised."""
        try:
            yield
        except HeaderkitError as error:
            if self._tree is not None:
                self._tree.close()
            self.app.display_error(f"headerkit: error: {error}")
            self.app.abort(code=error.exit_code)
