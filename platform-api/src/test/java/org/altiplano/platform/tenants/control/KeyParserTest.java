package org.altiplano.platform.tenants.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.altiplano.platform.http.control.Bodies;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.tenants.entity.KeyWish;
import org.altiplano.security.access.Scope;
import org.altiplano.security.apikey.AddressRange;
import org.altiplano.security.apikey.KeyLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyParserTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void readsEveryLimit() {
        KeyWish wish = wish("{\"tenant\":\"acme\",\"name\":\"n\",\"scopes\":[\"models\"],\"models\":[\"a\",\"b/c\"],"
                + "\"addresses\":[\"10.0.0.0/8\",\"::1\"],\"expiresAt\":\"2026-06-01T02:00:00+02:00\"}");
        assertEquals("acme", wish.tenant());
        assertEquals(Set.of(Scope.MODELS), wish.limits().scopes());
        assertEquals(Optional.of(Set.of("a", "b/c")), wish.limits().models());
        assertEquals(2, wish.limits().addresses().stream().map(AddressRange::text).distinct().count());
        assertEquals(Optional.of(Instant.parse("2026-06-01T00:00:00Z")), wish.limits().expiresAt());
    }

    @Test
    void limitsNothingThatIsLeftOut() {
        KeyWish wish = wish("{\"models\":null}");
        assertEquals(new KeyWish("own", "", KeyLimits.NONE), wish);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"tenant|\"A b\"", "tenant|\"\"", "tenant|1", "scopes|[]", "scopes[0]|[\"admin\"]", "scopes|\"inference\"",
            "scopes[1]|[\"models\",1]", "models|[]", "models[0]|[\"\"]", "models[0]|[\"a,b\"]", "models[0]|[\"a\\nb\"]", "addresses|[]",
            "addresses[0]|[\"example.org\"]", "addresses[1]|[\"::1\",\"10.0.0.1/8\"]", "addresses|{}",
            "expiresAt|\"tomorrow\"", "expiresAt|\"2026-06-01\"",
            "expiresAt|\"2026-01-01T00:00:00Z\"", "expiresAt|\"2027-01-03T00:00:00Z\"", "expiresAt|\"+999999999-01-01T00:00:00Z\"", "expiresAt|7"})
    void namesTheFieldThatIsWrong(String path, String value) {
        String field = path.replaceAll("\\[.*", "");
        ProblemException refusal = assertThrows(ProblemException.class, () -> wish("{\"" + field + "\":" + value + "}"));
        assertEquals(400, refusal.problem().status());
        assertEquals(Optional.of(path), refusal.problem().param());
    }

    @Test
    void refusesListsWithoutEnd() {
        String many = "\"a\",".repeat(64) + "\"a\"";
        assertThrows(ProblemException.class, () -> wish("{\"models\":[" + many + "]}"));
        assertThrows(ProblemException.class, () -> wish("{\"models\":[\"" + "a".repeat(201) + "\"]}"));
    }

    @Test
    void givesAReplacedKeyADayUnlessToldOtherwise() {
        assertEquals(Duration.ofDays(1), KeyParser.grace(Bodies.fields("{}")));
        assertEquals(Duration.ZERO, KeyParser.grace(Bodies.fields("{\"graceSeconds\":0}")));
        assertThrows(ProblemException.class, () -> KeyParser.grace(Bodies.fields("{\"graceSeconds\":-1}")));
        assertThrows(ProblemException.class, () -> KeyParser.grace(Bodies.fields("{\"graceSeconds\":604801}")));
    }

    private static KeyWish wish(String json) {
        return KeyParser.wish(Bodies.fields(json), "own", NOW);
    }
}
