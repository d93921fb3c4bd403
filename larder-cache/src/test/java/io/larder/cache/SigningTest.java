package io.larder.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a signature protects against who can write to the store, and what it does not. */
class SigningTest {
    private static final byte[] OLD = "the secret of last year".getBytes(UTF_8);
    private static final byte[] NEW = "the secret of this year".getBytes(UTF_8);
    private static final Duration DAY = Duration.ofDays(1);

    private final FakeTicker ticker = new FakeTicker();
    private final FakeByteStore store = new FakeByteStore(ticker);
    private final List<Larder> open = new ArrayList<>();
    private final Cached<Long, Long> totals = totals(larder(Secrets.of(OLD)), "");
    private long loads;

    private Larder larder(Secrets secrets) {
        return keep(builder().secrets(secrets).open());
    }

    private LarderBuilder builder() {
        return Larder.builder()
                .store(store)
                .ticker(ticker)
                .clock(new FakeClock(ticker))
                .random(() -> 0);
    }

    private Larder keep(Larder larder) {
        open.add(larder);
        return larder;
    }

    private Cached<Long, Long> totals(Larder larder, String namespace) {
        CachedSpec<Long, Long> spec = larder.cached("total:{key}", Long.class, Long.class, key -> 100 * ++loads)
                .ttl("1h");
        return namespace.isEmpty() ? spec.build() : spec.namespace(namespace).build();
    }

    @AfterEach
    void close() {
        open.forEach(Larder::close);
    }

    private byte[] stored(String key) {
        return Objects.requireNonNull(store.find(key));
    }

    @Test
    void get_signedBySomebodyWithTheSecret_isAHit() {
        totals.get(1L);

        assertThat(totals(larder(Secrets.of(OLD)), "").get(1L)).isEqualTo(100);
    }

    @Test
    void get_anyByteTampered_isACountedMiss() {
        totals.get(1L);
        byte[] whole = stored("total:1");
        for (int at = 0; at < whole.length; at++) {
            byte[] tampered = whole.clone();
            tampered[at] ^= 0x10;
            store.put("total:1", tampered, DAY);

            assertThat(totals.peek(1L)).as("byte %d", at).isInstanceOf(Lookup.Absent.class);
        }

        assertThat(totals.stats().unreadable()).isEqualTo(whole.length);
    }

    /** Numbers are entries like others: no value goes unsigned for its type. */
    @Test
    void get_numberReplaced_isACountedMiss() {
        totals.get(1L);
        byte[] other = stored("total:1");
        other[Envelope.HEAD_BYTES]++; // the lowest bits of 100
        store.put("total:1", other, DAY);

        assertThat(totals.get(1L)).isEqualTo(200);
        assertThat(totals.stats().unreadable()).isEqualTo(1);
    }

    @Test
    void get_missingMac_isACountedMiss() {
        Larder unsigned = keep(builder().open());
        totals(unsigned, "").put(1L, 666L);

        assertThat(totals.get(1L)).isEqualTo(100);
        byte[] signed = stored("total:1");
        store.put("total:1", Arrays.copyOf(signed, signed.length - 17), DAY);
        assertThat(totals.get(1L)).isEqualTo(200);

        assertThat(totals.stats().unreadable()).isEqualTo(2);
    }

    @Test
    void get_entryOfAnotherKey_isACountedMiss() {
        totals.get(1L);
        store.put("total:2", stored("total:1"), DAY);

        assertThat(totals.get(2L)).isEqualTo(200);
        assertThat(totals.stats().unreadable()).isEqualTo(1);
    }

    @Test
    void get_entryOfAnotherNamespace_isAMiss() {
        totals(larder(Secrets.of(OLD)), "theirs").get(1L);

        assertThat(totals(larder(Secrets.of(OLD)), "ours").get(1L)).isEqualTo(200);
    }

    @Test
    void check_anotherRealm_isBroken() {
        byte[] bytes = Secrets.of(OLD).seal("shop:").close("total:1", written("x"));

        assertThat(Secrets.of(OLD).seal("shop:").check("total:1", bytes)).isEqualTo(1);
        assertBroken(Secrets.of(OLD).seal("test:"), "total:1", bytes);
        assertBroken(Secrets.of(OLD).seal(""), "shop:total:1", bytes);
    }

    @Test
    void check_concatenationIsTheSame_isBroken() {
        Seal seal = Secrets.of(OLD).seal("r");
        byte[] bytes = seal.close("a", written("bX"));
        byte[] shifted = Arrays.copyOfRange(bytes, 1, bytes.length);

        assertBroken(seal, "ab", shifted); // ab + X
        assertBroken(Secrets.of(OLD).seal("ra"), "", bytes); // ra + nothing + bX
        assertBroken(Secrets.of(OLD).seal(""), "ra", bytes);
    }

