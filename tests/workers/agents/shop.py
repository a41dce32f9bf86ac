"""An MCP server of `mcp` 1 over stdio, with a tool that pays money back: a line in the file that LEDGER names."""

import os
from pathlib import Path

from mcp.server.fastmcp import FastMCP

server = FastMCP("shop")


@server.tool()
def refund(order: int, amount: float, reason: str = "none given") -> str:
    """Pay back some of what an order cost."""
    with Path(os.environ["LEDGER"]).open("a", encoding="utf-8") as ledger:
        ledger.write(f"{order} {amount:g} {reason}\n")
    return f"{amount:g} of order {order} paid back"


if __name__ == "__main__":
    server.run()
