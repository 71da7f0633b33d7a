"""Signing: the deployment's one key for seals, made at first need, changed by the operator; read here and nowhere else.

Only the worker and the operator's commands import this module (.importlinter): a process that answers people never sees the private
key. A key is registered before its file takes its place, and the file lies beside it meanwhile, so that a power cut between the two
leaves a key that is registered and there.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from survey.bundle import signature
from survey.bundle.key_file import move_key, read_key, write_key
from survey.domain.canonical import sha256_hex
from survey.domain.ports import Survey, Transaction
from survey.domain.problems import (
    KEY_REASON_NEEDED,
    SIGNING_KEY_FOREIGN,
    SIGNING_KEY_GONE,
    SIGNING_KEY_NONE,
    SIGNING_KEY_RETIRED,
    SIGNING_KEY_UNREGISTERED,
    Problem,
)
from survey.domain.signing import BUNDLE, KEY, SigningKey, line_of_file
from survey.store.signing_keys import insert_signing_key, lock_signing_keys, select_current_key, select_signing_keys, update_key_ended

REASON_LENGTH = 300
"""Characters of a reason; our own choice: it fits on the printed sheet."""


@dataclass(frozen=True)
class Sealer:
    """Signs with the key in use, the first of *keys*, which are what everybody may know: the others are its predecessors."""

    keys: tuple[SigningKey, ...]
    _private: Ed25519PrivateKey = field(repr=False)

    @property
    def key(self) -> SigningKey:
        """The key in use."""
        return self.keys[0]

    @property
    def fingerprint(self) -> str:
        """The key's fingerprint as `ssh-keygen` prints it."""
        return self.key.fingerprint

    @property
    def public_line(self) -> str:
        """The public key as OpenSSH writes it, without a comment."""
        return self.key.public_line

    def sign(self, message: bytes, namespace: str = BUNDLE) -> str:
        """The armoured signature of *message*, which holds for *namespace* only."""
        return signature.sign(self._private, message, namespace)


def ensure(survey: Survey) -> SigningKey:
    """The key in use, made where there is none yet, its file in place. Raises what `sealer` raises."""
    return sealer(survey).key


def sealer(survey: Survey) -> Sealer:
    """What seals for this deployment; the first call makes its first key, however many workers come at once.

    Raises SIGNING_KEY_GONE, SIGNING_KEY_FOREIGN, SIGNING_KEY_UNREGISTERED, SIGNING_KEY_EXPOSED, SIGNING_KEY_UNUSABLE, STORAGE_UNUSABLE.
    """
    with survey.transaction() as tx:
        lock_signing_keys(tx)
        if select_current_key(tx) is None:
            _make_first(tx, survey.signing_key, survey.now())
    return _held(survey)


def rotate(survey: Survey, reason: str, *, lost: bool = False) -> SigningKey:
    """Make a new key; the former one endorses it and is removed. Where it is *lost* or may be known to others nothing endorses.

    Raises KEY_REASON_NEEDED, SIGNING_KEY_NONE, and what `sealer` raises where the former key must endorse and cannot.
    """
    reason = _worded(reason)
    former = None if lost else _held(survey)
    private, path, now = Ed25519PrivateKey.generate(), survey.signing_key, survey.now()
    with survey.transaction() as tx:
        lock_signing_keys(tx)
        current = select_current_key(tx)
        if current is None:
            raise Problem(SIGNING_KEY_NONE)
        if former is not None and former.fingerprint != current.fingerprint:
            raise Problem(SIGNING_KEY_FOREIGN, path=path, found=former.fingerprint, fingerprint=current.fingerprint)
        line = signature.public_line(private.public_key())
        endorsement = "" if former is None else former.sign(line_of_file(line), KEY)
        _write_beside(path, private)
        _succeed(tx, current, SigningKey(signature.fingerprint(line), line, now, reason=reason, endorsement=endorsement))
    return _held(survey).key


