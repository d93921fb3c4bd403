package io.larder.examples;

import io.larder.client.Codecs;
import io.larder.client.Lookup;
import io.larder.client.Memcached;
import io.larder.client.View;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/** The memcached client without the framework. Needs a server: {@code ./larder serve}, or memcached. */
public final class ClientAlone {
    private static final Duration TTL = Duration.ofMinutes(10);

    private ClientAlone() {}

    /** Stores, reads, counts, and tells a miss from a failure. */
    public static void run(String url, PrintStream out) {
        try (Memcached memcached = Memcached.open(url)) {
            View<String> texts = memcached.view(Codecs.text());
            texts.set("greeting", "hello", TTL);
            out.println(texts.get("greeting"));
            out.println(texts.getAll(List.of("greeting", "nothing")).missed());

            View<Long> numbers = memcached.view(Codecs.numbers());
            numbers.delete("visitors");
            numbers.incr("visitors", 1, 1, TTL);
            out.println(numbers.incr("visitors", 1, 1, TTL) + " visitors");

            texts.update("greeting", TTL, old -> old == null ? "first" : old + " again");
            Lookup<String> found = texts.lookup("greeting");
            if (found instanceof Lookup.Hit<String> hit) {
                out.println(hit.value());
            } else if (found instanceof Lookup.Unavailable<String> down) {
                out.println("no answer from " + down.node());
            }
        }
    }

    /** Runs against a server on this machine. */
    public static void main(String[] arguments) {
        run("memcached://localhost", System.out);
    }
}
