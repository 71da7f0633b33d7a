"""Editions and parts of them written as YAML that `load-edition` reads again."""

from collections.abc import Mapping
from typing import Any

import yaml

from survey.catalogue.editions import HEAD, Document

_WIDTH = 120
_FIRST = ("edition", "code", "title", "unit", "kind", "sites")


def edition_yaml(document: Document, remark: str = "") -> str:
    """*document* as one file, `edition.yaml`; *remark* stands above it as a comment."""
    criteria = [criterion for name in sorted(document.files) for criterion in document.files[name].get("criteria") or ()]
    head = {key: value for key, value in document.files[HEAD].items() if key != "criteria"}
    comment = "".join(f"# {' '.join(line.split())}\n" for line in remark.splitlines())
    return comment + content_yaml({**head, "edition": document.edition, "criteria": criteria})


def content_yaml(content: Mapping[str, Any]) -> str:
    """A part of an edition in its own words, keys that say what it is first; what is not given is left out."""
    return yaml.safe_dump(_ordered(content), allow_unicode=True, sort_keys=False, width=_WIDTH, default_flow_style=False)


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: (_FIRST.index(key) if key in _FIRST else len(_FIRST), key in ("criteria", "indicators")))
        return {str(key): _ordered(value[key]) for key in keys if value[key] is not None}
    return [_ordered(part) for part in value] if isinstance(value, list | tuple) else value
