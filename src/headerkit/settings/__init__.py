"""headerkit.settings."""
