"""Total variation: norm, gradient and differences."""
