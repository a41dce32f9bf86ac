"""How values are kept and read: LangGraph's serializer, which reads objects only of classes that are allowed by name.

A row names the class of its value. Without a list that could be any function of any module, so that a row could run a
program. Kinds of rows that are never written here, such as pickles and constructors in JSON, are not read at all.
"""

from collections.abc import Container
from typing import Any, TypeAlias, cast

from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer, _create_msgpack_ext_hook

from interrupt_mcp.errors import Unavailable

Types: TypeAlias = Container[tuple[str, str]]
"""Classes, each by its module and its name."""
_KINDS = ("null", "bytes", "bytearray", "msgpack")
_HARMLESS = frozenset((("pydantic.types", "SecretStr"), ("pydantic.types", "SecretBytes")))


class Strict(SerializerProtocol):
    """Reads values of LangGraph's own safe types and of these; any other value is read as the plain data it holds."""

    def __init__(self, types: Types) -> None:
        # LangGraph takes a list, which would have to be complete before anything is read.
        hook = _create_msgpack_ext_hook(cast("Any", _Allowed(types)))
        self._inner = JsonPlusSerializer(__unpack_ext_hook__=hook)

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        return self._inner.dumps_typed(obj)

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        if data[0] not in _KINDS:
            raise Unavailable(f"The database has a value of the kind {data[0]!r}, which is never written and not read")
        return self._inner.loads_typed(data)


class _Allowed:
    def __init__(self, types: Types) -> None:
        self._types = types

    def __contains__(self, key: tuple[str, str]) -> bool:
        return key in _HARMLESS or key in self._types
