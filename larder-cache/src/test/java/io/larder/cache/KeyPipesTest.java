package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import io.larder.cache.annotation.CachedAll;
import io.larder.cache.annotation.Invalidates;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pipes and ambient values in key templates. */
@SuppressWarnings("try") // scopes are not used in their bodies
class KeyPipesTest {
    record Visit(String email, LocalDate day, Instant at, long id) {}

    private static final Visit VISIT =
            new Visit("Ada@Example.org", LocalDate.of(2026, 1, 2), Instant.parse("2026-03-04T05:06:07Z"), 7);

    private final Larder larder = Larder.open("mem:");

    @AfterEach
    void close() {
        larder.close();
    }

    private Cached<Visit, String> visits(String template) {
        return larder.cached(template, Visit.class, String.class, Visit::email)
                .ttl("1m")
                .build();
    }

    @Test
    void key_pipes_makeTextOfTheValue() {
        assertThat(visits("v:{email|lower}").key(VISIT)).isEqualTo("v:ada@example.org");
        assertThat(visits("w:{email | upper}:{id}").key(VISIT)).isEqualTo("w:ADA@EXAMPLE.ORG:7");
        assertThat(visits("x:{day|date(yyyy-MM)}:{at|date(yyyyMMddHH)}").key(VISIT))
                .isEqualTo("x:2026-01:2026030405");
        assertThat(visits("y:{email|lower|sha256}").key(VISIT))
                .startsWith("y:")
                .hasSize(66)
                .isNotEqualTo(visits("y:{email|lower|sha256}").key(new Visit("b", VISIT.day(), VISIT.at(), 7)));
    }

    @Test
    void key_pipedNull_isTheMarkOfNull() {
        Cached<Visit, String> visits = visits("v:{email|lower}");

        assertThat(visits.key(new Visit(Nulls.cast(null), VISIT.day(), VISIT.at(), 7)))
                .isEqualTo("v:~");
    }

    record Mail(String text) {
        String domain() {
            return text.substring(text.indexOf('@') + 1);
        }
    }

    static final class Badge { // has no key form
        final long number;

        Badge(long number) {
            this.number = number;
        }
    }

    record Entrance(Mail mail, Badge badge, int floor) {}

    interface Doors {
        @io.larder.cache.annotation.Cached(key = "door:{mail|domain|upper}", ttl = "1m", tags = "at:{mail|domain}")
        String door(Mail mail);

        @CachedAll(key = "door:{mails|domain|upper}", ttl = "1m")
        List<String> doors(List<Mail> mails);

        @Invalidates(value = "Doors#door", map = "mail=who", tags = "at:{who|domain}")
        void close(int floor, Mail who);
    }

    @Test
    void key_ownPipes_makeTextOfTheValue() {
        try (Larder own = Larder.builder()
                .pipe("domain", Mail.class, Mail::domain)
                .pipe("badge", Badge.class, badge -> "b " + badge.number)
                .pipe("level", int.class, floor -> floor < 0 ? "below" : "above")
                .open()) {
            Entrance entrance = new Entrance(new Mail("ada@Example.org"), new Badge(7), -1);
            Cached<Entrance, String> entrances = own.cached(
                            "e:{mail|domain|lower}:{badge|badge}:{floor|level}",
                            Entrance.class,
                            String.class,
                            each -> "v")
                    .ttl("1m")
                    .tags("at:{mail|domain}")
                    .build();

            assertThat(entrances.key(entrance)).isEqualTo("e:example.org:b%207:below");
            assertThat(entrances.tags(entrance)).containsExactly("at:Example.org");
            assertThat(entrances.key(new Entrance(Nulls.cast(null), new Badge(7), 1)))
                    .isEqualTo("e:~:b%207:above");
        }
    }

    @Test
    void proxy_ownPipes_workInEveryAnnotation() {
        List<String> calls = new ArrayList<>();
        try (Larder own =
                Larder.builder().pipe("domain", Mail.class, Mail::domain).open()) {
            Doors doors = own.proxy(Doors.class, new Doors() {
                @Override
                public String door(Mail mail) {
                    calls.add(mail.text());
                    return mail.domain();
                }

                @Override
                public List<String> doors(List<Mail> mails) {
                    return mails.stream().map(this::door).toList();
                }

                @Override
                public void close(int floor, Mail who) {}
            });

            assertThat(doors.door(new Mail("ada@x"))).isEqualTo("x");
            assertThat(doors.doors(List.of(new Mail("bob@x"), new Mail("bob@y"))))
                    .containsExactly("x", "y");
            doors.close(1, new Mail("cy@x"));
            doors.door(new Mail("cy@x"));

            assertThat(calls).containsExactly("ada@x", "bob@y", "cy@x");
        }
    }

