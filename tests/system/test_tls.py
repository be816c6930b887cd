"""Who calls over the network: what one SPIFFE URI in a certificate of the site's authority says,
and nothing else. Without certificates nothing listens on the network."""

import os
import pathlib
import re
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import unittest

import grpc
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

import stubs
from certificates import Authority, Files, member, openssl, spiffe
from hub import BIN, ROOT, Answer, Hub, HubTest, wait_until
from slow_line import SlowLine
from sockets import family_of, network_ports, unix_paths
from stubs import NetworkClient, Refusal, pb

BENCH = "sites/hub/benches/thrust-1"


def listen(certificate, key, client_ca, address="127.0.0.1:0", trust_domain="hub.example"):
    """The part of the site file that asks for a network address."""
    return (f"  listen:\n    address: {address}\n    certificate: {certificate}\n    key: {key}\n"
            f"    client_ca: {client_ca}\n    trust_domain: {trust_domain}\n")


def add_to_site(config, text):
    site = config / "site.yaml"
    site.write_text(site.read_text().rstrip() + "\n" + text)


def environment_of(home):
    """For benchctl, with no settings but those in this folder."""
    others = {key: value for key, value in os.environ.items() if not key.startswith("BENCHD_")}
    return {**others, "HOME": str(home), "XDG_CONFIG_HOME": str(home),
            "PATH": f"{BIN}:{os.environ['PATH']}"}


class TlsTest(HubTest):
    """A hub that listens on a port of 127.0.0.1, and its certificate authority."""

    def setUp(self):
        self._failures_before = self._failures()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bd.tls.", dir="/tmp"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.hub = Hub(config_changes=self.configure)
        self.port = self.find_port()

    def configure(self, config):
        self.ca = Authority(self.folder)
        self.server = self.ca.issue("hub", "DNS:localhost", "IP:127.0.0.1", usage="serverAuth")
        tls = config / "tls"
        tls.mkdir()
        for name, file in (("hub.pem", self.server.certificate), ("hub.key", self.server.key),
                           ("ca.pem", self.ca.certificate)):
            shutil.copy2(file, tls / name)
        # Relative to the site file.
        add_to_site(config, listen("tls/hub.pem", "tls/hub.key", "tls/ca.pem"))

    def find_port(self):
        ports = wait_until(lambda: network_ports(self.hub.pids("site")), "a port of the site")
        self.assertEqual(len(ports), 1, ports)
        return ports[0]

    def member(self, name):
        file = "member-" + name.replace("/", "-")
        files = Files(self.folder, file)
        return files if files.certificate.exists() else self.ca.issue(file, member(name))

    def context(self, name):
        """A folder for benchctl with a context for this member, made by benchctl."""
        home = self.folder / ("home-" + name.replace("/", "-"))
        if not home.exists():
            home.mkdir()
            files = self.member(name)
            made = self.run_benchctl(
                home, "config", "set-context", "hub", "--address", f"localhost:{self.port}",
                "--tls-ca", self.ca.certificate.name, "--tls-certificate", files.certificate.name,
                "--tls-key", files.key.name, folder=self.folder)
            self.assertEqual(made.code, 0, made)
        return home

    @staticmethod
    def run_benchctl(home, *arguments, folder=None):
        return Answer(subprocess.run(
            [BIN / "benchctl", *map(str, arguments)], text=True, capture_output=True, timeout=60,
            stdin=subprocess.DEVNULL, cwd=folder or home, env=environment_of(home)))

    def benchctl_as(self, name, *arguments):
        return self.run_benchctl(self.context(name), *arguments)

    def must_as(self, name, *arguments):
        answer = self.benchctl_as(name, *arguments)
        self.assertEqual(answer.code, 0, f"{arguments}: {answer!r}")
        return answer

    def client(self, files, tenant="volant", ca=None, metadata=()):
        return NetworkClient(f"localhost:{self.port}", tenant,
                                 (ca or self.ca).certificate.read_bytes(),
                                 *(files.read() if files else (None, None)), metadata=metadata)

    def refusal_of(self, call):
        with self.assertRaises(grpc.RpcError) as caught:
            call()
        return Refusal(caught.exception)

    def ask_all(self, client, booking):
        """Calls that a member of volant may make, to read and to write."""
        earliest = Timestamp()
        earliest.GetCurrentTime()
        return {
            "list": lambda: client.call(client.benches.ListBenches,
                                        pb.bench.ListBenchesRequest(parent="sites/-"), 10),
            "show": lambda: client.call(client.bookings.GetBooking,
                                        pb.booking.GetBookingRequest(name=booking), 10),
            "book": lambda: client.call(
                client.bookings.CreateBooking, pb.booking.CreateBookingRequest(
                    parent="tenants/volant", benches=[BENCH], earliest_time=earliest,
                    duration=Duration(seconds=600), request_id="stranger"), 10),
            "watch": lambda: next(client.benches.WatchBenches(
                pb.bench.WatchBenchesRequest(parent="sites/-"), timeout=10,
                metadata=client.metadata))}


