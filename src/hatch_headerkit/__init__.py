"""The hatch build hook."""
