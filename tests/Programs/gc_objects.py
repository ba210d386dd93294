"""Prints the addresses of all objects that the collector tracks, and those of one class, of which some are in each generation."""
import gc
import json
import sys


class Marked(object):
    def __init__(self):
        self.me = self


class Inherited(Marked):
    pass


gc.disable()
frozen = [Marked() for _ in range(100)]
if hasattr(gc, "freeze"):
    gc.freeze()
old = [Marked() for _ in range(2000)]
gc.collect()
middle = [Inherited() for _ in range(50)]
gc.collect(0)
young = [Marked() for _ in range(30)]
everything = list(map(id, gc.get_objects()))
told = {
    "all": everything,
    "marked": sorted(id(one) for one in frozen + old + middle + young),
}
sys.stdout.write(json.dumps(told) + "\n")
sys.stdout.flush()
sys.stdin.read()
