package io.larder.examples;

import io.larder.cache.Larder;
import io.larder.toolbox.BreakerStats;
import io.larder.toolbox.CircuitOpenException;
import io.larder.toolbox.Held;
import io.larder.toolbox.LockPolicy;
import io.larder.toolbox.RateLimit;
import io.larder.toolbox.RateLimiter;
import io.larder.toolbox.SharedLock;
import io.larder.toolbox.Toolbox;
import io.larder.toolbox.annotation.CircuitBroken;
import java.io.IOException;
import java.io.PrintStream;

/** Limits, locks and circuit breakers around calls, over the store of the cache. */
public final class GuardedCalls {
    /** A bank that may be down, as its callers know it. */
    public interface Bank {
        @CircuitBroken(key = "bank:{bank}", lastCalls = 2, openFor = "30s")
        double rate(String bank) throws IOException;
    }

    private GuardedCalls() {}

    /** Prints what becomes of calls of a bank that is down; the third is not made. */
    public static void run(String url, PrintStream out) {
        Bank down = bank -> {
            out.println("asking the bank");
            throw new IOException("no answer");
        };
        try (Larder larder = Larder.open(url)) {
            Bank bank = larder.proxy(Bank.class, down);
            for (int i = 0; i < 3; i++) {
                out.println(answer(bank));
            }
            for (BreakerStats breaker : Toolbox.over(larder).breakers()) {
                out.println(
                        breaker.template() + ": " + breaker.failed() + " failed, " + breaker.refused() + " refused");
            }
            oneAtATime(larder, out);
        }
    }

    private static String answer(Bank bank) {
        try {
            return "rate " + bank.rate("north");
        } catch (CircuitOpenException e) {
            return "cut off";
        } catch (IOException e) {
            return "failed: " + e.getMessage();
        }
    }

    private static void oneAtATime(Larder larder, PrintStream out) {
        Toolbox toolbox = Toolbox.over(larder);
        RateLimiter<Long> calls = toolbox.rateLimiter("api:{key}", Long.class, RateLimit.sliding(100, "1m"));
        SharedLock<Long> jobs =
                toolbox.lock("job:{key}", Long.class, LockPolicy.lease("30s").waitUpTo("5s"));

        calls.acquire(7L);
        long first;
        try (Held held = jobs.acquire(1L)) {
            first = held.fence();
        }
        try (Held held = jobs.acquire(1L)) {
            out.println("the later holder has the higher number: " + (held.fence() > first));
        }
    }

    /** Runs in this process, with nothing installed. */
    public static void main(String[] arguments) {
        run("mem:", System.out);
    }
}
