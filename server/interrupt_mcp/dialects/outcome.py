"""What becomes of an action once its request is decided, as far as can be promised to who decides."""

from enum import Enum, auto


class Outcome(Enum):
    """What becomes of an action."""

    MADE = auto()
    """The action is done: LangChain, `sensitive` or the gate does it, with exactly the arguments decided."""
    RUNS_ON = auto()
    """The tool call that asks hears a yes and goes on, with exactly the arguments decided."""
    NOT_MADE = auto()
    """The action is not done."""
    STOPS = auto()
    """The tool call that asks does not go on."""
    GOES_ON = auto()
    """The run goes on from where it stands."""
    ENDS = auto()
    """The run is cancelled where it stands."""
    HEARD = auto()
    """Code that asks hears the answer and goes on: what it then does is its own affair."""
