"""The scikit-build-core plugin."""
