"""The servers that `s3` measures clients on: a real one, and one that costs next to nothing."""
import os
import signal
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests/support"))
import s3 as s3_client  # pylint: disable=wrong-import-position

TICKS = os.sysconf("SC_CLK_TCK")


class Unavailable(Exception):
    pass


def cpu_of(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Server:
    """`environment` is for clients: endpoint, keys, region. `prefix` goes before their commands."""

    environment = {}
    prefix = []
    pids = []

    def __init__(self, name):
        self.name = name

    def cpu(self):
        return sum(cpu_of(pid) for pid in self.pids)

    def client(self):
        return s3_client.Client(self.environment)

    def make_bucket(self, bucket):
        self.client().call("PUT", bucket)

    def count(self, bucket):
        return sum(1 for _ in self.client().list(bucket))

    def delete(self, bucket, key):
        self.client().call("DELETE", f"{bucket}/{key}")


class Rgw(Server):
    """A Ceph gateway of our own. In memory for small files; large ones would fill it."""

    def __init__(self, folder, store):
        super().__init__(f"Ceph RGW, {store}")
        self.folder, self.store = folder, store
        self.script = os.path.join(TOP, "tests/support/ceph-rgw.sh")

    def __enter__(self):
        settings = {**os.environ, "S3_STORE": self.store}
        settings.setdefault("S3_STORE_MB", "8192" if self.store == "memstore" else "16384")
        started = subprocess.run([self.script, "start", self.folder], env=settings, stderr=subprocess.PIPE,
                                 text=True, check=False)
        if started.returncode:
            self.__exit__()
            raise Unavailable(started.stderr.strip().split("\n")[0])
        lines = subprocess.run([self.script, "env", self.folder], stdout=subprocess.PIPE, text=True, check=True)
        self.environment = dict(line.split("=", 1) for line in lines.stdout.splitlines())
        self.pids = []
        for name in ("rgw", "osd", "mon"):
            with open(f"{self.folder}/run/{name}.pid", encoding="ascii") as file:
                self.pids.append(int(file.read().split()[0]))
        return self

    def __exit__(self, *_):
        subprocess.run([self.script, "clean", self.folder], stderr=subprocess.DEVNULL, check=False)

    def requests(self):
        with open(self.environment["S3_LOG"], encoding="utf-8", errors="replace") as file:
            return sum(" beast: " in line for line in file)


class Sink(Server):
    """sink.c, alone on the first processor; clients get the second one alone. It ends with our pipe."""

    def __init__(self, program, delay_ms):
        super().__init__(f"sink, {delay_ms} ms")
        self.program, self.delay_ms = program, delay_ms
        self.process = None

    def __enter__(self):
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) < 2:
            raise Unavailable("this machine has one processor")
        self.prefix = ["taskset", "-c", str(cores[1])]
        self.process = subprocess.Popen(["taskset", "-c", str(cores[0]), self.program, str(self.delay_ms)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        port = self.process.stdout.readline().strip()
        self.pids = [self.process.pid]
        self.environment = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "TESTACCESSKEY0000001", "AWS_SECRET_ACCESS_KEY": "not-checked"}
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGKILL)

    def counts(self):
        text = self.client().call("GET", "-/counts").body.decode()
        return {name: int(value) for name, value in (line.split() for line in text.splitlines())}

    def requests(self):
        return self.counts()["requests"]
