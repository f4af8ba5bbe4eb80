"""The stack machine of pickles, which follows texts and what is made of them, and carries nothing out.

PEP 307, 574 and 3154, and the standard library's ``pickletools``, say what each opcode does.
"""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Final, TypeAlias, TypeGuard

from praxi_tasks.errors import DataError
from praxi_tasks.inventory.ml_model.pickle_bytes import CUT_OFF, PickleBytes
from praxi_tasks.inventory.ml_model.pickle_imports import Global, Imports
from praxi_tasks.inventory.ml_model.plain_opcodes import LONGEST_TEXT, MARK, MOST_ITEMS, PlainOpcodes, fill

_Value: TypeAlias = object
_LONGEST_NUMBER: Final = 18  # digits
_SIGNED: Final = 4  # bytes of the numbers that may be negative
_SIZE: Final = 8  # bytes of a number that may be a size
_MOST_ARRAYS: Final = 16  # of objects, inside each other
_TENSOR: Final = "_rebuild_tensor"  # what makes PyTorch's tensors
_SHAPE: Final = 2  # of its arguments
_ARRAY: Final = "NumpyArrayWrapper"
_KIND: Final = re.compile(r"[<>=|]?(?P<letter>[biufcSUVmM])(?P<width>\d{1,6})")
_WIDE: Final = 4  # bytes of a letter in an array of texts
_COMPUTED: Final = "it looks up a global by a name that it computes"
_TOO_LITTLE: Final = "it takes more from its stack than there is"
_ODD_ARRAY: Final = "it holds an array of a shape or kind that is not known"
_NAME: Final = re.compile(r"[^\s\x00-\x1f\x7f]{1,1000}")


@dataclass(frozen=True, slots=True)
class _Made:
    """An object that is made by calling a global."""

    by: _Value
    arguments: _Value
    state: dict[str, _Value] = field(default_factory=dict)


