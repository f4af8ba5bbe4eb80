"""Which framework a model is of, by the globals that its pickles import."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

# By the first part of a module's name; the first row that some global is of counts.
_FRAMEWORKS: Final = {
    "ultralytics": "ultralytics",
    "torch": "pytorch",
    "tensorflow": "tensorflow",
    "keras": "keras",
    "xgboost": "xgboost",
    "lightgbm": "lightgbm",
    "catboost": "catboost",
    "sklearn": "scikit-learn",
    "imblearn": "imbalanced-learn",
    "jax": "jax",
    "flax": "flax",
    "statsmodels": "statsmodels",
    "prophet": "prophet",
    "gensim": "gensim",
    "spacy": "spacy",
    "thinc": "thinc",
    "fastai": "fastai",
    "transformers": "transformers",
    "sentence_transformers": "sentence-transformers",
    "paddle": "paddle",
    "mxnet": "mxnet",
    "chainer": "chainer",
    "theano": "theano",
    "dgl": "dgl",
    "hmmlearn": "hmmlearn",
    "lifelines": "lifelines",
    "pmdarima": "pmdarima",
    "umap": "umap",
    "hdbscan": "hdbscan",
    "nltk": "nltk",
    "surprise": "surprise",
}
_TYPES: Final = {
    "FloatStorage": "F32",
    "HalfStorage": "F16",
    "BFloat16Storage": "BF16",
    "DoubleStorage": "F64",
    "CharStorage": "I8",
    "ByteStorage": "U8",
    "QInt8Storage": "I8",
    "LongStorage": "I64",
}
_PARTS: Final = ("torch", "numpy", "collections", "builtins", "_codecs", "copyreg", "__builtin__", "copy_reg")


def framework_of(globals_: Iterable[str]) -> str:
    """Return the framework that some globals are of; nothing if they are of none that is known."""
    first = {name.partition(".")[0] for name in globals_}
    return next((name for module, name in _FRAMEWORKS.items() if module in first), "")


def architecture_of(globals_: Iterable[str]) -> str:
    """Return the class of the model: the first global that is one and no part of any model."""
    for name in globals_:
        module, _, last = name.rpartition(".")
        if last[:1].isupper() and module.partition(".")[0] not in _PARTS:
            return last
    return ""


def tensor_type(globals_: Iterable[str]) -> str:
    """Return the type of a model's numbers, by the kinds of storage that hold them."""
    names = {name.rpartition(".")[2] for name in globals_ if name.startswith("torch.")}
    return next((kind for storage, kind in _TYPES.items() if storage in names), "")
