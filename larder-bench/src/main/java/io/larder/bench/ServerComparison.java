package io.larder.bench;

import io.larder.base.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Compares two memcached servers under the same loads, interleaved round by round, and prints medians of the ratios.
 *
 * <p>Arguments: peer's address, its process id, Larder's address, its process id, rounds, seconds per run.
 * {@code bench/server-vs-memcached} starts both and calls this.
 */
public final class ServerComparison {
    private static final List<Load> LOADS = List.of(
            new Load("multiget of 50, pipelined", 4, 4, 50, 0, 100),
            new Load("get, 16 in flight", 4, 16, 1, 0, 100),
            new Load("set, 16 in flight", 4, 16, 1, 100, 100),
            new Load("get, 1 in flight, 1 connection", 1, 1, 1, 0, 100),
            new Load("get, 1 in flight, 50 connections", 50, 1, 1, 0, 100),
            new Load("get 90 % set 10 %, 1 KiB, 200 conns", 200, 1, 1, 10, 1024));

    private ServerComparison() {}

    private record Server(InetSocketAddress address, long pid) {}

    private record Measured(LoadRun.Result result, double cpuMicrosPerOperation) {}

    /** Runs the comparison. */
    public static void main(String[] arguments) throws IOException {
        Server peer = new Server(address(arguments[0]), Long.parseLong(arguments[1]));
        Server larder = new Server(address(arguments[2]), Long.parseLong(arguments[3]));
        int rounds = Integer.parseInt(arguments[4]);
        Duration run = Duration.ofMillis((long) (Double.parseDouble(arguments[5]) * 1000));
        print(
                "%-36s %9s %9s | %-22s %-16s %-12s%n",
                "load", "peer", "Larder", "ratio of operations", "of CPU per op", "of p99");
        print("%-36s %9s %9s | %-22s %-16s %-12s%n", "", "kops/s", "kops/s", "median (min - max)", "median", "median");
        for (Load load : LOADS) {
            compare(load, peer, larder, rounds, run);
        }
    }

    private static void compare(Load load, Server peer, Server larder, int rounds, Duration run) throws IOException {
        List<Double> operations = new ArrayList<>();
        List<Double> cpu = new ArrayList<>();
        List<Double> p99 = new ArrayList<>();
        List<Double> peerRate = new ArrayList<>();
        List<Double> larderRate = new ArrayList<>();
        try (LoadRun onPeer = new LoadRun(load, peer.address());
                LoadRun onLarder = new LoadRun(load, larder.address())) {
            onLarder.run(run.multipliedBy(2)); // the JVM compiles what this load uses
            onPeer.run(run);
            for (int round = 0; round < rounds; round++) {
                Measured first = measure(onPeer, peer.pid(), run);
                Measured second = measure(onLarder, larder.pid(), run);
                peerRate.add(first.result().operationsPerSecond());
                larderRate.add(second.result().operationsPerSecond());
                operations.add(
                        second.result().operationsPerSecond() / first.result().operationsPerSecond());
                cpu.add(second.cpuMicrosPerOperation() / first.cpuMicrosPerOperation());
                p99.add(second.result().p99Micros() / first.result().p99Micros());
            }
        }
        print(
                "%-36s %9.1f %9.1f | %5.2f (%.2f - %.2f)     %-16.2f %-12.2f%n",
                load.name(),
                median(peerRate) / 1e3,
                median(larderRate) / 1e3,
                median(operations),
                Collections.min(operations),
                Collections.max(operations),
                median(cpu),
                median(p99));
    }

    private static Measured measure(LoadRun load, long pid, Duration run) throws IOException {
        double before = ProcessCpu.seconds(pid);
        LoadRun.Result result = load.run(run);
        double used = ProcessCpu.seconds(pid) - before;
        return new Measured(result, used * 1e6 / result.operations());
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static InetSocketAddress address(String text) throws IOException {
        HostPort parsed = HostPort.parse(text);
        return new InetSocketAddress(InetAddress.getByName(parsed.host()), parsed.portOr(11211));
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format, values);
    }
}
