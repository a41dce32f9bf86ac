"""Importing the MCP library faster than it is imported by itself. No other module depends on how."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quickly() -> Iterator[None]:
    """Have models that are imported within this context build their validators only when they are first used.

    The library has hundreds of models, of which a connection uses a few: building all of them is most of the time that
    a start takes. The models are not ours, so that is set on pydantic's base class. Garbage is not collected meanwhile.
    """
    # Imports allocate much and free little: a collection takes time and finds nothing.
    gc.disable()
    from pydantic import BaseModel

    BaseModel.model_config["defer_build"] = True
    try:
        yield
    finally:
        del BaseModel.model_config["defer_build"]
        gc.freeze()
        gc.enable()
