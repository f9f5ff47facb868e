"""Images that stay on the disk: Zarr arrays and TIFF files, filtered in chunks."""
