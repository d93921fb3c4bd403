package io.larder.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.cache.Cached;
import io.larder.cache.Detector;
import io.larder.cache.Larder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@LarderTest
class LarderTestTest {
    private final List<Larder> seen = new ArrayList<>();

    @BeforeEach
    void before(Larder larder) {
        seen.add(larder);
    }

    private static Cached<Long, String> names(Larder larder) {
        return larder.cached("name:{key}", Long.class, String.class, id -> "Ada " + id)
                .ttl("10m")
                .stale("1h")
                .early("5m")
                .tags("names")
                .build();
    }

    @Test
    void parameters_ofOneTest_belongTogether(Larder larder, FakeClock clock, RecordingCache cache) {
        assertThat(seen).containsExactly(larder);
        assertThat(cache.larder()).isSameAs(larder);
        assertThat(cache.clock()).isSameAs(clock);
    }

    @Test
    void gets_hitsAndLoads_areListedByKey(RecordingCache cache) {
        Cached<Long, String> names = names(cache.larder());

        Object first = names.get(7L);
        Object second = names.get(7L);

        assertThat(second).isEqualTo(first);
        assertThat(cache.loaded()).containsExactly("name:7");
        assertThat(cache.hits()).containsExactly("name:7");
        assertThat(cache.stored()).containsExactly("name:7");
        assertThat(cache.invalidated()).isEmpty();
        assertThat(cache.gets())
                .extracting(Detector.Event::outcome)
                .containsExactly(Detector.Outcome.MISS, Detector.Outcome.HIT);
    }

    @Test
    void clock_advanced_endsTheTtlExactly(RecordingCache cache, FakeClock clock) {
        Cached<Long, String> names = cache.larder()
                .cached("name:{key}", Long.class, String.class, id -> "Ada " + id)
                .ttl("10m")
                .build();
        Object loaded = names.get(7L);

        clock.advance(Duration.ofMinutes(10).minusNanos(1));
        Object kept = names.get(7L);
        clock.advance(Duration.ofNanos(1));
        Object again = names.get(7L);

        assertThat(List.of(loaded, kept, again)).containsOnly("Ada 7");
        assertThat(cache.hits()).hasSize(1);
        assertThat(cache.loaded()).hasSize(2);
    }

    @Test
    void refresh_early_runsInTheCallersThread(RecordingCache cache, FakeClock clock) {
        Cached<Long, String> names = names(cache.larder());
        Object loaded = names.get(7L);
        clock.advance(Duration.ofMinutes(6));

        assertThat(names.get(7L)).isEqualTo(loaded);

        assertThat(names.stats().refreshes()).isEqualTo(1);
        assertThat(cache.stored()).containsExactly("name:7", "name:7");
    }

    @Test
    void invalidations_ofKeysAndTags_areListed(RecordingCache cache) {
        Cached<Long, String> names = names(cache.larder());
        Object unused = names.get(7L);
        names.invalidate(7L);
        Object again = names.get(7L);
        cache.larder().invalidateTag("names");

        assertThat(cache.invalidated()).containsExactly("name:7", "tag:names");
        assertThat(names.get(7L)).isEqualTo(again);
        assertThat(cache.loaded()).hasSize(3);

        cache.clear();

        assertThat(cache.invalidated()).isEmpty();
        assertThat(cache.loaded()).isEmpty();
        assertThat(names.get(7L)).isEqualTo(again);
        assertThat(cache.hits()).containsExactly("name:7");
    }

    @Test
    void timer_tasks_runInTheirOrderAtTheirTimes(FakeClock clock) {
        List<String> ran = new ArrayList<>();
        clock.after(Duration.ofSeconds(2), () -> ran.add("b at " + clock.nanos()));
        clock.after(Duration.ofSeconds(1), () -> {
            ran.add("a at " + clock.nanos());
            clock.after(Duration.ofSeconds(5), () -> ran.add("late"));
        });

        clock.advance(Duration.ofSeconds(3));

        assertThat(ran).containsExactly("a at 1000000000", "b at 2000000000");
        assertThat(clock.instant()).isEqualTo(FakeClock.START.plusSeconds(3));
    }
}
