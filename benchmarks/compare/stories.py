"""Made stories of two groups and a control, with known truth: `python -m benchmarks.compare.stories` prints the table.

Every story has items (tags), each with an event at a random time. What is varied: sizes of the groups, delays, how many
items, how much noise of uses that have nothing to do with any event. Clear stories have enough items and little noise;
unclear ones too few items, or delays that nobody could tell from another story, or no control group.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from benchmarks import page
from clew.compare import readings
from clew.compare.actions import Actions, Row, of
from clew.compare.groups import Groups, assign

TRUTHS = ("coordinated", "imitating", "common cause", "unrelated")
DAYS = 60
HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is made, and what it is."""

    truth: str
    items: int
    sizes: tuple[int, int, int]
    spread: float
    """Seconds: the median of natural delays after an event."""
    delay: float
    """Seconds by which a follower is later than its model."""
    step: float
    """Seconds within which coordinated posts lie."""
    noise: float
    """Uses that have nothing to do with an event, as a share of all."""
    slow: float
    """How many times slower B is by nature."""
    control: bool = True


def clear(truth: str, rng: np.random.Generator) -> Story:
    """Return a story that can be told."""
    a, b, c = (int(size) for size in rng.integers(8, 40, 3))
    return Story(
        truth=truth,
        items=int(rng.integers(40, 100)),
        sizes=(a, b, c),
        spread=float(rng.uniform(0.3, 2) * HOUR),
        delay=float(rng.uniform(2, 10) * HOUR),
        step=float(rng.uniform(2, 20)),
        noise=float(rng.uniform(0, 0.15)),
        slow=float(rng.choice([1.0, 1.0, 2.0, 4.0])),
    )


def unclear(truth: str, rng: np.random.Generator) -> Story:
    """Return a story that nobody can tell: too few items, or no control where it takes one, or all drowned in noise."""
    kind = rng.integers(3)
    base = clear(truth, rng)
    if kind == 0 or truth == "unrelated":
        return replace(base, items=int(rng.integers(1, 5)))
    if kind == 1:
        return replace(base, control=False)
    return replace(base, items=int(rng.integers(5, 9)), noise=0.8)


def told(story: Story, rng: np.random.Generator) -> tuple[Actions, Groups]:
    """Return what accounts do in a story, and their groups."""
    rows: list[Row] = []
    for item in range(story.items):
        event = rng.uniform(0, DAYS * 24 * HOUR)
        for group, times in zip("ABC", _times(story, event, rng), strict=True):
            accounts = rng.permutation(story.sizes["ABC".index(group)])
            rows += [
                (f"tag{item}", f"{group}{account}", f"{group}{account}-{len(rows)}-{n}", float(when))
                for n, (account, when) in enumerate(zip(accounts, times, strict=False))
            ]
    noise = int(len(rows) * story.noise)
    for n in range(noise):
        group = "ABC"[int(rng.integers(3))]
        account = int(rng.integers(story.sizes["ABC".index(group)]))
        when = float(rng.uniform(0, DAYS * 24 * HOUR))
        rows.append((f"tag{rng.integers(story.items)}", f"{group}{account}", f"noise{n}", when))
    actions = of(rows, "tag")
    names = [(account, account[0]) for account in actions.accounts if story.control or account[0] != "C"]
    return actions, assign(actions, names)


def _times(story: Story, event: float, rng: np.random.Generator) -> list[np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Return when accounts of A, B and C use an item: how many do, and how long after the event."""
    sizes = [max(1, int(rng.integers(size // 3, size + 1))) for size in story.sizes]

    def natural(size: int, slow: float = 1.0) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return event + rng.lognormal(np.log(story.spread * slow), 0.8, size)

    c = natural(sizes[2])
    if story.truth == "coordinated":
        orders = event + rng.exponential(story.spread, 1 + sizes[0] // 4)
        a = rng.choice(orders, sizes[0]) + rng.normal(0, story.step, sizes[0])
        return [a, rng.choice(orders, sizes[1]) + rng.normal(0, story.step, sizes[1]), c]
    if story.truth == "imitating":
        a = event + rng.uniform(0, 24 * HOUR) + rng.exponential(story.spread, sizes[0])
        b = a.min() + story.delay * rng.lognormal(0, 0.5, sizes[1])
        return [a, b, c]
    if story.truth == "common cause":
        return [natural(sizes[0]), natural(sizes[1], story.slow), c]
    far = [event, *rng.uniform(0, DAYS * 24 * HOUR, 2)]
    return [far[n] + rng.exponential(story.spread, sizes[n]) for n in range(3)]


def verdict(story: Story, rng: np.random.Generator, rules: readings.Rules) -> readings.Reading:
    """Return how a story is read."""
    actions, groups = told(story, rng)
    found = readings.evidence(actions, groups, "A", "B", "C" if story.control else None, rules)
    return readings.read(found, rules, actions.grain)


def confusion(make: str, stories: int, seed: int, rules: readings.Rules) -> dict[str, Counter[str]]:
    """Return for each truth how often it was read as what."""
    table: dict[str, Counter[str]] = {truth: Counter() for truth in TRUTHS}
    for number, truth in enumerate(TRUTHS):
        for child in np.random.SeedSequence([seed, number, len(make)]).spawn(stories):
            rng = np.random.default_rng(child)
            story = (clear if make == "clear" else unclear)(truth, rng)
            table[truth][verdict(story, rng, rules).verdict] += 1
    return table


def main() -> None:
    """Print both tables, and with --write put them into docs/compare.md."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--stories", type=int, default=250)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/compare.md")
    given = parser.parse_args()
    rules = readings.Rules(draws=299)
    start = time.monotonic()
    text = "\n\n".join(
        _told(make, given.stories, confusion(make, given.stories, given.seed, rules)) for make in ("clear", "unclear")
    )
    print(f"{text}\n\n{time.monotonic() - start:.0f} s")
    if given.write:
        command = f"python -m benchmarks.compare.stories --stories {given.stories} --seed {given.seed} --write"
        page.write(page.ROOT / "docs" / "compare.md", "stories", command, text)


def _told(make: str, stories: int, table: dict[str, Counter[str]]) -> str:
    names = (*TRUTHS, "cannot tell")
    rows = page.table(("truth", *names), ([truth, *(str(table[truth][name]) for name in names)] for truth in TRUTHS))
    right = sum(table[truth][truth] for truth in TRUTHS)
    others = sum(table[truth]["coordinated"] for truth in TRUTHS[1:])
    return (
        f"{make.capitalize()} stories, {stories} of each; rows: the truth, columns: what is read.\n\n{rows}\n\n"
        f"Right: {right / 4 / stories:.1%}. Falsely called coordinated: {others / 3 / stories:.2%}."
    )


if __name__ == "__main__":
    main()
