"""Connected filters."""
