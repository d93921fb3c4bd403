package io.larder.admin;

import io.larder.base.LarderException;
import io.larder.base.Ticker;
import io.larder.server.Metric;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Pages for whoever runs a cache server: {@code /metrics} in Prometheus' text format, {@code /health} (200 while the process lives)
 * and {@code /ready} (200 while clients are served, 503 before and when it stops).
 *
 * <p>It has one thread of its own and 32 connections; when one more comes, the oldest ends. A peer has 3 seconds to ask, in at most 8 KiB,
 * and as many to take the answer, which ends its connection. Nothing it shows contains keys or values. Thread-safe.
 */
public final class AdminServer implements AutoCloseable {
    private static final Duration END_MAX = Duration.ofSeconds(2);

    private final InetSocketAddress address;
    private final Pages pages;
    private final AdminLoop loop;
    private final Thread thread;

    private AdminServer(InetSocketAddress address, Pages pages, AdminLoop loop) {
        this.address = address;
        this.pages = pages;
        this.loop = loop;
        thread = new Thread(loop, "larder-admin");
        thread.setDaemon(true); // it must not keep a process alive that serves no clients
    }

    /**
     * Binds the address and answers there from now on, not ready yet.
     *
     * @param port 0 takes a free one
     * @param log is told in one line should the pages end by themselves
     * @throws LarderException if it cannot be bound
     */
    public static AdminServer open(String host, int port, Consumer<String> log) {
        return open(host, port, log, Ticker.SYSTEM);
    }

    static AdminServer open(String host, int port, Consumer<String> log, Ticker ticker) {
        InetSocketAddress wanted = new InetSocketAddress(host, port);
        if (wanted.isUnresolved()) {
            throw new LarderException("admin address %s is not known; give an address of this machine".formatted(host));
        }
        try {
            ServerSocketChannel socket = ServerSocketChannel.open();
            try {
                socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                socket.bind(wanted);
                Pages pages = new Pages();
                AdminServer admin = new AdminServer(
                        (InetSocketAddress) socket.getLocalAddress(), pages, new AdminLoop(socket, pages, ticker, log));
                admin.thread.start();
                return admin;
            } catch (IOException | RuntimeException e) {
                socket.close();
                throw e;
            }
        } catch (IOException e) {
            throw new LarderException(
                    "cannot listen for admin pages on %s port %d: %s; choose another --admin-port or --admin-listen"
                            .formatted(host, port, e.getMessage()),
                    e);
        }
    }

    /** Clients are served from now on. */
    public void ready(Supplier<List<Metric>> metrics) {
        pages.ready(metrics);
    }

    /** Clients are not served any more; nobody asks for metrics after this. */
    public void stopping() {
        pages.stopping();
    }

    /** Where it listens; the port is the one really taken. */
    public InetSocketAddress address() {
        return address;
    }

    /** Frees the port and ends the thread and all connections; waits for that 2 seconds at most. */
    @Override
    public void close() {
        loop.stop();
        try {
            thread.join(END_MAX.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
