"""What happens is reported in each form, and what could not be sent comes later: the command itself, real servers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import feedparser  # type: ignore[import-untyped]
import pytest

from clew.errors import BadOption
from clew.watch import Book, News, courier
from clew.watch.courier import Courier
from tests.archive.worlds import made
from tests.services.mail import Mail, mail
from tests.services.mastodon import Mastodon
from tests.services.running import until
from tests.services.site import Asked, Reply, forwarding, site

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # in apprise
PASSWORD = "a-password-that-nobody-may-see"

Watch = Callable[..., "Told"]


class Told:
    """What a run said."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.out, self.err = done.stdout, done.stderr
        assert done.returncode == 0, done.stderr


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made(tmp_path / "held").close()
    return tmp_path / "held"


@pytest.fixture
def run(path: Path) -> Watch:
    """Return what asks every place once, in a process of its own."""

    def ran(*words: str, notify: Sequence[str] = (), add: str | None = None, **env: str) -> Told:
        given = {**os.environ, "CLEW_ARCHIVE": str(path), "CLEW_NOTIFY": " ".join(notify), **env}
        with Book.opened(path) as book:
            book.connection.execute("UPDATE watches SET due = 0")
        command = ["watch", "add", add] if add else ["watch", "run", "--once", *words]
        done = subprocess.run(
            [sys.executable, "-X", "dev", "-W", "ignore", "-m", "clew", *command],
            env=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return Told(done)

    return ran


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait between two messages to the same address, as apprise does for the servers' sake."""
    import apprise

    monkeypatch.setattr(apprise.NotifyBase, "request_rate_per_sec", 0)
    monkeypatch.setattr(courier, "LOOK", 0.05)
    monkeypatch.setattr(courier, "PAUSE", 0.05)


@pytest.fixture
def letters() -> Iterator[Mail]:
    with mail() as found:
        yield found


def by_mail(found: Mail) -> str:
    return f"mailto://desk:{PASSWORD}@127.0.0.1:{found.port}?smtp=127.0.0.1&mode=insecure&from=clew@example.org&to=desk@example.org"


SAYS = {
    "new": "new  @ana@",
    "edited": "edited  @ana@",
    "absent": "no longer there, which is not the same as deleted  @ana@",
    "failed": "can't be asked any more",
}


def test_each_kind_of_news_comes_in_each_form(
    server: Mastodon, run: Watch, letters: Mail, tmp_path: Path, path: Path
) -> None:
    """The terminal, JSON lines, a feed, an e-mail and a web hook all tell the same."""
    up = [True]
    hooked: list[Asked] = []

    def hook(asked: Asked) -> Reply:
        hooked.append(asked)
        return Reply(b"{}")

    feed = tmp_path / "news.atom"
    with (
        forwarding(server.url) as real,
        site(hook) as web,
        site(lambda a: real(a) if up[0] else Reply(status=404)) as at,
    ):
        notify = [by_mail(letters), web.url.replace("http://", "json://")]
        own = server.post("The water rises. Вода <b>.")
        run(add=f"{at.url}/@ana/{own}")
        with Book.opened(path) as book:
            book.connection.execute("UPDATE watches SET added = '2020-01-01T00:00:00Z'")

        def happens(kind: str, text: str, form: str) -> None:
            before = len(letters.letters), len(hooked)
            told = run("--to", form, "--atom", str(feed), notify=notify)
            if form == "jsonl":
                (news,) = map(json.loads, told.out.splitlines())
                assert (news["kind"], news["text"] or news["says"]) == (kind, text)
            else:
                assert SAYS[kind] in told.out
                assert text in told.out
            entry = feedparser.parse(str(feed)).entries[0]
            assert text in entry.content[0].value
            (letter,), (sent,) = letters.words()[before[0] :], hooked[before[1] :]
            assert SAYS[kind].replace("  ", " ") in " ".join(letter.split())
            assert text[:200] in " ".join(letter.split())
            assert SAYS[kind] in json.loads(sent.body)["message"]
            assert PASSWORD not in told.out + told.err

        happens("new", "The water rises. Вода <b>.", "text")
        server.edit(own, "The water rose. 水")
        happens("edited", "The water rose. 水", "text")
        assert "(before: The water rises. Вода <b>.)" in " ".join(letters.words()[-1].split())
        assert "Before: The water rises. Вода <b>." in feedparser.parse(str(feed)).entries[0].content[0].value
        second = server.post("And it fell.", to=own)
        happens("new", "And it fell.", "jsonl")
        server.delete(second)
        happens("absent", "And it fell.", "text")
        up[0] = False
        for _ in range(2):
            assert run("--to", "jsonl", notify=notify).out == ""
        happens("failed", "404", "text")
    assert [str(letter["To"]) for letter in letters.letters] == ["desk@example.org"] * 5
    assert str(letters.letters[0]["Subject"]).startswith("clew: @ana@")
    assert set(letters.passwords) == {PASSWORD.encode()}
    assert all(PASSWORD.encode() not in one.read_bytes() for one in tmp_path.rglob("*") if one.is_file())


def news(number: int, text: str = "The water rises.") -> News:
    return News(id=str(number), kind="new", watch="https://x.com/ana", noticed="2026-01-02T03:04:05.000Z", text=text)


def note(path: Path, *numbers: int, text: str = "The water rises.") -> None:
    with Book.opened(path) as book:
        book.note([news(number, text) for number in numbers])


HURRIED = pytest.mark.usefixtures("hurried")


@HURRIED
def test_what_people_write_is_no_markup_of_a_letter(path: Path, letters: Mail) -> None:
    with Courier(path, [by_mail(letters)], print):
        note(path, 1, text="<script>alert(1)</script> <img src=https://example.org/spy.png> a < b & c")
    (letter,) = letters.letters
    assert letter.get_content_type() == "text/plain"
    assert "<script>alert(1)</script> <img src=https://example.org/spy.png> a < b & c" in letters.words()[0]


@HURRIED
def test_many_news_come_in_few_letters_each_once_and_in_order(path: Path, letters: Mail) -> None:
    with Courier(path, [by_mail(letters)], print):
        note(path, *range(45))
    assert [str(letter["Subject"]) for letter in letters.letters] == ["clew: 20 news", "clew: 20 news", "clew: 5 news"]
    with Courier(path, [by_mail(letters)], print):
        pass
    assert len(letters.letters) == 3


@HURRIED
def test_what_an_address_does_not_take_is_sent_later_and_to_others_at_once(path: Path, letters: Mail) -> None:
    letters.refusals = 10**6
    said: list[str] = []
    with site(lambda _: Reply(b"{}")) as web:
        both = [by_mail(letters), web.url.replace("http://", "json://")]
        with Courier(path, both, said.append):
            note(path, 1)
            until(lambda: letters.refusals < 10**6 - 2, 10, "three refusals")
        assert len(web.asked) == 1
        assert said == ["clew: address number 1 to notify takes no message now; its news are sent later"]
        letters.refusals = 0
        with Courier(path, both, said.append):
            until(lambda: bool(letters.letters), 10, "the letter")
        assert len(web.asked) == 1
    assert len(letters.letters) == 1
    assert len(said) == 1


@HURRIED
def test_an_address_that_is_new_is_not_sent_what_was_told_before(path: Path, letters: Mail) -> None:
    note(path, 1)
    with Book.opened(path) as book:
        book.told([number for number, _ in book.untold()])
    note(path, 2)
    with Courier(path, [by_mail(letters)], print):
        pass
    assert [str(letter["Subject"]) for letter in letters.letters] == ["clew: https://x.com/ana"]


@HURRIED
def test_a_wrong_address_is_told_without_its_password(path: Path) -> None:
    with pytest.raises(BadOption) as raised:
        Courier(path, [f"nothing://ana:{PASSWORD}@example.org"], print)
    assert PASSWORD not in str(raised.value)
