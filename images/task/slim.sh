#!/bin/sh
# Take out of a virtual environment what a running program never reads.
set -eu
packages=$(echo "$1"/lib/python3.*/site-packages)

# pip stays as a module: it builds releases that exist as source only. It is no command, and its launchers are Windows's.
rm -rf "$packages"/setuptools "$packages"/setuptools-*.dist-info "$packages"/pkg_resources "$packages"/_distutils_hack \
    "$packages"/distutils-precedence.pth "$1"/bin/pip* "$packages"/pip/_vendor/distlib/*.exe

# A second build of zstandard, for interpreters other than CPython (12 MB).
rm -f "$packages"/zstandard/_cffi.* "$packages"/zstandard/backend_cffi.py

# What libraries ask for and no command of praxi makes them import: XGBoost's Python package SciPy (training calls
# its library), MLflow the SDK of a hosted service, and that Google's logins, the exporter of traces messages of gRPC.
rm -rf "$packages"/scipy "$packages"/scipy.libs "$packages"/scipy-*.dist-info \
    "$packages"/xgboost/dask "$packages"/xgboost/spark "$packages"/xgboost/testing \
    "$packages"/databricks/sdk "$packages"/databricks_sdk-*.dist-info \
    "$packages"/google/auth "$packages"/google/oauth2 "$packages"/google_auth-*.dist-info \
    "$packages"/google/api "$packages"/google/cloud "$packages"/google/gapic "$packages"/google/logging \
    "$packages"/google/longrunning "$packages"/google/rpc "$packages"/google/type \
    "$packages"/googleapis_common_protos-*.dist-info \
    "$packages"/pyasn1 "$packages"/pyasn1-*.dist-info "$packages"/pyasn1_modules "$packages"/pyasn1_modules-*.dist-info

# rich's highlighting of source code, apprise's translations, numpy's wrapping of Fortran, SQLAlchemy's test suite.
rm -rf "$packages"/pygments "$packages"/pygments-*.dist-info "$packages"/apprise/i18n \
    "$packages"/numpy/f2py "$packages"/numpy/distutils "$packages"/sqlalchemy/testing

# The libraries' own tests, their headers, sources and type stubs.
find "$packages" -depth -type d \( -name tests -o -name __pycache__ \) -exec rm -rf {} +
find "$packages" -type f \( -name '*.pyi' -o -name '*.pyx' -o -name '*.pxd' -o -name '*.h' -o -name '*.hpp' \
    -o -name '*.c' -o -name '*.cpp' -o -name '*.a' \) -delete

# Symbol tables and debug sections of shared libraries.
"$1"/bin/python "$(dirname "$0")"/strip.py "$packages"
