package io.larder.admin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.larder.server.Metric;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is answered to whom. Only the request line is read: nothing here depends on a header. Thread-safe. */
final class Pages {
    private static final Pattern REQUEST_LINE = Pattern.compile("([!#-'*+.^_`|~0-9A-Za-z-]+) (\\S+) HTTP/1\\.[0-9]\r?");
    private static final Pattern BESIDES_PATH = Pattern.compile("^https?://[^/]*|\\?.*");
    private static final String LIST = """
            /metrics  counters and gauges, for Prometheus
            /health   200 while the process lives
            /ready    200 while clients are served, 503 otherwise
            """;

    /** What is served; changed by who starts and stops the server, seen by the loop. */
    private volatile State state = new State("starting", null);

    private record State(String name, @Nullable Supplier<List<Metric>> metrics) {}

    void ready(Supplier<List<Metric>> metrics) {
        state = new State("ready", metrics);
    }

    void stopping() {
        state = new State("stopping", null);
    }

    /**
     * Answers what has arrived so far, from the start of {@code received} to its position, or {@code null} while more is to come:
     * until an empty line ends the headers. A bad request line is told at once, and so is a full buffer.
     */
    byte @Nullable [] answer(ByteBuffer received) {
        String head = ISO_8859_1.decode(received.duplicate().flip()).toString();
        int lineEnd = head.indexOf('\n');
        if (lineEnd >= 0) {
            Matcher line = REQUEST_LINE.matcher(head).region(0, lineEnd);
            if (!line.matches()) {
                return Answer.line(400, "not a request of HTTP/1.1").bytes(true);
            }
            if (head.indexOf("\n\r\n", lineEnd) >= 0 || head.indexOf("\n\n", lineEnd) >= 0) {
                String method = line.group(1);
                Answer answer = method.equals("GET") || method.equals("HEAD")
                        ? page(BESIDES_PATH.matcher(line.group(2)).replaceAll(""))
                        : Answer.line(405, "only GET and HEAD");
                return answer.bytes(!method.equals("HEAD"));
            }
        }
        return received.hasRemaining()
                ? null
                : Answer.line(431, "the request exceeds " + received.capacity() + " bytes")
                        .bytes(true);
    }

    private Answer page(String path) {
        State now = state;
        Supplier<List<Metric>> metrics = now.metrics();
        return switch (path) {
            case "/", "" -> new Answer(200, Answer.TEXT, LIST);
            case "/health" -> Answer.line(200, "alive");
            case "/ready" -> Answer.line(metrics == null ? 503 : 200, now.name());
            case "/metrics" ->
                metrics == null
                        ? Answer.line(503, now.name())
                        : new Answer(200, MetricsText.CONTENT_TYPE, MetricsText.of(metrics.get()));
            default -> Answer.line(404, "no such page; / lists them");
        };
    }
}
