"""`python -m bench`: how fast this is, against the bare arithmetic and against others, in one run."""
