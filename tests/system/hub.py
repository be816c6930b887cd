"""The real programs, started as deploy/quickstart starts them: a simulated thrust stand, benchd,
benchctl. For system and fault tests.

Everything lies in a short temporary folder and is ended in close(), also after a failure.
"""

import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("BENCHD_BIN", ROOT / "build/dev/bin")).resolve()


def wait_until(condition, what, seconds=30.0):
    """The first true answer of condition(); an AssertionError that says what was waited for."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)


def come_first():
    """Instruments do not wait for the PC's processor, and stations have Nice=-10 in their unit."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -10)
    except PermissionError:
        pass


class Control:
    """The control port of benchd-sim: JSON lines, one answer for each request."""

    def __init__(self, port):
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._file = self._socket.makefile("rw", encoding="utf-8")

    def request(self, command, **arguments):
        self._file.write(json.dumps({"cmd": command, **arguments}) + "\n")
        self._file.flush()
        return json.loads(self._file.readline())

    def state(self):
        return self.request("state")

    def mark(self):
        return self.request("mark")["t"]

    def writes(self):
        """What instruments were told since the mark: t, instrument, meaning, value, energising."""
        return [w for w in self.request("writes_since_mark")["writes"] if w["accepted"]]

    def energising_writes(self):
        return [write for write in self.writes() if write["energising"]]

    def close(self):
        self._file.close()
        self._socket.close()


class Simulator:
    """One benchd-sim thrust-stand."""

    def __init__(self, folder, seed, name="sim"):
        self._log = open(folder / f"{name}.log", "ab")
        ports_file = folder / f"{name}.json"
        self.process = subprocess.Popen(
            [BIN / "benchd-sim", "thrust-stand", "--listen", "127.0.0.1", "--seed", str(seed),
             "--ports-file", str(ports_file)],
            stdout=self._log, stderr=self._log, preexec_fn=come_first)
        wait_until(lambda: ports_file.exists() and ports_file.stat().st_size > 0, "simulator ports")
        self.ports = json.loads(ports_file.read_text())
        self.control = Control(self.ports["control"])

    def environment(self, suffix=""):
        return {f"BENCHD_{name}{suffix}": f"127.0.0.1:{self.ports[key]}"
                for name, key in (("PSB", "psb"), ("T7", "t7"), ("ADAM", "adam"))}

    def close(self):
        self.control.close()
        self.process.terminate()
        self.process.wait(timeout=20)
        self._log.close()


class Answer:
    """What a benchctl call gave."""

    def __init__(self, completed):
        self.code = completed.returncode
        self.out = completed.stdout
        self.err = completed.stderr

    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"exit code {self.code}\nstdout:\n{self.out}\nstderr:\n{self.err}"


def processes():
    """The pid and the command line of each process that has one."""
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if words[0]:
            yield int(entry.name), words


def parent_of(pid):
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return int(stat.rsplit(")", 1)[1].split()[1])