    @Test
    void pipe_ofAnotherTypeOrName_isRefused() {
        LarderBuilder builder = Larder.builder().pipe("domain", Mail.class, Mail::domain);
        try (Larder own = builder.open()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> own.cached("k:{email|domain}", Visit.class, String.class, Visit::email)
                            .ttl("1m")
                            .build())
                    .withMessage("key template \"k:{email|domain}\" has no |domain for {email}, a String;"
                            + " there are [lower, upper, sha256, date(yyyy-MM-dd)], of text and of dates,"
                            + " domain of Mail");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.pipe("domain", String.class, text -> text))
                .withMessage("pipe \"domain\" is given twice; give it another name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.pipe("date", String.class, text -> text))
                .withMessage("pipe \"date\" is one of Larder's own; give it another name");
        for (String name : List.of("", "a b", "a|b", "a}", "ä", "x".repeat(65))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder.pipe(name, String.class, text -> text))
                    .withMessageContaining("use letters, digits, - and _, at most 64");
        }
    }

    @Test
    void get_ownPipeFails_itsExceptionComesOutAndNothingIsStuck() {
        boolean[] works = {false};
        try (Larder own = Larder.builder()
                .pipe("domain", Mail.class, mail -> {
                    if (!works[0]) {
                        throw new IllegalStateException("no domain today");
                    }
                    return mail.domain();
                })
                .open()) {
            Cached<Mail, String> mails = own.cached("m:{key|domain}", Mail.class, String.class, Mail::text)
                    .ttl("1m")
                    .build();

            assertThatThrownBy(() -> mails.get(new Mail("ada@x"))).hasMessage("no domain today");

            works[0] = true;
            assertThat(mails.get(new Mail("ada@x"))).isEqualTo("ada@x");
        }
    }

    @Test
    void build_pipeThatCannotWork_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> visits("v:{email|lowr}"))
                .withMessage("key template \"v:{email|lowr}\" has no |lowr for {email}, a String;"
                        + " there are [lower, upper, sha256, date(yyyy-MM-dd)], of text and of dates");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> visits("v:{id|lower}"))
                .withMessageStartingWith("key template \"v:{id|lower}\" has no |lower for {id}, a Long;");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> visits("v:{day|date(bbb)}"))
                .withMessage("key template \"v:{day|date(bbb)}\" has |date(bbb), which is no date pattern;"
                        + " write date(yyyy-MM-dd)");
    }

    @Test
    void build_templatesThatDifferInAPipe_areRefused() {
        Cached<Visit, String> one = visits("v:{email|lower}:{id}");

        assertThat(visits("v:{email | lower}:{id}").key(VISIT)).isEqualTo(one.key(VISIT));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> visits("v:{email}:{id}"))
                .withMessage("key template \"v:{email}:{id}\" makes keys that \"v:{email|lower}:{id}\" makes of other"
                        + " values; write the same pipes, or give one of them another text");
        assertThatIllegalArgumentException().isThrownBy(() -> visits("v:{email|lower|sha256}:{id}"));
        assertThatIllegalArgumentException().isThrownBy(() -> visits("v:{email}:{day|date(yyyy)}"));
    }

    @Test
    void key_ambientValue_isThatOfTheThreadAndNests() throws Exception {
        Cached<Visit, String> visits = visits("v:{@tenant}:{id}");
        List<String> seen = new ArrayList<>();
        try (Scope outer = KeyContext.with("tenant", "ac:me")) {
            assertThat(visits.key(VISIT)).isEqualTo("v:ac%3Ame:7");
            try (Scope inner = KeyContext.with("tenant", "other")) {
                assertThat(visits.key(VISIT)).isEqualTo("v:other:7");
                Thread thread = new Thread(larder.carrying(() -> {
                    seen.add(visits.key(VISIT));
                }));
                thread.start();
                thread.join();
            }
            assertThat(visits.key(VISIT)).isEqualTo("v:ac%3Ame:7");
        }
        assertThat(seen).containsExactly("v:other:7");
    }

    @Test
    void get_loadInTheBackground_hasTheValuesOfItsCaller() {
        FakeTicker ticker = new FakeTicker();
        Deque<Runnable> background = new ArrayDeque<>();
        try (Larder later = Larder.builder()
                .ticker(ticker)
                .clock(new FakeClock(ticker))
                .random(() -> 0)
                .loadExecutor(background::add)
                .open()) {
            Cached<Long, String> visits = later.cached(
                            "v:{@tenant}:{key}", Long.class, String.class, key -> KeyContext.value("tenant") + key)
                    .ttl("10s")
                    .early("5s")
                    .build();
            for (String tenant : List.of("acme", "other")) {
                try (Scope scope = KeyContext.with("tenant", tenant)) {
                    visits.get(1L);
                    ticker.advance(Duration.ofSeconds(6));
                    visits.get(1L);
                }
            }
            assertThat(background).hasSize(2);

            background.forEach(Runnable::run);

            assertThat(visits.stats().refreshFailures()).isZero();
            for (String tenant : List.of("acme", "other")) {
                try (Scope scope = KeyContext.with("tenant", tenant)) {
                    assertThat(visits.get(1L)).isEqualTo(tenant + 1);
                }
            }
            assertThat(visits.stats().loads()).isEqualTo(4);
            assertThatThrownBy(() -> visits.key(1L)).isInstanceOf(IllegalStateException.class); // and none is left here
        }
    }

    @Test
    void get_loadWithATimeout_hasTheValuesAndTheDetectorOfItsCaller() {
        Cached<Long, String> inner = larder.cached("i:{@tenant}:{key}", Long.class, String.class, key -> "inner " + key)
                .ttl("10m")
                .build();
        Cached<Long, String> outer = larder.cached(
                        "o:{@tenant}:{key}",
                        Long.class,
                        String.class,
                        key -> KeyContext.value("tenant") + inner.get(key))
                .ttl("10m")
                .hardTimeout("1h")
                .build();
        try (Scope scope = KeyContext.with("tenant", "acme");
                Detector detector = larder.detect()) {
            assertThat(outer.get(1L)).isEqualTo("acmeinner 1");

            assertThat(detector.events()).extracting(Detector.Event::key).containsExactly("i:acme:1", "o:acme:1");
        }
    }

    @Test
    void key_ambientValueMissing_isRefusedNotEmpty() {
        Cached<Visit, String> visits = visits("v:{@tenant}:{id}");

        assertThatThrownBy(() -> visits.get(VISIT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the key needs {@tenant}, which this thread has not set;"
                        + " call inside KeyContext.with(\"tenant\", ...)");
        assertThatIllegalArgumentException().isThrownBy(() -> visits("w:{@}"));
    }
}
