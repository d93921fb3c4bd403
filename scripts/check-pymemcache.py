#!/usr/bin/python3
"""Runs pymemcache against a Larder server: check-pymemcache.py PORT PORT_OF_A_SERVER_WITH_4_MB.

Each check is a function; prints one line for each and, last, a line that counts them.
"""

import multiprocessing
import socket
import sys
import time
import traceback

from pymemcache.client.base import Client
from pymemcache.exceptions import MemcacheClientError, MemcacheServerError

PROCESSES = 4
UPDATES = 500
TIMEOUT = 60


def client(port):
    return Client(("127.0.0.1", port), default_noreply=False, connect_timeout=TIMEOUT, timeout=TIMEOUT)


def check_set_and_get(port, _):
    c = client(port)
    assert c.set("k", b"value") is True
    assert c.get("k") == b"value"
    assert c.get("none") is None
    assert c.get("none", "default") == "default"
    assert c.set("empty", b"") and c.get("empty") == b""
    binary = bytes(range(256)) * 100
    assert c.set("binary", binary, flags=7) and c.get("binary") == binary


def check_multi(port, _):
    c = client(port)
    values = {"m%d" % i: b"v%d" % i for i in range(1000)}
    assert c.set_many(values) == []
    assert c.get_many(list(values) + ["none"]) == values
    assert c.delete_many(list(values)[:500])
    assert len(c.get_many(list(values))) == 500
    assert c.gets_many(["m999"])["m999"][0] == b"v999"


def check_conditions(port, _):
    c = client(port)
    c.delete("c")
    assert c.replace("c", b"x") is False
    assert c.add("c", b"b") is True
    assert c.add("c", b"x") is False
    assert c.append("c", b"c") and c.prepend("c", b"a")
    assert c.get("c") == b"abc"
    assert c.delete("c") is True and c.delete("c") is False


def check_counters(port, _):
    c = client(port)
    c.set("n", b"10")
    assert c.incr("n", 5) == 15
    assert c.decr("n", 20) == 0
    assert c.incr("none", 1) is None
    c.set("word", b"x")
    try:
        c.incr("word", 1)
        raise AssertionError("incr of a word must fail")
    except MemcacheClientError as e:
        assert "non-numeric" in str(e)


def check_cas(port, _):
    c = client(port)
    c.set("cas", b"1")
    value, token = c.gets("cas")
    assert value == b"1"
    assert c.cas("cas", b"2", token) is True
    assert c.cas("cas", b"3", token) is False
    assert c.cas("none", b"3", token) is None


def count_up(port):
    c = client(port)
    for _ in range(UPDATES):
        while True:
            value, token = c.gets("visitors")
            if c.cas("visitors", b"%d" % (int(value) + 1), token):
                break


def check_cas_loop_of_processes_loses_no_update(port, _):
    client(port).set("visitors", b"0")
    processes = [multiprocessing.Process(target=count_up, args=(port,)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(5 * TIMEOUT)
        assert process.exitcode == 0, "a process ended with %s" % process.exitcode
    assert client(port).get("visitors") == b"%d" % (PROCESSES * UPDATES)


def check_expiry(port, _):
    c = client(port)
    c.set("short", b"x", expire=1)
    c.set("long", b"x", expire=100)
    c.set("past", b"x", expire=-1)
    assert c.get("past") is None
    deadline = time.monotonic() + TIMEOUT
    while c.get("short") is not None:
        assert time.monotonic() < deadline, "an item of one second is there after a minute"
        time.sleep(0.05)
    assert c.get("long") == b"x"
    assert c.touch("long", expire=-1) is True
    assert c.get("long") is None


def check_gat_and_gats(port, _):
    # pymemcache before 4.0 has neither, so these go over a socket
    client(port).set("g", b"x")
    with socket.create_connection(("127.0.0.1", port), TIMEOUT) as s, s.makefile("rb") as answers:
        s.sendall(b"gat 100 g\r\ngats 100 g\r\ngat -1 g\r\n")
        lines = [answers.readline() for _ in range(9)]
    assert lines[0:3] == lines[6:9] == [b"VALUE g 0 1\r\n", b"x\r\n", b"END\r\n"]
    assert lines[3].startswith(b"VALUE g 0 1 ") and lines[4:6] == [b"x\r\n", b"END\r\n"]
    assert client(port).get("g") is None


def check_large_values(port, _):
    c = client(port)
    most = b"x" * 1000000
    assert c.set("large", most) and c.get("large") == most
    try:
        c.set("large", b"x" * (1 << 21))
        raise AssertionError("a value of 2 MB must be refused")
    except MemcacheServerError as e:
        assert "too large" in str(e)
    assert c.get("large") is None


def check_noreply(port, _):
    c = Client(("127.0.0.1", port), default_noreply=True, connect_timeout=TIMEOUT, timeout=TIMEOUT)
    for i in range(1000):
        c.set("quiet%d" % i, b"%d" % i)
    c.delete("quiet0")
    assert c.get("quiet0") is None
    assert c.get("quiet999") == b"999"


def check_flush_stats_version(port, _):
    c = client(port)
    c.set("k", b"x")
    assert b"larder" in c.version()
    assert int(c.stats()[b"curr_items"]) > 0
    assert c.flush_all() is True
    assert c.get("k") is None


def check_4_mb_hold_what_is_used(_, small_port):
    c = client(small_port)
    value = b"v" * 10000
    c.set("kept", b"x")
    for i in range(1000):
        c.set("k%d" % i, value)
        assert c.get("kept") == b"x", "an item in use was evicted after %d sets" % i
    present = c.get_many(["k%d" % i for i in range(1000)])
    assert 200 < len(present) < 420, "%d items of 10 kB in 4 MB" % len(present)
    assert "k999" in present and "k500" not in present, "the newest is gone, or one half way is still there"
    # the store's own thread may evict some more for its reserve, even between two counts of one answer
    deadline = time.monotonic() + TIMEOUT
    while True:
        stats = c.stats()
        assert int(stats[b"bytes"]) <= int(stats[b"limit_maxbytes"]) == 4 << 20
        if int(stats[b"evictions"]) == 1001 - int(stats[b"curr_items"]):
            break
        assert time.monotonic() < deadline, "%s evictions, %s items" % (stats[b"evictions"], stats[b"curr_items"])
        time.sleep(0.05)


def main():
    port, small_port = int(sys.argv[1]), int(sys.argv[2])
    passed = failed = 0
    for name, check in sorted(globals().items()):
        if name.startswith("check_"):
            try:
                check(port, small_port)
                passed += 1
                print("ok    ", name[6:].replace("_", " "))
            except Exception:
                failed += 1
                print("FAILED", name[6:].replace("_", " "))
                traceback.print_exc()
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
