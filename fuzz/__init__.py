"""Coverage-guided fuzzing of everything that reads a file or a formula of unknown origin.

`targets` says what must hold for any bytes and needs nothing but the product; `python -m fuzz` lets atheris look for
bytes for which it does not; `corpus` keeps inputs that reach different code, and the tests run each of them.
`python -m fuzz.attack` attacks the commands: kills, mutated inputs, a listener, a terminal.
"""
