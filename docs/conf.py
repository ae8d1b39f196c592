"""How Sphinx makes a site of these pages: `make docs`. Nothing is fetched, then or by a reader's browser."""

import logging
import re
from importlib.metadata import version as version_of
from pathlib import Path

from sphinx.application import Sphinx

project = "paper-recommender"
author = "the paper-recommender authors"
copyright = "the paper-recommender authors, Apache 2.0"
release = version = version_of("paper-recommender")

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc"]

# Pages are Markdown, so that they read as well beside the code; headings can be linked to as there.
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}
autodoc_typehints = "none"  # the docstrings say each type, in words
numpydoc_show_class_members = False
python_maximum_signature_line_length = 88
add_module_names = False

html_theme = "furo"  # its style sheets and scripts are in its package; fonts are those of the system
html_title = f"paper-recommender {release}"
html_static_path = ["_static"]
html_css_files = ["wide.css"]
html_copy_source = False
html_show_sphinx = False

_ROOT = Path(__file__).parents[1]
_FROM_THE_ROOT = {"index": "README.md", "contributing": "CONTRIBUTING.md", "changelog": "CHANGELOG.md"}


def read_from_the_root(app: Sphinx, page: str, source: list[str]) -> None:
    """Put a file of the repository's root in the place of the page's first paragraph, which links to it."""
    text = source[0]
    if page in _FROM_THE_ROOT:
        file = _ROOT / _FROM_THE_ROOT[page]
        app.env.note_dependency(str(file))
        # A link from the root is one from docs/, too.
        links = re.sub(r"\]\((?!https?:|#|docs/)", "](../", file.read_text("utf-8")).replace("](docs/", "](")
        text = links + "\n" + text.partition("\n\n")[2]
    for name, file_name in _FROM_THE_ROOT.items():
        text = text.replace(f"](../{file_name}", f"]({name}.md")
    source[0] = text


def keep_measures(
    app: Sphinx, what: str, name: str, value: object, options: object, lines: list[str]
) -> None:
    """Keep docutils from reading nDCG@10 as an address for mail."""
    lines[:] = [re.sub(r"(?<![`\w])([A-Za-z]+)@(\d)", r"\1\\@\2", line) for line in lines]


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    logging.getLogger("faiss").setLevel(logging.WARNING)
    app.connect("source-read", read_from_the_root)
    app.connect("autodoc-process-docstring", keep_measures)
