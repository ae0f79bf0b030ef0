"""The host matrix, from what the hosts' tests found: `python tests/hosts/matrix.py --accept` after a change."""
