package io.larder.toolbox;

import io.larder.toolbox.annotation.CircuitBroken;
import io.larder.toolbox.annotation.RateLimited;
import io.larder.toolbox.annotation.SharedLock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Function;

/** To be woven by a test: calls its own methods by name. */
public final class Desk implements Function<String, String> {
    /** A desk. */
    public Desk() {}

    @Override
    public String apply(String name) {
        if (name.startsWith("rate")) {
            return rate(name);
        }
        return name.startsWith("search") ? search(name) : bill(name);
    }

    @RateLimited(key = "desk:{text}", permits = 2, per = "1m")
    private static String search(String text) {
        return "found " + text;
    }

    @SharedLock(key = "job:{name}", lease = "10s")
    private String bill(String name) {
        return "billed " + name;
    }

    @CircuitBroken(key = "bank:{bank}", lastCalls = 2, openFor = "30s")
    private static String rate(String bank) {
        if (bank.endsWith("down")) {
            throw new UncheckedIOException(new IOException(bank));
        }
        return "rate of " + bank;
    }
}
