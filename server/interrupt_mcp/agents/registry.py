"""The registry: the agents that a `langgraph.json` names, each loaded when it is first wanted, and then kept."""

import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Self

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup, TaskStatus

from interrupt_mcp.agents.agent import Agent, AgentCard, agent_of, example_of
from interrupt_mcp.agents.elsewhere import Elsewhere
from interrupt_mcp.agents.factory import compiled, entered, is_made, make, takes_config
from interrupt_mcp.agents.failure import blaming, cause_of, failure_of
from interrupt_mcp.agents.loading import Loading, Remake
from interrupt_mcp.agents.manifest import Entry, Manifest, read_manifest
from interrupt_mcp.agents.modules import Modules
from interrupt_mcp.agents.named import Named
from interrupt_mcp.agents.offering import offered
from interrupt_mcp.agents.siblings import refuse_mistaken
from interrupt_mcp.agents.surroundings import prepare
from interrupt_mcp.config.offers import Offer
from interrupt_mcp.errors import AgentError, ConfigError, ForeignAgent, UnknownAgent
from interrupt_mcp.model import JsonObject
from interrupt_mcp.model.configurable import configurable_of
from interrupt_mcp.remote.place import Place

_log = logging.getLogger(__name__)
_GRACE = 1.5
"""MCP clients kill a server about two seconds after they close its input."""


