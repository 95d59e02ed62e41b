"""Actions: who did what when, as arrays. One action is one account's post doing one thing, such as using a tag."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Actions", "Codes", "Flags", "Instants", "Names", "Row", "joined", "of", "ordered", "selected"]

Codes: TypeAlias = npt.NDArray[np.int32]
Instants: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

Row: TypeAlias = tuple[str, str, str, float]
"""Object, account, content, seconds since 1970."""

#: Milliseconds in a second; all times and windows inside the package are in milliseconds.
SECOND = 1000


@dataclass(frozen=True, slots=True)
class Names(Sequence[str]):
    """Strings by their codes, held in one block of memory."""

    held: Any
    """A pyarrow array of large strings."""

    @classmethod
    def of(cls, names: Iterable[str]) -> Names:
        """Return the names in the order given."""
        return cls(pa.array(names, type=pa.large_string()))

    def __len__(self) -> int:
        return len(self.held)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return self.held[at].to_pylist()
        return self.held[int(at)].as_py()

    def __iter__(self) -> Iterator[str]:
        return (name for batch in range(0, len(self.held), 10_000) for name in self[batch : batch + 10_000])

    def take(self, codes: Any) -> list[str]:
        """Return the names of many codes."""
        names: list[str] = self.held.take(pa.array(np.asarray(codes, dtype=np.int64))).to_pylist()
        return names


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions:
    """Actions in the order of object, time, account and content; none is there twice."""

    object: Codes
    """What was done: an index into `objects`."""
    account: Codes
    content: Codes
    """The post by which it was done."""
    time: Instants
    """Milliseconds since 1970."""
    leads: Flags
    """True for the first action of its post as the input had them."""
    objects: Names
    accounts: Names
    contents: Names
    traces: tuple[str, ...]
    trace_of: Codes
    """For each object, an index into `traces`."""
    aliases: Mapping[str, int] = field(default_factory=dict)
    """Other names of accounts (ids, handles in small letters) and their codes."""
    left: Mapping[str, int] = field(default_factory=dict)
    """Why actions or posts were left out, and how many."""

    def __len__(self) -> int:
        return len(self.object)

    @property
    def grain(self) -> int:
        """The milliseconds that all times are whole multiples of: 1, a second, a minute, an hour or a day."""
        for grain in (86_400_000, 3_600_000, 60_000, SECOND):
            if len(self) and not (self.time % grain).any():
                return grain
        return 1

    def repeats_itself(self) -> Flags:
        """Say of each action whether its object is its own post."""
        same = pc.equal(self.objects.held.take(pa.array(self.object)), self.contents.held.take(pa.array(self.content)))
        return np.asarray(same.to_numpy(zero_copy_only=False), dtype=bool)


def of(rows: Iterable[Row], trace: str = "object") -> Actions:
    """Return the actions that rows tell, all of one trace.

    >>> of([("o", "ana", "1", 0), ("o", "ben", "2", 5)]).time.tolist()
    [0, 5000]
    """
    columns: tuple[dict[str, int], ...] = ({}, {}, {})
    codes: tuple[list[int], ...] = ([], [], [])
    leads: list[bool] = []
    time: list[int] = []
    for *names, seconds in rows:
        leads.append(names[2] not in columns[2])
        time.append(round(seconds * SECOND))
        for known, column, name in zip(columns, codes, names, strict=True):
            column.append(known.setdefault(name, len(known)))
    return ordered(
        Actions(
            object=np.array(codes[0], dtype=np.int32),
            account=np.array(codes[1], dtype=np.int32),
            content=np.array(codes[2], dtype=np.int32),
            time=np.array(time, dtype=np.int64),
            leads=np.array(leads, dtype=bool),
            objects=Names.of(columns[0]),
            accounts=Names.of(columns[1]),
            contents=Names.of(columns[2]),
            traces=(trace,),
            trace_of=np.zeros(len(columns[0]), dtype=np.int32),
        )
    )


def ordered(actions: Actions) -> Actions:
    """Return the actions in their order, each once."""
    order = np.lexsort((~actions.leads, actions.content, actions.account, actions.time, actions.object))
    sorted_ = selected(actions, order)
    fresh = np.zeros(len(order), dtype=bool)
    fresh[:1] = True
    for column in (sorted_.object, sorted_.time, sorted_.account, sorted_.content):
        fresh[1:] |= column[1:] != column[:-1]
    again = len(order) - int(fresh.sum())
    left = Counter(actions.left) + Counter({"actions that were given twice": again} if again else {})
    return replace(selected(sorted_, fresh) if again else sorted_, left=dict(left))


def selected(actions: Actions, wanted: Flags | npt.NDArray[np.intp]) -> Actions:
    """Return some of the actions, by flags or by rows; codes and names stay."""
    return replace(
        actions,
        object=actions.object[wanted],
        account=actions.account[wanted],
        content=actions.content[wanted],
        time=actions.time[wanted],
        leads=actions.leads[wanted],
    )


def joined(parts: Sequence[Actions]) -> Actions:
    """Return the actions of several inputs as one; accounts and objects of the same name are the same."""
    if len(parts) == 1:
        return parts[0]
    traces = tuple(dict.fromkeys(trace for part in parts for trace in part.traces))
    accounts, account_of = _united([part.accounts for part in parts])
    contents, content_of = _united([part.contents for part in parts])
    keyed = [Names.of(f"{part.traces[t]}\0{name}" for name, t in zip(part.objects, part.trace_of, strict=True))
             for part in parts]  # fmt: skip
    keys, object_of = _united(keyed)
    split = [key.partition("\0") for key in keys]
    left: Counter[str] = Counter()
    for part in parts:
        left.update(part.left)
    return ordered(
        Actions(
            object=np.concatenate([codes[part.object] for codes, part in zip(object_of, parts, strict=True)]),
            account=np.concatenate([codes[part.account] for codes, part in zip(account_of, parts, strict=True)]),
            content=np.concatenate([codes[part.content] for codes, part in zip(content_of, parts, strict=True)]),
            time=np.concatenate([part.time for part in parts]),
            leads=np.concatenate([part.leads for part in parts]),
            objects=Names.of(name for _, _, name in split),
            accounts=accounts,
            contents=contents,
            traces=traces,
            trace_of=np.array([traces.index(trace) for trace, _, _ in split], dtype=np.int32),
            aliases={
                name: int(codes[code])
                for codes, part in zip(account_of, parts, strict=True)
                for name, code in part.aliases.items()
            },
            left=dict(left),
        )
    )


def _united(parts: Sequence[Names]) -> tuple[Names, list[Codes]]:
    """Return the distinct names of all, and for each part the new codes of its names."""
    column = pa.chunked_array([part.held for part in parts], type=pa.large_string()).combine_chunks()
    column = column if isinstance(column, pa.Array) else column.chunk(0)
    encoded = column.dictionary_encode()
    codes = encoded.indices.to_numpy().astype(np.int32)
    bounds = np.cumsum([len(part) for part in parts])[:-1]
    return Names(encoded.dictionary), list(np.split(codes, bounds))
