package io.larder.cli;

import io.larder.server.CacheServer;
import io.larder.server.ServerConfig;
import io.larder.server.ServerVersion;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/** {@code larder serve}: runs until a signal comes. */
final class ServeCommand {
    private ServeCommand() {}

    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        ServeFlags flags = ServeFlags.parse(arguments);
        if (flags.help()) {
            out.print(Texts.read("serve-help.txt"));
            return ExitCodes.OK;
        }
        if (flags.license()) {
            out.println("larder is licensed under the Apache License 2.0, https://www.apache.org/licenses/LICENSE-2.0");
            return ExitCodes.OK;
        }
        if (flags.version()) {
            out.println("larder " + ServerVersion.VERSION);
            return ExitCodes.OK;
        }
        if (flags.config().verbosity() > 0) {
            flags.notes().forEach(note -> err.println("larder serve " + note));
        }
        CacheServer server =
                CacheServer.open(flags.config(), () -> Runtime.getRuntime().halt(ExitCodes.FAILED));
        // the exit code after an orderly stop is 0, as memcached's; without halt the JVM would make it 143 or 130
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            server.close();
                            Runtime.getRuntime().halt(ExitCodes.OK);
                        },
                        "larder-stop"));
        err.println(greeting(flags.config(), server.addresses()));
        awaitSignal();
        return ExitCodes.OK;
    }

    private static String greeting(ServerConfig config, List<InetSocketAddress> addresses) {
        String where = addresses.stream()
                .map(address -> address.getAddress().getHostAddress() + ":" + address.getPort())
                .collect(Collectors.joining(", "));
        return "larder %s serves memcached clients on %s with %d MB for items; Ctrl-C stops it"
                .formatted(ServerVersion.VERSION, where, config.storage().bytes() >> 20);
    }

    private static void awaitSignal() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
