"""What each file of tests costs in CPU, with the processes that it starts, beside the seconds that pytest writes to its record."""

from collections.abc import Generator

import psutil
import pytest

_at_last = pytest.StashKey[bool]()
_spent_s = 0.0


def _cpu_s() -> float:
    """Of this process, of what it started, and of what has ended among those."""
    spent = 0.0
    for process in [psutil.Process(), *psutil.Process().children(recursive=True)]:
        try:
            spent += sum(process.cpu_times()[:4])
        except psutil.NoSuchProcess:  # ended meanwhile
            continue
    return spent


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    item.stash[_at_last] = nextitem is None or nextitem.path != item.path
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, object, object]:
    global _spent_s
    if call.when == "teardown" and item.stash[_at_last]:
        before, _spent_s = _spent_s, _cpu_s()
        item.user_properties.append(("file_cpu_s", round(_spent_s - before, 2)))
    return (yield)
