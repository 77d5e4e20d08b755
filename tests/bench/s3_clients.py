"""The clients that `s3` measures, each with its settings.

All send and get one folder, the data set, to and from a bucket of their own. What a client does
before that, like hashing into a cache, is not counted: `prepare` and `restore`.
"""
import hashlib
import os
import shutil
import signal
import subprocess
import time

# rclone and aws read these; dray and DVC find the bucket by settings of their own.
AT_ONCE = 32
PART_MB = 16
PARTS_AT_ONCE = 16
LIMIT_SECONDS = 900


class Failed(Exception):
    pass


class Cost:
    """Seconds, processor seconds of a command with its children, and the peak MB of its largest process."""

    def __init__(self, command, folder, environment, log):
        memory = log + ".memory"
        # GNU time, because a child of ours would begin with the memory of ours.
        whole = ["/usr/bin/time", "-o", memory, "-f", "%M", "timeout", "--foreground", str(LIMIT_SECONDS), *command]
        with open(log, "ab") as out:
            before = time.monotonic()
            process = subprocess.Popen(whole, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=out, start_new_session=True)
            try:
                _, status, usage = os.wait4(process.pid, 0)
            except BaseException:
                os.killpg(process.pid, signal.SIGTERM)
                raise
            self.seconds = time.monotonic() - before
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            with open(log, encoding="utf-8", errors="replace") as file:
                lines = file.read().strip().split("\n")
            raise Failed(f"status {process.returncode} of {' '.join(command)}: {lines[-1][:200]}")
        self.cpu = usage.ru_utime + usage.ru_stime
        with open(memory, encoding="ascii") as file:
            self.memory = int(file.read().split()[-1]) / 1024


def checksum(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_below(folder):
    return sorted(os.path.relpath(os.path.join(place, name), folder)
                  for place, _, names in os.walk(folder) for name in names)


class Client:
    """`share`: the part of the data set it handles, where it is too slow for all."""

    share = 1.0
    settings = ""

    def __init__(self, name, work):
        self.name, self.work = name, work
        self.folder = os.path.join(work.folder, name.replace(" ", "-").replace(",", ""))
        self.log = self.folder + ".log"

    def run(self, server, command):
        return Cost([*server.prefix, *command], self.folder, self.environment(server), self.log)

    def call(self, server, folder, *command):
        """What is not counted."""
        environment = self.environment(server) if server else dict(os.environ)
        with open(self.log, "ab") as out:
            done = subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out,
                                  stderr=out, check=False)
        if done.returncode:
            raise Failed(f"status {done.returncode} of {' '.join(command)}, see {self.log}")

    def environment(self, server):
        return {**os.environ, **server.environment}

    def source(self):
        """The data set, or the first part of it in a folder of our own."""
        if self.share == 1.0:
            return self.work.source
        part = os.path.join(self.folder, "data")
        names = files_below(self.work.source)
        for name in names[:max(1, int(len(names) * self.share))]:
            os.makedirs(os.path.dirname(os.path.join(part, name)), exist_ok=True)
            shutil.copyfile(os.path.join(self.work.source, name), os.path.join(part, name))
        return part

    def prepare(self):
        os.makedirs(self.folder, exist_ok=True)
        self.data = self.source()
        self.names = files_below(self.data)

    def objects(self):
        """How many the bucket has to have after `up`."""
        return len(self.names)

    def fresh(self, name):
        path = os.path.join(self.folder, name)
        os.makedirs(path)
        return path

    def restore(self, path):
        """`down` left files, not something that files come from."""
        return path

    def check(self, path):
        """Every file is there, and the last one has its bytes."""
        found = files_below(self.restore(path))
        if found != self.names:
            raise Failed(f"{len(found)} files came back, not {len(self.names)}")
        if checksum(os.path.join(self.restore(path), found[-1])) != checksum(os.path.join(self.data, found[-1])):
            raise Failed(f"'{found[-1]}' came back with other bytes")


class Dray(Client):
    settings = "as it comes"

    def __init__(self, work, name="dray", options=()):
        super().__init__(name, work)
        self.options = options
        if options:
            self.settings = " ".join("=".join(option) for option in options)

    def prepare(self):
        super().prepare()
        self.repository = self.work.repository

    def remote(self, server, path, bucket):
        self.call(server, path, self.work.dray, "remote", "add", "-q", "-d", bucket, f"s3://{bucket}")
        for key, value in self.options:
            self.call(server, path, self.work.dray, "remote", "modify", "-q", bucket, key, value)

    def objects(self):
        return len(self.names) + 1

    def up(self, server, bucket):
        self.remote(server, self.repository, bucket)
        return self.again(server, bucket)

    def again(self, server, bucket):
        return self.run(server, [self.work.dray, "-C", self.repository, "push", "-q", "-r", bucket])

    def down(self, server, bucket, path):
        self.call(None, self.folder, "git", "clone", "-q", self.repository, path)
        self.call(None, path, self.work.dray, "config", "--local", "cache.type", "hardlink")
        self.remote(server, path, bucket)
        return self.run(server, [self.work.dray, "-C", path, "fetch", "-q", "-r", bucket])

    def check(self, path):
        self.call(None, path, self.work.dray, "checkout", "-q")
        super().check(path)

    def restore(self, path):
        return os.path.join(path, "data")


