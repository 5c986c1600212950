"""headerkit.writers."""
