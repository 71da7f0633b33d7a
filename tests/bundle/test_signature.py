"""Signatures: what ssh-keygen makes we read, what we make ssh-keygen takes; a stranger's text does no harm."""

import base64
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_ssh_private_key

from survey.bundle.signature import (
    MOST_SIGNATURE,
    NAMESPACE,
    UnreadableSignatureError,
    fingerprint,
    holds,
    public_line,
    read_signature,
    sign,
)

MESSAGE = "hồ sơ\r\n\x00".encode()


def _keygen(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["ssh-keygen", *arguments], input=given, capture_output=True, check=False)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A key of ssh-keygen's own."""
    assert _keygen("-q", "-t", "ed25519", "-N", "", "-C", "someone@somewhere", "-f", str(tmp_path / "key")).returncode == 0
    return tmp_path / "key"


def _key(path: Path) -> Ed25519PrivateKey:
    key = load_ssh_private_key(path.read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    return key


def test_ours_is_letter_by_letter_what_ssh_keygen_makes(made: Path) -> None:
    """Ed25519 is deterministic: the two must not differ in one character."""
    theirs = _keygen("-Y", "sign", "-n", NAMESPACE, "-f", str(made), given=MESSAGE).stdout.decode()

    assert sign(_key(made), MESSAGE) == theirs


def test_what_ssh_keygen_signs_holds_for_us(made: Path) -> None:
    """Read, checked, and with the fingerprint that ssh-keygen prints."""
    signature = read_signature(_keygen("-Y", "sign", "-n", "another", "-f", str(made), given=MESSAGE).stdout.decode())

    assert holds(signature, MESSAGE)
    assert not holds(signature, MESSAGE + b"\n")
    assert signature.namespace == "another"
    assert signature.fingerprint == _keygen("-l", "-f", str(made)).stdout.decode().split()[1]
    assert fingerprint(made.with_suffix(".pub").read_text()) == signature.fingerprint


def test_what_we_sign_ssh_keygen_takes(tmp_path: Path) -> None:
    """Verified against allowed signers, and without any; not for another message or namespace."""
    key = Ed25519PrivateKey.generate()
    line = public_line(key.public_key())
    (tmp_path / "sig").write_text(sign(key, MESSAGE))
    (tmp_path / "allowed").write_text(f'xa-18844 namespaces="{NAMESPACE}" {line}\n')
    verify = ("-Y", "verify", "-f", str(tmp_path / "allowed"), "-I", "xa-18844", "-s", str(tmp_path / "sig"))

    good = _keygen(*verify, "-n", NAMESPACE, given=MESSAGE)
    bare = _keygen("-Y", "check-novalidate", "-n", NAMESPACE, "-s", str(tmp_path / "sig"), given=MESSAGE)

    assert good.returncode == 0
    assert fingerprint(line) in good.stdout.decode()
    assert fingerprint(line) in bare.stdout.decode()
    assert _keygen(*verify, "-n", NAMESPACE, given=MESSAGE + b"x").returncode != 0
    assert _keygen(*verify, "-n", "ntm-survey-head", given=MESSAGE).returncode != 0


def test_a_signature_names_a_key_but_only_that_key_makes_it_hold() -> None:
    """The value of one key under the name of another."""
    one, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    true = read_signature(sign(one, MESSAGE))
    false = type(true)(public_line(other.public_key()), true.namespace, true.value)

    assert holds(true, MESSAGE)
    assert not holds(false, MESSAGE)


def test_another_purpose_is_another_signature() -> None:
    """What endorses a key cannot be shown as the seal of a bundle."""
    key = Ed25519PrivateKey.generate()
    endorsement = read_signature(sign(key, MESSAGE, "ntm-survey-key"))
    shown = type(endorsement)(endorsement.public_line, NAMESPACE, endorsement.value)

    assert not holds(shown, MESSAGE)


def _armoured(blob: bytes) -> str:
    return f"-----BEGIN SSH SIGNATURE-----\n{base64.b64encode(blob).decode()}\n-----END SSH SIGNATURE-----\n"


def _blob() -> bytes:
    return base64.b64decode("".join(sign(Ed25519PrivateKey.from_private_bytes(bytes(32)), MESSAGE).splitlines()[1:-1]))


def test_line_ends_of_windows_do_no_harm() -> None:
    """A text that passed through an editor."""
    key = Ed25519PrivateKey.generate()

    assert holds(read_signature(sign(key, MESSAGE).replace("\n", "\r\n")), MESSAGE)


@pytest.mark.parametrize("size", range(0, 187, 6))
def test_a_signature_cut_anywhere_is_refused(size: int) -> None:
    """Each beginning of one."""
    with pytest.raises(UnreadableSignatureError):
        read_signature(_armoured(_blob()[:size]))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-----BEGIN SSH SIGNATURE-----",
        "-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----",
        "-----BEGIN SSH SIGNATURE-----\n€€€€\n-----END SSH SIGNATURE-----",
        "A" * (MOST_SIGNATURE + 1),
        "-----BEGIN PGP SIGNATURE-----\nAAAA\n-----END PGP SIGNATURE-----",
    ],
    ids=["nothing", "one line", "empty", "no base64", "long", "another kind"],
)
def test_no_signature_is_refused(text: str) -> None:
    """Whatever a stranger puts there."""
    with pytest.raises(UnreadableSignatureError):
        read_signature(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"SSHSIG\x00\x00\x00\x01", b"SSHSIG\x00\x00\x00\x02"),
        (b"\x00\x00\x00\x06sha512", b"\x00\x00\x00\x06sha256"),
        (b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x40", b"\x00\x00\x00\x0bssh-ed2551x\x00\x00\x00\x40"),
        (b"\x00\x00\x00\x06sha512", b"\xff\xff\xff\xffsha512"),
        (NAMESPACE.encode(), b"\xff" * len(NAMESPACE)),
    ],
    ids=["version", "hash", "kind", "length", "namespace"],
)
def test_another_form_is_refused(old: bytes, new: bytes) -> None:
    """What is not SSHSIG 1 with Ed25519 and SHA-512, and a length that points behind the end."""
    blob = _blob()

    assert old in blob
    with pytest.raises(UnreadableSignatureError):
        read_signature(_armoured(blob.replace(old, new)))


def test_what_is_behind_the_end_is_refused() -> None:
    """One byte more."""
    with pytest.raises(UnreadableSignatureError):
        read_signature(_armoured(_blob() + b"\x00"))


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_another_kind_of_key_is_refused(tmp_path: Path, kind: str) -> None:
    """Only Ed25519 seals."""
    assert _keygen("-q", "-t", kind, "-N", "", "-f", str(tmp_path / "key")).returncode == 0
    theirs = _keygen("-Y", "sign", "-n", NAMESPACE, "-f", str(tmp_path / "key"), given=MESSAGE).stdout.decode()

    assert theirs.startswith("-----BEGIN")
    with pytest.raises(UnreadableSignatureError):
        read_signature(theirs)
    with pytest.raises(UnreadableSignatureError):
        fingerprint((tmp_path / "key.pub").read_text())
