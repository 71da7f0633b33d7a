"""The seal: the very lines of README-verify.txt find each fault, with stock tools alone."""

import hashlib
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from survey.bundle.seal import ALLOWED, ENDORSEMENT, PUBLIC_KEY, README, SIGNATURE, TAG_MANIFEST, SealAbout, tag_files
from survey.bundle.signature import fingerprint, public_line, sign
from survey.domain.signing import BUNDLE, HEAD, KEY, SigningKey, allowed_line, line_of_file

FOLDER = "minh-chung_18844_2026-11-23_1-of-2"
ABOUT = SealAbout("18844", "Xã Kỳ Thượng", FOLDER, 1, 2, (12, "ab" * 32))
NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
PHOTOS = ("data/anh/thon-1/HO-0001_vuon_01.jpg", "data/anh/thon-1/HO-0002_vuon_01.jpg")


@dataclass(frozen=True)
class Signer:
    """A key with what is known of it."""

    private: Ed25519PrivateKey
    known: SigningKey


def _signer(former: Signer | None = None) -> Signer:
    private = Ed25519PrivateKey.generate()
    line = public_line(private.public_key())
    endorsement = "" if former is None else sign(former.private, line_of_file(line), KEY)
    return Signer(private, SigningKey(fingerprint(line), line, NOON, endorsement=endorsement))


