#!/bin/sh
# Take out of a virtual environment what a running program never reads.
set -eu
packages=$(echo "$1"/lib/python3.*/site-packages)

# pip has done its work; an image that can install packages is a tool for whoever breaks in.
rm -rf "$packages"/pip "$packages"/pip-*.dist-info "$packages"/setuptools "$packages"/setuptools-*.dist-info \
    "$packages"/pkg_resources "$packages"/_distutils_hack "$packages"/distutils-precedence.pth "$1"/bin/pip*

# A second build of zstandard, for interpreters other than CPython (12 MB).
rm -f "$packages"/zstandard/_cffi.* "$packages"/zstandard/backend_cffi.py

# The libraries' own tests, their headers, sources and type stubs.
find "$packages" -depth -type d \( -name tests -o -name __pycache__ \) -exec rm -rf {} +
find "$packages" -type f \( -name '*.pyi' -o -name '*.pyx' -o -name '*.pxd' -o -name '*.h' -o -name '*.hpp' \
    -o -name '*.c' -o -name '*.cpp' -o -name '*.a' \) -delete
