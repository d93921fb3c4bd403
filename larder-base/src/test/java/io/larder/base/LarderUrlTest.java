package io.larder.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LarderUrlTest {
    @Test
    void parse_schemeOnly_hasNoHostsAndNoOptions() {
        LarderUrl url = LarderUrl.parse("mem:");

        assertThat(url.scheme()).isEqualTo("mem");
        assertThat(url.hosts()).isEmpty();
        assertThat(url.path()).isEmpty();
    }

    @Test
    void parse_allParts_areTakenApart() {
        LarderUrl url = LarderUrl.parse("memcached://cache-1:11311,cache-2*2,[::1]:7/a%20b?timeout=250ms&size=4k&tls");

        assertThat(url.hosts())
                .containsExactly(
                        new HostPort("cache-1", 11311, 1), new HostPort("cache-2", null, 2), new HostPort("::1", 7, 1));
        assertThat(url.path()).isEqualTo("a b");
        assertThat(url.options().duration("timeout", Duration.ZERO)).isEqualTo(Duration.ofMillis(250));
        assertThat(url.options().size("size", 0)).isEqualTo(4096);
        assertThat(url.options().text("tls")).isEqualTo("true");
        assertThat(url.options().number("absent", 7, 0, 9)).isEqualTo(7);
    }

    @Test
    void parse_malformed_saysWhichPart() {
        assertThatThrownBy(() -> LarderUrl.parse("localhost")).hasMessageContaining("write scheme:, like mem:");
        assertThatThrownBy(() -> LarderUrl.parse("m://h:99999")).hasMessageContaining("port \"99999\" in \"h:99999\"");
        assertThatThrownBy(() -> LarderUrl.parse("m://h*0")).hasMessageContaining("weight \"0\"");
        assertThatThrownBy(() -> LarderUrl.parse("m://a,,b")).hasMessageContaining("is not an address");
        assertThatThrownBy(() -> LarderUrl.parse("m://a?x=1&x=2")).hasMessageContaining("option \"x\" of m:");
        assertThatThrownBy(() -> LarderUrl.parse("m://a?x=%zz")).hasMessageContaining("broken percent escape");
    }

    @Test
    void options_unknownName_isRefusedWithTheNearest() {
        Options options = LarderUrl.parse("mem:?sise=5").options();

        assertThatThrownBy(() -> options.allowing("size", "max"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("mem: has no option \"sise\"; did you mean \"size\"?");
    }

    @Test
    void options_valueOfTheWrongType_namesOptionAndOwner() {
        Options options = LarderUrl.parse("mem:?size=many&n=70").options();

        assertThatThrownBy(() -> options.number("size", 1, 0, 9))
                .hasMessage("mem: option \"size\": \"many\" is not a whole number");
        assertThatThrownBy(() -> options.number("n", 1, 0, 9)).hasMessageContaining("70 is not between 0 and 9");
    }

    @Test
    void hostPort_bareIpv6_isOneHost() {
        assertThat(List.of(HostPort.parse("fe80::1"), HostPort.parse("h")))
                .containsExactly(new HostPort("fe80::1", null, 1), new HostPort("h", null, 1));
        assertThat(HostPort.parse("h").portOr(11211)).isEqualTo(11211);
    }
}
