"""Runs DVC without waiting for Python to start: half a second, some thousand times.

    python dvc_fork.py <socket>                 (DVC's own Python) serve until standard input ends
    python3 dvc_fork.py <socket> run <word …>   what `dvc <word …>` does

The server has imported DVC; each command is a fork of it that takes on the caller's arguments, folder,
environment, umask and standard files, and calls what the program `dvc` calls. Its status is the caller's.
"""
import atexit
import contextlib
import importlib
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile

LENGTH_BYTES = 8
# What most commands need beside what `import dvc` brings; found out by doing it.
REHEARSAL = (["init", "-q"], ["add", "-q", "file"], ["remote", "add", "-q", "-d", "far", "far"], ["push", "-q"],
             ["status", "-q"], ["data", "status"], ["gc", "-w", "-f"], ["list", ".", "-R"], ["get", ".", "file", "-o", "got"])


def receive(connection):
    """The caller's words, and standard files."""
    message, files, _, _ = socket.recv_fds(connection, LENGTH_BYTES, 3)
    length = int.from_bytes(message, "big")
    message = b""
    while len(message) < length:
        more = connection.recv(length - len(message))
        if not more:
            sys.exit("dvc_fork: the caller went away")
        message += more
    return message.split(b"\0"), files


def become_dvc(words, files):
    """Never returns."""
    status = 1
    try:
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)
        folder, mask, count = words[:3]
        os.chdir(folder)
        os.umask(int(mask))
        arguments = [os.fsdecode(word) for word in words[3:3 + int(count)]]
        os.environb.clear()
        os.environb.update(pair.split(b"=", 1) for pair in words[3 + int(count):])
        sys.argv = ["dvc", *arguments]
        from dvc.cli import main
        status = main(arguments)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1 if end.code else 0
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status or 0)


def attend(connection):
    words, files = receive(connection)
    pid = os.fork()
    if pid == 0:
        connection.close()
        become_dvc(words, files)
    for file in files:
        os.close(file)
    _, status = os.waitpid(pid, 0)
    connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())


def rehearse():
    """In a child, as threads may be left of it; the names of its modules come back."""
    from dvc.cli import main
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/modules", "w+", encoding="utf-8") as names:
            pid = os.fork()
            if pid == 0:
                nowhere = os.open("/dev/null", os.O_RDWR)
                for number in range(3):
                    os.dup2(nowhere, number)
                os.mkdir(f"{folder}/r")
                os.chdir(f"{folder}/r")
                subprocess.run(["git", "init", "-q"], check=True)
                with open("file", "w", encoding="ascii") as file:
                    file.write("file")
                for command in REHEARSAL:
                    main(command)
                names.write("\n".join(sys.modules))
                names.flush()
                os._exit(0)
            os.waitpid(pid, 0)
            names.seek(0)
            return names.read().split("\n")


def prepare():
    import dvc.cli.parser
    for name in ("dvc.repo", "dvc_s3", "s3fs", *rehearse()):
        if name not in sys.modules:
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    dvc.cli.parser.get_main_parser()


def serve(path):
    prepare()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path + ".new")
        listener.listen(64)
        os.rename(path + ".new", path)
        # who waits for a command is a child of ours, too
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        while True:
            ready, _, _ = select.select([listener, 0], [], [])
            if 0 in ready:
                return
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                attend(connection)
                os._exit(0)
            connection.close()


def run(path, arguments):
    mask = os.umask(0)
    os.umask(mask)
    words = [os.getcwdb(), str(mask).encode(), str(len(arguments)).encode(),
             *(os.fsencode(word) for word in arguments), *(key + b"=" + value for key, value in os.environb.items())]
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        message = b"\0".join(words)
        socket.send_fds(connection, [len(message).to_bytes(LENGTH_BYTES, "big")], [0, 1, 2])
        connection.sendall(message)
        answer = connection.recv(16)
    return int(answer) if answer else 70


if __name__ == "__main__":
    if len(sys.argv) == 2:
        serve(sys.argv[1])
    else:
        sys.exit(run(sys.argv[1], sys.argv[3:]))
