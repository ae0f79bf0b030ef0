"""The LibreOffice Calc extension, generated from the registry: see `addin.calc.extension`."""
