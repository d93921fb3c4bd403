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
import java.util.function.ToDoubleFunction;

/**
 * Compares two memcached servers under the same loads, interleaved round by round, and prints medians of the ratios.
 *
 * <p>Arguments: peer's address, its process id, Larder's address, its process id, rounds, seconds per run, threads that drive
 * the load, then rows to run (all where none is named). {@code bench/server-vs-memcached} starts both and calls this.
 *
 * <p>{@code busy} is the share of the time in which Larder's process used a core and in which the generator did not wait for
 * an answer: where the generator's is near 100 % and the server's is not, the row compares generators, and only its CPU per
 * operation counts. One generator thread spins instead of sleeping, as a peer on another machine costs the server no wake-up.
 */
public final class ServerComparison {
    private static final int WARM_UP_RUNS = 3;

    private ServerComparison() {}

    private record Server(InetSocketAddress address, long pid) {}

    private record Measured(LoadRun.Result result, double cpuMicrosPerOperation, double busy) {}

    private record Round(Measured peer, Measured larder) {}

    /** Runs the comparison. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Server peer = new Server(address(arguments[0]), Long.parseLong(arguments[1]));
        Server larder = new Server(address(arguments[2]), Long.parseLong(arguments[3]));
        int rounds = Integer.parseInt(arguments[4]);
        Duration run = Duration.ofMillis((long) (Double.parseDouble(arguments[5]) * 1000));
        int drivers = Integer.parseInt(arguments[6]);
        List<String> rows = List.of(arguments).subList(7, arguments.length);
        List<String> known = Load.ALL.stream().map(Load::row).toList();
        for (String row : rows) {
            if (!known.contains(row)) {
                System.err.printf("there is no row \"%s\"; name one of %s%n", row, String.join(", ", known));
                System.exit(64);
            }
        }
        print(
                "%-36s %-17s | %-20s  %-6s  %-6s | %-13s | %s%n",
                "", "median", "ops/s, ratio", "CPU/op", "p99", "CPU us/op", "busy");
        print(
                "%-36s %8s %8s | %-20s  %-6s  %-6s | %6s %6s | %s%n",
                "load",
                "peer",
                "Larder",
                "median (min - max)",
                "ratio",
                "ratio",
                "peer",
                "Larder",
                "server, generator");
        for (Load load : Load.ALL) {
            if (rows.isEmpty() || rows.contains(load.row())) {
                compare(load, peer, larder, rounds, run, drivers);
            }
        }
    }

    private static void compare(Load load, Server peer, Server larder, int rounds, Duration run, int drivers)
            throws IOException, InterruptedException {
        List<Round> measured = new ArrayList<>();
        try (LoadCrew onPeer = new LoadCrew(load, peer.address(), drivers);
                LoadCrew onLarder = new LoadCrew(load, larder.address(), drivers)) {
            for (int i = 0; i < WARM_UP_RUNS; i++) {
                onLarder.run(run); // the JVM compiles what this load uses
            }
            onPeer.run(run);
            for (int i = 0; i < rounds; i++) {
                Measured first = measure(onPeer, peer.pid(), run);
                measured.add(new Round(first, measure(onLarder, larder.pid(), run)));
            }
        }
        List<Double> ratios = measured.stream()
                .map(round -> round.larder().result().operationsPerSecond()
                        / round.peer().result().operationsPerSecond())
                .toList();
        print(
                "%-36s %7.1fk %7.1fk | %5.2f (%.2f - %.2f)    %-6.2f  %-6.2f | %6.2f %6.2f | %3.0f %% %3.0f %%%n",
                load.name(),
                median(measured, round -> round.peer().result().operationsPerSecond()) / 1e3,
                median(measured, round -> round.larder().result().operationsPerSecond()) / 1e3,
                median(ratios),
                Collections.min(ratios),
                Collections.max(ratios),
                median(
                        measured,
                        round -> round.larder().cpuMicrosPerOperation()
                                / round.peer().cpuMicrosPerOperation()),
                median(
                        measured,
                        round -> round.larder().result().p99Micros()
                                / round.peer().result().p99Micros()),
                median(measured, round -> round.peer().cpuMicrosPerOperation()),
                median(measured, round -> round.larder().cpuMicrosPerOperation()),
                100 * median(measured, round -> round.larder().busy()),
                100 * median(measured, round -> 1 - round.larder().result().idle()));
    }

    private static Measured measure(LoadCrew load, long pid, Duration run) throws IOException, InterruptedException {
        double before = ProcessCpu.seconds(pid);
        LoadRun.Result result = load.run(run);
        double used = ProcessCpu.seconds(pid) - before;
        return new Measured(result, used * 1e6 / result.operations(), used / result.seconds());
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> of) {
        return median(rounds.stream().map(round -> of.applyAsDouble(round)).toList());
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
