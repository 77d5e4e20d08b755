#!/usr/bin/env python3
"""Finds calls and words that have no place in the sources: see the lists."""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]

CALLS = """strcpy strcat sprintf vsprintf strtok atoi atol atoll gets gmtime localtime asctime ctime
mktemp tmpnam tempnam tmpfile alloca rand srand system popen strncpy strncat""".split()
CODE = [(re.compile(rf"(?<![\w.>]){call}\s*\("), f"{call}() is banned") for call in CALLS]
CODE += [(re.compile(r"\bgoto\b"), "goto is banned")]
ANYWHERE = [(re.compile(rf"\b{word}\b"), f"{word}: do it, or open an issue and write NEEDSWORK")
            for word in ("TODO", "FIXME", "XXX", "HACK")]
# The program's own text goes through cli; below it nothing prints.
PRINTING = (re.compile(r"(?<![\w.>])(printf|puts|putchar|perror)\s*\("), "only cli prints")

# Comments, then string and character literals; what remains is code.
NOT_CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(match):
    return re.sub(r"[^\n]", " ", match.group(0))


def check(path):
    text = path.read_text()
    code = NOT_CODE.sub(blank, text)
    rules = CODE + ([PRINTING] if path.is_relative_to(TOP / "src") and path.parent.name != "cli" else [])
    for number, (line, bare) in enumerate(zip(text.split("\n"), code.split("\n")), 1):
        for pattern, why in rules:
            if pattern.search(bare):
                yield f"{path.relative_to(TOP)}:{number}: {why}"
        for pattern, why in ANYWHERE:
            if pattern.search(line):
                yield f"{path.relative_to(TOP)}:{number}: {why}"


def sources():
    for folder in ("include", "src", "tests"):
        yield from sorted((TOP / folder).rglob("*.[ch]"))


if __name__ == "__main__":
    wrong = [finding for path in sources() for finding in check(path)]
    print("\n".join(wrong) or "banned: nothing found")
    sys.exit(1 if wrong else 0)
