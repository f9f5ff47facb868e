"""Many betas at once: scale spaces, and the choice of beta."""