class IdentityTest(TlsTest):
    def test_a_member_works_through_benchctl_and_the_rival_sees_busy_and_nothing_else(self):
        benches = self.must_as("volant/engineer", "bench", "list", "-o", "json").json()
        self.assertEqual(benches["benches"][0]["availability"], "AVAILABILITY_FREE")
        self.must_as("volant/engineer", "booking", "create", "thrust-1", "--now", "--for", "1h",
                     "--title", "zqtitle", "--yes")
        booking = self.must_as("volant/engineer", "booking", "list", "-o", "name").out.strip()
        self.assertRegex(booking, r"^tenants/volant/bookings/b-\w+$")
        shown = self.must_as("volant/engineer", "booking", "show", booking, "-o", "json").out
        self.assertIn("zqtitle", shown)

        seen = self.must_as("kestrel/engineer", "bench", "list", "-o", "json")
        self.assertEqual(seen.json()["benches"][0]["availability"], "AVAILABILITY_BUSY")
        mine = self.must_as("kestrel/engineer", "booking", "list", "--all", "-o", "json")
        none = self.benchctl_as("kestrel/engineer", "booking", "show", booking)
        self.assertEqual(none.code, 5, none)
        self.assertIn("NOT_FOUND_OR_DENIED", none.err)
        for answer in (seen, mine, none):
            said = (answer.out + answer.err).replace(booking, "")
            for secret in ("volant", "zqtitle", booking.rsplit("/", 1)[1]):
                self.assertNotIn(secret, said)

    def test_a_member_far_away_is_served(self):
        # TCP, TLS and HTTP/2 need some journeys there and back before anything is asked.
        line = SlowLine(self.port, delay_s=0.2)
        self.addCleanup(line.close)
        self.port = line.port
        self.must_as("volant/engineer", "bench", "list")

    def test_benchctl_says_what_is_wrong_with_a_certificate(self):
        engineer = member("volant/engineer")
        expired = self.ca.issue("expired", engineer, begins_in=-48, ends_in=-1)
        foreign = Authority(self.folder, "foreign-ca")
        signed = foreign.issue("foreign", engineer)
        good = self.member("volant/engineer")
        ca = self.ca.certificate
        cases = {
            "expired": (ca, expired.certificate, expired.key, 2, "was valid until"),
            "another key": (ca, good.certificate, signed.key, 2, "does not belong"),
            "no key": (ca, good.certificate, good.certificate, 2, "no private key"),
            "another authority": (ca, signed.certificate, signed.key, 7, "has not signed"),
            "a site of another authority": (foreign.certificate, good.certificate, good.key, 7,
                                            "certificate verify failed")}
        for what, (authority, certificate, key, code, said) in cases.items():
            with self.subTest(what):
                home = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
                self.run_benchctl(home, "config", "set-context", "hub", "--address",
                                  f"localhost:{self.port}", "--tls-ca", authority,
                                  "--tls-certificate", certificate, "--tls-key", key)
                answer = self.run_benchctl(home, "bench", "list")
                self.assertEqual(answer.code, code, answer)
                self.assertIn(said, answer.err)
                self.assertTrue(answer.err.startswith("error: "), answer)
        acting = self.benchctl_as("volant/engineer", "bench", "list", "--as", "kestrel/engineer")
        self.assertEqual(acting.code, 2, acting)
        self.assertIn("the certificate says who you are", acting.err)

    def test_a_grpcio_client_works_with_the_certificate_and_the_rivals_is_refused(self):
        with self.client(self.member("volant/engineer")) as engineer:
            asked = self.ask_all(engineer, "")
            self.assertEqual([bench.name for bench in asked["list"]().benches], [BENCH])
            booking = asked["book"]().booking
            self.assertTrue(booking.name.startswith("tenants/volant/bookings/"), booking)
            self.assertEqual(self.ask_all(engineer, booking.name)["show"]().booking.name,
                             booking.name)
            asked["watch"]()
        with self.client(self.member("volant/viewer")) as viewer:
            # A role is the site file's: the certificate of a viewer books nothing.
            asked = self.ask_all(viewer, booking.name)
            self.assertEqual(asked["show"]().booking.name, booking.name)
            self.assertEqual(self.refusal_of(asked["book"]).reason, "ROLE_NEEDED")
        with self.client(self.member("kestrel/engineer")) as rival:
            asked = self.ask_all(rival, booking.name)
            bench = asked["list"]().benches[0]
            self.assertEqual(bench.availability, pb.bench.AVAILABILITY_BUSY)
            refusal = self.refusal_of(asked["show"])
            self.assertEqual((refusal.code, refusal.reason),
                             ("PERMISSION_DENIED", "NOT_FOUND_OR_DENIED"))
            strange = "tenants/volant/bookings/b-" + "a" * 26
            nothing = self.refusal_of(self.ask_all(rival, strange)["show"])
            self.assertEqual(refusal.status, nothing.status)
            self.assertEqual(self.refusal_of(asked["book"]).reason, "NOT_FOUND_OR_DENIED")

    def test_metadata_next_to_a_certificate_changes_nobody(self):
        with self.client(self.member("volant/engineer")) as engineer:
            booking = self.ask_all(engineer, "")["book"]().booking.name
        claims = [(("benchd-as", "volant/engineer"),), (("benchd-as", "site/operator"),),
                  (("benchd-as", "volant/engineer"), ("benchd-as", "kestrel/engineer")),
                  (("benchd-as", "owner"),), (("as", "volant/engineer"),),
                  (("x-forwarded-client-cert", "URI=spiffe://hub.example/tenant/volant/member/"
                    "engineer"),)]
        for claim in claims:
            with self.subTest(claim), \
                    self.client(self.member("kestrel/engineer"), metadata=claim) as rival:
                asked = self.ask_all(rival, booking)
                self.assertEqual(self.refusal_of(asked["show"]).reason, "NOT_FOUND_OR_DENIED")
                self.assertEqual(self.refusal_of(asked["book"]).reason, "NOT_FOUND_OR_DENIED")
        # Nor does it take anything away.
        with self.client(self.member("volant/engineer"),
                         metadata=(("benchd-as", "kestrel/engineer"),)) as engineer:
            self.assertEqual(self.ask_all(engineer, booking)["show"]().booking.name, booking)
        with self.client(self.ca.issue("nobody", spiffe("tenant/volant/member/nobody")),
                         metadata=(("benchd-as", "volant/engineer"),)) as nobody:
            self.assertEqual(self.refusal_of(self.ask_all(nobody, booking)["show"]).reason,
                             "NOT_FOUND_OR_DENIED")


