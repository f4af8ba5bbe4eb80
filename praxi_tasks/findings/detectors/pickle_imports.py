"""Which globals a pickle may import without harm, which run code, and of which nothing is known.

A class of a library for models is made and given its state, which runs no more than the library's own code. A
function is called with arguments of the pickle's choice. What only resembles such a name, such as a part of a
part, is not known.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Final


class Verdict(IntEnum):
    """What becomes of whoever loads a pickle that imports a global; the gravest last."""

    HARMLESS = 0
    UNKNOWN = 1
    UNSAFE = 2


# Modules, or what is in them, that run commands, code or other pickles, or reach files and networks.
_UNSAFE: Final = frozenset(
    {
        *(
            "os",
            "posix",
            "nt",
            "posixpath",
            "ntpath",
            "genericpath",
            "subprocess",
            "_posixsubprocess",
            "commands",
        ),
        *(
            "popen2",
            "pty",
            "tty",
            "shutil",
            "sys",
            "runpy",
            "code",
            "codeop",
            "bdb",
            "pdb",
            "cmd",
            "imp",
            "_imp",
        ),
        *(
            "importlib",
            "_frozen_importlib",
            "zipimport",
            "pkgutil",
            "pydoc",
            "site",
            "ctypes",
            "_ctypes",
            "cffi",
        ),
        *("multiprocessing", "concurrent", "asyncio", "threading", "_thread", "signal", "atexit", "socket"),
        *(
            "_socket",
            "ssl",
            "select",
            "http",
            "httplib",
            "urllib",
            "urllib2",
            "urllib3",
            "requests",
            "aiohttp",
        ),
        *(
            "httpx",
            "ftplib",
            "smtplib",
            "telnetlib",
            "imaplib",
            "poplib",
            "xmlrpc",
            "webbrowser",
            "pip",
            "venv",
        ),
        *(
            "ensurepip",
            "setuptools",
            "distutils",
            "idlelib",
            "lib2to3",
            "timeit",
            "trace",
            "profile",
            "cProfile",
        ),
        *(
            "doctest",
            "unittest",
            "types",
            "inspect",
            "gc",
            "marshal",
            "pickle",
            "_pickle",
            "cPickle",
            "shelve",
        ),
        *(
            "dill",
            "cloudpickle",
            "io",
            "_io",
            "tempfile",
            "glob",
            "fileinput",
            "linecache",
            "logging.config",
            "sqlite3",
        ),
        *("_sqlite3", "dbm", "mmap", "fcntl", "resource", "platform", "getpass", "builtins", "__builtin__"),
        *(
            "operator.attrgetter",
            "operator.methodcaller",
            "operator.call",
            "_operator",
            "torch.hub",
            "torch.utils.collect_env",
            "torch.utils.cpp_extension",
            "torch.utils.bottleneck",
            "torch.package",
        ),
        *("torch.load", "torch.jit.load", "torch.serialization.load", "torch.storage._load_from_bytes"),
        *("torch._inductor", "torch._dynamo", "torch.multiprocessing"),
        *("numpy.load", "numpy.save", "numpy.savetxt", "numpy.loadtxt", "numpy.genfromtxt", "numpy.fromfile"),
        *("numpy.testing", "numpy.f2py", "numpy.distutils", "pandas.eval", "pandas.io", "pandas.read_pickle"),
        *("joblib.load", "joblib.externals", "sklearn.externals", "tensorflow.io", "tensorflow.py_function"),
        *(
            "keras.models.load_model",
            "keras.saving",
            "paramiko",
            "fabric",
            "sh",
            "plumbum",
            "pexpect",
        ),
    }
)
_HARMLESS: Final = frozenset(
    {
        *(
            f"{module}.{name}"
            for module in ("builtins", "__builtin__")
            for name in (
                *(
                    "bool",
                    "bytearray",
                    "bytes",
                    "complex",
                    "dict",
                    "float",
                    "frozenset",
                    "int",
                    "list",
                    "long",
                ),
                *(
                    "object",
                    "range",
                    "xrange",
                    "set",
                    "slice",
                    "str",
                    "tuple",
                    "unicode",
                    "Ellipsis",
                    "NoneType",
                ),
                *("NotImplemented", "enumerate", "reversed", "zip", "Exception", "ValueError", "TypeError"),
            )
        ),
        *("copyreg._reconstructor", "copy_reg._reconstructor", "copyreg.__newobj__", "copyreg.__newobj_ex__"),
        *("_codecs.encode", "collections.OrderedDict", "collections.defaultdict", "collections.Counter"),
        *("collections.deque", "collections.ChainMap", "collections.UserDict", "functools.partial"),
        *("datetime.datetime", "datetime.date", "datetime.time", "datetime.timedelta", "datetime.timezone"),
        *("decimal.Decimal", "fractions.Fraction", "uuid.UUID", "array.array", "array._array_reconstructor"),
        *(
            "re._compile",
            "operator.itemgetter",
            "_operator.itemgetter",
            "types.SimpleNamespace",
            "io.BytesIO",
            "io.StringIO",
        ),
        *(
            "pathlib.Path",
            "pathlib.PosixPath",
            "pathlib.PurePosixPath",
            "pathlib.WindowsPath",
            "random.Random",
        ),
        *(
            "argparse.Namespace",
            "threading.RLock",
            "itertools.count",
            "pytz._UTC",
            "pytz._p",
            "string.Formatter",
        ),
        *("torch.Size", "torch.device", "torch.Tensor", "torch.dtype", "torch.serialization._get_layout"),
        *(
            "torch._tensor._rebuild_from_type_v2",
            "torch._tensor._rebuild_from_type",
            "torch.default_generator",
        ),
        *("torch.random.default_generator", "torch.Generator", "torch.nn.parameter._rebuild_parameter"),
        *("numpy.dtype", "numpy.ndarray", "numpy.ma.core._mareconstruct", "numpy.matrix", "numpy.recarray"),
        *("joblib.numpy_pickle.NDArrayWrapper", "joblib.numpy_pickle.NumpyArrayWrapper"),
        *("sklearn.externals.joblib.numpy_pickle.NumpyArrayWrapper", "copyreg._slotnames"),
        *("pandas._libs.internals._unpickle_block", "pandas.core.indexes.base._new_Index"),
        *(
            "pandas.core.indexes.datetimes._new_DatetimeIndex",
            "pandas._libs.arrays.__pyx_unpickle_NDArrayBacked",
        ),
    }
)
_NUMBERS: Final = (
    r"(?:u?int|float|complex|bool|half|single|double|long|str|bytes|object|void|datetime|timedelta|number)"
)
_FORMS: Final = re.compile(
    r"torch\._utils\._rebuild_[a-z_0-9]+"
    r"|torch\.jit\._pickle\.(?:build|restore)_\w+"
    rf"|torch\.(?:bfloat16|q?{_NUMBERS}\d*(?:_t)?|strided|\w+Storage|\w+Tensor)"
    r"|torch\.(?:contiguous|channels_last|preserve)\w*"
    rf"|numpy\.{_NUMBERS}\w*"
    r"|numpy\._?core\.(?:_?multiarray|numeric)\.(?:_reconstruct|scalar|_frombuffer|ndarray|dtype)"
    r"|numpy\._?core\.numerictypes\.\w+"
    r"|numpy\.random\._pickle\.__\w+_ctor|numpy\.random\.__RandomState_ctor"
    r"|scipy\.sparse\.[\w.]+_(?:matrix|array)"
    r"|(?:sklearn|scipy|pandas|lightgbm|hdbscan|umap|imblearn)\.[\w.]+\.(?:__pyx_unpickle_\w+|newObj)"
)
# Libraries of models, whose classes are made by pickles of theirs.
_LIBRARIES: Final = frozenset(
    {
        *(
            "torch",
            "torchvision",
            "torchaudio",
            "timm",
            "ultralytics",
            "transformers",
            "tokenizers",
            "diffusers",
        ),
        *(
            "sentence_transformers",
            "peft",
            "accelerate",
            "lightning",
            "lightning_fabric",
            "pytorch_lightning",
        ),
        *(
            "sklearn",
            "imblearn",
            "scipy",
            "numpy",
            "pandas",
            "xgboost",
            "lightgbm",
            "catboost",
            "statsmodels",
        ),
        *(
            "patsy",
            "prophet",
            "gensim",
            "nltk",
            "spacy",
            "thinc",
            "keras",
            "tensorflow",
            "jax",
            "jaxlib",
            "flax",
        ),
        *(
            "optax",
            "fastai",
            "fastcore",
            "dgl",
            "torch_geometric",
            "hmmlearn",
            "lifelines",
            "pmdarima",
            "umap",
        ),
        *(
            "hdbscan",
            "pynndescent",
            "surprise",
            "mlxtend",
            "category_encoders",
            "feature_engine",
            "skops",
            "joblib",
        ),
        *(
            "sympy",
            "networkx",
            "collections",
            "datetime",
            "decimal",
            "enum",
            "typing",
            "dataclasses",
            "omegaconf",
        ),
        *(
            "paddle",
            "mxnet",
            "shap",
            "interpret",
            "econml",
            "tpot",
            "autosklearn",
            "flaml",
            "pycaret",
            "sktime",
        ),
    }
)
# Names in a library of what it uses itself, and what may be called through them.
_REACHED: Final = frozenset(
    {"os", "sys", "subprocess", "builtins", "__builtins__", "shutil", "importlib", "socket", "eval", "exec"}
)
_CLASS: Final = re.compile(r"_{0,2}[A-Z]\w*")
_RUNS: Final = re.compile(
    r"(?i)popen|process|thread|pool|executor|lambda|function|eval|exec|load|import|shell|loader"
)


def verdict(name: str) -> Verdict:
    """Return what is known of a global.

    Parameters
    ----------
    name
        ``module.name``, as a pickle has it.

    Examples
    --------
    >>> verdict("posix.system").name, verdict("torch.Size").name, verdict("mine.Net").name
    ('UNSAFE', 'HARMLESS', 'UNKNOWN')
    """
    if name in _HARMLESS or _FORMS.fullmatch(name):
        return Verdict.HARMLESS
    parts = name.split(".")
    if any(".".join(parts[: number + 1]) in _UNSAFE for number in range(len(parts))):
        return Verdict.UNSAFE
    if any(part in _REACHED for part in parts[1:]):
        return Verdict.UNSAFE  # a library's name for a module that it uses itself
    is_class = _CLASS.fullmatch(parts[-1]) is not None and not _RUNS.search(parts[-1])
    return Verdict.HARMLESS if parts[0] in _LIBRARIES and is_class else Verdict.UNKNOWN
