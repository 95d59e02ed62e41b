"""Texts made up to be hard: scripts that meet without a space, signs of all kinds, links whole and broken."""

from __future__ import annotations

import random
from collections.abc import Iterator

__all__ = ["texts"]

WORDS = (
    "the of see and RT rt via cc e.g. i.e. U.S. U.S.A. Inc. v1.2.3 5.5 3.14 node.js README.md main.py 10/... a.b.c "
    "Кремль санкции см. т.е. Минфин.Далее 北京 台湾问题 日本語テスト 서울은 ไทย العربية עברית हिन्दी Ελλάδα "
    "straße naïve Łódź İzmir "
    "don't “quoted” ‘single’ (paren) [bracket] {brace} <tag> a&b AT&T 100% C++ C# F# x=y ~home ^top *bold* _under_"
).split()
SIGNS = list(
    "@#$&.,:;!?/\\|()[]{}<>\"'`~^*_-–—+=%…。、，：；！？（）「」『』・〜＠＃＄／．¿¡§©®™€£¥°·•‐​‌‍‎‏﻿\u00a0\u3000\u2028\u0085"
)
EMOJI = "😀 🇨🇳 🇷🇺🇺🇸 👨‍👩‍👧‍👦 👇🏽 ❤️ 1️⃣ #️⃣ 🔟 🏳️‍🌈 ☕ ✪ 🧵 🏴󠁧󠁢󠁥󠁮󠁧󠁿".split()
HANDLES = "ana Ana_B a1 _ _x 12345 a_very_long_handle12 far_too_long_to_be_a_handle".split()
TAGS = (
    "tag Tag2 2tags 123 _ a_b 中国 Россия कख café İ naïve_x a·b ゲーム・機 x\ufe0fy 1️⃣ ÅÄÖ ไทยๆ עבר\u05f4ית 日本〜語"
).split()
HOSTS = (
    "example.org www.example.com x.com t.co ft.com a.b.co.uk foo-bar.io foo_bar.com a_b.c.com sub.example.museum "
    "-bad.com bad-.com a..com example.commm example.notatld localhost 127.0.0.1 1.2.com EXAMPLE.ORG Example.Com "
    "例え.jp пример.рф кремль.рф bücher.de xn--e1afmkfd.xn--p1ai example.中国 ☃.net example.xn--p1ai 中文.com.cn co.uk"
).split()
PATHS = (
    " / /a /a/b.html /content/f36a55 /2021/06/03/com /a-b_c~d /wiki/Primer_(film) /(a(b)c)d /(((x /a) /a. /a, /a?b=c "
    "?q=1&r=2 /?x /#top /#!/ana /@ana /@ana/123 /a%20b /a;b=1 /caf%C3%A9 /Россия /中文/x /ü :8080/x :80 :/x /a:b /a'b "
    "/a&amp;b /+ /- /a…  /a... /a?x=… /(a… /a!!! /a?… /x=[1] /a|b /–x"
).split(" ")
SCHEMES = ["", "", "", "http://", "https://", "HTTP://", "Https://", "ftp://", "//", "http:/", "http:// ", "mailto:"]
KEYS = "abcdefghij WRHjcY6Fj1 abc abcdefgh".split()
SPACES = [" ", " ", " ", " ", "", "", "\n", "\n\n", "  ", "\t", "\u3000"]


def texts(count: int, seed: int = 1) -> Iterator[str]:
    """Yield texts, for the same seed always the same."""
    chance = random.Random(seed)
    for _ in range(count):
        yield "".join(_piece(chance) + chance.choice(SPACES) for _ in range(chance.randint(1, 12)))


def _piece(chance: random.Random) -> str:
    match chance.randrange(10):
        case 0 | 1:
            return chance.choice(WORDS)
        case 2:
            return "".join(chance.choices(SIGNS, k=chance.randint(1, 3)))
        case 3:
            return chance.choice(EMOJI)
        case 4:
            return (
                chance.choice("@@@＠") + chance.choice(HANDLES) + chance.choice(["", "", ":", "/list", "'s", "é", "@"])
            )
        case 5:
            return chance.choice("###＃") + chance.choice(TAGS) + chance.choice(["", "", "", "#", "://", "!", "…"])
        case 6:
            return "$" + chance.choice(["AAPL", "brk.b", "T", "5", "TOOLONGX", "A_B", "ab.cde"])
        case 7:
            scheme, tail = chance.choice(["http", "https"]), chance.choice(["", "", ".", "…", "/x", "?y=1"])
            return f"{scheme}://t.co/{chance.choice(KEYS)}{tail}"
        case _:
            return chance.choice(SCHEMES) + chance.choice(HOSTS) + chance.choice(PATHS)
