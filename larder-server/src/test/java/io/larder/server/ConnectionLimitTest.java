package io.larder.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConnectionLimitTest {
    private final ConnectionLimit limit = new ConnectionLimit(1);

    @Test
    void enter_full_isRefusedAndCounted_untilSomebodyLeaves() {
        assertThat(limit.enter()).isTrue();
        assertThat(limit.enter()).isFalse();
        limit.leave();
        assertThat(limit.enter()).isTrue();

        assertThat(limit.open()).isEqualTo(1);
        assertThat(limit.accepted()).isEqualTo(2);
        assertThat(limit.rejected()).isEqualTo(1);
    }

    @Test
    void pause_whileItLasts_isToldOf_andItsTimeAddsUp() {
        limit.pauseBegins();
        assertThat(limit.isAccepting()).isFalse();
        limit.pauseEnds(5);
        limit.pauseBegins();
        limit.pauseEnds(6);

        assertThat(limit.isAccepting()).isTrue();
        assertThat(limit.pauses()).isEqualTo(2);
        assertThat(limit.pausedNanos()).isEqualTo(11);
    }
}