class RefusalTest(TlsTest):
    def test_whatever_else_knocks_gets_nothing(self):
        with self.client(self.member("volant/engineer")) as engineer:
            booking = self.ask_all(engineer, "")["book"]().booking.name

        engineer = member("volant/engineer")
        other = Authority(self.folder, "other-ca")  # with the name of the site's authority
        no_handshake = {
            "no certificate": None,
            "of another authority": other.issue("foreign", engineer),
            "signed by a member": self.signed_by(self.member("volant/viewer"), engineer),
            "expired": self.ca.issue("expired", engineer, begins_in=-48, ends_in=-1),
            "not yet valid": self.ca.issue("early", engineer, begins_in=1, ends_in=48),
            "a server's": self.ca.issue("server", engineer, usage="serverAuth")}
        for what, files in no_handshake.items():
            with self.subTest(what), self.client(files) as client:
                for name, ask in self.ask_all(client, booking).items():
                    self.assertEqual(self.refusal_of(ask).code, "UNAVAILABLE", name)

        no_identity = {
            "two members": [engineer, member("kestrel/engineer")],
            "the same member twice": [engineer, engineer],
            "a member and another URI": [engineer, "URI:https://hub.example/"],
            "a member and a station": [engineer, spiffe("station/thrust-1")],
            "no SPIFFE URI": ["DNS:volant.hub.example"],
            "no name at all": [],
            "another kind of URI": ["URI:https://hub.example/tenant/volant/member/engineer"],
            "another trust domain": [spiffe("tenant/volant/member/engineer", "rival.example")],
            "a trust domain with an end": [spiffe("tenant/volant/member/engineer",
                                                  "hub.example.evil")],
            "an unknown member": [member("volant/stranger")],
            "an unknown tenant": [member("unknown/engineer")],
            "a member of another tenant": [member("kestrel/viewer")],
            "unknown staff": [spiffe("site/staff/stranger")],
            "a station": [spiffe("station/thrust-1")],
            "no form of benchd": [spiffe("volant/engineer")],
            "more than a member": [spiffe("tenant/volant/member/engineer/admin")]}
        for i, (what, names) in enumerate(no_identity.items()):
            with self.subTest(what), self.client(self.ca.issue(f"odd{i}", *names)) as client:
                for name, ask in self.ask_all(client, booking).items():
                    refusal = self.refusal_of(ask)
                    self.assertEqual((refusal.code, refusal.reason),
                                     ("PERMISSION_DENIED", "NOT_FOUND_OR_DENIED"), name)

        # All that time the right one was served.
        with self.client(self.member("volant/engineer")) as engineer:
            self.assertEqual(self.ask_all(engineer, booking)["show"]().booking.name, booking)
        bookings = self.must_as("volant/engineer", "booking", "list", "-o", "name").out.split()
        self.assertEqual(bookings, [booking])

    def signed_by(self, issuer, name):
        """What a member gets who uses his certificate as an authority."""
        files = self.ca.issue("forged", name)
        openssl("x509", "-req", "-in", self.folder / "forged.csr", "-CA", issuer.certificate,
                "-CAkey", issuer.key, "-CAcreateserial", "-days", 1, "-extfile",
                self.folder / "forged.ext", "-out", files.certificate)
        with files.certificate.open("ab") as chain:
            chain.write(issuer.certificate.read_bytes())
        return files

    def test_plaintext_and_old_tls_reach_nothing(self):
        with NetworkClient(f"127.0.0.1:{self.port}", "volant",
                           metadata=(("benchd-as", Hub.ENGINEER),)) as client:
            for name, ask in self.ask_all(client, "tenants/volant/bookings/b-1").items():
                self.assertEqual(self.refusal_of(ask).code, "UNAVAILABLE", name)
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\nHost: hub\r\n\r\n")
            self.assertNotIn(b"HTTP", self.all_of(plain))

        for version, accepted in (("tls1", False), ("tls1_1", False), ("tls1_2", True),
                                  ("tls1_3", True)):
            with self.subTest(version):
                files = self.member("volant/engineer")
                done = openssl("s_client", "-connect", f"127.0.0.1:{self.port}", f"-{version}",
                               "-cipher", "ALL:@SECLEVEL=0", "-alpn", "h2", "-CAfile",
                               self.ca.certificate, "-cert", files.certificate, "-key", files.key,
                               text="", check=False)
                if accepted:
                    self.assertIn("Verify return code: 0", done.stdout, done)
                    self.assertIn("ALPN protocol: h2", done.stdout, done)
                else:
                    # The client did try; the server has closed without a word.
                    self.assertRegex(done.stdout, r"read \d bytes and written [1-9]\d", done)
                    self.assertIn("no peer certificate available", done.stdout, done)

    @staticmethod
    def all_of(connection):
        received = b""
        try:
            while more := connection.recv(4096):
                received += more
        except ConnectionResetError:
            pass
        return received

    def test_who_is_taken_out_of_the_site_file_is_refused_after_a_restart(self):
        self.must_as("volant/engineer", "bench", "list")
        site = self.hub.config / "site.yaml"
        site.write_text(re.sub(r"\n +viewer: .*", "", site.read_text())
                        .replace("        engineer: {roles: [member]}",
                                 "        pilot: {roles: [member]}", 1))
        before = self.hub.pids("site")
        self.hub.kill("site")
        wait_until(lambda: self.hub.pids("site") not in ([], before), "a new site process")
        self.port = self.find_port()
        wait_until(self.hub.socket.exists, "the owner's socket")
        with self.client(self.member("volant/pilot")) as pilot:
            wait_until(lambda: self.answers(self.ask_all(pilot, "")["list"]), "the site serves")
        for gone in ("volant/engineer", "volant/viewer"):
            with self.subTest(gone), self.client(self.member(gone)) as client:
                self.assertEqual(self.refusal_of(self.ask_all(client, "")["list"]).reason,
                                 "NOT_FOUND_OR_DENIED")

    @staticmethod
    def answers(ask):
        try:
            return ask()
        except grpc.RpcError:
            return None

    def test_renewed_files_are_used_without_a_restart(self):
        with self.client(self.member("volant/engineer")) as engineer:
            self.ask_all(engineer, "")["list"]()
            old = self.served_serial()
            renewed = self.ca.issue("renewed", "DNS:localhost", "IP:127.0.0.1", usage="serverAuth")
            for file, name in ((renewed.key, "hub.key"), (renewed.certificate, "hub.pem")):
                shutil.copy2(file, self.hub.config / "tls/new")
                (self.hub.config / "tls/new").rename(self.hub.config / "tls" / name)
            wait_until(lambda: self.served_serial() not in ("", old), "the renewed certificate", 60)
            self.ask_all(engineer, "")["list"]()
        with self.client(self.member("kestrel/engineer")) as another:
            self.ask_all(another, "")["list"]()

    def served_serial(self):
        done = openssl("s_client", "-connect", f"127.0.0.1:{self.port}", "-alpn", "h2", text="",
                       check=False)
        if "BEGIN CERTIFICATE" not in done.stdout:
            return ""
        return openssl("x509", "-noout", "-serial", text=done.stdout).stdout


