"""How often Python looks for objects that hold on to each other and are of no more use."""

import gc

EVERY = (20_000, 10, 10)
"""Objects made, beyond those given up, between looks among the young; every tenth of these is
wider, and every hundredth goes over all, which takes a process with a loaded model 0.1 to 0.3 s.
Python's own 700 is meant for small programs: while models and libraries load, a tenth of the
processor time goes into looking."""


def look_rarely() -> None:
    gc.set_threshold(*EVERY)
