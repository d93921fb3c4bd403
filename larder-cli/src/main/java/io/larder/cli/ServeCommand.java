package io.larder.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.larder.admin.AdminServer;
import io.larder.base.LarderException;
import io.larder.base.Printable;
import io.larder.server.CacheServer;
import io.larder.server.ServerConfig;
import io.larder.server.ServerVersion;
import java.io.IOException;
import java.io.PrintStream;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code larder serve}: runs until a signal or the command {@code shutdown} comes. */
final class ServeCommand {
    /** Where to say that clients can connect; set by the launcher for {@code -d}. */
    static final String READY_PROPERTY = "larder.ready";

    /** The variable of memcached that names the file for the ports really taken. */
    private static final String PORT_FILE_VARIABLE = "MEMCACHED_PORT_FILENAME";

    private final ServeFlags flags;
    private final PrintStream err;
    private final CountDownLatch stopping = new CountDownLatch(1);

    private ServeCommand(ServeFlags flags, PrintStream err) {
        this.flags = flags;
        this.err = err;
    }

    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        ServeFlags flags = ServeFlags.parse(arguments);
        Optional<String> answer = flags.answer();
        if (answer.isPresent()) {
            out.print(answer.get());
            return ExitCodes.OK;
        }
        return new ServeCommand(flags, err).serve();
    }

    private int serve() {
        flags.checkProcess(System.getProperty("user.name", ""), System.getProperty(READY_PROPERTY) != null);
        ServerConfig config = flags.config();
        if (config.verbosity() > 0) {
            flags.notes().forEach(note -> err.println("larder serve " + note));
        }
        Optional<AdminServer> admin = openAdmin();
        CacheServer server =
                CacheServer.open(config, () -> Runtime.getRuntime().halt(ExitCodes.FAILED), stopping::countDown);
        admin.ifPresent(pages -> pages.ready(server::metrics));
        Optional<PidFile> pidFile = flags.pidFile().map(path -> new PidFile(path, err));
        // the exit code after an orderly stop is 0, as memcached's; without halt the JVM would make it 143 or 130
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> Runtime.getRuntime().halt(stop(server, admin, pidFile)), "larder-stop"));
        Signals.handle("USR1", stopping::countDown);
        Signals.handle("HUP", server::reload);
        pidFile.ifPresent(file -> file.write(ProcessHandle.current().pid()));
        err.println(greeting(config, server.addresses()));
        flags.idleTls().ifPresent(err::println);
        ServeFlags.exposure(server.exposedAddresses()).ifPresent(err::println);
        admin.ifPresent(pages ->
                err.println("larder serve: admin pages on http://" + ServeFlags.written(pages.address()) + "/"));
        tellPorts(server.addresses(), admin.map(AdminServer::address));
        tellReady();
        if (Boolean.getBoolean(Rehearsal.PROPERTY)) {
            Rehearsal.run(server.addresses().get(0));
            return ExitCodes.OK;
        }
        awaitStop();
        return ExitCodes.OK;
    }

    private Optional<AdminServer> openAdmin() {
        return flags.adminPort().isPresent()
                ? Optional.of(AdminServer.open(
                        flags.adminHost(), flags.adminPort().getAsInt(), line -> err.println("larder serve: " + line)))
                : Optional.empty();
    }

    private int stop(CacheServer server, Optional<AdminServer> admin, Optional<PidFile> pidFile) {
        int exitCode = ExitCodes.OK;
        admin.ifPresent(AdminServer::stopping);
        try {
            server.close();
        } catch (LarderException e) {
            err.println("larder serve: " + e.getMessage());
            exitCode = ExitCodes.FAILED;
        }
        admin.ifPresent(AdminServer::close);
        pidFile.ifPresent(PidFile::remove);
        return exitCode;
    }

    private String greeting(ServerConfig config, List<InetSocketAddress> addresses) {
        String where = config.unixSocket()
                .map(socket -> "the unix socket " + Printable.of(socket.path().toString()))
                .orElseGet(() -> addresses.stream().map(ServeFlags::written).collect(Collectors.joining(", ")));
        String end = flags.inBackground()
                ? "process %d, which TERM stops"
                        .formatted(ProcessHandle.current().pid())
                : "Ctrl-C stops it";
        return "larder %s serves memcached clients on %s with %d MB for items; %s"
                .formatted(ServerVersion.VERSION, where, config.storage().bytes() >> 20, end);
    }

    /** As memcached writes it, for tests that start a server on a free port. */
    private void tellPorts(List<InetSocketAddress> addresses, Optional<InetSocketAddress> admin) {
        String file = System.getenv(PORT_FILE_VARIABLE);
        if (file == null || file.isEmpty() || (addresses.isEmpty() && admin.isEmpty())) {
            return;
        }
        String ports = Stream.concat(
                        addresses.stream().map(address -> portLine("TCP", address)),
                        admin.stream().map(address -> portLine("ADMIN", address)))
                .collect(Collectors.joining());
        try {
            PidFile.appear(FlagValues.path(file), ports);
        } catch (IOException e) {
            err.println("larder serve: cannot write the ports to %s=%s: %s"
                    .formatted(PORT_FILE_VARIABLE, Printable.of(file), PidFile.reason(e)));
        }
    }

    private static String portLine(String kind, InetSocketAddress address) {
        return "%s %s: %d\n"
                .formatted(kind, address.getAddress() instanceof Inet6Address ? "INET6" : "INET", address.getPort());
    }

    private void tellReady() {
        String file = System.getProperty(READY_PROPERTY);
        if (file == null) {
            return;
        }
        try {
            Files.write(Path.of(file), "serving\n".getBytes(US_ASCII));
        } catch (IOException e) {
            err.println("larder serve: cannot tell that it serves: " + e.getMessage());
        }
    }

    private void awaitStop() {
        try {
            stopping.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
