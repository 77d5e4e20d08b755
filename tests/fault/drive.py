#!/usr/bin/env python3
"""Runs dray actions while their system calls fail or kill the program, one call at a time.

    drive.py <dray-fault> [--full] [action …]

For each action and each fault a fresh copy of a prepared repository meets the fault at call n, for
a sample of all n (--full: for n = 1, 2, 3 … until a run is untouched). After each run:

  1. the program ended with a documented status, one line of complaint and no sanitizer report;
  2. every object in the cache and on the remote hashes to its name, and no manifest on the remote
     lacks a file;
  3. every byte sequence of the workspace is still there, in the workspace or in the cache;
  4. the same command without a fault succeeds, passes `dray fsck`, and gives the same workspace,
     pointers and git index as a run that met no fault; no draft stays.
"""
import glob
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

SAMPLES = 16
STATUSES = set(range(15)) | {130, 251, 253, 255}
FAULTS = {
    "fails once": {"DRAY_FAULT_ERRNO": "EIO"},
    "denied once": {"DRAY_FAULT_ERRNO": "EACCES"},
    "disk full from then on": {"DRAY_FAULT_ERRNO": "ENOSPC", "DRAY_FAULT_LAST": "1"},
    "killed": {},
}


class Broken(Exception):
    pass


class Box:
    """A repository at a fixed path, made anew from a template for each run."""

    def __init__(self, dray, root):
        self.dray, self.root = dray, root
        self.path = os.path.join(root, "box")
        self.work = os.path.join(self.path, "work")
        self.remote = os.path.join(self.path, "remote")
        self.cache = os.path.join(self.work, ".git/dray/cache")
        self.template = os.path.join(root, "template")
        self.has_killed = False  # while it wrote to a file that was named
        home = os.path.join(root, "home")
        os.makedirs(home, exist_ok=True)
        self.env = {
            "PATH": os.environ["PATH"], "HOME": home, "XDG_CONFIG_HOME": home, "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com",
            "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", ""),
        }

    def sh(self, script):
        """Prepare something with a shell; $dray is the program without faults."""
        subprocess.run(["sh", "-euc", script], cwd=self.work, check=True,
                       env=dict(self.env, dray=self.dray), stdout=subprocess.DEVNULL)

    def dray_run(self, args, fault=()):
        return subprocess.run([self.dray, *args], cwd=self.work, env=dict(self.env, **dict(fault)),
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)

    def prepare(self, setup):
        shutil.rmtree(self.path, ignore_errors=True)
        os.makedirs(self.work)
        os.makedirs(self.remote)
        self.sh("git init -q -b main")
        setup(self)
        shutil.rmtree(self.template, ignore_errors=True)
        os.rename(self.path, self.template)

    def renew(self):
        subprocess.run(["rm", "-rf", self.path], check=True)
        subprocess.run(["cp", "-a", self.template, self.path], check=True)


# ------------------------------------------------------------------ actions

def fill(folder, salt):
    """A small data set of every kind of entry, and one file of some blocks."""
    os.makedirs(f"{folder}/data/deep/er", exist_ok=True)
    os.makedirs(f"{folder}/data/hollow", exist_ok=True)
    for i in range(6):
        put(f"{folder}/data/deep/{i}.txt", f"{salt} {i}\n".encode() * (i + 1))
    put(f"{folder}/data/same-a", b"same bytes\n")
    put(f"{folder}/data/same-b", b"same bytes\n")
    put(f"{folder}/data/empty", b"")
    put(f"{folder}/data/deep/er/run", f"#!/bin/sh\necho {salt}\n".encode())
    os.chmod(f"{folder}/data/deep/er/run", 0o755)
    if not os.path.lexists(f"{folder}/data/link"):
        os.symlink("deep/0.txt", f"{folder}/data/link")
    put(f"{folder}/model.bin", hashlib.sha256(salt.encode()).digest() * 40000)


def put(path, data):
    if os.path.lexists(path):
        os.unlink(path)
    with open(path, "wb") as file:
        file.write(data)


def start(box):
    fill(box.work, "one")


def initialised(box):
    start(box)
    box.sh("$dray init && git commit -qm start")