class Machine:
    """Follows one pickle.

    Parameters
    ----------
    file
        Where the pickle begins; it can be sought in.
    imports
        Takes what it imports.
    depth
        In how many others it lies.
    """

    def __init__(self, file: IO[bytes], imports: Imports, depth: int = 0) -> None:
        if depth > _MOST_ARRAYS:
            raise DataError("it holds pickles inside each other, more than are followed")
        self._depth = depth
        self._file = file
        self._imports = imports
        self.source = PickleBytes(file, imports.faults)
        self._stack: list[_Value] = []
        self._memo: dict[int, _Value] = {}

    def run(self) -> None:
        """Follow the opcodes up to the one that stops.

        Raises
        ------
        DataError
            If they can't be followed any further.
        """
        read, imports = self._file.read, self._imports
        plain = PlainOpcodes(self._file, self._stack, self._memo)
        left = most = min(imports.steps, imports.budget.steps)
        try:
            while True:
                left -= plain.follow(left, self.source.frame)
                if (code := read(1)) == b".":
                    return
                step = STEPS.get(code)
                if step is None:
                    raise DataError(
                        f"it has an opcode that no protocol knows: 0x{code.hex()}" if code else CUT_OFF
                    )
                if left <= 0:
                    raise DataError("it has more opcodes than are followed")
                left -= 1
                step(self)
        finally:
            imports.steps -= most - left
            imports.budget.steps -= most - left

    def _pop(self) -> _Value:
        if not self._stack or self._stack[-1] is MARK:
            raise DataError(_TOO_LITTLE)
        return self._stack.pop()

    def _to_mark(self) -> list[_Value]:
        items: list[_Value] = []
        while self._stack:
            if (item := self._stack.pop()) is MARK:
                return items[::-1]
            items.append(item)
        raise DataError("it goes back to a mark that is not there")

    def push_text(self, data: bytes) -> None:
        """Push a text; something where it is too long for a name."""
        known = len(data) <= LONGEST_TEXT
        self._stack.append(data.decode("utf-8", "surrogatepass") if known else None)

    def push_counted_text(self, length: int) -> None:
        """Push a text whose length is written before it."""
        count = self.source.number(length)
        if count > LONGEST_TEXT:
            self.source.skip(count)
            self._stack.append(None)
        else:
            self.push_text(self.source.take(count))

    def push_quoted(self) -> None:
        """Push the text of a line in quotes."""
        self.push_text(bytes(codecs.escape_decode(self.source.line().strip()[1:-1])[0]))

    def push_line(self) -> None:
        """Push the text of a line."""
        self.push_text(self.source.line().decode("raw-unicode-escape").encode("utf-8", "surrogatepass"))

    def push_number(self, length: int) -> None:
        """Push a whole number."""
        self._stack.append(int.from_bytes(self.source.take(length), "little", signed=length == _SIGNED))

    def push_number_line(self) -> None:
        """Push the number of a line."""
        line = self.source.line().rstrip(b"L")
        self._stack.append(int(line) if line.isdigit() and len(line) <= _LONGEST_NUMBER else None)

    def push_counted_number(self, length: int) -> None:
        """Push a number whose length is written before it; one that may be a size is followed."""
        count = self.source.number(length)
        if count > _SIZE:
            self.source.skip(count)
            self._stack.append(None)
        else:
            self._stack.append(int.from_bytes(self.source.take(count), "little", signed=True))

    def push(self, value: _Value = None, *, skipped: int = 0) -> None:
        """Push a value after so many bytes that do not matter."""
        self.source.skip(skipped)
        self._stack.append(value)

    def push_counted(self, length: int) -> None:
        """Push what does not matter, whose length is written before it."""
        self.push(skipped=self.source.number(length))

    def push_ignored_line(self) -> None:
        """Push what a line says, which does not matter."""
        self.source.line()
        self._stack.append(None)

    def pop(self) -> None:
        """Take the last value, or mark, away."""
        if not self._stack:
            raise DataError(_TOO_LITTLE)
        self._stack.pop()

    def pop_to_mark(self) -> None:
        """Take all above a mark away."""
        self._to_mark()

    def replace(self, count: int) -> None:
        """Take values away and push something."""
        for _ in range(count):
            self._pop()
        self._stack.append(None)

    def replace_to_mark(self) -> None:
        """Take all above a mark away and push something."""
        self._to_mark()
        self._stack.append(None)

    def duplicate(self) -> None:
        """Push the last value again."""
        self._stack.append(value := self._pop())
        self._stack.append(value)

    def find_named(self) -> None:
        """Push the global that two lines name."""
        self._stack.append(self._named())

    def find_by_stack(self) -> None:
        """Push the global that two texts on the stack name."""
        name, module = self._pop(), self._pop()
        if _is_name(module) and _is_name(name):
            self._stack.append(self._imports.add(module, name))
        else:
            self._imports.faults[_COMPUTED] = None
            self._stack.append(None)

    def find_extension(self, length: int) -> None:
        """Push what the registry of extensions has under a number, which only the process knows."""
        self._stack.append(self._imports.add("copyreg", f"extension {self.source.number(length)}"))

    def make_instance(self) -> None:
        """Push an object whose class two lines name."""
        by = self._named()
        self._to_mark()
        self._stack.append(_Made(by, None))

    def make_of_items(self) -> None:
        """Push an object of the class that is the first item above the mark."""
        items = self._to_mark()
        self._stack.append(_Made(items[0] if items else None, None))

    def make(self, extra: int = 0) -> None:
        """Push what a global makes of arguments."""
        for _ in range(extra):
            self._pop()
        arguments, by = self._pop(), self._pop()
        self._stack.append(_Made(by, arguments))
        is_tensor = isinstance(by, Global) and by.name.startswith(_TENSOR)
        if is_tensor and isinstance(arguments, tuple) and len(arguments) > _SHAPE:
            self._imports.count(arguments[_SHAPE])

    def build(self) -> None:
        """Give an object its state."""
        state, made = self._pop(), self._pop()
        if isinstance(made, _Made) and isinstance(state, dict):
            made = _Made(made.by, made.arguments, state)
        self._stack.append(made)
        if isinstance(made, _Made) and isinstance(made.by, Global) and made.by.name == _ARRAY:
            self._pass_array(made)

    def push_tuple(self, count: int) -> None:
        """Push a tuple of the last items."""
        self._stack.append(tuple([self._pop() for _ in range(count)][::-1]))

    def push_tuple_to_mark(self) -> None:
        """Push a tuple of the items above the mark; of a long one nothing is known."""
        items = self._to_mark()
        self._stack.append(tuple(items) if len(items) <= MOST_ITEMS else None)

    def push_dictionary(self) -> None:
        """Push a dictionary of the items above the mark."""
        items = self._to_mark()
        self._stack.append({})
        self._fill(items)

    def set_items(self) -> None:
        """Put the items above the mark into the dictionary below it."""
        self._fill(self._to_mark())

    def set_item(self) -> None:
        """Put two items into the dictionary below them."""
        value, key = self._pop(), self._pop()
        self._fill([key, value])

    def get(self, number: int) -> None:
        """Push what was noted under a number."""
        if number not in self._memo:
            raise DataError("it takes a note that is not there")
        self._stack.append(self._memo[number])

    def put(self, number: int) -> None:
        """Note what is on top."""
        if not self._stack:
            raise DataError("it notes what is not there")
        top = self._stack[-1]
        self._memo[number] = None if top is MARK else top

    def get_counted(self, length: int) -> None:
        """Push what was noted under a number of so many bytes."""
        self.get(self.source.number(length))

    def put_counted(self, length: int) -> None:
        """Note what is on top under a number of so many bytes."""
        self.put(self.source.number(length))

    def get_line(self) -> None:
        """Push what was noted under the number of a line."""
        self.get(self._line_number())

    def put_line(self) -> None:
        """Note what is on top under the number of a line."""
        self.put(self._line_number())

    def put_next(self) -> None:
        """Note what is on top under the next number."""
        self.put(len(self._memo))

    def _line_number(self) -> int:
        line = self.source.line().strip()
        if not line.isdigit() or len(line) > _LONGEST_NUMBER:
            raise DataError("it names a note by no number")
        return int(line)

    def _fill(self, items: list[_Value]) -> None:
        if not self._stack:
            raise DataError("it fills what is not there")
        fill(self._stack[-1], items)

    def _named(self) -> Global:
        module, name = (self.source.line().decode("utf-8", "replace") for _ in range(2))
        return self._imports.add(module, name)

    def _pass_array(self, made: _Made) -> None:
        """Pass over the numbers of an array, which joblib writes in the middle of its pickle."""
        shape, kind = made.state.get("shape"), made.state.get("dtype")
        code = kind.arguments[0] if isinstance(kind, _Made) and isinstance(kind.arguments, tuple) else None
        if not isinstance(shape, tuple) or not isinstance(code, str):
            raise DataError(_ODD_ARRAY)
        if code.startswith("O"):  # an array of objects is a pickle of its own
            Machine(self._file, self._imports, self._depth + 1).run()
            return
        found, sizes = _KIND.fullmatch(code), [one for one in shape if isinstance(one, int) and one >= 0]
        if not found or len(sizes) < len(shape):
            raise DataError(_ODD_ARRAY)
        if made.state.get("numpy_array_alignment_bytes"):
            self.source.skip(self.source.number(1))
        self._imports.count(shape)
        self.source.skip(math.prod(sizes) * int(found["width"]) * (_WIDE if found["letter"] == "U" else 1))


