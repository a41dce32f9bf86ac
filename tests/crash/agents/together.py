"""One tool node whose three calls policy asks about; `b` can be made to die, once the others are done."""

from langgraph.prebuilt import ToolNode

from interrupt_mcp import sensitive
from tests.crash.agents.several import acting, calls
from tests.scripted import hand_built

POLICY = "[agents.desk.tools.do]\nsensitive = true\n"
_, _do = acting(others=2)
three = hand_built(ToolNode([_do]), calls("do", "abc"))
_, _do_alone = acting(others=0)
_, _do_marked = acting(others=0)
marked = hand_built(ToolNode([sensitive(_do_marked)]), calls("do", "ab"))
two = hand_built(ToolNode([_do_alone]), calls("do", "ab"))
