"""Our functions under Excel's names in .xlsx files. This file runs inside LibreOffice.

LibreOffice knows an add-in's function in an .xlsx by its programmatic name alone: PE_MONTHLY(..), as Excel writes
it, loads as #NAME?, and ORG.LLMBREAKEVEN.FUNCTIONS.PEMONTHLY(..) is what it saves. (Versions after 7.4 know Excel's
names as well; there this file changes nothing that matters.)

So from the start of LibreOffice on, a filter of ours stands before LibreOffice's own for .xlsx. It hands that one a
copy of the file with the long names in it (loading), or puts Excel's names into what that one wrote (saving).
Should this fail, the file is as LibreOffice reads or writes it alone; should this module not load, LibreOffice
never hears of the filter.
"""

import contextlib
import io
import re
import zipfile

import uno
import unohelper
from breakeven_methods import METHODS
from com.sun.star.document import XExporter, XFilter, XImporter
from com.sun.star.lang import XInitialization, XServiceInfo, XSingleComponentFactory
from com.sun.star.task import XJob

JOB = "org.llmbreakeven.Names"
FILTER = "org.llmbreakeven.ExcelFilter"
EXCEL_FILTER = "com.sun.star.comp.oox.xls.ExcelFilter"
LONG_NAMES = {name: "ORG.LLMBREAKEVEN.FUNCTIONS." + method.upper() for method, name, *_ in METHODS}
SHORT_NAMES = {long: short for short, long in LONG_NAMES.items()}

FORMULAS = re.compile(rb"<(?:\w+:)?(?:f|formula[12]?|definedName)(?:\s[^>]*)?>[^<]+<")
TEXT = rb"\"[^\"]*\"|&quot;.*?&quot;"
EXCEL_CALL = re.compile(TEXT + rb"|(?<![\w.])(?:\[\d+\]!|_xldudf_)?([A-Z][A-Z0-9_]+)(?=\()", re.IGNORECASE)
"""A call as Excel writes it: a function of an add-in workbook has that workbook's number in front, one of xlwings
Lite a prefix."""
LONG_CALL = re.compile(TEXT + rb"|(?<![\w.])(ORG\.LLMBREAKEVEN\.FUNCTIONS\.[A-Z]+)(?=\()", re.IGNORECASE)


def renamed(package, call, names, sign):
    """The bytes of an .xlsx with the calls in its formulas renamed; None when there are none.

    Parts without the sign, a piece of text that every call has, are not looked at further.
    """

    def in_formula(found):
        return call.sub(in_call, found.group())

    def in_call(found):
        name = found.group(1)
        new = names.get(name.decode().upper()) if name else None
        return new.encode() if new else found.group()

    changed = {}
    with zipfile.ZipFile(io.BytesIO(package)) as old:
        for item in old.infolist():
            if item.filename.endswith(".xml") and item.filename.startswith("xl/"):
                content = old.read(item)
                if sign.search(content):
                    new = FORMULAS.sub(in_formula, content)
                    if new != content:
                        changed[item.filename] = new
        if not changed:
            return None
        result = io.BytesIO()
        with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as out:
            for item in old.infolist():
                out.writestr(item, changed.get(item.filename) or old.read(item))
    return result.getvalue()


EXCEL_SIGN = re.compile(rb"(?:" + "|".join(LONG_NAMES).encode() + rb")\(", re.IGNORECASE)
LONG_SIGN = re.compile(rb"ORG\.LLMBREAKEVEN\.FUNCTIONS\.", re.IGNORECASE)


class Service(unohelper.Base, XServiceInfo):
    """What an object says it is."""

    implementation, service = FILTER, EXCEL_FILTER

    def getImplementationName(self):
        return self.implementation

    def supportsService(self, name):
        return name == self.service

    def getSupportedServiceNames(self):
        return (self.service,)


class Filter(Service, XFilter, XImporter, XExporter, XInitialization):
    """LibreOffice's own .xlsx filter with the names translated."""

    def __init__(self, context, own):
        self.context = context
        self.own = own
        self.loading = False

    def initialize(self, arguments):
        self.own.initialize(arguments)

    def setTargetDocument(self, document):
        self.loading = True
        self.own.setTargetDocument(document)

    def setSourceDocument(self, document):
        self.loading = False
        self.own.setSourceDocument(document)

    def cancel(self):
        self.own.cancel()

    def filter(self, descriptor):
        if self.loading:
            return self.own.filter(self.with_long_names(descriptor))
        return self.own.filter(descriptor) and self.excel_names_written(descriptor)

    def with_long_names(self, descriptor):
        """The descriptor, its input stream exchanged where the file calls functions of ours."""
        for place, entry in enumerate(descriptor):
            if entry.Name == "InputStream":
                package = None
                with contextlib.suppress(Exception):  # a file LibreOffice has to read without us: encrypted, broken
                    package = renamed(whole(entry.Value), EXCEL_CALL, LONG_NAMES, EXCEL_SIGN)
                entry.Value.seek(0)
                if package is not None:
                    entry.Value = self.context.ServiceManager.createInstanceWithArgumentsAndContext(
                        "com.sun.star.io.SequenceInputStream", (uno.ByteSequence(package),), self.context
                    )
                    return (*descriptor[:place], entry, *descriptor[place + 1 :])
        return descriptor

    def excel_names_written(self, descriptor):
        """Put Excel's names into the file just written; whether the file is whole."""
        for entry in descriptor:
            if entry.Name == "StreamForOutput":
                package = None
                with contextlib.suppress(Exception):  # then the file stays as LibreOffice wrote it
                    package = renamed(whole(entry.Value.getInputStream()), LONG_CALL, SHORT_NAMES, LONG_SIGN)
                if package is not None:
                    output = entry.Value.getOutputStream()
                    output.truncate()
                    output.writeBytes(uno.ByteSequence(package))
                    output.flush()
        return True


def whole(stream):
    """All bytes of a UNO input stream that can seek."""
    stream.seek(0)
    length = stream.getLength()
    return stream.readBytes(None, length)[1].value


class FilterFactory(Service, XSingleComponentFactory):
    """Makes our filter where LibreOffice asks for its own .xlsx filter."""

    def __init__(self, own):
        self.own = own

    def createInstanceWithContext(self, context):
        return Filter(context, self.own.createInstanceWithContext(context))

    def createInstanceWithArgumentsAndContext(self, arguments, context):
        made = self.createInstanceWithContext(context)
        made.initialize(arguments)
        return made


class Job(Service, XJob):
    """At the start of LibreOffice: put the filter in place, for this session only."""

    implementation, service = JOB, "com.sun.star.task.Job"

    def __init__(self, context):
        self.context = context

    def execute(self, arguments):  # noqa: ARG002
        manager = self.context.ServiceManager
        factories = manager.createContentEnumeration("com.sun.star.document.ImportFilter")
        while factories.hasMoreElements():
            factory = factories.nextElement()
            if factory.getImplementationName() == EXCEL_FILTER:
                manager.insert(FilterFactory(factory))
                break


g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Job, JOB, ("com.sun.star.task.Job",))
