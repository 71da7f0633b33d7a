"""The field client inside a Streamlit page: the same modules as at /field/, mounted as a component without a frame."""

import streamlit as st

from survey.web import text

# The component's own script runs from a blob: address, so the client's modules are named in full.
_JS = """
const mounted = new WeakMap()

export default function ({ data, parentElement }) {
  const host = parentElement.querySelector('.host')
  const known = mounted.get(host)
  if (known && known.key === JSON.stringify(data)) return known.end
  if (known) known.end()
  host.replaceChildren()
  let close = null
  let gone = false
  const end = () => { gone = true; if (close) close(); mounted.delete(host) }
  mounted.set(host, { key: JSON.stringify(data), end })
  import(location.origin + '/field/app.mjs')
    .then(({ mount }) => gone ? null : mount(host, { ...data, embedded: true }))
    .then(closing => { close = closing; if (gone && close) close() })
  return end
}
"""

_CLIENT = st.components.v2.component("field_client", html='<div class="host"></div>', js=_JS)


def show_client(*, desk: bool, outbox: bool = False) -> None:
    """Show the field client in the page's language; *outbox* is its screen of what waits to be sent.

    *desk* is its way for paper forms: no camera, the position optional and marked.
    """
    kind = "outbox" if outbox else "desk" if desk else "phone"
    _CLIENT(key=f"field_client_{kind}", data={"desk": desk, "outbox": outbox, "language": text.locale()})
