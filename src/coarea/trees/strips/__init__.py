"""Trees of large images: built in strips or slabs side by side, and put together along the seams."""
