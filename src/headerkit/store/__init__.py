"""headerkit.store."""
