"""Indicators of an edition, from YAML nodes to domain objects; docs/criteria.md shows each kind with an example."""

from survey.catalogue.numbers import UNITS, Numbers
from survey.catalogue.vocabulary import Questions, Vocabulary
from survey.catalogue.yaml_files import Node
from survey.domain.criteria import Unit
from survey.domain.indicators import SHARE, Amount, Indicator, Kind
from survey.domain.sites import SiteKind

_COMMON = frozenset({"code", "title", "kind", "unit", "decides", "note", "threshold", "thresholds"})
_MEASURED = _COMMON | {"sites", "where", "among", "lapses"}
_OWN = {Kind.RATIO_OF_SUMS: frozenset({"numerator", "denominator", "scale"}), Kind.STATED: frozenset[str]()}
_FIXED_UNITS = {Kind.SHARE_OF_SITES: SHARE, Kind.COUNT_OF_SITES: "sites", Kind.CONDITION: "condition"}
_LONGEST_UNIT = 40  # letters
_LARGEST_SCALE = 1e9


class IndicatorReader:
    """Reads the indicators of one edition that judges *unit*, with its *numbers*, against the known *questions* (None: not checked)."""

    def __init__(self, unit: Unit, numbers: Numbers, questions: Questions | None) -> None:
        self._unit, self._numbers, self._questions = unit, numbers, questions

    @property
    def _is_strict(self) -> bool:
        return self._questions is not None

    def indicator(self, node: Node) -> Indicator:
        """The indicator at *node*. Raises BROKEN_CATALOGUE."""
        node.mapping(_MEASURED | {"holds", "numerator", "denominator", "scale"})
        kind = Kind(node.child("kind").choice(tuple(Kind)))
        self._check_keys(node, kind)
        unit = self._unit_of(node.child("unit"), kind)
        decides = node.child("decides").flag(default=True)
        thresholds = self._numbers.thresholds(node, unit, needed=decides)
        code = node.child("code")
        head = code.code() if self._is_strict else code.text(), node.child("title").both_languages(), kind
        note = node.child("note").optional_languages()
        if kind is Kind.STATED:
            # It never decides by itself: what a person states of the criterion decides (open: set_by_person).
            return Indicator(*head, sites="", unit=unit, thresholds=thresholds, decides=False, note=note)
        sites = SiteKind(node.child("sites").choice(tuple(SiteKind)))
        words = Vocabulary(sites, self._questions)
        conditions = {name: words.condition(node.child(name)) for name in ("where", "among", "holds") if node.has(name)}
        amounts = {name: words.amount(node.child(name)) for name in ("numerator", "denominator") if node.has(name)}
        found = Indicator(
            *head, sites=sites.value, unit=unit, thresholds=thresholds,
            where=conditions.get("where"), among=conditions.get("among"), holds=conditions.get("holds"),
            numerator=amounts.get("numerator"), denominator=amounts.get("denominator"), scale=_scale(node.child("scale")),
            decides=decides, note=note, lapses=self._numbers.lapse(node.child("lapses")),
        )  # fmt: skip
        if self._is_strict:
            self._check_judged(node, found)
            _check_ratio(node, found)
        return found

    def _check_keys(self, node: Node, kind: Kind) -> None:
        own = _OWN.get(kind, frozenset({"holds"}))
        needed = own - {"scale"}
        if {name for name in ("holds", "numerator", "denominator") if node.has(name)} != needed:
            names = ", ".join(sorted(needed)) or "–"
            node.refuse(
                f"{kind} cần đúng: {names}", f"{kind} needs exactly: {names}",
                "Xem bảng chỉ tiêu trong docs/criteria.md.", "See the table of indicators in docs/criteria.md.",
            )  # fmt: skip
        if self._is_strict:
            node.mapping((_COMMON if kind is Kind.STATED else _MEASURED) | own)

    def _unit_of(self, node: Node, kind: Kind) -> str:
        if kind is Kind.STATED or (kind is Kind.RATIO_OF_SUMS and isinstance(node.value, str) and "/" in node.value):
            return _own_unit(node)
        fixed = _FIXED_UNITS.get(kind)
        unit = node.choice(UNITS, fixed or SHARE)
        if fixed is not None and unit != fixed:
            node.refuse(f"{kind} có đơn vị {fixed}", f"{kind} has the unit {fixed}", "Bỏ khóa unit.", "Leave out unit.")
        if kind is Kind.CONDITION and self._unit is not Unit.HOUSEHOLD:
            node.refuse(
                "condition chỉ dùng khi bộ tiêu chí chấm từng hộ", "condition is for editions that judge each household",
                "Dùng share_of_sites với at_least.", "Use share_of_sites with at_least.",
            )  # fmt: skip
        if kind is Kind.RATIO_OF_SUMS and self._is_strict and unit in ("sites", "hamlets", "condition"):
            node.refuse(
                f"ratio_of_sums không có đơn vị {unit}", f"ratio_of_sums has no unit {unit}", "Dùng share, m, km.", "Use share, m, km."
            )
        return unit

    def _check_judged(self, node: Node, found: Indicator) -> None:
        if self._unit is not Unit.HOUSEHOLD:
            return
        if found.sites != SiteKind.HOUSEHOLD:
            node.child("sites").refuse(
                "bộ tiêu chí chấm từng hộ chỉ hỏi về hộ", "an edition that judges households asks of households only",
                "Dùng sites: household, hoặc đổi unit của bộ tiêu chí.", "Use sites: household, or change the edition's unit.",
            )  # fmt: skip
        if found.kind is Kind.COUNT_OF_SITES and found.decides:
            node.child("kind").refuse(
                "chấm từng hộ thì không đếm hộ", "where each household is judged there is nothing to count",
                "Dùng condition.", "Use condition.",
            )  # fmt: skip


