"""Paper: pages to print, set by Typst from a template of ours and plain data; nothing that is passed in is read as markup."""

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

_TEMPLATES = Path(__file__).parent / "templates"


def typeset(template: str, data: Mapping[str, Any], pictures: Mapping[str, bytes] | None = None) -> bytes:
    """The PDF that *template* (a name in `templates/`) makes of *data*, JSON values that it reads with `json("data.json")`.

    *pictures* (JPEG, PNG or SVG bytes by file name) are beside it. Only fonts that come with Typst are used, so that a page looks
    the same on every machine.
    """
    with TemporaryDirectory(prefix="paper-") as folder:
        root = Path(folder)
        for source in _TEMPLATES.glob("*.typ"):
            (root / source.name).write_bytes(source.read_bytes())
        (root / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        for name, content in (pictures or {}).items():
            (root / Path(name).name).write_bytes(content)
        return bytes(typst.compile(root / f"{template}.typ", root=root, ignore_system_fonts=True))
