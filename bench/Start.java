import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts a server again and again: time to the first answer, resident memory when idle, time to stop. See bench/start. */
class Start {
    private static final int ANSWER_MILLIS_MAX = 20_000;
    private static final int IDLE_MILLIS = 1_500;

    /** Arguments: name, runs, then the command; {@code PORT} in it stands for the port. */
    public static void main(String[] arguments) throws Exception {
        int runs = Integer.parseInt(arguments[1]);
        double[] answer = new double[runs];
        double[] resident = new double[runs];
        double[] stop = new double[runs];
        for (int run = 0; run < runs; run++) {
            int port = freePort();
            List<String> command = new ArrayList<>(Arrays.asList(arguments).subList(2, arguments.length));
            command.replaceAll(word -> word.equals("PORT") ? String.valueOf(port) : word);
            long start = System.nanoTime();
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                awaitAnswer(process, port);
                answer[run] = (System.nanoTime() - start) / 1e6;
                process.waitFor(IDLE_MILLIS, TimeUnit.MILLISECONDS);
                resident[run] = residentMegabytes(process.pid());
                long stopping = System.nanoTime();
                process.destroy();
                if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
                    throw new IllegalStateException("does not stop with 0: " + command);
                }
                stop[run] = (System.nanoTime() - stopping) / 1e6;
            } finally {
                process.destroyForcibly();
            }
        }
        System.out.printf(
                "%-24s first answer %4.0f ms (%.0f to %.0f), idle %3.0f MB, stop %3.0f ms; medians of %d%n",
                arguments[0],
                median(answer),
                Arrays.stream(answer).min().orElseThrow(),
                Arrays.stream(answer).max().orElseThrow(),
                median(resident),
                median(stop),
                runs);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void awaitAnswer(Process process, int port) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ANSWER_MILLIS_MAX);
        while (System.nanoTime() < deadline) {
            try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
                socket.setSoTimeout(ANSWER_MILLIS_MAX);
                socket.getOutputStream().write("version\r\n".getBytes(US_ASCII));
                if (socket.getInputStream().read() == 'V') {
                    return;
                }
            } catch (IOException e) { // not yet
                if (process.waitFor(1, TimeUnit.MILLISECONDS)) {
                    break;
                }
            }
        }
        throw new IllegalStateException("no answer on port " + port);
    }

    private static double residentMegabytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Integer.parseInt(line.replaceAll("[^0-9]", "")) / 1024.0;
            }
        }
        return Double.NaN;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
