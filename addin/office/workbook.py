"""A workbook that finds the Office add-in: its calls as Excel stores them, and what it says of the add-in."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from addin import webextension
from addin.office import metadata
from addin.office.build import address
from pycalc.version import VERSION
from workbook.file.package import Package
from workbook.formulas.storedform import put_in_stored_form


def put_in(package: Package, url: str = "") -> list[str]:
    """Bring the calls into the stored form; the functions that are called.

    Parameters
    ----------
    url : the address of the add-in's files. With it the workbook names the add-in, as one that an administrator
        deployed, so that Excel starts it with the workbook; a workbook that names it already is left so.
    """
    used = put_in_stored_form(package)
    if url and used:
        number = metadata.identifier(address(url), "xml")
        named = (package.read(name) for name in package.names if name.startswith(f"{webextension.FOLDER}webextension"))
        if not any(number.encode() in data for data in named):
            instance = f"{{{str(uuid5(NAMESPACE_URL, number)).upper()}}}"
            reference = f'id="{number}" version="{VERSION}.0" store="EXCatalog" storeType="EXCatalog"'
            webextension.put_in(package, webextension.extension(instance, reference, used=used), shown=False)
    return used
