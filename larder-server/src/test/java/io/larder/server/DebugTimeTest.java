package io.larder.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.FakeTicker;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DebugTimeTest {
    private static final long NOW = 1_700_000_000;

    private final FakeTicker ticker = new FakeTicker();
    private final CacheServer server = CacheServer.open(
            ServerConfig.DEFAULT.withPort(0).withThreads(2).withDebugTime(true),
            ticker,
            InstantSource.fixed(Instant.ofEpochSecond(NOW)),
            new PrintStream(OutputStream.nullOutputStream()));

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void shift_movesItemsUptimeAndTheTimeOfDay() throws IOException {
        try (Peer peer = peer()) {
            peer.ask("set relative 0 100 1\r\nx");
            peer.ask("set absolute 0 " + (NOW + 200) + " 1\r\nx");

            assertThat(peer.ask("debugtime 100")).isEqualTo("OK");

            assertThat(peer.ask("get relative")).isEqualTo("END");
            assertThat(peer.ask("mg absolute t")).isEqualTo("HD t100");
            assertThat(peer.stat("uptime")).isEqualTo("100");
            assertThat(peer.stat("time")).isEqualTo(String.valueOf(NOW + 100));
            assertThat(peer.ask("debugtime 100")).isEqualTo("OK");
            assertThat(peer.ask("get absolute")).isEqualTo("END");
        }
    }

    @Test
    void pause_holdsTheClockUntilResume_whichCatchesUp() throws IOException {
        try (Peer peer = peer()) {
            peer.ask("set a 0 10 1\r\nx");
            assertThat(peer.ask("debugtime p")).isEqualTo("OK");
            ticker.advance(Duration.ofSeconds(60));
            assertThat(peer.ask("mg a t")).isEqualTo("HD t10");
            assertThat(peer.ask("debugtime 3")).isEqualTo("OK");
            assertThat(peer.ask("mg a t")).isEqualTo("HD t7");

            assertThat(peer.ask("debugtime r")).isEqualTo("OK");

            assertThat(peer.ask("mg a t")).isEqualTo("EN");
            assertThat(peer.stat("uptime")).isEqualTo("63");
        }
    }

    @Test
    void anythingElse_isAnError_andMovesNothing() throws IOException {
        try (Peer peer = peer()) {
            for (String wrong : new String[] {"", " x", " pause", " 1.5", " 99999999999999999999", " -1"}) {
                assertThat(peer.ask("debugtime" + wrong)).isEqualTo("ERROR");
            }
            assertThat(peer.ask("debugtime 9999999999999")).isEqualTo("ERROR");
            assertThat(peer.stat("uptime")).isEqualTo("0");
        }
    }

    @Test
    void withoutThePrivilege_itIsNoCommand() throws IOException {
        try (CacheServer plain =
                        CacheServer.open(ServerConfig.DEFAULT.withPort(0).withThreads(1));
                Peer peer = new Peer(plain.addresses().get(0))) {
            assertThat(peer.ask("debugtime 1")).isEqualTo("ERROR");
            assertThat(peer.ask("debugtime p")).isEqualTo("ERROR");
        }
    }

    private Peer peer() throws IOException {
        return new Peer(server.addresses().get(0));
    }
}
