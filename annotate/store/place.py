"""Where a store lies: the file system decides what SQLite can rely on."""

from __future__ import annotations

from pathlib import Path

import psutil

# Locks and shared memory of these do not reach other machines, or not reliably.
_NETWORK = frozenset({"9p", "afs", "beegfs", "ceph", "cifs", "glusterfs", "lustre", "nfs", "nfs4", "smb3", "smbfs"}) | {
    f"fuse.{name}" for name in ("ceph", "gcsfuse", "glusterfs", "rclone", "s3fs", "sshfs")
}


def file_system(path: Path) -> str:
    """Return the type of the file system that holds `path` (or will hold it), such as `ext4`; "" when unknown."""
    place = path.absolute().resolve()
    mounts = sorted(psutil.disk_partitions(all=True), key=lambda mount: len(mount.mountpoint))
    # Of two mounts on one place the later one is seen.
    found = [mount.fstype for mount in mounts if place.is_relative_to(mount.mountpoint)]
    return found[-1] if found else ""


def is_network(file_system: str) -> bool:
    """Tell whether a file system's type is one that several machines share."""
    return file_system in _NETWORK


def on_network(path: Path) -> bool:
    """Tell whether `path` lies on a file system that several machines share."""
    return is_network(file_system(path))
