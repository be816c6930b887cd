#!/usr/bin/python3
"""Memory, processor time and start of everything that `benchd run` starts for three stations with
four devices each, on simulated instruments and disarmed; its memory against that of as many bare
gRPC servers.

IDLE_S in the environment makes it shorter. Prints one line on stdout.
"""

import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "system"))

from hub import BIN, Hub, Simulator, parent_of, processes, wait_until  # noqa: E402

STATIONS = 3
IDLE_S = float(os.environ.get("IDLE_S", "20"))
TICKS_PER_S = os.sysconf("SC_CLK_TCK")

# The fourth instrument of a stand: another input module, which reads a door.
DEVICE = """    spare:
      plugin: modbus
      profile: adam-6050
      address: tcp://${BENCHD_SPARE_NUMBER}
      settings: {host_idle: "true"}

  benches:
"""
CHANNEL = """
        gate: {title: Gate, device: spare, signal: di3, unit: "1", states: [open, closed], rate: 20 Hz, stale_after: 500 ms}

      interlocks:
"""


def add_fourth_device(config):
    for number in range(1, STATIONS + 1):
        path = config / f"stations/thrust-{number}.yaml"
        text = path.read_text()
        text = text.replace("  benches:\n", DEVICE.replace("NUMBER", str(number)), 1)
        path.write_text(text.replace("\n      interlocks:\n", CHANNEL, 1))


class IdleHub(Hub):
    """Says how long it took until every process was ready, and until every bench was free."""

    def __init__(self):
        self.ready_s = self.free_s = None
        super().__init__(stands=STATIONS, config_changes=add_fourth_device)

    def start(self):
        self._already_logged = len(self.log())
        self._begin = time.monotonic()
        super().start()
        self.free_s = time.monotonic() - self._begin

    def benches_are_free(self):
        if self.ready_s is None:
            while "everything is ready" not in self.log()[self._already_logged:]:
                time.sleep(0.002)
            self.ready_s = time.monotonic() - self._begin
        return super().benches_are_free()

    def pids_of_all(self):
        """The supervisor, its children, and theirs."""
        found = {self.process.pid}
        for _ in range(2):
            found |= {pid for pid, _ in processes() if parent_of(pid) in found}
        return found


def stat(pid):
    """The fields of /proc/PID/stat after the command's name: stat(pid)[0] is the state."""
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()


def processor_s(pids):
    return sum(int(stat(pid)[11]) + int(stat(pid)[12]) for pid in pids) / TICKS_PER_S


def pss_mb(pids):
    total_kb = 0
    for pid in pids:
        for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total_kb += int(line.split()[1])
    return total_kb * 1024 / 1e6


def bare_pss_mb(count):
    """Of so many servers that share what they can, as benchd's processes do."""
    with tempfile.TemporaryDirectory(prefix="bd.", dir="/tmp") as folder:
        servers = [subprocess.Popen([BIN / "benchmark_bare_grpc", f"{folder}/{number}.sock"],
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE)
                   for number in range(count)]
        for server in servers:
            assert server.stdout.readline() == b"ready\n"
        pss = pss_mb([server.pid for server in servers])
        for server in servers:
            server.communicate()
    return pss


def measure_hub():
    with tempfile.TemporaryDirectory(prefix="bd.", dir="/tmp") as folder:
        spares = [Simulator(pathlib.Path(folder), number) for number in range(1, STATIONS + 1)]
        for number, spare in enumerate(spares, 1):
            os.environ[f"BENCHD_SPARE_{number}"] = spare.environment()["BENCHD_ADAM"]
        hub = IdleHub()
        try:
            wait_until(lambda: len(hub.pids_of_all()) == 2 + STATIONS * 5, "all plugins")
            pids = hub.pids_of_all()
            before = processor_s(pids)
            time.sleep(IDLE_S)
            load = (processor_s(pids) - before) / IDLE_S
            return len(pids), pss_mb(pids), load, hub.ready_s, hub.free_s
        finally:
            hub.close()
            for spare in spares:
                spare.close()


def main():
    with contextlib.redirect_stdout(sys.stderr):
        count, pss, load, ready_s, free_s = measure_hub()
    bare = bare_pss_mb(count)
    print(f"idle_footprint ratio={pss / bare:.2f} ({pss:.1f} MB PSS in {count} processes, budget 80;"
          f" as many bare gRPC servers {bare:.1f} MB; {load * 100:.1f} % of a core, budget 1;"
          f" ready in {ready_s * 1e3:.0f} ms, budget 500, benches free in {free_s * 1e3:.0f} ms)")


if __name__ == "__main__":
    main()