class Rclone(Client):
    def __init__(self, work, name, options):
        super().__init__(name, work)
        self.options = [*options, "--s3-no-check-bucket", f"--s3-chunk-size={PART_MB}M",
                        f"--s3-upload-concurrency={PARTS_AT_ONCE}", f"--multi-thread-streams={PARTS_AT_ONCE}"]
        self.settings = " ".join(self.options)

    def environment(self, server):
        return {**super().environment(server), "RCLONE_CONFIG": "/dev/null", "RCLONE_CONFIG_REMOTE_TYPE": "s3",
                "RCLONE_CONFIG_REMOTE_PROVIDER": "Other", "RCLONE_CONFIG_REMOTE_ENV_AUTH": "true",
                "RCLONE_CONFIG_REMOTE_ENDPOINT": server.environment["AWS_ENDPOINT_URL"],
                "RCLONE_CONFIG_REMOTE_LIST_VERSION": "2"}

    def up(self, server, bucket):
        return self.run(server, ["rclone", "copy", "-q", *self.options, self.data, f"remote:{bucket}"])

    def again(self, server, bucket):
        return self.run(server, ["rclone", "copy", "-q", *self.options, "--update", "--use-server-modtime",
                                 self.data, f"remote:{bucket}"])

    def down(self, server, bucket, path):
        return self.run(server, ["rclone", "copy", "-q", *self.options, f"remote:{bucket}", path])


class Aws(Client):
    settings = f"s3 cp, max_concurrent_requests {AT_ONCE}, multipart_chunksize {PART_MB}MB"

    def __init__(self, work, share):
        super().__init__("aws-cli", work)
        self.share = share

    def prepare(self):
        super().prepare()
        with open(os.path.join(self.folder, "config"), "w", encoding="ascii") as file:
            file.write(f"[default]\ns3 =\n  max_concurrent_requests = {AT_ONCE}\n"
                       f"  multipart_chunksize = {PART_MB}MB\n")

    def environment(self, server):
        return {**super().environment(server), "AWS_CONFIG_FILE": os.path.join(self.folder, "config")}

    def copy(self, server, source, target):
        return self.run(server, [self.work.aws, "s3", "cp", "--recursive", "--only-show-errors", "--endpoint-url",
                                 server.environment["AWS_ENDPOINT_URL"], source, target])

    def up(self, server, bucket):
        return self.copy(server, self.data, f"s3://{bucket}")

    def down(self, server, bucket, path):
        return self.copy(server, f"s3://{bucket}", path)


class S5cmd(Client):
    settings = f"numworkers 256 (its default), part-size {PART_MB}, concurrency {PARTS_AT_ONCE}"

    def __init__(self, work):
        super().__init__("s5cmd", work)

    def copy(self, server, verb, source, target):
        return self.run(server, [self.work.s5cmd, "--log", "error", "--endpoint-url",
                                 server.environment["AWS_ENDPOINT_URL"], verb, "--part-size", str(PART_MB),
                                 "--concurrency", str(PARTS_AT_ONCE), source, target])

    def up(self, server, bucket):
        return self.copy(server, "cp", self.data + "/", f"s3://{bucket}/")

    def again(self, server, bucket):
        return self.copy(server, "sync", self.data + "/", f"s3://{bucket}/")

    def down(self, server, bucket, path):
        return self.copy(server, "cp", f"s3://{bucket}/*", path + "/")


class Dvc(Client):
    settings = f"push and fetch, jobs {AT_ONCE}, cache.type hardlink"

    def __init__(self, work, share):
        super().__init__("DVC", work)
        self.share = share

    def environment(self, server):
        return {**super().environment(server), "DVC_NO_ANALYTICS": "1",
                "DVC_SITE_CACHE_DIR": os.path.join(self.folder, "site"),
                # RGW does not know trailing checksums
                "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required"}

    def prepare(self):
        super().prepare()
        for command in (["git", "init", "-q"], [self.work.dvc, "init", "-q"],
                        [self.work.dvc, "config", "core.analytics", "false"],
                        [self.work.dvc, "config", "cache.type", "hardlink"],
                        [self.work.dvc, "add", "-q", "data"],
                        ["git", "add", "data.dvc", ".dvc", ".gitignore"],
                        ["git", *self.work.author, "commit", "-q", "-m", "data"]):
            self.call(None, self.folder, *command)

    def objects(self):
        return len(self.names) + 1

    def remote(self, server, path, bucket):
        self.call(server, path, self.work.dvc, "remote", "add", "-q", bucket, f"s3://{bucket}")
        self.call(server, path, self.work.dvc, "remote", "modify", "-q", bucket, "endpointurl",
                  server.environment["AWS_ENDPOINT_URL"])

    def up(self, server, bucket):
        self.remote(server, self.folder, bucket)
        return self.again(server, bucket)

    def again(self, server, bucket):
        return self.run(server, [self.work.dvc, "--cd", self.folder, "push", "-q", "-j", str(AT_ONCE), "-r", bucket])

    def down(self, server, bucket, path):
        self.call(None, self.folder, "git", "clone", "-q", self.folder, path)
        self.remote(server, path, bucket)
        return self.run(server, [self.work.dvc, "--cd", path, "fetch", "-q", "-j", str(AT_ONCE), "-r", bucket])

    def check(self, path):
        self.call(None, path, self.work.dvc, "checkout", "-q")
        super().check(path)

    def restore(self, path):
        return os.path.join(path, "data")
