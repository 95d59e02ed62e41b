"""A thread under study: its passages, and what was found in them so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from clew.evidence.finding import Finding, Found
from clew.evidence.models import Parser
from clew.evidence.passages import Passage
from clew.threads import PostEntry, Thread

__all__ = ["Study"]


class Study:
    """Holds what several extractors need of one thread, so that each thing is worked out once.

    >>> from clew.posts import Account, Post
    >>> from clew.threads import weave
    >>> post = Post(platform="x", id="1", author=Account(handle="ana"), text="Snow in Oslo")
    >>> [passage.text for passage in Study(next(iter(weave([post])))).passages]
    ['Snow in Oslo']
    """

    def __init__(self, thread: Thread, parser: Parser | None = None) -> None:
        self.thread = thread
        self.parser = parser
        """Reads a text with a language model; None: rules and gazetteers alone."""
        self._held: dict[str, list[Finding]] = {}

    @cached_property
    def passages(self) -> list[Passage]:
        """Every post of the main line, then of the branches."""
        lines = (self.thread.entries, *(branch.entries for branch in self.thread.branches))
        return [Passage.of(entry) for line in lines for entry in line if isinstance(entry, PostEntry)]

    def once(self, name: str, extract: Callable[[Study], Iterable[Finding]]) -> list[Finding]:
        """Return what an extractor finds; it is run when it is first asked for."""
        if name not in self._held:
            self._held[name] = list(extract(self))
        return self._held[name]

    def placed(self, passage: Passage, found: Iterable[Found], method: str) -> Iterator[Finding]:
        """Yield what was found in a passage as findings."""
        for kind, start, end, value, certainty, why in found:
            yield Finding(
                kind=kind,
                thread=self.thread.id,
                post=passage.post.id,
                start=start,
                end=end,
                quote=passage.text[start:end],
                value=value,
                certainty=certainty,
                why=why,
                method=method,
            )
