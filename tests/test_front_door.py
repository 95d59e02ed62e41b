"""The names that users import are few, lazily loaded, and those that are promised."""

from __future__ import annotations

import subprocess
import sys

import pytest

import clew


def test_every_promised_name_is_there() -> None:
    assert sorted(clew.__all__) == clew.__all__
    assert len(clew.__all__) <= 25
    for name in clew.__all__:
        assert getattr(clew, name).__name__ == name


def test_nothing_else_is_offered() -> None:
    names = {name for name in dir(clew) if not name.startswith("_")}
    modules = {name.split(".")[1] for name in sys.modules if name.startswith("clew.")}
    assert names - modules - {"annotations", "import_module", "TYPE_CHECKING"} == set(clew.__all__) - modules


def test_a_name_that_is_not_there_is_said_to_be_so() -> None:
    with pytest.raises(AttributeError, match="no attribute 'unweave'"):
        clew.unweave  # noqa: B018


def test_importing_clew_opens_no_file_and_loads_nothing() -> None:
    asked = """
import sys
opened = []
sys.addaudithook(lambda event, details: opened.append(details[0]) if event == "open" else None)
before = set(sys.modules)
import clew
print(*(name for name in set(sys.modules) - before if name.partition(".")[0] not in sys.stdlib_module_names))
print(*(path for path in opened if not str(path).endswith((".py", ".pyc"))))
"""
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True, text=True)
    assert done.stdout.splitlines() == ["clew", ""]
