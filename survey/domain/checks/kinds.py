"""What a check is: its group, severity, sentence, rule and where its threshold comes from."""

from dataclasses import dataclass

from survey.domain.checks.thresholds import DEFAULTS, Thresholds, written

NOTE, LOOK, LIKELY_WRONG = 1, 2, 3

GROUPS: dict[str, tuple[str, str]] = {
    "place": ("Vị trí", "Place"),
    "time": ("Thời gian", "Time"),
    "light": ("Ánh sáng", "Light"),
    "reuse": ("Ảnh dùng lại", "Reuse of photos"),
    "origin": ("Nguồn gốc tệp ảnh", "Where the file came from"),
    "quality": ("Chất lượng ảnh", "Quality of the photo"),
    "movement": ("Di chuyển", "Movement"),
    "filling": ("Cách điền phiếu", "Filling in"),
    "form": ("Quy tắc của phiếu", "The form's rules"),
    "consent": ("Sự đồng ý", "Consent"),
}  # fmt: skip

MEASURED = "measured on phone and camera files"
OWN = "our own choice"
TOLD = "as developers of ODK Collect and of mobile libraries tell it; not measured"
FACT = "no threshold"
FORM = "the form's own rules"


@dataclass(frozen=True)
class CheckKind:
    """One check of the catalogue.

    *vi* and *en* are its sentence with the figures' names in braces, *rule_vi* and *rule_en* say what is compared with what, with the names
    of *thresholds* in braces; *source* says where those come from.
    """

    group: str
    severity: int
    vi: str
    en: str
    rule_vi: str
    rule_en: str
    source: str = FACT
    thresholds: tuple[str, ...] = ()

    def rule(self, locale: str = "vi", thresholds: Thresholds = DEFAULTS) -> str:
        """The rule in *locale* (`vi` or `en`) with the values of *thresholds*."""
        values = written(thresholds, locale)
        return (self.rule_en if locale == "en" else self.rule_vi).format(**values)