class GuideTest(TlsTest):
    """docs/guides/certificates.md, with this PC's names in place of those of its example."""

    def configure(self, config):
        self.config = config
        text = (ROOT / "docs/guides/certificates.md").read_text()
        self.blocks = re.findall(r"^```(sh|yaml|python)\n(.*?)^```$", text, re.M | re.S)
        before = []
        while not self.blocks[0][1].startswith("benchctl "):
            before.append(self.blocks.pop(0))
        add_to_site(config, "".join(block for kind, block in before if kind == "yaml")
                    .replace("0.0.0.0:7443", "127.0.0.1:0"))
        for kind, block in before:
            if kind == "sh":
                self.run_block("bash", "-euo", "pipefail", "-c", self.here(block))

    def here(self, block):
        return (block.replace("/etc/benchd", str(self.config))
                .replace("hub.lab.example:7443", f"localhost:{getattr(self, 'port', '')}")
                .replace("hub.lab.example", "localhost"))

    def run_block(self, *command):
        environment = {**environment_of(self.folder), "PYTHONPATH": ":".join(sys.path)}
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True,
                              text=True, timeout=60, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, f"{command}: {done}")
        return done.stdout

    def test_its_commands_lead_to_a_member_who_lists_benches(self):
        stubs.load()
        said = []
        for kind, block in self.blocks:
            program = ("bash", "-euo", "pipefail") if kind == "sh" else ("/usr/bin/python3",)
            said.append(self.run_block(*program, "-c", self.here(block)))
        self.assertEqual(len(said), 2)
        for output in said:
            self.assertIn("thrust-1", output)
        self.assertIn("(port {}) with mutual TLS".format(self.port), self.hub.log())


