package io.larder.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.larder.base.FakeTicker;
import io.larder.cache.spi.Codec;
import io.larder.cache.spi.CodecProvider;
import java.lang.reflect.Type;
import java.net.URI;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Forms of values that a program brings along. */
class CodecsTest {
    /** Keeps URIs as their text, in a form of this many. */
    private record Uris(String name, int version, boolean needsSecret) implements CodecProvider, Codec {
        @Override
        public Codec codec(Type type) {
            if (type != URI.class) {
                throw new IllegalArgumentException(type.getTypeName() + " is no URI; use another codec");
            }
            return this;
        }

        @Override
        public byte[] encode(Object value) {
            return value.toString().getBytes(UTF_8);
        }

        @Override
        public Object decode(byte[] bytes) {
            return bytes.length == 0 ? "no URI" : URI.create(new String(bytes, UTF_8));
        }

        @Override
        public String shape() {
            return "uri " + version;
        }
    }

    private static final URI HOME = URI.create("http://larder.io/");

    private final FakeTicker ticker = new FakeTicker();
    private final FakeByteStore store = new FakeByteStore(ticker);
    private int loads;

    private Larder larder(String codec, CodecProvider... providers) {
        return Larder.builder()
                .store(store)
                .ticker(ticker)
                .codec(codec)
                .codecs(providers)
                .open();
    }

    private Cached<Long, URI> pages(Larder larder, String codec) {
        return larder.cached("page:{key}", Long.class, URI.class, key -> HOME.resolve("" + ++loads))
                .ttl("1h")
                .codec(codec)
                .build();
    }

    @Test
    void get_codecOfTheProgram_keepsItsBytesInTheEnvelope() {
        try (Larder larder = larder("binary", new Uris("uri", 1, false))) {
            Cached<Long, URI> pages = pages(larder, "uri");

            assertThat(pages.get(1L)).isEqualTo(HOME.resolve("1"));
            assertThat(pages.get(1L)).isEqualTo(HOME.resolve("1"));

            assertThat(new String(Objects.requireNonNull(store.find("page:1")), UTF_8))
                    .contains("http://larder.io/1");
        }
    }

    @Test
    void get_shapeOfTheCodecChanged_isACountedMiss() {
        try (Larder before = larder("uri", new Uris("uri", 1, false));
                Larder after = larder("uri", new Uris("uri", 2, false))) {
            pages(before, "").get(1L);
            Cached<Long, URI> pages = pages(after, "");

            assertThat(pages.get(1L)).isEqualTo(HOME.resolve("2"));
            assertThat(pages.stats().unreadable()).isEqualTo(1);
        }
    }

    @Test
    void get_goingOverToAnotherCodec_readsBoth() {
        CodecProvider[] both = {new Uris("old", 1, false), new Uris("new", 1, false)};
        try (Larder before = larder("old", both);
                Larder during = larder("new,old", both);
                Larder after = larder("new", both)) {
            pages(before, "").get(1L);

            assertThat(pages(during, "").get(1L)).isEqualTo(HOME.resolve("1"));
            pages(during, "").get(2L);
            assertThat(pages(after, "").get(2L)).isEqualTo(HOME.resolve("2"));
            assertThat(pages(after, "").get(1L)).as("read by the old one only").isEqualTo(HOME.resolve("3"));
        }
    }

    @Test
    void get_bytesOfAnotherType_areACountedMiss() {
        Codec codec = new Uris("uri", 1, false);
        ValueCodec plugged = new PluggedCodec("uri", codec, URI.class);
        Envelope envelope = new Envelope(plugged, new Checksum(), Compression.OFF);
        Envelope.Head head = new Envelope.Head(new Meta(1, 2, 3, 4), 5, Versions.NONE);

        assertThat(envelope.unwrap("k", envelope.wrap("k", URI.create(""), head)))
                .as("decoded to text")
                .isNull();
    }

    @Test
    void build_codecThatNobodyHas_saysWhatToDo() {
        try (Larder larder = larder("binary")) {
            assertRefused(larder, "jason", "no codec \"jason\"; did you mean \"json\"?");
            assertRefused(larder, "json", "no codec \"json\"; add the dependency io.larder:larder-cache-json");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder("kryo"))
                .withMessage("no codec \"kryo\"; add the dependency io.larder:larder-cache-kryo and write"
                        + " Larder.builder().codecs(KryoCodecs.allowing(Account.class, ...))");
    }

    private void assertRefused(Larder larder, String codec, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pages(larder, codec))
                .withMessage("values of \"page:{key}\" cannot be stored: " + message);
    }

    @Test
    void open_codecThatNeedsASecret_isRefusedWithout() {
        CodecProvider free = new Uris("free", 1, true);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder("free", free))
                .withMessage("codec free lets stored bytes choose what is constructed, so it needs a secret;"
                        + " write secret=env:NAME in the store's URL, or Larder.builder().secrets(...)");
        try (Larder larder = larder("binary", free)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pages(larder, "free"))
                    .withMessageContaining("codec free lets stored bytes choose");
        }
        Secrets secrets = Secrets.of("0123456789abcdef".getBytes(UTF_8));
        try (Larder larder = Larder.builder()
                .store(store)
                .secrets(secrets)
                .codecs(free)
                .codec("free")
                .open()) {
            assertThat(pages(larder, "").get(1L)).isEqualTo(HOME.resolve("1"));
        }
    }

    @Test
    void build_sameTemplateWithAnotherCodec_isRefused() {
        try (Larder larder = larder("binary", new Uris("uri", 1, false), new Uris("other", 1, false))) {
            pages(larder, "uri");

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pages(larder, "other"))
                    .withMessage("key template \"page:{key}\" is already used with another codec;"
                            + " write the same one for all functions over it");
        }
    }

    static final class Bean {}

    @Test
    void build_beanInTheBinaryForm_namesTheModuleThatWouldTakeIt() {
        try (Larder larder = larder("binary")) {
            CachedSpec<Long, Bean> spec = larder.cached("b:{key}", Long.class, Bean.class, key -> new Bean())
                    .ttl("1h");

            assertThatIllegalArgumentException()
                    .isThrownBy(spec::build)
                    .withMessage("values of \"b:{key}\" cannot be stored: Bean has no binary form;"
                            + " use a record, text, numbers, dates, enums, List, Set, Map or Optional of them, or a mem: store,"
                            + " or codec=json, which takes beans (dependency io.larder:larder-cache-json)");
        }
    }

    @Test
    void codecs_nameThatIsTaken_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder("binary", new Uris("binary", 1, false)))
                .withMessage("codec binary is there already; give each a name of its own");
    }
}
