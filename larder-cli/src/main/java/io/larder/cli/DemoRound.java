package io.larder.cli;

import io.larder.cache.CacheStats;
import io.larder.cache.Cached;
import java.time.Duration;
import java.util.Map;

/** Requests of one client in a row, each answer compared with the database's. Confined to one thread until it is over. */
final class DemoRound {
    private final String label;
    private final Cached<Long, Account> accounts;
    private final Map<Long, Account> truth;
    private final Zipf keys;
    private final CacheStats before;
    private final long startNanos = System.nanoTime();
    private long lastNanos = startNanos;
    private int requests;
    private long wrong;

    DemoRound(String label, Cached<Long, Account> accounts, Map<Long, Account> truth, Zipf keys) {
        this.label = label;
        this.accounts = accounts;
        this.truth = truth;
        this.keys = keys;
        this.before = accounts.stats();
    }

    void ask(int count) {
        for (int i = 0; i < count; i++) {
            ask();
        }
    }

    void ask() {
        long id = keys.next();
        if (!accounts.get(id).equals(truth.get(id))) {
            wrong++;
        }
        requests++;
        lastNanos = System.nanoTime();
    }

    /** How it has gone so far. */
    DemoScreen.Row row() {
        CacheStats now = accounts.stats();
        return new DemoScreen.Row(
                label,
                requests,
                Duration.ofNanos(lastNanos - startNanos),
                now.hits() - before.hits(),
                now.loads() - before.loads(),
                wrong);
    }
}
