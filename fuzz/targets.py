"""What must hold whatever bytes come in: a result that fits together, or an error meant for people."""

from __future__ import annotations

import os
import tempfile
import zipfile
from io import BytesIO
from xml.parsers.expat import ExpatError

from pycalc.dataset.reader import BadInputError, batches, open_source, ranges
from pycalc.dataset.reading import read
from pycalc.dataset.summary import Options, Summary
from workbook.errors import WorkbookError
from workbook.file.addresses import quoted_sheet, split_sheet
from workbook.file.cells import cells
from workbook.file.edits import stored, value_edits
from workbook.file.named import cells as named_cells
from workbook.file.package import Package
from workbook.file.xmlspans import spliced
from workbook.formulas.cells import array_size, formula_cells
from workbook.formulas.parser import FormulaError, parse, rewrite_calls, shifted
from workbook.formulas.tables import tables_of

MEMORY = "/dev/shm"  # the files live for milliseconds; a disk would be the slowest part
FOLDER = MEMORY if os.path.isdir(MEMORY) else None

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c>'
    '<c r="B1"><f>A1&amp;"x"</f><v>1</v></c></row></sheetData></worksheet>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="Data" sheetId="1" '
    'r:id="rId1"/></sheets><definedNames><definedName name="queries">Data!$A$1</definedName></definedNames></workbook>',
    "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>one</t></si></sst>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/tables/table1.xml": f'<table xmlns="{MAIN}" name="T" displayName="T" ref="A1:B2"><tableColumns count="2">'
    '<tableColumn id="1" name="a"/><tableColumn id="2" name="b"/></tableColumns></table>',
    "xl/worksheets/_rels/sheet1.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/table" Target="../tables/table1.xml"/></Relationships>',
}
"""A small workbook; the first byte of an input says which part the rest of it stands for."""

WHOLE_FILE = len(PARTS)

DAMAGED = (ExpatError, ValueError, LookupError)
"""What `Package` turns into a sentence for people."""


def formula(data: bytes) -> None:
    """The parser: pieces without gaps, spans inside the text, and a formula moved nowhere reads the same."""
    text = data.decode("utf-8", "surrogateescape" if data[:1] == b"\xff" else "replace")
    try:
        parsed = parse(text)
    except FormulaError:
        return
    assert "".join(token.text for token in parsed.tokens) == text
    assert all(text[token.start : token.end] == token.text for token in parsed.tokens)
    for call in parsed.calls:
        assert 0 <= call.start < call.end <= len(text)
        for start, end in call.arguments:
            assert call.start < start <= end < call.end
    for reference in parsed.references():
        assert text[reference.start : reference.end] == reference.text
        if reference.sheet and not set("[]:") & set(reference.sheet):
            assert split_sheet(quoted_sheet(reference.sheet) + "!A1") == (reference.sheet, "A1")
    assert rewrite_calls(parsed, {call.name for call in parsed.calls}, lambda _call, _arguments: None) == text
    moved = parse(shifted(text, 0, 0)).references()  # A05 comes back as A5
    assert [(one.kind, one.sheet) for one in moved] == [(one.kind, one.sheet) for one in parsed.references()]
    shifted(text, 7, -3)


def training_file(data: bytes) -> None:
    """The reader and the summary: read in pieces it says what it says read whole."""
    with tempfile.NamedTemporaryFile(dir=FOLDER, suffix=".jsonl") as file:
        file.write(data)
        file.flush()
        try:
            source, stream = open_source(file.name)
        except BadInputError:
            return
        options = Options(())
        with stream:
            whole = read(Summary(options), batches(source, stream)).settle()
        assert whole.lines >= whole.examples >= whole.faulty
        if not source.divisible:
            return
        merged = Summary(options)
        for start, end in ranges(source, max(1, len(data) // 3)):
            with open(file.name, "rb") as again:
                merged.merge(read(Summary(options), batches(source, again, start, end)))
        merged.settle()
        for name in ("lines", "examples", "faulty", "without_system", "messages", "kinds", "findings"):
            assert getattr(whole, name) == getattr(merged, name), name


def sheet(data: bytes) -> None:
    """One worksheet part: its cells lie inside it, one behind the other, and hold the values put into them."""
    try:
        found = list(cells(data))
    except DAMAGED:
        return
    at = 0
    edits = []
    for cell in found:
        start, end = cell.span
        assert at <= start < end <= len(data)
        assert data[start : start + 1] == b"<"
        assert data[end - 1 : end] == b">"
        at = end
        edits += value_edits(data, cell, 12.5)
    try:
        again = list(cells(spliced(data, edits)))
    except ExpatError:  # a <v> inside a <v>, which no reading makes sense of: saving refuses what is not well-formed
        return
    assert [(cell.row, cell.column, cell.formula) for cell in again] == [
        (cell.row, cell.column, cell.formula) for cell in found
    ]
    assert all(cell.value([]) == 12.5 for cell in again)


def workbook(data: bytes) -> None:
    """A workbook in which one part, or all of the file, is these bytes: read through, or refused in one line."""
    which = data[0] % (WHOLE_FILE + 1) if data else WHOLE_FILE
    with tempfile.NamedTemporaryFile(dir=FOLDER, suffix=".xlsx") as file:
        file.write(data[1:] if which == WHOLE_FILE else packed(which, data[1:]))
        file.flush()
        message = ""
        try:
            read_through(file.name)
        except WorkbookError as problem:
            message = str(problem)
        assert "\n" not in message


def packed(which: int, data: bytes) -> bytes:
    """The small workbook with one part replaced."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number, (name, text) in enumerate(PARTS.items()):
            archive.writestr(name, data if number == which else text)
    return stream.getvalue()


def read_through(path: str) -> None:
    """All that the commands read from a workbook before they know anything of it; then a copy with every value set."""
    with Package(path) as package:
        strings = package.strings()
        package.defined_names()
        named_cells(package)
        package.signature_note()
        tables_of(package)
        for tab in package.worksheets():
            values = [cell.value(strings) for cell in package.cells(tab.part)]
            for value in values:
                stored(value)
            for cell in formula_cells(package, tab.part):
                if cell.area:
                    array_size(cell.area)
            part = package.read(tab.part)
            edits = [edit for cell in package.cells(tab.part) for edit in value_edits(part, cell, 1.0)]
            package.replace(tab.part, spliced(part, edits))
        copy = path + ".copy.xlsx"
        try:
            package.save(copy)
            with Package(copy) as saved:
                saved.worksheets()
        finally:
            if os.path.exists(copy):
                os.unlink(copy)


TARGETS = {"formula": formula, "dataset": training_file, "sheet": sheet, "workbook": workbook}
