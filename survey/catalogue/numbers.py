"""The numbers of an edition with their dates and sources, from YAML nodes to domain objects."""

from collections.abc import Iterator, Mapping
from datetime import date

from survey.catalogue.yaml_files import Node
from survey.domain.indicators import SHARE
from survey.domain.thresholds import Lapse, Source, Status, Text, Threshold

UNITS = (SHARE, "sites", "hamlets", "condition", "m", "km", "million_per_1000_m2")
_COUNTS = ("sites", "hamlets")
_LOWER, _UPPER = ("at_least", "above"), ("at_most", "below")
_THRESHOLD_KEYS = frozenset({*_LOWER, *_UPPER, "required", "group", "status", "sources", "valid_from", "valid_to", "note"})
_LAPSE_KEYS = frozenset({"months", "status", "sources", "note"})
_LONGEST_LAPSE = 600  # months


def read_sources(node: Node) -> dict[str, Source]:
    """The sources of an edition by their names. Raises BROKEN_CATALOGUE."""
    if not isinstance(node.value, Mapping):
        node.refuse(
            "phải là danh mục nguồn",
            "must be a mapping of sources",
            "Không có nguồn thì viết sources: {}.",
            "Without any write sources: {}.",
        )
    return {name: _read_source(node.child(name), name) for name in sorted(node.words())}


def _read_source(node: Node, name: str) -> Source:
    node.mapping(frozenset({"text", "decision", "addresses"}))
    addresses = tuple(_address(part) for part in node.child("addresses").items()) if node.has("addresses") else ()
    return Source(name, node.child("text").text(), node.child("decision").optional_text(), addresses)


def _address(node: Node) -> str:
    address = node.text()
    if not address.startswith(("https://", "http://")) or " " in address:
        node.refuse(
            "không phải địa chỉ web", "not a web address", "Viết https://… hoặc ghi vào text.", "Write https://…, or put it into text."
        )
    return address


