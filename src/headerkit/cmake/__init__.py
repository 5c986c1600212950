"""The CMake package: `find_package(headerkit CONFIG)` finds it through scikit-build-core or `headerkit --cmakedir`."""
