package io.larder.cli;

import io.larder.base.Printable;
import io.larder.base.Suggestion;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** Reads flags as getopt does: {@code -p 1}, {@code -p1}, {@code -vv}, {@code -vp1}, {@code --port=1}, {@code --port 1}. */
final class FlagParser {
    private final String command;
    private final List<Flag> flags;
    private final Set<String> notOffered;

    /** @param notOffered flags that users may expect here, with their dashes, to be refused with a word of their own */
    FlagParser(String command, List<Flag> flags, Set<String> notOffered) {
        this.command = command;
        this.flags = flags;
        this.notOffered = notOffered;
    }

    /**
     * Hands each flag with its value, empty where it takes none, to {@code found}.
     *
     * @throws UsageException if a word is no flag, or lacks its value
     */
    void parse(List<String> arguments, BiConsumer<Flag, String> found) {
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

    private void shortFlags(String word, Iterator<String> words, BiConsumer<Flag, String> found) {
        for (int i = 1; i < word.length(); i++) {
            char letter = word.charAt(i);
            Flag flag = flags.stream()
                    .filter(known -> known.letter() == letter)
                    .findFirst()
                    .orElseThrow(() -> unknown("-" + letter, flags.stream().map(Flag::toString)));
            if (flag.takesValue()) {
                String rest = word.substring(i + 1);
                found.accept(flag, rest.isEmpty() ? value(flag.toString(), words) : rest);
                return;
            }
            found.accept(flag, "");
        }
    }

    private void longFlag(String word, Iterator<String> words, BiConsumer<Flag, String> found) {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
        Flag flag = flags.stream()
                .filter(known -> known.name().equals(name))
                .findFirst()
                .orElseThrow(() -> unknown("--" + name, flags.stream().map(known -> "--" + known.name())));
        if (!flag.takesValue()) {
            if (equals >= 0) {
                throw new UsageException("--%s takes no value".formatted(name));
            }
            found.accept(flag, "");
        } else {
            found.accept(flag, equals < 0 ? value("--" + name, words) : word.substring(equals + 1));
        }
    }

    private static String value(String flag, Iterator<String> words) {
        if (!words.hasNext()) {
            throw new UsageException("%s needs a value behind it".formatted(flag));
        }
        return words.next();
    }

    private UsageException unknown(String flag, Stream<String> known) {
        if (notOffered.contains(flag)) {
            return new UsageException("%s does not offer memcached's flag %s yet; leave it out (%s -h lists the flags)"
                    .formatted(command, flag, command));
        }
        return new UsageException(
                "%s has no flag %s; %s".formatted(command, Printable.of(flag), Suggestion.of(flag, known.toList())));
    }
}
