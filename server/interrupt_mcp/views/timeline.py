"""A thread's timeline: its checkpoints newest first, what leads to the newest in one line, and what was left beside it.

It knows nothing of who draws it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interrupt_mcp.model.past import Moment


@dataclass(frozen=True, slots=True)
class Placed:
    """A checkpoint and its place in the timeline."""

    moment: "Moment"
    branch: int
    """The number of its branch: 1 is the first, and each that left an older checkpoint has the next."""
    depth: int
    """How far aside it stands: 0 is what leads to the newest, each branch that was left is one further."""
    parent: "Moment | None"
    """The checkpoint that it followed, where that is shown too."""
    begins: bool
    """Whether its branch begins with it."""
    joins: bool
    """Whether it is the oldest of those that stand aside together: its line ends here."""


def timeline(moments: Sequence["Moment"], branches: Mapping[str, int]) -> list[Placed]:
    """Return the places of checkpoints that are given newest first; `branches` has the number of each, by its id.

    Where several followed one, the newest of them goes on in its line. One whose parent is not given begins a line of
    its own, which stands aside unless it leads to the newest.
    """
    by_id = {each.checkpoint_id: each for each in moments}
    newest_after: dict[str, str] = {}
    for each in moments:
        newest_after.setdefault(each.parent_id or "", each.checkpoint_id)
    straight = _up_from_newest(moments, by_id)
    depth: dict[str, int] = {}
    for each in reversed(moments):
        parent = by_id.get(each.parent_id or "")
        if parent is None:
            depth[each.checkpoint_id] = each.checkpoint_id not in straight
        else:
            aside = newest_after[parent.checkpoint_id] != each.checkpoint_id
            depth[each.checkpoint_id] = depth[parent.checkpoint_id] + aside
    return [_placed(each, by_id.get(each.parent_id or ""), branches, depth) for each in moments]


def _placed(moment: "Moment", parent: "Moment | None", branches: Mapping[str, int], depth: Mapping[str, int]) -> Placed:
    branch = branches.get(moment.checkpoint_id, 1)
    own = depth[moment.checkpoint_id]
    return Placed(
        moment=moment,
        branch=branch,
        depth=own,
        parent=parent,
        begins=branches.get(moment.parent_id or "", branch) != branch,
        joins=parent is not None and depth[parent.checkpoint_id] < own,
    )


def _up_from_newest(moments: Sequence["Moment"], by_id: Mapping[str, "Moment"]) -> set[str]:
    """Return the ids of the newest checkpoint and of all before it, as far as they are given."""
    found: set[str] = set()
    at = moments[0] if moments else None
    while at is not None:
        found.add(at.checkpoint_id)
        at = by_id.get(at.parent_id or "")
    return found