class Numbers:
    """Reads thresholds and periods of one edition: its *sources*, its *groups* of communes, and the days on which it is in force.

    Not *strict* reads a document that was checked when it was loaded, by the rules of its day.
    """

    def __init__(
        self, sources: Mapping[str, Source], groups: frozenset[str], days: tuple[date | None, date | None], *, strict: bool
    ) -> None:
        self._sources, self._groups, self._days, self._strict = sources, groups, days, strict

    def thresholds(self, node: Node, unit: str, *, needed: bool) -> tuple[Threshold, ...]:
        """What stands under `threshold` or `thresholds` of *node*. Raises BROKEN_CATALOGUE."""
        if node.has("threshold") and node.has("thresholds"):
            node.refuse(
                "chỉ dùng threshold hoặc thresholds", "threshold or thresholds, not both",
                "Gộp tất cả vào thresholds.", "Put all of them under thresholds.",
            )  # fmt: skip
        if node.has("threshold"):
            return (self.threshold(node.child("threshold"), unit),)
        if node.has("thresholds"):
            return self.dated(node.child("thresholds"), unit)
        if needed:
            node.child("threshold").refuse(
                "chưa có ngưỡng", "there is no threshold",
                "Không biết thì viết status: missing.", "Where it is not known write status: missing.",
            )  # fmt: skip
        return ()

    def dated(self, node: Node, unit: str) -> tuple[Threshold, ...]:
        """A list of thresholds, of which one is in force on each day for each group. Raises BROKEN_CATALOGUE."""
        parts = node.filled()
        found = tuple(self.threshold(part, unit) for part in parts)
        begins: set[tuple[str | None, date | None]] = set()
        for part, threshold in zip(parts, found, strict=True):
            key = threshold.group, threshold.valid_from
            if key in begins and self._strict:
                part.refuse(
                    "hai ngưỡng bắt đầu cùng một ngày", "two thresholds begin on the same day",
                    "Ghi valid_from khác nhau: ngưỡng bắt đầu sau thay ngưỡng trước.",
                    "Give them different valid_from: the later one replaces the earlier.",
                )  # fmt: skip
            begins.add(key)
        return found

    def threshold(self, node: Node, unit: str) -> Threshold:
        """One threshold. Raises BROKEN_CATALOGUE."""
        node.mapping(_THRESHOLD_KEYS)
        status = Status(node.child("status").choice(tuple(Status)))
        limits = {name: node.child(name).number() for name in (*_LOWER, *_UPPER) if node.has(name)}
        if node.child("required").flag(default=False):
            if unit != "condition" or limits:
                node.child("required").refuse(
                    "required chỉ dùng cho điều kiện", "required is for conditions",
                    "Với số thì dùng at_least, above, at_most, below.", "For numbers use at_least, above, at_most, below.",
                )  # fmt: skip
            limits = {"at_least": 1.0}
        self._check_limits(node, limits, unit, status)
        begin, end = days(node)
        self._check_days(node, begin, end)
        return Threshold(
            unit=unit, status=status, sources=self._sources_of(node, status), valid_from=begin, valid_to=end,
            note=node.child("note").optional_languages(), group=self._group(node.child("group")), **limits,
        )  # fmt: skip

    def lapse(self, node: Node) -> Lapse | None:
        """After how many months evidence lapses; None where the key is not there. Raises BROKEN_CATALOGUE."""
        if node.value is None:
            return None
        node.mapping(_LAPSE_KEYS)
        status = Status(node.child("status").choice(tuple(Status)))
        months = node.child("months").number()
        if status is Status.MISSING:
            node.child("status").refuse(
                "không biết thời hạn thì không có lapses", "a period that is not known is none", "Bỏ khóa lapses.", "Leave out lapses."
            )
        if months != int(months) or not 1 <= months <= _LONGEST_LAPSE:
            node.child("months").refuse(
                f"phải là số tháng từ 1 đến {_LONGEST_LAPSE}", f"must be whole months from 1 to {_LONGEST_LAPSE}",
                "Hai năm là 24 tháng.", "Two years are 24 months.",
            )  # fmt: skip
        return Lapse(int(months), status, self._sources_of(node, status), _note(node))

    def _check_limits(self, node: Node, limits: Mapping[str, float], unit: str, status: Status) -> None:
        if (status is Status.MISSING) == bool(limits):
            node.refuse(
                "status: missing thì không có số, còn lại phải có số", "status: missing has no number, any other status needs one",
                "Ghi at_least, above, at_most, below hoặc required.", "Give at_least, above, at_most, below or required.",
            )  # fmt: skip
        for name, limit in limits.items():
            if limit < 0 or (unit in (SHARE, "condition") and limit > 1):
                node.child(name).refuse(
                    f"ngưỡng {limit:g} không thể có với đơn vị {unit}", f"a threshold of {limit:g} is impossible in the unit {unit}",
                    "Tỷ lệ viết từ 0 đến 1: 0.7 là 70 %.", "A share is written from 0 to 1: 0.7 is 70 %.",
                )  # fmt: skip
        for words in (_LOWER, _UPPER) if self._strict else ():
            if all(word in limits for word in words):
                node.child(words[1]).refuse(
                    f"{words[0]} và {words[1]} không dùng cùng nhau", f"{words[0]} and {words[1]} do not go together",
                    "Giữ một trong hai.", "Keep one of them.",
                )  # fmt: skip
        self._check_between(node, limits, unit)

    def _check_between(self, node: Node, limits: Mapping[str, float], unit: str) -> None:
        lower = next((limits[word] for word in _LOWER if word in limits), 0.0)
        upper = next((limits[word] for word in _UPPER if word in limits), 1.0 if unit == SHARE else float("inf"))
        names = " / ".join(limits)
        is_strict = ("above" in limits) or ("below" in limits)
        if lower > upper or (lower == upper and is_strict):
            node.refuse(
                f"không số nào thỏa cả {names}", f"no number fulfils {names}",
                "Cận dưới phải nhỏ hơn cận trên; tỷ lệ nằm từ 0 đến 1.", "The lower limit must be below the upper; a share is from 0 to 1.",
            )  # fmt: skip
        if self._strict and limits in ({"at_least": 0.0}, {"at_most": 1.0} if unit == SHARE else {"at_least": 0.0}):
            node.refuse(
                "số nào cũng đạt ngưỡng này", "every number fulfils this",
                "Ghi đúng con số của văn bản; không biết thì status: missing.", "Write the decision's number, or status: missing.",
            )  # fmt: skip
        if self._strict and unit in _COUNTS and any(limit != int(limit) for limit in limits.values()):
            node.refuse(
                "số lượng phải là số nguyên", "a count must be a whole number",
                "Tỷ lệ thì dùng share_of_sites hoặc share_of_hamlets.", "For a share use share_of_sites or share_of_hamlets.",
            )  # fmt: skip

    def _check_days(self, node: Node, begin: date | None, end: date | None) -> None:
        first, last = self._days
        if not self._strict:
            return
        if (begin is not None and last is not None and begin > last) or (end is not None and first is not None and end < first):
            node.child("valid_from" if begin is not None and last is not None and begin > last else "valid_to").refuse(
                "ngưỡng không bao giờ có hiệu lực: ngoài thời gian của bộ tiêu chí", "never in force: outside the edition's own dates",
                "Sửa ngày của ngưỡng hoặc của bộ tiêu chí.", "Correct the threshold's dates or the edition's.",
            )  # fmt: skip

    def _group(self, node: Node) -> str | None:
        group = node.optional_text()
        if group is not None and group not in self._groups:
            known = ", ".join(sorted(self._groups)) or "–"
            node.refuse(
                f"bộ tiêu chí không có nhóm xã {group[:60]}", f"the edition has no group {group[:60]}",
                f"Có: {known}; khai báo ở groups trong edition.yaml.", f"There are: {known}; groups in edition.yaml declares them.",
            )  # fmt: skip
        return group

    def _sources_of(self, node: Node, status: Status) -> tuple[Source, ...]:
        sources = tuple(self._source(part) for part in node.child("sources").items()) if node.has("sources") else ()
        if not sources and status is not Status.MISSING:
            node.child("sources").refuse(
                "số này chưa có nguồn", "this number has no source",
                "Ghi sources: [tên nguồn ở đầu edition.yaml].", "Write sources: [a name of the sources in edition.yaml].",
            )  # fmt: skip
        is_read = status in (Status.READ, Status.PARTLY_READ)
        if self._strict and is_read and not any(source.addresses or source.decision for source in sources):
            node.child("sources").refuse(
                "đã đọc thì nguồn phải có địa chỉ hoặc số quyết định", "what was read has an address or a decision's number",
                "Thêm addresses hoặc decision vào nguồn; nhớ lại thì status: recalled.",
                "Add addresses or decision to the source; from memory is status: recalled.",
            )  # fmt: skip
        return sources

    def _source(self, node: Node) -> Source:
        name = node.text()
        source = self._sources.get(name)
        if source is None:
            known = ", ".join(self._sources)
            node.refuse(f"không có nguồn {name[:60]}", f"there is no source {name[:60]}", f"Có: {known}.", f"There are: {known}.")
        return source


def days(node: Node) -> tuple[date | None, date | None]:
    """`valid_from` and `valid_to` of *node*. Raises BROKEN_CATALOGUE where they are reversed."""
    begin, end = node.child("valid_from").day(), node.child("valid_to").day()
    if begin is not None and end is not None and end < begin:
        node.child("valid_to").refuse("trước valid_from", "before valid_from", "Kiểm tra lại hai ngày.", "Check the two dates.")
    return begin, end


def _note(node: Node) -> Text | None:
    return node.child("note").optional_languages()


def group_codes(node: Node) -> Iterator[str]:
    """The codes under an edition's `groups`; an empty iterator where it has none."""
    for part in node.items() if node.value is not None else ():
        yield part.child("code").code()
