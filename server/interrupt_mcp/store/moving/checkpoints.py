"""Checkpoints: what is one row in the file, with all values of the state, is a row and its blobs on the server.

The values go over as they were written, of whatever classes they are: no agent's code is needed to read them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import ormsgpack
from langgraph.checkpoint.base import Checkpoint
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.serde.jsonplus import EXT_DELTA_SNAPSHOT
from langgraph.checkpoint.serde.types import _DeltaSnapshot

from interrupt_mcp.errors import Unavailable
from interrupt_mcp.store.compression import Compressed
from interrupt_mcp.store.postgres.channel_values import json_of, parted

COLUMNS = ("thread_id", "checkpoint_ns", "checkpoint_id", "parent_checkpoint_id", "type", "checkpoint", "metadata")
ORDER = ("thread_id", "checkpoint_ns", "checkpoint_id")
THERE = ("thread_id", "checkpoint_ns", "checkpoint_id", "parent_checkpoint_id", "checkpoint", "metadata")
BLOBS = ("thread_id", "checkpoint_ns", "channel", "version", "type", "blob")
WRITES = ("thread_id", "checkpoint_ns", "checkpoint_id", "task_id", "task_path", "idx", "channel", "type", "value")
WRITES_THERE = (*WRITES[:-1], "blob")
_OPTIONS = ormsgpack.OPT_NON_STR_KEYS | ormsgpack.OPT_PASSTHROUGH_DATACLASS | ormsgpack.OPT_REPLACE_SURROGATES


@dataclass(frozen=True, slots=True)
class _Object:
    """A value of some class, as its bytes."""

    code: int
    data: bytes


class _AsWritten(SerializerProtocol):
    """Reads what LangGraph's serializer wrote without making objects of it, and writes the same again."""

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        if obj is None:
            return "null", b""
        if isinstance(obj, bytes):
            return "bytes", obj
        return "msgpack", _packed(obj)

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        kind, blob = data
        if kind != "msgpack":
            raise ValueError(f"it is of the kind {kind!r}")
        found = _unpacked(blob)
        if _packed(found) != blob:
            raise ValueError("it would not be the same")
        return found


class Checkpoints:
    """Makes rows of rows. Those of one thread and namespace come together, so that what was made is known."""

    def __init__(self) -> None:
        self._serializer = Compressed(_AsWritten())
        self._of: tuple[str, str] | None = None
        self._made: set[tuple[str, str]] = set()
        """Of which channels and versions there are blobs by now."""

    def rows(self, row: Mapping[str, Any]) -> tuple[Sequence[Any], Sequence[Sequence[Any]]]:
        """Return the checkpoint's row there, and those of its blobs that no row before has.

        Raises:
            Unavailable: it cannot be read.
        """
        place = (row["thread_id"], row["checkpoint_ns"])
        if place != self._of:
            self._of, self._made = place, set()
        try:
            checkpoint = cast("Checkpoint", self._serializer.loads_typed((row["type"], row["checkpoint"])))
            inline, values = parted(checkpoint)
            metadata = json_of(_json(row["metadata"]))
        except (ValueError, TypeError, KeyError) as error:
            step = f"{row['checkpoint_id']} of the thread {row['thread_id']}"
            raise Unavailable(f"The checkpoint {step} cannot be moved: {error}") from error
        there = (*place, row["checkpoint_id"], row["parent_checkpoint_id"], inline, metadata)
        return there, [*self._blobs(place, checkpoint["channel_versions"], values)]

    def _blobs(
        self, place: tuple[str, str], versions: Mapping[str, Any], values: Mapping[str, Any]
    ) -> Iterator[Sequence[Any]]:
        for channel, value in values.items():
            version = str(versions.get(channel, ""))
            if (channel, version) not in self._made:
                self._made.add((channel, version))
                yield (*place, channel, version, *self._serializer.dumps_typed(value))


def _packed(value: Any) -> bytes:
    return ormsgpack.packb(value, default=_as_object, option=_OPTIONS)


def _as_object(value: Any) -> ormsgpack.Ext:
    if isinstance(value, _Object):
        return ormsgpack.Ext(value.code, value.data)
    if isinstance(value, _DeltaSnapshot):
        return ormsgpack.Ext(EXT_DELTA_SNAPSHOT, value.value)
    raise TypeError(f"a {type(value).__name__} was never written")


def _unpacked(blob: bytes) -> Any:
    return ormsgpack.unpackb(blob, ext_hook=_object, option=ormsgpack.OPT_NON_STR_KEYS)


def _object(code: int, data: bytes) -> Any:
    # What LangGraph keeps for a channel that is kept as its changes is told from other values by its class.
    return _DeltaSnapshot(bytes(data)) if code == EXT_DELTA_SNAPSHOT else _Object(code, bytes(data))


def _json(metadata: bytes | str | None) -> Any:
    return {} if metadata is None else json.loads(metadata)
