"""Which sockets a process and its children listen on, as the kernel says."""

import os
import pathlib

from hub import parent_of, processes


def family_of(pid):
    """The process and all its descendants."""
    family = {pid}
    parents = {other: parent_of(other) for other, _ in processes()}
    while True:
        more = {other for other, parent in parents.items() if parent in family} - family
        if not more:
            return family
        family |= more


def _inodes_of(pids):
    inodes = set()
    for pid in pids:
        for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir():
            try:
                target = os.readlink(entry)
            except OSError:
                continue
            if target.startswith("socket:["):
                inodes.add(target[len("socket:["):-1])
    return inodes


def _table(name):
    return [line.split() for line in
            pathlib.Path(f"/proc/net/{name}").read_text().splitlines()[1:]]


def network_ports(pids):
    """Ports of TCP sockets that listen and of unconnected UDP sockets, of IPv4 and IPv6."""
    inodes = _inodes_of(pids)
    ports = []
    for table, state in (("tcp", "0A"), ("tcp6", "0A"), ("udp", "07"), ("udp6", "07")):
        ports += [int(row[1].rsplit(":", 1)[1], 16) for row in _table(table)
                  if row[3] == state and row[9] in inodes]
    return sorted(ports)


def unix_paths(pids):
    """Paths of Unix sockets that listen; one without a path begins with "@"."""
    inodes = _inodes_of(pids)
    listens = 1 << 16
    return sorted(row[7] if len(row) > 7 else "" for row in _table("unix")
                  if int(row[3], 16) & listens and row[6] in inodes)
