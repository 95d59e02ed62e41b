"""W3C Web Annotations of posts and passages, and whether they still hold.

A passage is named twice: by its words with those around them, and by its place, in code points of the post's text.
The digest of that text and the capture it was read from stand beside, so that it can be found again and checked.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from clew import addresses
from clew.errors import BadOption
from clew.posts import Post
from clew.publish.links import named, web_address
from clew.publish.wrap import clusters
from clew.threads import infer

__all__ = ["Annotation", "Checked", "annotate", "check", "digest", "page", "parse", "places"]

AROUND = 32
"""Code points before and behind a passage that are kept to find it by."""
CONTEXT = ["http://www.w3.org/ns/anno.jsonld", {"clew": "urn:clew:"}]

Value = dict[str, Any]
Status = Literal["holds", "moved", "changed", "absent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """What is asked of an annotation when it is checked."""

    id: str
    post: str | None
    """Platform, colon, id; None where it was not made by clew."""
    source: str | None
    """The address of what it is about."""
    exact: str
    prefix: str
    suffix: str
    start: int | None
    end: int | None
    digest: str | None
    """Of the whole text."""
    capture: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What became of an annotation."""

    id: str
    status: Status
    """holds: the words stand where they stood · moved: elsewhere in the post · changed: nowhere in it ·
    absent: the post is not held."""
    says: str


def digest(text: str) -> str:
    """Return the digest of a post's text: `sha256:` and that of its UTF-8 bytes."""
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def places(posts: Iterable[Post], passage: str) -> list[tuple[Post, int, int]]:
    """Return where words stand in posts; white space counts as alike, and no letter is cut apart.

    >>> from clew.posts import Account
    >>> [at[1:] for at in places([Post(platform="x", id="1", author=Account(), text="a  long quay")], "long quay")]
    [(3, 12)]
    """
    words = passage.split()
    return [place for post in posts for place in _places(post, words)] if words else []


def _places(post: Post, words: Sequence[str]) -> Iterator[tuple[Post, int, int]]:
    start = post.text.find(words[0])
    while start >= 0:
        end = start + len(words[0])
        for word in words[1:]:
            gap = len(post.text) - end - len(post.text[end:].lstrip())
            end = end + gap + len(word) if gap and post.text.startswith(word, end + gap) else -1
            if end < 0:
                break
        else:
            yield post, *_whole(post.text, start, end)
        start = post.text.find(words[0], start + 1)


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span widened to what readers see as whole characters, such as flags and joined emoji."""
    at = 0
    for cluster in clusters(text):
        after = at + len(cluster)
        if at < start < after:
            start = at
        if at < end < after:
            end = after
        at = after
    return start, end


def annotate(post: Post, created: datetime, span: tuple[int, int] | None = None) -> Value:
    """Return the annotation of a passage; without a span, of the post's whole text."""
    start, end = span or (0, len(post.text))
    name = f"{post.platform}:{post.id}"
    url = web_address(post.url or addresses.post_url(post.platform, post.author.handle, post.id))
    quote = {
        "type": "TextQuoteSelector",
        "exact": post.text[start:end],
        "prefix": post.text[max(start - AROUND, 0) : start],
        "suffix": post.text[end : end + AROUND],
    }
    target: Value = {
        "type": "SpecificResource",
        "source": url or f"urn:clew:{name}",
        "selector": [quote, {"type": "TextPositionSelector", "start": start, "end": end}],
        "clew:post": name,
        "clew:author": post.author.label,
        "clew:textDigest": digest(post.text),
    }
    state = _state(post)
    return {
        "@context": CONTEXT,
        "id": named(f"{name}#{start}-{end} {digest(post.text)}"),
        "type": "Annotation",
        "motivation": "identifying" if span is None else "highlighting",
        "created": _stamp(created),
        "target": target | ({"state": state} if state else {}),
    }


def _state(post: Post) -> Value:
    """Return when the post read so, and the capture that holds it."""
    state: Value = {"type": "TimeState"}
    moment = post.edited or infer.moment(post)
    if moment:
        state["sourceDate"] = _stamp(moment)
    if post.origin:
        state["cached"] = _named(post.origin.capture)
        state["clew:capture"] = post.origin.capture
        state["clew:file"], state["clew:place"] = post.origin.file, post.origin.place
    return state if len(state) > 1 else {}


def _named(capture: str) -> str:
    """Return a digest as an address (RFC 6920)."""
    raw = base64.urlsafe_b64encode(bytes.fromhex(capture.removeprefix("sha256:"))).decode().rstrip("=")
    return f"ni:///sha-256;{raw}"


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def page(annotations: Sequence[Value]) -> str:
    """Return JSON: the annotation itself, or a page of several."""
    whole = annotations[0] if len(annotations) == 1 else _page(annotations)
    text = json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
    return re.sub(r"[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", text)


def _page(annotations: Sequence[Value]) -> Value:
    names = " ".join(str(one["id"]) for one in annotations)
    items = [{key: value for key, value in one.items() if key != "@context"} for one in annotations]
    return {"@context": CONTEXT, "id": named(names), "type": "AnnotationPage", "items": items}


