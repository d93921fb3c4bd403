package io.larder.server;

import java.io.PrintStream;

/** Lines for the operator, on standard error as memcached's; callers escape and cut what came from outside. Thread-safe. */
final class ServerLog {
    private static final int CONNECTIONS = 1;
    private static final int COMMANDS = 2;

    private final PrintStream out;
    private volatile int verbosity;

    ServerLog(PrintStream out, int verbosity) {
        this.out = out;
        this.verbosity = verbosity;
    }

    void verbosity(int level) {
        verbosity = level;
    }

    int verbosity() {
        return verbosity;
    }

    /** What an operator must know whatever the verbosity. */
    void always(String line) {
        out.println(safe(line));
    }

    boolean logsConnections() {
        return verbosity >= CONNECTIONS;
    }

    boolean logsCommands() {
        return verbosity >= COMMANDS;
    }

    void connection(long id, String what) {
        if (logsConnections()) {
            out.println(safe(id + ": " + what));
        }
    }

    void command(long id, String line) {
        if (logsCommands()) {
            out.println(safe("<" + id + " " + line));
        }
    }

    /** Messages of the JDK may repeat what a peer has sent, so that no line is trusted to be one. */
    private static String safe(String line) {
        if (line.chars().noneMatch(Character::isISOControl)) {
            return line;
        }
        StringBuilder escaped = new StringBuilder();
        line.chars().forEach(c -> escaped.append(Character.isISOControl(c) ? "\\x%02x".formatted(c) : (char) c));
        return escaped.toString();
    }
}
