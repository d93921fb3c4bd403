package io.larder.weave;

import io.larder.cache.LoadContext;
import io.larder.cache.annotation.Cached;
import io.larder.cache.annotation.CachedAll;
import io.larder.cache.annotation.Invalidates;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/** Classes to be woven; tests load them by {@link WeavingLoader}. */
final class Fixtures {
    private Fixtures() {}

    /** Methods of all kinds. */
    static final class Store implements Shop, Function<String, String> {
        static int rates;
        private int calls;

        @Cached(key = "price:{code}", ttl = "10m")
        private String price(String code) {
            return code + "#" + ++calls;
        }

        @Override
        public String priceOf(String code) {
            return price(code);
        }

        @Cached(ttl = "10m")
        static String rate(String currency) {
            return currency + ++rates;
        }

        @Override
        public String rateOf(String currency) {
            return rate(currency);
        }

        @Override
        @Cached(key = "mixed:{b}:{s}:{i}:{l}:{z}", ttl = "10m")
        public final long mixed(byte b, short s, char c, int i, long l, float f, double d, boolean z, long[] many) {
            calls++;
            return b
                    + s
                    + c
                    + i
                    + l
                    + (long) f
                    + (long) d
                    + (z ? 1 : 0)
                    + Arrays.stream(many).sum();
        }

        @Override
        @Cached(key = "joined:{first}", ttl = "10m")
        public String joined(String first, String... more) {
            return first + String.join("", more) + ++calls;
        }

        @Override
        @Cached(key = "sorted:{list}", ttl = "10m")
        public <T extends Comparable<T>> List<T> sorted(List<T> list) {
            calls++;
            List<T> copy = new ArrayList<>(list);
            Collections.sort(copy);
            return copy;
        }

        @Override
        @Cached(ttl = "10m")
        public int failing(int code) throws IOException {
            calls++;
            if (code < 0) {
                throw new IOException("no such code"); // FAILING_LINE
            }
            return code;
        }

        @Override
        @Cached(key = "guarded:{x|half}", ttl = "10m")
        public synchronized double guarded(double x) {
            if (!Thread.holdsLock(this)) {
                throw new IllegalStateException("not synchronized any more");
            }
            calls++;
            return x / 2;
        }

        @Override
        public Function<String, String> asFunction() {
            return this; // calls come by a bridge method
        }

        @Override
        @Cached(key = "applied:{text}", ttl = "10m")
        public String apply(String text) {
            return text + ++calls;
        }

        @Override
        @Invalidates("#price")
        public void change(String code) {
            calls++;
        }

        @Override
        public int calls() {
            return calls;
        }
    }

    /** Calls itself, and overloads a name. */
    static class Numbers {
        int calls;

        @Cached(key = "fib:{n}", ttl = "forever")
        long fib(int n) {
            calls++;
            return n < 2 ? n : fib(n - 1) + fib(n - 2);
        }

        @Cached(ttl = "10m")
        String name(int n) {
            return "int" + ++calls;
        }

        @Cached(ttl = "10m")
        String name(String n) {
            return "text" + ++calls;
        }

        @Cached(key = "square:{n}", ttl = "10m")
        Long square(long n) {
            calls++;
            return n * n;
        }

        @CachedAll(key = "square:{ns}", ttl = "10m")
        List<Long> squares(List<Long> ns) {
            calls++;
            return ns.stream().map(n -> n * n).toList();
        }
    }

    /** Names tags by the values it loads. */
    static class Owners implements Function<List<String>, List<String>> {
        private int calls;

        @Override
        public List<String> apply(List<String> codes) {
            return codes.size() == 1 ? List.of(owner(codes.get(0))) : owners(codes);
        }

        @Cached(key = "owner:{code}", ttl = "10m")
        private String owner(String code) {
            LoadContext.current().tags("length:" + code.length());
            return code + "#" + ++calls;
        }

        @CachedAll(key = "owner:{codes}", ttl = "10m")
        private List<String> owners(List<String> codes) {
            return codes.stream()
                    .map(code -> {
                        LoadContext.currentOf(code).tags("length:" + code.length());
                        return code + "#" + ++calls;
                    })
                    .toList();
        }
    }

    /** Inherits woven methods. */
    static class MoreNumbers extends Numbers {
        String twice(int n) {
            return name(n) + name(n);
        }
    }

    /** A record. */
    record Point(int x, int y) {
        static int calls;

        @Cached(key = "norm:{factor}", ttl = "10m")
        int norm(int factor) {
            calls++;
            return (x + y) * factor;
        }
    }

    /** To be compared with its woven self. */
    static class Plain implements Serializable {
        @Note
        @Cached(key = "some:{name}", ttl = "10m")
        protected <T extends Comparable<T>> List<T> some(@Note List<? super T> name, long... more) throws IOException {
            return List.of();
        }
    }

    /** Names what is not there. */
    static class WrongKey {
        @Cached(key = "wrong:{nome}", ttl = "10m")
        String find(String name) {
            return name;
        }
    }

    /** Has no TTL that is one. */
    static class WrongTtl {
        @Cached(key = "ttl:{name}", ttl = "soon")
        String find(String name) {
            return name;
        }
    }

    /** Invalidates what is not cached. */
    static class WrongTarget {
        @Invalidates("Numbers#fob")
        void change(int n) {}
    }

    /** Cannot be woven. */
    abstract static class NoCode {
        @Cached(ttl = "10m")
        abstract String find(String name);
    }

    /** Cannot be woven. */
    static class NoResult {
        @Cached(ttl = "10m")
        void find(String name) {}
    }

    /** Left to proxies. */
    interface Api {
        @Cached(ttl = "10m")
        String find(String name);
    }

    /** Nothing to weave. */
    static class Bare {
        String find(String name) {
            return name;
        }
    }
}
