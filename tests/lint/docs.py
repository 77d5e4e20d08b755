#!/usr/bin/env python3
"""Holds help, manual pages and completions against the tables that `dray __describe` prints.

    docs.py <dray> <build folder>

A command, option, setting, variable or exit code that is in the tables but in no document, or in
a manual page but not in the tables, is a finding.
"""
import pathlib
import re
import subprocess
import sys

HELP_WIDTH = 80
HELP_TEXT_MAX = 60
SHELLS = ("bash", "zsh", "fish")


def output(dray, *args):
    run = subprocess.run([dray, *args], capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(f"docs: status {run.returncode} of dray {' '.join(args)}: {run.stderr}")
    return run.stdout


def tables(dray):
    """{kind: [fields …]} of the tab-separated lines."""
    found = {}
    for line in output(dray, "__describe").splitlines():
        kind, *fields = line.split("\t")
        found.setdefault(kind, []).append(fields)
    return found


def check_help(dray, commands, options):
    for command in commands:
        text = output(dray, "help", *command.split())
        for line in text.splitlines():
            if len(line) > HELP_WIDTH:
                yield f"help {command}: wider than {HELP_WIDTH} columns: {line}"
        for option in options.get(command, []):
            if not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", text):
                yield f"help {command}: no {option}"
    overview = output(dray, "help")
    for command in commands:
        if " " not in command and not re.search(rf"^ +{command}\b", overview, re.M):
            yield f"help: no {command}"


def plain(path):
    """A manual page without its escapes."""
    return re.sub(r"\\f.|\\&", "", path.read_text()).replace("\\-", "-").replace("\\(aq", "'")


def page_of(folder, command):
    """Name and text of the manual page of a command; None if there is none."""
    for name in (command.replace(" ", "-"), command.split()[0]):
        path = folder / f"dray-{name}.1"
        if path.exists():
            return path.name, plain(path)
    return None


def check_pages(folder, commands, options, common):
    for command in commands:
        page = page_of(folder, command)
        if not page:
            yield f"man: no page for {command}"
            continue
        name, text = page
        for option in options.get(command, []):
            if option not in common and not re.search(rf"(?<![\w-]){option}(?![\w-])", text):
                yield f"man {name}: no {option}"
    main = plain(folder / "dray.1")
    for command in commands:
        if " " not in command and not re.search(rf"\b{command}\b", main):
            yield f"man dray.1: no {command}"
    for option in common:
        if option not in main:
            yield f"man dray.1: no {option}"


def check_strangers(folder, options):
    """Options that a page tells of but no table has; git's and others' are named with their program."""
    known = {option for some in options.values() for option in some}
    for path in sorted(folder.glob("dray*.1")):
        for line in plain(path).splitlines():
            if re.search(r"\b(git|cp|rm|dvc) ", line):
                continue
            for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", line):
                if option not in known:
                    yield f"man {path.name}: {option} is in no table"


def check_words(folder, found):
    """Settings, variables and exit codes are in the pages, somewhere."""
    pages = "\n".join(plain(path) for path in sorted(folder.glob("dray*.1")))
    for kind in ("setting", "variable"):
        for name, *_ in found.get(kind, []):
            if name not in pages:
                yield f"man: no {kind} {name}"
    for code, name, text in found.get("exit", []) + found.get("dvc-exit", []):
        if not re.search(rf"\b{code}\b", pages) or text.split(";")[0] not in pages:
            yield f"man: no exit code {code} ({name})"


def check_completions(dray, folder, commands, options):
    for shell in SHELLS:
        text = output(dray, "completion", shell)
        made = folder / f"dray.{shell}"
        if made.exists() and made.read_text() != text:
            yield f"{made.name}: is not what dray completion {shell} prints"
        for command in commands:
            if not re.search(rf"(?<![\w-]){command.split()[-1]}(?![\w-])", text):
                yield f"completion {shell}: no {command}"
        for option in {option for some in options.values() for option in some}:
            if not re.search(rf"(?<![\w]){option[2:]}(?![\w-])", text):
                yield f"completion {shell}: no {option}"


def findings(dray, folder):
    found = tables(dray)
    commands = [fields[0] for fields in found["command"]]
    options = {}
    for command, _, long_name, _, text in found["option"]:
        options.setdefault(command, []).append(long_name)
        if len(text) > HELP_TEXT_MAX:
            yield f"{command} {long_name}: help is longer than {HELP_TEXT_MAX}"
    yield from check_help(dray, commands, options)
    yield from check_pages(folder, commands, options, options["*"])
    yield from check_strangers(folder, options)
    yield from check_words(folder, found)
    yield from check_completions(dray, folder, commands, options)


if __name__ == "__main__":
    wrong = list(findings(sys.argv[1], pathlib.Path(sys.argv[2]) / "docs"))
    print("\n".join(wrong) or "docs: every name of the tables is documented")
    sys.exit(1 if wrong else 0)
