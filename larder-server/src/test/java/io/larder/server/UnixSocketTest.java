package io.larder.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.LarderException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UnixSocketTest {
    @TempDir
    private Path folder;

    @Test
    void clients_onTheSocket_areServedAndNamed() throws IOException {
        Path path = folder.resolve("socket");
        try (CacheServer server = open(path, 0700);
                Peer one = new Peer(path);
                Peer two = new Peer(path)) {
            assertThat(server.addresses()).isEmpty();
            assertThat(server.port()).isZero();
            assertThat(one.ask("set a 0 0 1\r\nx")).isEqualTo("STORED");
            assertThat(two.ask("get a")).isEqualTo("VALUE a 0 1");
            two.line();
            two.line();
            assertThat(two.stat("curr_connections")).isEqualTo("2");

            two.send("stats settings\r\nstats conns\r\n");

            assertThat(two.linesUntil("END"))
                    .contains("STAT domain_socket " + path)
                    .contains("STAT umask 700");
            assertThat(two.linesUntil("END")).anyMatch(line -> line.endsWith(":listen_addr unix:" + path));
        }
    }

    @ParameterizedTest
    @CsvSource({"700, rwx------", "770, rwxrwx---", "602, rw-----w-", "0, ---------", "777, rwxrwxrwx"})
    void file_hasTheModeGiven(String mode, String permissions) throws IOException {
        Path path = folder.resolve("socket");
        try (CacheServer server = open(path, Integer.parseInt(mode, 8))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo(permissions);
            assertThat(folder).isDirectoryContaining(path::equals);
            assertThat(server.addresses()).isEmpty();
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void socketOfADeadServer_isReplaced() throws IOException {
        Path path = folder.resolve("socket");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path));
        }
        assertThat(path).exists();

        try (CacheServer server = open(path, 0700);
                Peer peer = new Peer(path)) {
            assertThat(peer.ask("mn")).isEqualTo("MN");
            assertThat(server.port()).isZero();
        }
    }

    @Test
    void socketOfALivingServer_isLeftAlone() throws IOException {
        Path path = folder.resolve("socket");
        try (CacheServer first = open(path, 0700)) {
            assertThatThrownBy(() -> open(path, 0700))
                    .isInstanceOf(LarderException.class)
                    .hasMessage("another server listens on %s; stop it, or choose another path with -s", path);

            try (Peer peer = new Peer(path)) {
                assertThat(peer.ask("mn")).isEqualTo("MN");
            }
            assertThat(first.port()).isZero();
        }
    }

    @Test
    void socketThatIsAnothersByNow_staysAtTheEnd() throws IOException {
        Path path = folder.resolve("socket");
        CacheServer first = open(path, 0700);
        Files.delete(path);
        try (CacheServer second = open(path, 0700)) {
            first.close();

            try (Peer peer = new Peer(path)) {
                assertThat(peer.ask("mn")).isEqualTo("MN");
            }
            assertThat(second.port()).isZero();
        }
    }

    @Test
    void pathThatCannotBeASocket_isRefusedAndLeftAsItWas() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "mine");

        assertThatThrownBy(() -> open(file, 0700))
                .isInstanceOf(LarderException.class)
                .hasMessage("%s is there and is no socket; give another path with -s", file);
        assertThatThrownBy(() -> open(folder.resolve("none/socket"), 0700))
                .isInstanceOf(LarderException.class)
                .hasMessageContaining("there is no such file or folder");
        assertThatThrownBy(() -> open(folder.resolve("x".repeat(200)), 0700))
                .isInstanceOf(LarderException.class)
                .hasMessageContaining("a unix socket may have 107");

        assertThat(file).hasContent("mine");
        assertThat(folder).isDirectoryNotContaining(path -> !path.equals(file));
    }

    @Test
    void pipe_isRefusedAndLeftAsItWas() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        assertThatThrownBy(() -> open(pipe, 0700))
                .isInstanceOf(LarderException.class)
                .hasMessage("%s is there and is no socket; give another path with -s", pipe);

        assertThat(Files.readAttributes(pipe, "unix:mode").get("mode"))
                .satisfies(mode -> assertThat((Integer) mode & 0170000).isEqualTo(0010000));
    }

    @Test
    void connections_beyondTheLimit_areToldAndClosed() throws IOException {
        Path path = folder.resolve("socket");
        ServerConfig config = ServerConfig.DEFAULT.withThreads(1).withConnectionsMax(1);
        try (CacheServer server = CacheServer.open(config.withUnixSocket(new UnixSocket(path, 0700)));
                Peer first = new Peer(path)) {
            assertThat(first.ask("mn")).isEqualTo("MN");
            try (Peer second = new Peer(path)) {
                assertThat(second.line()).isEqualTo("ERROR Too many open connections");
                assertThat(second.isClosedByServer()).isTrue();
            }
            assertThat(server.port()).isZero();
        }
    }

    @Test
    void quit_andTheEndOfTheServer_closeConnections() throws IOException {
        Path path = folder.resolve("socket");
        CacheServer server = open(path, 0700);
        try (Peer leaving = new Peer(path);
                Peer staying = new Peer(path)) {
            leaving.send("quit\r\n");
            assertThat(leaving.isClosedByServer()).isTrue();
            assertThat(staying.ask("mn")).isEqualTo("MN");

            server.close();

            assertThat(staying.isClosedByServer()).isTrue();
        }
    }

    @Test
    void mode_outOfBounds_isRefused() {
        assertThatThrownBy(() -> new UnixSocket(folder, 01000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("mode 1000 is not between 0 and 777");
    }

    private static CacheServer open(Path path, int mode) {
        return CacheServer.open(ServerConfig.DEFAULT.withThreads(2).withUnixSocket(new UnixSocket(path, mode)));
    }
}
