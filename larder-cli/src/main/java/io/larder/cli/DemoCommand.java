package io.larder.cli;

import io.larder.base.HostPort;
import io.larder.base.LarderException;
import io.larder.cache.Cached;
import io.larder.cache.Larder;
import io.larder.server.CacheServer;
import io.larder.server.ServerConfig;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** {@code larder demo}: a slow database gets a cache, two clients share it, and the cache server dies under load. */
final class DemoCommand {
    private static final int ROUNDS = 10;
    private static final int REQUESTS = 2000;
    private static final int REQUESTS_WITHOUT_SERVER = 400;
    private static final int PROGRESS_EVERY = 50;
    private static final String TTL = "10m";
    private static final String TIMEOUT = "?timeout=10s";

    private final DemoScreen screen;
    private final DemoDatabase database;
    private final Map<Long, Account> truth;
    private final Zipf keys = new Zipf(DemoDatabase.CUSTOMERS, 42);
    private long wrong;
    private long requests;

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
        String patient =
                url + TIMEOUT; // or a machine that is busy with other things would count as a server that is down
        try (Larder first = Larder.open(patient);
                Larder second = Larder.open(patient)) {
            Cached<Long, Account> accounts = define(first);
            Cached<Long, Account> sameAccounts = define(second);
            screen.chapter("1. %d rounds of %d requests through a cached function (%s, ttl %s)"
                    .formatted(ROUNDS, REQUESTS, url, TTL));
            screen.header();
            for (int round = 1; round <= ROUNDS; round++) {
                play("round " + round, accounts, REQUESTS);
            }
            screen.chapter(
                    "2. Two clients at the same time, as two processes would be: the second finds what the first cached");
            screen.header();
            playTogether(accounts, sameAccounts);
            screen.chapter("3. The cache server is killed in mid-round: slower, never wrong");
            screen.header();
            playKilled("killed halfway", accounts, server);
            play("still down", sameAccounts, REQUESTS_WITHOUT_SERVER);
            server = openServer(port);
            play("back, empty", accounts, REQUESTS);
            play("warm again", sameAccounts, REQUESTS);
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

    private void play(String label, Cached<Long, Account> accounts, int requests) {
        DemoRound round = new DemoRound(label, accounts, truth, keys);
        for (int i = 1; i < requests; i++) {
            round.ask();
            if (i % PROGRESS_EVERY == 0) {
                screen.progress(round.row());
            }
        }
        round.ask();
        end(round);
    }

    /** Both clients ask at the same time, each on a thread of its own. */
    private void playTogether(Cached<Long, Account> first, Cached<Long, Account> second) {
        DemoRound ofFirst = new DemoRound("first client", first, truth, new Zipf(DemoDatabase.CUSTOMERS, 43));
        DemoRound ofSecond = new DemoRound("second client", second, truth, new Zipf(DemoDatabase.CUSTOMERS, 44));
        Thread other = new Thread(() -> ofSecond.ask(REQUESTS), "demo-second-client");
        other.start();
        ofFirst.ask(REQUESTS);
        join(other);
        end(ofFirst);
        end(ofSecond);
    }

    /** The server dies on another thread, while requests run. */
    private void playKilled(String label, Cached<Long, Account> accounts, CacheServer server) {
        DemoRound round = new DemoRound(label, accounts, truth, keys);
        round.ask(REQUESTS_WITHOUT_SERVER / 2);
        Thread killer = new Thread(server::close, "demo-killer");
        killer.start();
        while (killer.isAlive()) {
            round.ask();
        }
        round.ask(REQUESTS_WITHOUT_SERVER / 2);
        end(round);
    }

    private void end(DemoRound round) {
        DemoScreen.Row row = round.row();
        screen.row(row);
        wrong += row.wrong();
        requests += row.requests();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LarderException("the demo was interrupted", e);
        }
    }

    private int summary(Cached<Long, Account> accounts, Cached<Long, Account> sameAccounts) {
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
