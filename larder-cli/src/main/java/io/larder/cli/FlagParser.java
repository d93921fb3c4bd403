package io.larder.cli;

import io.larder.base.Printable;
import io.larder.base.Suggestion;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads flags as getopt does: {@code -p 1}, {@code -p1}, {@code -vv}, {@code -vp1}, {@code --port=1}, {@code --port 1}, names cut
 * short while they are clear; and the options behind {@code -o}: {@code a,b=1}.
 */
final class FlagParser {
    private final String command;
    private final List<Flag> flags;

    FlagParser(String command, List<Flag> flags) {
        this.command = command;
        this.flags = flags;
    }

    /** Hears of each flag in turn. */
    interface Found {
        /**
         * One flag.
         *
         * @param written the flag as the user wrote it
         * @param value empty where it takes none
         */
        void take(Flag flag, String written, String value);
    }

    /**
     * Hands each flag to {@code found}.
     *
     * @throws UsageException if a word is no flag, or lacks its value
     */
    void parse(List<String> arguments, Found found) {
        Iterator<String> words = arguments.iterator();
        while (words.hasNext()) {
            String word = words.next();
            if (word.startsWith("--") && word.length() > 2) {
                longFlag(word, words, found);
            } else if (word.startsWith("-") && word.length() > 1) {
                shortFlags(word, words, found);
            } else {
                throw new UsageException("%s takes no argument \"%s\"; %s -h lists the flags"
                        .formatted(command, Printable.of(word), command));
            }
        }
    }

    /**
     * Hands each option of a list by commas to {@code found}.
     *
     * @throws UsageException if one is unknown, lacks its value, or has one it does not take
     */
    static void parseOptions(String command, String list, List<Flag> options, Found found) {
        for (String option : list.split(",", -1)) {
            int equals = option.indexOf('=');
            String name = equals < 0 ? option : option.substring(0, equals);
            Flag flag = options.stream()
                    .filter(known -> known.is(name))
                    .findFirst()
                    .orElseThrow(() -> new UsageException("%s -o has no option \"%s\"; %s"
                            .formatted(
                                    command,
                                    Printable.of(name),
                                    Suggestion.of(
                                            name,
                                            options.stream().map(Flag::name).toList()))));
            if (equals < 0 && flag.value() == Flag.Value.REQUIRED) {
                throw new UsageException("-o %s needs a value: %s=...".formatted(name, name));
            }
            found.take(flag, "-o " + name, equals < 0 ? "" : option.substring(equals + 1));
        }
    }

    private void shortFlags(String word, Iterator<String> words, Found found) {
        for (int i = 1; i < word.length(); i++) {
            String letter = word.substring(i, i + 1);
            String written = "-" + letter;
            Flag flag = flags.stream()
                    .filter(known -> known.letter().equals(letter))
                    .findFirst()
                    .orElseThrow(() -> unknown(written, flags.stream().map(Flag::toString)));
            if (flag.value() == Flag.Value.REQUIRED) {
                String rest = word.substring(i + 1);
                found.take(flag, written, rest.isEmpty() ? value(written, words) : rest);
                return;
            }
            found.take(flag, written, "");
        }
    }

    private void longFlag(String word, Iterator<String> words, Found found) {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
        Flag flag = named(name);
        String written = "--" + flag.name();
        if (flag.value() == Flag.Value.NONE && equals >= 0) {
            throw new UsageException("%s takes no value".formatted(written));
        }
        if (equals >= 0) {
            found.take(flag, written, word.substring(equals + 1));
        } else {
            found.take(flag, written, flag.value() == Flag.Value.REQUIRED ? value(written, words) : "");
        }
    }

    private Flag named(String name) {
        List<Flag> exact = flags.stream().filter(known -> known.is(name)).toList();
        List<Flag> near = exact.isEmpty()
                ? flags.stream().filter(known -> known.mayBe(name)).toList()
                : exact;
        if (near.size() > 1) {
            throw new UsageException("%s --%s may be %s; write more of it"
                    .formatted(
                            command,
                            Printable.of(name),
                            String.join(
                                    " or ",
                                    near.stream()
                                            .map(known -> "--" + known.name())
                                            .toList())));
        }
        return near.stream().findFirst().orElseThrow(() -> unknown("--" + name, names()));
    }

    private Stream<String> names() {
        return flags.stream().filter(known -> !known.name().isEmpty()).map(known -> "--" + known.name());
    }

    private static String value(String flag, Iterator<String> words) {
        if (!words.hasNext()) {
            throw new UsageException("%s needs a value behind it".formatted(flag));
        }
        return words.next();
    }

    private UsageException unknown(String flag, Stream<String> known) {
        String hint = Suggestion.of(flag, known.toList());
        return new UsageException("%s has no flag %s; %s"
                .formatted(
                        command,
                        Printable.of(flag),
                        hint.startsWith("known") ? command + " -h lists the flags" : hint));
    }
}
