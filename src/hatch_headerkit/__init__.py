"""headerkit's build hook for hatchling: `[tool.hatch.build.hooks.headerkit]`."""
