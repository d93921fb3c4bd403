package io.larder.examples;

import io.larder.cache.Arguments;
import io.larder.cache.Larder;
import io.larder.cache.annotation.Cached;
import java.io.PrintStream;

/** Caching by an annotation: the interface says what is cached, a proxy does it. */
public final class AnnotatedService {
    /** A user, of whom only the id belongs in the key. */
    public record User(long id, String name) {}

    /** The service as its callers know it. */
    public interface Greetings {
        @Cached(key = "greeting:{user.id}:{language}", ttl = "1h")
        String greeting(User user, String language);
    }

    private AnnotatedService() {}

    /** Prints three answers; the second costs no call. */
    public static void run(String url, PrintStream out) {
        Greetings slow = (user, language) -> {
            out.println("asking the slow service");
            return (language.equals("de") ? "Hallo " : "Hello ") + user.name();
        };
        User ada = new User(7, "Ada");
        try (Larder larder = Larder.open(url)) {
            Greetings greetings = larder.proxy(Greetings.class, slow);

            out.println(greetings.greeting(ada, "en"));
            out.println(greetings.greeting(ada, "en"));
            Larder.cachedOf(greetings, "greeting").invalidate(Arguments.of(ada, "en"));
            out.println(greetings.greeting(ada, "en"));
        }
    }

    /** Runs in this process, with nothing installed. */
    public static void main(String[] arguments) {
        run("mem:", System.out);
    }
}