def adopt(survey: Survey, reason: str) -> SigningKey:
    """Use the key whose file lies there from now on: after a move to another machine, or where an older database was restored.

    A key that was registered before it counts as lost, since nothing says that who put the file there had it.
    Raises KEY_REASON_NEEDED, SIGNING_KEY_GONE, SIGNING_KEY_RETIRED, SIGNING_KEY_EXPOSED, SIGNING_KEY_UNUSABLE.
    """
    reason = _worded(reason)
    with survey.transaction() as tx:
        lock_signing_keys(tx)
        current = select_current_key(tx)
        private = read_key(survey.signing_key)
        if private is None:
            raise Problem(SIGNING_KEY_GONE, path=survey.signing_key, fingerprint="–" if current is None else current.fingerprint)
        line = signature.public_line(private.public_key())
        key = SigningKey(signature.fingerprint(line), line, survey.now(), reason=reason)
        if current is None:
            _register_first(tx, key)
        elif current.fingerprint != key.fingerprint:
            if any(known.fingerprint == key.fingerprint for known in select_signing_keys(tx)):
                raise Problem(SIGNING_KEY_RETIRED, path=survey.signing_key, fingerprint=key.fingerprint)
            _succeed(tx, current, key)
    return _held(survey).key


def _held(survey: Survey) -> Sealer:
    """The registered key with its private half; finishes a change that was cut short between the database and the file."""
    path = survey.signing_key
    with survey.transaction() as tx:
        lock_signing_keys(tx)
        current = select_current_key(tx)
        if current is None:
            raise Problem(SIGNING_KEY_NONE)
        if _waits(path, current):
            move_key(_beside(path), path)
        private = read_key(path)
        if private is None:
            raise Problem(SIGNING_KEY_GONE, path=path, fingerprint=current.fingerprint)
        if _fingerprint(private) != current.fingerprint:
            raise Problem(SIGNING_KEY_FOREIGN, path=path, found=_fingerprint(private), fingerprint=current.fingerprint)
        keys = select_signing_keys(tx)
    return Sealer(tuple(keys), private)


def _waits(path: Path, current: SigningKey) -> bool:
    """Whether the file of the key in use has not taken its place yet; what a change that was never kept left there does not count."""
    try:
        private = read_key(_beside(path))
    except Problem:
        return False
    return private is not None and _fingerprint(private) == current.fingerprint


def _make_first(tx: Transaction, path: Path, now: datetime) -> None:
    there = read_key(path)
    if there is not None:
        raise Problem(SIGNING_KEY_UNREGISTERED, path=path, fingerprint=_fingerprint(there))
    private = Ed25519PrivateKey.generate()
    _write_beside(path, private)
    line = signature.public_line(private.public_key())
    _register_first(tx, SigningKey(signature.fingerprint(line), line, now))


def _register_first(tx: Transaction, key: SigningKey) -> None:
    insert_signing_key(tx, key)
    tx.log("", "signing_key.made", {"fingerprint": key.fingerprint})


def _succeed(tx: Transaction, former: SigningKey, key: SigningKey) -> None:
    lost = not key.endorsement
    update_key_ended(tx, former.fingerprint, key.valid_from, lost=lost)
    insert_signing_key(tx, key)
    about = {"former": former.fingerprint, "fingerprint": key.fingerprint, "lost": lost, "reason": sha256_hex(key.reason)}
    tx.log("", "signing_key.rotated", about)


def _write_beside(path: Path, private: Ed25519PrivateKey) -> None:
    beside = _beside(path)
    beside.unlink(missing_ok=True)  # under the lock: left by a change that was never kept
    write_key(beside, private)


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


def _fingerprint(private: Ed25519PrivateKey) -> str:
    return signature.fingerprint(signature.public_line(private.public_key()))


def _worded(reason: str) -> str:
    words = " ".join(reason.split())
    if not 0 < len(words) <= REASON_LENGTH:
        raise Problem(KEY_REASON_NEEDED, most=REASON_LENGTH)
    return words
