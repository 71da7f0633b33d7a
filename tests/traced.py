"""A server's system calls, read from strace's log: what it wrote, synced, named and answered, in the order in which it happened.

`STRACE` starts a program under it. A call that another thread interrupts in the log counts when it ends; a sync covers what was there
when it began.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_CALLS = "openat,creat,write,pwrite64,writev,ftruncate,lseek,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,"
_CALLS += "mkdirat,rmdir,sendto,sendmsg,copy_file_range,sendfile,fallocate,close"
_WHOLE = re.compile(r"(?P<pid>\d+)\s+(?P<name>\w+)\((?P<arguments>.*)\)\s+= (?P<result>-?\d+|\?)")
_BEGUN = re.compile(r"(?P<pid>\d+)\s+(?P<name>\w+)\((?P<arguments>.*) <unfinished \.\.\.>")
_ENDED = re.compile(r"(?P<pid>\d+)\s+<\.\.\. (?P<name>\w+) resumed>(?P<arguments>.*)\)\s+= (?P<result>-?\d+|\?)")
_HANDLE = re.compile(r"(?P<number>\d+)<(?P<path>[^>]*)>")
_SYNCS = {"fsync", "fdatasync"}


def strace(log: Path) -> list[str]:
    """The words in front of a command that write its calls, with all bytes, to *log*; the command keeps its own process id."""
    return ["strace", "-D", "-f", "-y", "-xx", "-s", "20000000", "--seccomp-bpf", "-e", f"trace={_CALLS}", "-o", str(log)]


@dataclass(frozen=True)
class Call:
    """One call: *phase* is `begin` or `end` of a sync, `end` of anything else; *arguments* as strace writes them."""

    pid: int
    name: str
    phase: str
    arguments: tuple[str, ...]
    result: int = 0

    @property
    def handle(self) -> tuple[int, str]:
        """Number and path of the open file that the call is about."""
        found = _HANDLE.match(self.arguments[0])
        return (int(found["number"]), _plain(found["path"])) if found else (-1, "")

    def text(self, index: int) -> bytes:
        """The bytes of an argument."""
        return bytes.fromhex(self.arguments[index].strip('"').replace("\\x", ""))

    def named(self) -> list[str]:
        """The path of every open file that the call names."""
        return [_plain(found) for part in self.arguments for found in re.findall(r"<([^>]*)>", part)]

    def path(self, index: int) -> str:
        """The path that an argument names, the folder before it taken from the argument in front where it is relative."""
        name = self.text(index).decode()
        if name.startswith("/") or index == 0:
            return name
        folder = re.search(r"<([^>]*)>", self.arguments[index - 1])
        return f"{_plain(folder[1])}/{name}" if folder else name


def calls(log: Path) -> Iterator[Call]:
    """The calls of *log* that succeeded, in order."""
    begun: dict[tuple[str, str], str] = {}
    with log.open() as lines:
        for line in lines:
            if found := _WHOLE.match(line):
                arguments = found["arguments"]
            elif found := _BEGUN.match(line):
                begun[found["pid"], found["name"]] = found["arguments"]
                if found["name"] in _SYNCS:
                    yield _call(found, "begin", found["arguments"])
                continue
            elif found := _ENDED.match(line):
                arguments = begun.pop((found["pid"], found["name"]), "") + found["arguments"]
            else:
                continue
            if found["result"] != "?" and int(found["result"]) >= 0:
                if found["name"] in _SYNCS and _WHOLE.match(line):
                    yield _call(found, "begin", arguments)
                yield _call(found, "end", arguments, int(found["result"]))


def _plain(path: str) -> str:
    return bytes.fromhex(path.replace("\\x", "")).decode() if path.startswith("\\x") else path


def _call(found: re.Match[str], phase: str, arguments: str, result: int = 0) -> Call:
    return Call(int(found["pid"]), found["name"], phase, tuple(part.strip() for part in arguments.split(", ")), result)
