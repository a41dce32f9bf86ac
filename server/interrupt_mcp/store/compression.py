"""Compression of what LangGraph's serializer writes: a thread keeps its whole state in each checkpoint."""

import threading
from typing import Any

import zstandard
from langgraph.checkpoint.serde.base import SerializerProtocol

_SMALLEST = 512
"""Bytes below which compressing gains nothing."""
_MARK = "+zstd"
_LEVEL = 1


class _Tools(threading.local):
    """One of each for a thread: neither is to be used by two at once, and making them costs more than using them."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(_LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()


_TOOLS = _Tools()


class Compressed(SerializerProtocol):
    """Writes what `inner` writes, compressed where that is smaller, and reads both."""

    def __init__(self, inner: SerializerProtocol) -> None:
        self._inner = inner

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        kind, data = self._inner.dumps_typed(obj)
        if len(data) < _SMALLEST:
            return kind, data
        smaller = _TOOLS.compressor.compress(data)
        return (kind + _MARK, smaller) if len(smaller) < len(data) else (kind, data)

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        kind, blob = data
        if kind.endswith(_MARK):
            whole = _TOOLS.decompressor.decompress(blob)
            return self._inner.loads_typed((kind.removesuffix(_MARK), whole))
        return self._inner.loads_typed(data)
