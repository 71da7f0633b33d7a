"""Every change that a stranger or an accident can make to a bundle is named, in both languages."""

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from survey.bundle.chain import read_head
from survey.bundle.faults import CODES, NOTICES, Fault
from survey.bundle.signature import fingerprint, public_line, sign
from survey.bundle.trust import Trust
from survey.bundle.verify import Verification, verify
from survey.domain.canonical import sha256_hex
from tests.bundle.sealed import (
    INSTANCE,
    KEY,
    LOG,
    MANIFEST,
    OTHER_KEY,
    PHOTOS,
    SIGNATURE,
    TABLE,
    TAGS,
    Members,
    head_of,
    log_bytes,
    log_of,
    manifest,
    payload_of,
    resealed,
    sealed,
    signers_line,
    write,
)  # fmt: skip

FIRST, SECOND, THIRD = PHOTOS
PRINT, OTHER_PRINT = (fingerprint(public_line(key.public_key())) for key in (KEY, OTHER_KEY))
CRATE = "data/ro-crate-metadata.json"
Change = Callable[[Members], None]


@pytest.fixture
def whole() -> Members:
    """The files of a sealed bag with nothing wrong."""
    return sealed(payload_of())


def _check(tmp_path: Path, members: Members, **known: object) -> Verification:
    return verify(write(tmp_path / "bag.zip", members), **known)  # type: ignore[arg-type]


def _found(verification: Verification) -> set[tuple[str, str]]:
    return {(fault.code, fault.place) for fault in verification.faults}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_whole_bundle_has_no_fault(whole: Members, tmp_path: Path, method: int) -> None:
    """Stored or packed by a stock tool, it is whole; who signed it is for the reader to compare."""
    checked = verify(write(tmp_path / "bag.zip", whole, method=method))

    assert checked.faults == ()
    assert [(notice.code, notice.path) for notice in checked.notices] == [("SIGNER_UNKNOWN", PRINT)]
    facts = checked.facts
    assert (facts.commune, facts.bag, facts.files, facts.octets) == ("18844", (1, 1), 6, sum(map(len, payload_of().values())))
    assert (facts.seal.trust, facts.seal.fingerprint, facts.seal.principal) == (Trust.UNKNOWN, PRINT, "xa-18844")


@pytest.mark.parametrize(
    "known",
    [
        {"fingerprint": PRINT},
        {"fingerprint": PRINT.removeprefix("SHA256:")},
        {"allowed": ["# keys of the province", "", signers_line()]},
        {"allowed": [signers_line(OTHER_KEY, "xa-06979"), signers_line()], "fingerprint": PRINT},
        {"allowed": [f"* {public_line(KEY.public_key())}"]},
        {"allowed": [signers_line().replace(" namespaces", ' valid-after="20260101",valid-before="20270101",namespaces')]},
    ],
    ids=range(6),
)
def test_known_signer(whole: Members, tmp_path: Path, known: dict[str, object]) -> None:
    """By the fingerprint on paper or a file of signers, the signer is the one that is known."""
    checked = _check(tmp_path, whole, **known)

    assert (checked.faults, checked.notices, checked.facts.seal.trust) == ((), (), Trust.KNOWN)


@pytest.mark.parametrize(
    "known",
    [
        {"fingerprint": OTHER_PRINT},
        {"allowed": [signers_line(OTHER_KEY)]},
        {"allowed": [signers_line(KEY, "xa-06979")]},
        {"allowed": [signers_line().replace("ntm-survey-bundle", "file")]},
        {"allowed": [signers_line()], "fingerprint": OTHER_PRINT},
        {"allowed": ["nonsense"]},
        {"allowed": ["xa-18844 ssh-ed25519 !!!"]},
        {"allowed": [signers_line().replace("namespaces", "cert-authority,namespaces")]},
        {"allowed": [signers_line().replace(" namespaces", ' valid-before="20261123",namespaces')]},
        {"allowed": [signers_line().replace(" namespaces", ' valid-after="20261124",namespaces')]},
        {"allowed": [signers_line().replace(" namespaces", ' valid-after="soon",namespaces')]},
    ],
    ids=range(11),
)
def test_other_signer(whole: Members, tmp_path: Path, known: dict[str, object]) -> None:
    """A key that the reader does not know, for this commune, for this use and this day, is a fault."""
    checked = _check(tmp_path, whole, **known)

    assert (_found(checked), checked.facts.seal.trust) == ({("SIGNER_WRONG", SIGNATURE)}, Trust.OTHER)


def _change_byte(members: Members) -> None:
    members[FIRST] = members[FIRST][:-1] + b"!"


def _swap(members: Members) -> None:
    members[FIRST], members[SECOND] = members[SECOND], members[FIRST]


