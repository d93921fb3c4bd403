package io.larder.bench;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** The table of misses as text: a header, one row a cell, and what the cells say together. */
final class ReplayTable {
    private static final double MEBIBYTE = 1 << 20;
    private static final double OVERDRAWN = 1.1;

    private ReplayTable() {}

    /**
     * What a cell gave.
     *
     * @param peer miss ratio of memcached
     * @param larder miss ratio of Larder
     * @param peerBytes memory of the pages memcached really took, 0 if it does not tell
     * @param peerRefused stores that memcached answered with an error
     * @param larderRefused and Larder
     */
    record Row(ReplayCell cell, double peer, double larder, long peerBytes, long peerRefused, long larderRefused) {
        double ratio() {
            return peer == 0 ? 1 : larder / peer;
        }

        /** Whether memcached kept its promise; a cache that may take more memory is no fair peer. */
        boolean isFair() {
            return peerBytes <= OVERDRAWN * cell.megabytes() * MEBIBYTE;
        }

        String toLine() {
            return String.format(
                    Locale.ROOT,
                    "%s\t%.6f\t%.6f\t%d\t%d\t%d",
                    cell.toLine(),
                    peer,
                    larder,
                    peerBytes,
                    peerRefused,
                    larderRefused);
        }

        static Row parse(String line) {
            String[] fields = line.split("\t", -1);
            return new Row(
                    ReplayCell.parse(line),
                    Double.parseDouble(fields[4]),
                    Double.parseDouble(fields[5]),
                    Long.parseLong(fields[6]),
                    Long.parseLong(fields[7]),
                    Long.parseLong(fields[8]));
        }
    }

    static String header() {
        return String.format(
                Locale.ROOT,
                "%-24s %5s %7s %6s | %9s %9s %8s | %s",
                "trace",
                "size",
                "copies",
                "-m",
                "memcached",
                "Larder",
                "change",
                "remarks");
    }

    static String row(Row row) {
        ReplayCell cell = row.cell();
        return String.format(
                        Locale.ROOT,
                        "%-24s %3d %% %7d %6d | %9.4f %9.4f %+7.1f%% | %s",
                        cell.trace(),
                        cell.percent(),
                        cell.copies(),
                        cell.megabytes(),
                        row.peer(),
                        row.larder(),
                        (row.ratio() - 1) * 100,
                        remarks(row))
                .stripTrailing();
    }

    private static String remarks(Row row) {
        StringBuilder text = new StringBuilder();
        if (row.cell().hasFewPages()) {
            text.append("fewer than ").append(ReplayCell.MEGABYTES_WANTED).append(" pages; ");
        }
        if (!row.isFair()) {
            text.append(String.format(Locale.ROOT, "memcached took %.0f MB; ", row.peerBytes() / MEBIBYTE));
        }
        if (row.peerRefused() > 0) {
            text.append("memcached refused ").append(row.peerRefused()).append(" stores; ");
        }
        if (row.larderRefused() > 0) {
            text.append("Larder refused ").append(row.larderRefused()).append(" stores; ");
        }
        return text.isEmpty() ? "" : text.substring(0, text.length() - 2);
    }

    static String summary(List<Row> rows) {
        if (rows.isEmpty()) {
            return "no cells";
        }
        Row worst = rows.stream().max(Comparator.comparingDouble(Row::ratio)).orElseThrow();
        return String.format(
                Locale.ROOT,
                "misses of Larder against memcached, geometric mean: %s%n%56s%s%n%56s%s%nworst cell: %s at %d %%, %+.1f %%",
                mean(rows, row -> true, "all"),
                "",
                mean(rows, Row::isFair, "where memcached stayed within -m"),
                "",
                mean(rows, row -> !row.cell().hasFewPages(), "with pages enough"),
                worst.cell().trace(),
                worst.cell().percent(),
                (worst.ratio() - 1) * 100);
    }

    private static String mean(List<Row> rows, Predicate<Row> which, String name) {
        List<Row> chosen = rows.stream().filter(which).toList();
        double logs = chosen.stream().mapToDouble(row -> Math.log(row.ratio())).sum();
        double mean = chosen.isEmpty() ? 1 : Math.exp(logs / chosen.size());
        return String.format(Locale.ROOT, "%+6.1f %% over %d cells (%s)", (mean - 1) * 100, chosen.size(), name);
    }
}
