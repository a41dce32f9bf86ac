"""Where a database may be: not on a network file system, on which SQLite's locks do not hold."""

from pathlib import Path

import pytest

from interrupt_mcp.store.sqlite import filesystem
from tests.conftest import Serve

pytestmark = pytest.mark.sqlite

MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:25 / /home rw,relatime shared:2 - nfs4 server:/export/home rw,vers=4.2
31 30 8:2 / /home/local rw,relatime - xfs /dev/sdb1 rw
32 22 0:26 / /mnt/a\\040share rw - cifs //server/share rw
33 22 0:27 / /mnt/far rw - fuse.sshfs me@server:/ rw
34 22 0:28 / /homestead rw - btrfs /dev/sdc1 rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/me/state.db", "nfs4"),
        ("/mnt/a share/state.db", "cifs"),
        ("/mnt/far/state.db", "fuse.sshfs"),
        ("/home/local/state.db", None),
        ("/homestead/state.db", None),
        ("/var/lib/state.db", None),
    ],
)
def test_a_place_is_on_the_file_system_that_is_mounted_nearest(tmp_path: Path, path: str, kind: str | None) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert filesystem.network_kind(mounts, path) == kind


@pytest.mark.anyio
async def test_a_database_on_a_network_file_system_is_refused_in_one_sentence(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if whatever the tests run on were one.
    monkeypatch.setattr(filesystem, "network_kind", lambda *_: "nfs4")
    async with serve() as door:
        refused = await door.error("list_runs")
        assert refused.startswith(f"unavailable: The database {tmp_path}/state.db is on a network file system (nfs4)")
        assert refused.count("\n") == 0
        monkeypatch.undo()
        assert (await door.call("list_runs"))["runs"] == []
