package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TimingWheelTest {
    private static final long ORIGIN = Long.MAX_VALUE - 3_000_000_000L; // the clock overflows within the test
    private static final long TICK = 1L << 30;

    private final TimingWheel wheel = new TimingWheel(ORIGIN);

    private static MemoryEntry entry(Duration fromOrigin) {
        return new MemoryEntry("k", "v", false, ORIGIN + fromOrigin.toNanos());
    }

    private List<MemoryEntry> takeAllEnded(Duration fromOrigin) {
        long now = ORIGIN + fromOrigin.toNanos();
        List<MemoryEntry> all = new ArrayList<>();
        for (int calls = 0; wheel.isDue(now) && calls < 1000; calls++) {
            all.addAll(wheel.takeEnded(now));
        }
        assertThat(wheel.isDue(now)).isFalse();
        return all;
    }

    @Test
    void takeEnded_tickAfterTheDeadline_findsItOnce() {
        MemoryEntry entry = entry(Duration.ofSeconds(10));
        wheel.add(entry);

        assertThat(takeAllEnded(Duration.ofSeconds(9))).isEmpty();
        assertThat(takeAllEnded(Duration.ofSeconds(10).plusNanos(TICK))).containsExactly(entry);
        assertThat(takeAllEnded(Duration.ofDays(1))).isEmpty();
    }

    @Test
    void takeEnded_laterRounds_findsItInItsOwn() {
        MemoryEntry entry = entry(Duration.ofDays(2));
        wheel.add(entry);

        for (int hour = 1; hour < 48; hour++) {
            assertThat(takeAllEnded(Duration.ofHours(hour))).isEmpty();
        }
        assertThat(takeAllEnded(Duration.ofDays(2).plusNanos(TICK))).containsExactly(entry);
    }

    @Test
    void takeEnded_removedOrRemovedBeforeItWasAdded_findsNeither() {
        MemoryEntry removed = entry(Duration.ofSeconds(5));
        MemoryEntry overtaken = entry(Duration.ofSeconds(5));
        wheel.add(removed);
        wheel.remove(removed);
        wheel.remove(overtaken);
        wheel.add(overtaken);

        assertThat(takeAllEnded(Duration.ofMinutes(1))).isEmpty();
    }

    @Test
    void add_deadlineIsOverAlready_isFoundWithTheNextTick() {
        assertThat(takeAllEnded(Duration.ofMinutes(1))).isEmpty();
        MemoryEntry entry = entry(Duration.ofSeconds(5));

        wheel.add(entry);

        assertThat(takeAllEnded(Duration.ofMinutes(1).plusNanos(TICK))).containsExactly(entry);
    }

    @Test
    void takeEnded_manyAtOnce_looksAtAFewAndGoesOnThere() {
        Set<MemoryEntry> ended = new HashSet<>();
        for (int i = 0; i < 10 * TimingWheel.VISITS_MAX; i++) {
            MemoryEntry entry = entry(Duration.ofSeconds(5));
            ended.add(entry);
            wheel.add(entry);
            wheel.add(entry(Duration.ofHours(2)));
        }
        long now = ORIGIN + Duration.ofSeconds(10).toNanos();

        Set<MemoryEntry> taken = new HashSet<>();
        while (wheel.isDue(now)) {
            List<MemoryEntry> some = wheel.takeEnded(now);
            assertThat(some.size()).isLessThanOrEqualTo(TimingWheel.VISITS_MAX);
            taken.addAll(some);
        }

        assertThat(taken).isEqualTo(ended);
    }

    @Property(tries = 200)
    void takeEnded_anyDeadlinesAndRemovals_findsEachThatEndedATickAgoAndNoneBefore(@ForAll long seed) {
        TimingWheel any = new TimingWheel(ORIGIN);
        Random random = new Random(seed);
        Set<MemoryEntry> on = new HashSet<>();
        long now = ORIGIN;
        for (int step = 0; step < 300; step++) {
            MemoryEntry entry = new MemoryEntry("k", "v", false, now + random.nextLong(TICK << random.nextInt(12)));
            any.add(entry);
            on.add(entry);
            if (random.nextInt(4) == 0) {
                MemoryEntry removed = on.iterator().next();
                any.remove(removed);
                on.remove(removed);
            }
            now += random.nextLong(TICK << random.nextInt(8)) / 4;
            while (any.isDue(now)) {
                for (MemoryEntry taken : any.takeEnded(now)) {
                    assertThat(taken.hasEnded(now)).isTrue();
                    assertThat(on.remove(taken)).isTrue();
                }
            }
            long tickAgo = now - TICK;
            assertThat(on).noneMatch(late -> late.hasEnded(tickAgo));
        }
    }
}
