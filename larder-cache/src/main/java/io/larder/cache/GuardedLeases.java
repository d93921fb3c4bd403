package io.larder.cache;

import io.larder.cache.spi.Found;
import io.larder.cache.spi.Leased;
import io.larder.cache.spi.Leases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The leases of a store outside the process, behind the same breaker as its entries. A key whose removal was missed is removed
 * before it is looked for. Thread-safe.
 */
final class GuardedLeases implements Leases {
    private final GuardedStore guard;
    private final Leases leases;

    GuardedLeases(GuardedStore guard, Leases leases) {
        this.guard = guard;
        this.leases = leases;
    }

    @Override
    public Leased find(String key, Duration lease) {
        guard.catchUp(key);
        return guard.ask(() -> leases.find(key, lease));
    }

    @Override
    public Answer findAll(Collection<String> keys, Collection<String> others, Duration lease) {
        Map<String, RuntimeException> failures = new HashMap<>();
        List<String> asked = caughtUp(keys, failures);
        List<String> askedToo = caughtUp(others, failures);
        if (asked.isEmpty() && askedToo.isEmpty()) {
            return new Answer(Map.of(), new Found<>(Map.of(), failures));
        }
        Answer answer = guard.askMany(
                () -> leases.findAll(asked, askedToo, lease),
                found -> found.others().failures().isEmpty());
        if (failures.isEmpty()) {
            return answer;
        }
        failures.putAll(answer.others().failures());
        return new Answer(answer.keys(), new Found<>(answer.others().values(), failures));
    }

    /** Those that may be looked for. */
    private List<String> caughtUp(Collection<String> keys, Map<String, RuntimeException> failures) {
        List<String> ready = new ArrayList<>();
        for (String key : keys) {
            try {
                guard.catchUp(key);
                ready.add(key);
            } catch (RuntimeException e) {
                failures.put(key, e);
            }
        }
        return ready;
    }

    @Override
    public boolean put(String key, byte[] value, long token, Duration ttl) {
        return guard.write(key, () -> leases.put(key, value, token, ttl));
    }

    @Override
    public void giveBack(String key, long token) {
        guard.<Boolean>ask(() -> {
            leases.giveBack(key, token);
            return true;
        });
    }
}
