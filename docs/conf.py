"""Settings of the documentation: sphinx-build -W docs docs/_build."""

import warnings
from importlib.metadata import version as installed_version

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util.math import get_node_equation_number
from sphinx_gallery.sorting import ExplicitOrder

project = "coarea"
author = "The coarea developers"
copyright = "2026, The coarea developers"
release = version = installed_version("coarea")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
]
suppress_warnings = ["myst.xref_missing"]  # CONTRIBUTING.md leads to files that are no pages
exclude_patterns = ["_build", "_templates", "gallery", "paper", "sg_execution_times.rst"]

# numpydoc describes the types; the annotations would repeat them, at length
autodoc_typehints = "none"
autosummary_generate = True
templates_path = ["_templates"]  # of a class its own methods, described; no table of names
maximum_signature_line_length = 88
numpydoc_show_class_members = False

html_math_renderer = "mathml"
html_theme = "pydata_sphinx_theme"
html_title = "coarea"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_theme_options = {
    "header_links_before_dropdown": 8,
    "navbar_align": "left",
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": False,
}
html_sidebars = {name: [] for name in ("index", "start", "performance")}

# first what most people want, then why, then scans
GALLERY = [
    "filter", "scale_space", "counting", "total_variation", "colors", "fused_tree",
    "stack", "contours", "meaningful_lines", "edges", "two_phases", "corners", "strokes",
    "dust", "contrast", "trees", "shape_space", "prunings", "tv_gradient",
    "ct_few_views", "ct_limited_angle", "ct_half_fan", "ct_cone",
]  # fmt: skip

sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "auto_gallery",
    "abort_on_example_error": True,
    "within_subsection_order": ExplicitOrder([*(f"plot_{name}.py" for name in GALLERY), "*"]),
    "remove_config_comments": True,
    "ignore_repr_types": "matplotlib|'list'",
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "write_computation_times": False,
}

# a gallery runs without a display
warnings.filterwarnings("ignore", message=".*FigureCanvasAgg is non-interactive.*")


# MathML, which browsers draw by themselves; MathJax would come from the network


def inline_formula(translator, node):
    translator.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def formula(translator, node):
    translator.body.append(translator.starttag(node, "div", CLASS="formula"))
    if node["number"]:
        translator.body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append(tex2mathml(node.astext(), as_block=True) + "</div>\n")
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", (inline_formula, None), (formula, None))
