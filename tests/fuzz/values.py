"""Values at random: such as a schema asks for, and such as nobody does. It knows JSON, not tools."""

import random
from typing import Any

TEXTS = (
    *("", " ", "a", "accept", "null", "{}", "[]", "\x00", "\x1b[2J", "a\nb", "\u202egnp.exe", "\u200b", "😀" * 50),
    *(
        "é",
        "e\u0301",
        "\ud83d",
        "a\udc00b",
        "../../etc/passwd",
        "'; DROP TABLE runs; --",
        "${jndi:ldap://x}",
        "{{7*7}}",
    ),
    *(
        "%s%s%n",
        "<script>alert(1)</script>",
        "A7",
        "-1",
        "9" * 30,
        "0x10",
        "NaN",
        "true",
        "__start__",
        "|",
        ":",
        "🏴" * 9,
    ),
    *("run://x", "thread://%00", "interrupts://pending", "checkpoint_id", "x" * 200, "x" * 201, "x" * 5_000),
)
NUMBERS = (
    0,
    1,
    -1,
    2,
    25,
    26,
    100,
    101,
    2**31,
    2**53,
    2**63,
    2**64,
    -(2**63) - 1,
    10**30,
    0.5,
    -0.0,
    1e308,
    1e-320,
    24.999,
)
OBJECTS: tuple[Any, ...] = (
    {},
    {"__overwrite__": ["x"]},
    {"__overwrite__": 5},
    {"value": ["x"], "type": "__overwrite__"},
    {"lc": 1, "type": "constructor", "id": ["os", "system"], "kwargs": {"command": "true"}},
    {"": None},
    {"__proto__": 1, "__class__": "x", "constructor": {}},
    {"type": "accept"},
    {"role": "user"},
    {"role": "user", "content": "hello"},
    {"role": "assistant", "content": "", "tool_calls": [{"name": "pay", "args": {"to": "x", "amount": 1}, "id": "c"}]},
    {"role": "tool", "content": "paid", "tool_call_id": "c"},
    {"type": "remove", "id": "__remove_all__"},
    {"type": "remove", "id": "nobody", "content": ""},
    {"thread_id": "other", "__pregel_resuming": True, "checkpoint_id": "x"},
)


def nested(depth: int, *, lists: bool) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value] if lists else {"a": value}
    return value


def anything(rng: random.Random, depth: int = 0) -> Any:
    """Some value."""
    kind = rng.randrange(12 if depth < 4 else 8)
    if kind < 3:
        return rng.choice(TEXTS)
    if kind < 5:
        return rng.choice(NUMBERS)
    if kind < 7:
        return rng.choice((None, True, False))
    if kind < 8:
        return rng.choice(OBJECTS)
    if kind == 8:
        return [anything(rng, depth + 1) for _ in range(rng.choice((0, 1, 1, 2, 5)))]
    if kind == 9:
        return {rng.choice(TEXTS[:40]): anything(rng, depth + 1) for _ in range(rng.choice((0, 1, 2, 4)))}
    if kind == 10:
        return nested(rng.choice((3, 63, 64, 65, 500)), lists=rng.random() < 0.5)
    return rng.choice(("x" * 20_000, ["x"] * 1_000, {str(n): n for n in range(300)}))


def like(rng: random.Random, schema: Any, root: Any) -> Any:
    """A value such as the schema asks for, as far as it is understood here."""
    schema = _resolved(schema, root)
    if "enum" in schema:
        return rng.choice(schema["enum"])
    if "const" in schema:
        return schema["const"]
    if "anyOf" in schema:
        return like(rng, rng.choice(schema["anyOf"]), root)
    match schema.get("type"):
        case "string":
            return rng.choice(("x", "a name", "text", "hello there"))
        case "integer":
            return rng.randint(int(schema.get("minimum", 0)), int(schema.get("maximum", 5)))
        case "number":
            return round(rng.uniform(schema.get("minimum", 0), schema.get("maximum", 5)), 2)
        case "boolean":
            return rng.random() < 0.5
        case "array":
            return [like(rng, schema.get("items", {}), root) for _ in range(rng.choice((0, 1, 2)))]
        case "object":
            named = schema.get("properties", {})
            required = schema.get("required", ())
            return {k: like(rng, v, root) for k, v in named.items() if k in required or rng.random() < 0.5}
        case "null":
            return None
        case _:
            return anything(rng, 3)


def _resolved(schema: Any, root: Any) -> dict[str, Any]:
    if not isinstance(schema, dict):
        return {}
    if "$ref" in schema:
        found: dict[str, Any] = root.get("$defs", {}).get(schema["$ref"].rpartition("/")[2], {})
        return found
    return schema


def broken(rng: random.Random, value: Any) -> Any:
    """The value, changed somewhere."""
    if isinstance(value, dict) and value and rng.random() < 0.8:
        name = rng.choice(list(value))
        match rng.randrange(5):
            case 0:
                return {k: v for k, v in value.items() if k != name}
            case 1:
                return {**value, rng.choice(TEXTS[:40]): anything(rng, 2)}
            case _:
                return {**value, name: broken(rng, value[name])}
    if isinstance(value, list) and value and rng.random() < 0.7:
        place = rng.randrange(len(value))
        return rng.choice(
            ([*value, anything(rng, 2)], [*value[:place], broken(rng, value[place]), *value[place + 1 :]])
        )
    return anything(rng)
