"""Plugin of napari: filters, shapes as labels, and level lines, as functions of its layers."""
