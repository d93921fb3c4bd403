package io.larder.cli;

import io.larder.base.LarderException;
import io.larder.base.Printable;
import io.larder.base.Suggestion;
import io.larder.server.ServerVersion;
import java.io.PrintStream;
import java.util.List;

/** The commands of {@code ./larder}. Whatever goes wrong is told in one line; no stack trace reaches the user. */
public final class Main {
    private static final List<String> COMMANDS = List.of("serve", "demo", "version", "help");

    private Main() {}

    /** Runs the command and ends the JVM with its exit code. */
    public static void main(String[] arguments) {
        int exitCode = run(List.of(arguments), System.out, System.err);
        System.out.flush();
        System.exit(exitCode);
    }

    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        String command = arguments.isEmpty() ? "help" : arguments.get(0);
        List<String> rest = arguments.subList(Math.min(1, arguments.size()), arguments.size());
        try {
            return switch (command) {
                case "serve" -> ServeCommand.run(rest, out, err);
                case "demo" -> DemoCommand.run(rest, out, Boolean.getBoolean("larder.terminal"));
                case "version", "-V", "--version" -> {
                    out.println("larder " + ServerVersion.VERSION);
                    yield ExitCodes.OK;
                }
                case "help", "-h", "--help" -> {
                    out.print(Texts.read("help.txt"));
                    yield ExitCodes.OK;
                }
                default ->
                    throw new UsageException("larder has no command \"%s\"; %s"
                            .formatted(Printable.of(command), Suggestion.of(command, COMMANDS)));
            };
        } catch (UsageException e) {
            err.println(e.getMessage());
            return ExitCodes.USAGE;
        } catch (LarderException e) {
            err.println("larder " + command + ": " + e.getMessage());
            return ExitCodes.SYSTEM;
        } catch (RuntimeException e) {
            err.println("larder " + command + " failed: " + e + "; this is a bug, please report it");
            return ExitCodes.FAILED;
        }
    }
}
