"""How the documentation is built: Sphinx with MyST pages and the furo theme; a warning stops the build."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent

project = "Glasshouse"
author = "The Glasshouse authors"
copyright = "The Glasshouse authors, Apache-2.0"
release = re.findall(r'^__version__ = "(.+)"$', (ROOT / "src/glasshouse/__init__.py").read_text(), re.M)[0]
version = release

extensions = ["myst_parser"]
myst_enable_extensions = ["deflist", "colon_fence"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
nitpicky = True

html_theme = "furo"
html_title = f"Glasshouse {release}"
html_show_sourcelink = False
html_show_sphinx = False
html_theme_options = {"footer_icons": [], "top_of_page_buttons": []}
