package io.larder.toolbox;

import io.larder.toolbox.annotation.RateLimited;
import io.larder.toolbox.annotation.SharedLock;
import java.util.function.Function;

/** To be woven by a test: calls its own methods by name. */
public final class Desk implements Function<String, String> {
    /** A desk. */
    public Desk() {}

    @Override
    public String apply(String name) {
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
}