def _turn(members: Members) -> None:
    members[FIRST], members[SECOND], members[THIRD] = members[SECOND], members[THIRD], members[FIRST]


def _remove(members: Members) -> None:
    del members[THIRD]


def _rename(members: Members) -> None:
    members["data/anh/thon-2/x.jpg"] = members.pop(THIRD)


def _copy(members: Members) -> None:
    members["data/anh/thon-2/x.jpg"] = members[THIRD]


def _add(members: Members) -> None:
    members["data/anh/new.jpg"] = b"x"


def _add_tag(members: Members) -> None:
    members["note.txt"] = b"x"


def _edit_manifest(members: Members) -> None:
    members[MANIFEST] = members[MANIFEST].replace(b"thon-1/HO-0001", b"thon-9/HO-0001", 1)


def _oxum(members: Members) -> None:
    members["bag-info.txt"] = members["bag-info.txt"].replace(b"Payload-Oxum: ", b"Payload-Oxum: 4")


def _other_key(members: Members) -> None:
    members[SIGNATURE] = resealed(members, OTHER_KEY)[SIGNATURE]


def _other_namespace(members: Members) -> None:
    members[SIGNATURE] = resealed(members, KEY, "file")[SIGNATURE]


def _rebuild(members: Members) -> None:
    _change_byte(members)
    members |= {**resealed(members), SIGNATURE: members[SIGNATURE]}


def _no_signature(members: Members) -> None:
    del members[SIGNATURE]


def _damage_signature(members: Members) -> None:
    members[SIGNATURE] = members[SIGNATURE].replace(b"U", b"\xff", 1)


def _cut_signature(members: Members) -> None:
    members[SIGNATURE] = members[SIGNATURE][:100]


def _flip_signature(members: Members) -> None:
    text = members[SIGNATURE]
    members[SIGNATURE] = text[:-60] + (b"B" if text[-60:-59] != b"B" else b"C") + text[-59:]


def _bagit(members: Members) -> None:
    members["bagit.txt"] = members["bagit.txt"].replace(b"1.0", b"0.97")


OXUM = ("OXUM", "bag-info.txt")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (_change_byte, {("CHANGED", FIRST)}),
        (_swap, {("SWAPPED", f"{FIRST} ↔ {SECOND}"), ("SWAPPED", f"{SECOND} ↔ {FIRST}")}),
        (_turn, {("MISPLACED", f"{one} ↔ {other}") for one, other in ((FIRST, SECOND), (SECOND, THIRD), (THIRD, FIRST))}),
        (_remove, {("MISSING", THIRD), OXUM}),
        (_rename, {("MOVED", f"{THIRD} ↔ data/anh/thon-2/x.jpg")}),
        (_copy, {("ADDED", "data/anh/thon-2/x.jpg"), OXUM}),
        (_add, {("ADDED", "data/anh/new.jpg"), OXUM}),
        (_add_tag, {("ADDED", "note.txt")}),
        (_edit_manifest, {("CHANGED", MANIFEST), ("MOVED", f"{FIRST.replace('thon-1', 'thon-9')} ↔ {FIRST}")}),
        (_oxum, {OXUM, ("CHANGED", "bag-info.txt")}),
        (_bagit, {("BAGIT_TXT", "bagit.txt"), ("CHANGED", "bagit.txt")}),
        (_rebuild, {("SIGNATURE_WRONG", SIGNATURE), ("NOT_RECEIVED", FIRST)}),
        (_other_key, {("SIGNER_WRONG", "allowed_signers")}),
        (_other_namespace, {("SIGNATURE_OTHER_USE", SIGNATURE)}),
        (_no_signature, {("SIGNATURE_MISSING", SIGNATURE)}),
        (_damage_signature, {("SIGNATURE_DAMAGED", SIGNATURE)}),
        (_cut_signature, {("SIGNATURE_DAMAGED", SIGNATURE)}),
        (_flip_signature, {("SIGNATURE_WRONG", SIGNATURE)}),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_changes_are_named(whole: Members, tmp_path: Path, change: Change, expected: set[tuple[str, str]]) -> None:
    """Each change is found, with its path and nothing else."""
    change(whole)

    assert _found(_check(tmp_path, whole)) == expected


def test_stripped_seal_is_found(tmp_path: Path) -> None:
    """Without its seal, with manifests made anew, a bag is faulty whether or not the reader knows the key."""
    members = sealed(payload_of(), key=None)

    assert _found(_check(tmp_path, members)) == {("SIGNATURE_MISSING", SIGNATURE)}
    assert _found(_check(tmp_path, members, fingerprint=PRINT)) == {("SIGNATURE_MISSING", SIGNATURE)}


