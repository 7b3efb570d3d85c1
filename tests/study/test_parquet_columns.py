"""Columns of Parquet files: what they hold, whatever their footer promises."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cloister.study.errors import DataError
from cloister.study.parquet_columns import read_columns

ROWS = 123_456


def varint(number: int) -> bytes:
    """As Thrift's compact protocol writes a number that is not negative."""
    number *= 2
    parts = []
    while number >= 128:
        parts.append(number % 128 + 128)
        number //= 128
    return bytes([*parts, number])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    pq.write_table(pa.table({"x": [1.5] * ROWS, "y": ["a"] * ROWS}), tmp_path / "table.parquet")
    return tmp_path / "table.parquet"


def test_columns_of_several_batches_are_read_whole(path: Path) -> None:
    assert read_columns(path, ["y", "x"]) == {"y": ["a"] * ROWS, "x": [1.5] * ROWS}


def with_footer(content: bytes, footer: bytes) -> bytes:
    length = int.from_bytes(content[-8:-4], "little")
    return content[: -8 - length] + footer + len(footer).to_bytes(4, "little") + b"PAR1"


@pytest.fixture
def pool() -> Iterator[pa.MemoryPool]:
    """What Arrow takes from here on."""
    before, pool = pa.default_memory_pool(), pa.proxy_memory_pool(pa.system_memory_pool())
    pa.set_memory_pool(pool)
    yield pool
    pa.set_memory_pool(before)


@pytest.mark.parametrize("promised", [2**27, 10**11])
def test_rows_that_a_footer_promises_take_no_memory(path: Path, promised: int, pool: pa.MemoryPool) -> None:
    """Wherever it says how many there are: of the file, of a group of rows, of a column."""
    content = path.read_bytes()
    parts = content[-8 - int.from_bytes(content[-8:-4], "little") : -8].split(varint(ROWS))
    assert len(parts) > 4
    refused = 0
    for place in range(1, len(parts)):
        left, right = varint(ROWS).join(parts[:place]), varint(ROWS).join(parts[place:])
        path.write_bytes(with_footer(content, left + varint(promised) + right))
        try:
            assert read_columns(path, ["x"]) == {"x": [1.5] * ROWS}
        except DataError:
            refused += 1
    path.write_bytes(with_footer(content, varint(promised).join(parts)))
    with pytest.raises(DataError, match="not a readable Parquet table"):
        read_columns(path, ["x"])
    assert refused >= 1
    assert pool.max_memory() < 2**26


def test_a_column_that_is_not_there_is_an_error(path: Path) -> None:
    with pytest.raises(DataError, match="not a readable Parquet table"):
        read_columns(path, ["x", "z"])
