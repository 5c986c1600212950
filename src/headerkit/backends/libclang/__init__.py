"""headerkit.backends.libclang."""
