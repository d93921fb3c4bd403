import io.larder.client.Codecs;
import io.larder.client.Memcached;
import io.larder.client.View;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;

/**
 * Gets from many virtual threads at once, while a flight recording counts those that were pinned to their carrier. JDK 21 or
 * newer; {@code bench/client-virtual} calls this.
 *
 * <p>Arguments: port, threads, gets of each.
 */
public final class VirtualGets {
    private VirtualGets() {}

    public static void main(String[] arguments) throws Exception {
        int threads = Integer.parseInt(arguments[1]);
        int gets = Integer.parseInt(arguments[2]);
        LongAdder right = new LongAdder();
        LongAdder failures = new LongAdder();
        Path file = Files.createTempFile("larder-virtual", ".jfr");
        try (Recording recording = new Recording();
                Memcached memcached = Memcached.open("memcached://127.0.0.1:" + arguments[0] + "?timeout=30s")) {
            recording.enable("jdk.VirtualThreadPinned").withThreshold(Duration.ZERO);
            recording.start();
            View<String> view = memcached.view(Codecs.text());
            view.set("k", "v", Duration.ofHours(1));
            long start = System.nanoTime();
            try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < threads; i++) {
                    executor.submit(() -> {
                        for (int n = 0; n < gets; n++) {
                            try {
                                right.add("v".equals(view.get("k")) ? 1 : 0);
                            } catch (RuntimeException e) {
                                failures.increment();
                            }
                        }
                    });
                }
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            recording.stop();
            recording.dump(file);
            long pinned = RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().equals("jdk.VirtualThreadPinned"))
                    .count();
            System.out.printf("%d virtual threads, %d gets each: %d right of %d, %d failed, %.0f gets/s, %d pinned events%n",
                    threads, gets, right.sum(), (long) threads * gets, failures.sum(), threads * gets / seconds, pinned);
        } finally {
            Files.delete(file);
        }
    }
}
