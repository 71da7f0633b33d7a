"""Figures as people say them: how one picture is found in another (`mirrored/cropped`, see `how_found`), and how far a clock is off."""

_PARTS = {
    "whole": ("nguyên ảnh", "the whole picture"),
    "cropped": ("đã cắt bớt mép", "cropped at its edges"),
    "centre90": ("giống ở phần giữa, khác ở mép", "alike in the middle, other edges"),
    "centre80": ("giống ở phần giữa, khác ở mép", "alike in the middle, other edges"),
    "top80": ("phần dưới đã bị che hoặc đóng dấu", "its lower part covered or stamped"),
    "trimmed": ("có thêm khung viền", "with a frame around it"),
}
_TURNS = {
    "mirrored": ("đã lật gương", "mirrored"),
    "turned90": ("đã xoay 90°", "turned by 90°"),
    "turned180": ("đã xoay 180°", "turned by 180°"),
    "turned270": ("đã xoay 270°", "turned by 270°"),
}
_SPANS = ((1440, ("ngày", "d")), (60, ("giờ", "h")), (1, ("phút", "min")))
_SAME_FILE = ("cùng một tệp", "the same file")


def how_words(how: str, locale: str) -> str:
    """*how* in *locale* (`vi` or `en`); the whole picture goes without saying where it was turned. An unknown name stays as it is."""
    number = 1 if locale == "en" else 0
    if not how:
        return _SAME_FILE[number]
    turn, _, part = how.rpartition("/")
    turned = _TURNS[turn][number] if turn in _TURNS else turn
    if turned and part == "whole":
        return turned
    return ", ".join(each for each in (turned, _PARTS[part][number] if part in _PARTS else part) if each)


def drift_words(minutes: int, locale: str) -> str:
    """How far a clock that is *minutes* ahead (below 0: behind) is off, in *locale* (`vi` or `en`)."""
    number = 1 if locale == "en" else 0
    size, names = next((span for span in _SPANS if abs(minutes) >= span[0]), _SPANS[-1])
    count = f"{round(abs(minutes) / size, 1):g} {names[number]}"
    if locale == "en":
        return f"{count} {'ahead' if minutes > 0 else 'behind'}"
    return f"{'nhanh' if minutes > 0 else 'chậm'} {count}".replace(".", ",")
