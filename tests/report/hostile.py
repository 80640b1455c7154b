"""A page that tries in every known way to load something or to act, and a server on this machine that hears of it.

`WAYS` names the ways; each asks for `/<name>` of the server. Way and name are in one place, so that a log says what got through.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BY_ITSELF: dict[str, str] = {
    "css-background": "<style>body{background:url(URL)}</style>",
    "css-import": "<style>@import url(URL);</style>",
    "css-import-string": "<style>@import 'URL';</style>",
    "css-font": "<style>@font-face{font-family:evil;src:url(URL)}p{font-family:evil}</style>",
    "css-inline": '<p style="background:url(URL)">inline style</p>',
    "css-content": "<style>h1::before{content:url(URL)}</style>",
    "css-cursor": "<style>ul{list-style-image:url(URL)}</style><ul><li>bullet</li></ul>",
    "stylesheet": '<link rel="stylesheet" href="URL">',
    "icon": '<link rel="icon" href="URL">',
    "preload": '<link rel="preload" href="URL" as="image">',
    "prefetch": '<link rel="prefetch" href="URL">',
    "modulepreload": '<link rel="modulepreload" href="URL">',
    "preconnect": '<link rel="preconnect" href="URL">',
    "manifest": '<link rel="manifest" href="URL">',
    "img": '<img src="URL" alt="picture">',
    "srcset": '<img srcset="URL 1x, URL 2x" alt="pictures">',
    "picture": '<picture><source srcset="URL"><img alt="x"></picture>',
    "input-image": '<input type="image" src="URL">',
    "svg-image": '<svg><image href="URL" width="9" height="9"/></svg>',
    "svg-use": '<svg><use href="URL#a"/></svg>',
    "svg-script": "<svg><script>new Image().src='URL'</script></svg>",
    "math-link": '<math><maction actiontype="statusline" xlink:href="URL">m</maction></math>',
    "video": '<video src="URL" autoplay muted></video>',
    "video-poster": '<video poster="URL"></video>',
    "audio": '<audio src="URL" autoplay></audio>',
    "track": '<video><track default src="URL"></video>',
    "iframe": '<iframe src="URL"></iframe>',
    "iframe-srcdoc": "<iframe srcdoc=\"<img src='URL'>\"></iframe>",
    "object": '<object data="URL"></object>',
    "embed": '<embed src="URL"></embed>',  # closed, since lxml takes all that follows for its content
    "script": '<script src="URL"></script>',
    "script-inline": "<script>new Image().src='URL';try{top.document.title='pwned'}catch(e){}window.pwned=1</script>",
    "script-fetch": "<script>fetch('URL')</script>",
    "onerror": "<img src=x: onerror=\"new Image().src='URL'\">",
    "onload": "<svg onload=\"new Image().src='URL'\"></svg>",
    "onfocus": "<input autofocus onfocus=\"new Image().src='URL'\">",
    "body-background": '<table background="URL"><tr><td>cell</td></tr></table>',
    "meta-refresh": '<meta http-equiv="refresh" content="2;url=URL">',
}
ON_CLICK: dict[str, str] = {
    "link": '<p><a href="URL">a link of the page</a></p>',
    "ping": '<p><a href="#here" ping="URL">a link that tells</a></p>',
    "link-top": '<p><a href="URL" target="_top">a link for the whole window</a></p>',
    "link-blank": '<p><a href="URL" target="_blank">a link for a new window</a></p>',
    "link-script": "<p><a href=\"javascript:new Image().src='URL'\">a link that runs</a></p>",
    "form": '<form action="URL"><button>a button that sends</button></form>',
    "formaction": '<form><button formaction="URL">another button</button></form>',
    "onclick": "<p onclick=\"new Image().src='URL'\">text that acts</p>",
    "area": '<map name="m"><area href="URL" shape="default"></map><img usemap="#m" alt="map">',
    "details": "<details ontoggle=\"new Image().src='URL'\"><summary>more</summary>hidden</details>",
}
WAYS = {**BY_ITSELF, **ON_CLICK}

BREAKOUTS = (
    "</script><script>new Image().src='URL/breakout-script';window.pwned=1</script>",
    "'><img src='URL/breakout-quote' onerror='window.pwned=1'>",
    '"><img src="URL/breakout-double" onerror="window.pwned=1">',
    "--><img src=URL/breakout-comment>]]></style></textarea></title><img src=URL/breakout-raw>",
    "{{ 7 * 7 }} {% raw %} ${7*7} \u202e\u2066\u2028\u2029",
)
"""Text that tries to end whatever it is put into."""


def hostile_page(base: str) -> str:
    """Return the page; `<base>` makes its relative addresses the server's, too."""
    ways = "\n".join(way.replace("URL", f"{base}/{name}") for name, way in WAYS.items())
    texts = "\n".join(f"<p>{escaped(text.replace('URL', base))}</p>" for text in BREAKOUTS)
    title, heading = (escaped(BREAKOUTS[number].replace("URL", base)) for number in (0, 2))
    return (
        f'<!doctype html><html lang="en"><head><base href="{base}/"><title>{title}</title></head><body><h1>{heading}</h1>\n'
        f"{ways}\n{texts}\n<p>The board met on Thursday and closed the old pier.</p></body></html>"
    )


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@dataclass
class Log:
    """What the server heard: `paths` of requests, and the number of connections."""

    base: str
    paths: list[str] = field(default_factory=list)
    connections: int = 0

    @property
    def ways(self) -> set[str]:
        return {path.strip("/").partition("?")[0] for path in self.paths}


@contextmanager
def listening() -> Iterator[Log]:
    """Run a server on the loopback that answers everything with nothing and logs it."""
    log = Log("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            log.paths.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_HEAD = do_OPTIONS = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def process_request(self, request: object, client_address: object) -> None:
            log.connections += 1
            super().process_request(request, client_address)  # type: ignore[arg-type]

    server = Server(("127.0.0.1", 0), Handler)
    log.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield log
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
