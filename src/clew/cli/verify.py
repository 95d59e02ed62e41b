"""`clew verify`: whether an archive is what clew wrote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clew.cli.archives import archive_option, place
from clew.cli.output import paper, write
from clew.cli.progress import Progress
from clew.errors import ArchiveError, BadOption

if TYPE_CHECKING:
    from clew.archive.any_file import FileReport
    from clew.archive.verify import Report, Trust

__all__ = ["command"]


@click.command("verify")
@click.argument("files", nargs=-1, metavar="[FILE|DIR...]")
@archive_option
@click.option("--deep", is_flag=True, help="Read and weave every capture again, and hold the database to that.")
@click.option("--key", "keys", multiple=True, metavar="KEY", help="Only seals by this public key count.")
@click.option("--roots", metavar="FILE", help="Only time stamps up to these root certificates, in PEM, count.")
@click.option("--head", "heads", multiple=True, metavar="DIGEST", help="The ledger must hold this head that you noted.")
@click.option("--json", "as_json", is_flag=True, help="The report as one line of JSON.")
@click.option("--quiet", is_flag=True, help="No progress.")
def command(
    files: tuple[str, ...],
    archive: str | None,
    deep: bool,
    keys: tuple[str, ...],
    roots: str | None,
    heads: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> int:
    """Check all that an archive holds, or any WACZ or WARC file, and say what is proved.

    Offline, and both ways: everything that is listed is there to its last byte, and nothing is there that is not
    listed. Damage in one place never hides the rest. Says what is proved, what is not, and for each damage what to do.
    Nothing is written. Whoever can write to an archive could make all of it anew; that is told by what you hold from
    elsewhere: the head of the ledger, the key of its keeper, the root certificate of an authority.

    Exit code 0: nothing is damaged; 3: something is.

    \b
    Examples:
      clew verify
      clew verify --deep --json | jq .findings
      clew verify package.wacz crawl.warc.gz
      clew verify --key ed25519:... --head sha256:... --roots authority.pem
    """
    if len(files) == 1 and Path(files[0]).is_dir():
        archive, files = files[0], ()
    if files:
        return _files(files, _trust(keys, roots, heads), as_json=as_json)
    from clew import keeping
    from clew.archive.verify import to_json

    with Progress(quiet=quiet) as progress:
        report = keeping.verified(place(archive), deep=deep, watch=progress.work, trust=_trust(keys, roots, heads))
    write([f"{to_json(report)}\n"] if as_json else _text(report, "The archive", _known(report)))
    return 0 if report.sound else ArchiveError.exit_code


def _files(files: Sequence[str], trust: Trust, *, as_json: bool) -> int:
    """Check files one by one; returns the exit code of the worst."""
    from clew.archive.any_file import to_json, verified_file

    worst = 0
    for at, name in enumerate(files):
        report = verified_file(Path(name), trust)
        gap = ["\n"] if at and not as_json else []
        write([*gap, *([f"{to_json(report)}\n"] if as_json else _text(report, report.file, report.notes))])
        worst = worst if report.sound else ArchiveError.exit_code
    return worst


def _trust(keys: Sequence[str], roots: str | None, heads: Sequence[str]) -> Trust:
    from clew.archive.seals import named_key
    from clew.archive.stamps import BadStamp, certificates, need
    from clew.archive.verify import Trust

    pem = b""
    if roots is not None:
        need()
        try:
            pem = Path(roots).read_bytes()
            certificates(pem)
        except (OSError, BadStamp) as error:
            raise BadOption(f"--roots {roots}: holds no certificates in PEM.") from error
    return Trust(keys=tuple(map(named_key, keys)), roots=pem, heads=tuple(heads))


def _text(report: Report | FileReport, what: str, known: Sequence[str]) -> Iterator[str]:
    from clew.publish.terminal import safe
    from clew.publish.wrap import wrapped

    def paragraph(text: str, first: str = "  ") -> Iterator[str]:
        for at, line in enumerate(wrapped(safe(text), paper().width - len(first))):
            yield f"{first if at == 0 else ' ' * len(first)}{line}\n"

    count = len(report.findings)
    yield (
        safe(f"{what} is sound.\n")
        if report.sound
        else safe(f"{what}: {count} {'thing is' if count == 1 else 'things are'} amiss.\n")
    )
    for finding in report.findings:
        yield "\n"
        yield from paragraph(f"{finding.kind}: {finding.where}", "")
        yield from paragraph(finding.says)
        yield from paragraph(f"What to do: {finding.do}.")
    for heading, lines in (("Proved", report.proved), ("Not proved", report.not_proved), ("To know", known)):
        if lines:
            yield f"\n{heading}\n"
            for line in lines:
                yield from paragraph(line, "- ")


def _known(report: Report) -> tuple[str, ...]:
    if not report.problems:
        return report.notes
    records = "record" if report.problems == 1 else "records"
    what = f"{report.problems:,} {records} of captures could not be read as posts when they were added".replace(
        ",", " "
    )
    return (*report.notes, f"{what}. That is no damage: the bytes are kept, and the table problems says why.")
