"""Arrays, options, levels, neighbourhoods and threads: what every room needs, and no image processing."""
