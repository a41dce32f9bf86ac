"""A drawing as a picture: an SVG that is whole in itself, made here without a browser, a library or the network.

Rows of boxes from top to bottom, with lines between: `links` tells what leads down and what leads back up, `rows` which
box stands in which row, `places` where exactly, `lanes` and `ports` where lines lead up and where they begin and end,
`lines` which way each takes, and `picture` writes the SVG.
"""

from interrupt_mcp.views.diagram.picture import svg, svg_file

__all__ = ["svg", "svg_file"]
