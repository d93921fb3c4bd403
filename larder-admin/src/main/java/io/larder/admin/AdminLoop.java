package io.larder.admin;

import io.larder.base.Ticker;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One thread that owns the listening socket, a selector and its connections.
 *
 * <p>Other threads may call {@link #stop}; everything else is confined to the loop.
 */
final class AdminLoop implements Runnable {
    static final int CONNECTIONS_MAX = 32;
    static final Duration STEP_MAX = Duration.ofSeconds(3);

    /** Fewer than fit, so that whoever has come is looked at before others push it out. */
    private static final int ACCEPTS_PER_TURN_MAX = CONNECTIONS_MAX / 4;

    private static final long TURN_MILLIS_MAX = 100;

    private final Selector selector;
    private final ServerSocketChannel socket;
    private final SelectionKey arrivals;
    private final Pages pages;
    private final Ticker ticker;
    private final Consumer<String> log;
    private final Set<Exchange> exchanges = new LinkedHashSet<>(); // oldest first
    private volatile boolean stopped;

    /** Takes over the socket, and closes it at its end. */
    AdminLoop(ServerSocketChannel socket, Pages pages, Ticker ticker, Consumer<String> log) throws IOException {
        this.socket = socket;
        this.pages = pages;
        this.ticker = ticker;
        this.log = log;
        socket.configureBlocking(false);
        selector = Selector.open();
        arrivals = socket.register(selector, SelectionKey.OP_ACCEPT);
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                tick();
            }
        } catch (IOException | RuntimeException | Error e) {
            log.accept("admin pages end: " + e + "; start the server again to have them back");
        } finally {
            close();
        }
    }

    private void tick() throws IOException {
        boolean paused = arrivals.interestOps() == 0;
        selector.select(this::serve, paused || !exchanges.isEmpty() ? TURN_MILLIS_MAX : 0);
        if (paused) {
            arrivals.interestOps(SelectionKey.OP_ACCEPT);
        }
        long now = ticker.nanos();
        for (Iterator<Exchange> all = exchanges.iterator(); all.hasNext(); ) {
            Exchange exchange = all.next();
            if (exchange.ageNanos(now) >= STEP_MAX.toNanos()) {
                all.remove();
                exchange.close();
            }
        }
    }

    private void serve(SelectionKey key) {
        if (key == arrivals) {
            accept();
        } else if (key.isValid() && key.attachment() instanceof Exchange exchange) {
            serve(exchange);
        }
    }

    private void serve(Exchange exchange) {
        boolean over;
        try {
            over = exchange.proceed(pages, ticker.nanos());
        } catch (IOException | RuntimeException e) {
            over = true; // one bad peer or page must not stop the loop
        }
        if (over) {
            exchanges.remove(exchange);
            exchange.close();
        }
    }

    private void accept() {
        try {
            for (int left = ACCEPTS_PER_TURN_MAX; left > 0; left--) {
                SocketChannel channel = socket.accept();
                if (channel == null) {
                    return;
                }
                add(channel);
            }
        } catch (IOException e) {
            arrivals.interestOps(0); // out of file descriptors: the kernel keeps the rest in its backlog for a turn
        }
    }

    private void add(SocketChannel channel) throws IOException {
        if (exchanges.size() == CONNECTIONS_MAX) {
            Exchange oldest = exchanges.iterator().next();
            exchanges.remove(oldest);
            oldest.close();
        }
        try {
            exchanges.add(new Exchange(channel, selector, ticker.nanos()));
        } catch (IOException e) {
            channel.close();
        }
    }

    /** Ends the thread and frees the port, soon. */
    void stop() {
        stopped = true;
        selector.wakeup();
    }

    private void close() {
        exchanges.forEach(Exchange::close);
        try (selector) {
            socket.close();
        } catch (IOException e) {
            log.accept("closing the admin pages failed: " + e.getMessage());
        }
    }
}
