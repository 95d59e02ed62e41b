"""The one way to a server: polite, bounded, guarded, and each answer kept as it came before anybody reads it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import io
import logging
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import IO
from urllib.parse import quote, quote_plus, urljoin, urlsplit

import httpx2
import msgspec
import stamina

from clew.errors import NotFetched
from clew.fetch.answer import JSON, REPOSITORY, Answer, Attempt, agent
from clew.fetch.connections import Connections
from clew.fetch.guard import Guarded, Refused, Tape
from clew.fetch.pace import Pace, wait_named
from clew.fetch.settings import Secret, Settings, origin_of
from clew.fetch.spool import Spool
from clew.fetch.warc import Kept, Warc

__all__ = ["Client"]

logging.getLogger("stamina").addHandler(logging.NullHandler())

_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
"""Answers that say nothing of what was asked for; asking again may."""
SHORT = 12
"""Letters of a secret below which only its plain form is looked for."""
_MOVED = frozenset({301, 302, 303, 307, 308})


class _Again(Exception):
    """An attempt that failed in a way that another one may not."""

    def __init__(
        self,
        says: str,
        *,
        wait: float | None = None,
        status: int | None = None,
        part: _Exchange | None = None,
        out_of_reach: bool = False,
    ) -> None:
        self.says = says
        self.is_lost = not out_of_reach and status not in _AGAIN
        """True where the server may have answered, though the answer did not come."""
        self.wait = wait
        self.out_of_reach = out_of_reach
        """True where no connection came about."""
        self.part = part
        """What came before the answer broke off."""
        super().__init__(says)


@dataclass(slots=True)
class _Exchange:
    """One request and its answer, as they pass."""

    url: str
    status: int
    headers: httpx2.Headers
    request: list[tuple[str, str]]
    raw: IO[bytes]
    """What was received, as it came."""
    body: IO[bytes]
    """Unpacked."""
    digest: str | None
    size: int
    cut: str | None = None
    """Why it is not whole."""

    def close(self) -> None:
        self.raw.close()
        self.body.close()


@dataclass(slots=True)
class Client:
    """Asks servers, within the limits of the settings, and writes what they say into a WARC."""

    settings: Settings
    warc: Warc
    pace: Pace | None = None
    """How fast hosts are asked, where that is handed on from an earlier visit."""
    asked: Callable[[Attempt], None] = lambda _: None
    """Is told of every request as soon as something came of it."""
    paid: Callable[[float], None] = lambda _: None
    """Is told of US dollars before they may be spent; of fewer than none, where they were not."""
    route: str = ""
    attempts: list[Attempt] = field(default_factory=list)
    answered: int = 0
    """Answers that came, or stood in the file already."""
    asides: set[str] = field(default_factory=set)
    """Addresses whose answers only led on: lists of copies, lookups of names."""
    _guard: Guarded = field(init=False)
    _pace: Pace = field(init=False)
    _http: httpx2.AsyncClient = field(init=False)
    _requests: int = 0
    _is_paid: bool = False

    def __post_init__(self) -> None:
        limits = self.settings.limits
        self._guard = Guarded(self.settings.named())
        self._pace = self.pace or Pace(limits)
        self._http = httpx2.AsyncClient(
            transport=Connections(self._guard, self.settings),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={"User-Agent": agent(self.settings), "Accept-Encoding": "gzip"},
            timeout=httpx2.Timeout(limits.silence, connect=min(15.0, limits.silence)),
            follow_redirects=False,
            trust_env=False,
        )

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    def charge(self, dollars: float) -> None:
        """Note what the last request cost."""
        self.attempts[-1] = msgspec.structs.replace(self.attempts[-1], cost=dollars)

    def recall(self, answer: Answer) -> None:
        """Note an answer that came before this visit was interrupted."""
        self._log(answer.url, f"answered {answer.status} before it was interrupted", answer.status)

    def trust(self, url: str) -> None:
        """Let a server be asked though it is in a private network: one that the user's own server names."""
        self._guard.named.add(origin_of(url))

    async def get(
        self,
        url: str,
        *,
        accept: str = JSON,
        token: Secret | None = None,
        more: dict[str, str] | None = None,
        aside: bool = False,
        is_paid: bool = False,
    ) -> Answer:
        """Return the last answer for an address, redirects followed; whatever its status, it is kept.

        A token goes to the origin of the address alone, never along with a redirect. `aside` says that no posts are
        expected in the answer; `is_paid`, that one that is lost is not asked for again, since it may have been charged.

        Raises:
            NotFetched: No answer came that says anything of what was asked for; `attempts` tell why.
        """
        first, self._is_paid = origin_of(self._checked(url)), is_paid
        for _ in range(self.settings.limits.redirects + 1):
            own = token if origin_of(url) == first else None
            if aside:
                self.asides.add(url)
            answer = await self._answer(url, accept, own, more or {})
            moved = answer.headers.get("Location")
            if answer.status not in _MOVED or not moved:
                return answer
            try:
                url = urljoin(url, moved)
            except ValueError as error:
                raise self._given_up(url, "is moved to what is no address") from error
            url = self._checked(url)
        raise self._given_up(url, "is moved on and on")

    # One address -----------------------------------------------------------------------------------------------------

    async def _answer(self, url: str, accept: str, token: Secret | None, more: dict[str, str]) -> Answer:
        url = self._checked(url)
        kept = self.warc.kept.get(url)
        if kept is not None and not self.warc.finished:
            self.answered += 1
            return self._kept(kept, accept)
        headers = {"Accept": accept, **more, **(_validators(kept) if kept else {})}
        if token is not None:
            headers["Authorization"] = f"Bearer {token.value}"
        exchange = await self._exchanged(url, headers, is_repository=accept == REPOSITORY)
        with contextlib.ExitStack() as stack:
            stack.callback(exchange.close)
            if token is not None:
                self._refuse_echo(exchange, token)
            self.answered += 1
            if exchange.status == 304 and kept is not None:
                self.warc.add_unchanged(kept, exchange.request, exchange.raw)
                return self._kept(kept, accept)
            self._add(exchange, aside=url in self.asides)
            exchange.body.seek(0)
            if accept != REPOSITORY:
                return Answer(url, exchange.status, exchange.headers, exchange.body.read())
            stack.pop_all()
            exchange.raw.close()
            return Answer(url, exchange.status, exchange.headers, b"", exchange.body)

    def _add(self, exchange: _Exchange, *, aside: bool = False) -> None:
        raw, digest, cut = exchange.raw, exchange.digest, exchange.cut
        self.warc.add(exchange.url, exchange.request, raw, digest=digest, cut=cut, aside=aside)

    def _checked(self, url: str) -> str:
        """Return an address without its fragment.

        Raises:
            NotFetched: It is none of the web, or holds a password.
        """
        url = url.partition("#")[0]
        try:
            parts = urlsplit(url)
            sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            sound = False
        if not sound or parts.username or parts.password:
            raise self._given_up(url, "is no address that clew asks")
        return url

    async def _exchanged(self, url: str, headers: dict[str, str], *, is_repository: bool) -> _Exchange:
        """Return the exchange that said something, after as many attempts as are allowed."""
        limits = self.settings.limits
        found: _Exchange | None = None
        retries = stamina.retry_context(
            on=self._wait,
            attempts=limits.attempts,
            timeout=None,
            wait_initial=limits.pause,
            wait_max=max(limits.pause, min(limits.patience, 30)),
            wait_jitter=limits.pause,
        )
        try:
            async for attempt in retries:
                with attempt:
                    found = await self._once(url, headers, is_repository=is_repository)
        except _Again as error:
            if error.out_of_reach:
                self._pace.note_down(origin_of(url))
            if error.part is not None:
                self._add(error.part)
            raise self._given_up(url, error.says) from error
        assert found is not None
        return found

    def _wait(self, error: Exception) -> bool | float:
        """Say whether to try again, and after how many seconds where the server names them."""
        if not isinstance(error, _Again):
            return False
        if self._is_paid and error.is_lost:
            return False
        if error.says.endswith("is not known)"):  # a name that nobody knew is looked up once more
            return sum(one.says == error.says for one in self.attempts[-2:]) < 2
        if error.wait is None:
            return True
        return error.wait if error.wait <= self.settings.limits.patience else False

    async def _once(self, url: str, headers: dict[str, str], *, is_repository: bool) -> _Exchange:
        """Ask once.

        Raises:
            _Again: Nothing came that says anything of what was asked for.
            NotFetched: It never will.
        """
        limits = self.settings.limits
        self._requests += 1
        if self._requests > limits.requests:
            raise self._given_up(url, f"was not asked: clew asks at most {limits.requests} times for one address")
        host = origin_of(url)
        if (wish := self._pace.wish(host)) is not None:
            raise self._given_up(url, f"was not asked: it wants to be left alone for {wish:.0f} s more")
        if self._pace.is_down(host):
            raise self._given_up(url, "was not asked: its server could not be reached a moment ago")
        async with self._pace.turn(host):
            try:
                seconds = limits.repository_seconds if is_repository else limits.exchange
                async with asyncio.timeout(seconds), self._http.stream("GET", url, headers=headers) as response:
                    most = limits.repository if is_repository else limits.page
                    exchange = await _taken(url, response, most)
            except TimeoutError as error:
                raise self._again(url, f"took longer than {seconds:g} s") from error
            except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                raise self._failed(url, error) from error
            self._pace.heed(host, exchange.headers)
        return self._judged(exchange)

    def _judged(self, exchange: _Exchange) -> _Exchange:
        """Return an exchange that says something.

        Raises:
            _Again: It does not.
        """
        status, url = exchange.status, exchange.url
        if status in _AGAIN:
            wait = wait_named(exchange.headers, status)
            named = f" and asks to wait {wait:.0f} s" if wait else ""
            if wait:
                self._pace.rest(origin_of(url), wait)
            exchange.close()
            raise self._again(url, f"answered {status}{named}", wait=wait, status=status)
        if exchange.cut == "disconnect":
            part = _in_memory(exchange) if exchange.size <= self.settings.limits.page else None
            exchange.close()
            raise self._again(url, "broke off in the middle of its answer", status=status, part=part)
        says = f"answered {status}" if exchange.cut is None else f"answered {status}; the answer is too long"
        self._log(url, says, status)
        return exchange

    def _failed(self, url: str, error: httpx2.HTTPError | httpx2.InvalidURL) -> Exception:
        """Return what an error of the connection means."""
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, Refused):
                return self._given_up(url, f"was not asked: {cause}")
            cause = cause.__cause__ or cause.__context__
        match error:
            case httpx2.ConnectTimeout() | httpx2.ReadTimeout() | httpx2.PoolTimeout() | httpx2.WriteTimeout():
                return self._again(url, "did not answer in time")
            case httpx2.ConnectError():
                says = f"could not be reached ({str(error) or 'no connection'})"
                return self._again(url, says, out_of_reach=True)
            case httpx2.ProxyError():
                return self._given_up(url, f"is not given by the proxy ({error})")
            case httpx2.UnsupportedProtocol() | httpx2.InvalidURL():
                return self._given_up(url, "is no address that clew asks")
        return self._again(url, "broke off")

    def _again(
        self,
        url: str,
        says: str,
        *,
        wait: float | None = None,
        status: int | None = None,
        part: _Exchange | None = None,
        out_of_reach: bool = False,
    ) -> _Again:
        self._log(url, says, status)
        return _Again(says, wait=wait, status=status, part=part, out_of_reach=out_of_reach)

    def _given_up(self, url: str, says: str) -> NotFetched:
        if not self.attempts or (self.attempts[-1].url, self.attempts[-1].says) != (url, says):
            self._log(url, says, None)
        return NotFetched(url, says)

    def _log(self, url: str, says: str, status: int | None) -> None:
        self.attempts.append(Attempt(time=datetime.now(UTC), route=self.route, url=url, says=says, status=status))
        self.asked(self.attempts[-1])

    # Reading ---------------------------------------------------------------------------------------------------------

    def _kept(self, kept: Kept, accept: str) -> Answer:
        """Return an answer that stands in the file, as if it had just come."""
        headers = httpx2.Headers(dict(kept.headers))
        body = self.warc.body(kept)
        if accept == REPOSITORY:
            return Answer(kept.url, kept.status, headers, b"", body)
        with body:
            return Answer(kept.url, kept.status, headers, _unpacked(body.read(), headers, self.settings.limits.page))

    def _refuse_echo(self, exchange: _Exchange, token: Secret) -> None:
        """See to it that a token that a server repeats is not kept.

        Raises:
            NotFetched: It repeats it.
        """
        exchange.body.seek(0)
        found = exchange.raw.read() + exchange.body.read()
        if any(form.encode() in found for form in _forms(token.value)):
            raise self._given_up(exchange.url, "repeats the token in its answer, which was therefore not kept")
        exchange.raw.seek(0)


