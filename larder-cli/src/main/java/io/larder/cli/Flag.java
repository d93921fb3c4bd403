package io.larder.cli;

/**
 * A flag of a command.
 *
 * @param letter behind one dash
 * @param name behind two dashes
 * @param takesValue whether a value follows
 */
record Flag(char letter, String name, boolean takesValue) {
    @Override
    public String toString() {
        return "-" + letter;
    }
}
