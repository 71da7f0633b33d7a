"""An instance XML written from answers: for the demonstration, for scripts and for tests; phones write their own."""

from collections.abc import Mapping
from typing import Any

from lxml import etree

from survey.forms.capture_block import CaptureBlock, write_block
from survey.forms.settle import Node, place_repeats, settle, walk
from survey.forms.values import as_scalar, as_text

_META = "http://openrosa.org/xforms"


def render_instance(
    tree: Mapping[str, Any], values: Mapping[str, object], meta: Mapping[str, str], block: CaptureBlock | None = None
) -> bytes:
    """The instance XML of *values*, calculations filled in and what is not relevant left empty, as a phone would send it.

    *values* are by canonical path (`/data/fence/total_m`, `/data/r/q[2]`) or, outside repeats, by question name. *meta* holds `instanceID`
    and, where given, `deprecatedID`, `timeStart`, `timeEnd`, `deviceID`. Raises KeyError for a name that the form does not have.
    """
    paths = {node["name"]: node["path"] for node in walk(tree["children"])}
    canonical = {key if key.startswith("/") else paths[key]: value for key, value in values.items()}
    now = meta.get("timeEnd") or meta.get("timeStart") or ""
    settled = settle(tree, place_repeats(tree, canonical), today=now[:10], now=now)
    namespace = tree.get("namespace")
    nsmap: Any = {None: namespace} if namespace else {}  # lxml takes None for the default prefix; its stubs do not know
    root = etree.Element(_tag(namespace, tree["root"]), {"id": tree["form"], "version": tree["version"]}, nsmap=nsmap)
    writer = _Writer(namespace, settled.model.values, settled.model.counts)
    writer.write(root, tree["children"], f"/{tree['root']}")
    element = etree.SubElement(root, f"{{{_META}}}meta", nsmap={"orx": _META})
    for name in ("instanceID", "deprecatedID", "timeStart", "timeEnd", "deviceID"):
        if meta.get(name):
            etree.SubElement(element, f"{{{_META}}}{name}").text = meta[name]
    if block:
        write_block(root, block)
    rendered: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return rendered


def written(value: object) -> str:
    """An answer as an instance holds it: true and false are 1 and 0 there."""
    return str(int(value)) if isinstance(value, bool) else as_text(as_scalar(value))


def _tag(namespace: str | None, name: str) -> str:
    return f"{{{namespace}}}{name}" if namespace else name


class _Writer:
    """Writes nodes under elements; *values* and *counts* are by numbered path."""

    def __init__(self, namespace: str | None, values: Mapping[str, object], counts: Mapping[str, int]) -> None:
        self.namespace = namespace
        self.values = values
        self.counts = counts

    def write(self, parent: etree._Element, children: list[Node], prefix: str) -> None:
        """Write *children* of the node at numbered path *prefix*."""
        for node in children:
            path = f"{prefix}/{node['name']}"
            if node["kind"] == "repeat":
                for number in range(1, self.counts.get(path, 0) + 1):
                    self.write(self._element(parent, node), node["children"], f"{path}[{number}]")
            elif node["kind"] == "group":
                self.write(self._element(parent, node), node["children"], path)
            else:
                self._element(parent, node).text = written(self.values.get(path)) or None

    def _element(self, parent: etree._Element, node: Node) -> etree._Element:
        return etree.SubElement(parent, _tag(self.namespace, node["name"]))
