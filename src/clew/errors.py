"""Everything that can go wrong, as a tree.

    ClewError
        InputError                what the user gave cannot be used (exit code 2)
            NotReadable           no such file, no permission, not a regular file
            UnknownFormat         no source knows it
            AmbiguousFormat       more than one source claims it
            DamagedFile           it is broken from some place on
            UnsafeFile            reading it could harm: path escapes, bombs
            BadOption             an option's value makes no sense
            BadQuery              a search that cannot be meant so
            MissingLibrary        what is asked for needs a library that is not installed
            NotFetched            no server gives what an address names
            NoArchive             no archive in the folder, or already one
            WasRemoved            it would bring back what was removed on request
        ArchiveError              the archive on disk needs care (exit code 3)
            DamagedArchive        what is there is not what was written
            NotWritten            the disk refuses; what was acknowledged is kept
        NothingFound              all was read and nothing answers the question (exit code 4)

`BadRecord` stands apart: it never leaves the package, since sources turn it into a Problem.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from unicodedata import combining, east_asian_width

__all__ = [
    "AmbiguousFormat",
    "ArchiveError",
    "BadOption",
    "BadQuery",
    "BadRecord",
    "ClewError",
    "DamagedArchive",
    "DamagedFile",
    "InputError",
    "MissingLibrary",
    "NoArchive",
    "NotFetched",
    "NotReadable",
    "NotWritten",
    "NothingFound",
    "UnknownFormat",
    "UnsafeFile",
    "WasRemoved",
    "needing",
]


class ClewError(Exception):
    """Any failure that clew foresees; its text says what, where and what to do next."""

    exit_code = 2


class InputError(ClewError):
    """What the user gave cannot be used."""


class NotReadable(InputError):
    """A path that cannot be opened."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}.")


class UnknownFormat(InputError):
    """No source knows the input."""

    def __init__(self, path: str, hint: str = "") -> None:
        self.path = path
        self.hint = hint
        looked = hint or "not a format clew reads"
        super().__init__(f"{path}: {looked}. See `clew formats` for what it reads; name one with --from.")


class AmbiguousFormat(InputError):
    """More than one source claims the input."""

    def __init__(self, path: str, claimants: Sequence[str]) -> None:
        self.path = path
        self.claimants = tuple(claimants)
        super().__init__(f"{path}: could be {' or '.join(claimants)}. Name one with --from.")


class DamagedFile(InputError):
    """A file that is broken; what stood before the damage has been given out."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}.")


class UnsafeFile(InputError):
    """A file that clew refuses to unpack."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}. Clew did not unpack it.")


class BadOption(InputError):
    """An option's value makes no sense."""


class BadQuery(InputError):
    """A search that cannot be meant so; shows the place, and what might be meant."""

    def __init__(self, query: str, place: int, reason: str, better: str) -> None:
        self.query = query
        self.place = place
        """The code point at which it goes wrong."""
        self.reason = reason
        self.better = better
        """A query that might be meant; empty where none comes to mind."""
        shown = " ".join(query.split("\n"))
        hint = f"\n  perhaps: {better}" if better and better != query else ""
        super().__init__(f"{reason}\n  {shown}\n  {' ' * _columns(shown[:place])}^{hint}")


def _columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(0 if combining(sign) else 2 if east_asian_width(sign) in "WF" else 1 for sign in text)


class MissingLibrary(InputError):
    """What is asked for needs a library that is not installed."""

    def __init__(self, what: str, library: str, extra: str) -> None:
        self.library = library
        super().__init__(f"{what} needs {library}, which is not installed. Bring it with: pip install 'clew[{extra}]'")


@contextmanager
def needing(what: str, extra: str) -> Iterator[None]:
    """Say of a library that is imported within, and is not there, what needs it and which extra of clew brings it.

    Raises:
        MissingLibrary: One of them is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingLibrary(what, str(error.name), extra) from error


class NotFetched(InputError):
    """No server gives what an address names."""

    def __init__(self, url: str, reason: str) -> None:
        self.url = url
        self.reason = reason
        super().__init__(f"{url}: {reason}.")


class NoArchive(InputError):
    """A folder that is no archive; or that is one already, where a new one is to be made."""

    def __init__(self, path: str, *, already: bool = False) -> None:
        self.path = path
        self.already = already
        what = "there is an archive already" if already else f"no archive here. Make one with: clew init {path}"
        super().__init__(f"{path}: {what}{'.' if already else ''}")


class WasRemoved(InputError):
    """An input that holds what was removed from an archive at somebody's request."""

    def __init__(self, name: str, count: int | None, reason: str) -> None:
        self.count = count
        self.reason = reason
        what = f"holds {count:,} posts that were removed".replace(",", " ") if count else "was removed"
        super().__init__(
            f"{name}: {what} from this archive ({reason}). Nothing was added; to add it all the same, use --again."
        )


class ArchiveError(ClewError):
    """The archive on disk needs care."""

    exit_code = 3


class DamagedArchive(ArchiveError):
    """What is in the archive is not what clew wrote."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}. `clew verify` says what is damaged and what to do.")


class NotWritten(ArchiveError):
    """The disk refuses; what was acknowledged before is kept."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: cannot be written ({reason}). What was kept before is safe; run the command again.")


class NothingFound(ClewError):
    """Everything was read and nothing answers the question."""

    exit_code = 4


class BadRecord(Exception):
    """What is amiss in one record; becomes the reason of a Problem."""
