"""How files are named on each system, as far as that can be told on any of them."""

from pathlib import Path
from types import ModuleType

import pytest
from langgraph.graph import START, MessagesState, StateGraph

from interrupt_mcp.agents.datatypes import DataTypes
from interrupt_mcp.config.kinds import path_in
from interrupt_mcp.paths import comparable, folder_name, true_name
from interrupt_mcp.store.sqlite.filesystem import kind_among, macos_mounts, network_share


@pytest.mark.parametrize(
    ("url", "on_windows", "elsewhere"),
    [
        ("sqlite:///state.db", "state.db", "state.db"),
        ("sqlite:///C:/a b/state.db", "C:/a b/state.db", "C:/a b/state.db"),
        ("sqlite:///C:\\a\\state.db", "C:\\a\\state.db", "C:\\a\\state.db"),
        # Four slashes, as for an absolute path elsewhere.
        ("sqlite:////C:/a/state.db", "C:/a/state.db", "/C:/a/state.db"),
        ("sqlite:////home/a/state.db", "/home/a/state.db", "/home/a/state.db"),
        ("sqlite:///\\\\?\\C:\\long\\state.db", "\\\\?\\C:\\long\\state.db", None),
        ("sqlite:///state.db?mode=ro", None, None),
        ("sqlite:///:memory:", None, None),
        ("sqlite:///", None, None),
        ("postgresql://host/db", None, None),
    ],
)
def test_a_database_is_named_by_a_url_with_the_paths_of_the_system(
    url: str, on_windows: str | None, elsewhere: str | None
) -> None:
    assert (path_in(url, "win32"), path_in(url, "linux"), path_in(url, "darwin")) == (on_windows, elsewhere, elsewhere)


@pytest.mark.parametrize(
    ("one", "other", "same_on"),
    [
        ("c:\\work\\agent.py", "C:\\Work\\agent.py", {"win32", "darwin"}),
        ("C:/work/agent.py", "C:\\work\\agent.py", {"win32"}),
        ("/work/caf\u00e9.py", "/work/cafe\u0301.py", {"darwin"}),
        ("/work/Stra\u00dfe.py", "/work/STRASSE.py", {"darwin"}),
        ("/work/a.py", "/work/a.py", {"win32", "darwin", "linux"}),
        ("/work/a.py", "/work/b.py", set()),
    ],
)
def test_two_ways_to_write_a_path_are_one_file_where_the_system_says_so(
    one: str, other: str, same_on: set[str]
) -> None:
    systems = ("win32", "darwin", "linux")
    assert {system for system in systems if comparable(one, system) == comparable(other, system)} == same_on


@pytest.mark.parametrize(
    ("name", "on_windows"),
    [
        ("sales", "sales"),
        ("nul", "_nul_"),
        ("COM1", "_COM1_"),
        ("aux.v2", "_aux.v2_"),
        ("ends.", "_ends._"),
        ("com", "com"),
    ],
)
def test_a_projects_folder_has_a_name_that_the_system_lets_it_have(name: str, on_windows: str) -> None:
    assert folder_name(name, "win32") == on_windows
    assert (folder_name(name, "linux"), folder_name(name, "darwin")) == (name, name)


def test_a_file_has_one_true_name_and_one_that_is_not_there_has_one_as_well(tmp_path: Path) -> None:
    (tmp_path / "Real").mkdir()
    file = tmp_path / "Real" / "langgraph.json"
    file.write_text("{}")
    assert true_name(tmp_path / "Real" / ".." / "Real" / "langgraph.json") == true_name(file)
    assert true_name(tmp_path / "none.json").name == "none.json"


def test_the_modules_of_an_agent_are_known_by_whatever_way_its_folder_is_written(tmp_path: Path) -> None:
    module = ModuleType("shop")
    graph = StateGraph(MessagesState).add_node("end", lambda _: {}).add_edge(START, "end").compile()
    module.__file__ = str(tmp_path / "shop.py")
    own = DataTypes(graph, module, [tmp_path])
    assert own.owns("shop", str(tmp_path / "shop.py"))
    assert own.owns("shop", comparable(str(tmp_path / "shop.py")))
    assert not own.owns("shop", str(tmp_path.parent / "shop.py"))
    assert not own.owns("shop", str(tmp_path / "site-packages" / "shop.py"))


@pytest.mark.parametrize(
    ("path", "shared"),
    [
        ("C:\\data\\state.db", False),
        ("\\\\?\\C:\\data\\state.db", False),
        ("\\\\nas\\share\\state.db", True),
        ("//nas/share/state.db", True),
        ("\\\\?\\UNC\\nas\\share\\state.db", True),
        ("\\\\wsl.localhost\\Ubuntu\\home\\state.db", True),
    ],
)
def test_a_share_of_windows_is_told_from_a_drive(path: str, shared: bool) -> None:
    assert network_share(path) is shared


MOUNTED = """/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
devfs on /dev (devfs, local, nobrowse)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse, protect)
//ada@nas._smb._tcp.local/Team%20(old) on /Volumes/Team (old) (smbfs, nodev, nosuid, mounted by ada)
nas:/export on /Volumes/Export (nfs)
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/Users/ada/state.db", None),
        ("/Volumes/Team (old)/state.db", "smbfs"),
        ("/Volumes/Team/state.db", None),
        ("/Volumes/Export/a/state.db", "nfs"),
        ("/Volumes/Exported/state.db", None),
    ],
)
def test_a_network_file_system_of_macos_is_found_among_what_is_mounted(path: str, kind: str | None) -> None:
    assert kind_among(macos_mounts(MOUNTED), path) == kind


def test_where_macos_tells_nothing_no_file_system_is_refused() -> None:
    assert kind_among(macos_mounts("not a table\n"), "/Users/ada/state.db") is None
