package io.larder.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code larder serve} as a process of its own, its log kept. */
final class ServeProcess implements AutoCloseable {
    private static final Pattern GREETING =
            Pattern.compile("serves memcached clients on (?:127\\.0\\.0\\.1:(\\d+)|the unix socket )");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern IGNORED = Pattern.compile("SigIgn:\\s+([0-9a-f]+)");

    /** HUP, INT, USR1 and TERM, as bits of the kernel's mask. */
    private static final long SIGNALS_SENT = 1 | 1 << 1 | 1 << 9 | 1 << 14;

    private static final int EXIT_SECONDS_MAX = 60;
    private static final int LOG_LINES_MAX = 10_000;

    private final Process process;
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final int port;

    ServeProcess(List<String> jvmFlags, String... serveFlags) throws IOException {
        this(Map.of(), jvmFlags, serveFlags);
    }

    ServeProcess(Map<String, String> environment, List<String> jvmFlags, String... serveFlags) throws IOException {
        List<String> command = heedingSignals();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmFlags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.larder.cli.Main", "serve", "-p", "0"));
        command.addAll(List.of(serveFlags));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        process = builder.start();
        BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        String greeting = String.valueOf(lines.readLine());
        Matcher found = GREETING.matcher(greeting);
        if (!found.find()) {
            process.destroyForcibly();
            throw new IOException("server did not start: " + greeting);
        }
        port = found.group(1) == null ? 0 : Integer.parseInt(found.group(1));
        Thread reader = new Thread(() -> keepLog(lines), "log-of-server");
        reader.setDaemon(true);
        reader.start();
    }

    /** What whoever began the tests ignores, as {@code nohup} and shells' background jobs do, the server would ignore as well. */
    private static List<String> heedingSignals() throws IOException {
        Matcher ignored = IGNORED.matcher(Files.readString(Path.of("/proc/self/status")));
        boolean heeds = !ignored.find() || (Long.parseUnsignedLong(ignored.group(1), 16) & SIGNALS_SENT) == 0;
        return new ArrayList<>(heeds ? List.of() : List.of("env", "--default-signal=HUP,INT,TERM,USR1"));
    }

    private void keepLog(BufferedReader lines) {
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (log.size() < LOG_LINES_MAX) {
                    log.add(line);
                }
            }
        } catch (IOException e) {
            log.add("log ended: " + e.getMessage());
        }
    }

    /** 0 where it listens on a unix socket. */
    int port() {
        return port;
    }

    /** Lines since the greeting. */
    List<String> log() {
        return List.copyOf(log);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Resident memory in bytes. */
    long residentBytes() throws IOException {
        Matcher resident =
                RESIDENT.matcher(Files.readString(Path.of("/proc", String.valueOf(process.pid()), "status")));
        if (!resident.find()) {
            throw new IOException("no resident memory told for process " + process.pid());
        }
        return Long.parseLong(resident.group(1)) << 10;
    }

    long pid() {
        return process.pid();
    }

    /** Sends the signal of that name, without SIG. */
    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
        if (kill.waitFor() != 0) {
            throw new AssertionError("kill -" + name + " failed");
        }
    }

    /** Answers the exit code of a server that has been told to stop. */
    int awaitExit() throws InterruptedException {
        if (!process.waitFor(EXIT_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new AssertionError("server still runs " + EXIT_SECONDS_MAX + " s after it was told to stop");
        }
        return process.exitValue();
    }

    /** Sends TERM and answers the exit code. */
    int terminate() throws InterruptedException {
        process.destroy();
        return awaitExit();
    }

    /** Returns when it has gone, and touches no file any more. */
    @Override
    public void close() {
        process.destroyForcibly()
                .onExit()
                .orTimeout(EXIT_SECONDS_MAX, TimeUnit.SECONDS)
                .join();
    }
}
