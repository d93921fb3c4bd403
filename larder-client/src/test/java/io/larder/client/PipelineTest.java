package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.Ticker;
import io.larder.protocol.TextRequestEncoder;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who waits for room in a pipeline. */
class PipelineTest {
    private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(1);

    @Test
    void waiter_thatFindsRoom_goesOnAtOnce() throws Exception {
        Pipeline pipeline = new Pipeline(Dialect.TEXT, Limits.DEFAULT.withInFlight(1, 1000), IDLE_NANOS, Ticker.SYSTEM);
        Exchange first = version();
        assertThat(pipeline.offer(first)).isEqualTo(Pipeline.Admission.ADMITTED);
        CountDownLatch waits = new CountDownLatch(1);
        Caller<Pipeline.Admission> second = Caller.start(() ->
                pipeline.offer(version(), Deadline.in(TimeUnit.SECONDS.toNanos(25), Ticker.SYSTEM), waits::countDown));
        assertThat(waits.await(20, TimeUnit.SECONDS)).isTrue();

        pipeline.remove(first);

        assertThat(second.result(Duration.ofSeconds(10))).isEqualTo(Pipeline.Admission.ADMITTED);
    }

    @Test
    void admission_behindAnother_readsTheClockOnlyForTimedRequests() {
        AtomicInteger reads = new AtomicInteger();
        Pipeline pipeline = new Pipeline(Dialect.TEXT, Limits.DEFAULT, IDLE_NANOS, reads::incrementAndGet);
        Exchange untimed = version();
        Exchange timed = version();
        timed.time();
        assertThat(pipeline.offer(version())).isEqualTo(Pipeline.Admission.ADMITTED);
        int before = reads.get();

        assertThat(pipeline.offer(untimed)).isEqualTo(Pipeline.Admission.ADMITTED);
        assertThat(reads).hasValue(before);
        assertThat(untimed.admittedNanos()).isZero();

        assertThat(pipeline.offer(timed)).isEqualTo(Pipeline.Admission.ADMITTED);
        assertThat(reads).hasValue(before + 1);
        assertThat(timed.admittedNanos()).isNotZero();
    }

    private static Exchange version() {
        return new LineExchange("version", TextRequestEncoder.version(), reply -> true);
    }
}
