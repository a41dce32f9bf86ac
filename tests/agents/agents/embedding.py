"""What makes vectors of texts, in each form that `store.index.embed` takes, and what makes none."""

from collections.abc import Sequence

from langchain_core.embeddings import Embeddings


def letters(texts: Sequence[str]) -> list[list[float]]:
    """How often each of four letters is in the text."""
    return [[float(text.count(letter)) for letter in "abcd"] for text in texts]


async def letters_later(texts: Sequence[str]) -> list[list[float]]:
    return letters(texts)


class Letters(Embeddings):
    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return letters(texts)

    def embed_query(self, text: str) -> list[float]:
        return letters([text])[0]


made = Letters()


def three(texts: Sequence[str]) -> list[list[float]]:
    return [[1.0, 2.0, 3.0] for _ in texts]


def one_vector(texts: Sequence[str]) -> list[list[float]]:
    return [[1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0]]


def words(texts: Sequence[str]) -> list[str]:
    return ["no", "numbers"]


def nothing(texts: Sequence[str]) -> None:
    return None


def refusing(texts: Sequence[str]) -> list[list[float]]:
    raise RuntimeError("no embedding today")


number = 4