class Hub:
    """A site with simulated thrust stands and two tenants, volant and kestrel.

    Each stand is a station of its own with a benchd-sim of its own: thrust-1, thrust-2, …
    """

    ENGINEER = "volant/engineer"
    RIVAL = "kestrel/engineer"

    def __init__(self, seed=None, config_changes=None, stands=1):
        self.seed = random.randrange(2**31) if seed is None else seed
        print(f"seed {self.seed}", flush=True)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bd.", dir="/tmp"))
        self.config = self.folder / "config"
        shutil.copytree(ROOT / "bench-configs", self.config)
        self._be_patient()
        for number in range(2, stands + 1):
            self._add_station(number)
        if config_changes:
            config_changes(self.config)
        self.simulators = []
        self.process = None
        self._log = open(self.folder / "benchd.log", "ab")
        try:
            for number in range(1, stands + 1):
                self.simulators.append(Simulator(self.folder, self.seed + number, f"sim{number}"))
            self.start()
        except BaseException:
            self.close(failed=True)
            raise

    def _be_patient(self):
        """Instruments share the processor with whatever else the machine does: their readings may
        be late for longer than the 200 and 500 ms that the file leaves them."""
        path = self.config / "stations/thrust-1.yaml"
        text = path.read_text()
        assert "rate: 100 Hz\n" in text
        text = text.replace("rate: 100 Hz\n", "rate: 100 Hz\n          stale_after: 1 s\n")
        path.write_text(text.replace("stale_after: 500 ms", "stale_after: 2 s"))

    def _add_station(self, number):
        text = (self.config / "stations/thrust-1.yaml").read_text()
        text = text.replace("thrust-1", f"thrust-{number}")
        for instrument in ("PSB", "T7", "ADAM"):
            text = text.replace(f"BENCHD_{instrument}:", f"BENCHD_{instrument}_{number}:")
        (self.config / f"stations/thrust-{number}.yaml").write_text(text)

    @property
    def control(self):
        return self.simulators[0].control

    @property
    def socket(self):
        return self.folder / "run/site/api/api.sock"

    def start(self):
        environment = dict(os.environ)
        for number, simulator in enumerate(self.simulators, 1):
            environment.update(simulator.environment("" if number == 1 else f"_{number}"))
        environment.pop("NOTIFY_SOCKET", None)
        self.process = subprocess.Popen(
            [BIN / "benchd", "run", "--config", self.config, "--state", self.folder / "state",
             "--runtime", self.folder / "run"],
            env=environment, stdout=self._log, stderr=self._log, start_new_session=True,
            preexec_fn=come_first)
        wait_until(self.benches_are_free, "free benches", 60)

    def benches_are_free(self):
        if self.process.poll() is not None:
            raise AssertionError("benchd has ended")
        answer = self.benchctl("bench", "list", "-o", "json")
        return answer.code == 0 and answer.out.count("AVAILABILITY_FREE") == len(self.simulators)

    def environment(self, tenant=ENGINEER):
        """For benchctl as a member."""
        return {**os.environ, "BENCHD_ADDRESS": f"unix:{self.socket}", "BENCHD_AS": tenant,
                "HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder / "xdg")}

    def benchctl(self, *arguments, tenant=ENGINEER, timeout=120):
        return Answer(subprocess.run(
            [BIN / "benchctl", *map(str, arguments)], env=self.environment(tenant), text=True,
            timeout=timeout, stdin=subprocess.DEVNULL, capture_output=True,
            cwd=self.folder))

    def must(self, *arguments, **options):
        answer = self.benchctl(*arguments, **options)
        if answer.code != 0:
            raise AssertionError(f"benchctl {' '.join(map(str, arguments))}: {answer!r}")
        return answer

    def book(self, *more, length="1h"):
        """Books the stand from now on for the sweep with a motor; the booking's name."""
        if self.benchctl("dut", "list", "-o", "name").out.strip() == "":
            self.must("dut", "create", "m35", "--kind", "motor", "--max-voltage", "25.2V",
                      "--max-current", "60A")
        self.must("booking", "create", "thrust-1", "--sequence", "static-thrust-sweep", "--dut",
                  "m35", "--now", "--for", length, "--yes", *more)
        return self.must("booking", "list", "-o", "name").out.split()[0]

    def book_and_arm(self, *more):
        booking = self.book(*more)
        self.must("booking", "setup", booking, "--yes")
        return booking

    def pids(self, what):
        """Processes of this hub: 'site', 'station', or a plugin such as 'benchd-plugin-scpi'."""
        if what in ("site", "station"):
            return [pid for pid, words in processes() if words[0] == str(BIN / "benchd")
                    and words[1] == what and self._has_folder_of_mine(pid)]
        stations = self.pids("station")
        return [pid for pid, words in processes() if words[0] == str(BIN / what)
                and parent_of(pid) in stations]

    def _has_folder_of_mine(self, pid):
        try:
            environment = pathlib.Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:
            return False
        return f"={self.folder}/".encode() in environment

    def kill(self, what):
        """kill -9; the moment, on the monotonic clock."""
        pids = wait_until(lambda: self.pids(what), f"a process {what}")
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        return time.monotonic()

    def log(self):
        return (self.folder / "benchd.log").read_text(errors="replace")

    def tail(self, lines=40):
        return "\n".join(self.log().splitlines()[-lines:])

    def close(self, failed=False):
        if failed:
            print(f"--- end of benchd.log ---\n{self.tail()}", flush=True)
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        for simulator in self.simulators:
            simulator.close()
        self._log.close()
        if failed:
            print(f"kept: {self.folder}", flush=True)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)


class HubTest(unittest.TestCase):
    """A test with a hub; tells the end of its log when the test fails."""

    STANDS = 1

    def setUp(self):
        self._failures_before = self._failures()
        self.hub = Hub(stands=self.STANDS)

    def tearDown(self):
        self.hub.close(failed=self._failures() > self._failures_before)

    def _failures(self):
        result = self._outcome.result
        return len(result.failures) + len(result.errors)


def is_safe(state):
    """The plant's own word: nothing turns, nothing is energised."""
    return not state["energised"] and state["rpm"] < 300
