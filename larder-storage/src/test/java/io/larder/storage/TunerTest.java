package io.larder.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class TunerTest {
    private static final long LIMIT = 64L << 20;

    private final Ledger ledger = new Ledger(LIMIT);
    private final Tuner tuner = new Tuner(new Policy(), ledger);

    @Test
    void samples_beforeTheStoreIsHalfFull_nothing() {
        ledger.take(LIMIT / 2 - tuner.bytes() - 1);

        assertThat(tuner.samples(probe("key"))).isFalse();
    }

    @Test
    void samples_onceTheStoreIsHalfFull_everyKeyAtFirst() {
        ledger.take(LIMIT / 2 - tuner.bytes());

        assertThat(tuner.samples(probe("key"))).isTrue();
        assertThat(tuner.samples(probe("another key"))).isTrue();
    }

    private static Probe probe(String key) {
        Probe probe = new Probe(1);
        probe.load(ByteBuffer.wrap(key.getBytes(US_ASCII)));
        return probe;
    }
}
