package io.larder.test;

import io.larder.base.LarderException;
import io.larder.cache.Cached;
import io.larder.cache.LoadTimeoutException;
import io.larder.cache.Op;
import io.larder.cache.Scope;
import io.larder.test.Facts.Change;
import io.larder.test.Facts.Get;
import io.larder.test.Facts.Load;
import io.larder.test.Facts.Target;
import io.larder.test.World.Feature;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The calls of a simulation: draws them, makes them, and tells the ledger what came out. */
final class Calls {
    private static final Set<Op> BOTH = Set.of(Op.READ, Op.WRITE);

    private final SplittableRandom chance;
    private final World world;
    private final VirtualCluster cluster;
    private final Ledger ledger;
    private final Functions functions;
    private final Bug bug;

    Calls(SplittableRandom chance, World world, VirtualCluster cluster, Ledger ledger, Functions functions, Bug bug) {
        this.chance = chance;
        this.world = world;
        this.cluster = cluster;
        this.ledger = ledger;
        this.functions = functions;
        this.bug = bug;
    }

    /** Who calls. */
    private static final class Caller {
        boolean interrupted;
    }

    /** One call, and perhaps others like it at the same moment. */
    void call() {
        VirtualNode node = cluster.node(chance.nextInt(world.nodes()));
        Cached<Integer, String> function = functions.of(node);
        if (node.hasCrashed() || function == null) {
            return;
        }
        int key = chance.nextInt(world.keys());
        int kind = chance.nextInt(100);
        int callers = chance.nextInt(5) == 0 ? chance.nextInt(2, 5) : 1;
        for (int i = 0; i < callers; i++) {
            int own = world.has(Feature.COALESCE) ? (key + i) % world.keys() : key;
            Caller caller = new Caller();
            VirtualCall<Void> call = node.start(() -> {
                make(caller, kind, node, function, own);
                return null;
            });
            if (world.has(Feature.INTERRUPTS) && chance.nextInt(4) == 0) {
                Duration delay = Duration.ofNanos(chance.nextLong(chance.nextBoolean() ? 20_000_000 : 100_000_000));
                cluster.after(delay, () -> {
                    caller.interrupted = true;
                    ledger.note("interrupt", node.number(), own);
                    call.interrupt();
                });
            }
        }
    }

    private void make(Caller caller, int kind, VirtualNode node, Cached<Integer, String> function, int key) {
        if (kind < 40) {
            get(caller, node, function, key);
        } else if (kind < 50) {
            getAll(caller, node, function, key);
        } else if (kind < 58) {
            scoped(caller, node, function, key);
        } else if (kind < 62) {
            overtaking(node, key, () -> insisting(caller, node, key, () -> function.refresh(key)));
        } else if (kind < 66) {
            overtaking(node, key, () -> function.expire(key));
        } else if (kind < 72) {
            Target target = new Target(Facts.By.KEY, "k:" + key);
            Change change = ledger.changeBegins(node.life(), node.number(), target, Set.of(key));
            Load known = ledger.put(change, key);
            tell(change, () -> function.put(key, known.value()));
        } else {
            Target target = functions.target(key);
            Change change = ledger.changeBegins(node.life(), node.number(), target, functions.keysOf(target, key));
            tell(change, () -> functions.tell(node, function, target, key));
        }
    }

    private void tell(Change change, Runnable body) {
        try {
            body.run();
        } catch (RuntimeException e) {
            ledger.fail("I5", "telling the cache of a change raised " + e);
        }
        ledger.changeEnds(change);
    }

    private void overtaking(VirtualNode node, int key, Runnable body) {
        Object process = node.life();
        ledger.overtakeBegins(process, Set.of(key));
        body.run();
        ledger.overtakeEnds(process, Set.of(key));
    }

    // gets

    private void get(Caller caller, VirtualNode node, Cached<Integer, String> function, int key) {
        if (bug == Bug.NO_FLIGHTS) {
            waiting(caller, node, key, () -> function.bypass(key));
        } else if (world.has(Feature.ASYNC) && chance.nextBoolean()) {
            async(caller, node, function, key, chance.nextInt(4) == 0);
        } else {
            waiting(caller, node, key, () -> function.get(key));
        }
    }

    private void waiting(Caller caller, VirtualNode node, int key, Supplier<String> body) {
        Get get = ledger.getBegins(node, key);
        get.around = ledger.isOff(node.life());
        get.alone = get.around;
        get.aside = get.around;
        waiting(caller, node, get, body);
    }

    /** A load that is asked for, whatever is there. */
    private void insisting(Caller caller, VirtualNode node, int key, Supplier<String> body) {
        Get get = ledger.getBegins(node, key);
        get.insists = true;
        get.around = ledger.isOff(node.life());
        get.alone = get.around;
        get.aside = get.around;
        waiting(caller, node, get, body);
    }

    private void waiting(Caller caller, VirtualNode node, Get get, Supplier<String> body) {
        answer(caller, node, List.of(get), () -> ledger.served(get, node.number(), body.get()));
    }

