package io.larder.toolbox;

import io.larder.cache.spi.CellSpace;
import io.larder.cache.spi.Host;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The breakers of one Larder, so that those of the same keys and policy are one, wherever they were made. Thread-safe. */
final class Breakers {
    /** Templates and policies are written in the program; keys hold what differs. */
    static final int BREAKERS_MAX = 1000;

    private final Map<Id, Circuits> circuits = new LinkedHashMap<>();

    private record Id(String shape, BreakerPolicy policy) {}

    static Breakers of(Host host) {
        return host.attached(Breakers.class, Breakers::new);
    }

    /**
     * The circuits of a breaker.
     *
     * @throws IllegalArgumentException if there are too many breakers
     */
    synchronized Circuits circuits(Host host, CellSpace<?> space, String template, BreakerPolicy policy) {
        Id id = new Id(space.shape(), policy);
        Circuits there = circuits.get(id);
        if (there == null) {
            if (circuits.size() >= BREAKERS_MAX) {
                throw new IllegalArgumentException(
                        "there are %d breakers already; make them once, and put what differs into the key: \"bank:{key}\""
                                .formatted(BREAKERS_MAX));
            }
            there = new Circuits(host, template, policy, policy.isShared() ? space.cells() : null);
            circuits.put(id, there);
        }
        return there;
    }

    synchronized List<BreakerStats> stats() {
        return circuits.values().stream()
                .map(Circuits::stats)
                .sorted(Comparator.comparing(BreakerStats::template))
                .toList();
    }
}
