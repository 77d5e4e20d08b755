"""Runs commands, measures them, prints a row for each: what the benches share."""
import os
import resource
import subprocess
import sys
import time


class Run:
    """Seconds, peak memory in MB of the largest process, and processor seconds of a command."""

    def __init__(self, command, folder):
        before = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, shell=isinstance(command, str))
        _, status, usage = os.wait4(process.pid, 0)
        self.seconds = time.monotonic() - before
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"bench: status {process.returncode} of {command}")
        # A process starts as a copy of ours, so less than our own peak can't be told.
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self.memory = f"{usage.ru_maxrss / 1024:.0f}" if usage.ru_maxrss > own else f"<{own / 1024:.0f}"
        self.cpu = usage.ru_utime + usage.ru_stime


def row(what, ours, than, theirs, aim=""):
    print(f"{what:38} {ours.seconds:8.3f} s  {than:26} {theirs.seconds:8.3f} s  "
          f"{ours.seconds / theirs.seconds:6.2f}  {aim:9} {ours.memory:>6} MB  {ours.cpu:7.2f} s",
          flush=True)


def header():
    print(f"{'dray':38} {'':8}    {'against':26} {'':8}    {'ratio':>6}  {'aim':9} {'memory':>6}     {'cpu':>7}")


def settle():
    """Earlier writes should not be paid for by the next command."""
    os.sync()


def best(command, folder, times=3):
    return min((Run(command, folder) for _ in range(times)), key=lambda run: run.seconds)


def median(command, folder, times):
    runs = sorted((Run(command, folder) for _ in range(times)), key=lambda run: run.seconds)
    return runs[len(runs) // 2]
