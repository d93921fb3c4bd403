package io.larder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.HostPort;
import io.larder.server.CacheServer;
import io.larder.server.ServerConfig;
import io.larder.server.TlsConfig;
import io.larder.server.UnixSocket;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServeFlagsTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void parse_noFlags_isMemcachedsDefaultsOnLoopback() {
        ServerConfig config = ServeFlags.parse(List.of()).config();

        assertThat(config).usingRecursiveComparison().isEqualTo(ServerConfig.DEFAULT);
        assertThat(config.addresses()).containsExactly(new HostPort("127.0.0.1", null, 1));
        assertThat(config.port()).isEqualTo(11211);
        assertThat(config.storage().bytes()).isEqualTo(64L << 20);
    }

    @ParameterizedTest
    @CsvSource({
        "-p 7 -m 8 -c 9 -t 2 -vv",
        "-p7 -m8 -c9 -t2 -v -v",
        "-vvp7 -m8 -c 9 -t2",
        "--port=7 --memory-limit=8 --conn-limit 9 --threads=2 --verbose -v"
    })
    void parse_anyForm_isRead(String line) {
        ServerConfig config = ServeFlags.parse(words(line)).config();

        assertThat(config.port()).isEqualTo(7);
        assertThat(config.storage().bytes()).isEqualTo(8L << 20);
        assertThat(config.connectionsMax()).isEqualTo(9);
        assertThat(config.threads()).isEqualTo(2);
        assertThat(config.verbosity()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "-I 2m -m 16 -M -e /dev/shm/x -U 0 -p -1",
        "-m16 -MI 2048k -e/dev/shm/x --port=-1",
        "--max-item-size=2097152 --memory-limit 16m --disable-ev --memory-file /dev/shm/x --port -1"
    })
    void parse_storeFlags_areRead(String line) {
        ServerConfig config = ServeFlags.parse(words(line)).config();

        assertThat(config.port()).isZero();
        assertThat(config.storage().bytes()).isEqualTo(16L << 20);
        assertThat(config.storage().valueBytesMax()).isEqualTo(2 << 20);
        assertThat(config.storage().evicts()).isFalse();
        assertThat(config.storage().file()).isEqualTo(Path.of("/dev/shm/x"));
    }

    @ParameterizedTest
    @CsvSource({"-s /run/x -a 770", "-s/run/x -a0770", "--unix-socket=/run/x --unix-mask 770"})
    void parse_unixSocket_isRead(String line) {
        assertThat(ServeFlags.parse(words(line)).config().unixSocket())
                .contains(new UnixSocket(Path.of("/run/x"), 0770));
    }

    @Test
    void parse_tls_isRead() {
        ServeFlags flags = ServeFlags.parse(words("-l notls:127.0.0.2:5,127.0.0.1 -Z -o ssl_chain_cert=/c,ssl_key=/k"
                + " -o ssl_verify_mode=2,ssl_ca_cert=/a,ssl_ciphers=X:Y,ssl_min_version=3,ssl_keyformat=DER"
                + " -o ssl_wbuf_size=16,ssl_session_cache,ssl_kernel_tls"));

        assertThat(flags.config().tls())
                .contains(new TlsConfig(
                        Path.of("/c"),
                        Path.of("/k"),
                        true,
                        TlsConfig.Clients.REQUIRED,
                        Path.of("/a"),
                        List.of("X", "Y"),
                        TlsConfig.Version.TLS_1_3));
        assertThat(flags.config().addresses()).hasSize(2);
        assertThat(flags.config().plainAddresses()).containsExactly(HostPort.parse("127.0.0.2:5"));
        assertThat(flags.notes()).hasSize(3);
        assertThat(flags.idleTls()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, UNASKED", "1, ASKED", "3, ASKED", "2, REQUIRED"})
    void parse_verifyMode_isMemcacheds(String mode, TlsConfig.Clients clients) {
        String line = "-Z -o ssl_chain_cert=/c,ssl_ca_cert=/a,ssl_verify_mode=" + mode;

        TlsConfig tls = ServeFlags.parse(words(line)).config().tls().orElseThrow();

        assertThat(tls.clients()).isEqualTo(clients);
    }

    @Test
    void parse_tlsOptionsAlone_changeNothingAndSaySo() {
        ServeFlags flags = ServeFlags.parse(words("-o ssl_chain_cert=/c"));

        assertThat(flags.config().tls()).isEmpty();
        assertThat(flags.idleTls())
                .contains("larder serve: the options ssl_... change nothing without -Z; nobody speaks TLS");
    }

    @Test
    void exposure_namesTheFirstAddress() {
        assertThat(ServeFlags.exposure(List.of())).isEmpty();
        assertThat(ServeFlags.exposure(List.of(new InetSocketAddress("0.0.0.0", 5)))
                        .orElseThrow())
                .startsWith("larder serve: anyone who reaches 0.0.0.0:5 can read and change all items, ");
    }

    @Test
    void parse_unixSocketAlone_isForItsOwner() {
        assertThat(ServeFlags.parse(words("-s x -l 0.0.0.0")).config().unixSocket())
                .contains(new UnixSocket(Path.of("x"), 0700));
    }

    @Test
    void parse_limits_areRead() {
        ServerConfig config = ServeFlags.parse(words("-R 20 -b 4096 -o idle_timeout=30,maxconns_fast"))
                .config();

        assertThat(config.requestsPerTurn()).isEqualTo(20);
        assertThat(config.backlog()).isEqualTo(4096);
        assertThat(config.idleTimeout()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void parse_adminPages_areOffOrOnLoopbackUnlessToldOtherwise() {
        assertThat(ServeFlags.parse(List.of()).adminPort()).isEmpty();
        assertThat(ServeFlags.parse(words("--admin-port 0")).adminHost()).isEqualTo("127.0.0.1");
        ServeFlags flags = ServeFlags.parse(words("--admin-port=9150 --admin-listen [::]"));

        assertThat(flags.adminPort()).hasValue(9150);
        assertThat(flags.adminHost()).isEqualTo("::");
    }

    @Test
    void parse_relaxedPrivileges_allowTheClockToBeMoved() {
        assertThat(ServeFlags.parse(words("-o relaxed_privileges")).config().debugTime())
                .isTrue();
        assertThat(ServeFlags.parse(List.of()).config().debugTime()).isFalse();
    }

    @Test
    void parse_flagsOfMemcachedsMechanisms_areAcceptedWithALineEach() {
        ServeFlags flags = ServeFlags.parse(words("-kL -f 1.1 -n 48 -o modern,hashpower=20 -o slab_automove=1"));

        assertThat(flags.config()).usingRecursiveComparison().isEqualTo(ServerConfig.DEFAULT);
        assertThat(flags.notes()).hasSize(7).contains("-o modern changes nothing: there is one set of defaults");
    }

    @Test
    void parse_addresses_areAllTaken() {
        ServerConfig config =
                ServeFlags.parse(words("-l 127.0.0.1:5,[::1] -l localhost")).config();

        assertThat(config.addresses())
                .containsExactly(
                        new HostPort("127.0.0.1", 5, 1),
                        new HostPort("::1", null, 1),
                        new HostPort("localhost", null, 1));
    }

    @Test
    void parse_star_isEveryAddress() {
        ServerConfig config = ServeFlags.parse(words("-l *:5,*")).config();

        assertThat(config.addresses())
                .hasSize(2)
                .allMatch(address -> List.of("::", "0.0.0.0").contains(address.host()));
        assertThat(config.addresses().get(0).port()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "serve -x | larder serve has no flag -x; did you mean \"-X\"?",
                "serve -q | larder serve has no flag -q; larder serve -h lists the flags",
                "serve --prot=x | larder serve --protocol x: no such protocol; give auto, ascii or binary",
                "serve --prt=5 | larder serve has no flag --prt; did you mean \"--port\"?",
                "serve -p | -p needs a value behind it",
                "serve -p x | larder serve -p x: not a whole number",
                "serve -p 70000 | larder serve -p 70000: port 70000 is not between 0 and 65535",
                "serve -m 0 | larder serve -m 0: memory of 0 megabytes is not between 1 and 1048576",
                "serve -t 0 | larder serve -t 0: number of threads 0 is not between 1 and 64",
                "serve -l a,,b | larder serve -l a,,b: \"\" is not an address; write host, host:port or [ipv6]:port",
                "serve -l a*2 | larder serve -l a*2: an address to listen on has no weight; write host or host:port",
                "serve --enable-s | larder serve --enable-s may be --enable-ssl or --enable-shutdown or --enable-sasl; write more of it",
                "serve -a 999 | larder serve -a 999: not a mode in octal; write one from 0 to 777, like 770",
                "serve -a 1777 | larder serve -a 1777: mode 1777 is not between 0 and 777",
                "serve -Y x -S | larder serve -S: MEMCACHED_SASL_PWDB is not set; let it name a file of lines user:password",
                "serve -Y x -B auto | larder serve -Y: its users speak the text protocol only; leave -S and -B out, or give -B ascii",
                "serve -Z | larder serve -Z: no certificate given; name its file, and that of its key: -o ssl_chain_cert=FILE,ssl_key=FILE",
                "serve -Z -o ssl_chain_cert=/none | larder serve: cannot read the certificate /none: there is no such file or folder",
                "serve -Z -o ssl_chain_cert=x,ssl_verify_mode=2 | larder serve -Z: to check certificates of clients it takes the one that vouches for them: give its file by -o ssl_ca_cert",
                "serve -o ssl_verify_mode=4 | larder serve -o ssl_verify_mode=4: no such mode; give 0 (clients show no certificate), 1 or 3 (they may), or 2 (they must)",
                "serve -o ssl_min_version=4 | larder serve -o ssl_min_version=4: no such version; give 2 for TLS 1.2 or 3 for TLS 1.3 (0 and 1 mean 2, older ones are not spoken)",
                "serve -o ssl_keyformat=ENGINE | larder serve -o ssl_keyformat=ENGINE: no form of keys that is known here; give PEM or DER",
                "serve -U 11211 | larder serve -U 11211: larder does not speak UDP; leave it out or give 0",
                "serve -I 1g | larder serve -I: items of 1073741824 bytes are more than half of -m, 67108864 bytes; raise -m or lower -I",
                "serve -I 1000 | larder serve -I 1000: largest item of 1000 bytes is not between 1k and 1g",
                "serve -I 2x | larder serve -I 2x: not a size; write a number, or one with k, m or g behind it",
                "serve -o slab_reasign | larder serve -o has no option \"slab_reasign\"; did you mean \"slab_reassign\"?",
                "serve -o modern,hashpower | -o hashpower needs a value: hashpower=...",
                "serve -o ext_path=/x:1G | larder serve -o ext_path=/x:1G: there is no external storage; leave it out, and raise -m",
                "serve here | larder serve takes no argument \"here\"; larder serve -h lists the flags",
                "serve --admin-port 70000 | larder serve --admin-port 70000: port 70000 is not between 0 and 65535",
                "serve --admin-listen ::1 | larder serve --admin-listen: there are no admin pages without --admin-port; give it too",
                "serve --admin-listen a:1 | larder serve --admin-listen a:1: the port goes behind --admin-port; write the address alone",
                "serve --help=x | --help takes no value",
                "sreve | larder has no command \"sreve\"; did you mean \"serve\"?",
            })
    void run_wrongCommandLine_saysSoInOneLine(String line, String message) {
        assertThat(run(line)).isIn(ExitCodes.USAGE, ExitCodes.SYSTEM); // the files of TLS are the system's affair

        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo(message + System.lineSeparator());
    }

    @Test
    void run_portInUse_saysWhatToDo() {
        try (CacheServer first =
                CacheServer.open(ServerConfig.DEFAULT.withPort(0).withThreads(1))) {
            assertThat(run("serve -p " + first.port())).isEqualTo(ExitCodes.SYSTEM);

            assertThat(err.toString(StandardCharsets.UTF_8))
                    .isEqualTo("larder serve: port " + first.port()
                            + " on 127.0.0.1 is in use; stop what listens there, or choose another port with -p"
                            + System.lineSeparator());
        }
    }

    @Test
    void run_addressOfAnotherMachine_saysWhatToDo() {
        assertThat(run("serve -l 192.0.2.1 -p 0")).isEqualTo(ExitCodes.SYSTEM);

        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("larder serve: cannot listen on 192.0.2.1 port 0: ")
                .contains("give an address of this machine with -l");
    }

    @Test
    void run_hostThatDoesNotResolve_saysWhatToDo() {
        assertThat(run("serve -l no-such-host.invalid")).isEqualTo(ExitCodes.SYSTEM);

        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("larder serve: address no-such-host.invalid is not known; ");
    }

    @Test
    void run_helpAndVersion_print() {
        assertThat(run("serve -h")).isEqualTo(ExitCodes.OK);
        assertThat(run("help")).isEqualTo(ExitCodes.OK);
        assertThat(run("serve -V")).isEqualTo(ExitCodes.OK);
        assertThat(run("")).isEqualTo(ExitCodes.OK);

        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("--memory-limit=<num>")
                .contains("./larder demo")
                .contains("larder ");
        assertThat(err.size()).isZero();
    }

    private int run(String line) {
        return Main.run(
                words(line),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private static List<String> words(String line) {
        return line.isEmpty() ? List.of() : Arrays.asList(line.strip().split(" ", -1));
    }
}
