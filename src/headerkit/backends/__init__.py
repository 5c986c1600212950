"""headerkit.backends."""
