package io.larder.cli;

import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A flag of {@code larder serve}, or an option behind its {@code -o}: a row of {@link ServeFlagTable}.
 *
 * @param letter behind one dash; empty for an option, and where there is only a name
 * @param name behind two dashes, or behind {@code -o}; empty where there is only a letter
 * @param value whether one follows
 * @param effect what it does with the value, which is empty where there is none; throws {@link IllegalArgumentException}
 *     where that is no value for it
 */
record Flag(String letter, String name, Value value, BiConsumer<ServeFlags, String> effect) {
    /** Whether a flag has a value. */
    enum Value {
        NONE,
        /** Only in the same word: {@code --name=value}. */
        OPTIONAL,
        REQUIRED
    }

    /** A flag that does something. */
    static Flag acts(String letter, String name, Value value, BiConsumer<ServeFlags, String> effect) {
        return new Flag(letter, name, value, effect);
    }

    /** A flag that tunes something of memcached's that is not here: it changes nothing, and {@code -v} says why. */
    static Flag accepted(String letter, String name, Value value, String why) {
        return accepted(letter, name, value, why, given -> {});
    }

    /**
     * The same with a value, which is looked at.
     *
     * @param check throws {@link IllegalArgumentException} where memcached would take the value for a slip of the pen
     */
    static Flag accepted(String letter, String name, Value value, String why, Consumer<String> check) {
        Flag[] self = new Flag[1];
        self[0] = new Flag(letter, name, value, (flags, given) -> {
            if (value == Value.REQUIRED || !given.isEmpty()) {
                check.accept(given);
            }
            flags.note(self[0] + " changes nothing: " + why);
        });
        return self[0];
    }

    /** A flag that would promise what is not here. */
    static Flag refused(String letter, String name, Value value, String why) {
        return new Flag(letter, name, value, (flags, given) -> {
            throw new IllegalArgumentException(why);
        });
    }

    boolean is(String nameGiven) {
        return !name.isEmpty() && name.equals(nameGiven);
    }

    boolean mayBe(String nameGiven) {
        return name.startsWith(nameGiven);
    }

    /** As a person writes it. */
    @Override
    public String toString() {
        return letter.isEmpty() ? "-o " + name : "-" + letter;
    }
}