def added(box):
    initialised(box)
    box.sh(f'$dray add data model.bin && git commit -qm one && $dray remote add -d store "{box.remote}"')


def changed(box):
    added(box)
    fill(box.work, "two")
    os.unlink(f"{box.work}/data/deep/5.txt")
    put(f"{box.work}/data/new", b"new\n")


def committed(box):
    changed(box)
    box.sh("$dray commit && git add -u && git commit -qm two")


def remote_only(box):
    added(box)
    box.sh("$dray push && chmod -R u+w .git/dray && rm -rf .git/dray/cache")


def old_pointers(box):
    committed(box)
    box.sh("git checkout -q HEAD~1")


def old_on_remote(box):
    """Three versions, here and on the remote; the cache lost the manifest of the first."""
    committed(box)
    put(f"{box.work}/data/new", b"newer\n")
    box.sh("$dray commit && git commit -qam three && $dray push --all-commits;"
           " oid=$(git show HEAD~2:data.dray | sed -n 's/.*sha256: //p');"
           ' rm -f .git/dray/cache/files/sha256/*/"${oid#??}"')


def dvc(box):
    """A repository of DVC's dialect, with settings of both kinds."""
    start(box)
    box.sh("rm -r data/link data/hollow && $dray init --dvc && $dray add data model.bin &&"
           f' $dray remote add -d store "{box.remote}" && $dray config --local core.checksum_jobs 2 &&'
           " git add -A && git commit -qm one")


def own(box):
    dvc(box)
    box.sh("$dray migrate --to native && git commit -qm two && rm -rf .dvc")


def with_archive(box):
    initialised(box)
    box.sh("tar -C .. -cf ../in.tar work/data work/model.bin && rm -r data model.bin")


def with_bundle(box):
    committed(box)
    box.sh("$dray bundle create ../in.bundle HEAD && chmod -R u+w .git/dray && rm -rf .git/dray/cache")


def with_hooks(box):
    """Hooks of somebody else, for a shell and not."""
    added(box)
    for name, line in (("pre-push", b"#!/bin/sh\n"), ("post-merge", b"#!/usr/bin/env python3\n")):
        put(f"{box.work}/.git/hooks/{name}", line)
        os.chmod(f"{box.work}/.git/hooks/{name}", 0o755)


def installed(box):
    with_hooks(box)
    box.sh("$dray install")


ACTIONS = {
    "init": (start, ["init"]),
    "add": (initialised, ["add", "data", "model.bin"]),
    "modify": (changed, ["add", "data", "model.bin"]),
    "push": (committed, ["push"]),
    "fetch": (remote_only, ["fetch"]),
    "checkout": (old_pointers, ["checkout"]),
    "checkout-rev": (committed, ["checkout", "--rev", "HEAD~1"]),
    "cat": (remote_only, ["cat", "HEAD:data/deep/0.txt", "HEAD:model.bin", "model.bin"]),
    "log": (committed, ["log", "data/deep"]),
    "du-history": (committed, ["du", "--history"]),
    "migrate": (dvc, ["migrate", "--to", "native"]),
    "migrate-part": (dvc, ["migrate", "--to", "native", "data"]),
    "migrate-back": (own, ["migrate", "--to", "dvc"]),
    "gc": (committed, ["gc", "--workspace"]),
    "gc-remote": (old_on_remote, ["gc", "--rev", "HEAD~2", "--remote", "store"]),
    "archive": (committed, ["archive", "HEAD", "-o", "out.tar.zst"]),
    "add-archive": (with_archive, ["add", "--from-archive", "../in.tar", "--force", "-o", "in"]),
    "bundle": (committed, ["bundle", "create", "out.bundle", "HEAD~1..HEAD"]),
    "install": (with_hooks, ["install"]),
    "uninstall": (installed, ["install", "--uninstall"]),
    "unbundle": (with_bundle, ["bundle", "unbundle", "../in.bundle"]),
}


# ------------------------------------------------------------------ looking

def walk(folder, skip=()):
    for base, dirs, files in os.walk(folder):
        dirs[:] = sorted(d for d in dirs if d not in skip)
        for name in sorted(files):
            yield os.path.join(base, name)
        for name in dirs:
            yield os.path.join(base, name) + "/"