def _is_name(value: _Value) -> TypeGuard[str]:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


STEPS: Final[dict[bytes, Callable[[Machine], None]]] = {
    b"(": lambda machine: machine.push(MARK),
    b"0": Machine.pop,
    b"1": Machine.pop_to_mark,
    b"2": Machine.duplicate,
    b"F": Machine.push_ignored_line,
    b"G": lambda machine: machine.push(skipped=8),
    b"I": Machine.push_number_line,
    b"J": lambda machine: machine.push_number(4),
    b"K": lambda machine: machine.push_number(1),
    b"L": Machine.push_number_line,
    b"M": lambda machine: machine.push_number(2),
    b"N": Machine.push,
    b"P": Machine.push_ignored_line,
    b"Q": lambda machine: machine.replace(1),
    b"R": Machine.make,
    b"S": Machine.push_quoted,
    b"T": lambda machine: machine.push_counted_text(4),
    b"U": lambda machine: machine.push_counted_text(1),
    b"V": Machine.push_line,
    b"X": lambda machine: machine.push_counted_text(4),
    b"a": lambda machine: machine.replace(2),
    b"b": Machine.build,
    b"c": Machine.find_named,
    b"d": Machine.push_dictionary,
    b"}": lambda machine: machine.push({}),
    b"e": lambda machine: machine.pop_to_mark(),
    b"g": Machine.get_line,
    b"h": lambda machine: machine.get_counted(1),
    b"i": Machine.make_instance,
    b"j": lambda machine: machine.get_counted(4),
    b"l": Machine.replace_to_mark,
    b"]": Machine.push,
    b"o": Machine.make_of_items,
    b"p": Machine.put_line,
    b"q": lambda machine: machine.put_counted(1),
    b"r": lambda machine: machine.put_counted(4),
    b"s": Machine.set_item,
    b"t": Machine.push_tuple_to_mark,
    b")": lambda machine: machine.push(()),
    b"u": Machine.set_items,
    b"B": lambda machine: machine.push_counted(4),
    b"C": lambda machine: machine.push_counted(1),
    b"\x80": lambda machine: machine.source.skip(1),
    b"\x81": Machine.make,
    b"\x82": lambda machine: machine.find_extension(1),
    b"\x83": lambda machine: machine.find_extension(2),
    b"\x84": lambda machine: machine.find_extension(4),
    b"\x85": lambda machine: machine.push_tuple(1),
    b"\x86": lambda machine: machine.push_tuple(2),
    b"\x87": lambda machine: machine.push_tuple(3),
    b"\x88": lambda machine: machine.push(True),
    b"\x89": Machine.push,
    b"\x8a": lambda machine: machine.push_counted_number(1),
    b"\x8b": lambda machine: machine.push_counted_number(4),
    b"\x8c": lambda machine: machine.push_counted_text(1),
    b"\x8d": lambda machine: machine.push_counted_text(8),
    b"\x8e": lambda machine: machine.push_counted(8),
    b"\x8f": Machine.push,
    b"\x90": Machine.pop_to_mark,
    b"\x91": Machine.replace_to_mark,
    b"\x92": lambda machine: machine.make(1),
    b"\x93": Machine.find_by_stack,
    b"\x94": Machine.put_next,
    b"\x95": lambda machine: machine.source.begin_frame(),
    b"\x96": lambda machine: machine.push_counted(8),
    b"\x97": Machine.push,
    b"\x98": lambda machine: machine.replace(1),
}
"""What each opcode does to the stack, but for the one that stops."""
