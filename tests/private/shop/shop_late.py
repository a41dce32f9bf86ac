"""A type in a module that is imported only where a node runs."""

from dataclasses import dataclass


@dataclass
class Late:
    x: int
