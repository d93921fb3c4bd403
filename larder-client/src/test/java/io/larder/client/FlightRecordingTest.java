package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import jdk.jfr.EventType;
import jdk.jfr.Recording;
import jdk.jfr.SettingDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What Flight Recorder hears, and that the client does without it. */
@Timeout(120)
class FlightRecordingTest {
    private static final Duration TTL = Duration.ofMinutes(1);

    @TempDir
    private Path directory;

    @Test
    void requests_longerThanTheThreshold_areRecordedWithTheirTimes() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(new MapScript());
                Memcached memcached = Memcached.open(server.url("?timeout=20s&connect=20s"))) {
            View<String> view = memcached.view(Codecs.text());
            view.set("k", "before the recording", TTL);
            List<RecordedEvent> events;
            try (Recording recording = new Recording()) {
                recording.enable("io.larder.client.Request").withThreshold(Duration.ZERO);
                recording.start();
                view.set("k", "v", TTL);
                view.getAll(List.of("k"));
                view.async().delete("k").get();
                recording.stop();
                events = recorded(recording, "io.larder.client.Request", server.name());
            }

            assertThat(events)
                    .extracting(event -> event.getString("operation"))
                    .containsExactlyInAnyOrder("set", "getAll", "delete");
            assertThat(events).allSatisfy(event -> {
                assertThat(event.getString("outcome")).isEqualTo("ANSWERED");
                assertThat(event.getDuration("wireTime")).isBetween(Duration.ofNanos(1), event.getDuration());
                assertThat(event.getDuration("queueTime")).isLessThanOrEqualTo(event.getDuration());
            });
        }
    }

    @Test
    void requests_belowTheThreshold_areNotRecorded() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(new MapScript());
                Memcached memcached = Memcached.open(server.url("?timeout=20s&connect=20s"));
                Recording recording = new Recording()) {
            recording.enable("io.larder.client.Request").withThreshold(Duration.ofDays(1));
            recording.start();
            memcached.view(Codecs.text()).set("k", "v", TTL);

            recording.stop();
            assertThat(recorded(recording, "io.larder.client.Request", server.name()))
                    .isEmpty();
        }
        assertThat(EventType.getEventType(RequestEvent.class).getSettingDescriptors().stream()
                        .filter(setting -> setting.getName().equals("threshold")))
                .extracting(SettingDescriptor::getDefaultValue)
                .containsExactly("20 ms");
    }

    @Test
    void nodesAndDroppedDeletes_areRecorded() throws Exception {
        List<Boolean> told = new CopyOnWriteArrayList<>(); // by which time it is recorded
        CallListener listener = new CallListener() {
            @Override
            public void onNode(String node, boolean usable, String reason) {
                told.add(usable);
            }
        };
        try (ScriptedServer server = ScriptedServer.start(new MapScript());
                Memcached memcached = Memcached.open(MemcachedConfig.parse(server.url("?timeout=20s&connect=20s"))
                        .withListener(listener)
                        .withLimits(Limits.DEFAULT.withMissedDeletesMax(1)));
                Recording recording = new Recording()) {
            recording.enable("io.larder.client.Node");
            recording.enable("io.larder.client.DeleteDropped");
            recording.start();
            View<String> view = memcached.view(Codecs.text());
            view.set("k", "v", TTL);
            Await.until("the node is told to be usable", () -> told.contains(true));
            server.stop();
            Await.until(
                    "it is told not to be",
                    () -> view.lookup("k") instanceof Lookup.Unavailable && told.contains(false));
            assertThat(view.deleteAll(List.of("a", "b", "c")).failed()).hasSize(3);

            recording.stop();
            assertThat(recorded(recording, "io.larder.client.Node", server.name()))
                    .extracting(event -> event.getBoolean("usable"))
                    .containsExactly(true, false);
            assertThat(recorded(recording, "io.larder.client.DeleteDropped", server.name()))
                    .hasSize(2);
        }
    }

    private List<RecordedEvent> recorded(Recording recording, String type, String node) throws IOException {
        Path file = directory.resolve("recorded.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(type)
                        && event.getString("node").equals(node))
                .sorted(Comparator.comparing(RecordedEvent::getStartTime))
                .toList();
    }

    @Test
    void runtimeWithoutFlightRecorder_clientWorks() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(new MapScript())) {
            Path output = directory.resolve("output");
            ProcessBuilder builder = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--limit-modules",
                    "java.base",
                    "-cp",
                    System.getProperty("java.class.path"),
                    WithoutFlightRecorder.class.getName(),
                    server.url("?timeout=20s&connect=20s"));
            Map<String, String> environment = builder.environment();
            environment.remove("JAVA_TOOL_OPTIONS");
            Process process = builder.redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try {
                assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            } finally {
                process.destroyForcibly();
            }

            assertThat(Files.readString(output, StandardCharsets.UTF_8)).contains("no recorder, value v");
        }
    }

    /** Runs in a process of its own. */
    static final class WithoutFlightRecorder {
        private WithoutFlightRecorder() {}

        public static void main(String[] arguments) {
            boolean absent = ModuleLayer.boot().findModule("jdk.jfr").isEmpty();
            try (Memcached memcached = Memcached.open(arguments[0])) {
                View<String> view = memcached.view(Codecs.text());
                view.set("k", "v", TTL);
                System.out.printf("%s, value %s%n", absent ? "no recorder" : "a recorder", view.get("k"));
            }
        }
    }
}
