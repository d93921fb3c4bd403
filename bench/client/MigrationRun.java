import io.larder.client.Codecs;
import io.larder.client.LoadPolicy;
import io.larder.client.Memcached;
import io.larder.client.Migration;
import io.larder.client.MigrationStage;
import io.larder.client.View;
import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Loads values through a cluster that is warm while it is swapped for a cold one, by a migration and at once, and counts the calls of
 * the loader. {@code bench/client-migration} starts the clusters and calls this.
 *
 * <p>Arguments: URL of the old cluster, of the new one, of another new one, seconds for each stage.
 */
public final class MigrationRun {
    private static final int THREADS = 4;
    private static final int KEYS = 5000;
    private static final Duration TTL = Duration.ofMinutes(30);
    private static final LongAdder LOADS = new LongAdder();
    private static final LongAdder READS = new LongAdder();
    private static final LongAdder WRONG = new LongAdder();
    private static volatile View<String> view;
    private static volatile boolean stopped;

    private MigrationRun() {}

    public static void main(String[] arguments) throws Exception {
        long stageMillis = (long) (1000 * Double.parseDouble(arguments[3]));
        Memcached old = Memcached.open(arguments[0]);
        Migration migration = Memcached.migrate(old, Memcached.open(arguments[1]));
        view = migration.view(Codecs.text());
        for (int i = 0; i < KEYS; i++) {
            read(i);
        }
        Thread[] threads = new Thread[THREADS];
        for (int i = 0; i < THREADS; i++) {
            threads[i] = new Thread(MigrationRun::readOn);
            threads[i].start();
        }
        System.out.printf("%-22s %10s %10s %12s %10s %8s%n", "", "reads", "loads", "loads/1000", "old share", "may end");
        double warm = phase("warm, OLD", stageMillis * 2, migration);
        double worst = 0;
        for (MigrationStage stage : MigrationStage.values()) {
            if (stage != MigrationStage.OLD) {
                migration.moveTo(stage);
                worst = Math.max(worst, phase(stage.name(), stageMillis, migration));
                for (int more = 0; stage == MigrationStage.FALLBACK && !migration.progress().mayEnd() && more < 60; more++) {
                    worst = Math.max(worst, phase("  until it may end", stageMillis, migration));
                }
            }
        }
        System.out.printf(Locale.ROOT, "loader calls in the worst stage: %+.1f %% of those when warm%n", 100 * (worst / warm - 1));
        view = Memcached.open(arguments[2]).view(Codecs.text());
        double cold = phase("cold at once", stageMillis, migration);
        System.out.printf(Locale.ROOT, "loader calls after a swap at once: %+.0f %%%n", 100 * (cold / warm - 1));
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
        System.out.println("wrong values: " + WRONG.sum());
        migration.close();
        System.exit(WRONG.sum() == 0 ? 0 : 1);
    }

    private static double phase(String name, long millis, Migration migration) throws InterruptedException {
        long reads = READS.sum();
        long loads = LOADS.sum();
        TimeUnit.MILLISECONDS.sleep(millis);
        long phaseReads = READS.sum() - reads;
        long phaseLoads = LOADS.sum() - loads;
        double perThousand = 1000.0 * phaseLoads / phaseReads;
        System.out.printf(Locale.ROOT, "%-22s %10d %10d %12.2f %9.1f%% %8s%n", name, phaseReads, phaseLoads, perThousand,
                100 * migration.progress().oldShare(), migration.progress().mayEnd());
        System.out.flush();
        return perThousand;
    }

    private static void readOn() {
        Random random = ThreadLocalRandom.current();
        while (!stopped) {
            // the busiest keys are asked for most; one read in fifty is of a key that is gone, so that there are loads at all
            int key = (int) (KEYS * Math.pow(random.nextDouble(), 3));
            if (random.nextInt(50) == 0) {
                view.delete("key-" + key);
            }
            read(key);
        }
    }

    private static void read(int key) {
        String value = view.compute("key-" + key, LoadPolicy.of(TTL), () -> {
            LOADS.increment();
            return "value of " + key;
        });
        READS.increment();
        if (value != null && !value.equals("value of " + key)) {
            WRONG.increment();
        }
    }
}
