"""A mail server that keeps what it is given."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.services.running import free_port

__all__ = ["Mail", "mail"]


@dataclass(slots=True)
class Mail:
    """A server that is running."""

    port: int
    letters: list[EmailMessage] = field(default_factory=list)
    passwords: list[bytes] = field(default_factory=list)
    """With which people signed in."""
    refusals: int = 0
    """So many letters are refused before one is taken."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refusals:
            self.refusals -= 1
            return "451 try again later"
        self.letters.append(message_from_bytes(envelope.content or b"", policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"

    def words(self) -> list[str]:
        """Return what stands in the letters, in plain text."""
        bodies = (letter.get_body(("plain", "html")) for letter in self.letters)
        return [str(body.get_content()) for body in bodies if body is not None]


@contextlib.contextmanager
def mail() -> Iterator[Mail]:
    """Run a server on a free loopback port within the block; everybody may sign in."""
    found = Mail(free_port())

    def sign_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        found.passwords.append(given.password)
        return AuthResult(success=True)

    controller = Controller(
        found,
        hostname="127.0.0.1",
        port=found.port,
        authenticator=sign_in,
        auth_require_tls=False,
        server_hostname="mail.test",
    )
    controller.start()
    try:
        yield found
    finally:
        controller.stop()
