#!/usr/bin/python3
"""Every operation of pymemcache, by one connection, by a pool and by a ring, one line of outcome each: pymemcache.py PORT."""

import sys

sys.path.pop(0)  # this script's own name would be taken for the library
from pymemcache.client.base import Client, PooledClient
from pymemcache.client.hash import HashClient
from pymemcache.exceptions import MemcacheError
from pymemcache.serde import pickle_serde

SERVER = ("127.0.0.1", int(sys.argv[1]))
OPTIONS = dict(default_noreply=False, connect_timeout=20, timeout=20, serde=pickle_serde)


def session(kind, c):
    def show(name, call, *args, **named):
        try:
            outcome = repr(call(*args, **named))
        except MemcacheError as e:
            outcome = type(e).__name__ + " " + str(e)
        print(kind, name, outcome)

    show("flush_all", c.flush_all)
    show("set", c.set, "k", "value")
    show("get", c.get, "k")
    show("get nothing", c.get, "none")
    show("get default", c.get, "none", "default")
    show("set number", c.set, "n", 10)
    show("set object", c.set, "o", {"a": [1, 2]})
    show("get object", c.get, "o")
    show("set bytes", c.set, "b", bytes(range(256)), flags=0)
    show("get bytes", lambda: c.get("b") == bytes(range(256)))
    show("set empty", c.set, "empty", b"")
    show("get empty", c.get, "empty")
    show("set without reply", c.set, "quiet", b"x", noreply=True)
    show("get set without reply", c.get, "quiet")
    show("add", c.add, "new", b"x")
    show("add again", c.add, "new", b"y")
    show("replace", c.replace, "new", b"z")
    show("replace nothing", c.replace, "none", b"z")
    show("append", c.append, "new", b"1")
    show("prepend", c.prepend, "new", b"0")
    show("get extended", c.get, "new")
    show("append nothing", c.append, "none", b"1")
    show("prepend nothing", c.prepend, "none", b"1")
    show("incr", c.incr, "n", 5)
    show("decr", c.decr, "n", 3)
    show("decr below zero", c.decr, "n", 100)
    show("incr nothing", c.incr, "none", 1)
    show("incr word", c.incr, "k", 1)
    show("incr round", lambda: (c.set("most", str((1 << 64) - 1).encode(), flags=0), c.incr("most", 2)))
    show("gets", lambda: c.gets("k")[0])
    show("gets nothing", c.gets, "none")
    token = c.gets("k")[1]
    show("cas", c.cas, "k", "changed", token)
    show("cas again", c.cas, "k", "again", token)
    show("cas nothing", c.cas, "none", "x", token)
    show("get after cas", c.get, "k")
    show("touch", c.touch, "k", 100)
    show("touch nothing", c.touch, "none", 100)
    show("touch ends it", lambda: (c.touch("quiet", -1), c.get("quiet")))
    show("expired", lambda: (c.set("e", "x", expire=-1), c.get("e")))
    show("set_many", c.set_many, {"m%d" % i: i for i in range(300)})
    show("get_many", lambda: len(c.get_many(["m%d" % i for i in range(400)])))
    show("gets_many", lambda: sorted((k, v[0]) for k, v in c.gets_many(["m1", "m2", "none"]).items()))
    show("delete_many", c.delete_many, ["m%d" % i for i in range(150)])
    show("get_many after", lambda: len(c.get_many(["m%d" % i for i in range(400)])))
    show("delete", c.delete, "k")
    show("delete nothing", c.delete, "k")
    show("too large", c.set, "big", b"x" * 2000000)
    show("get after too large", c.get, "big")
    show("key too long", c.get, "k" * 251)
    if kind == "client":  # only a single connection has these
        show("stats", lambda: len(c.stats()) > 20)
        show("stats settings", lambda: c.stats("settings")[b"maxconns"])
        show("version", lambda: len(c.version()) > 3)
        show("cache_memlimit", c.cache_memlimit, 64)
        show("shutdown", c.shutdown)
        show("flush_all delayed", c.flush_all, delay=100)
        show("get before the flush", c.get, "o")
    show("flush_all", c.flush_all)
    show("get flushed", c.get, "o")
    show("quit", c.quit)
    show("close", c.close)


session("client", Client(SERVER, **OPTIONS))
session("pool", PooledClient(SERVER, max_pool_size=2, **OPTIONS))
session("ring", HashClient([SERVER], **OPTIONS))