def digest(path):
    if os.path.islink(path):
        return hashlib.sha256(os.fsencode(os.readlink(path))).hexdigest()
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def objects(store):
    """{id: path} of a cache or remote; each is hashed."""
    found = {}
    top = os.path.join(store, "files/sha256")
    for path in walk(top):
        if path.endswith("/"):
            continue
        name = os.path.relpath(path, top).replace("/", "")
        if digest(path) != name.removesuffix(".dir"):
            raise Broken(f"object {name} in {store} does not hash to its name")
        found[name] = path
    return found


def check_promises(remote):
    found = objects(remote)
    for name, path in found.items():
        if not name.endswith(".dir"):
            continue
        with open(path, "rb") as file:
            for line in file.read().splitlines()[1:]:
                kind, oid = line.split(b" ")[:2]
                if kind != b"d" and oid.decode() not in found:
                    raise Broken(f"the remote has manifest {name} but not its file {oid.decode()}")


def bytes_at_hand(box):
    in_work = {digest(p) for p in walk(box.work, (".git", ".dray", ".dvc")) if not p.endswith("/")
               and not p.endswith((".dray", ".dvc", "ignore"))}
    return in_work | {name.removesuffix(".dir") for name in objects(box.cache)}


def drafts(box):
    """Leftovers of unfinished work, wherever they may be."""
    found = [p for p in walk(box.path) if os.path.basename(p.rstrip("/")).startswith(".dray-")]
    for store in (box.cache, box.remote):
        found += walk(os.path.join(store, "tmp"))
    return found


def picture(box):
    """What a person sees: files with kind and content, and git's index."""
    seen = []
    for path in walk(box.work, (".git", "tmp")):
        if os.path.basename(path).startswith(".dray-"):
            continue  # see check_drafts
        is_exec = not os.path.islink(path) and os.access(path, os.X_OK) and os.stat(path).st_mode & 0o100
        seen.append((os.path.relpath(path, box.work), os.path.islink(path), bool(is_exec),
                     None if path.endswith("/") else digest(path)))
    staged = subprocess.run(["git", "ls-files", "-s"], cwd=box.work, env=box.env, check=True,
                            capture_output=True)
    return (seen, staged.stdout.splitlines(), sorted(objects(box.remote)), sorted(objects(box.cache)),
            of_git(box))


def of_git(box):
    """What `dray install` writes into git's folder."""
    places = [*glob.glob(f"{box.work}/.git/hooks/*"), f"{box.work}/.git/info/attributes"]
    found = [(os.path.basename(p), digest(p)) for p in sorted(places) if os.path.exists(p)]
    config = subprocess.run(["git", "config", "--list", "--local"], cwd=box.work, env=box.env, check=True,
                            capture_output=True)
    return found + sorted(config.stdout.splitlines())


# ------------------------------------------------------------------ driving

def check_end(run, fault):
    text = run.stderr.decode(errors="replace")
    if "Sanitizer" in text or "runtime error" in text:
        raise Broken("sanitizer report:\n" + text)
    if fault == "killed" and run.returncode == -9:
        return
    if run.returncode not in STATUSES:
        raise Broken(f"ended with {run.returncode}:\n{text}")
    lines = [line for line in text.splitlines() if line.startswith("dray: ")]
    complaints = [line for line in lines if not line.startswith("dray: note: ")]
    if run.returncode != 0 and len(complaints) != 1:
        raise Broken(f"status {run.returncode} with {len(complaints)} lines of complaint:\n{text}")


def check_rerun(box, args, expected):
    lock = f"{box.work}/.git/config.lock"
    if args[0] == "install" and os.path.exists(lock):
        os.unlink(lock)  # of a git that was killed with us: its own complaint says what to do
    again = box.dray_run(args)
    if args == ["init"] and again.returncode == 8:
        again = box.dray_run(["init", "--force"])  # the way out that the complaint names
    if again.returncode != 0:
        raise Broken(f"the next run fails with {again.returncode}: {again.stderr.decode()}")
    fsck = box.dray_run(["fsck", "--json"])
    # cat leaves the data where it is
    if args[0] != "cat" and (fsck.returncode != 0 or b'"state"' in fsck.stdout):
        raise Broken(f"fsck: {fsck.stdout.decode()}{fsck.stderr.decode()}")
    for name, want, have in zip(("workspace", "git index", "remote", "cache", "git folder"), expected, picture(box)):
        if want != have:
            odd = sorted(set(want) ^ set(have), key=repr)
            raise Broken(f"after the next run the {name} is another: {odd}")
    check_drafts(box)


