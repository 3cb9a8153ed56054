"""The cache of replays: what it keeps, what it lets go, and that it never fails."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from sdinspector.recording import ReplayCache

KB = 1024


def kilobyte(value: int = 0) -> dict[str, np.ndarray]:
    return {"map": np.full(256, value, np.float32)}


def files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.safetensors"))


def used(path: Path, moment: int) -> None:
    os.utime(path, (moment, moment))


def test_what_was_put_comes_back_even_to_another_process(tmp_path):
    key = ReplayCache.key("abc", 3, layers=["mid_block"])
    ReplayCache(tmp_path).put(key, kilobyte(7))
    found = ReplayCache(tmp_path).get(key)
    assert found is not None
    np.testing.assert_array_equal(found["map"], kilobyte(7)["map"])
    assert ReplayCache(tmp_path).get(ReplayCache.key("abc", 4, layers=["mid_block"])) is None


def test_the_key_depends_on_everything_but_the_order_of_settings():
    key = ReplayCache.key("abc", 3, layers=["x"], branch="cond")
    assert key == ReplayCache.key("abc", 3, branch="cond", layers=["x"])
    others = {
        ReplayCache.key("abd", 3, layers=["x"], branch="cond"),
        ReplayCache.key("abc", 4, layers=["x"], branch="cond"),
        ReplayCache.key("abc", 3, layers=["y"], branch="cond"),
        ReplayCache.key("../../abc", 3),
    }
    assert key not in others
    assert len(others) == 4
    assert all("/" not in other and "." not in other for other in others)


def test_what_is_kept_cannot_be_changed_from_outside(tmp_path):
    cache, arrays = ReplayCache(tmp_path), kilobyte(1)
    cache.put("r-a", arrays)
    arrays["map"][:] = 9
    found = cache.get("r-a")
    assert found is not None
    assert found["map"][0] == 1
    with pytest.raises(ValueError, match="read-only"):
        found["map"][0] = 2


def test_memory_lets_the_least_recently_used_go_first(tmp_path):
    cache = ReplayCache(tmp_path, disk_limit=0, memory_limit=2 * KB)
    cache.put("r-a", kilobyte())
    cache.put("r-b", kilobyte())
    cache.get("r-a")
    cache.put("r-c", kilobyte())
    assert cache.get("r-b") is None
    assert cache.get("r-a") is not None
    assert cache.get("r-c") is not None
    assert files(tmp_path) == []


def test_the_disk_lets_the_least_recently_used_go_first(tmp_path):
    cache = ReplayCache(tmp_path, disk_limit=3 * KB, memory_limit=0)
    for number, name in enumerate(("a", "b")):
        cache.put(f"r-{name}", kilobyte())
        used(tmp_path / "r" / f"{name}.safetensors", 1000 + number)
    assert cache.get("r-a") is not None
    cache.put("r-c", kilobyte())
    assert [path.stem for path in files(tmp_path)] == ["a", "c"]


def test_what_is_larger_than_a_limit_is_not_kept_there(tmp_path):
    cache = ReplayCache(tmp_path, disk_limit=10, memory_limit=10)
    cache.put("r-a", kilobyte())
    assert cache.get("r-a") is None
    assert files(tmp_path) == []


def test_putting_the_same_again_does_not_count_twice(tmp_path):
    cache = ReplayCache(tmp_path, memory_limit=2 * KB)
    for _ in range(5):
        cache.put("r-a", kilobyte())
    cache.put("r-b", kilobyte())
    assert cache._memory_bytes == 2 * KB
    cache.clear_memory()
    assert cache._memory_bytes == 0


def test_a_damaged_file_is_dropped_and_made_again(tmp_path):
    cache = ReplayCache(tmp_path, memory_limit=0)
    cache.put("r-a", kilobyte())
    files(tmp_path)[0].write_bytes(b"damaged")
    assert cache.get("r-a") is None
    assert files(tmp_path) == []
    cache.put("r-a", kilobyte(3))
    found = cache.get("r-a")
    assert found is not None
    assert found["map"][0] == 3


def test_a_recording_can_be_forgotten(tmp_path):
    cache = ReplayCache(tmp_path)
    mine, other = ReplayCache.key("abc", 1), ReplayCache.key("xyz", 1)
    cache.put(mine, kilobyte())
    cache.put(other, kilobyte())
    cache.forget("abc")
    assert cache.get(mine) is None
    assert cache.get(other) is not None
    assert len(files(tmp_path)) == 1


def test_a_folder_that_cannot_be_written_leaves_memory_at_work(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    cache = ReplayCache(tmp_path / "file")
    cache.put("r-a", kilobyte(5))
    found = cache.get("r-a")
    assert found is not None
    assert found["map"][0] == 5


def test_threads_may_share_a_cache(tmp_path):
    cache = ReplayCache(tmp_path, disk_limit=20 * KB, memory_limit=5 * KB)

    def work(number: int) -> bool:
        cache.put(f"r-{number % 10}", kilobyte(number % 10))
        found = cache.get(f"r-{number % 7}")
        return found is None or bool((found["map"] == number % 7).all())

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(200)))
    assert cache._memory_bytes <= 5 * KB
