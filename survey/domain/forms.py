"""Forms: a checklist as compiled, and an answer that does not fit it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SITE_KINDS = ("household", "road_segment", "public_place")
# The register as ODK Collect gets it: a form names one by `select_one_from_file household.csv`.
REGISTER_LISTS = {f"{kind}.csv": kind for kind in SITE_KINDS}


@dataclass(frozen=True)
class CompiledForm:
    """One XLSForm checklist: for ODK Collect as *xform* (*xform_md5* is `md5:` and the hex of its bytes), for us as *tree*.

    The tree is described in docs/forms.md; *title* is by language, *site_kind* empty where the form is for every kind of place, *desk_only*
    where phones do not offer it. *remarks*, by language, are what its author should know: sentences, kept nowhere.
    """

    form: str
    version: str
    title: Mapping[str, str]
    site_kind: str
    xform: str
    xform_md5: str
    tree: Mapping[str, Any]
    desk_only: bool = False
    remarks: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class FormHead:
    """What lists show of a loaded form; *desk_only*: it is offered where photos are brought in at the desk, and nowhere else."""

    form: str
    version: str
    title: Mapping[str, str]
    site_kind: str
    xform_md5: str
    desk_only: bool = False


@dataclass(frozen=True)
class Misfit:
    """An answer that does not fit its form: it becomes a flag, never a refusal.

    *code* is `answer_required`, `answer_outside_limits`, `answer_not_a_number`, `answer_not_a_date`, `answer_not_a_position`,
    `answer_not_a_choice`, `answer_not_asked` or `calculation_differs`; *severity* 1 note, 2 look.
    """

    code: str
    question: str
    repeat: str = ""
    severity: int = 2
