#!/usr/bin/python3
"""Samples from a plugin through limits, recording and site to one watcher, in real processes,
against a bare gRPC stream of the same blocks.

A run for each rate, rising, while the recording that the site has at the end is complete. RATES (in
million samples per second) and RUN_S in the environment choose others. Prints one line on stdout;
how each run went goes to stderr.
"""

import contextlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "system"))
os.environ["BENCHD_PLUGIN_FOLDER"] = str(
    pathlib.Path(os.environ["BENCHD_BIN"]).resolve().parent / "tests/benchmarks/plugins")

from hub import BIN, Hub  # noqa: E402: it reads the environment

RATES = [float(rate) for rate in
         os.environ.get("RATES", "2 4 6 8 10 12 14 16 20 25 30 35 40").split()]
RUN_S = float(os.environ.get("RUN_S", "6"))
BARE_S = 2
# A reader that keeps up is never further behind; more means that a queue grows.
LONGEST_DELAY_S = 2


def flood_only(config):
    for station in (config / "stations").iterdir():
        station.unlink()
    shutil.copy(HERE / "flood.yaml", config / "stations/flood-1.yaml")
    shutil.copy(HERE / "flood-sequence.yaml", config / "sequences/flood.yaml")


class FloodHub(Hub):
    def __init__(self):
        super().__init__(stands=0, config_changes=flood_only)

    def benches_are_free(self):
        answer = self.benchctl("bench", "list", "-o", "json")
        return answer.code == 0 and "AVAILABILITY_FREE" in answer.out

    def book_for_flood(self):
        self.must("booking", "create", "flood-1", "--sequence", "flood", "--now", "--for", "1h",
                  "--yes")
        return self.must("booking", "list", "-o", "name").out.split()[0]

    def run(self, booking, rate):
        """What the watcher and the site's recording hold of a run at this rate."""
        self.must("booking", "setup", booking, "--yes")
        self.must("run", "start", booking, "--detach", "--param", f"rate={rate:.0f} Hz", "--param",
                  f"time={RUN_S} s")
        name = self.must("run", "list", "--active", "-o", "name").out.split()[0]
        watched = client("watch", f"unix:{self.socket}", Hub.ENGINEER,
                         name if "/" in name else f"tenants/volant/runs/{name}")
        folder = self.folder / "state/site/segments/volant" / name.split("/")[-1]
        recorded = client("recording", folder)
        shutil.rmtree(folder)
        return watched, recorded


def client(*arguments):
    completed = subprocess.run([BIN / "benchmark_samples_client", *map(str, arguments)],
                               stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(completed.stdout)


def is_complete(counted):
    return counted["gaps"] == 0 and counted["marks"] == 0


def measure():
    bare, recorded_up_to, watched_up_to = [], 0, 0
    hub = FloodHub()
    try:
        booking = hub.book_for_flood()
        for rate in RATES:
            bare.append(client("bare", BARE_S)["rate"])
            watched, recorded = hub.run(booking, rate * 1e6)
            print(f"{rate} M/s: watcher {watched}, recording {recorded}", file=sys.stderr)
            if not (is_complete(recorded) and recorded["complete"]
                    and watched["verdict"] == "VERDICT_PASS"):
                break
            kept_up = watched["longest_delay_s"] < LONGEST_DELAY_S
            if kept_up:
                recorded_up_to = rate
            if kept_up and is_complete(watched):
                watched_up_to = watched["rate"] / 1e6
    finally:
        hub.close()
    return statistics.median(bare) / 1e6, recorded_up_to, watched_up_to


def main():
    with contextlib.redirect_stdout(sys.stderr):
        bare, recorded, watched = measure()
    print(f"samples_end_to_end ratio={watched / bare:.3f} ({watched:.1f} M samples/s with nothing"
          f" missing in recording and watcher, budget 10; nothing missing in the recording up to"
          f" {recorded:g} M/s; bare stream {bare:.1f} M/s; runs of {RUN_S:g} s)")


if __name__ == "__main__":
    main()
