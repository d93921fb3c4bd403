package io.larder.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class IdleWatchTest {
    private int looks;

    @Test
    void work_thatComesSoon_isMetAwake() throws IOException {
        IdleWatch watch = new IdleWatch(true);

        assertThat(watch.findsWork(() -> ++looks == 2)).isTrue();
    }

    @Test
    void vainWatches_areLeftOutMoreAndMore_upToABound() throws IOException {
        IdleWatch watch = new IdleWatch(true);
        int watched = 0;
        for (int i = 0; i < 64 * 100; i++) {
            int before = looks;
            watch.findsWork(this::nothing);
            watched += looks > before ? 1 : 0;
        }

        assertThat(watched).isBetween(100, 110);
    }

    @Test
    void worklessLoop_onAMachineWithoutSpareProcessors_sleepsAtOnce() throws IOException {
        assertThat(new IdleWatch(false).findsWork(this::nothing)).isFalse();

        assertThat(looks).isZero();
    }

    private boolean nothing() {
        looks++;
        return false;
    }
}