class WithoutTlsTest(HubTest):
    def test_nothing_listens_on_the_network(self):
        family = family_of(self.hub.process.pid)
        self.assertTrue(set(self.hub.pids("site")) < family)
        self.assertEqual(len(self.hub.pids("benchd-plugin-scpi")), 1)
        self.hub.book_and_arm()
        self.assertEqual(network_ports(family_of(self.hub.process.pid)), [])
        # What listens is a file that its folder's mode guards.
        runtime = self.hub.folder / "run/site"
        self.assertEqual(unix_paths(family_of(self.hub.process.pid)),
                         sorted(map(str, (runtime / "api/api.sock", runtime / "link/link.sock"))))
        self.assertEqual(stat.S_IMODE((runtime / "api").stat().st_mode), 0o700)
        # The kernel's tables do show those that listen.
        shown = network_ports({self.hub.simulators[0].process.pid})
        self.assertEqual(shown, sorted(self.hub.simulators[0].ports.values()))

    def test_another_user_of_the_pc_does_not_reach_the_owners_socket(self):
        if os.geteuid() != 0:
            print("SKIPPED: needs root, to be another user", flush=True)
            self.skipTest("needs root, to be another user")
        for folder in (self.hub.folder, self.hub.folder / "run", self.hub.folder / "run/site"):
            folder.chmod(0o755)
        done = subprocess.run(
            ["/usr/bin/python3", "-c", "import socket, sys\n"
             "socket.socket(socket.AF_UNIX).connect(sys.argv[1])", str(self.hub.socket)],
            user=65534, group=65534, extra_groups=[], capture_output=True, text=True, timeout=30)
        self.assertIn("PermissionError", done.stderr)


