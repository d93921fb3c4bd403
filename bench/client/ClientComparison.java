import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Compares memcached clients under the same loads on one server, all in this process, interleaved round by round, and prints
 * medians. {@code bench/client-vs-peers} starts the server and calls this.
 *
 * <p>Arguments: port, rounds, seconds per run, then clients (all where none is named).
 */
public final class ClientComparison {
    private static final int KEYS = 1000;
    private static final int VALUE_BYTES = 100;
    private static final int MULTIGET = 100;
    private static final int OUTSTANDING = 200;
    private static final int LATENCIES_MAX = 2_000_000;

    private record Load(String name, int threads, Kind kind) {}

    private enum Kind {
        GET,
        MULTIGET,
        ASYNC
    }

    private record Run(double opsPerSecond, double p50Micros, double p99Micros, double cpuMicros, double bytes) {}

    private static final List<Load> LOADS = List.of(
            new Load("get, 1 thread", 1, Kind.GET),
            new Load("get, 16 threads", 16, Kind.GET),
            new Load("get, 64 threads", 64, Kind.GET),
            new Load("get of 100 keys, 1 thread", 1, Kind.MULTIGET),
            new Load("async get, 200 outstanding", 1, Kind.ASYNC));

    private ClientComparison() {}

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        long nanos = (long) (Double.parseDouble(arguments[2]) * 1e9);
        List<String> names = arguments.length > 3
                ? List.of(arguments).subList(3, arguments.length)
                : List.of("larder", "socket", "spymemcached", "xmemcached", "folsom");
        Map<String, Peer> peers = new LinkedHashMap<>();
        for (String name : names) {
            peers.put(name, Peer.open(name, port, 5000));
        }
        List<String> keys = IntStream.range(0, KEYS).mapToObj(i -> "key-" + i).collect(Collectors.toList());
        Peer first = peers.values().iterator().next();
        for (String key : keys) {
            first.set(key, new byte[VALUE_BYTES]);
        }
        for (Load load : LOADS) {
            compare(load, peers, keys, rounds, nanos);
        }
        for (Peer peer : peers.values()) {
            peer.close();
        }
        System.exit(0); // some peers leave threads behind
    }

    private static void compare(Load load, Map<String, Peer> peers, List<String> keys, int rounds, long nanos)
            throws Exception {
        Map<String, List<Run>> runs = new LinkedHashMap<>();
        for (int round = -1; round < rounds; round++) { // the first warms up
            for (Map.Entry<String, Peer> peer : peers.entrySet()) {
                if (load.kind() == Kind.GET || peer.getValue().knows(load.kind().name())) {
                    Run run = run(load, peer.getValue(), keys, nanos);
                    if (round >= 0) {
                        runs.computeIfAbsent(peer.getKey(), name -> new ArrayList<>()).add(run);
                    }
                }
            }
        }
        System.out.printf("%n%-28s %22s %16s %12s %10s %10s%n", load.name(), "ops/s (min - max)", "ratio to larder",
                "p50 us", "p99 us", "CPU us/op");
        List<Run> own = runs.get("larder");
        runs.forEach((name, measured) -> {
            double[] ratios = new double[measured.size()];
            for (int i = 0; i < ratios.length && own != null; i++) {
                ratios[i] = own.get(i).opsPerSecond() / measured.get(i).opsPerSecond();
            }
            double[] ops = measured.stream().mapToDouble(Run::opsPerSecond).sorted().toArray();
            System.out.printf(Locale.ROOT, "%-28s %8.0f (%6.0f-%6.0f) %16.2f %12.1f %10.0f %10.1f %s%n", "  " + name,
                    median(ops), ops[0], ops[ops.length - 1], median(ratios),
                    median(measured.stream().mapToDouble(Run::p50Micros).toArray()),
                    median(measured.stream().mapToDouble(Run::p99Micros).toArray()),
                    median(measured.stream().mapToDouble(Run::cpuMicros).toArray()),
                    load.threads() == 1 && load.kind() == Kind.GET
                            ? String.format(Locale.ROOT, "%6.0f B/op in the caller's thread",
                                    median(measured.stream().mapToDouble(Run::bytes).toArray()))
                            : "");
        });
        System.out.flush();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static Run run(Load load, Peer peer, List<String> keys, long nanos) throws Exception {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        int count = load.threads();
        long[][] latencies = new long[count][];
        LongAdder operations = new LongAdder();
        LongAdder bytes = new LongAdder();
        CountDownLatch done = new CountDownLatch(count);
        long cpu = system.getProcessCpuTime();
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            int index = i;
            Thread thread = new Thread(() -> {
                try {
                    long[] taken = new long[LATENCIES_MAX / count];
                    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
                    int n = load.kind() == Kind.ASYNC
                            ? async(peer, keys, start + nanos)
                            : blocking(load.kind(), peer, keys, start + nanos, taken);
                    bytes.add(threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before);
                    operations.add(n);
                    latencies[index] = load.kind() == Kind.ASYNC ? new long[1] : Arrays.copyOf(taken, Math.min(n, taken.length));
                } catch (Exception e) {
                    e.printStackTrace();
                } finally {
                    done.countDown();
                }
            });
            thread.start();
        }
        done.await();
        double seconds = (System.nanoTime() - start) / 1e9;
        double cpuMicros = (system.getProcessCpuTime() - cpu) / 1e3;
        long[] all = Arrays.stream(latencies).flatMapToLong(Arrays::stream).sorted().toArray();
        long ops = operations.sum();
        return new Run(ops / seconds, all[all.length / 2] / 1e3, all[(int) (all.length * 0.99)] / 1e3, cpuMicros / ops,
                (double) bytes.sum() / ops);
    }

    private static int blocking(Kind kind, Peer peer, List<String> keys, long end, long[] taken) throws Exception {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int n = 0;
        for (long now = System.nanoTime(); now < end; n++) {
            if (kind == Kind.GET) {
                check(peer.get(keys.get(random.nextInt(KEYS))));
            } else {
                int from = random.nextInt(KEYS - MULTIGET);
                if (peer.getAll(keys.subList(from, from + MULTIGET)) != MULTIGET) {
                    throw new IllegalStateException("not all keys found");
                }
            }
            long after = System.nanoTime();
            if (n < taken.length) {
                taken[n] = after - now;
            }
            now = after;
        }
        return n;
    }

    private static int async(Peer peer, List<String> keys, long end) throws Exception {
        Semaphore room = new Semaphore(OUTSTANDING);
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int n = 0;
        for (; System.nanoTime() < end; n++) {
            room.acquire();
            peer.start(keys.get(random.nextInt(KEYS)), room::release);
        }
        if (!room.tryAcquire(OUTSTANDING, 10, TimeUnit.SECONDS)) {
            throw new IllegalStateException("an asynchronous get has no outcome");
        }
        return n;
    }

    private static void check(byte[] value) {
        if (value == null || value.length != VALUE_BYTES) {
            throw new IllegalStateException("wrong value");
        }
    }
}