def test_sealed_anew_by_another_is_found(tmp_path: Path) -> None:
    """Whoever makes everything anew, the seal included, is found by the fingerprint on paper alone."""
    members = sealed(payload_of(), key=OTHER_KEY)

    assert _check(tmp_path, members).faults == ()
    assert _found(_check(tmp_path, members, fingerprint=PRINT)) == {("SIGNER_WRONG", SIGNATURE)}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda lines: [lines[0], lines[1].replace('"salt":"salt"', '"salt":"salz"'), *lines[2:]], {("LOG_EDITED", f"{LOG}:2")}),
        (lambda lines: [lines[0], *lines[2:]], {("LOG_GAP", f"{LOG}:2"), ("LOG_CHAIN", f"{LOG}:2"), ("NOT_RECEIVED", SECOND)}),
        (lambda lines: lines[:-1], {("LOG_HEAD", LOG)}),
        (lambda lines: [*lines[:2], "{nonsense", *lines[2:]], {("LOG_LINE", f"{LOG}:3")}),
        (lambda lines: [lines[0], "[" * 100_000, *lines[1:]], {("LOG_LINE", f"{LOG}:2")}),
        (lambda lines: [lines[0], "x" * 3_000_000, *lines[1:]], {("LOG_LINE", f"{LOG}:2")}),
        (lambda lines: [*lines, '{"seq":6,"prev":"\\ud800","salt":"","body":"","hash":""}'], {("LOG_LINE", f"{LOG}:6")}),
    ],
    ids=range(7),
)
def test_log_is_checked_line_by_line(
    whole: Members, tmp_path: Path, edit: Callable[[list[str]], list[str]], expected: set[tuple[str, str]]
) -> None:
    """An edited, removed or foreign line is named by its number, a cut end by the declared head."""
    whole[LOG] = "".join(line + "\n" for line in edit(whole[LOG].decode().splitlines())).encode()

    found = _found(_check(tmp_path, whole))
    assert found - {OXUM} == {*expected, ("CHANGED", LOG)}


def test_event_whose_body_is_not_shown(tmp_path: Path) -> None:
    """A line may carry the hash of its body instead: the chain holds, and what only that body said is not received."""
    events = log_of(list(PHOTOS.values()), of_instances=[payload_of()[INSTANCE]])
    hidden = [
        {"seq": one["seq"], "prev": one["prev"], "inner": sha256_hex(f"{one['salt']}\n{one['body']}"), "hash": one["hash"]}
        if one["seq"] == 1 else one for one in events
    ]  # fmt: skip
    members = sealed({**payload_of(), LOG: log_bytes(hidden)})

    assert _found(_check(tmp_path, members)) == {("NOT_RECEIVED", FIRST)}
    hidden[0] = {**hidden[0], "inner": "0" * 64}
    assert ("LOG_EDITED", f"{LOG}:1") in _found(_check(tmp_path, sealed({**payload_of(), LOG: log_bytes(hidden)})))


@pytest.mark.parametrize("path", [FIRST, INSTANCE])
def test_rebuilt_and_sealed_bag_is_found_by_the_log(tmp_path: Path, path: str) -> None:
    """Even who owns the key cannot exchange a photo or a form: its receipt is missing in the log."""
    members = sealed({**payload_of(), path: b"another"})

    assert _found(_check(tmp_path, members, fingerprint=PRINT)) == {("NOT_RECEIVED", path)}


def test_rebuilt_photos_of_a_public_bundle_need_no_receipt(tmp_path: Path) -> None:
    """They are made by the software; only originals were received."""
    members = sealed({**payload_of(), "data/anh-cong-khai/x.jpg": b"made"}, labels={"Variant": "public"})

    checked = _check(tmp_path, members)
    assert (checked.faults, checked.facts.variant) == ((), "public")


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (head_of, set()),
        (lambda events: head_of(events[:2]), set()),
        (lambda events: str(events[1]["hash"]), set()),
        (lambda events: str(events[1]["hash"])[:16] + "…", set()),
        (lambda _: f"2 {'0' * 64}", {("LOG_REWRITTEN", f"{LOG}:2")}),
        (lambda _: f"99 {'0' * 64}", {("LOG_OLDER", LOG)}),
        (lambda _: "0" * 64, {("LOG_WITHOUT_HEAD", LOG)}),
    ],
    ids=range(7),
)
def test_known_head(
    whole: Members, tmp_path: Path, known: Callable[[list[dict[str, object]]], str], expected: set[tuple[str, str]]
) -> None:
    """A head from a receipt must be in the log at its number; one that is not there means older, cut, or rewritten."""
    events = log_of(list(PHOTOS.values()), of_instances=[payload_of()[INSTANCE]])

    assert _found(_check(tmp_path, whole, head=read_head(known(events)))) == expected


