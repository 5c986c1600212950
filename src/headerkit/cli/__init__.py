"""headerkit.cli."""