class OwnerTest(HubTest):
    def test_acting_as_a_member_is_off_unless_the_site_file_allows_it(self):
        self.hub.must("bench", "list")
        site = self.hub.config / "site.yaml"
        site.write_text(site.read_text().replace("  owner_may_act_as_member: true\n", ""))
        before = self.hub.pids("site")
        self.hub.kill("site")
        wait_until(lambda: self.hub.pids("site") not in ([], before), "a new site process")
        wait_until(lambda: self.hub.benchctl("bench", "list", tenant="").code == 0,
                   "the owner as itself is served")
        for name in ("volant/engineer", "kestrel/engineer", "site/operator", "nonsense"):
            answer = self.hub.benchctl("bench", "list", tenant=name)
            self.assertEqual(answer.code, 5, answer)
            self.assertIn("NOT_FOUND_OR_DENIED", answer.err)


class StartTest(unittest.TestCase):
    """A site that cannot serve with mutual TLS does not serve at all."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bd.tls.", dir="/tmp"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.config = self.folder / "config"
        self.ca = Authority(self.folder)
        self.server = self.ca.issue("hub", "DNS:localhost", usage="serverAuth")

    def write_site(self, text):
        shutil.rmtree(self.config, ignore_errors=True)
        shutil.copytree(ROOT / "bench-configs", self.config)
        add_to_site(self.config, text)

    def start(self, *command, **variables):
        """What a site says that ends at once."""
        environment = {**os.environ, **variables, "STATE_DIRECTORY": str(self.folder / "state"),
                       "RUNTIME_DIRECTORY": str(self.folder / "run"),
                       "CONFIGURATION_DIRECTORY": str(self.config)}
        environment.pop("NOTIFY_SOCKET", None)
        (self.folder / "state").mkdir(exist_ok=True)
        (self.folder / "run").mkdir(exist_ok=True)
        done = subprocess.run([BIN / "benchd", *(command or ("site",))], env=environment,
                              capture_output=True, text=True, timeout=60,
                              stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout + done.stderr

    def test_a_network_address_without_certificates_is_refused(self):
        certificate = f"    certificate: {self.server.certificate}\n"
        rest = f"    key: {self.server.key}\n    client_ca: {self.ca.certificate}\n"
        wrong = {
            "nothing but an address": ("", ("certificate", "key", "client_ca", "trust_domain")),
            "no trust domain": (certificate + rest, ("trust_domain",)),
            "no certificate": (rest + "    trust_domain: hub.example\n", ("certificate",)),
            "an empty certificate": ("    certificate: \"\"\n" + rest +
                                     "    trust_domain: hub.example\n", ("certificate",)),
            "a wish for plaintext": (certificate + rest + "    trust_domain: hub.example\n"
                                     "    insecure: true\n", ("insecure",))}
        for what, (text, missing) in wrong.items():
            with self.subTest(what):
                self.write_site("  listen:\n    address: 127.0.0.1:0\n" + text)
                code, said = self.start("check", str(self.config / "site.yaml"))
                self.assertEqual(code, 1, said)
                for name in missing:
                    self.assertRegex(said, rf"site.yaml:\d+:\d+ .*\"?{name}\"?")
                code, said = self.start()
                self.assertEqual(code, 1, said)
                self.assertIn("CONFIG_INVALID", said)
                self.assertIn(missing[0], said)

    def test_a_station_does_not_take_its_link_over_the_network(self):
        for address in ("127.0.0.1:7444", "dns:///hub.lab.example:7444", "ipv4:127.0.0.1:7444", ""):
            with self.subTest(address):
                self.write_site("")
                code, said = self.start("station", "thrust-1", BENCHD_SITE_LINK=address)
                self.assertEqual(code, 1, said)
                self.assertIn("CONFIG_INVALID", said)
                self.assertIn("Unix socket on the same PC", said)

    def test_certificates_that_cannot_be_used_are_refused_with_the_reason(self):
        good = (self.server.certificate, self.server.key, self.ca.certificate)
        empty = self.folder / "empty.pem"
        empty.touch()
        empty.chmod(0o600)
        world = self.folder / "world.key"
        shutil.copy(self.server.key, world)
        world.chmod(0o644)
        expired = self.ca.issue("expired", "DNS:localhost", usage="serverAuth", begins_in=-48,
                                ends_in=-1)
        early = self.ca.issue("early", "DNS:localhost", usage="serverAuth", begins_in=1)
        wrong = {
            "no certificate there": ((self.folder / "none.pem", *good[1:]), "cannot be read"),
            "no key there": ((good[0], self.folder / "none.key", good[2]), "cannot be read"),
            "no authority there": ((*good[:2], self.folder / "none.pem"), "cannot be read"),
            "an empty certificate": ((empty, *good[1:]), "no certificate in PEM form"),
            "an empty key": ((good[0], empty, good[2]), "no private key in PEM form"),
            "an empty authority": ((*good[:2], empty), "no certificate in PEM form"),
            "key and certificate swapped": ((good[1], good[0], good[2]), "PEM form|chmod 600"),
            "the key of another": ((good[0], self.ca.key, good[2]), "does not belong"),
            "a key that all may read": ((good[0], world, good[2]), "chmod 600"),
            "an expired certificate": ((expired.certificate, expired.key, good[2]),
                                       "not valid at this time"),
            "one not yet valid": ((early.certificate, early.key, good[2]),
                                  "not valid at this time")}
        for what, (files, reason) in wrong.items():
            with self.subTest(what):
                self.write_site(listen(*files))
                code, said = self.start()
                self.assertEqual(code, 1, said)
                self.assertIn("CONFIG_INVALID", said)
                self.assertRegex(said, reason)


if __name__ == "__main__":
    unittest.main(verbosity=2)
