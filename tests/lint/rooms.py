#!/usr/bin/env python3
"""Holds the includes of every room against the room map.

The map is said twice, `room(…)` in CMakeLists.txt and the table in src/README.md; both must be the
same. A room includes its own header, headers of rooms in its row, its own private headers, the
system's, and a third-party library's only if it owns it.
"""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]

OWNERS = {
    "git2": "git", "openssl": "hash", "yaml": "format", "jansson": "format", "archive": "archive",
    "archive_entry": "archive", "curl": "http", "expat": "remote", "zstd": "chunk", "pthread": "os",
    "threads": "os", "semaphore": "os",
}
SYSTEM = set("""
assert ctype dirent dlfcn endian errno fcntl fnmatch float getopt inttypes limits locale math poll pwd sched
signal spawn stdarg stdatomic stdbool stddef stdint stdio stdlib string strings malloc termios time unistd
sys/epoll sys/eventfd sys/file sys/ioctl sys/mman sys/random sys/resource sys/sendfile sys/socket sys/stat sys/statfs
sys/statvfs sys/syscall sys/sysmacros sys/time sys/types sys/uio sys/un sys/vfs sys/wait sys/xattr
linux/fs linux/fiemap linux/magic linux/openat2 linux/sockios linux/stat
""".split())


def rooms_of_cmake():
    text = (TOP / "CMakeLists.txt").read_text()
    rooms = {}
    for body in re.findall(r"^room\(([^)]*)\)", text, re.M):
        name, _, rest = body.partition(" ")
        uses = re.search(r"USES ([a-z0-9_ ]+?)(?: LIBRARIES|$)", rest.replace("\n", " "))
        rooms[name] = set(uses.group(1).split()) if uses else set()
    return rooms


def rooms_of_readme():
    """Rows `| name | owns | library | may use |`; "all above" is what it says."""
    rooms = {}
    for line in (TOP / "src/README.md").read_text().splitlines():
        cells = [cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 4 or not re.fullmatch(r"[a-z0-9]+", cells[0]):
            continue
        if cells[0] == "room":
            continue
        words = set(re.findall(r"[a-z0-9]+", cells[3]))
        rooms[cells[0]] = set(rooms) if words == {"all", "above"} else words
    return rooms


def compare_maps(cmake, readme):
    for room in sorted(cmake.keys() | readme.keys()):
        if room not in cmake and (TOP / "src" / room).is_dir():
            yield f"CMakeLists.txt: no room({room})"
        elif room not in readme:
            yield f"src/README.md: no row for {room}"
        elif room in cmake and cmake[room] != readme[room] & cmake.keys():
            yield (f"{room}: CMakeLists.txt says {sorted(cmake[room])}, "
                   f"src/README.md says {sorted(readme[room] & cmake.keys())}")


def check_cycles(rooms):
    for room, uses in rooms.items():
        for used in uses - rooms.keys():
            yield f"CMakeLists.txt: {room} uses {used}, which is no room"
        seen, todo = set(), set(uses)
        while todo:
            seen.add(used := todo.pop())
            todo |= rooms.get(used, set()) - seen
        if room in seen:
            yield f"CMakeLists.txt: {room} uses itself in a round"


def judge(room, uses, folder, include):
    """Why this include is wrong, or None."""
    quote, name = include
    stem = name.removesuffix(".h")
    if quote == '"':
        return None if "/" not in name and (folder / name).exists() else "is not a header of the room"
    if stem.startswith("dray/"):
        used = stem.removeprefix("dray/")
        return None if used == room or used in uses else f"{used} is not in the row of {room}"
    owner = OWNERS.get(stem.split("/")[0])
    if owner:
        return None if owner == room else f"only the room {owner} may include it"
    return None if stem in SYSTEM else "is neither the system's nor owned by a room"


def check_file(path, room, uses):
    include = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
    for number, line in enumerate(path.read_text().splitlines(), 1):
        found = include.match(line)
        wrong = found and judge(room, uses, path.parent, found.groups())
        if wrong:
            yield f"{path.relative_to(TOP)}:{number}: {found.group(2)} {wrong}"


def findings():
    rooms = rooms_of_cmake()
    yield from compare_maps(rooms, rooms_of_readme())
    yield from check_cycles(rooms)
    for room, uses in rooms.items():
        header = TOP / "include/dray" / f"{room}.h"
        if not header.exists():
            yield f"include/dray/{room}.h: missing"
            continue
        for path in [header, *sorted((TOP / "src" / room).rglob("*.[ch]"))]:
            yield from check_file(path, room, uses)
    yield from check_file(TOP / "src/main.c", "main", {"cli"})
    for header in sorted((TOP / "include/dray").glob("*.h")):
        if header.stem not in rooms:
            yield f"{header.relative_to(TOP)}: no such room"


if __name__ == "__main__":
    wrong = list(findings())
    print("\n".join(wrong) or "rooms: every include is in the map")
    sys.exit(1 if wrong else 0)
