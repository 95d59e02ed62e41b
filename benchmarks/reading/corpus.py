"""Make corpora for ConvoKit out of lines of API v1.1: `python -m benchmarks.reading.corpus FILE...`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from convokit import Corpus, Speaker, Utterance  # type: ignore[import-not-found, unused-ignore]


def main(path: Path) -> None:
    """Write the corpus beside the file."""
    speakers: dict[str, Speaker] = {}
    utterances = []
    seen: set[str] = set()
    with path.open("rb") as stream:
        for line in stream:
            tweet = json.loads(line)
            if tweet["id_str"] in seen:
                continue
            seen.add(tweet["id_str"])
            user = tweet["user"]
            speaker = speakers.setdefault(user["id_str"], Speaker(id=user["id_str"]))
            utterances.append(
                Utterance(
                    id=tweet["id_str"],
                    speaker=speaker,
                    conversation_id=tweet["id_str"],
                    reply_to=None,
                    timestamp=tweet["created_at"],
                    text=tweet["text"],
                )
            )
    target = path.with_suffix(".corpus")
    Corpus(utterances=utterances).dump(target.name, base_path=str(target.parent))


if __name__ == "__main__":
    for name in sys.argv[1:]:
        main(Path(name))
