"""Trees of large plane images: built in strips side by side, and put together along the seams."""
