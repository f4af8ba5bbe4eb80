"""Trains boosters through XGBoost's C interface.

XGBoost's Python package imports SciPy, 95 MB that nothing else here needs, and takes a second to start; the
library itself loads in milliseconds. The two give the same bytes.
"""

from __future__ import annotations

import ctypes
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.errors import TrainingError
from praxi_tasks.learning.estimators.course import recorded_course

_FORMAT: Final = json.dumps({"format": "ubj"}).encode()
_NAN_IS_MISSING: Final = b'{"missing": NaN}'


def train_booster(
    table: NDArray[np.float32], truth: NDArray[np.bool_], parameters: Mapping[str, object], trees: int
) -> bytes:
    """Train a binary classifier and return it in XGBoost's UBJSON.

    Where a course is recorded, the loss on the training data is measured after each round; the booster is the
    same bytes.

    Parameters
    ----------
    table
        Features, shape ``(n, features)``; NaN stands for missing.
    truth
        The class of each row, shape ``(n,)``.
    parameters
        XGBoost's own.
    trees
        How many boosting rounds.

    Raises
    ------
    TrainingError
        If the library refuses the parameters or the data, or is not installed.
    """
    library, course = _library(), recorded_course()
    losses: list[float] = []
    with ExitStack() as stack:
        data = stack.enter_context(_matrix(library, table, truth))
        booster = stack.enter_context(_booster(library, data, parameters))
        for number in range(trees):
            _call(library, "XGBoosterUpdateOneIter", booster, ctypes.c_int(number), data)
            if course is not None:
                losses.append(_loss(library, booster, data, number))
        size, start = ctypes.c_uint64(), ctypes.POINTER(ctypes.c_char)()
        _call(
            library, "XGBoosterSaveModelToBuffer", booster, _FORMAT, ctypes.byref(size), ctypes.byref(start)
        )
        if course is not None:
            course.add(losses)
        return ctypes.string_at(start, size.value)


def _loss(library: ctypes.CDLL, booster: ctypes.c_void_p, data: ctypes.c_void_p, number: int) -> float:
    """Return the metric of the objective, the logarithmic loss of a classifier, on the training data."""
    matrices, names = (ctypes.c_void_p * 1)(data), (ctypes.c_char_p * 1)(b"train")
    said = ctypes.c_char_p()
    _call(
        library,
        "XGBoosterEvalOneIter",
        *(booster, ctypes.c_int(number), matrices, names, ctypes.c_uint64(1), ctypes.byref(said)),
    )
    return float((said.value or b"").rpartition(b":")[2])  # "[3]\ttrain-logloss:0.25"


@contextmanager
def _matrix(
    library: ctypes.CDLL, table: NDArray[np.float32], truth: NDArray[np.bool_]
) -> Iterator[ctypes.c_void_p]:
    rows, labels = np.ascontiguousarray(table, np.float32), truth.astype(np.float32)
    data = ctypes.c_void_p()
    _call(library, "XGDMatrixCreateFromDense", _interface(rows), _NAN_IS_MISSING, ctypes.byref(data))
    try:
        _call(library, "XGDMatrixSetInfoFromInterface", data, b"label", _interface(labels))
        yield data
    finally:
        _call(library, "XGDMatrixFree", data)


@contextmanager
def _booster(
    library: ctypes.CDLL, data: ctypes.c_void_p, parameters: Mapping[str, object]
) -> Iterator[ctypes.c_void_p]:
    booster, known = ctypes.c_void_p(), (ctypes.c_void_p * 1)(data)
    _call(library, "XGBoosterCreate", known, ctypes.c_uint64(1), ctypes.byref(booster))
    try:
        for name, value in {**parameters, "validate_parameters": 1}.items():
            _call(library, "XGBoosterSetParam", booster, name.encode(), str(value).encode())
        yield booster
    finally:
        _call(library, "XGBoosterFree", booster)


def _interface(array: NDArray[Any]) -> bytes:
    """Return NumPy's array interface of an array as JSON; the array must outlive its use."""
    interface = array.__array_interface__
    return json.dumps({name: interface[name] for name in ("data", "shape", "typestr", "version")}).encode()


def _call(library: ctypes.CDLL, function: str, *arguments: object) -> None:
    if getattr(library, function)(*arguments) != 0:
        reason: bytes = library.XGBGetLastError() or b"no reason given"
        raise TrainingError(reason.decode(errors="replace").splitlines()[0], where=function)


@cache
def _library() -> ctypes.CDLL:
    package = find_spec("xgboost")
    places = package.submodule_search_locations if package else None
    if not places:
        raise TrainingError("XGBoost is not installed", action="build the environment with `make setup`")
    found = Path(places[0], "lib", "libxgboost.so")
    try:
        library = ctypes.CDLL(str(found))
    except OSError as error:
        raise TrainingError(f"XGBoost's library can't be loaded: {error}", where=str(found)) from error
    library.XGBGetLastError.restype = ctypes.c_char_p
    return library
