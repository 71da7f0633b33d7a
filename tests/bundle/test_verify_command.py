"""`verify` as people and scripts call it: words, exit codes, several zips of one bundle; it misses nothing that stock tools find."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from survey.bundle.group import check_group
from survey.bundle.signature import fingerprint, public_line
from survey.bundle.verify import verify
from survey.commands import main
from tests.bundle.sealed import (
    FOLDER,
    INSTANCE,
    KEY,
    LOG,
    MANIFEST,
    OTHER_KEY,
    PHOTOS,
    PRINCIPAL,
    SIGNATURE,
    TAGS,
    Members,
    head_of,
    log_of,
    payload_of,
    resealed,
    sealed,
    signers_line,
    write,
)  # fmt: skip
from tests.bundle.world import World

FIRST, SECOND, THIRD = PHOTOS
PRINT, OTHER_PRINT = (fingerprint(public_line(key.public_key())) for key in (KEY, OTHER_KEY))
HEAD = head_of(log_of(list(PHOTOS.values()), of_instances=[payload_of()[INSTANCE]]))
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A bundle with nothing wrong."""
    return write(tmp_path / "whole.zip", sealed(payload_of()))


def test_whole_bundle_is_told_to_people(whole: Path, capsys: Capture) -> None:
    """Exit 0, both languages, whose commune, which key, and that nobody compared the key yet."""
    assert main(["verify", str(whole)]) == 0

    said = capsys.readouterr().out
    assert f"Khóa ký / Signed with: {PRINT} ({PRINCIPAL})" in said
    assert "Xã / Commune: Xã Kỳ Thượng, Hà Tĩnh (18844)" in said
    assert "! SIGNER_UNKNOWN: Chữ ký đúng, nhưng chưa so khóa" in said
    assert "whole.zip: nguyên vẹn; chưa so khóa ký / whole and unchanged; the signer's key was not compared" in said


def test_what_is_known_of_signer_and_log(whole: Path, tmp_path: Path, capsys: Capture) -> None:
    """With paper, file of signers and head it is the commune's; with others it is not: exit 1."""
    signers = tmp_path / "signers"
    signers.write_text(signers_line())

    assert main(["verify", str(whole), "--fingerprint", PRINT, "--allowed-signers", str(signers), "--head", HEAD]) == 0
    assert "đúng chữ ký của xã" in capsys.readouterr().out
    assert main(["verify", str(whole), "--signers", str(signers), "--head", HEAD.split()[1]]) == 0
    assert main(["verify", str(whole), "--fingerprint", OTHER_PRINT]) == 1
    assert "SIGNER_WRONG" in capsys.readouterr().out
    assert main(["verify", str(whole), "--head", f"2 {'0' * 64}"]) == 1
    assert "LOG_REWRITTEN" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--head", "soon"], ["--allowed-signers", "/nonexistent"], []], ids=range(3))
def test_wrong_usage(whole: Path, arguments: list[str]) -> None:
    """What cannot be read is wrong usage: exit 2."""
    with pytest.raises(SystemExit) as ended:
        main(["verify", *([str(whole)] if arguments else []), *arguments])
    assert ended.value.code == 2


