"""Visiting a Streamlit page of a live server as a browser's script does, over its WebSocket: no browser, no HTTP redirect in between.

It shows what the server sends to whoever is connected, whatever the HTTP side redirects.
"""

from collections.abc import Callable

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from survey.web import session
from tests.live import LiveServer


def visit(server: LiveServer, path: str, cookie: str | None = None, *, before: Callable[[], object] = lambda: None) -> str:
    """Open the page at *path* and return everything that the server sent until its script ended, as text.

    *before* is called between opening the socket and asking for the page.
    """
    with open_socket(server, cookie) as socket:
        before()
        return ask(socket, server, path)


def open_socket(server: LiveServer, cookie: str | None, *, origin: str | None = "") -> ClientConnection:
    """The socket of a tab; *origin* is ours where it is not said, None sends none. Raises InvalidStatus where it is refused."""
    headers = {"Cookie": f"{session.COOKIE}={cookie}"} if cookie else {}
    address = server.url.replace("http", "ws") + "/_stcore/stream"
    told = server.url if origin == "" else origin
    return connect(address, origin=told, subprotocols=["streamlit"], additional_headers=headers, max_size=None)


def ask(socket: ClientConnection, server: LiveServer, path: str) -> str:
    """What the server sends for the page at *path* on an open socket, as text."""
    wish = BackMsg()
    wish.rerun_script.page_name = path.strip("/")
    wish.rerun_script.context_info.url = server.url + path
    socket.send(wish.SerializeToString())
    received = []
    while True:
        message = ForwardMsg.FromString(socket.recv(timeout=30))
        received.append(message)
        if message.WhichOneof("type") == "script_finished":
            break
    return "\n".join(str(message) for message in received)
