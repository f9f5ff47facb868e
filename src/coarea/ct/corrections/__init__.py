"""What is wrong with the data of a real scan, and how it is put right before the reconstruction."""