    private void getAll(Caller caller, VirtualNode node, Cached<Integer, String> function, int first) {
        int count = world.has(Feature.BULK) ? chance.nextInt(1, world.keys() + 1) : 1;
        List<Integer> keys = IntStream.range(first, first + count)
                .map(key -> key % world.keys())
                .boxed()
                .toList();
        List<Get> gets = new ArrayList<>();
        for (int key : keys) {
            Get get = ledger.getBegins(node, key);
            get.many = count > 1;
            get.aside = ledger.isOff(node.life());
            gets.add(get);
        }
        answer(caller, node, gets, () -> {
            Map<Integer, String> values = function.getAll(keys);
            if (!List.copyOf(values.keySet()).equals(keys)) {
                ledger.fail("I5", "asked for %s, got %s".formatted(keys, values));
            }
            ledger.see(count > 1 ? "gets of several keys" : "gets of many with one key");
            gets.forEach(get -> ledger.served(get, node.number(), values.get(get.key)));
        });
    }

    /** Makes a get, and sees to it that it ends as it may. */
    private void answer(Caller caller, VirtualNode node, List<Get> gets, Runnable body) {
        boolean left = false;
        try {
            body.run();
        } catch (NoAnswer e) {
            ledger.failed(gets, node.number(), String.valueOf(e.getMessage()));
        } catch (LoadTimeoutException e) {
            gets.forEach(get -> ledger.timedOut(get, node.number()));
            left = true;
        } catch (LarderException e) {
            left = true;
            if (!caller.interrupted
                    || !(e.getCause() instanceof InterruptedException)
                    || !Thread.currentThread().isInterrupted()) {
                ledger.fail("I5", "a get of node %d raised %s".formatted(node.number(), e));
            }
            ledger.see("gets that left as they were interrupted");
            ledger.note("leaves", node.number());
        } catch (RuntimeException e) {
            ledger.fail("I5", "a get of node %d raised %s".formatted(node.number(), e));
        } finally {
            for (Get get : gets) {
                if (left || get.cancelled) {
                    ledger.getLeft(get);
                } else if (get.answeredBy != get.task
                        && (world.has(Feature.SOFT_TIMEOUT) || world.has(Feature.HARD_TIMEOUT))) {
                    ledger.getLeft(get); // what it waited for, until it had an old value, goes on
                } else if (world.has(Feature.COALESCE)) {
                    ledger.getEndsBeforeItsLoader(get);
                } else {
                    ledger.getEnds(get);
                }
            }
        }
        if (functions.wasStopped() && !Thread.currentThread().isInterrupted()) {
            ledger.fail("I5", "a get of node %d has swallowed an interruption".formatted(node.number()));
        }
    }

    private void async(Caller caller, VirtualNode node, Cached<Integer, String> function, int key, boolean mayCancel) {
        Get get = ledger.getBegins(node, key);
        get.aside = ledger.isOff(node.life());
        async(caller, node, get, function, mayCancel);
    }

    private void async(Caller caller, VirtualNode node, Get get, Cached<Integer, String> function, boolean mayCancel) {
        answer(caller, node, List.of(get), () -> {
            get.isFuture = true;
            ledger.note("future", node.number(), get.key);
            CompletableFuture<String> future = function.getAsync(get.key);
            ledger.see(future.isDone() ? "futures done at once" : "futures done later");
            long patience = mayCancel ? chance.nextLong(30_000_000) : Long.MAX_VALUE;
            try {
                if (cluster.turns().awaitInterruptibly(future::isDone, patience)) {
                    ledger.served(get, node.number(), future.get());
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException e) {
                throw raised(e.getCause());
            }
            boolean unused = future.cancel(true);
            get.cancelled = true;
            ledger.see("futures that were cancelled");
            ledger.note("cancelled", node.number(), get.key);
        });
    }

    private static RuntimeException raised(@Nullable Throwable cause) {
        return cause instanceof RuntimeException e
                ? e
                : new IllegalStateException("a future failed with " + cause, cause);
    }

    // with something disabled

    private void scoped(Caller caller, VirtualNode node, Cached<Integer, String> function, int key) {
        Set<Op> ops = Set.of(chance.nextBoolean() ? Op.WRITE : Op.READ);
        if (world.has(Feature.SCOPES)) {
            int kind = chance.nextInt(6);
            ops = kind == 0 ? Set.of(Op.INVALIDATE) : kind < 3 ? BOTH : ops;
        }
        Scope off = node.larder().disabling(ops.toArray(new Op[0]));
        try {
            if (ops.contains(Op.INVALIDATE)) {
                ledger.silentChange(key);
                function.invalidate(key);
                ledger.see("invalidations that were disabled");
            } else if (ops.contains(Op.WRITE)) {
                Get get = ledger.getBegins(node, key);
                get.aside = true;
                if (world.has(Feature.ASYNC) && chance.nextBoolean()) {
                    async(caller, node, get, function, false);
                } else {
                    get.alone = true;
                    get.around = ops.contains(Op.READ);
                    waiting(caller, node, get, () -> function.get(key));
                }
                ledger.see("gets that write nothing");
            } else {
                ledger.see("gets that read nothing");
                overtaking(node, key, () -> insisting(caller, node, key, () -> function.get(key)));
            }
        } finally {
            off.close();
        }
    }
}
