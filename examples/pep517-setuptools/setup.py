from setuptools import setup

setup(cffi_modules=["build_rgb.py:ffi"])
