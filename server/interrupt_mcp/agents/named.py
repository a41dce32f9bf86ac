"""Named things: what the user's files name besides agents, as the function of a preview, or what embeds texts.

Each is loaded when it is first wanted, and then kept, as agents are. It does not know what is done with them.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from interrupt_mcp.agents.failure import blaming
from interrupt_mcp.agents.manifest import read_manifest
from interrupt_mcp.agents.modules import Modules
from interrupt_mcp.agents.siblings import refuse_mistaken
from interrupt_mcp.agents.surroundings import prepare
from interrupt_mcp.config import SETTINGS_FILE
from interrupt_mcp.errors import AgentError
from interrupt_mcp.text.redaction import said

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

_LONGEST = 500


class _Loading:
    """One function on its way."""

    def __init__(self) -> None:
        self.done = anyio.Event()
        self.error: AgentError | None = None


class Named:
    """What is named in one project's files."""

    def __init__(self, config_path: Path, modules: Modules, importing: anyio.Lock) -> None:
        """`importing` is held while something is imported, so that one thing is at a time."""
        self.tasks: TaskGroup | None = None
        """What carries the loading of functions; set while the agents are in use."""
        self._config_path = config_path
        self._modules = modules
        self._importing = importing
        self._functions: dict[str, Callable[..., Any]] = {}
        self._loading: dict[str, _Loading] = {}

    async def function(self, reference: str) -> Callable[..., Any]:
        """Return the function `module:function` or `./file.py:function`, relative to `langgraph.json`.

        Whoever stops waiting for it does not stop the loading. One that could not be loaded is tried again.

        Raises:
            AgentError: it cannot be loaded, or is no function.
        """
        if (loading := self.want(reference)) is None:
            return self._functions[reference]
        await loading.done.wait()
        if loading.error is not None:
            raise AgentError(str(loading.error.args[0]))
        return self._functions[reference]

    def want(self, reference: str) -> "_Loading | None":
        """Have the function loaded, unless it is; return the loading that goes on."""
        if reference in self._functions:
            return None
        if (loading := self._loading.get(reference)) is None:
            if self.tasks is None:
                raise RuntimeError("Functions are loaded inside `async with` of the agents")
            loading = self._loading[reference] = _Loading()
            self.tasks.start_soon(self._load, reference, loading)
        return loading

    async def faults(self, references: Iterable[str]) -> list[str]:
        """Return a sentence for each of the references to functions that cannot be loaded."""
        found = []
        for reference in references:
            try:
                await self.function(reference)
            except AgentError as error:
                found.append(f"{error.args[0]}. Its tools are asked about all the same.")
        return found

    async def embedding(self, name: str) -> "Embeddings":
        """Return what embeds, as `store.index.embed` names it.

        Raises:
            AgentError: there is nothing of that name, or nothing that embeds.
        """
        async with self._importing:
            return await anyio.to_thread.run_sync(self._find_embedding, name)

    async def _load(self, reference: str, loading: _Loading) -> None:
        try:
            async with self._importing:
                self._functions[reference] = await anyio.to_thread.run_sync(self._find, reference)
        except AgentError as error:
            loading.error = error
        finally:
            del self._loading[reference]
            loading.done.set()

    def _find(self, reference: str) -> Callable[..., Any]:
        what = f"`preview` in {SETTINGS_FILE}, {reference!r}, cannot be used"
        try:
            with blaming(what, self._config_path.parent):
                return self._imported(reference)
        except AgentError:
            raise
        except BaseException as error:
            # Whatever the user's code raises, it is only a preview that there is not.
            raise AgentError(f"{what}: {said(error, _LONGEST)}") from error

    def _imported(self, reference: str) -> Callable[..., Any]:
        manifest = read_manifest(self._config_path)
        prepare(manifest)
        location, _, name = (part.strip() for part in reference.rpartition(":"))
        # A module that an agent runs from is never imported anew under it.
        module = self._modules.known(location) or self._modules.load(location)
        refuse_mistaken(module, manifest.agent_folders)
        found = getattr(module, name)
        if not callable(found):
            raise TypeError(f"{name} is no function")
        function: Callable[..., Any] = found
        return function

    def _find_embedding(self, name: str) -> "Embeddings":
        from interrupt_mcp.agents.embedding import embedding_of, file_and_function

        what = f"`store.index.embed` in {self._config_path}, {name!r}, cannot be used"
        with blaming(what, self._config_path.parent):
            prepare(read_manifest(self._config_path))
            if (place := file_and_function(name)) is None:
                return embedding_of(name)
            return embedding_of(getattr(self._modules.load(place[0]), place[1]))
