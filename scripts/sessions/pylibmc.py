#!/usr/bin/python3
"""Every operation of pylibmc, by the text and by the binary protocol, one line of outcome each: pylibmc.py PORT."""

import os
import sys

sys.path.pop(0)  # this script's own name would be taken for the library
import pylibmc


def session(binary):
    c = pylibmc.Client(["127.0.0.1:" + sys.argv[1]], binary=binary, behaviors={"cas": True})

    def show(name, call, *args, **named):
        try:
            outcome = repr(call(*args, **named))
        except pylibmc.Error as e:
            outcome = type(e).__name__
        print("binary" if binary else "text", name, outcome)

    show("flush_all", c.flush_all)
    show("set", c.set, "k", "value")
    show("get", c.get, "k")
    show("get nothing", c.get, "none")
    show("get default", c.get, "none", "default")
    show("set number", c.set, "n", 10)
    show("get number", c.get, "n")
    show("set object", c.set, "o", {"a": [1, 2]})
    show("get object", c.get, "o")
    show("set bytes", c.set, "b", bytes(range(256)))
    show("get bytes", c.get, "b")
    show("set compressed", c.set, "z", b"z" * 50000, min_compress_len=100)
    show("get compressed", lambda: c.get("z") == b"z" * 50000)
    show("add", c.add, "new", "x")
    show("add again", c.add, "new", "y")
    show("replace", c.replace, "new", "z")
    show("replace nothing", c.replace, "none", "z")
    show("append", c.append, "new", "1")
    show("prepend", c.prepend, "new", "0")
    show("get extended", c.get, "new")
    show("append nothing", c.append, "none", "1")
    show("prepend nothing", c.prepend, "none", "1")
    show("incr", c.incr, "n", 5)
    show("decr", c.decr, "n", 3)
    show("decr below zero", c.decr, "n", 100)
    show("incr nothing", c.incr, "none")
    show("decr nothing", c.decr, "none")
    show("incr word", c.incr, "k")
    show("incr_multi", c.incr_multi, ["n"], delta=2)
    show("get counted", c.get, "n")
    token = c.gets("k")[1]
    show("gets", lambda: c.gets("k")[0])
    show("cas", c.cas, "k", "changed", token)
    show("cas again", c.cas, "k", "again", token)
    show("gets nothing", c.gets, "none")
    show("cas nothing", c.cas, "none", "x", token)
    show("get after cas", c.get, "k")
    show("touch", c.touch, "k", 100)
    show("touch nothing", c.touch, "none", 100)
    show("set_multi", c.set_multi, {"m%d" % i: i for i in range(100)})
    show("get_multi", lambda: len(c.get_multi(["m%d" % i for i in range(200)])))
    show("set_multi prefix", lambda: c.set_multi({"a": 1, "b": 2}, key_prefix="p_"))
    show("get_multi prefix", lambda: sorted(c.get_multi(["a", "b", "c"], key_prefix="p_").items()))
    show("delete_multi prefix", c.delete_multi, ["a"], key_prefix="p_")
    show("add_multi", lambda: sorted(c.add_multi({"m1": 1, "fresh": 2})))
    show("delete_multi", c.delete_multi, ["m%d" % i for i in range(50)])
    show("get_multi after", lambda: len(c.get_multi(["m%d" % i for i in range(100)])))
    show("delete", c.delete, "k")
    show("delete nothing", c.delete, "k")
    show("too large", c.set, "big", os.urandom(2000000))
    show("expired", lambda: (c.set("e", "x", time=1000000000), c.get("e")))
    show("clone", lambda: c.clone().get("m99"))
    show("get_stats settings", lambda: len(c.get_stats("settings")))
    show("get_stats", lambda: len(c.get_stats()[0][1]) > 20)
    show("flush_all", c.flush_all)
    show("get flushed", c.get, "n")
    c.disconnect_all()


session(False)
session(True)
