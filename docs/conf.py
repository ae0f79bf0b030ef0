"""The documentation site: Sphinx reads the Markdown pages of this folder."""

from pycalc.version import VERSION

project = "LLM Breakeven"
author = "the llm-breakeven authors"
version = release = VERSION
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "LLM Breakeven"
html_show_sourcelink = False
html_show_copyright = False
exclude_patterns = ["_build"]
suppress_warnings = ["myst.xref_missing"]  # links to files outside docs/ work in the repository, not on the site
