package io.larder.server;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.StringTokenizer;

/** The words of a command line. */
final class Words {
    private Words() {}

    /** What blanks part; nothing else does. */
    static List<String> of(String line) {
        List<String> words = new ArrayList<>();
        for (Object word : Collections.list(new StringTokenizer(line, " "))) {
            words.add((String) word);
        }
        return words;
    }
}
