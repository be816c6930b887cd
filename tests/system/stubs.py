"""benchd.v1 for Python, made from the protos when a test begins: what any user can do.

    with Client(hub, "volant/engineer") as client:
        client.bookings.ListBookings(pb.booking.ListBookingsRequest(parent="tenants/volant"))
"""

import pathlib
import subprocess
import sys
import tempfile
import types

from hub import ROOT

SERVICES = ("bench", "booking", "dut", "sequence", "run", "control", "result")
pb = types.SimpleNamespace()
_folder = None


def load():
    """Makes and imports the stubs, once."""
    global _folder
    if _folder is not None:
        return
    _folder = tempfile.TemporaryDirectory(prefix="bd.", dir="/tmp")
    protos = sorted((ROOT / "proto/benchd/v1").glob("*.proto"))
    protos += sorted((ROOT / "proto/google/rpc").glob("*.proto"))
    protos += sorted((ROOT / "proto/grpc").rglob("*.proto"))
    subprocess.run(
        ["protoc", f"--proto_path={ROOT / 'proto'}", f"--python_out={_folder.name}",
         f"--grpc_python_out={_folder.name}",
         "--plugin=protoc-gen-grpc_python=/usr/bin/grpc_python_plugin", *map(str, protos)],
        check=True)
    # The package google belongs to protobuf; google.rpc is added to it.
    import google
    google.__path__.append(str(pathlib.Path(_folder.name) / "google"))
    sys.path.insert(0, _folder.name)
    import importlib
    for name in (*SERVICES, "values"):
        setattr(pb, name, importlib.import_module(f"benchd.v1.{name}_pb2"))
    for name in SERVICES:
        setattr(pb, f"{name}_grpc", importlib.import_module(f"benchd.v1.{name}_pb2_grpc"))
    pb.error_details = importlib.import_module("google.rpc.error_details_pb2")
    pb.status = importlib.import_module("google.rpc.status_pb2")


class Client:
    """A gRPC client of Debian's python3-grpcio on the owner's socket."""

    def __init__(self, hub, member):
        import grpc
        self._open(grpc.insecure_channel(f"unix:{hub.socket}"), member.split("/")[0],
                   (("benchd-as", member),))

    def _open(self, channel, tenant, metadata):
        load()
        self.metadata = metadata
        self.tenant = f"tenants/{tenant}"
        self.channel = channel
        self.benches = pb.bench_grpc.BenchServiceStub(self.channel)
        self.bookings = pb.booking_grpc.BookingServiceStub(self.channel)
        self.runs = pb.run_grpc.RunServiceStub(self.channel)
        self.results = pb.result_grpc.ResultServiceStub(self.channel)

    def call(self, method, request, timeout=30):
        return method(request, metadata=self.metadata, timeout=timeout)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.channel.close()


class NetworkClient(Client):
    """The same over the network: with a certificate and its key, without (None), or in plaintext
    where no authority is given."""

    def __init__(self, address, tenant, ca=None, key=None, certificate=None, metadata=()):
        import grpc
        if ca is None:
            channel = grpc.insecure_channel(address)
        else:
            channel = grpc.secure_channel(
                address, grpc.ssl_channel_credentials(ca, key, certificate))
        self._open(channel, tenant, tuple(metadata))


class Refusal:
    """What grpc-status-details-bin says of a failed call."""

    def __init__(self, error):
        self.code = error.code().name
        self.message = error.details()
        self.reason, self.domain, self.metadata, self.violations = "", "", {}, []
        status = pb.status.Status()
        for key, value in error.trailing_metadata():
            if key == "grpc-status-details-bin":
                status.ParseFromString(value)
        self.status = status
        for detail in status.details:
            info = pb.error_details.ErrorInfo()
            wrong = pb.error_details.BadRequest()
            unmet = pb.error_details.PreconditionFailure()
            if detail.Unpack(info):
                self.reason, self.domain = info.reason, info.domain
                self.metadata = dict(info.metadata)
            elif detail.Unpack(wrong):
                self.violations += [v.field for v in wrong.field_violations]
            elif detail.Unpack(unmet):
                self.violations += [v.subject for v in unmet.violations]

    def __repr__(self):
        return f"{self.code} {self.reason}: {self.message} {self.violations}"
