"""The press: a document is set in a process of its own, and one that hangs or dies fails alone."""

import json
import resource
import subprocess
import sys
import threading

import pytest

from survey.domain.problems import PRINT_UNFINISHED, Problem
from survey.paper.evidence import make_printed, qr_code
from survey.paper.press import press
from survey.wiring import ROOT
from tests.pdfs import text_of

_NAMES = ("Nguyễn Văn Đức", "Đỗ Thị Ẳn", "Hộ bà Lường Thị Ưởng", "#pagebreak() *x* $1$ <b> @y", "half \ud800")


def test_vietnamese_can_be_searched_and_markup_stays_text() -> None:
    """Every mark is in the PDF's text, composed (NFC), and what people typed is never read as a command."""
    text = text_of(make_printed(_photos(_NAMES), lambda _: None))

    for name in _NAMES[:-1]:
        assert name in text
    assert "Trang 1 / 1" in text
    assert "half ?" in text


def test_the_same_data_gives_the_same_bytes() -> None:
    """No clock and no chance in a page."""
    data = _photos(_NAMES)

    assert make_printed(data, lambda _: None) == make_printed(data, lambda _: None)


def test_a_document_that_takes_too_long_fails_alone() -> None:
    """The limit ends the process; the worker gets a problem that says how long it waited."""
    with pytest.raises(Problem) as caught:
        press("evidence-photos", _photos(_NAMES), wall_s=0.01)

    assert caught.value.kind is PRINT_UNFINISHED
    assert "0.01" in caught.value.sentence("vi")


def test_a_document_that_needs_too_much_memory_fails_alone() -> None:
    """The process dies of its own limit, not the worker."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    with pytest.raises(Problem) as caught:
        press("evidence-photos", _photos(_NAMES), address_bytes=48 << 20)

    assert caught.value.kind is PRINT_UNFINISHED
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_several_at_once_do_not_meet() -> None:
    """Each has its own folder and process."""
    made: dict[int, bytes] = {}
    threads = [threading.Thread(target=lambda n=n: made.update({n: make_printed(_photos([f"Tên {n}"]), lambda _: None)})) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert made[0] == make_printed(_photos(["Tên 0"]), lambda _: None)
    assert len(set(made.values())) == 3


def test_a_code_is_a_drawing_of_black_squares() -> None:
    """An SVG, which a printer of any kind draws sharply."""
    assert qr_code("urn:uuid:0#1").startswith(b"<svg")


def _photos(names: list[str] | tuple[str, ...]) -> dict[str, object]:
    cover = {
        "commune": "Xã mẫu", "province": "Tỉnh mẫu", "demonstration": True, "public": False, "edition": "x", "scope": "mọi tiêu chí",
        "partial": False, "as_of": "23/11/2026", "head_seq": 1, "head_hash": "ab" * 32,
    }  # fmt: skip
    photos = [
        {
            "sha256": "ab" * 32, "has_view": False, "first": True, "site": name, "hamlet": "Thôn mẫu", "position": "18, 106",
            "away": "cách 1 m", "time": "10:04 20/11/2026", "code": "BN-1", "label": "Trước", "urn": f"urn:uuid:{number}", "name": "a.jpg",
            "absent": "Ảnh thiếu",
        }
        for number, name in enumerate(names)
    ]  # fmt: skip
    return {
        "kind": "photos", "variant": "full", "cover": cover, "title": "Thôn mẫu", "counts": "", "criteria": [], "legend": "",
        "photos": photos,
    }  # fmt: skip


def test_a_lower_limit_from_outside_holds() -> None:
    """Where an operator gives the service less address space than a press would take, it takes that, and the page is set."""
    told = (
        "import json, resource, sys; resource.setrlimit(resource.RLIMIT_AS, (1500 << 20, 1500 << 20));"
        " from survey.paper.evidence import make_printed; sys.stdout.buffer.write(make_printed(json.load(sys.stdin), lambda _: None)[:5])"
    )
    data = json.dumps(_photos(["Hộ A"])).encode()
    done = subprocess.run([sys.executable, "-c", told], input=data, capture_output=True, cwd=ROOT, check=False)

    assert (done.stdout, done.stderr[-300:]) == (b"%PDF-", b"")
