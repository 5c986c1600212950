"""headerkit.targets."""