def parse(content: bytes, path: str) -> list[Annotation]:
    """Return the annotations of a file: one, a list, a page, a collection, or one a line.

    Raises:
        BadOption: It is none of these.
    """
    try:
        whole = [json.loads(content)]
    except ValueError:
        try:
            whole = [json.loads(line) for line in content.splitlines() if line.strip()]
        except ValueError as error:
            raise BadOption(f"{path}: holds no annotations that can be read, for it is no JSON ({error}).") from error
    annotations = [_annotation(value) for one in whole for value in _flat(one)]
    if not annotations:
        raise BadOption(f"{path}: holds no annotations. `clew cite --to annotation` makes them.")
    return annotations


def _flat(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield the annotations in lists, pages and collections; each target of one that has several is one of its own."""
    pending = [value]
    while pending:
        one = pending.pop(0)
        if isinstance(one, list):
            pending[:0] = one
        elif isinstance(one, Mapping):
            inner = one.get("items", one.get("first"))
            targets = one.get("target")
            if inner is not None:
                pending[:0] = [inner]
            elif isinstance(targets, list):
                pending[:0] = [{**one, "target": target} for target in targets]
            elif targets is not None:
                yield one


def _annotation(value: Mapping[str, Any]) -> Annotation:
    target = value["target"] if isinstance(value["target"], Mapping) else {"source": value["target"]}
    selectors = _listed(target.get("selector"))
    quote = next((one for one in selectors if one.get("type") == "TextQuoteSelector"), {})
    place = next((one for one in selectors if one.get("type") == "TextPositionSelector"), {})
    state = next(iter(_listed(target.get("state"))), {})
    source = target.get("source")
    source = source.get("id") if isinstance(source, Mapping) else source
    return Annotation(
        id=_text(value.get("id")) or "an annotation without an id",
        post=_text(target.get("clew:post")) or None,
        source=_text(source) or None,
        exact=_text(quote.get("exact")),
        prefix=_text(quote.get("prefix")),
        suffix=_text(quote.get("suffix")),
        start=_place(place.get("start")),
        end=_place(place.get("end")),
        digest=_text(target.get("clew:textDigest")) or None,
        capture=_text(state.get("clew:capture")) or None,
    )


def _listed(value: object) -> list[Mapping[str, Any]]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, Mapping)]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _place(value: object) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None


def check(annotations: Iterable[Annotation], posts: Iterable[Post]) -> Iterator[Checked]:
    """Yield for each annotation whether it still holds; of several sightings of a post the best answer counts."""
    held: dict[str, list[Post]] = {}
    for post in posts:
        for name in _names(post):
            held.setdefault(name, []).append(post)
    for one in annotations:
        own = held.get(one.post or "") or held.get(one.source or "") or []
        answers = [_checked(one, post) for post in own]
        yield min(answers, key=lambda answer: _ORDER.index(answer.status), default=_absent(one))


_ORDER: tuple[Status, ...] = ("holds", "moved", "changed", "absent")


def _names(post: Post) -> set[str]:
    url = post.url or addresses.post_url(post.platform, post.author.handle, post.id)
    names = {f"{post.platform}:{post.id}", f"urn:clew:{post.platform}:{post.id}", post.id, url, web_address(url)}
    return {name for name in names if name}


def _absent(one: Annotation) -> Checked:
    return Checked(id=one.id, status="absent", says=f"{one.post or one.source or 'what it is about'} is not held")


def _checked(one: Annotation, post: Post) -> Checked:
    name = f"{post.platform}:{post.id}"
    where = "" if one.capture is None or post.origin is None else _where(one, post)
    same = one.digest is not None and one.digest == digest(post.text)
    if one.start is not None and one.end is not None and post.text[one.start : one.end] == one.exact:
        words = "the text of the post is the same" if same else "other words of the post are not those of then"
        says = words if same or one.digest else "the words stand where they stood"
        return Checked(id=one.id, status="holds", says=f"{name}: {says}{where}")
    start = _again(one, post.text)
    if start is not None:
        status: Status = "moved" if one.start is not None else "holds"
        says = f"the words now stand at code points {start}-{start + len(one.exact)}"
        return Checked(id=one.id, status=status, says=f"{name}: {says}{where}")
    earlier = any(one.exact and one.exact in version.text for version in post.versions)
    says = "the words stand in another wording of the post only" if earlier else "the words do not stand in the post"
    return Checked(id=one.id, status="changed", says=f"{name}: {says}{where}")


def _where(one: Annotation, post: Post) -> str:
    same = post.origin is not None and post.origin.capture == one.capture
    return ", in the same capture" if same else ", in another capture"


def _again(one: Annotation, text: str) -> int | None:
    """Return where the words stand now, by what stood around them where they stand more than once."""
    if not one.exact:
        return None
    whole = text.find(one.prefix + one.exact + one.suffix)
    if whole >= 0:
        return whole + len(one.prefix)
    start = text.find(one.exact)
    return start if start >= 0 and text.find(one.exact, start + 1) < 0 else None
