package io.larder.test;

import io.larder.base.LarderException;
import io.larder.cache.spi.ByteStore;
import io.larder.cache.spi.Capability;
import io.larder.cache.spi.Found;
import io.larder.cache.spi.Leased;
import io.larder.cache.spi.Leases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way of one node to the shared store, and the client at its end: requests arrive in the order in which they were sent, each
 * after a delay of its own; a request or a reply may be lost, and a caller does not wait longer than the timeout. A request whose
 * caller has given up may still be carried out.
 */
final class Network implements ByteStore {
    /** How bad it is, for all nodes. Changed while it runs. */
    static final class Weather {
        long delayNanosMax;
        double loss;
        long timeoutNanos;
    }

    /** One request and its reply. */
    private static final class Exchange {
        boolean answered;
        boolean refused;

        @Nullable
        Object reply;
    }

    private final Turns turns;
    private final SplittableRandom chance;
    private final Weather weather;
    private final VirtualStore store;
    private final int node;
    private boolean cut;
    private long lastArrivalNanos;

    Network(Turns turns, SplittableRandom chance, Weather weather, VirtualStore store, int node) {
        this.turns = turns;
        this.chance = chance;
        this.weather = weather;
        this.store = store;
        this.node = node;
    }

    void cut(boolean isCut) {
        cut = isCut;
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.BULK, Capability.TTL, Capability.CURRENT, Capability.LEASES);
    }

    @Override
    public byte @Nullable [] find(String key) {
        return ask(key, () -> store.find(node, key));
    }

    @Override
    public Found<byte[]> findAll(Collection<String> keys) {
        List<String> asked = new ArrayList<>(keys);
        return ask(asked.size() + " keys", () -> new Found<>(store.findAll(node, asked), Map.of()));
    }

    @Override
    public void put(String key, byte[] value, Duration ttl) {
        Object unused = ask(key, () -> {
            store.put(node, key, value, ttl);
            return key;
        });
    }

    @Override
    public void remove(String key) {
        Object unused = ask(key, () -> {
            store.remove(node, key);
            return key;
        });
    }

    @Override
    public Leases leases() {
        return new NetworkLeases();
    }

    private final class NetworkLeases implements Leases {
        @Override
        public Answer findAll(Collection<String> keys, Collection<String> others, Duration lease) {
            List<String> asked = new ArrayList<>(keys);
            List<String> askedToo = new ArrayList<>(others);
            return ask(asked.size() + askedToo.size() + " keys", () -> {
                Map<String, Leased> found = new LinkedHashMap<>();
                asked.forEach(key -> found.put(key, store.claim(node, key, lease)));
                return new Answer(found, new Found<>(store.findAll(node, askedToo), Map.of()));
            });
        }

        @Override
        public boolean put(String key, byte[] value, long token, Duration ttl) {
            return ask(key, () -> store.put(node, key, value, token, ttl));
        }

        @Override
        public void giveBack(String key, long token) {
            Object unused = ask(key, () -> {
                store.giveBack(key, token);
                return key;
            });
        }
    }

    private <R extends @Nullable Object> R ask(String what, Supplier<R> request) {
        turns.goOn();
        Exchange exchange = new Exchange();
        send(exchange, request);
        if (!isAnswered(exchange, what)) {
            throw new LarderException("node %d: the store gave no reply for %s within %d ms"
                    .formatted(
                            node, what, Duration.ofNanos(weather.timeoutNanos).toMillis()));
        }
        if (exchange.refused) {
            throw new LarderException("node %d: the store refused the connection, for %s".formatted(node, what));
        }
        return reply(exchange);
    }

    private boolean isAnswered(Exchange exchange, String what) {
        try {
            return turns.awaitInterruptibly(() -> exchange.answered, weather.timeoutNanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LarderException(
                    "node %d: interrupted while waiting for the store, for %s".formatted(node, what), e);
        }
    }

    @SuppressWarnings({"unchecked", "NullAway", "TypeParameterUnusedInFormals"}) // an R once it is answered
    private static <R extends @Nullable Object> R reply(Exchange exchange) {
        return (R) exchange.reply;
    }

    private void send(Exchange exchange, Supplier<? extends @Nullable Object> request) {
        if (isLost()) {
            return;
        }
        lastArrivalNanos = Math.max(lastArrivalNanos + 1, turns.nowNanos() + delay());
        turns.after(lastArrivalNanos - turns.nowNanos(), () -> {
            if (cut) {
                return; // it was cut while the request was on its way
            }
            if (store.isDown()) {
                exchange.refused = true;
            } else {
                exchange.reply = request.get();
            }
            if (!isLost()) {
                turns.after(delay(), () -> exchange.answered = true);
            }
        });
    }

    private boolean isLost() {
        return cut || (weather.loss > 0 && chance.nextDouble() < weather.loss);
    }

    private long delay() {
        return weather.delayNanosMax == 0 ? 0 : chance.nextLong(weather.delayNanosMax);
    }

    @Override
    public void close() {}
}
