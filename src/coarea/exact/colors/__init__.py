"""No colours that the input lacks: what the filter of each channel finds, as zones that take colours of the input."""
