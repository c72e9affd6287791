package org.altiplano.platform.sessions.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import java.util.Set;
import org.altiplano.platform.http.control.Bodies;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.sessions.entity.MemberWish;
import org.altiplano.security.access.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemberParserTest {

    @Test
    void readsAMember() {
        MemberWish wish = wish("\"username\":\"ada@acme\",\"roles\":[\"auditor\",\"developer\"],\"password\":\"a long password\"");
        assertEquals("ada@acme of own", wish.username() + " of " + wish.tenant());
        assertEquals(Set.of(Role.AUDITOR, Role.DEVELOPER), wish.roles());
        assertEquals("a long password", wish.password().text());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"username|\"\"", "username|\"a b\"", "username|\"a/b\"", "username|\".a\"", "username|null", "roles|[]",
            "roles|null", "roles|\"developer\"", "roles[0]|[\"inference\"]", "roles[1]|[\"developer\",2]", "password|null", "password|\"short\"",
            "password|\"aaaaaaaaaaaaaaaa\"", "tenant|7"})
    void namesTheFieldThatIsWrong(String path, String value) {
        String wrong = "\"" + path.replaceAll("\\[.*", "") + "\":" + value;
        ProblemException refusal = assertThrows(ProblemException.class, () -> wish(
                "\"username\":\"ada\",\"roles\":[\"developer\"],\"password\":\"a long password\"," + wrong));
        assertEquals(Optional.of(path), refusal.problem().param());
    }

    @Test
    void changesOnlyWhatIsNamed() {
        assertEquals(Optional.empty(), MemberParser.roles(Bodies.fields("{}")));
        assertEquals(Optional.empty(), MemberParser.password(Bodies.fields("{}"), "ada"));
    }

    private static MemberWish wish(String members) {
        return MemberParser.wish(Bodies.fields("{" + members + "}"), "own");
    }
}
