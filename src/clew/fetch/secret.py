"""What opens doors and is shown to nobody."""

from __future__ import annotations

__all__ = ["Secret"]


class Secret:
    """A token or a password. It shows itself to nobody but who asks for its `value`."""

    __slots__ = ("value",)

    def __init__(self, value: str) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "Secret(***)"
