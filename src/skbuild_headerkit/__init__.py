"""The scikit-build-core plugin: asks for libclang where a build is going to need it."""
