"""A support desk: looks things up freely, and asks a person before it refunds, deletes or sends anything.

It shows both ways to have a tool asked about: `HumanInTheLoopMiddleware` names tools from outside, all those of one
turn in one question; `sensitive` marks a tool where it is written. And both ways to show what would change: the preview
of a message is named where `sensitive` is, that of a refund in `interrupt-mcp.toml`.
"""

from decimal import Decimal
from sqlite3 import Connection, Row

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain.tools import ToolException, tool

from interrupt_mcp import sensitive
from interrupt_mcp_agents.desk_database import transaction
from interrupt_mcp_agents.offline import Rule, model

SYSTEM_PROMPT = """You work at the support desk of a small shop.
Look up what you need before you act. Refunds, deletions and messages are put to a person before they happen: call the
tool and do not ask for permission yourself. Make all the calls that a request needs in one turn.
Where a person rejected or changed a call, do not try it again; say what was done and what was not."""

ORDER = """
    SELECT orders.id, item, orders.cents, name, email, customer_id,
        (SELECT coalesce(sum(cents), 0) FROM refunds WHERE order_id = orders.id) AS refunded
    FROM orders JOIN customers ON customers.id = customer_id
"""

RULES = [
    Rule(
        "Find the orders of Ada",
        r"(?:find|list|show|look up) (?:me )?(?:the )?orders (?:of|for|from|by) (?P<customer>.+?)[.!?]*$",
        tool="find_orders",
    ),
    Rule("Show order 1001", r"(?:show|get|check|look up) (?:me )?(?:the )?order (?P<order_id>\d+)", tool="get_order"),
    Rule(
        "Refund 20 of order 1001 because it came late",
        r"refund \D?(?P<amount>\d+(?:\.\d+)?) (?:of|on|for) order (?P<order_id>\d+)(?: because (?P<reason>.+))?",
        tool="refund_order",
        args={"reason": "no reason given"},
    ),
    Rule(
        "Refund order 1001 20 because it came late",
        r"refund order (?P<order_id>\d+):? \D?(?P<amount>\d+(?:\.\d+)?)(?: because (?P<reason>.+))?",
        tool="refund_order",
        args={"reason": "no reason given"},
    ),
    Rule(
        "Delete customer 3",
        r"delete customers? (?P<customer_id>\d+(?:(?:,| and) \d+)*)",
        "delete_customer",
        each="customer_id",
    ),
    Rule(
        "Message ada@example.com: Sorry for the delay!",
        r"(?:message|email|write to|send a message to) (?P<to>[^\s:]+):? (?:that )?(?P<body>.+)",
        tool="send_message",
    ),
]


def money(cents: int) -> str:
    return f"{Decimal(cents) / 100:.2f}"


def described(order: Row) -> str:
    return (
        f"Order {order['id']}: {order['item']}, {money(order['cents'])}, refunded {money(order['refunded'])}, "
        f"for {order['name']} <{order['email']}> (customer {order['customer_id']})."
    )


def order_of(desk: Connection, order_id: int) -> Row:
    order: Row | None = desk.execute(f"{ORDER} WHERE orders.id = ?", [order_id]).fetchone()
    if order is None:
        raise ToolException(f"There is no order {order_id}.")
    return order


@tool
def find_orders(customer: str) -> str:
    """Find the orders of a customer, by name or email address or a part of them."""
    with transaction() as desk:
        orders = desk.execute(f"{ORDER} WHERE instr(lower(name || ' ' || email), lower(?))", [customer]).fetchall()
    return "\n".join(map(described, orders)) or f"No order of {customer} was found."


@tool
def get_order(order_id: int) -> str:
    """Look up one order: what it is, whose it is, what it cost and what of that was refunded."""
    with transaction() as desk:
        return described(order_of(desk, order_id))


def refundable(order: Row, amount: float) -> int:
    """Return the amount in cents, which the order has left to refund."""
    cents = Decimal(str(amount)) * 100
    if not cents.is_finite() or cents <= 0 or cents % 1:
        raise ToolException(f"{amount} cannot be refunded: it takes a positive amount with at most two decimals.")
    left = order["cents"] - order["refunded"]
    if cents > left:
        raise ToolException(f"Order {order['id']} has {money(left)} left to refund; {amount} is more than that.")
    return int(cents)


def change_by_refund(order_id: int, amount: float, reason: str) -> dict[str, object]:
    """Tell what the refund would change, and refund nothing."""
    with transaction() as desk:
        order = order_of(desk, order_id)
    before, after = (
        {"refunded": money(refunded), "left": money(order["cents"] - refunded)}
        for refunded in (order["refunded"], order["refunded"] + refundable(order, amount))
    )
    name = f"Order {order_id}, {order['item']}, of {order['name']}"
    return {"name": name, "before": before, "after": {**after, "reason": reason}}


@tool
def refund_order(order_id: int, amount: float, reason: str) -> str:
    """Refund an amount of money of an order, at most what is left of what it cost."""
    with transaction() as desk:
        cents = refundable(order_of(desk, order_id), amount)
        desk.execute("INSERT INTO refunds (order_id, cents, reason) VALUES (?, ?, ?)", [order_id, cents, reason])
    return f"Refunded {money(cents)} of order {order_id}."


@tool
def delete_customer(customer_id: int) -> str:
    """Delete a customer and all of the customer's orders. This cannot be undone."""
    with transaction() as desk:
        if not desk.execute("DELETE FROM customers WHERE id = ?", [customer_id]).rowcount:
            raise ToolException(f"There is no customer {customer_id}.")
    return f"Deleted customer {customer_id}."


def letter(to: str, body: str) -> str:
    """Tell how the message would look, and send nothing."""
    with transaction() as desk:
        customer = desk.execute("SELECT name FROM customers WHERE email = ?", [to]).fetchone()
    name = customer["name"] if customer else "no customer of this address"
    return f"To: {to} ({name})\n\n{body}"


@tool
@sensitive(allow=("accept", "edit", "reject"), description="Send a message to a customer", preview=letter)
def send_message(to: str, body: str) -> str:
    """Send a message to an email address."""
    with transaction() as desk:
        desk.execute("INSERT INTO messages (recipient, body) VALUES (?, ?)", [to, body])
    return f"Sent a message to {to}."


TOOLS = [find_orders, get_order, refund_order, delete_customer, send_message]
for each in TOOLS:
    # A `ToolException` is told to the model, and the run goes on; any other error ends the run.
    each.handle_tool_error = True

graph = create_agent(
    model(RULES),
    TOOLS,
    system_prompt=SYSTEM_PROMPT,
    middleware=[
        HumanInTheLoopMiddleware(
            interrupt_on={
                "refund_order": {
                    "allowed_decisions": ["approve", "edit", "reject"],
                    "description": "Refund money to a customer",
                },
                "delete_customer": {"allowed_decisions": ["approve", "reject"], "description": "Delete a customer"},
            }
        )
    ],
)
