"""The main line of a self-reply tree, and the branches that leave it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from clew import numbering
from clew.numbering import Mark, Number
from clew.posts import Post

__all__ = ["Line", "Tree", "lines"]


@dataclass(frozen=True, slots=True)
class Tree:
    """Nodes of one author's self-replies; a node is an index into all nodes of the weave."""

    root: int
    children: Mapping[int, Sequence[int]]
    """In order of time, then id."""
    post: Callable[[int], Post | None]
    """The node's post; None for one that is absent."""


@dataclass(slots=True)
class Line:
    """Nodes in reading order with the author's numbers."""

    after: int | None
    """The node that the first one answers; None for the main line."""
    nodes: list[int]
    numbers: list[Number | None]


def lines(tree: Tree) -> list[Line]:
    """Return the main line, then the branches in the order in which they leave it. No node is lost, none is twice.

    At each step goes on the child that continues the author's numbering, else the one with the most of the author's
    posts below it, else the earliest. Then branches whose numbers fit a hole of the main line, or go on from its end,
    are put there: 11 that answers 9 goes after 10 (shared THREADS, section 4).
    """
    sizes = _sizes(tree) if tree.children.get(tree.root) else {}
    marks: dict[int, list[Mark]] = {}
    found: list[Line] = []
    waiting: list[tuple[int | None, int]] = [(None, tree.root)]
    while waiting:
        after, node = waiting.pop()
        nodes, left = _walk(tree, node, sizes, marks)
        waiting += reversed(left)
        found.append(Line(after, nodes, []))
    if len(found) > 1:
        found = _stitched(tree, found, marks)
    for line in found:
        line.numbers = numbering.fitted([_marks(tree, node, marks) for node in line.nodes])
    return found


def _sizes(tree: Tree) -> dict[int, int]:
    """Return how many posts hang below each node, itself included."""
    ordered, at = [tree.root], 0
    while at < len(ordered):
        ordered += tree.children.get(ordered[at], ())
        at += 1
    sizes: dict[int, int] = {}
    for node in reversed(ordered):
        sizes[node] = 1 + sum(sizes[child] for child in tree.children.get(node, ()))
    return sizes


def _marks(tree: Tree, node: int, marks: dict[int, list[Mark]]) -> list[Mark]:
    if node not in marks:
        post = tree.post(node)
        marks[node] = numbering.marks(post.text) if post else []
    return marks[node]


def _walk(
    tree: Tree, node: int, sizes: Mapping[int, int], marks: dict[int, list[Mark]]
) -> tuple[list[int], list[tuple[int, int]]]:
    """Return the line that begins at a node, and what leaves it: pairs of the node left and the first of the branch."""
    nodes: list[int] = []
    left: list[tuple[int, int]] = []
    number: int | None = None
    here: int | None = node
    while here is not None:
        nodes.append(here)
        number = _number_after(number, _marks(tree, here, marks))
        children = tree.children.get(here, ())
        if len(children) <= 1:
            here = children[0] if children else None
            continue
        wanted = [child for child in children if _continues(number, _marks(tree, child, marks))]
        best = max(wanted or children, key=lambda child: sizes[child])
        left += [(here, child) for child in children if child != best]
        here = best
    return nodes, left


def _number_after(number: int | None, marks: Sequence[Mark]) -> int | None:
    for mark in marks:
        if number is not None and mark.number == number + 1:
            return mark.number
    if marks and marks[0].weight >= 0.5 and (number is None or marks[0].number > number):
        return marks[0].number
    return number


def _continues(number: int | None, marks: Sequence[Mark]) -> bool:
    wanted = (1, 2) if number is None else (number + 1,)
    return any(mark.number in wanted and mark.weight >= 0.5 for mark in marks)


def _stitched(tree: Tree, found: list[Line], marks: dict[int, list[Mark]]) -> list[Line]:
    main, branches = found[0], found[1:]
    kept: list[Line] = []
    for branch in sorted(branches, key=lambda line: _first_number(tree, line, marks)):
        at = _place(tree, main, branch, marks)
        if at is None:
            kept.append(branch)
        else:
            main.nodes[at:at] = branch.nodes
    order = {id(line): index for index, line in enumerate(found)}
    return [main, *sorted(kept, key=lambda line: order[id(line)])]


def _first_number(tree: Tree, line: Line, marks: dict[int, list[Mark]]) -> int:
    found = _marks(tree, line.nodes[0], marks)
    return found[0].number if found else numbering.MOST + 1


def _place(tree: Tree, main: Line, branch: Line, marks: dict[int, list[Mark]]) -> int | None:
    """Return where in the main line a branch's numbers belong; None where they fit no hole and not its end."""
    numbers = numbering.fitted([_marks(tree, node, marks) for node in main.nodes])
    first = {mark.number for mark in _marks(tree, branch.nodes[0], marks) if mark.weight >= 0.5}
    if not first or sum(1 for number in numbers if number) < 2:
        return None
    own = [mark.number for node in branch.nodes for mark in _marks(tree, node, marks)[:1]]
    last: tuple[int, int] | None = None
    for at, number in enumerate(numbers):
        if number is None:
            continue
        if last is not None and last[1] + 1 in first and max(own) < number.number:
            return at
        last = (at, number.number)
    assert last is not None
    return len(main.nodes) if last[1] + 1 in first else None
