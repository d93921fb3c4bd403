package io.larder.cli;

import io.larder.base.HostPort;
import io.larder.base.LarderException;
import io.larder.cache.Cached;
import io.larder.cache.Larder;
import io.larder.server.CacheServer;
import io.larder.server.ServerConfig;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** {@code larder demo}: a slow database gets a cache, two clients share it, and the cache server dies under load. */
final class DemoCommand {
    private static final int ROUNDS = 10;
    private static final int REQUESTS = 2000;
    private static final int REQUESTS_WITHOUT_SERVER = 400;
    private static final int PROGRESS_EVERY = 50;
    private static final String TTL = "10m";

    private final DemoScreen screen;
    private final DemoDatabase database;
    private final Map<Long, Account> truth;
    private final Zipf keys = new Zipf(DemoDatabase.CUSTOMERS, 42);
    private long wrong;

    private DemoCommand(DemoScreen screen, DemoDatabase database) throws SQLException {
        this.screen = screen;
        this.database = database;
        this.truth = database.allAccounts();
    }

    static int run(List<String> arguments, PrintStream out, boolean terminal) {
        if (!arguments.isEmpty()) {
            throw new UsageException("larder demo takes no arguments");
        }
        DemoScreen screen = new DemoScreen(out, terminal);
        screen.say(
                "A database of %d customers and %d orders, and a query that reads all orders to answer for one customer."
                        .formatted(DemoDatabase.CUSTOMERS, DemoDatabase.ORDERS));
        try (DemoDatabase database = DemoDatabase.open()) {
            return new DemoCommand(screen, database).play();
        } catch (SQLException e) {
            throw new LarderException("the embedded database failed: " + e.getMessage(), e);
        }
    }

    private int play() {
        CacheServer server = openServer(0);
        int port = server.port();
        String url = "memcached://127.0.0.1:" + port;
        try (Larder first = Larder.open(url);
                Larder second = Larder.open(url)) {
            Cached<Long, Account> accounts = define(first);
            Cached<Long, Account> sameAccounts = define(second);
            screen.chapter("1. %d rounds of %d requests through a cached function (%s, ttl %s)"
                    .formatted(ROUNDS, REQUESTS, url, TTL));
            screen.header();
            for (int round = 1; round <= ROUNDS; round++) {
                play("round " + round, accounts, REQUESTS, () -> {});
            }
            screen.chapter("2. A second client, as another process would be: it finds what the first one cached");
            screen.header();
            play("second client", sameAccounts, REQUESTS, () -> {});
            play("first client", accounts, REQUESTS, () -> {});
            screen.chapter("3. The cache server is killed in mid-round: slower, never wrong");
            screen.header();
            CacheServer victim = server;
            play("killed halfway", accounts, REQUESTS_WITHOUT_SERVER, victim::close);
            play("still down", sameAccounts, REQUESTS_WITHOUT_SERVER, () -> {});
            server = openServer(port);
            play("back, empty", accounts, REQUESTS, () -> {});
            play("warm again", sameAccounts, REQUESTS, () -> {});
            return summary(accounts, sameAccounts);
        } finally {
            server.close();
        }
    }

    private Cached<Long, Account> define(Larder larder) {
        return larder.cached("account:{key}", Long.class, Account.class, database::account)
                .ttl(TTL)
                .build();
    }

    private static CacheServer openServer(int port) {
        return CacheServer.open(ServerConfig.DEFAULT
                .withAddresses(List.of(HostPort.parse("127.0.0.1")))
                .withPort(port)
                .withThreads(1));
    }

    private void play(String label, Cached<Long, Account> accounts, int requests, Runnable halfway) {
        long queriesBefore = database.queries();
        long hitsBefore = accounts.stats().hits();
        long wrongBefore = wrong;
        long start = System.nanoTime();
        for (int i = 1; i <= requests; i++) {
            long id = keys.next();
            if (!accounts.get(id).equals(truth.get(id))) {
                wrong++;
            }
            if (i == requests / 2) {
                halfway.run();
            }
            if (i % PROGRESS_EVERY == 0 || i == requests) {
                DemoScreen.Row row = new DemoScreen.Row(
                        label,
                        i,
                        Duration.ofNanos(System.nanoTime() - start),
                        accounts.stats().hits() - hitsBefore,
                        database.queries() - queriesBefore,
                        wrong - wrongBefore);
                if (i == requests) {
                    screen.row(row);
                } else {
                    screen.progress(row);
                }
            }
        }
    }

    private int summary(Cached<Long, Account> accounts, Cached<Long, Account> sameAccounts) {
        long requests = (ROUNDS + 4L) * REQUESTS + 2L * REQUESTS_WITHOUT_SERVER;
        long unavailable = accounts.stats().unavailable() + sameAccounts.stats().unavailable();
        screen.say("");
        screen.say("%d requests, %d database queries, %d answers while the cache was down, %d wrong answers."
                .formatted(requests, database.queries(), unavailable, wrong));
        if (wrong > 0) {
            throw new LarderException("wrong answers came from the cache; this is a bug, please report it");
        }
        screen.say("Next: ./larder serve, and the Java example in README.md.");
        return ExitCodes.OK;
    }
}
