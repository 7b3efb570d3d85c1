import io
from typing import Any

import pydicom
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.simulation.hospitals.dicom_encoding import EXPLICIT_VR_LITTLE_ENDIAN, encode_file

TEXT = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_characters="\\^="), min_size=1, max_size=40
)
SIMPLE = {
    0x00080050: ("SH", st.text("ABC123", min_size=1, max_size=16)),
    0x00081030: ("LO", TEXT),
    0x00100020: ("LO", TEXT),
    0x00104000: ("LT", TEXT),
    0x00280010: ("US", st.integers(0, 65535)),
    0x00281041: ("SS", st.integers(-32768, 32767)),
    0x7FE00010: ("OW", st.binary(min_size=1, max_size=60).map(lambda content: content + b"\0" * (len(content) % 2))),
}


@st.composite
def elements(draw: st.DrawFn, depth: int = 2) -> dict[int, tuple[str, Any]]:
    tags = draw(st.lists(st.sampled_from(sorted(SIMPLE)), unique=True, max_size=5))
    drawn: dict[int, tuple[str, Any]] = {tag: (SIMPLE[tag][0], draw(SIMPLE[tag][1])) for tag in tags}
    if depth and draw(st.booleans()):
        drawn[0x00400275] = ("SQ", tuple(draw(st.lists(elements(depth - 1), max_size=2))))
    return drawn


def as_elements(dataset: pydicom.Dataset) -> dict[int, tuple[str, Any]]:
    read: dict[int, tuple[str, Any]] = {}
    for element in dataset:
        if element.VR == "SQ":
            read[int(element.tag)] = ("SQ", tuple(as_elements(item) for item in element.value))
        else:
            read[int(element.tag)] = (element.VR, element.value)
    return read


@settings(max_examples=150)
@given(elements())
def test_pydicom_reads_back_what_was_written(wanted: dict[int, tuple[str, Any]]) -> None:
    meta: dict[int, tuple[str, Any]] = {
        0x00020001: ("OB", b"\0\1"),
        0x00020002: ("UI", "1.2.840.10008.5.1.4.1.1.1"),
        0x00020003: ("UI", "1.2.3"),
        0x00020010: ("UI", EXPLICIT_VR_LITTLE_ENDIAN),
        0x00020012: ("UI", "1.2.3.4"),
    }
    written = encode_file(meta, {**wanted, 0x00080005: ("CS", "ISO_IR 192")}, "utf-8")
    read = pydicom.dcmread(io.BytesIO(written))
    found = as_elements(read)
    found.pop(0x00080005)
    assert found == wanted
    assert 144 + read.file_meta.FileMetaInformationGroupLength == end_of_meta(written)


def end_of_meta(written: bytes) -> int:
    """Where group 0002 ends: it begins after preamble, DICM and its own 12-byte length element, at 144."""
    stream = io.BytesIO(written)
    pydicom.filereader.read_preamble(stream, False)
    pydicom.filereader._read_file_meta_info(stream)
    return stream.tell()