    /** Nothing in the bytes is asked how they are signed: a checksum, or a format without any, is no signature. */
    @Test
    void get_downgraded_isACountedMiss() {
        totals.get(1L);
        byte[] signed = stored("total:1");
        byte[] body = Arrays.copyOf(signed, signed.length - 17);
        store.put("total:1", new Checksum().close("total:1", written(body)), DAY);
        assertThat(totals.peek(1L)).isInstanceOf(Lookup.Absent.class);

        byte[] ofOld = new byte[body.length - 6]; // format 1, without "kept until"
        System.arraycopy(body, 0, ofOld, 0, 29);
        System.arraycopy(body, 35, ofOld, 29, body.length - 35);
        ofOld[2] = 1;
        store.put("total:1", ofOld, DAY);
        assertThat(totals.peek(1L)).isInstanceOf(Lookup.Absent.class);

        assertThat(totals.stats().unreadable()).isEqualTo(2);
        assertThat(totals(keep(builder().open()), "").get(1L))
                .as("such bytes are an entry where nothing is signed")
                .isEqualTo(100);
    }

    @Test
    void get_rotatedSecret_isAHitAtEachStep() {
        totals.get(1L);

        Cached<Long, Long> knowsBoth = totals(larder(Secrets.of(OLD, NEW)), "");
        Cached<Long, Long> signsNew = totals(larder(Secrets.of(NEW, OLD)), "");
        Cached<Long, Long> newOnly = totals(larder(Secrets.of(NEW)), "");
        assertThat(knowsBoth.get(1L)).isEqualTo(100);
        assertThat(signsNew.get(1L)).isEqualTo(100);
        assertThat(newOnly.peek(1L)).isInstanceOf(Lookup.Absent.class);

        signsNew.refresh(1L);
        assertThat(knowsBoth.get(1L)).isEqualTo(200);
        assertThat(newOnly.get(1L)).isEqualTo(200);
        assertThat(totals.peek(1L)).as("signed by a secret it does not know").isInstanceOf(Lookup.Absent.class);
    }

    @Test
    void get_replayedAfterItsTtl_isAMiss() {
        totals.get(1L);
        byte[] recorded = stored("total:1");
        ticker.advance(Duration.ofHours(1));
        store.put("total:1", recorded, DAY);

        assertThat(totals.get(1L)).isEqualTo(200);
    }

    @Test
    void get_replayedAfterItsNamespaceWasInvalidated_isAMiss() {
        Larder larder = larder(Secrets.of(OLD));
        Cached<Long, Long> spaced = totals(larder, "ours");
        spaced.get(1L);
        byte[] recorded = stored("total:1");
        larder.invalidateNamespace("ours");
        store.put("total:1", recorded, DAY);

        assertThat(spaced.get(1L)).isEqualTo(200);
    }

    @Test
    void get_versionMadeUpForAReplayedEntry_isAMiss() {
        Larder larder = larder(Secrets.of(OLD));
        Cached<Long, Long> spaced = totals(larder, "ours");
        spaced.get(1L);
        byte[] recorded = stored("total:1");
        byte[] version = Arrays.copyOf(stored("~ns:ours"), 10); // an attacker reads it in the entry, too
        larder.invalidateNamespace("ours");
        store.put("total:1", recorded, DAY);
        store.put("~ns:ours", version, DAY);
        assertThat(spaced.get(1L)).isEqualTo(200);

        store.put("~ns:theirs", stored("~ns:ours"), DAY);
        assertThat(spaced.get(1L)).as("its own version is still that of now").isEqualTo(200);
    }

    /** What no signature can know: that something signed, under this key and within its time, was to be forgotten. */
    @Test
    void get_replayedAfterItsKeyWasInvalidated_isServedUntilItsTtlEnds() {
        totals.get(1L);
        byte[] recorded = stored("total:1");
        totals.invalidate(1L);
        store.put("total:1", recorded, DAY);
        assertThat(totals.get(1L)).isEqualTo(100);

        ticker.advance(Duration.ofHours(1));
        assertThat(totals.get(1L)).isEqualTo(200);
    }

    @Test
    void unwrap_brokenSignature_parsesNothing() {
        int[] parsed = {0};
        ValueCodec counting = new ValueCodec() {
            @Override
            void write(ByteOut out, Object value) {
                out.text((String) value);
            }

            @Override
            Object read(ByteIn in) {
                parsed[0]++;
                return in.text();
            }

            @Override
            String shape() {
                return "counting";
            }
        };
        Envelope envelope = new Envelope(counting, Secrets.of(OLD).seal(""), Compression.OFF);
        Meta meta = new Meta(1, 2, 3, 4);
        byte[] bytes = envelope.wrap("k", "value", new Envelope.Head(meta, 5, Versions.NONE));
        bytes[bytes.length - 5] ^= 1;

        assertThat(envelope.unwrap("k", bytes)).isNull();
        assertThat(parsed[0]).isZero();

        bytes[bytes.length - 5] ^= 1;
        assertThat(envelope.unwrap("k", bytes)).isNotNull();
        assertThat(parsed[0]).isEqualTo(1);
    }

    private static ByteOut written(String text) {
        return written(text.getBytes(UTF_8));
    }

    private static ByteOut written(byte[] bytes) {
        ByteOut out = new ByteOut(bytes.length);
        out.raw(bytes);
        return out;
    }

    private static void assertBroken(Seal seal, String key, byte[] bytes) {
        assertThatThrownBy(() -> seal.check(key, bytes)).isInstanceOf(UnreadableException.class);
    }
}
