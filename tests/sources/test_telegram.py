"""What Telegram exports promise beyond single cases: damage, chunks, folders, and JSON and HTML that agree."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from clew.errors import DamagedFile
from clew.exports import opened
from clew.posts import Post
from clew.sources import telegram_desktop, telegram_html

CASES = Path(__file__).parent / "cases"


def test_what_stood_before_the_damage_is_given_out(tmp_path: Path) -> None:
    text = (CASES / "telegram_desktop" / "sent-at-once.json").read_text(encoding="utf-8")
    cut = tmp_path / "result.json"
    cut.write_text(text[: text.index('"id": 3,') + 20], encoding="utf-8")
    with opened(str(cut)) as export:
        items = telegram_desktop.read(export)
        first, second = next(items), next(items)
        with pytest.raises(DamagedFile):
            next(items)
    assert isinstance(first, Post)
    assert isinstance(second, Post)
    assert (first.id, second.id) == ("3000000001/1", "3000000001/2")


@pytest.mark.parametrize("size", [1, 2, 3, 5, 64])
def test_escapes_are_mended_wherever_a_chunk_ends(size: int) -> None:
    stream = telegram_desktop._Mended(io.BytesIO(rb'["\x07\\x07\\\x0Bq\n\\\\x1f", "\x"]'))
    pieces = []
    while piece := stream.read(size):
        pieces.append(piece)
    assert b"".join(pieces) == rb'["\u0007\\x07\\\u000Bq\n\\\\x1f", "\x"]'


def test_a_folder_of_several_exports_is_not_claimed_as_one(tmp_path: Path) -> None:
    page = (CASES / "telegram_html" / "channel.html").read_bytes()
    result = (CASES / "telegram_desktop" / "compact.json").read_bytes()
    for name, content in {"result.json": result, "b/result.json": result, "c/messages.html": page}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    with opened(str(tmp_path)) as export:
        assert not telegram_desktop.claims(export)
        assert not telegram_html.claims(export)


def test_pages_take_the_number_of_the_chat_from_the_json_beside_them(tmp_path: Path) -> None:
    page = (CASES / "telegram_html" / "channel.html").read_bytes()
    chat = {"name": "Канал Аны 🇫🇷", "type": "public_channel", "id": 3000000001, "messages": []}
    (tmp_path / "messages.html").write_bytes(page)
    (tmp_path / "result.json").write_text(json.dumps(chat, ensure_ascii=False), encoding="utf-8")
    with opened(str(tmp_path)) as export:
        first = next(item for item in telegram_html.read(export) if isinstance(item, Post))
    assert first.id == "3000000001/2"
    assert first.author.id == "channel3000000001"


PAGE = """<title>Exported Data</title>
<div class="page_header"><div class="text bold">Ана</div></div>
<div class="chat_page"><div class="history"><div class="message default" id="message1"><div class="body">
<div class="date details" title="04.06.2021 11:30:00 UTC+02:00"></div>
<div class="text">
Соль 🧂 и  <strong>жирно<br></strong><a href="" onclick="return ShowHashtag(&quot;соль&quot;)">#соль</a> <br> конец
        </div></div></div></div></div>"""


def test_json_and_html_give_the_same_post(tmp_path: Path) -> None:
    parts = ["Соль 🧂 и  ", {"type": "bold", "text": "жирно\n"}, {"type": "hashtag", "text": "#соль"}, " \n конец"]
    message = {"id": 1, "type": "message", "date_unixtime": "1622799000", "text": parts}
    chat = {"name": "Ана", "type": "public_channel", "id": 1, "messages": [message]}
    (tmp_path / "result.json").write_text(json.dumps(chat, ensure_ascii=False), encoding="utf-8")
    (tmp_path / "messages.html").write_text(PAGE, encoding="utf-8")
    with opened(str(tmp_path)) as export:
        [one] = [item for item in telegram_desktop.read(export) if isinstance(item, Post)]
        [other] = [item for item in telegram_html.read(export) if isinstance(item, Post)]
    assert one.text == "Соль 🧂 и  жирно\n#соль \n конец"
    assert replace(one, origin=None) == replace(other, origin=None)