def _forms(secret: str) -> set[str]:
    """Return a secret as servers may repeat it: plain, in an address, in JSON, and packed for a header.

    Other forms of a short one stand in many an answer by chance.
    """
    if len(secret) < SHORT:
        return {secret}
    packed = base64.b64encode(secret.encode()).decode().rstrip("=")
    return {secret, quote(secret, safe=""), quote_plus(secret), secret.replace("/", "\\/"), packed}


async def _taken(url: str, response: httpx2.Response, most: int) -> _Exchange:
    """Return an answer's bytes; what breaks off or is too long is cut there and says so."""
    body = Spool()
    digest = hashlib.sha256()
    tape = response.extensions["network_stream"]
    assert isinstance(tape, Tape)
    cut: str | None = None
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS) if _is_packed(response.headers) else None
    packed = plain = 0
    try:
        async for chunk in response.aiter_raw():
            digest.update(chunk)
            packed += len(chunk)
            text = chunk if unpacker is None else unpacker.decompress(chunk, most - plain + 1)
            plain += len(text)
            if packed > most or plain > most:
                cut = "length"
                break
            body.write(text)
    except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.ReadTimeout, zlib.error):
        cut = "disconnect"
    if unpacker is not None and cut is None and packed and not unpacker.eof:
        cut = "disconnect"
    told = [(name, value) for name, value in response.request.headers.items() if name != "authorization"]
    is_chunked = "Transfer-Encoding" in response.headers  # tools do not agree on what is the body then
    named = None if is_chunked else f"sha256:{digest.hexdigest()}"
    return _Exchange(url, response.status_code, response.headers, told, tape.taken(), body.whole(), named, packed, cut)


def _in_memory(exchange: _Exchange) -> _Exchange:
    """Return the exchange with its bytes in memory, so that nothing need be closed."""
    return replace(exchange, raw=io.BytesIO(exchange.raw.read()), body=io.BytesIO())


def _is_packed(headers: httpx2.Headers) -> bool:
    return headers.get("Content-Encoding", "").strip().lower() in ("gzip", "x-gzip")


def _unpacked(body: bytes, headers: httpx2.Headers, most: int) -> bytes:
    if not _is_packed(headers) or not body.startswith(b"\x1f\x8b"):
        return body
    return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(body, most)


def _validators(kept: Kept) -> dict[str, str]:
    """Return the headers that ask for an answer only if it has changed."""
    pairs = (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified"))
    return {name: kept.headers[key] for name, key in pairs if key in kept.headers and kept.status == 200}
