"""What a stored file is, told from its beginning: sealed, with the key that opens it, or plain and what its name says."""

import hashlib
from collections import OrderedDict
from threading import Lock

from survey.domain.ports import Blobs
from survey.domain.problems import BLOB_DAMAGED, BLOB_LOCKED, Problem, ProblemKind
from survey.store import age_format as age
from survey.store.blob_keys import BlobKeys

_REMEMBERED = 4096  # files whose keys, some 200 bytes each, are not looked up again


class Heads:
    """The beginnings of the files of *inner*, and what was learnt from them lately."""

    def __init__(self, inner: Blobs, keys: BlobKeys) -> None:
        self._inner, self._keys = inner, keys
        self._known: OrderedDict[tuple[str, bool], age.FileKey | None] = OrderedDict()
        self._lock = Lock()

    def look(self, sha256: str, quarantine: bool) -> age.FileKey | None:
        """The file's key, None where it is plain; of a plain one the beginning is read each time, as it may be sealed at any moment."""
        known = self._remembered(sha256, quarantine)
        return known if known is not None else self.judge(sha256, quarantine, self.read(sha256, quarantine))

    def judge(self, sha256: str, quarantine: bool, head: bytes) -> age.FileKey | None:
        """The key of the file that begins with *head*, None where it is plain; then all of it was read once, and hashes to its name.

        Without keys a file that does not begin as age's do is taken as it is, as everywhere. Raises BLOB_LOCKED, BLOB_DAMAGED.
        """
        file_key = self.find(sha256, quarantine, head)
        if file_key is None and self._keys.readers and not self._is_remembered(sha256, quarantine):
            self._require_named_so(sha256, quarantine)
        self._remember(sha256, quarantine, file_key)
        return file_key

    def find(self, sha256: str, quarantine: bool, head: bytes) -> age.FileKey | None:
        """As `judge`, without reading a plain file through. A stranger's age file, handed in as it is, is plain."""
        if not head.startswith(age.MAGIC):
            return None
        try:
            return age.open_header(head, self._keys.readers, sha256)
        except age.OtherKeyError:
            self._require_named_so(sha256, quarantine, BLOB_LOCKED)
        except (age.NotOursError, age.ChangedError):
            self._require_named_so(sha256, quarantine)
        return None

    def read(self, sha256: str, quarantine: bool) -> bytes:
        """The beginning. Raises FILE_UNKNOWN."""
        return b"".join(self._inner.read(sha256, start=0, length=age.START, quarantine=quarantine))

    def forget(self, sha256: str) -> None:
        """Look anew the next time."""
        with self._lock:
            for aside in (False, True):
                self._known.pop((sha256, aside), None)

    def _remembered(self, sha256: str, quarantine: bool) -> age.FileKey | None:
        with self._lock:
            return self._known.get((sha256, quarantine))

    def _is_remembered(self, sha256: str, quarantine: bool) -> bool:
        with self._lock:
            return (sha256, quarantine) in self._known

    def _remember(self, sha256: str, quarantine: bool, file_key: age.FileKey | None) -> None:
        with self._lock:
            self._known[sha256, quarantine] = file_key
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)

    def _require_named_so(self, sha256: str, quarantine: bool, kind: ProblemKind = BLOB_DAMAGED) -> None:
        digest = hashlib.sha256()
        for chunk in self._inner.read(sha256, quarantine=quarantine):
            digest.update(chunk)
        if digest.hexdigest() != sha256:
            raise Problem(kind, sha256=sha256)
