# SPDX-License-Identifier: Apache-2.0
"""Trees are compiled once, whoever asks first, and by several threads at once."""
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tool import devicetree


def test_threads_that_compile_one_tree_do_not_meet(tmp_path: Path, monkeypatch) -> None:
    """The first `compare` of a fresh clone measures in threads and has no compiled tree yet."""
    together = threading.Barrier(2)
    write = Path.write_bytes

    def slow_write(self: Path, data: bytes) -> int:
        written = write(self, data)
        together.wait(timeout=10)  # both drafts are there before either is moved
        return written

    monkeypatch.setattr(devicetree, "_tool", lambda command, data=None: b"blob")
    monkeypatch.setattr(Path, "write_bytes", slow_write)
    blob = tmp_path / "tree.dtb"
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(devicetree._compile, b"", (tmp_path,), blob) for _ in range(2)]:
            done.result()
    assert blob.read_bytes() == b"blob"
    assert list(tmp_path.iterdir()) == [blob]
