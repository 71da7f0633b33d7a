"""Unfinished uploads, encrypted at their own places: ChaCha20 with a key of the upload's own and the byte's place as its counter.

A request may bring any bytes again, and several may bring the same ones at once, so that a byte's sealed form follows from upload, place
and value alone. Hence nothing vouches for it: the hash that the phone gives with its last piece does. Whoever copies the disk twice while
one upload is sent with two different contents learns how these differ.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20

from survey.domain.ports import Blobs, PartKey
from survey.store.age_format import Identity
from survey.store.blob_keys import BlobKeys
from survey.store.parts import checked

_BLOCK = 64  # of ChaCha20, which the counter counts


class Place:
    """Where an upload lies in the store below, and the key it lies under; *identity* is None for one that was begun in the clear."""

    def __init__(self, key: PartKey, identity: Identity | None) -> None:
        salt = f"{checked(key).owner}/{key.upload}".encode()
        self.identity, self._salt = identity, salt
        # Another name for each key, so that what was begun under one is never taken for what was begun under another.
        self.key = key if identity is None else replace(key, upload=identity.derive("part-name", salt)[:16].hex())

    def convert(self, chunks: Iterable[bytes], start: int) -> Iterator[bytes]:
        """Plain *chunks* from byte *start* on sealed, or sealed ones plain."""
        if self.identity is None:
            yield from chunks
            return
        nonce = (start // _BLOCK).to_bytes(4, "little") + b"\0" * 12
        stream = Cipher(ChaCha20(self.identity.derive("part", self._salt), nonce), mode=None).encryptor()
        stream.update(b"\0" * (start % _BLOCK))
        for chunk in chunks:
            yield stream.update(chunk)


class SealedParts:
    """The unfinished uploads of *inner*; each stays as it was begun, under a key or in the clear, to its end."""

    def __init__(self, inner: Blobs, keys: BlobKeys) -> None:
        self._inner, self._keys = inner, keys

    def place(self, key: PartKey) -> Place:
        """Where the upload was begun, or else would be."""
        places = self._places(key)
        return next((place for place in places if self._inner.part_offset(place.key)), places[0])

    def _places(self, key: PartKey) -> list[Place]:
        written = Place(key, self._keys.writer)
        others = [Place(key, identity) for identity in (*self._keys.readers, None) if identity is not self._keys.writer]
        return [written, *others]

    def offset(self, key: PartKey) -> int:
        """How far the upload has come."""
        return self._inner.part_offset(self.place(key).key)

    def write(self, key: PartKey, start: int, chunks: Iterable[bytes], limit: int) -> int:
        """As `Blobs.write_part`."""
        place = self.place(key)
        return self._inner.write_part(place.key, start, place.convert(chunks, start), limit)

    def drop(self, key: PartKey) -> None:
        """Forget the upload, however it was begun."""
        for place in self._places(key):
            self._inner.drop_parts(place.key)

    def make_room(self, key: PartKey, most: int) -> None:
        """As `Blobs.make_room`."""
        self._inner.make_room(self.place(key).key, most)
