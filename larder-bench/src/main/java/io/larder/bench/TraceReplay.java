package io.larder.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Replays traces against servers and compares their misses; {@code bench/misses} starts the servers and calls this.
 *
 * <pre>
 *   plan FOLDER TRACES PERCENTS SECONDS      one line a cell; TRACES and PERCENTS by commas, TRACES may be "all"
 *   header                                   of the table
 *   cell LINE FOLDER PEER LARDER RESULTS     replays a cell of the plan on both, prints a row and appends it to RESULTS
 *   summary RESULTS                          the mean over all rows and the worst
 *   one FILE HOST:PORT [COPIES]              replays a trace on one server
 * </pre>
 */
public final class TraceReplay {
    private static final String SUFFIX = ".csv.gz";

    private TraceReplay() {}

    /** Does what the first argument says. */
    public static void main(String[] arguments) throws IOException {
        switch (arguments[0]) {
            case "plan" ->
                plan(Path.of(arguments[1]), arguments[2], arguments[3].split(","), Integer.parseInt(arguments[4]));
            case "header" -> System.out.println(ReplayTable.header());
            case "cell" ->
                cell(
                        ReplayCell.parse(arguments[1]),
                        Path.of(arguments[2]),
                        ReplayServer.parse("memcached", arguments[3]),
                        ReplayServer.parse("Larder", arguments[4]),
                        Path.of(arguments[5]));
            case "summary" ->
                System.out.println(ReplayTable.summary(Files.readAllLines(Path.of(arguments[1])).stream()
                        .map(ReplayTable.Row::parse)
                        .toList()));
            case "one" ->
                one(
                        Path.of(arguments[1]),
                        ReplayServer.parse("server", arguments[2]),
                        arguments.length > 3 ? Integer.parseInt(arguments[3]) : 1);
            default ->
                throw new IllegalArgumentException(
                        "first argument must be plan, header, cell, summary or one, was " + arguments[0]);
        }
    }

    private static void plan(Path folder, String traces, String[] percents, int seconds) throws IOException {
        List<String> names = traces.equals("all") ? names(folder) : List.of(traces.split(","));
        for (String name : names) {
            Trace trace = Trace.read(folder.resolve(name + SUFFIX));
            for (String percent : percents) {
                System.out.println(ReplayCell.plan(name, trace, Integer.parseInt(percent), seconds)
                        .toLine());
            }
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .sorted()
                    .toList();
        }
    }

    private static void cell(ReplayCell cell, Path folder, ReplayServer peer, ReplayServer larder, Path results)
            throws IOException {
        Trace trace = Trace.read(folder.resolve(cell.trace() + SUFFIX));
        String label = cell.trace() + " at " + cell.percent() + " % on ";
        List<ReplayRun.Count> counts = new ArrayList<>();
        for (ReplayServer server : List.of(peer, larder)) {
            counts.add(replay(trace, cell.copies(), server, label + server.name()));
        }
        ReplayTable.Row row = new ReplayTable.Row(
                cell,
                counts.get(0).missRatio(),
                counts.get(1).missRatio(),
                peer.pageBytes(),
                counts.get(0).refused(),
                counts.get(1).refused());
        System.out.println(ReplayTable.row(row));
        Files.write(results, Set.of(row.toLine()), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static void one(Path file, ReplayServer server, int copies) throws IOException {
        long start = System.nanoTime();
        ReplayRun.Count count = replay(Trace.read(file), copies, server, file.toString());
        System.out.printf(
                Locale.ROOT,
                "%d gets, %d misses (%.4f), %d stores refused, %.1f s%n",
                count.gets(),
                count.misses(),
                count.missRatio(),
                count.refused(),
                (System.nanoTime() - start) / 1e9);
    }

    private static ReplayRun.Count replay(Trace trace, int copies, ReplayServer server, String label)
            throws IOException {
        ReplayProgress progress = ReplayProgress.of(label, (long) trace.requests() * copies);
        try (ReplayRun run = new ReplayRun(trace, copies, server.address())) {
            return run.run(progress::at);
        } finally {
            progress.end();
        }
    }
}
