package io.larder.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.larder.base.LarderException;
import io.larder.server.Metric;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Pages for whoever runs a cache server: {@code /metrics} in Prometheus' text format, {@code /health} (200 while the process lives)
 * and {@code /ready} (200 while clients are served, 503 before and when it stops).
 *
 * <p>It has threads of its own, {@value #THREADS_MAX} at most, which go when idle; a peer has {@value #SECONDS_MAX} seconds to ask and as
 * many to take the answer, and each answer ends its connection. Nothing it shows contains keys or values. Thread-safe.
 */
public final class AdminServer implements AutoCloseable {
    private static final int THREADS_MAX = 4;
    private static final int SECONDS_MAX = 3;
    private static final int CONNECTIONS_MAX = 64;
    private static final int THREAD_IDLE_SECONDS = 10;
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String PAGES = """
            /metrics  counters and gauges, for Prometheus
            /health   200 while the process lives
            /ready    200 while clients are served, 503 otherwise
            """;

    private final HttpServer http;
    private final ThreadPoolExecutor threads;

    /** What is served; changed by who starts and stops the server, seen by the threads here. */
    private volatile State state = new State("starting", null);

    private record State(String name, @Nullable Supplier<List<Metric>> metrics) {}

    private record Answer(int code, String type, String text) {
        static Answer line(int code, String text) {
            return new Answer(code, TEXT, text + "\n");
        }
    }

    private AdminServer(HttpServer http) {
        this.http = http;
        threads = new ThreadPoolExecutor(
                THREADS_MAX,
                THREADS_MAX,
                THREAD_IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(CONNECTIONS_MAX),
                task -> new Thread(task, "larder-admin"),
                new ThreadPoolExecutor.DiscardPolicy()); // the connection ends when its time is over
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Binds the address and answers there from now on, not ready yet.
     *
     * @param port 0 takes a free one
     * @throws LarderException if it cannot be bound
     */
    public static AdminServer open(String host, int port) {
        limit("sun.net.httpserver.maxReqTime", SECONDS_MAX);
        limit("sun.net.httpserver.maxRspTime", SECONDS_MAX);
        limit("jdk.httpserver.maxConnections", CONNECTIONS_MAX);
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new LarderException("admin address %s is not known; give an address of this machine".formatted(host));
        }
        try {
            AdminServer admin = new AdminServer(HttpServer.create(address, 0));
            admin.http.setExecutor(admin.threads);
            admin.http.createContext("/", admin::answer);
            admin.http.start();
            return admin;
        } catch (IOException e) {
            throw new LarderException(
                    "cannot listen for admin pages on %s port %d: %s; choose another --admin-port or --admin-listen"
                            .formatted(host, port, e.getMessage()),
                    e);
        }
    }

    /** The JDK's server reads its limits once, from properties; whoever has set them means it. */
    private static void limit(String property, int value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, String.valueOf(value));
        }
    }

    /** Clients are served from now on. */
    public void ready(Supplier<List<Metric>> metrics) {
        state = new State("ready", metrics);
    }

    /** Clients are not served any more; nobody asks for metrics after this. */
    public void stopping() {
        state = new State("stopping", null);
    }

    /** Where it listens; the port is the one really taken. */
    public InetSocketAddress address() {
        return http.getAddress();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            boolean head = method.equals("HEAD");
            Answer answer = head || method.equals("GET")
                    ? page(exchange.getRequestURI().getPath())
                    : Answer.line(405, "only GET and HEAD");
            if (answer.code() == 405) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            }
            byte[] body = answer.text().getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", answer.type());
            exchange.getResponseHeaders().set("Connection", "close");
            exchange.sendResponseHeaders(answer.code(), head ? -1 : body.length);
            if (!head) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private Answer page(@Nullable String path) {
        State now = state;
        Supplier<List<Metric>> metrics = now.metrics();
        return switch (String.valueOf(path)) {
            case "/" -> new Answer(200, TEXT, PAGES);
            case "/health" -> Answer.line(200, "alive");
            case "/ready" -> Answer.line(metrics == null ? 503 : 200, now.name());
            case "/metrics" ->
                metrics == null
                        ? Answer.line(503, now.name())
                        : new Answer(200, MetricsText.CONTENT_TYPE, MetricsText.of(metrics.get()));
            default -> Answer.line(404, "no such page; / lists them");
        };
    }

    /** Frees the port and ends the threads. */
    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
    }
}