@pytest.mark.parametrize("text", ["", "1", "1 2 3", "x" * 64, "1 " + "g" * 64, "-1 " + "0" * 64, "٣ " + "0" * 64, "0" * 65, "0" * 15])
def test_head_that_is_none(text: str) -> None:
    """What is not a head is refused, not guessed."""
    with pytest.raises(ValueError, match=f"^{re.escape(text[:20])}"):
        read_head(text)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["{name}"], set()),
        (["{name}", '{"@type":"File","@id":"anh/none.jpg"}'], {("CRATE_ABSENT", "data/anh/none.jpg")}),
        ([], {("CRATE_LACKS", TABLE)}),
        (["nonsense"], {("CRATE_UNREADABLE", CRATE)}),
        (["[" * 100_000], {("CRATE_UNREADABLE", CRATE)}),
        (["[]"], {("CRATE_UNREADABLE", CRATE)}),
        (['{"@type":"File"}'], {("CRATE_UNREADABLE", CRATE)}),
    ],
    ids=range(7),
)
def test_description_names_what_is_there(tmp_path: Path, lines: list[str], expected: set[tuple[str, str]]) -> None:
    """The RO-Crate names every file, and none that is not there."""
    payload = payload_of()
    named = [json.dumps({"@type": "File", "@id": name.removeprefix("data/")}) for name in payload if name != TABLE]
    said = [json.dumps({"@type": "File", "@id": TABLE.removeprefix("data/")}) if line == "{name}" else line for line in lines]
    text = '{"@context":"x","@graph":[\n' + ",\n".join([*named, *said]) + "\n]}\n"

    assert _found(_check(tmp_path, sealed({**payload, CRATE: text.encode()}))) == expected


def test_manifest_lines(whole: Members, tmp_path: Path) -> None:
    """Lines that are none, a path twice, one of the other manifest, a name that is not UTF-8, a line that never ends."""
    bad = [b"nonsense", whole[MANIFEST].splitlines()[0], b"0" * 64 + b"  bagit.txt", b"0" * 64 + b"  data/\xff", b"y" * 10_000_000]
    whole[MANIFEST] += b"\n".join(bad)

    count = len(payload_of())
    expected = {("MANIFEST_LINE", f"{MANIFEST}:{count + number}") for number in range(1, 6)} | {("CHANGED", MANIFEST)}
    assert _found(_check(tmp_path, whole)) == expected


def test_manifest_with_windows_line_ends(tmp_path: Path) -> None:
    """RFC 8493 allows CR LF."""
    members = sealed(payload_of())
    members[MANIFEST] = members[MANIFEST].replace(b"\n", b"\r\n")
    tags = {name: content for name, content in members.items() if not name.startswith("data/") and name not in {TAGS, SIGNATURE}}
    members[TAGS] = manifest(tags)
    members[SIGNATURE] = sign(KEY, members[TAGS]).encode()

    assert _check(tmp_path, members).faults == ()


def test_too_many_faults_are_counted(tmp_path: Path) -> None:
    """Of a thousand of one kind two hundred are named, and the rest is a number."""
    payload = payload_of()
    members = {**sealed(payload), **{f"data/x{number}": b"" for number in range(1000)}}

    faults = _check(tmp_path, members).faults
    assert (sum(fault.code == "ADDED" for fault in faults), faults[-1].code, faults[-1].path) == (200, "MORE_FAULTS", "800")


def test_what_a_reader_is_told_can_be_interrupted(whole: Members, tmp_path: Path) -> None:
    """Progress counts every byte once; what it raises ends the check."""
    told: list[tuple[int, int]] = []
    checked = _check(tmp_path, whole, progress=lambda done, total: told.append((done, total)))

    assert checked.faults == ()
    assert told[-1] == (sum(map(len, whole.values())),) * 2

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _check(tmp_path, whole, progress=stop)


def test_unreadable_path(tmp_path: Path) -> None:
    """A file that is not there is a fault, not a crash."""
    assert _found(verify(tmp_path / "absent.zip")) == {("UNREADABLE", "absent.zip")}


def test_every_fault_speaks_both_languages(whole: Members, tmp_path: Path) -> None:
    """A fault carries its meaning for a person, and the other path where two are concerned."""
    _swap(whole)
    fault = _check(tmp_path, whole).faults[0]

    assert json.loads(json.dumps(fault.as_json())) == {
        "code": "SWAPPED",
        "path": FIRST,
        "other": SECOND,
        "vi": "Nội dung tệp này và tệp kia đã bị đổi cho nhau.",
        "en": "The contents of this file and the other one were exchanged.",
    }


def test_every_fault_is_documented() -> None:
    """docs/bundle.md has a row for each code, with both meanings."""
    text = (Path(__file__).parents[2] / "docs" / "bundle.md").read_text()

    for code in CODES:
        assert f"| `{code}` | {Fault(code, '').vi} | {Fault(code, '').en} |" in text
    assert set(CODES) >= NOTICES
