"""Programs that nobody of benchd wrote: buf, Debian's python3-grpcio, lxi, mbpoll, pymodbus."""

import datetime
import json
import math
import pathlib
import random
import shutil
import struct
import subprocess
import tempfile
import unittest

import grpc
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from pymodbus.client import ModbusTcpClient

from hub import ROOT, Hub, HubTest, Simulator, is_safe, wait_until
from stubs import Client, Refusal, pb

BUF = ROOT / "tools/buf/node_modules/.bin/buf"
BENCH = "sites/hub/benches/thrust-1"


def tool(name):
    """The path of a tool, or the test is skipped for all to see."""
    found = shutil.which(str(name))
    if found is None:
        print(f"SKIPPED: {name} is not installed", flush=True)
        raise unittest.SkipTest(f"{name} is not installed")
    return found


def output_of(*command, timeout=30):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          timeout=timeout)
    if done.returncode != 0:
        raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


class ApiTest(HubTest):
    """The main job, without benchctl."""

    def buf(self, method, request, schema=False, code=0, timeout=120):
        """The messages that `buf curl` prints, or what it says of a failure."""
        done = subprocess.run(
            [tool(BUF), "curl", "--protocol", "grpc", "--http2-prior-knowledge", "--unix-socket",
             str(self.hub.socket), *(["--schema", str(ROOT / "proto")] if schema else []), "-H",
             f"benchd-as: {Hub.ENGINEER}", "-d", json.dumps(request),
             f"http://localhost/benchd.v1.{method}"],
            capture_output=True, text=True, timeout=timeout, cwd=self.hub.folder)
        self.assertEqual(done.returncode == 0, code == 0, f"{method}: {done}")
        if code != 0:
            return json.loads(done.stderr[done.stderr.index("{"):])
        decoder, messages, text = json.JSONDecoder(), [], done.stdout.strip()
        while text:
            message, end = decoder.raw_decode(text)
            messages.append(message)
            text = text[end:].strip()
        return messages

    def test_buf_curl_lists_books_runs_and_watches(self):
        # The schema comes from the server's reflection, then from the files.
        benches = self.buf("BenchService/ListBenches", {"parent": "sites/-"})[0]["benches"]
        self.assertEqual([bench["name"] for bench in benches], [BENCH])
        self.buf("BenchService/ListBenches", {"parent": "sites/-"}, schema=True)
        self.buf("DutService/CreateDut", {
            "parent": "tenants/volant", "dutId": "m35", "requestId": "d-1",
            "dut": {"kind": "motor", "ratings": [
                {"quantity": "max_voltage", "value": 25.2, "unit": "V"}]}})
        booking = self.buf("BookingService/CreateBooking", {
            "parent": "tenants/volant", "benches": [BENCH], "earliestTime": now(),
            "duration": "3600s", "sequence": "sites/hub/sequences/static-thrust-sweep",
            "dut": "tenants/volant/duts/m35", "requestId": "b-1"})[0]["booking"]["name"]
        self.buf("BookingService/ConfirmSetup", {
            "name": booking, "answers": [{"item": "dut-mounted", "bench": BENCH,
                                          "confirmed": True}], "requestId": "s-1"})
        self.buf("BookingService/Arm", {"name": booking, "requestId": "a-1"})
        run = self.buf("RunService/StartRun", {
            "booking": booking, "requestId": "r-1", "parameters": [
                {"name": "levels", "value": "30 %"}, {"name": "settle", "value": "0.5 s"},
                {"name": "min_thrust", "value": "0.5 N"}]})[0]["run"]["name"]
        messages = self.buf("RunService/WatchRun", {"name": run})
        self.assertTrue(messages[-1]["ended"])
        verdicts = [m["run"]["verdict"] for m in messages if "verdict" in m.get("run", {})]
        self.assertEqual(verdicts[-1], "VERDICT_PASS")
        self.assertTrue(is_safe(self.hub.control.state()))
        wrong = self.buf("BookingService/CreateBooking", {
            "parent": "tenants/volant", "benches": [BENCH], "startTime": "2020-01-01T09:00:00Z",
            "duration": "60s", "requestId": "b-2"}, code=1)
        self.assertEqual(wrong["code"], "invalid_argument")

    def test_a_python_client_lists_books_runs_and_watches(self):
        with Client(self.hub, Hub.ENGINEER) as client:
            benches = client.call(client.benches.ListBenches,
                                  pb.bench.ListBenchesRequest(parent="sites/-")).benches
            self.assertEqual([bench.name for bench in benches], [BENCH])
            earliest = Timestamp()
            earliest.GetCurrentTime()
            booking = client.call(client.bookings.CreateBooking, pb.booking.CreateBookingRequest(
                parent=client.tenant, benches=[BENCH], earliest_time=earliest,
                duration=Duration(seconds=3600), request_id="b-1")).booking.name
            listed = client.call(client.bookings.ListBookings,
                                 pb.booking.ListBookingsRequest(parent=client.tenant)).bookings
            self.assertEqual([each.name for each in listed], [booking])
            client.call(client.bookings.ConfirmSetup, pb.booking.ConfirmSetupRequest(
                name=booking, request_id="s-1", answers=[
                    pb.booking.SetupAnswer(item="dut-mounted", bench=BENCH, confirmed=True)]))
            client.call(client.bookings.Arm, pb.booking.ArmRequest(name=booking, request_id="a-1"))
            parameters = [pb.values.ParameterValue(name=name, value=value) for name, value in (
                ("levels", "30 %"), ("settle", "0.5 s"), ("min_thrust", "0.5 N"))]
            run = client.call(client.runs.StartRun, pb.run.StartRunRequest(
                booking=booking, sequence="sites/hub/sequences/static-thrust-sweep", parameters=parameters,
                request_id="r-1")).run.name
            thrust, last, gap = [], None, False
            for message in client.call(client.runs.WatchRun, pb.run.WatchRunRequest(
                    name=run, samples=True, channels=["thrust"]), timeout=120):
                thrust += samples_of(message.blocks)
                gap = gap or message.gap
                if message.HasField("run"):
                    last = message.run
                if message.ended:
                    break
            self.assertEqual(last.verdict, pb.run.VERDICT_PASS)
            self.assertGreater(len(thrust), 300)
            self.assertGreater(max(value for _, value in thrust if value is not None), 0.5)
            stored = [sample for answer in client.call(client.results.ReadSamples,
                                                       pb.result.ReadSamplesRequest(
                                                           run=run, channels=["thrust"]))
                      for sample in samples_of(answer.blocks)]
            # The watch begins a little later, and ends a moment after the recording.
            self.assertFalse(gap)
            watched = [sample for sample in thrust if sample[0] <= stored[-1][0]]
            first = stored.index(watched[0])
            self.assertEqual(stored[first:first + len(watched)], watched, "watched and stored")
            self.assertLess(len(thrust) - len(watched), 100)
            self.assertGreater(len(thrust), 0.9 * len(stored))

            with self.assertRaises(grpc.RpcError) as caught:
                client.call(client.bookings.CreateBooking, pb.booking.CreateBookingRequest(
                    parent=client.tenant, benches=[BENCH],
                    start_time=Timestamp(seconds=earliest.seconds + 1800),
                    duration=Duration(seconds=3600), request_id="b-2"))
            refusal = Refusal(caught.exception)
            self.assertEqual((refusal.code, refusal.reason), ("ALREADY_EXISTS", "SLOT_TAKEN"))
            self.assertEqual(refusal.status.code, grpc.StatusCode.ALREADY_EXISTS.value[0])
            self.assertNotEqual(refusal.domain, "")

    def test_error_details_name_the_field_and_what_is_missing(self):
        with Client(self.hub, Hub.ENGINEER) as client:
            with self.assertRaises(grpc.RpcError) as caught:
                client.call(client.bookings.CreateBooking, pb.booking.CreateBookingRequest(
                    parent=client.tenant, request_id="b-1"))
            refusal = Refusal(caught.exception)
            self.assertEqual(refusal.reason, "INVALID_ARGUMENT")
            self.assertEqual(refusal.violations, ["benches"])
            earliest = Timestamp()
            earliest.GetCurrentTime()
            booking = client.call(client.bookings.CreateBooking, pb.booking.CreateBookingRequest(
                parent=client.tenant, benches=[BENCH], earliest_time=earliest,
                duration=Duration(seconds=3600), request_id="b-2")).booking.name
            with self.assertRaises(grpc.RpcError) as caught:
                client.call(client.bookings.Arm, pb.booking.ArmRequest(name=booking,
                                                                       request_id="a-1"))
            refusal = Refusal(caught.exception)
            self.assertEqual((refusal.code, refusal.reason),
                             ("FAILED_PRECONDITION", "SETUP_INCOMPLETE"))
            self.assertIn("dut-mounted", " ".join(refusal.violations))

    def test_reflection_and_health_answer_a_stranger(self):
        services = output_of(tool(BUF), "curl", "--protocol", "grpc", "--http2-prior-knowledge",
                             "--unix-socket", self.hub.socket, "--list-services",
                             "http://localhost")
        for name in ("Bench", "Booking", "Dut", "Sequence", "Run", "Control", "Result"):
            self.assertIn(f"benchd.v1.{name}Service", services)
        health = output_of(tool(BUF), "curl", "--protocol", "grpc", "--http2-prior-knowledge",
                           "--unix-socket", self.hub.socket, "-d", "{}",
                           "http://localhost/grpc.health.v1.Health/Check")
        self.assertIn("SERVING", health)


