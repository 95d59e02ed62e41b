"""Text that cannot drive a terminal, nor turn the order of what is read there."""

from __future__ import annotations

__all__ = ["safe"]

#: Controls are shown as their signs; what overrides the order of letters as U+FFFD; isolates, which posts on X are
#: full of and which could close ours, are dropped.
_UNSAFE = {
    **{code: chr(0x2400 + code) for code in range(0x20) if code not in (0x09, 0x0A)},
    0x09: "    ",
    0x7F: "␡",
    **dict.fromkeys(range(0x80, 0xA0), "�"),
    **dict.fromkeys((0x85, 0x2028, 0x2029), "\n"),
    **dict.fromkeys(range(0x202A, 0x202F), "�"),
    **dict.fromkeys(range(0x2066, 0x206A), None),
    **dict.fromkeys(range(0x206A, 0x2070), "�"),
    **dict.fromkeys(range(0xD800, 0xE000), "�"),
}


def safe(text: str) -> str:
    """Return the text with all that a terminal would act upon made visible or dropped; every line end becomes \\n.

    >>> safe("red: \\x1b[31m")
    'red: ␛[31m'
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_UNSAFE)