def check_drafts(box):
    """What a dead run left goes with the next one that writes to the same place.

    But for a file that is nobody's but the person's who named it: its draft lies beside it, and
    only who killed the program knows of it.
    """
    for path in glob.glob(f"{box.work}/.dray-*.tmp"):
        if box.has_killed and os.path.isfile(path):
            os.unlink(path)
    if not drafts(box):
        return
    put(f"{box.work}/extra", b"extra")
    for args in (["add", "extra"], ["push"]):
        box.dray_run(args)
    left = drafts(box)
    if left:
        raise Broken(f"later runs leave {left[0]}")


def once(box, args, fault, n, expected):
    """One run with the fault at call n; the struck slot's name, or None for an untouched run."""
    log = os.path.join(box.root, "struck")
    if os.path.exists(log):
        os.unlink(log)
    box.renew()
    before = bytes_at_hand(box)
    call = "DRAY_FAULT_KILL" if fault == "killed" else "DRAY_FAULT_CALL"
    run = box.dray_run(args, {**FAULTS[fault], call: str(n), "DRAY_FAULT_LOG": log})
    check_end(run, fault)
    box.has_killed = run.returncode == -9 and args[0] in ("archive", "bundle")
    objects(box.cache)
    check_promises(box.remote)
    # Collecting is the one action that is meant to forget bytes; its picture is held below.
    if args[0] != "gc" and before - bytes_at_hand(box):
        raise Broken("bytes of the workspace are gone")
    check_rerun(box, args, expected)
    return slot_of(box)


def slot_of(box):
    """The slot that was struck first in the last run."""
    log = os.path.join(box.root, "struck")
    if not os.path.exists(log):
        return None
    with open(log, encoding="ascii") as file:
        return file.readline().strip()


def reference(box, args):
    """The outcome of a run without fault, and how many calls it makes."""
    count = os.path.join(box.root, "count")
    if os.path.exists(count):
        os.unlink(count)
    box.renew()
    run = box.dray_run(args, {"DRAY_FAULT_COUNT": count})
    if run.returncode != 0:
        raise Broken(f"fails without a fault ({run.returncode}): {run.stderr.decode()}")
    with open(count, encoding="ascii") as file:
        return picture(box), int(file.readline())


def calls_to_try(count, is_full, offset):
    if is_full:
        return range(1, count * 2)  # ends at the first untouched run
    step = max(1, count // SAMPLES)
    return range(1 + offset % step, count + 1, step)


def drive(dray, action, is_full):
    setup, args = ACTIONS[action]
    failures = runs = 0
    with tempfile.TemporaryDirectory(prefix="dray-fault-") as root:
        box = Box(dray, root)
        box.prepare(setup)
        expected, count = reference(box, args)
        for offset, fault in enumerate(FAULTS):
            for n in calls_to_try(count, is_full, offset):
                runs += 1
                try:
                    struck = once(box, args, fault, n, expected)
                except Broken as broken:
                    failures += 1
                    print(f"{action}: call {n} of {count} ({slot_of(box)}), {fault}: {broken}", flush=True)
                    continue
                if struck is None and is_full:
                    break
        subprocess.run(["chmod", "-R", "u+w", root], check=True)
    print(f"{action}: {count} calls, {runs} runs, {failures} broken", flush=True)
    return failures


def main():
    is_full = "--full" in sys.argv
    dray, *actions = [arg for arg in sys.argv[1:] if arg != "--full"]
    return 1 if sum(drive(os.path.abspath(dray), a, is_full) for a in actions or ACTIONS) else 0


if __name__ == "__main__":
    sys.exit(main())
