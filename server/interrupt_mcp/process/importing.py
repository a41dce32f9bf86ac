"""Importing the MCP library in less time than it takes by itself. Nothing else here knows that this is done."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quickly() -> Iterator[None]:
    """What is imported meanwhile builds its validators when they are first used, and no garbage is looked for.

    The library has hundreds of models and a connection uses a few of them. Building them all is most of a start, and
    pydantic's own setting for leaving that out is one of its base class, because the models are not ours.
    """
    # Imports make much and drop little: a collection meanwhile takes time and finds nothing.
    gc.disable()
    from pydantic import BaseModel

    BaseModel.model_config["defer_build"] = True
    try:
        yield
    finally:
        del BaseModel.model_config["defer_build"]
        gc.freeze()
        gc.enable()
