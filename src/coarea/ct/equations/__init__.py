"""Systems of equations as the methods see them: operators, what was measured, bounds, and steps over blocks."""