@dataclass(frozen=True)
class Bag:
    """An unpacked bag, and the fingerprint on the paper."""

    folder: Path
    paper: str

    def write(self, name: str, content: bytes) -> None:
        """Put a file there."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def seal(self, signer: Signer, namespace: str = BUNDLE) -> None:
        """Make both manifests and the signature."""
        payload = sorted(str(path.relative_to(self.folder)) for path in (self.folder / "data").rglob("*") if path.is_file())
        self.write("manifest-sha256.txt", self._lines(payload))
        listed = sorted({path.name for path in self.folder.iterdir() if path.is_file()} - {TAG_MANIFEST, SIGNATURE})
        self.write(TAG_MANIFEST, self._lines(listed))
        self.write(SIGNATURE, sign(signer.private, (self.folder / TAG_MANIFEST).read_bytes(), namespace).encode())

    def _lines(self, names: list[str]) -> bytes:
        return "".join(f"{hashlib.sha256((self.folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names).encode()

    def commands(self, section: str = "3") -> list[str]:
        """The commands of a section of the instructions as they stand there."""
        text = (self.folder / README).read_text("utf-8-sig")
        part = re.split(r"^\d\. .*\n-+\n", text, flags=re.MULTILINE)[int(section)]
        starts = r"ssh-keygen|cmd|sha256sum|shasum|\{|unzip|tar|cat|Get-Content|\$\w+|openssl"
        return re.findall(rf"^    ((?:{starts}) .*)$", part, flags=re.MULTILINE)

    def run(self, command: str) -> str:
        """What a command prints, typed in the bag's folder."""
        done = subprocess.run(["bash", "-c", command], cwd=self.folder, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    def passes(self) -> bool:
        """Whether an office worker who follows the instructions for Linux finds all of it right."""
        check, verify, hashes, _mac, added = self.commands()
        good = f'Good "{BUNDLE}" signature with ED25519 key {self.paper}\n'
        return (
            self.run(check) == good
            and self.run(verify) == f'Good "{BUNDLE}" signature for xa-18844 with ED25519 key {self.paper}\n'
            and self.run(hashes).splitlines()[-1] == "OK"
            and self.run(added) == "OK\n"
        )


@pytest.fixture
def signer() -> Signer:
    """The commune's key."""
    return _signer()


@pytest.fixture
def bag(tmp_path: Path, signer: Signer) -> Bag:
    """A sealed bag."""
    made = Bag(tmp_path / FOLDER, signer.known.fingerprint)
    for number, name in enumerate(PHOTOS):
        made.write(name, f"photo {number}".encode())
    made.write("data/nhat-ky/log.jsonl", b'{"seq":1}\n{"seq":2}\n')
    made.write("bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    for name, content in tag_files([signer.known], ABOUT).items():
        made.write(name, content)
    made.seal(signer)
    return made


def test_a_good_bag_passes(bag: Bag) -> None:
    """Every command of the instructions says so, that for macOS too where its program is here."""
    assert bag.passes()
    if shutil.which("shasum"):
        assert bag.run(bag.commands()[3]) == "OK\n"


def _forge_manifests(bag: Bag) -> None:
    old = (bag.folder / SIGNATURE).read_bytes()
    bag.write(PHOTOS[0], b"another photo")
    bag.seal(_signer())
    bag.write(SIGNATURE, old)


def _forge_all(bag: Bag) -> None:
    forger = _signer()
    bag.write(PHOTOS[0], b"another photo")
    for name, content in tag_files([forger.known], ABOUT).items():
        bag.write(name, content)
    bag.seal(forger)


def _swap(bag: Bag) -> None:
    one, other = ((bag.folder / name).read_bytes() for name in PHOTOS)
    bag.write(PHOTOS[0], other)
    bag.write(PHOTOS[1], one)


def _hide_behind_a_line(bag: Bag) -> None:
    # Cut at its line, this name reads as two that the manifests list.
    bag.write(f"{PHOTOS[0]}\n..{PHOTOS[1]}", b"hidden")


def _hide_as_a_pair(bag: Bag) -> None:
    # Cut at their lines, these two names read as two lines of each, as if one were listed and one there.
    bag.write("moi\n..that", b"hidden")
    bag.write("moi\n,,that", b"hidden too")


def _link_instead_of_a_photo(bag: Bag) -> None:
    # The bytes are right today, and can be changed from outside tomorrow.
    outside = bag.folder.parent / "outside.jpg"
    (bag.folder / PHOTOS[0]).rename(outside)
    (bag.folder / PHOTOS[0]).symlink_to(outside)


FAULTS: dict[str, Callable[[Bag], object]] = {
    "one byte": lambda bag: bag.write(PHOTOS[0], b"photo 1"),
    "photo removed": lambda bag: (bag.folder / PHOTOS[1]).unlink(),
    "photo added": lambda bag: bag.write("data/anh/thon-1/HO-0003_vuon_01.jpg", b"more"),
    "hidden file added": lambda bag: bag.write("data/.them", b"more"),
    "added under a name of two lines": _hide_behind_a_line,
    "added as two names of two lines": _hide_as_a_pair,
    "link instead of a photo": _link_instead_of_a_photo,
    "link added": lambda bag: (bag.folder / "data/anh/link.jpg").symlink_to(bag.folder / PHOTOS[0]),
    "file added at the root": lambda bag: bag.write("doc-toi.txt", b"more"),
    "photos swapped": _swap,
    "log line edited": lambda bag: bag.write("data/nhat-ky/log.jsonl", b'{"seq":1}\n{"seq":3}\n'),
    "instructions edited": lambda bag: bag.write(README, (bag.folder / README).read_bytes() + b"\nmore"),
    "manifest rebuilt": _forge_manifests,
    "manifest emptied": lambda bag: bag.write("manifest-sha256.txt", b""),
    "other key": lambda bag: bag.seal(_signer()),
    "other key everywhere": _forge_all,
    "other namespace": lambda bag: bag.write(
        SIGNATURE, sign(Ed25519PrivateKey.generate(), (bag.folder / TAG_MANIFEST).read_bytes(), HEAD).encode()
    ),
    "signature removed": lambda bag: (bag.folder / SIGNATURE).unlink(),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found_by_the_lines_of_the_instructions(bag: Bag, fault: str) -> None:
    """And by nothing else than those lines and the paper."""
    FAULTS[fault](bag)

    assert not bag.passes()


@pytest.mark.parametrize("fault", ["one byte", "photo removed", "photos swapped", "log line edited"])
def test_the_line_for_macos_names_the_file(bag: Bag, fault: str) -> None:
    """The same faults with the program of macOS."""
    if not shutil.which("shasum"):
        pytest.skip("needs shasum")
    FAULTS[fault](bag)

    said = bag.run(bag.commands()[3])

    assert "OK" not in said.splitlines()
    assert "data/" in said


def test_another_namespace_of_the_right_key_is_found(bag: Bag, signer: Signer) -> None:
    """A signature that the commune's key made for another purpose is no seal."""
    bag.seal(signer, HEAD)

    check, verify, *_ = bag.commands()

    assert "Good" not in bag.run(check)
    assert "Good" not in bag.run(verify)


def test_signers_exchanged_with_everything_else_are_found_by_the_paper_alone(bag: Bag) -> None:
    """Why the instructions tell to compare: everything else passes."""
    _forge_all(bag)

    check, verify, hashes, _mac, added = bag.commands()

    assert bag.run(verify).startswith("Good")
    assert bag.run(hashes) == "OK\n"
    assert bag.run(added) == "OK\n"
    assert bag.paper not in bag.run(check)


def test_in_the_wrong_folder_nothing_passes(bag: Bag) -> None:
    """A person who is in the folder above is not told that all is well."""
    above = Bag(bag.folder.parent, bag.paper)

    said = [above.run(command).splitlines() for command in bag.commands()]

    assert not any("OK" in lines or lines[0].startswith("Good") for lines in said)


def test_a_truncated_zip_is_found(bag: Bag) -> None:
    """The line of section 5, before unpacking."""
    (unzip, *_rest) = bag.commands("5")
    path = bag.folder.parent / f"{FOLDER}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in bag.folder.rglob("*"):
            archive.write(file, file.relative_to(bag.folder.parent))
    above = Bag(bag.folder.parent, bag.paper)

    assert above.run(unzip) == "OK\n"
    path.write_bytes(path.read_bytes()[:-40])
    assert "OK" not in above.run(unzip).splitlines()


def test_a_changed_zip_is_found_by_the_line_for_windows(bag: Bag) -> None:
    """Windows has bsdtar; a list of names would call a zip whole whose content is not."""
    if not shutil.which("bsdtar"):
        pytest.skip("needs bsdtar")
    windows = bag.commands("5")[1]
    line = windows.partition('"')[2].partition('"')[0].replace("tar", "bsdtar", 1).replace("> nul", "> /dev/null") + " && echo OK"
    path = bag.folder.parent / f"{FOLDER}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{FOLDER}/a.txt", b"photo of the house")
    above = Bag(bag.folder.parent, bag.paper)

    assert above.run(line) == "OK\n"
    path.write_bytes(path.read_bytes().replace(b"photo of", b"photo if"))
    assert "OK" not in above.run(line).splitlines()


def test_a_part_of_another_bundle_is_found(bag: Bag) -> None:
    """Signed by the same key each passes alone; only side by side it shows that they do not belong together."""
    _unzip, _windows, parts, *_rest = bag.commands("5")
    bag.write("bag-info.txt", b"Bag-Count: 1 of 2\nBag-Group-Identifier: urn:uuid:a\nBag-Software-Agent: x\n")
    other = Bag(bag.folder.parent / FOLDER.replace("1-of-2", "2-of-2"), bag.paper)

    other.write("bag-info.txt", b"Bag-Count: 2 of 2\nBag-Group-Identifier: urn:uuid:a\n")
    assert bag.run(parts).splitlines() == ["Bag-Count: 1 of 2", "Bag-Count: 2 of 2", "Bag-Group-Identifier: urn:uuid:a"]
    other.write("bag-info.txt", b"Bag-Count: 2 of 2\nBag-Group-Identifier: urn:uuid:b\n")
    assert len([line for line in bag.run(parts).splitlines() if line.startswith("Bag-Group")]) == 2


def test_commands_are_one_line_of_plain_letters(bag: Bag) -> None:
    """What is copied from a text must not carry a quotation mark that a program made pretty, nor be cut at its end."""
    commands = [command for section in "345" for command in bag.commands(section)]

    assert len(commands) == 13
    assert all(command.isascii() for command in commands)
    assert all(command.count("{") == command.count("}") and command.count('"') % 2 == 0 for command in commands)


def test_a_former_keys_paper_leads_to_the_new_key(bag: Bag, signer: Signer) -> None:
    """After a rotation the bag carries the former key's word, and the instructions print that key's fingerprint."""
    new = _signer(signer)
    former = SigningKey(signer.known.fingerprint, signer.known.public_line, NOON, NOON + timedelta(days=1))
    for name, content in tag_files([new.known, former], ABOUT).items():
        bag.write(name, content)
    bag.seal(new)
    sealed = Bag(bag.folder, new.known.fingerprint)

    assert sealed.passes()
    assert ENDORSEMENT in {path.name for path in bag.folder.iterdir()}
    assert sealed.run(sealed.commands("6")[0]) == f'Good "{KEY}" signature with ED25519 key {signer.known.fingerprint}\n'


def test_a_lost_key_is_named(signer: Signer) -> None:
    """In the instructions of later bags, with what follows from it."""
    lost = SigningKey("SHA256:lost", "ssh-ed25519 AAAA", NOON, NOON, lost=True)

    files = tag_files([signer.known, lost], ABOUT)

    assert "LOST OR STOLEN" in files[README].decode()
    assert ENDORSEMENT not in files
    assert files[PUBLIC_KEY].decode() == f"{signer.known.public_line}\n"


def test_allowed_signers_hold_no_dates_but_for_a_lost_key(tmp_path: Path, signer: Signer) -> None:
    """What was sealed before a rotation passes for ever; by a lost key only at a time that is known from elsewhere."""
    ended = SigningKey(signer.known.fingerprint, signer.known.public_line, NOON - timedelta(days=9), NOON - timedelta(days=1))
    lost = SigningKey(ended.fingerprint, ended.public_line, ended.valid_from, ended.valid_to, lost=True)
    (tmp_path / "sig").write_text(sign(signer.private, b"bag"))

    def verify(key: SigningKey, *options: str) -> bool:
        (tmp_path / ALLOWED).write_text(allowed_line("18844", key) + "\n")
        command = ["ssh-keygen", "-Y", "verify", "-f", ALLOWED, "-I", "xa-18844", "-n", BUNDLE, "-s", "sig", *options]
        return subprocess.run(command, cwd=tmp_path, input=b"bag", capture_output=True, check=False).returncode == 0

    assert verify(ended)
    assert not verify(lost)
    assert verify(lost, "-Overify-time=20261121120000Z")
    assert not verify(lost, "-Overify-time=20261122120000Z")
