"""Minimum cuts by divide and conquer: integers in, integers and a flow out."""