def _scale(node: Node) -> float:
    scale = 1.0 if node.value is None else node.number()
    if not 0 < scale <= _LARGEST_SCALE:
        node.refuse("phải lớn hơn 0", "must be above 0", "Mét ra ki-lô-mét là 0.001.", "Metres to kilometres is 0.001.")
    return scale


def _own_unit(node: Node) -> str:
    unit = "condition" if node.value is None else node.text()
    if len(unit) > _LONGEST_UNIT:
        node.refuse("đơn vị quá dài", "the unit is too long", f"Nhiều nhất {_LONGEST_UNIT} chữ.", f"At most {_LONGEST_UNIT} letters.")
    return unit


def _check_ratio(node: Node, found: Indicator) -> None:
    """A share is of like and like: metres of metres, not metres of square metres; names say their unit at the end."""
    if found.numerator is None or found.denominator is None:
        return
    if found.unit != SHARE:
        _check_lengths(node, found, _amount_unit(found.numerator), _amount_unit(found.denominator))
        return
    if found.scale != 1:
        node.child("scale").refuse(
            "tỷ lệ không có scale", "a share has no scale", "Bỏ scale hoặc ghi unit khác.", "Leave out scale, or give another unit."
        )
    units = [_amount_unit(amount) for amount in (found.numerator, found.denominator)]
    if None not in units and units[0] != units[1]:
        node.child("numerator").refuse(
            f"tỷ lệ của {units[0]} trên {units[1]} không có nghĩa", f"a share of {units[0]} in {units[1]} means nothing",
            "Tử số và mẫu số phải cùng đơn vị, hoặc ghi unit và scale.", "Both must have the same unit, or else give unit and scale.",
        )  # fmt: skip


def _check_lengths(node: Node, found: Indicator, part: str | None, whole: str | None) -> None:
    """Metres in metres are no kilometres, and metres become kilometres by their scale alone."""
    if part is not None and part == whole and found.unit in UNITS:
        node.child("unit").refuse(
            f"{part} trên {whole} là một tỷ lệ, không có đơn vị {found.unit}", f"{part} in {whole} is a share, it has no unit {found.unit}",
            "Bỏ khóa unit.", "Leave out unit.",
        )  # fmt: skip
    wanted = {"m": 1.0, "km": 0.001}.get(found.unit)
    if part == "m" and wanted is not None and found.scale != wanted:
        node.child("scale").refuse(
            f"mét ra {found.unit} cần scale: {wanted:g}", f"metres to {found.unit} need scale: {wanted:g}",
            f"Ghi scale: {wanted:g}.", f"Write scale: {wanted:g}.",
        )  # fmt: skip


def _amount_unit(amount: Amount) -> str | None:
    if amount.subject is None:
        return "sites"
    ending = amount.subject.name.rpartition("_")[2]
    return ending if ending in ("m", "m2", "percent", "million", "thousand") else None