class SimulatorTest(unittest.TestCase):
    """The simulators are the instruments that they say: to programs made for the real ones."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bd.", dir="/tmp"))
        seed = random.randrange(2**31)
        print(f"seed {seed}", flush=True)
        self.simulator = Simulator(self.folder, seed)
        self.ports, self.control = self.simulator.ports, self.simulator.control

    def tearDown(self):
        self.simulator.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def test_lxi_asks_the_supply(self):
        def ask(command):
            return output_of(tool("lxi"), "scpi", "--raw", "-a", "127.0.0.1", "-p",
                             self.ports["psb"], command).strip()
        self.assertIn("PSB 10060-60", ask("*IDN?"))
        self.assertIn("OFF", ask("OUTP?"))
        self.assertTrue(ask("MEAS:VOLT?").startswith("0"), ask("MEAS:VOLT?"))
        self.assertIn("0", ask("SYST:ERR?"))

    def test_mbpoll_reads_interlocks_and_identity(self):
        def read(port, table, address, count=1):
            return output_of(tool("mbpoll"), "-m", "tcp", "-p", port, "-0", "-B", "-a", 1, "-t",
                             table, "-r", address, "-c", count, "-1", "127.0.0.1")
        self.assertRegex(read(self.ports["adam"], "1", 0, 4), r"\[0\]:\s+1")
        self.control.request("set", estop=True)
        self.assertRegex(read(self.ports["adam"], "1", 0, 4), r"\[0\]:\s+0")
        self.assertRegex(read(self.ports["t7"], "4:float", 60000), r"\[60000\]:\s+7\b")

    def test_a_pymodbus_client_drives_t7_and_adam(self):
        adam = ModbusTcpClient("127.0.0.1", port=self.ports["adam"])
        t7 = ModbusTcpClient("127.0.0.1", port=self.ports["t7"])
        try:
            self.assertEqual(adam.read_discrete_inputs(0, 4, slave=1).bits[:4], [True] * 4)
            self.assertFalse(adam.write_coil(16, True, slave=1).isError())
            self.assertEqual(adam.read_coils(16, 1, slave=1).bits[0], True)
            wait_until(lambda: self.control.state()["contactor"], "the contactor closes", 5)
            words = t7.read_holding_registers(60000, 2, slave=1).registers
            self.assertEqual(struct.unpack(">f", struct.pack(">HH", *words))[0], 7.0)
            self.assertTrue(t7.read_holding_registers(30000, 2, slave=1).isError())
        finally:
            adam.close()
            t7.close()


def samples_of(blocks):
    """Elapsed time in ns and value of each sample."""
    samples = []
    for block in blocks:
        for i, value in enumerate(block.values):
            offset = block.offsets_ns[i] if block.offsets_ns else i * block.interval_ns
            # What could not be read is NaN, which equals nothing.
            samples.append((block.start_elapsed_ns + offset,
                            None if math.isnan(value) else value))
    return samples


def now():
    return datetime.datetime.utcnow().replace(microsecond=0).isoformat() + "Z"


if __name__ == "__main__":
    unittest.main(verbosity=2)
