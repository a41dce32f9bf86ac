"""About the file."""

from langgraph.func import entrypoint


@entrypoint()
async def double(number: int) -> int:
    """Doubles
    a number.

    More of it.
    """
    return 2 * number