def test_json_of_one_file(whole: Path, capsys: Capture) -> None:
    """Machines get file, faults, notices and facts."""
    assert main(["verify", str(whole), "--json"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert (said["file"], said["faults"], [notice["code"] for notice in said["notices"]]) == (str(whole), [], ["SIGNER_UNKNOWN"])
    assert (said["facts"]["commune"], said["facts"]["trust"], said["facts"]["fingerprint"]) == ("18844", "unknown", PRINT)


def _parts(folder: Path, *, of: int = 3, second: Members | None = None) -> list[Path]:
    """A bundle in three zips: the dossier with the log, and two with the photos."""
    payload, group = payload_of(), {"Bag-Group-Identifier": "urn:uuid:x", "Log-Head": HEAD}
    photos = second or {FIRST: payload[FIRST], SECOND: payload[SECOND]}
    made = []
    for number, content in enumerate(({INSTANCE: payload[INSTANCE], LOG: payload[LOG]}, photos, {THIRD: payload[THIRD]}), 1):
        members = sealed(content, labels={**group, "Bag-Count": f"{number} of {of}"})
        made.append(write(folder / f"part-{number}.zip", members, folder=f"{FOLDER}_{number}-of-{of}"))
    return made


def test_parts_together(tmp_path: Path, capsys: Capture) -> None:
    """All parts, in any order, are one whole bundle; one alone says that it is a part."""
    parts = [str(path) for path in _parts(tmp_path)]

    assert main(["verify", *reversed(parts)]) == 0
    assert "ONE_OF_SEVERAL" not in capsys.readouterr().out
    assert main(["verify", parts[1]]) == 0
    assert "! ONE_OF_SEVERAL" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("choose", "code", "place"),
    [
        (lambda parts: parts[:2], "GROUP_MISSING", "3 / 3"),
        (lambda parts: [*parts, parts[2]], "GROUP_TWICE", "part-3.zip"),
        (lambda parts: [*parts[:2], parts[0].parent / "other" / "part-3.zip"], "GROUP_OTHER", "part-3.zip"),
    ],
    ids=["missing", "twice", "other"],
)
def test_parts_that_are_not_one_bundle(
    tmp_path: Path, capsys: Capture, choose: Callable[[list[Path]], list[Path]], code: str, place: str
) -> None:
    """A part that is missing, given twice, or of another bundle is named."""
    (tmp_path / "other").mkdir()
    _parts(tmp_path / "other", of=4)
    chosen = [str(path) for path in choose(_parts(tmp_path))]

    assert main(["verify", *chosen, "--json"]) == 1
    assert (code, place) in {(fault["code"], fault["path"]) for fault in json.loads(capsys.readouterr().out)["faults"]}


def test_photo_of_a_part_that_was_never_received(tmp_path: Path) -> None:
    """The log in the first part must have received the photos of all."""
    parts = _parts(tmp_path, second={FIRST: b"another", SECOND: PHOTOS[SECOND]})

    found = check_group([(path.name, verify(path)) for path in parts])
    assert [(fault.code, fault.path) for fault in found] == [("NOT_RECEIVED", f"part-2.zip: {FIRST}")]


def _unchanged(_members: Members) -> None: ...


def _byte(members: Members) -> None:
    members[FIRST] = b"!" + members[FIRST][1:]


def _remove(members: Members) -> None:
    del members[FIRST]


def _add(members: Members) -> None:
    members["data/anh/more.jpg"] = b"x"


def _swap(members: Members) -> None:
    members[FIRST], members[SECOND] = members[SECOND], members[FIRST]


def _edit_log(members: Members) -> None:
    members[LOG] = members[LOG].replace(b'"seq":2', b'"seq":7')


def _rebuild(members: Members) -> None:
    _byte(members)
    members |= {**resealed(members), SIGNATURE: members[SIGNATURE]}


def _other_key(members: Members) -> None:
    members |= resealed(members, OTHER_KEY)


def _other_namespace(members: Members) -> None:
    members |= resealed(members, KEY, "file")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (_unchanged, None),
        (_byte, ("CHANGED", FIRST)),
        (_remove, ("MISSING", FIRST)),
        (_add, ("ADDED", "data/anh/more.jpg")),
        (_swap, ("SWAPPED", FIRST)),
        (_edit_log, ("CHANGED", LOG)),
        (_rebuild, ("SIGNATURE_WRONG", SIGNATURE)),
        (_other_key, ("SIGNER_WRONG", SIGNATURE)),
        (_other_namespace, ("SIGNATURE_OTHER_USE", SIGNATURE)),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_finds_what_stock_tools_find(tmp_path: Path, change: Callable[[Members], None], expected: tuple[str, str] | None) -> None:
    """`sha256sum`, a count of files and `ssh-keygen` against our answer, on the same bag: both find it, or neither."""
    members = sealed(payload_of())
    change(members)
    path = write(tmp_path / "bag.zip", members)
    shutil.unpack_archive(path, tmp_path / "unpacked", "zip")

    found = {(fault.code, fault.path) for fault in verify(path, allowed=[signers_line()]).faults}
    assert _stock_tools_accept(tmp_path / "unpacked" / FOLDER, tmp_path / "signers") is (expected is None)
    assert found == set() if expected is None else expected in found


def _stock_tools_accept(bag: Path, signers: Path) -> bool:
    signers.write_text(signers_line() + "\n")
    check = ["sha256sum", "--strict", "--quiet", "-c"]
    sums = [subprocess.run([*check, name], cwd=bag, capture_output=True, check=False) for name in (TAGS, MANIFEST)]
    counted = len((bag / MANIFEST).read_text().splitlines()) == sum(path.is_file() for path in (bag / "data").rglob("*"))
    command = ["ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", PRINCIPAL, "-n", "ntm-survey-bundle", "-s", SIGNATURE]
    with (bag / TAGS).open("rb") as message:
        signed = subprocess.run(command, cwd=bag, stdin=message, capture_output=True, check=False)
    return counted and not any(done.returncode for done in (*sums, signed))


def test_truncated_zip(whole: Path) -> None:
    """Like `unzip -t`, we refuse a zip that was cut anywhere."""
    content = whole.read_bytes()
    for stop in (0, 100, len(content) // 2, len(content) - 1):
        whole.write_bytes(content[:stop])
        assert [fault.code for fault in verify(whole).faults] == ["NOT_A_ZIP"]


def test_exported_bundle_is_whole_and_sealed(world: World, tmp_path: Path, capsys: Capture) -> None:
    """What our own command writes has no fault, and a signature for the commune."""
    target = tmp_path / "out.zip"
    assert main(["export", "--out", str(target), "--data", str(world.survey.settings.data)]) == 0
    capsys.readouterr()

    assert main(["verify", str(target), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["faults"], said["facts"]["principal"], said["facts"]["trust"]) == ([], "xa-18844", "unknown")
    assert main(["verify", str(target), "--fingerprint", said["facts"]["fingerprint"]]) == 0
