"""Visiting a Streamlit page of a live server as a browser's script does, over its WebSocket: no browser, no middleware in between.

It shows what the server sends to whoever connects, whatever the HTTP side redirects.
"""

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from survey.web import session
from tests.live import LiveServer


def visit(server: LiveServer, path: str, cookie: str | None = None) -> str:
    """Open the page at *path* and return everything that the server sent until its script ended, as text."""
    headers = {"Cookie": f"{session.COOKIE}={cookie}"} if cookie else {}
    address = server.url.replace("http", "ws") + "/_stcore/stream"
    with connect(address, origin=server.url, subprotocols=["streamlit"], additional_headers=headers, max_size=None) as socket:
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