class Agents:
    """The agents of a project, to be used in `async with`: leaving it ends the context managers that made agents."""

    def __init__(
        self,
        config_path: Path,
        offers: Mapping[str, Offer] = {},
        *,
        grace: float = _GRACE,
        loaded: Callable[[Agent], None] = lambda _agent: None,
        project: str = "",
    ) -> None:
        """Name the agents that the file at `config_path` names, and what else is offered of its graphs.

        `grace` is how many seconds the context managers have to end. `loaded` is told of each agent, in any thread.
        `project` is whose threads are at servers where agents run.
        """
        self.config_path = config_path
        self._offers = offers
        self._loaded = loaded
        self._grace = grace
        self._elsewhere = Elsewhere(project)
        self._by_name: dict[str, Loading] = {}
        self._modules = Modules(config_path.parent)
        self._importing = anyio.Lock()
        self.named = Named(config_path, self._modules, self._importing)
        self._closing = anyio.Event()
        self._tasks: TaskGroup | None = None

    async def __aenter__(self) -> Self:
        tasks = anyio.create_task_group()
        await tasks.__aenter__()
        self._tasks = self.named.tasks = tasks
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        if self._tasks is not None:
            # Not told of the error, it waits for the tasks and leaves the error as it is.
            await self._tasks.__aexit__(None, None, None)

    def entries(self) -> Mapping[str, Entry]:
        """Return the agents by name, as the file has them now, in its order.

        Raises:
            ConfigError: the file is not as it should be.
        """
        return offered(read_manifest(self.config_path), self._offers)

    def names(self) -> tuple[str, ...]:
        """Return the names of the agents, as `entries` has them."""
        return tuple(self.entries())

    def store_config(self) -> Mapping[str, object]:
        """Return what the file says about LangGraph's store, with what embeds in the place of its name."""
        store = read_manifest(self.config_path).store
        index = store.get("index")
        if not isinstance(index, Mapping) or not index:
            return store
        from interrupt_mcp.agents.embedding import NamedEmbedding

        embed = NamedEmbedding(index["embed"], index.get("dims"), self.named.embedding)
        return {**store, "index": {**index, "embed": embed}}

    async def load(self, name: str) -> Agent:
        """Return the agent, loaded when it is first wanted.

        Raises:
            UnknownAgent: the file has none of this name.
            AgentError: it could not be loaded; the same one until a file changes, or what is missing is there.
        """
        loading = self._by_name.get(name)
        if loading is not None and loading.agent is not None:
            return loading.agent
        manifest = read_manifest(self.config_path)
        if (away := self._away(name)) is not None:
            return await self._elsewhere.load(*away)
        entry = self._entry(manifest, name)
        if entry.is_foreign:
            raise ForeignAgent(f"Agent {name!r} could not be loaded: {entry.location} is not written in Python")
        loading = self._by_name.setdefault(name, Loading())
        async with loading.lock:
            if loading.agent is not None:
                return loading.agent
            if loading.failure is not None and loading.failure.stands:
                raise loading.failure.error()
            try:
                return await self._load(manifest, entry, loading)
            except AgentError as error:
                loading.failure = failure_of(error, self._files(manifest, entry))
                _log.warning("%s", error)
                raise

    async def describe(self, name: str) -> AgentCard:
        """Return the agent as it is offered; one that cannot be loaded says why."""
        try:
            if (away := self._away(name)) is not None:
                return await self._elsewhere.describe(*away)
            agent = await self.load(name)
        except AgentError as error:
            entry = self._entry(read_manifest(self.config_path), name)
            return AgentCard(name, entry.description, {}, example_of(entry), str(error))
        return AgentCard(
            name,
            agent.description,
            agent.input_schema,
            agent.example,
            context_schema=agent.context_schema,
            tools=frozenset(agent.tools),
        )

    @asynccontextmanager
    async def for_run(
        self, name: str, context: JsonObject | None, *, run_id: str, thread_id: str
    ) -> AsyncIterator[Agent]:
        """Give the agent as one run has it, within this context.

        Where the function that makes it takes a configuration, it is called anew, with the run's.

        Raises:
            UnknownAgent, AgentError: as `load` does.
        """
        if (away := self._away(name)) is not None:
            yield self._elsewhere.known(*away)
            return
        agent = await self.load(name)
        remake = self._by_name[name].remake
        if remake is None:
            yield agent
            return
        configurable = configurable_of(context, agent.graph_id, name, run_id, thread_id)
        stack = AsyncExitStack()
        try:
            with self._blaming(name):
                value = await anyio.to_thread.run_sync(remake.make, configurable)
                made = await stack.enter_async_context(entered(value))
                agent = await anyio.to_thread.run_sync(remake.finish, made)
            yield agent
        finally:
            await self._end(name, stack)

    async def _end(self, name: str, stack: AsyncExitStack) -> None:
        """Leave what made an agent for one run. It hears nothing of how the run went, which is not its to change."""
        with anyio.move_on_after(self._grace, shield=True):
            try:
                await stack.aclose()
            except Exception as error:  # noqa: BLE001  whatever the agent's code raises, the run is over
                _log.warning("Agent %r ended: %r", name, error)

    async def _load(self, manifest: Manifest, entry: Entry, loading: Loading) -> Agent:
        async with self._importing:
            module, attribute = await anyio.to_thread.run_sync(self._import, manifest, entry)
        parts = (entry, module, attribute, manifest.directories)
        finish = partial(self._finish, *parts)
        value = await anyio.to_thread.run_sync(self._make, entry, attribute)
        if takes_config(attribute):
            loading.remake = Remake(partial(make, attribute), partial(self._agent, *parts))
        if is_made(value):
            loading.agent = await anyio.to_thread.run_sync(finish, value)
            return loading.agent
        if self._tasks is None:
            raise RuntimeError("Agents that have to be awaited or entered are loaded inside `async with`")
        agent: Agent = await self._tasks.start(self._hold, entry.name, value, finish, loading)
        return agent

    def _import(self, manifest: Manifest, entry: Entry) -> tuple[ModuleType, object]:
        """Return the module and what is in it under the name; one import at a time."""
        with self._blaming(entry.name):
            prepare(manifest)
            module = self._modules.load(entry.location)
            refuse_mistaken(module, manifest.agent_folders)
            attribute = getattr(module, entry.attribute, None)
            if attribute is None:
                raise AttributeError(f"{entry.location} has no `{entry.attribute}`")
            return module, attribute

    def _make(self, entry: Entry, attribute: object) -> object:
        with self._blaming(entry.name):
            return make(attribute, {})

    def _finish(
        self, entry: Entry, module: ModuleType, attribute: object, directories: Iterable[Path], value: object
    ) -> Agent:
        agent = self._agent(entry, module, attribute, directories, value)
        self._loaded(agent)
        return agent

    def _agent(
        self, entry: Entry, module: ModuleType, attribute: object, directories: Iterable[Path], value: object
    ) -> Agent:
        with self._blaming(entry.name):
            return agent_of(entry, attribute, module, compiled(value), directories)

    def note(self, name: str) -> str:
        """Return what whoever looks at the agent's runs should know; empty where nothing, or it is not known."""
        try:
            entry = self.entries().get(name)
        except ConfigError:
            return ""
        return "" if entry is None or entry.place is None else entry.place.note

    def _away(self, name: str) -> tuple[Entry, Place] | None:
        """Return the agent's entry and place where it runs elsewhere, with the variables that its key may be in."""
        if (loading := self._by_name.get(name)) is not None and loading.agent is not None:
            return None
        manifest = read_manifest(self.config_path)
        entry = self._entry(manifest, name)
        if entry.place is None:
            return None
        with self._blaming(name):
            prepare(manifest)
        return entry, entry.place

    def _entry(self, manifest: Manifest, name: str) -> Entry:
        entries = offered(manifest, self._offers)
        if name not in entries:
            raise UnknownAgent(f"There is no agent {name!r} in {manifest.path}")
        return entries[name]

    async def _hold(
        self,
        name: str,
        value: object,
        finish: Callable[[object], Agent],
        loading: Loading,
        *,
        task_status: TaskStatus[Agent],
    ) -> None:
        """Enter what makes an agent and leave it in the same task, as task groups inside of it demand."""
        starting = True
        with anyio.CancelScope() as scope:
            try:
                with self._blaming(name):
                    async with entered(value) as made:
                        loading.agent = await anyio.to_thread.run_sync(finish, made)
                        task_status.started(loading.agent)
                        starting = False
                        scope.shield = True
                        await self._closing.wait()
                        scope.deadline = anyio.current_time() + self._grace
            except AgentError as error:
                if starting:
                    raise
                _log.warning("Agent %r ended: %r", name, cause_of(error))
            finally:
                # Where it ended before its time, the next one who wants it has it made again.
                loading.agent = None
        if scope.cancelled_caught:
            _log.warning("Agent %r took more than %s seconds to end", name, self._grace)

    def _blaming(self, name: str) -> AbstractContextManager[None]:
        return blaming(f"Agent {name!r} could not be loaded", self.config_path.parent)

    def _files(self, manifest: Manifest, entry: Entry) -> list[Path]:
        """Return the files whose change may cure a failure."""
        file = self._modules.file(entry.location)
        dotted = Path(*entry.location.split("."))
        files = [file] if file else [each / dotted.with_suffix(".py") for each in manifest.directories]
        return [manifest.path, *files, *([manifest.env] if isinstance(manifest.env, Path) else [])]
