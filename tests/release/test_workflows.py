"""What runs at GitHub names nothing that is not here, takes no more rights than it needs, and no secret."""

import re
import shlex
import tomllib
from itertools import pairwise
from typing import Any

import pytest
import yaml

from tests.conformance.foreign import ROOT

FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
RIGHTS = {"contents", "id-token", "attestations"}


def jobs(file: Any) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(file.read_text("utf-8"))["jobs"]
    return found


def steps() -> list[dict[str, Any]]:
    return [step for file in FILES for job in jobs(file).values() for step in job.get("steps", [])]


def test_there_are_the_workflows_that_the_documentation_tells_of() -> None:
    assert [file.name for file in FILES] == ["release.yml", "tests.yml"]


def test_every_target_and_file_that_a_workflow_calls_is_there() -> None:
    lines = [shlex.split(line) for step in steps() for line in step.get("run", "").splitlines()]
    assert [words[1] for words in lines if words[0] == "make" and words[1] not in TARGETS] == []
    assert sum(words[0] == "make" for words in lines) >= 4
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    for words in lines:
        for option, value in pairwise(words):
            assert option != "--group" or value in groups
            assert option != "-c" or (ROOT / value).is_file()
    called = [job["uses"] for file in FILES for job in jobs(file).values() if "uses" in job]
    assert [(ROOT / path).resolve() for path in called] == [FOLDER / "tests.yml"]


def test_the_pythons_that_the_package_names_are_those_with_which_all_is_tested() -> None:
    named = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["classifiers"]
    versions = [name.rpartition(" ")[2] for name in named if re.search(r":: 3\.\d+$", name)]
    tested = jobs(FOLDER / "tests.yml")
    assert tested["linux"]["strategy"]["matrix"]["python"] == versions
    assert tested["others"]["strategy"]["matrix"]["python"] == versions
    assert tested["others"]["strategy"]["matrix"]["system"] == ["macos-latest", "windows-latest"]
    single = [step["with"]["python-version"] for step in steps() if "python-version" in step.get("with", {})]
    assert set(single) - {"${{ matrix.python }}"} <= set(versions)


def test_every_action_is_of_one_commit_and_says_which_version_that_is() -> None:
    used = [line.strip() for file in FILES for line in file.read_text("utf-8").splitlines() if "- uses:" in line]
    assert len(used) > 8
    for line in used:
        assert re.fullmatch(r"- uses: [\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line
    versions = {line.partition(" #")[0].partition("@")[0]: line for line in used}
    assert len(set(used)) == len(versions), "one action in two versions"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_rights_are_given_job_by_job_and_no_secret_is_asked_for(file: Any) -> None:
    assert yaml.safe_load(file.read_text("utf-8"))["permissions"] == {}
    for name, job in jobs(file).items():
        assert set(job["permissions"]) <= RIGHTS, name
        assert "timeout-minutes" in job or "uses" in job, name
    assert "secrets." not in file.read_text("utf-8")
    for step in (step for job in jobs(file).values() for step in job.get("steps", [])):
        # What others may choose, such as a branch's name, is never part of a command.
        assert "${{" not in step.get("run", "")


def test_only_the_jobs_that_publish_may_prove_who_they_are() -> None:
    rights = {name: set(job["permissions"]) for name, job in jobs(FOLDER / "release.yml").items()}
    assert rights == {
        "tests": {"contents"},
        "build": {"contents"},
        "index": {"id-token"},
        "github": {"contents", "id-token", "attestations"},
        "registry": {"id-token"},
    }
