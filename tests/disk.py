"""A disk as a power cut leaves it: what was written and what was synced, file by file and name by name.

POSIX promises no more than this: the bytes of a file after its own sync, its name after its folder's. The model follows a server's
system calls (`tests.traced`) below one folder and can lay out the folder as it would be found after any of them.
"""

import os
import random
from dataclasses import dataclass, field
from pathlib import Path

from tests.traced import Call

_BLOCK = 4096
_PASSED_OVER = ("cache", "server.log")  # can be made again, or belongs to the test


@dataclass
class File:
    """The bytes of one file: as programs see them, as they surely lie on the disk, and as they were when a sync began."""

    written: bytearray = field(default_factory=bytearray)
    synced: bytes = b""
    syncing: dict[int, bytes] = field(default_factory=dict)


class Disk:
    """The folder *root*, as it lies there now, and what becomes of it."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self.files: dict[str, File] = {}
        self.folders = {str(root)}
        for folder, _, names in os.walk(root, followlinks=False):
            self.folders.add(folder)
            for name in names:
                content = (Path(folder) / name).read_bytes()
                self.files[f"{folder}/{name}"] = File(bytearray(content), content)
        self.synced_files, self.synced_folders = dict(self.files), set(self.folders)
        self._listed: dict[int, tuple[str, dict[str, File], set[str]]] = {}
        self._offsets: dict[tuple[str, int], int] = {}

    def follow(self, root: Path) -> None:
        """Take calls below *root* for calls below the folder of the beginning, which was copied from there."""
        old, self._root = self._root, str(root)
        self.files = {self._root + path.removeprefix(old): file for path, file in self.files.items()}
        self.folders = {self._root + path.removeprefix(old) for path in self.folders}
        self.synced_files, self.synced_folders = dict(self.files), set(self.folders)

    def apply(self, call: Call) -> bool:
        """Do what *call* did; true where anything below the folder changed, or became sure."""
        step = getattr(self, f"_{call.name}", None)
        return bool(step is not None and step(call))

    def reaches(self, path: str) -> bool:
        """Whether every folder on the way to *path* is sure to be on the disk."""
        folders = {str(folder) for folder in Path(path).parents if self._inside(str(folder))}
        return folders <= self.synced_folders

    def lay_out(self, folder: Path, *, cut: bool, chance: random.Random | None = None) -> None:
        """Write the state into the empty *folder*: all that was written, or, after a power *cut*, what was synced.

        With *chance* some of the blocks that were written and not synced are on the disk as well: disks write in any order.
        """
        files, folders = (self.synced_files, self.synced_folders) if cut else (self.files, self.folders)
        folder.mkdir()
        for path in sorted(folders - {self._root}):
            if Path(self._moved(path, folder)).parent.is_dir():
                Path(self._moved(path, folder)).mkdir()
        for path, file in files.items():
            if Path(self._moved(path, folder)).parent.is_dir():
                Path(self._moved(path, folder)).write_bytes(_torn(file, chance) if cut else bytes(file.written))

    def _moved(self, path: str, folder: Path) -> str:
        return str(folder) + path.removeprefix(self._root)

    def _inside(self, path: str) -> bool:
        return path.startswith(self._root + "/") and not path.startswith(tuple(f"{self._root}/{name}" for name in _PASSED_OVER))

    def _openat(self, call: Call) -> bool:
        path = call.path(1)
        if not self._inside(path) or "O_DIRECTORY" in call.arguments[2] or path in self.folders:
            return False
        new = path not in self.files and "O_CREAT" in call.arguments[2]
        if new:
            self.files[path] = File()
        if path in self.files:
            if "O_TRUNC" in call.arguments[2]:
                self.files[path].written.clear()
            start = len(self.files[path].written) if "O_APPEND" in call.arguments[2] else 0
            self._offsets[path, call.result] = start
        return new or "O_TRUNC" in call.arguments[2]

    def _write(self, call: Call) -> bool:
        number, path = call.handle
        if path not in self.files:
            return False
        start = self._offsets.get((path, number), 0)
        self._put(self.files[path], start, call.text(1)[: call.result])
        self._offsets[path, number] = start + call.result
        return True

    def _pwrite64(self, call: Call) -> bool:
        _, path = call.handle
        if path not in self.files:
            return False
        self._put(self.files[path], int(call.arguments[3]), call.text(1)[: call.result])
        return True

    def _put(self, file: File, start: int, content: bytes) -> None:
        file.written.extend(bytes(max(0, start - len(file.written))))
        file.written[start : start + len(content)] = content

    def _lseek(self, call: Call) -> bool:
        number, path = call.handle
        if path in self.files:
            self._offsets[path, number] = call.result
        return False

    def _ftruncate(self, call: Call) -> bool:
        _, path = call.handle
        if path not in self.files:
            return False
        size, content = int(call.arguments[1]), self.files[path].written
        del content[size:]
        content.extend(bytes(size - len(content)))
        return True

    def _fsync(self, call: Call) -> bool:
        _, path = call.handle
        if path in self.folders:
            return self._sync_folder(call, path)
        file = self.files.get(path)
        if file is None:
            return False
        if call.phase == "begin":
            file.syncing[call.pid] = bytes(file.written)
            return False
        file.synced = file.syncing.pop(call.pid)
        return True

    _fdatasync = _fsync

    def _sync_folder(self, call: Call, path: str) -> bool:
        if call.phase == "begin":
            names = {name: file for name, file in self.files.items() if str(Path(name).parent) == path}
            self._listed[call.pid] = path, names, {name for name in self.folders if str(Path(name).parent) == path}
            return False
        path, names, folders = self._listed.pop(call.pid)
        self.synced_files = {name: file for name, file in self.synced_files.items() if str(Path(name).parent) != path} | names
        self.synced_folders = {name for name in self.synced_folders if str(Path(name).parent) != path} | folders
        return True

    def _rename(self, call: Call) -> bool:
        return self._move(call.path(0), call.path(1))

    def _renameat(self, call: Call) -> bool:
        return self._move(call.path(1), call.path(3))

    _renameat2 = _renameat

    def _move(self, old: str, new: str) -> bool:
        if old not in self.files:
            return False
        self.files[new] = self.files.pop(old)
        self._offsets = {((new if path == old else path), number): at for (path, number), at in self._offsets.items()}
        return True

    def _link(self, call: Call) -> bool:
        if call.path(0) not in self.files:
            return False
        self.files[call.path(1)] = self.files[call.path(0)]
        return True

    def _unlink(self, call: Call) -> bool:
        return self.files.pop(call.path(0), None) is not None

    def _unlinkat(self, call: Call) -> bool:
        path = call.path(1)
        if "AT_REMOVEDIR" in call.arguments[2]:
            self.folders.discard(path)
            return self._inside(path)
        return self.files.pop(path, None) is not None

    def _rmdir(self, call: Call) -> bool:
        self.folders.discard(call.path(0))
        return self._inside(call.path(0))

    def _mkdir(self, call: Call) -> bool:
        if not self._inside(call.path(0)):
            return False
        self.folders.add(call.path(0))
        return True

    def _untold(self, call: Call) -> bool:
        """Calls that write in ways the model does not follow: a test must not pass over them."""
        assert not any(path in self.files for path in call.named()), f"the model does not know {call.name}"
        return False

    _writev = _copy_file_range = _sendfile = _fallocate = _untold


def _torn(file: File, chance: random.Random | None) -> bytes:
    """What is on the disk of *file*: the synced bytes, and with *chance* some blocks of what was written since."""
    if chance is None or bytes(file.written) == file.synced:
        return file.synced
    size = chance.choice((len(file.synced), len(file.written)))
    mixed = bytearray(file.synced[:size].ljust(size, b"\0"))
    for start in range(0, size, _BLOCK):
        if chance.random() < 0.5:
            mixed[start : start + _BLOCK] = file.written[start : start + _BLOCK].ljust(len(mixed[start : start + _BLOCK]), b"\0")
    return bytes(mixed)
