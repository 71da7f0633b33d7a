"""The condition by which a question keeps to some hamlets: what lies in them, and what belongs to none, is within everybody's scope."""

from collections.abc import Collection


def within(scope: Collection[str] | None, column: str = "hamlet") -> tuple[str, dict[str, object]]:
    """` AND (…)` on *column* for the hamlets in *scope*, with its parameters; nothing where *scope* is None: everywhere."""
    if scope is None:
        return "", {}
    names: dict[str, object] = {f"scope{number}": hamlet for number, hamlet in enumerate(sorted(scope))}
    return f" AND ({' OR '.join([f'{column} IS NULL', *(f'{column} = :{name}' for name in names)])})", names
