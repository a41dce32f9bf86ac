"""An embedding: what makes vectors of texts for the agents' memory, as `store.index` of `langgraph.json` names it.

It is made when a text is first embedded, so that agents which embed none work. It does not know where vectors go.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

from langchain_core.embeddings import Embeddings

Find: TypeAlias = Callable[[str], Awaitable[Embeddings]]
"""Makes what the text names."""


class NamedEmbedding(Embeddings):
    """LangChain's embeddings, found when they are first wanted."""

    def __init__(self, name: str, dims: int | None, find: Find) -> None:
        """`name` is `./file.py:function` or `provider:model`; `dims` is how many numbers a vector is to have."""
        self._name = name
        self._dims = dims
        self._find = find
        self._found: Embeddings | None = None

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a vector for each text.

        Raises:
            AgentError: there is nothing of that name, or nothing that embeds.
            ValueError: what it gave are not vectors.
        """
        if self._found is None:
            self._found = await self._find(self._name)
        return self._checked(texts, await self._found.aembed_documents(texts))

    async def aembed_query(self, text: str) -> list[float]:
        """Return the text's vector, as a text that is kept has it."""
        return (await self.aembed_documents([text]))[0]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        raise NotImplementedError("memory embeds on the event loop alone")

    def embed_query(self, text: str) -> list[float]:
        raise NotImplementedError("memory embeds on the event loop alone")

    def _checked(self, texts: Sequence[str], given: Any) -> list[list[float]]:
        try:
            vectors = [[float(number) for number in vector] for vector in given]
        except (TypeError, ValueError) as error:
            raise ValueError(f"{self._place} has to return a list of vectors, and returned something else") from error
        if len(vectors) != len(texts):
            raise ValueError(f"{self._place} returned {len(vectors)} vectors for {len(texts)} texts")
        wanted = self._dims or len(vectors[0])
        for vector in vectors:
            if len(vector) != wanted:
                raise ValueError(f"{self._place} returned {len(vector)} numbers, and a vector has {wanted} by `dims`")
        return vectors

    @property
    def _place(self) -> str:
        return f"`store.index.embed` in langgraph.json, {self._name},"


def file_and_function(name: str) -> tuple[str, str] | None:
    """Return the file and what is named in it; `None` where the name is a provider's and its model's."""
    found = re.fullmatch(r"\s*(.*\.py)\s*:\s*(\w+)\s*", name)
    return (found[1], found[2]) if found else None


def embedding_of(value: Any) -> Embeddings:
    """Return the embeddings that a function makes, or a name of a provider's, or the object itself.

    Raises:
        TypeError: it is neither.
    """
    from langgraph.store.base import ensure_embeddings

    if isinstance(value, type) or not (isinstance(value, Embeddings | str) or callable(value)):
        kind = "class" if isinstance(value, type) else type(value).__name__
        raise TypeError(f"a {kind} is neither a function of a list of texts nor an Embeddings object")
    return ensure_embeddings(value)
